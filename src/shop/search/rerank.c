/* How names are read.
 *
 *     Acme - Children's bike 3000 (red) with bell
 *     ────   ─────────────── ────
 *            parts            size or number: it says which one, not what
 *
 * The thing is named before the first comma, bracket, or word such as `with`. Dashes divide that into parts, because
 * many shops begin a name with the brand. A part's last word without a digit is a head; in French
 * and the like its first one. */
#include "shop/search/rerank.h"

#include "shop/search/spell.h"

#include <stdlib.h>
#include <string.h>

enum { head_words_max = 64 }; /* the rest of a longer name is not looked at */

static bool has_digit_in(struct str word) {
    for (size_t i = 0; i < word.size; i++)
        if (ascii_is_digit(word.data[i]))
            return true;
    return false;
}

/* Whether a head that is found stays, because the thing comes first. */
static bool head_stays(const struct language *language, bool has_head) {
    return has_head && (language->traits & LANGUAGE_HEAD_FIRST);
}

/* Returns the index of the query's head: the last of its words that must match and have no digit, before a word such as
 * `for`; the first one in some languages. query->count if there is none. */
static size_t query_head(const struct query *query) {
    size_t head = query->count;
    for (size_t i = 0; i < query->count && !head_stays(query->language, head < query->count); i++) {
        const struct query_word *word = &query->words[i];
        if (head < query->count && language_has_complement(query->language, word->text))
            break;
        if (!word->optional && !has_digit_in(word->text))
            head = i;
    }
    return head;
}

/* Whether a word has this stem. Words of one stem have their first letter in common. */
static bool word_has_stem(struct stemmer *stemmer, const struct word *word, struct str stem) {
    return word->data[0] == stem.data[0] &&
           str_equal(stemmer_stem(stemmer, word_text(word), word->plain), stem);
}

/* Whether a word is longer than a part that it ends with. */
static bool word_ends_with(struct str word, struct str part) {
    return word.size > part.size && memcmp(word.data + word.size - part.size, part.data, part.size) == 0;
}

/* Whether a word of a name is a compound that a word of the query ends. The search has found out whether its beginning
 * is a word too. */
static bool word_is_compound_of(struct stemmer *stemmer, const struct query_word *wanted,
                                const struct word *word) {
    return wanted->ends_compounds && word->plain &&
           (word_ends_with(word_text(word), wanted->text) ||
            word_ends_with(stemmer_stem(stemmer, word_text(word), true), wanted->stem));
}

/* Whether a word of a name is what a word of the query stands for: itself, a form or a synonym of it, a compound that it
 * ends, its continuation if it is still being typed, or its correction. `children's` is read as
 * `childrens`, which Snowball stems to something else than `children`. */
static bool word_fits(struct stemmer *stemmer, const struct query_word *wanted, const struct word *word) {
    struct str text = word_text(word);
    if (str_equal(text, wanted->text) || str_equal(text, wanted->stem))
        return true;
    if (str_starts(text, wanted->text) &&
        (wanted->last || (text.size == wanted->text.size + 1 && text.data[text.size - 1] == 's')))
        return true;
    if (word_has_stem(stemmer, word, wanted->stem) || word_is_compound_of(stemmer, wanted, word))
        return true;
    for (size_t i = 0; i < wanted->synonym_count; i++)
        if (word_has_stem(stemmer, word, wanted->synonyms[i]))
            return true;
    size_t most = query_word_is_known(wanted) ? 0 : spell_distance_max(wanted->text);
    return most > 0 && spell_distance(text, wanted->text, most) <= most;
}

/* Returns the index of the query's word that a word of a name stands for, or query->count. */
static size_t query_word_of(struct stemmer *stemmer, const struct query *query, const struct word *word) {
    size_t i = 0;
    while (i < query->count && (query->words[i].optional || !word_fits(stemmer, &query->words[i], word)))
        i++;
    return i;
}

/* What stands between two words of a name. */
enum name_gap {
    GAP_NONE,
    GAP_DASH, /* a part ends */
    GAP_END,  /* what the name begins with ends */
};

static enum name_gap name_gap_of(struct str between) {
    bool space = false, dash = false;
    for (size_t i = 0; i < between.size; i++) {
        char c = between.data[i];
        if (c == ',' || c == '(' || c == '[' || c == ';')
            return GAP_END;
        space |= c == ' ';
        dash |= c == '-' || c == '|' || c == ':' || (unsigned char)c >= 0x80; /* or a longer dash */
    }
    return space && dash ? GAP_DASH : GAP_NONE;
}

/* A name's words as they are read. */
struct name_reading {
    size_t count;    /* of the words so far */
    size_t previous; /* the query's word that the previous word stands for */
    size_t head;     /* and the head of the part so far */
    bool part_has_head;
    size_t pairs; /* neighbours of the query */
    bool begins;  /* what the name begins with goes on */
    bool has_head;
};

static void name_end_part(struct name_reading *r, size_t head, size_t none) {
    r->has_head |= r->begins && r->head == head;
    r->head = none;
    r->part_has_head = false;
}

/* Takes a word of a name as the head of its part, if it may be. */
static void name_take_head(struct name_reading *r, const struct language *language, struct str word,
                           size_t now) {
    if (has_digit_in(word) || head_stays(language, r->part_has_head) ||
        ((language->traits & LANGUAGE_HEAD_FIRST) && language_has_filler(language, word)))
        return;
    r->head = now;
    r->part_has_head = true;
}

uint32_t rerank_points(struct stemmer *stemmer, const struct query *query, struct str name) {
    size_t head = query_head(query), none = query->count;
    struct name_reading r = {.previous = none, .head = none, .begins = head < none};
    const char *end = name.data;
    struct word word;
    for (; r.count < head_words_max && word_next(query->language, &name, &word); r.count++) {
        enum name_gap gap = name_gap_of((struct str){end, (size_t)(word.written.data - end)});
        end = word.written.data + word.written.size;
        bool complement = language_has_complement(query->language, word_text(&word));
        if (r.count > 0 && (gap != GAP_NONE || complement))
            name_end_part(&r, head, none);
        r.begins &= r.count == 0 || (gap != GAP_END && !complement);
        size_t now = query_word_of(stemmer, query, &word);
        r.pairs += now < none && r.previous + 1 == now && gap == GAP_NONE;
        r.previous = now < none ? now : none;
        name_take_head(&r, query->language, word_text(&word), now);
    }
    name_end_part(&r, head, none);
    return (r.has_head ? rerank_head_points : 0) + (uint32_t)r.pairs * rerank_pair_points;
}

/* ---- The order. */

struct reranked {
    uint32_t points; /* with the score */
    bool is_sold_out;
    size_t rank;
    struct product product;
};

static int reranked_compare(const void *a, const void *b) {
    const struct reranked *x = a, *y = b;
    if (x->points != y->points)
        return x->points < y->points ? 1 : -1;
    if (x->is_sold_out != y->is_sold_out)
        return x->is_sold_out ? 1 : -1;
    return x->rank > y->rank ? 1 : -1;
}

enum status rerank_products(const struct query *query, const uint16_t *scores, struct product *products,
                            size_t count) {
    struct reranked first[rerank_count] = {{0}};
    struct stemmer stemmer;
    TRY(stemmer_open(&stemmer, query->language));
    count = count < rerank_count ? count : rerank_count;
    for (size_t i = 0; i < count; i++)
        first[i] = (struct reranked){
            .points = scores[i] + rerank_points(&stemmer, query, products[i].name),
            .is_sold_out = products[i].stock_quantity == 0,
            .rank = i,
            .product = products[i],
        };
    stemmer_close(&stemmer);
    qsort(first, count, sizeof *first, reranked_compare);
    for (size_t i = 0; i < count; i++)
        products[i] = first[i].product;
    return STATUS_OK;
}
