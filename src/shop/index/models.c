/* How it works: a name's words are looked at in order, each with the two before it. A border is where a letter and a
 * digit meet, in a word or between two.
 *
 *     WH - 1000XM5      gap `-`, a border: joined
 *          1000|XM|5    two borders: what starts at one, and still has both, is a term: xm5
 *
 * Joined are neighbours with a border, if a hyphen or a space is between them, and hyphenated words of which one is
 * short (`usb-c`). Without a hyphen, what follows a number must be as short as a unit, or else each number in a name
 * would make a term. A whole word and a long number (`Technic 42115`) are not joined: people write them apart, and where
 * each product has such a number each would make a term. Words with many borders are keys of some system, which nobody
 * searches in parts. */
#include "shop/index/models.h"

#include "shop/index/measures.h"

#include <string.h>

enum {
    unit_letters_max = 3,   /* `mm`, `ml`, `pro` */
    hyphen_letters_max = 3, /* the shorter of two hyphenated words: `t-shirt`, `usb-c`, `wi-fi` */
    borders_max = 4,
    code_letters_max = 3, /* before a number of more digits than follow, apart: `WH 10005` */
    code_digits_max = 4,  /* `Windows 2000` */
};

struct model_list {
    struct word *terms;
    size_t count;
};

static bool is_number_char(char c) {
    return ascii_is_digit(c) || c == '.';
}

/* Adds a term of up to three parts, once. Leaves it out if it is longer than a word may be. */
static void model_put(struct model_list *list, struct str a, struct str b, struct str c) {
    if (list->count == model_terms_max || a.size + b.size + c.size > word_bytes_max)
        return;
    struct word *term = &list->terms[list->count++];
    *term = (struct word){.size = a.size + b.size + c.size};
    memcpy(term->data, a.data, a.size);
    memcpy(term->data + a.size, b.data, b.size);
    memcpy(term->data + a.size + b.size, c.data, c.size);
    for (size_t i = 0; i < term->size; i++)
        term->plain = (i == 0 || term->plain) && term->data[i] >= 'a' && term->data[i] <= 'z';
    for (size_t i = 0; i + 1 < list->count; i++)
        if (str_equal(word_text(&list->terms[i]), word_text(term))) {
            list->count--;
            break;
        }
}

static bool has_border(struct str word, size_t at) {
    return is_number_char(word.data[at - 1]) != is_number_char(word.data[at]);
}

static bool is_mixed(struct str word) {
    for (size_t i = 1; i < word.size; i++)
        if (has_border(word, i))
            return true;
    return false;
}

/* Adds what starts at a word's borders and has one itself, and the letters before the first of several borders. */
static void model_put_parts(struct model_list *list, struct str word) {
    size_t borders = 0, first = 0;
    for (size_t i = 1; i < word.size; i++)
        if (has_border(word, i)) {
            first = borders == 0 ? i : first;
            borders++;
        }
    if (borders < 2 || borders > borders_max)
        return;
    for (size_t i = first; i < word.size; i++)
        if (has_border(word, i) && is_mixed(str_skip(word, i)))
            model_put(list, str_skip(word, i), STR(""), STR(""));
    if (first > 1 && !is_number_char(word.data[0]))
        model_put(list, (struct str){word.data, first}, STR(""), STR(""));
}

bool word_is_katakana(struct str word) { /* U+30A1 to U+30FF */
    return word.size >= 3 && memcmp(word.data, "\xE3\x82\xA1", 3) >= 0 &&
           memcmp(word.data, "\xE3\x83\xBF", 3) <= 0;
}

/* Adds what a word in katakana ends with, because compounds are written without spaces. */
static void model_put_endings(struct model_list *list, struct str word) {
    enum { letter_bytes = 3, ending_bytes_min = 2 * letter_bytes };
    if (!word_is_katakana(word))
        return;
    for (word = str_skip(word, letter_bytes); word.size >= ending_bytes_min;
         word = str_skip(word, letter_bytes))
        if (word_is_katakana(word))
            model_put(list, word, STR(""), STR(""));
}

bool model_joins(const struct language *language, struct str first, struct str second) {
    bool after_number = is_number_char(first.data[first.size - 1]);
    return after_number != is_number_char(second.data[0]) && !language_has_filler(language, first) &&
           !language_has_filler(language, second) &&
           (!after_number || second.size <= unit_letters_max || is_mixed(second));
}

/* Returns '-', ' ' or an apostrophe if that alone is between two words of a text, else 0. */
static char word_gap(const struct word *a, const struct word *b) {
    const char *end = a->written.data + a->written.size;
    bool is_gap = b->written.data == end + 1 && (*end == '-' || *end == ' ' || *end == '\'');
    bool is_quote = b->written.data == end + 3 && memcmp(end, "\xE2\x80\x99", 3) == 0;
    return is_gap ? *end : is_quote ? '\'' : '\0';
}

/* How many digits a word begins with. */
static size_t model_digits(struct str word) {
    size_t digits = 0;
    while (digits < word.size && ascii_is_digit(word.data[digits]))
        digits++;
    return digits;
}

static bool words_join(const struct language *language, const struct word *a, const struct word *b) {
    struct str first = word_text(a), second = word_text(b);
    if (a->size == 0)
        return false;
    char gap = word_gap(a, b);
    if (gap == ' ')
        return model_joins(language, first, second) &&
               (first.size <= code_letters_max || model_digits(second) <= code_digits_max);
    if (!gap)
        return false;
    bool numbers = is_number_char(first.data[first.size - 1]) && is_number_char(second.data[0]);
    bool border = is_number_char(first.data[first.size - 1]) != is_number_char(second.data[0]);
    return border || (!numbers && (first.size <= hyphen_letters_max || second.size <= hyphen_letters_max));
}

/* Whether the third of three joined words goes with both before it: by a hyphen, between apostrophes (`rock'n'roll`), or
 * as a part of a model. What comes after a number and a space may be its unit, but begins no model with it. */
static bool three_join(const struct word *a, const struct word *b, const struct word *c) {
    char first = word_gap(a, b), second = word_gap(b, c);
    if (first == ' ' && is_number_char(a->data[a->size - 1]))
        return false;
    return first == '-' || second == '-' || (first == '\'' && second == '\'') || is_mixed(word_text(c));
}

/* Adds the measure that a word begins: the number with its unit, and all dimensions that stand together. `end` is where the
 * name ends. Returns where the measure's first number ends; what begins in it begins no other measure. */
static const char *model_put_measure(const struct language *language, struct model_list *list,
                                     const struct word *word, const char *end) {
    struct str rest = {word->written.data, (size_t)(end - word->written.data)};
    struct measure measure;
    struct word term;
    if (!measure_read(language, &rest, &measure))
        return word->written.data;
    for (size_t first = 0; first < measure.count; first++)
        for (size_t last = first; last < measure.count; last++)
            if (last > first || (first == 0 && measure.unit.data)) {
                measure_write(&measure, first, last, &term);
                model_put(list, word_text(&term), STR(""), STR(""));
            }
    return measure.number_end;
}

size_t model_terms_of(const struct language *language, struct str name,
                      struct word out[static model_terms_max]) {
    struct model_list list = {out, 0};
    struct word words[3] = {{.size = 0}, {.size = 0}};
    bool joined = false;
    const char *end = name.data + name.size, *measured = name.data;
    while (word_next(language, &name, &words[2])) {
        if (words[2].written.data >= measured)
            measured = model_put_measure(language, &list, &words[2], end);
        model_put_parts(&list, word_text(&words[2]));
        model_put_endings(&list, word_text(&words[2]));
        bool joins = words_join(language, &words[1], &words[2]);
        if (joins)
            model_put(&list, word_text(&words[1]), word_text(&words[2]), STR(""));
        if (joins && joined && three_join(&words[0], &words[1], &words[2]))
            model_put(&list, word_text(&words[0]), word_text(&words[1]), word_text(&words[2]));
        joined = joins;
        words[0] = words[1];
        words[1] = words[2];
    }
    return list.count;
}
