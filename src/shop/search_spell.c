#include "shop/search_spell.h"

#include "base/thread.h"

#include <string.h>

enum {
    walk_rows_max = 8192, /* of one walk: 1 to 5 ms */
    rows_a_step = 64,
};

/* Letters of a word, as code points. */
struct letters {
    uint32_t at[word_bytes_max];
    size_t count;
};

static void read_letters(struct str word, struct letters *out) {
    out->count = 0;
    while (word.size > 0 && out->count < word_bytes_max) {
        size_t size = utf8_sequence(word);
        size = size ? size : 1;
        uint32_t code = 0;
        for (size_t i = 0; i < size; i++)
            code = code << 8 | (unsigned char)word.at[i];
        out->at[out->count++] = code;
        word.at += size, word.size -= size;
    }
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The textbook's table, three rows of it at a time. */
static size_t distance(const struct letters *a, const struct letters *b, size_t most) {
    size_t rows[3][word_bytes_max + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    if (a->count > b->count + most || b->count > a->count + most)
        return most + 1;
    for (size_t j = 0; j <= b->count; j++)
        above[j] = j;
    for (size_t i = 1; i <= a->count; i++) {
        size_t lowest = row[0] = i;
        for (size_t j = 1; j <= b->count; j++) {
            bool same = a->at[i - 1] == b->at[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] && a->at[i - 2] == b->at[j - 1])
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

size_t spelling_distance(struct str a, struct str b, size_t most) {
    struct letters x, y;
    read_letters(a, &x);
    read_letters(b, &y);
    return distance(&x, &y, most);
}

size_t spelling_distance_max(struct str word) {
    enum { one_from = 4, two_from = 7 };
    size_t letters = utf8_length(word);
    return letters >= two_from ? 2 : letters >= one_from ? 1 : 0;
}

/* The nearest words so far; nearer ones drop those further away. */
struct nearest {
    struct letters word;
    size_t distance;   /* theirs, and the most that is still of use */
    int64_t rows_left; /* that may still be looked at */
    struct {
        struct term_row row;
        char text[word_bytes_max];
    } at[spelling_terms_max];
    size_t count;
};

/* Titles are what people look for: `mouse` rather than `most`. */
static int64_t use_of(const struct term_row *row) {
    return row->counts.titles * 8 + row->counts.words;
}

static void nearest_put(struct nearest *nearest, const struct term_row *row) {
    for (size_t i = 0; i < nearest->count; i++)
        if (nearest->at[i].row.id == row->id)
            return;
    size_t at = nearest->count;
    while (at > 0 && use_of(&nearest->at[at - 1].row) < use_of(row))
        at--;
    if (at == spelling_terms_max)
        return;
    size_t moved = least(nearest->count, spelling_terms_max - 1);
    memmove(&nearest->at[at + 1], &nearest->at[at], (moved - at) * sizeof nearest->at[0]);
    nearest->at[at].row = *row;
    nearest->at[at].row.text.size = least(row->text.size, word_bytes_max);
    memcpy(nearest->at[at].text, row->text.at, nearest->at[at].row.text.size);
    nearest->count = moved + 1;
}

static bool has_digit(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

static void consider(struct nearest *nearest, const struct term_row *row) {
    struct letters letters;
    if (row->counts.words == 0 || has_digit(row->text) || row->text.size > word_bytes_max)
        return;
    read_letters(row->text, &letters);
    size_t d = distance(&nearest->word, &letters, nearest->distance);
    if (d == 0 || d > nearest->distance)
        return;
    if (d < nearest->distance) {
        nearest->distance = d;
        nearest->count = 0;
    }
    nearest_put(nearest, row);
}

/* Looks through the terms that start with `prefix` and go on with a letter: model numbers would be most of
 * them, and `:` follows the digits. `whole` says whether it came to their end. */
static enum status walk(struct tx *tx, struct str prefix, bool common, struct nearest *nearest, bool *whole) {
    char from[word_bytes_max + 1], end[word_bytes_max + sizeof TERM_LAST];
    memcpy(from, prefix.at, prefix.size);
    from[prefix.size] = ':';
    memcpy(end, prefix.at, prefix.size);
    memcpy(end + prefix.size, TERM_LAST, sizeof TERM_LAST);
    struct term_row row;
    int64_t seen = 0, most = nearest->rows_left < walk_rows_max ? nearest->rows_left : walk_rows_max;
    struct str to = {end, prefix.size + sizeof TERM_LAST - 1};
    struct db_rows *rows = terms_walk(tx, (struct str){from, prefix.size + 1}, to, most, common);
    for (; terms_next(rows, &row); seen++) {
        if (seen % rows_a_step == 0)
            thread_make_way();
        consider(nearest, &row);
    }
    *whole = seen < most;
    nearest->rows_left -= seen;
    return db_finish(rows);
}

/* All terms that start with `letter`, or where they are too many, the common ones and all that start with the
 * two letters `pair`. */
static enum status walk_letter(struct tx *tx, struct str letter, struct str pair, struct nearest *nearest) {
    bool whole;
    enum status s = walk(tx, letter, false, nearest, &whole);
    if (s == STATUS_OK && !whole)
        s = walk(tx, letter, true, nearest, &whole);
    if (s == STATUS_OK && !whole)
        s = walk(tx, pair, false, nearest, &whole);
    return s;
}

static enum status find_nearest(struct tx *tx, struct str word, struct nearest *nearest) {
    size_t first = utf8_sequence(word);
    struct str rest = {word.at + first, word.size - first};
    size_t second = utf8_sequence(rest);
    size_t third = utf8_sequence((struct str){rest.at + second, rest.size - second});
    bool whole;
    enum status s =
        walk_letter(tx, (struct str){word.at, first}, (struct str){word.at, first + second}, nearest);
    if (s == STATUS_OK)
        s = walk_letter(tx, (struct str){rest.at, second}, (struct str){rest.at, second + third}, nearest);
    if (s == STATUS_OK && nearest->count == 0)
        s = walk(tx, STR(""), true, nearest, &whole);
    return s == STATUS_OK && nearest->count == 0 ? walk(tx, STR(""), false, nearest, &whole) : s;
}

enum status spelling_correct(struct tx *tx, struct stemmer *stemmer, struct query_word *word,
                             int64_t rows_max, bool *corrected) {
    struct nearest nearest = {.distance = spelling_distance_max(word->text), .rows_left = rows_max};
    *corrected = false;
    if (nearest.distance == 0 || has_digit(word->text))
        return STATUS_OK;
    read_letters(word->text, &nearest.word);
    enum status s = find_nearest(tx, word->text, &nearest);
    for (size_t i = 0; i < nearest.count && s == STATUS_OK; i++) {
        struct term_row row = nearest.at[i].row, stem;
        uint32_t share = (uint32_t)(100 - 10 * i);
        row.text.at = nearest.at[i].text;
        query_add_term(word, &row, MATCH_SPELLING, share);
        *corrected = true;
        s = term_find(tx, stemmer_stem(stemmer, row.text, word->plain), &stem);
        if (s == STATUS_OK)
            query_add_term(word, &stem, MATCH_SPELLING, share * 9 / 10);
        s = s == STATUS_NOT_FOUND ? STATUS_OK : s;
    }
    return s;
}
