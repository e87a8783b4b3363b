/* Measures as people write them: a number with its unit, and numbers that stand for length, width and height.
 *
 *     12 ft.  12-foot  12'  12FT              →  12ft
 *     3/4 in. x 10 ft.  3/4"x10'  3/4 by 10   →  3/4x10
 *     8 × 42  8x42                            →  8x42
 *
 * The index has these words for the measures of names, and a query's dimensions are read as one word. So the spellings
 * find each other. */
#pragma once

#include "shop/index/text.h"

enum { measure_numbers_max = 3, measure_number_bytes_max = 10 };

/* A measure of a text. */
struct measure {
    struct measure_number {
        char data[measure_number_bytes_max]; /* `1.5`, `3/4` */
        size_t size;
    } numbers[measure_numbers_max];
    size_t count;           /* 1, or more for dimensions */
    struct str unit;        /* of a single number, as unit_find() returns it; absent if it has none */
    const char *number_end; /* behind the first number */
};

/* The short form of a unit in any spelling: `ft` for `feet`. Absent if the word is not a unit. */
struct str unit_find(struct str word);

/* The unit that the sign at the front of a text means: `in` for a double prime, `ft` for a single one, as they stand
 * behind a number. Absent if there is no such sign. */
struct str unit_of_sign(struct str text);

/* Reads the measure at the front of *text, which begins with a digit, and moves *text behind it. False if it is not a measure: a
 * number without a unit, or one that goes on as a word (`4th`). */
bool measure_read(const struct language *language, struct str *text, struct measure *out);

/* Writes a measure's dimensions from one to another as a word: `4x8`. The first one alone is written with its unit. */
void measure_write(const struct measure *measure, size_t first, size_t last, struct word *out);

/* Writes a word, which `text` follows, as measures are in the index: dimensions are one word, and a unit has its short form
 * (`2x4` for `2 by 4`, `5gal` for `5gallon`). Moves *text behind the dimensions. Returns how many numbers the measure has;
 * 0 if the word does not begin a measure and stays as it is. */
size_t measure_fold(const struct language *language, struct word *word, struct str *text,
                    struct measure *out);
