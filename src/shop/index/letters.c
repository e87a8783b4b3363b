/* How it works. A word is an array of letters, so that a letter of several bytes counts once. Three questions are asked of it:
 *
 *     letters_distance   how many letters are wrong?      `teh` for `the`: 1, a swap
 *     letters_cost       how likely is the mistake?       the same steps, but some cost less than letter_cost: a swap, a
 *                                                         vowel for a vowel, a key for the one beside it, a double letter
 *     letters_put_…      under what may the right word be found in the index? Keys of spellings, or beginnings
 *
 * Distance and cost fill the same table. Cell (i, j) is the cheapest way from the first i letters of one word to the first
 * j of the other, and follows from its neighbours: above and left (a letter more or less), diagonal (another letter), and
 * the diagonal before that (a swap). The distance keeps three rows of it, the cost all.
 *
 * Keys: a term stands under all that is left of it without one of its letters (shop/schema/spellings.h). Of the typed word
 * the same is made, for each length that the right word may have. If one letter differs, it is left out on both sides, and
 * the two keys are equal. Beginnings serve terms that have no such keys: the typed word's first letters, as they are and
 * with each mistake that one of them may be. */
#include "shop/index/letters.h"

#include <string.h>

void letters_read(struct str word, struct letters *out) {
    out->count = 0;
    while (word.size > 0 && out->count < word_bytes_max) {
        size_t size = utf8_sequence(word);
        size = size ? size : 1;
        uint32_t code = 0;
        for (size_t i = 0; i < size; i++)
            code = code << 8 | (unsigned char)word.data[i];
        out->data[out->count++] = code;
        word = str_skip(word, size);
    }
}

/* ---- The distance. */

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Whether the i-th letter of one word and the j-th of the other, counted from 1, have changed places with those before
 * them. */
static bool letters_are_swapped(const struct letters *a, size_t i, const struct letters *b, size_t j) {
    return i > 1 && j > 1 && a->data[i - 1] == b->data[j - 2] && a->data[i - 2] == b->data[j - 1];
}

/* The textbook's table of distances between all beginnings of both words, of which three rows are kept: the
 * current one, the one above, and the one before that for swaps. Distances never fall from row to row, so it
 * stops once a whole row is above `most`. */
size_t letters_distance(const struct letters *a, const struct letters *b, size_t most) {
    size_t rows[3][word_bytes_max + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    if (a->count > b->count + most || b->count > a->count + most)
        return most + 1;
    for (size_t j = 0; j <= b->count; j++)
        above[j] = j;
    for (size_t i = 1; i <= a->count; i++) {
        size_t lowest = row[0] = i;
        for (size_t j = 1; j <= b->count; j++) {
            bool same = a->data[i - 1] == b->data[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (letters_are_swapped(a, i, b, j))
                row[j] = least(row[j], before[j - 2] + 1);
            lowest = least(lowest, row[j]);
        }
        if (lowest > most)
            return most + 1;
        size_t *oldest = before;
        before = above, above = row, row = oldest;
    }
    return least(above[b->count], most + 1);
}

/* ---- The cost. */

enum {
    swap_cost = 60,
    vowel_cost = 60,     /* a vowel for another one */
    neighbour_cost = 70, /* a key for the one beside it */
    double_cost = 50,    /* one of two equal letters is missing, or one too many */
    missing_cost = 80,   /* a letter is missing, or one too many */
    first_cost = 10,     /* added if the first letter is wrong: it seldom is */
};

static bool is_vowel(uint32_t letter) {
    return letter < 0x80 && strchr("aeiouy", (int)letter) != NULL;
}

/* Finds a letter's row and its distance from the left edge of an English keyboard, in quarters of a key. */
static bool keyboard_find(uint32_t letter, int *row, int *x) {
    static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
    static const int shift[] = {0, 1, 3};
    for (*row = 0; letter < 0x80 && *row < 3; ++*row) {
        const char *key = strchr(rows[*row], (int)letter);
        if (key) {
            *x = (int)(key - rows[*row]) * 4 + shift[*row];
            return true;
        }
    }
    return false;
}

static bool are_neighbours(uint32_t a, uint32_t b) {
    int row_a, row_b, x_a, x_b;
    if (!keyboard_find(a, &row_a, &x_a) || !keyboard_find(b, &row_b, &x_b))
        return false;
    int dx = x_a < x_b ? x_b - x_a : x_a - x_b;
    return row_a == row_b ? dx == 4 : row_a - row_b <= 1 && row_b - row_a <= 1 && dx < 4;
}

static uint32_t change_cost(uint32_t a, uint32_t b) {
    if (a == b)
        return 0;
    if (is_vowel(a) && is_vowel(b))
        return vowel_cost;
    return are_neighbours(a, b) ? neighbour_cost : letter_cost;
}

/* The cost of the i-th letter, counted from 1, if the other word lacks it. */
static uint32_t extra_cost(const struct letters *word, size_t i) {
    bool doubled = (i > 1 && word->data[i - 2] == word->data[i - 1]) ||
                   (i < word->count && word->data[i] == word->data[i - 1]);
    return doubled ? double_cost : missing_cost;
}

/* The same table as letters_distance() fills, whole and with costs. */
uint32_t letters_cost(const struct letters *typed, const struct letters *meant) {
    uint32_t table[word_bytes_max + 1][word_bytes_max + 1];
    table[0][0] = 0;
    for (size_t i = 1; i <= typed->count; i++)
        table[i][0] = table[i - 1][0] + extra_cost(typed, i);
    for (size_t j = 1; j <= meant->count; j++)
        table[0][j] = table[0][j - 1] + extra_cost(meant, j);
    for (size_t i = 1; i <= typed->count; i++)
        for (size_t j = 1; j <= meant->count; j++) {
            size_t cost = table[i - 1][j - 1] + change_cost(typed->data[i - 1], meant->data[j - 1]);
            cost = least(cost, table[i - 1][j] + extra_cost(typed, i));
            cost = least(cost, table[i][j - 1] + extra_cost(meant, j));
            if (letters_are_swapped(typed, i, meant, j))
                cost = least(cost, table[i - 2][j - 2] + swap_cost);
            table[i][j] = (uint32_t)cost;
        }
    bool first = typed->count > 0 && meant->count > 0 && typed->data[0] != meant->data[0];
    return table[typed->count][meant->count] + (first ? first_cost : 0);
}

/* ---- Keys. */

static const size_t none = SIZE_MAX; /* is no letter's index */

static void letters_put(struct buf *keys, const struct letters *word, size_t from, size_t to, size_t skip,
                        size_t skip_too) {
    for (size_t i = from; i < to; i++)
        for (int shift = 24; shift >= 0 && i != skip && i != skip_too; shift -= 8)
            if (word->data[i] >> shift & 0xFF)
                buf_put_char(keys, (char)(word->data[i] >> shift & 0xFF));
}

/* Puts the key of a term of `length` letters: the word's first `count` letters without two of them. */
static void key_put(struct buf *keys, const struct letters *word, size_t count, size_t skip, size_t skip_too,
                    size_t length) {
    if (count > word->count)
        return;
    buf_put_text(keys, ",\"");
    letters_put(keys, word, 0, count, skip, skip_too);
    buf_put_int(keys, (int64_t)length);
    buf_put_char(keys, '"');
}

/* The keys of short terms, which have all of their letters, or all but one of them. */
static void keys_put_whole(struct buf *keys, const struct letters *word, size_t distance, size_t length) {
    for (size_t left_out = 0; left_out <= distance; left_out++) {
        if (word->count != length + left_out && word->count + 1 != length + left_out)
            continue;
        if (left_out == 0)
            key_put(keys, word, word->count, none, none, length);
        for (size_t i = 0; left_out == 1 && i < word->count; i++)
            key_put(keys, word, word->count, i, none, length);
        for (size_t i = 0; left_out == 2 && i < word->count; i++)
            for (size_t j = i + 1; j < word->count; j++)
                key_put(keys, word, word->count, i, j, length);
    }
}

/* The keys of long terms. The first part of the term is the word's, or has another letter (or a swap), or one more than
 * the word, or one less; or the rest of it is the word's. */
static void keys_put_parts(struct buf *keys, const struct letters *word, size_t length) {
    enum { first = 4 };
    size_t rest = length - first;
    key_put(keys, word, first, none, none, length);
    key_put(keys, word, first - 1, none, none, length);
    for (size_t i = 0; i < first; i++)
        key_put(keys, word, first, i, none, length);
    for (size_t i = 0; i <= first; i++)
        key_put(keys, word, first + 1, i, none, length);
    if (rest > word->count)
        return;
    buf_put_text(keys, ",\"");
    buf_put_int(keys, (int64_t)length);
    letters_put(keys, word, word->count - rest, word->count, none, none);
    buf_put_char(keys, '"');
}

void letters_put_keys(struct buf *keys, const struct letters *word, size_t distance) {
    enum { length_min = 4, parts_from = 7 };
    size_t shortest = word->count > distance + length_min ? word->count - distance : length_min;
    buf_put_text(keys, "[\"\""); /* a key that no term has, so that each one has a comma before it */
    for (size_t length = shortest; length <= word->count + distance && buf_ok(keys); length++)
        if (length < parts_from)
            keys_put_whole(keys, word, distance, length);
        else
            keys_put_parts(keys, word, length);
    buf_put_char(keys, ']');
}

/* ---- Beginnings. */

/* The letters of a script that people type with one key each, as numbers of struct letters. */
struct alphabet {
    uint32_t first, last;
};

/* Finds the alphabet of a letter without accents. False if the letter has none of those below. */
static bool alphabet_find(uint32_t letter, struct alphabet *out) {
    static const struct alphabet alphabets[] = {
        {'a', 'z'},
        {0xCEB1, 0xCF89}, /* Greek: alpha to omega */
        {0xD0B0, 0xD18F}, /* Cyrillic: a to ya */
    };
    for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++)
        if (letter >= alphabets[i].first && letter <= alphabets[i].last) {
            *out = alphabets[i];
            return true;
        }
    return false;
}

/* The letter after one of at most two bytes: the last bytes of two are 0x80 to 0xBF. */
static uint32_t letter_next(uint32_t letter) {
    return letter > 0x7F && (letter & 0xFF) == 0xBF ? (letter | 0xFF) + 0x81 : letter + 1;
}

/* Puts the first `count` letters of the word without `left_out` (0 or 1) of its letters from `at` on, and with a letter
 * in their place if `letter` is not 0. */
static void beginning_put(struct buf *beginnings, const struct letters *word, size_t count, size_t at,
                          size_t left_out, uint32_t letter) {
    const struct letters in_place = {{letter}, 1};
    size_t rest = at + left_out, more = count - at - (letter != 0);
    buf_put_text(beginnings, beginnings->size > 1 ? ",\"" : "\"");
    letters_put(beginnings, word, 0, at, none, none);
    letters_put(beginnings, &in_place, 0, letter != 0, none, none);
    letters_put(beginnings, word, rest, least(rest + more, word->count), none, none);
    buf_put_char(beginnings, '"');
}

void letters_put_beginnings(struct buf *beginnings, const struct letters *word) {
    enum { right = 3, checked = 4 };
    struct alphabet alphabet;
    buf_put_char(beginnings, '[');
    beginning_put(beginnings, word, right, 0, 0, 0);
    for (size_t i = 0; i < right && i + 1 < word->count; i++) {
        struct letters swapped = *word;
        swapped.data[i] = word->data[i + 1], swapped.data[i + 1] = word->data[i];
        beginning_put(beginnings, &swapped, checked, 0, 0, 0);
        beginning_put(beginnings, word, checked, i, 1, 0);
        if (!alphabet_find(word->data[i], &alphabet))
            continue;
        for (uint32_t letter = alphabet.first; letter <= alphabet.last; letter = letter_next(letter)) {
            beginning_put(beginnings, word, checked, i, 0, letter);
            beginning_put(beginnings, word, checked, i, 1, letter);
        }
    }
    buf_put_char(beginnings, ']');
}
