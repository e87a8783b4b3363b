#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int64_t clock_read_us(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_now_us(void *context) {
    (void)context;
    return clock_read_us(CLOCK_REALTIME);
}

const struct clock clock_system = {.now_us = system_now_us};

int64_t monotonic_us(void) {
    return clock_read_us(CLOCK_MONOTONIC);
}

void sleep_us(int64_t us) {
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* By default a condition waits by the time of day, which an operator may set back: a timeout would come
 * late. */
void cond_init_monotonic(pthread_cond_t *cond) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* pthread_cond_timedwait wants nanoseconds below a second: the rest carries over to the seconds. */
struct timespec monotonic_in_ms(int64_t ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += ms / 1000 + ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

/* Microseconds within the second, also before 1970. */
static int second_part_us(int64_t us) {
    return (int)((us % 1000000 + 1000000) % 1000000);
}

static struct tm utc_calendar(int64_t us) {
    time_t seconds = (time_t)((us - second_part_us(us)) / 1000000);
    struct tm t;
    memset(&t, 0, sizeof t);
    gmtime_r(&seconds, &t);
    return t;
}

/* Writes the last `count` decimal digits of a number. */
static void digits_write(char *out, int count, int number) {
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Not by snprintf, which costs 3,500 instructions: every order that is answered has a time, and a page has one a row. */
void time_format(int64_t us, char out[static time_text_size]) {
    static const char shape[time_text_size] = "0000-00-00T00:00:00.000000Z";
    struct tm t = utc_calendar(us);
    memcpy(out, shape, sizeof shape);
    digits_write(out, 4, t.tm_year + 1900);
    digits_write(out + 5, 2, t.tm_mon + 1);
    digits_write(out + 8, 2, t.tm_mday);
    digits_write(out + 11, 2, t.tm_hour);
    digits_write(out + 14, 2, t.tm_min);
    digits_write(out + 17, 2, t.tm_sec);
    digits_write(out + 20, 6, second_part_us(us));
}

void http_date_format(int64_t us, char out[static http_date_size]) {
    /* strftime() would take the names from the locale. */
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm t = utc_calendar(us);
    char text[96];
    snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
             months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    memcpy(out, text, http_date_size);
}
