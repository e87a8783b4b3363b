/* How it works: a measure is read byte by byte, because its signs are those that end words. All of it is ASCII but for
 * the multiplication sign and the printer's quotes.
 *
 *     3/4 in. x 4 ft. x 8 ft. plywood
 *     number unit by number unit by number unit         → 3/4 · 4 · 8
 *
 * Between a number and `by` may stand a unit, and the letter of a side (`35 in. W x 64 in. H`). */
#include "shop/index/measures.h"

#include <string.h>

/* Each unit's short form, and its other spellings after a number. */
static const char *const units[][2] = {
    {"in", " in inch inches zoll "},
    {"ft", " ft foot feet "},
    {"yd", " yd yds yard yards "},
    {"mm", " mm millimeter millimeters millimetre millimetres "},
    {"cm", " cm centimeter centimeters centimetre centimetres "},
    {"m", " m meter meters metre metres "},
    {"oz", " oz ounce ounces "},
    {"lb", " lb lbs pound pounds "},
    {"g", " g gram grams gramm "},
    {"kg", " kg kilo kilos kilogram kilograms "},
    {"pt", " pt pint pints "},
    {"qt", " qt quart quarts "},
    {"gal", " gal gallon gallons "},
    {"ml", " ml milliliter milliliters millilitre millilitres "},
    {"l", " l ltr liter liters litre litres "},
    {"a", " a amp amps ampere amperes "},
    {"v", " v volt volts "},
    {"w", " w watt watts "},
    {"hp", " hp horsepower "},
    {"ga", " ga gauge "},
    {"pc", " pc pcs piece pieces "},
    {"pk", " pk pack "},
};

struct str unit_find(struct str word) {
    for (size_t i = 0; i < sizeof units / sizeof *units && word.size > 0; i++)
        for (const char *at = units[i][1]; at[1]; at = strchr(at + 1, ' '))
            if (strncmp(at + 1, word.data, word.size) == 0 && at[1 + word.size] == ' ')
                return str_from(units[i][0]);
    return (struct str){0};
}

static char front(struct str text) {
    return text.size > 0 ? text.data[0] : '\0';
}

static bool is_letter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Whether a text begins with a letter or a digit; any byte past ASCII is taken for one. */
static bool begins_word(struct str text) {
    char c = front(text);
    return is_letter(c) || ascii_is_digit(c) || (unsigned char)c >= 0x80;
}

static struct str skip_char(struct str text, char c) {
    return front(text) == c ? str_skip(text, 1) : text;
}

/* ---- Parts of a measure. */

static bool number_put(struct measure_number *number, char c) {
    if (number->size == measure_number_bytes_max)
        return false;
    number->data[number->size++] = c;
    return true;
}

/* Whether a comma groups the digits behind it by three. */
static bool comma_groups(struct str text) {
    return front(text) == ',' && text.size > 3 && ascii_is_digit(text.data[1]) &&
           ascii_is_digit(text.data[2]) && ascii_is_digit(text.data[3]) &&
           !ascii_is_digit(front(str_skip(text, 4)));
}

/* Whether a sign stands between two digits of one number. */
static bool is_number_sign(struct str text, bool has_slash) {
    char c = front(text);
    return (c == '.' || (c == '/' && !has_slash)) && text.size > 1 && ascii_is_digit(text.data[1]);
}

/* Reads a number: `16`, `1.5`, `3/4`, `1,800`. False if it is too long. */
static bool number_read(struct str *text, struct measure_number *out) {
    bool has_slash = false;
    out->size = 0;
    while (ascii_is_digit(front(*text)) || (out->size > 0 && is_number_sign(*text, has_slash))) {
        has_slash |= front(*text) == '/';
        if (!number_put(out, front(*text)))
            return false;
        *text = str_skip(*text, 1);
        if (comma_groups(*text))
            *text = str_skip(*text, 1);
    }
    return out->size > 0;
}

static struct str sign_unit(struct str text, size_t *size) {
    static const struct {
        const char *sign, *unit;
    } signs[] = {{"''", "in"},
                 {"\"", "in"},
                 {"\xE2\x80\xB3", "in"},
                 {"\xE2\x80\x9D", "in"},
                 {"\xE2\x80\xB2", "ft"},
                 {"\xE2\x80\x99", "ft"},
                 {"'", "ft"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(text, str_from(signs[i].sign))) {
            *size = strlen(signs[i].sign);
            return str_from(signs[i].unit);
        }
    return (struct str){0};
}

struct str unit_of_sign(struct str text) {
    size_t size = 0;
    struct str unit = sign_unit(text, &size);
    return unit.data && !begins_word(str_skip(text, size)) ? unit : (struct str){0};
}

/* Reads the letters at the front of a text in lower case. */
static struct str letters_lower(struct str text, char out[static word_bytes_max]) {
    size_t size = 0;
    while (size < text.size && size < word_bytes_max && is_letter(text.data[size])) {
        out[size] = (char)(text.data[size] | 0x20);
        size++;
    }
    return (struct str){out, size};
}

/* Whether a unit that is a filler too, as `in` is in English, is not meant as one: `2 in 1`, or in another language. */
static bool unit_is_filler(const struct language *language, struct str word, struct str rest) {
    return language_has_filler(language, word) && front(rest) != '.' &&
           (language != &language_english || word.size == 1 || ascii_is_digit(front(skip_char(rest, ' '))));
}

/* Reads the unit behind a number, if there is one. */
static struct str unit_read(const struct language *language, struct str *text) {
    char bytes[word_bytes_max];
    size_t size = 0;
    struct str unit = sign_unit(*text, &size);
    if (unit.data) {
        *text = str_skip(*text, size);
        return unit;
    }
    struct str rest = front(*text) == '-' ? str_skip(*text, 1) : skip_char(*text, ' ');
    struct str word = letters_lower(rest, bytes);
    bool is_apart = rest.size < text->size;
    rest = str_skip(rest, word.size);
    unit = unit_find(word);
    if (!unit.data || begins_word(rest) || (is_apart && unit_is_filler(language, word, rest)))
        return (struct str){0};
    *text = skip_char(rest, '.');
    return unit;
}

/* Skips the letter of a side: `in. W x`. */
static struct str side_skip(struct str text) {
    struct str rest = skip_char(text, ' ');
    bool is_side = rest.size > 1 && rest.size < text.size && strchr("lwhdLWHD", front(rest)) != NULL &&
                   front(str_skip(rest, 1)) == ' ';
    return is_side ? str_skip(rest, 1) : text;
}

/* Reads what stands between two dimensions, up to the digit of the second one. */
static bool by_read(struct str *text) {
    struct str rest = skip_char(side_skip(*text), ' ');
    if (str_starts(rest, STR("\xC3\x97")) || str_starts(rest, STR("by ")))
        rest = str_skip(rest, 2);
    else if ((front(rest) | 0x20) == 'x')
        rest = str_skip(rest, 1);
    else
        return false;
    rest = skip_char(rest, ' ');
    if (!ascii_is_digit(front(rest)))
        return false;
    *text = rest;
    return true;
}

bool measure_read(const struct language *language, struct str *text, struct measure *out) {
    struct str rest = *text;
    *out = (struct measure){.count = 0};
    if (!number_read(&rest, &out->numbers[0]))
        return false;
    out->number_end = rest.data;
    out->unit = unit_read(language, &rest);
    for (out->count = 1; out->count < measure_numbers_max && by_read(&rest); out->count++) {
        if (!number_read(&rest, &out->numbers[out->count]))
            return false;
        (void)unit_read(language, &rest);
    }
    if (begins_word(rest) || (out->count == 1 && !out->unit.data))
        return false;
    *text = rest;
    return true;
}

void measure_write(const struct measure *measure, size_t first, size_t last, struct word *out) {
    _Static_assert(measure_numbers_max * (measure_number_bytes_max + 1) <= word_bytes_max, "it has room");
    *out = (struct word){.size = 0};
    for (size_t i = first; i <= last; i++) {
        if (i > first)
            out->data[out->size++] = 'x';
        memcpy(out->data + out->size, measure->numbers[i].data, measure->numbers[i].size);
        out->size += measure->numbers[i].size;
    }
    if (first == last) {
        memcpy(out->data + out->size, measure->unit.data, measure->unit.size);
        out->size += measure->unit.size;
    }
}

size_t measure_fold(const struct language *language, struct word *word, struct str *text,
                    struct measure *out) {
    const char *first = word->written.data, *end = first + word->written.size;
    struct str rest = {first, (size_t)(text->data + text->size - first)};
    struct word whole;
    if (!measure_read(language, &rest, out))
        return 0;
    if (out->count > 1)
        *text = rest;
    if (out->count > 1 || out->number_end < end) {
        measure_write(out, 0, out->count - 1, &whole);
        whole.written = word->written;
        *word = whole;
    }
    return out->count;
}
