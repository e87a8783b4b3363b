/* As in Pydantic, a text is tried three times, and the last try says what is wrong:
 *
 *     date T time [offset]  -->  a number  -->  a date alone
 *
 * So a wrong hour is reported as characters behind the date. */
#include "model/time.h"

#include "model/number.h"

#include <math.h>

#define second_us INT64_C(1000000)
#define day_us (INT64_C(24) * 3600 * second_us)
#define seconds_max 2e10 /* a larger number is milliseconds */
#define year_0_s (-62167219200.0)
#define year_10000_s 253402300800.0
enum { date_size = 10, days_before_1970 = 719162 /* from 0001-01-01 */ };

static bool time_refuse(struct time_problem *problem, bool was_date, const char *reason) {
    *problem = (struct time_problem){was_date, reason};
    return false;
}

/* Reads `count` digits off the text. */
static bool time_take_digits(struct str *text, size_t count, int *out) {
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (i >= text->size || !ascii_is_digit(text->data[i]))
            return false;
        *out = *out * 10 + (text->data[i] - '0');
    }
    *text = str_skip(*text, count);
    return true;
}

/* Takes one of the characters off the text. */
static bool time_take_char(struct str *text, const char *chars) {
    if (text->size == 0 || str_find(str_from(chars), text->data[0]) == str_from(chars).size)
        return false;
    *text = str_skip(*text, 1);
    return true;
}

static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap);
}

/* The midnight of a date of the Gregorian calendar, microseconds. */
static int64_t date_us(int year, int month, int day) {
    int before = year - 1;
    int64_t days = INT64_C(365) * before + before / 4 - before / 100 + before / 400 + day - 1;
    for (int m = 1; m < month; m++)
        days += days_in_month(year, m);
    return (days - days_before_1970) * day_us;
}

/* Reads a date off the text. */
static bool time_take_date(struct str *text, int64_t *out, struct time_problem *problem) {
    static const char separator[] = "invalid date separator, expected `-`";
    int year, month, day;
    if (text->size < date_size)
        return time_refuse(problem, true, "input is too short");
    if (!time_take_digits(text, 4, &year))
        return time_refuse(problem, true, "invalid character in year");
    if (!time_take_char(text, "-"))
        return time_refuse(problem, true, separator);
    if (!time_take_digits(text, 2, &month))
        return time_refuse(problem, true, "invalid character in month");
    if (!time_take_char(text, "-"))
        return time_refuse(problem, true, separator);
    if (!time_take_digits(text, 2, &day))
        return time_refuse(problem, true, "invalid character in day");
    if (month < 1 || month > 12)
        return time_refuse(problem, true, "month value is outside expected range of 1-12");
    if (day < 1 || day > days_in_month(year, month))
        return time_refuse(problem, true, "day value is outside expected range");
    if (year == 0)
        return time_refuse(problem, false, "year 0 is out of range");
    *out = date_us(year, month, day);
    return true;
}

/* Reads the digits of a fraction off the text; those behind the sixth do not count. False if there is none. */
static bool time_take_fraction(struct str *text, int64_t *us) {
    size_t i = 0;
    int64_t unit = second_us;
    for (*us = 0; i < text->size && ascii_is_digit(text->data[i]); i++) {
        unit /= 10;
        *us += unit * (text->data[i] - '0');
    }
    *text = str_skip(*text, i);
    return i > 0;
}

/* Reads an offset, which is all that is left of the text. */
static bool time_read_offset(struct str text, int64_t *us) {
    const struct str minus = STR("\u2212");
    int hour, minute, sign = str_starts(text, STR("-")) || str_starts(text, minus) ? -1 : 1;
    *us = 0;
    if (text.size == 0 || str_equal_nocase(text, STR("z")))
        return true;
    if (str_starts(text, minus))
        text = str_skip(text, minus.size);
    else if (!time_take_char(&text, "+-"))
        return false;
    if (!time_take_digits(&text, 2, &hour) || (time_take_char(&text, ":"), false) ||
        !time_take_digits(&text, 2, &minute) || text.size > 0 || hour > 23 || minute > 59)
        return false;
    *us = sign * (hour * INT64_C(60) + minute) * 60 * second_us;
    return true;
}

/* Reads what is behind the date, microseconds. */
static bool time_read_clock(struct str text, int64_t *out) {
    int hour, minute, second = 0;
    int64_t fraction_us = 0, offset_us;
    if (!time_take_char(&text, "Tt _") || !time_take_digits(&text, 2, &hour) || !time_take_char(&text, ":") ||
        !time_take_digits(&text, 2, &minute))
        return false;
    if (time_take_char(&text, ":")) {
        if (!time_take_digits(&text, 2, &second))
            return false;
        if (time_take_char(&text, ".,") && !time_take_fraction(&text, &fraction_us))
            return false;
    }
    if (hour > 23 || minute > 59 || second > 59 || !time_read_offset(text, &offset_us))
        return false;
    *out = ((hour * INT64_C(60) + minute) * 60 + second) * second_us + fraction_us - offset_us;
    return true;
}

/* A whole number and a fraction are taken apart, because a double has no room for microseconds of large numbers. */
static bool time_from_number(double n, bool is_text, int64_t *out, struct time_problem *problem) {
    int64_t unit = fabs(n) > seconds_max ? 1000 : second_us;
    double seconds = n / (double)(second_us / unit);
    if (!(seconds < year_10000_s))
        return time_refuse(problem, is_text, "dates after 9999 are not supported as unix timestamps");
    if (seconds < year_0_s)
        return time_refuse(problem, is_text, "dates before 0000 are not supported as unix timestamps");
    *out = (int64_t)floor(n) * unit + llround((n - floor(n)) * (double)unit);
    if (*out < date_us(1, 1, 1))
        return time_refuse(problem, false, "year 0 is out of range");
    return true;
}

/* Returns whether a text is digits with at most one point and a sign. */
static bool is_decimal(struct str text) {
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < text.size; i++) {
        digits += ascii_is_digit(text.data[i]);
        points += text.data[i] == '.';
        if (!ascii_is_digit(text.data[i]) && text.data[i] != '.' &&
            (i > 0 || (text.data[i] != '+' && text.data[i] != '-')))
            return false;
    }
    return digits > 0 && points <= 1;
}

bool time_from_text(struct str text, int64_t *out, struct time_problem *problem) {
    struct str rest = text;
    int64_t clock_us = 0;
    double number;
    bool has_date = time_take_date(&rest, out, problem);
    if (has_date && (rest.size == 0 || time_read_clock(rest, &clock_us))) {
        int64_t first = date_us(1, 1, 1), last = date_us(9999, 12, 31) + day_us - 1, us = *out + clock_us;
        *out = us < first ? first : us > last ? last : us;
        return true;
    }
    if (is_decimal(text) && number_from_text(text, &number))
        return time_from_number(number, true, out, problem);
    if (has_date)
        return time_refuse(problem, true, "unexpected extra characters at the end of the input");
    return false;
}

bool time_from_json(const struct json *json, int64_t *out, struct time_problem *problem) {
    double number = json->raw.data[0] == '-' ? -HUGE_VAL : HUGE_VAL; /* a very long one */
    (void)number_from_text(json->raw, &number);
    return time_from_number(number, false, out, problem);
}
