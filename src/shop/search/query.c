/* How a query is read.
 *
 *     "the Desk lam"  →  the          desk              lam
 *                        optional     must match        must match, still being typed
 *                        the          desk, desktop     lamp, lamps, lampshade
 *
 * 1. The text is cut into words as the texts of products are (shop/index/text.h): folded, without accents.
 *    A word that comes twice counts once.
 * 2. Fillers (`the`, `with`) are optional: they add to a score but exclude no document. If a query has
 *    nothing but fillers, all of them must match.
 * 3. Each word gets the terms that it may stand for: itself, its stem, and the longer terms that it starts.
 *    The index has the stem of each of a product's words as a term too. So `lamps` finds the product `lamp`
 *    by their common stem, and `lamp` finds the product `lamps` by its stem. In the second case the entry lacks
 *    the bit TERM_EXACT, which says that the term is one of the product's words itself; it scores as a stem.
 * 4. Words, and words that stand together, get the synonyms of the shop's own (synonym_terms.c).
 * 5. If that finds few documents, spell.c adds corrections, joins neighbours and splits words.
 *
 * How a match is scored. The postings say for each document which of its three fields have the term, and
 * TERM_EXACT: four bits, the field mask. There are only 16 masks, so each term gets a table of 16 scores, and the
 * scan of the postings looks a score up in place of computing it (match.c).
 *
 *     score = points of the fields × factor of the kind × share of the term × (0.5 + 0.5 × rarity)
 *
 * A word adds the best score of its terms in a document, and a document scores the sum over its words. */
#include "shop/search/query.h"

#include "base/buf.h"
#include "shop/index/measures.h"
#include "shop/index/models.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool query_has_word(const struct query *query, struct str text) {
    for (size_t i = 0; i < query->count; i++)
        if (str_equal(query->words[i].text, text))
            return true;
    return false;
}

/* Whether a word may be the last part of another one, in a language that puts words together. */
static bool word_may_end_compounds(const struct language *language, const struct query_word *word) {
    enum { letters_min = 4, stem_letters_min = 3 };
    return (language->traits & LANGUAGE_COMPOUNDS) && word->plain && word->text.size >= letters_min &&
           word->stem.size >= stem_letters_min;
}

static enum status query_word_make(struct shop_ctx *ctx, struct stemmer *stemmer, struct str text,
                                   struct query_word *out) {
    bool plain = word_is_plain(text);
    *out = (struct query_word){
        .text = arena_copy(ctx->arena, text),
        .stem = arena_copy(ctx->arena, stemmer_stem(stemmer, text, plain)),
        .plain = plain,
    };
    if (!out->text.data || !out->stem.data)
        return STATUS_NO_MEMORY;
    out->ends_compounds = word_may_end_compounds(stemmer->language, out);
    out->room = word_terms_max + (out->ends_compounds ? 2 * compounds_max : 0);
    out->terms =
        arena_grow(ctx->arena, NULL, 0, out->room * sizeof *out->terms); /* not zeroed: it is large */
    return out->terms ? STATUS_OK : STATUS_NO_MEMORY;
}

static void query_mark_words(const struct language *language, struct query *query) {
    size_t needed = 0;
    for (size_t i = 0; i < query->count; i++) {
        struct str text = query->words[i].text;
        bool is_between = i > 0 && i + 1 < query->count; /* a lone `n` then means `and`, and `w/` `with` */
        query->words[i].optional = language_has_filler(language, text) || query->words[i].kind == WORD_SIGN ||
                                   (is_between && (str_equal(text, STR("n")) || str_equal(text, STR("w"))));
        needed += !query->words[i].optional;
    }
    for (size_t i = 0; i < query->count && needed == 0; i++)
        query->words[i].optional = false;
    if (query->count > 0 && query->words[query->count - 1].kind != WORD_SIGN)
        query->words[query->count - 1].last = true;
}

/* Adds a word, unless the query has it or is full. */
static enum status query_put_word(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                                  struct str text, enum word_kind kind) {
    if (query->count == query_words_max || query_has_word(query, text))
        return STATUS_OK;
    struct query_word *word = &query->words[query->count++];
    enum status s = query_word_make(ctx, stemmer, text, word);
    word->kind = kind;
    return s;
}

/* Adds a word as measures are in the index. A sign behind a number is a word of its own: `12"` is `12 in`. `text` follows
 * the word. */
static enum status query_put_measure(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                                     struct word *word, struct str *text) {
    const char *behind = word->written.data + word->written.size, *end = text->data + text->size;
    struct measure measure;
    size_t count = measure_fold(stemmer->language, word, text, &measure);
    TRY(query_put_word(ctx, stemmer, query, word_text(word), count > 1 ? WORD_SIZE : WORD_PLAIN));
    bool has_sign = count == 1 && measure.number_end == behind &&
                    unit_of_sign((struct str){behind, (size_t)(end - behind)}).data;
    return has_sign ? query_put_word(ctx, stemmer, query, measure.unit, WORD_SIGN) : STATUS_OK;
}

enum status query_read_words(struct shop_ctx *ctx, struct stemmer *stemmer, struct str text,
                             struct query **out) {
    struct query *query = ARENA_NEW(ctx->arena, struct query);
    if (!query)
        return STATUS_NO_MEMORY;
    enum status s = STATUS_OK;
    struct word word;
    while (s == STATUS_OK && query->count < query_words_max && word_next(stemmer->language, &text, &word))
        s = query_put_measure(ctx, stemmer, query, &word, &text);
    query_mark_words(stemmer->language, query);
    query->language = stemmer->language;
    *out = query;
    return s;
}

void query_add_term(struct query_word *word, const struct term_row *row, enum match_kind kind,
                    uint32_t share) {
    for (size_t i = 0; i < word->count; i++)
        if (word->terms[i].id == row->id)
            return;
    if (word->count < word->room)
        word->terms[word->count++] =
            (struct query_term){row->id, row->counts.documents, kind, share, {0}, NULL};
}

int64_t query_documents(const struct query_word *word, enum match_kind weakest) {
    int64_t documents = 0;
    for (size_t i = 0; i < word->count; i++)
        if (word->terms[i].kind <= weakest)
            documents += word->terms[i].documents;
    return documents;
}

bool query_word_is_known(const struct query_word *word) {
    for (size_t i = 0; i < word->count; i++)
        if (word->terms[i].kind < MATCH_JOINED)
            return true;
    return false;
}

bool query_has_phrase(const struct query_word *word) {
    for (size_t i = 0; i < word->count; i++)
        if (word->terms[i].phrase)
            return true;
    return false;
}

static const struct sql shop_sql =
    SQL("SELECT CAST(coalesce(sum(product_count), 0) AS bigint),"
        " (SELECT count(*) FROM (SELECT 1 FROM synonyms LIMIT 1) AS s) FROM categories");

void query_announce_shop(struct shop_ctx *ctx) {
    db_prefetch(ctx->db, &shop_sql, NO_ARGS);
}

enum status query_read_shop(struct shop_ctx *ctx, struct query *query) {
    struct db_rows *rows = db_query(ctx->db, &shop_sql, NO_ARGS);
    if (db_step(rows)) {
        query->documents = db_column_int(rows, 0);
        query->has_synonyms = db_column_int(rows, 1) != 0;
    }
    return db_finish(rows);
}

static enum status query_add_if_known(struct shop_ctx *ctx, struct query_word *word, struct str text,
                                      enum match_kind kind) {
    struct term_row row;
    enum status s = term_find(ctx, text, &row);
    if (s == STATUS_OK)
        query_add_term(word, &row, kind, 100);
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Whether the word may be the beginning of another one. A prefix of one or two letters stands for too much, and one
 * with digits for other model numbers. Both are taken for a prefix only in the last word, which may still be
 * typed. */
static bool is_prefix_word(const struct query_word *word) {
    enum { letters_min = 3, katakana_bytes_min = 3 * 3 };
    return word->last || (word->plain && word->text.size >= letters_min) ||
           (word_is_katakana(word->text) && word->text.size >= katakana_bytes_min);
}

/* Adds the terms that the word is a prefix of, the ones of most documents first. A term's share falls from
 * near 100 % to 50 % the longer it goes on: `lam` means `lamp` rather than `laminated`. */
static enum status query_add_prefixed(struct shop_ctx *ctx, struct query_word *word) {
    struct top_terms top = {.room = prefix_terms_max};
    enum status s = terms_find_by_prefix(ctx, word->text, WEIGHT_DOCUMENTS, &top);
    for (size_t i = 0; i < top.count; i++) {
        struct term_row row = top_terms_get(&top, i);
        query_add_term(word, &row, MATCH_PREFIX, (uint32_t)(50 + 50 * word->text.size / row.text.size));
    }
    return s;
}

/* Adds the compounds that end with a part: the word's stem, because the index has the stems of compounds as terms too,
 * or the word itself, because the stem of a short word may have an end that a long one's has not: `schere` is `scher`,
 * `gartenschere` is `gartensch`. */
static enum status query_add_compounds(struct shop_ctx *ctx, const struct query *query,
                                       struct query_word *word, struct str part) {
    struct term_row rows[compounds_max];
    size_t count;
    enum status s = compounds_find(ctx, query->language, part, rows, &count);
    for (size_t i = 0; i < count; i++)
        query_add_term(word, &rows[i], MATCH_HEAD, 100);
    return s;
}

static void query_announce_word(struct shop_ctx *ctx, const struct query *query,
                                const struct query_word *word) {
    term_announce(ctx, word->text);
    if (!str_equal(word->stem, word->text))
        term_announce(ctx, word->stem);
    if (word->ends_compounds)
        compounds_announce(ctx, query->language, word->stem);
    if (word->ends_compounds && !str_equal(word->stem, word->text))
        compounds_announce(ctx, query->language, word->text);
    if (is_prefix_word(word))
        terms_announce_by_prefix(ctx, word->text, WEIGHT_DOCUMENTS);
}

static enum status query_find_word_terms(struct shop_ctx *ctx, const struct query *query,
                                         struct query_word *word) {
    TRY(query_add_if_known(ctx, word, word->text, MATCH_WORD));
    if (!str_equal(word->stem, word->text))
        TRY(query_add_if_known(ctx, word, word->stem, MATCH_STEM));
    if (word->ends_compounds)
        TRY(query_add_compounds(ctx, query, word, word->stem));
    if (word->ends_compounds && !str_equal(word->stem, word->text))
        TRY(query_add_compounds(ctx, query, word, word->text));
    return is_prefix_word(word) ? query_add_prefixed(ctx, word) : STATUS_OK;
}

/* The unit that a word is behind a number; absent if it is none. */
static struct str unit_behind(struct str first, struct str second) {
    return ascii_is_digit(first.data[first.size - 1]) ? unit_find(second) : (struct str){0};
}

/* What two neighbours make together; a number at the end without its last zeros, which is its stem: `usb3` for
 * `usb 3.0`. A unit has its short form. Valid until the next call on the same bytes. */
static struct str joined_text(const struct query *query, size_t i, char bytes[static 2 * word_bytes_max]) {
    const struct query_word *next = &query->words[i + 1];
    struct str first = query->words[i].text, second = next->plain ? next->text : next->stem;
    struct str unit = unit_behind(first, second);
    second = unit.data ? unit : second;
    memcpy(bytes, first.data, first.size);
    memcpy(bytes + first.size, second.data, second.size);
    return (struct str){bytes, first.size + second.size};
}

void query_announce_terms(struct shop_ctx *ctx, struct query *query) {
    char bytes[2 * word_bytes_max];
    for (size_t i = 0; i < query->count; i++)
        query_announce_word(ctx, query, &query->words[i]);
    for (size_t i = 0; i + 1 < query->count; i++)
        query->joins_are_announced |= term_announce(ctx, joined_text(query, i, bytes));
}

enum status query_read_joins(struct shop_ctx *ctx, struct query *query) {
    char bytes[2 * word_bytes_max];
    for (size_t i = 0; i + 1 < query->count; i++) {
        enum status s = term_find(ctx, joined_text(query, i, bytes), &query->words[i].joined);
        if (s == STATUS_NOT_FOUND)
            query->words[i].joined.id = 0;
        else if (s != STATUS_OK)
            return s;
    }
    query->joins_are_read = true;
    return STATUS_OK;
}

/* Whether the i-th word and the one after it are a model together, or a measure: `iphone 15`, `12 inches`. */
static bool query_has_model(const struct query *query, size_t i) {
    struct str first = query->words[i].text, second = query->words[i + 1].text;
    return model_joins(query->language, first, second) || unit_behind(first, second).data;
}

/* Adds the terms of models, whose words may be written together. Other neighbours are joined only if few products have
 * them apart (spell.c). */
static enum status query_add_models(struct shop_ctx *ctx, struct query *query) {
    bool wanted = query->joins_are_announced;
    for (size_t i = 0; i + 1 < query->count && !wanted; i++)
        wanted = query_has_model(query, i);
    if (wanted)
        TRY(query_read_joins(ctx, query));
    for (size_t i = 0; i + 1 < query->count && wanted; i++) {
        const struct term_row *joined = &query->words[i].joined;
        if (joined->id == 0 || !query_has_model(query, i))
            continue;
        query_add_term(&query->words[i], joined, MATCH_JOINED, 100);
        query_add_term(&query->words[i + 1], joined, MATCH_JOINED, 100);
    }
    return STATUS_OK;
}

enum status query_find_terms(struct shop_ctx *ctx, struct query *query) {
    for (size_t i = 0; i < query->count; i++)
        TRY(query_find_word_terms(ctx, query, &query->words[i]));
    return query_add_models(ctx, query);
}

/* The points of the best field that has a term, and what the others add. docs/guides/search.md explains them to shops,
 * and each has a row in tests/api/test_ranking.py. */
enum {
    points_name = 1000,          /* because it says what the product is */
    points_category = 400,       /* because it says what kind of thing the product is */
    points_description = 150,    /* because it mentions many things */
    points_category_too = 60,    /* if the name has the term as well */
    points_description_too = 30, /* if the name or the category has it as well */
};

/* Per cent of these points, by how the term came to stand for the word. */
static const uint32_t kind_per_cent[MATCH_KIND_COUNT] = {
    [MATCH_WORD] = 100,  [MATCH_STEM] = 90,   [MATCH_SYNONYM] = 80,  [MATCH_HEAD] = 75,
    [MATCH_PREFIX] = 50, [MATCH_JOINED] = 50, [MATCH_SPELLING] = 40,
};

enum {
    last_prefix_per_cent = 70,   /* of a longer term, for the query's last word */
    only_spelling_per_cent = 90, /* of a correction of a word that no product has */
    common_word_per_cent = 50,   /* of a word that all products have */
};

/* Scores a term in a document by the fields that it stands in.
 *
 * The additions break ties and no more: the stem in all three fields (0.9 × 1090 = 981) stays below the word itself
 * in a name (1000).
 *
 * Factors: 1 for the word itself; 0.9 for its stem, because `lamps` is nearly as good as `lamp`; 0.8 for a synonym of
 * the shop's own, so that even one in all three fields (872) stays below the word's stem in a name (900); 0.75 for a
 * compound that it ends, which is such a thing, but a special one; 0.5 for a longer term that it starts, and for two words that are one in the shop, which may be another thing; 0.4 for a correction, which
 * is a guess. For the query's last word a longer term gets 0.7 in place of 0.5, because it is the likeliest reading of a
 * half-typed word. A correction of a word that no product has gets 0.9: there is no other reading that it may outdo, and with
 * less a misspelt word would count less than its neighbours do. The share is 1, but less for a longer term (the longer, the less) and for the second-best
 * corrections.
 *
 * Rarity is 0 for a word that all products have and nears 1 for a word of a single product. It halves a score
 * at most, so that the field stays decisive: the commonest word in a name (500) outscores the rarest in
 * category and description (430).
 *
 * The result is 1 to 1090. The sum of 16 words is at most 17,440, below 2^16, so that sums are 16 bits wide.
 * 0 is left to say that a document does not match. */
static uint16_t term_score(const struct query_term *term, const struct query_word *word, uint32_t field_mask,
                           double rarity) {
    bool name = field_mask & TERM_IN_NAME, category = field_mask & TERM_IN_CATEGORY,
         description = field_mask & TERM_IN_DESCRIPTION;
    double points = name ? points_name : category ? points_category : points_description;
    points += name && category ? points_category_too : 0;
    points += (name || category) && description ? points_description_too : 0;
    uint32_t kind = kind_per_cent[term->kind];
    if (term->kind == MATCH_WORD && !(field_mask & TERM_EXACT))
        kind = kind_per_cent[MATCH_STEM];
    if (term->kind == MATCH_PREFIX && word->last)
        kind = last_prefix_per_cent;
    if (term->kind == MATCH_SPELLING && !query_word_is_known(word))
        kind = only_spelling_per_cent;
    double common = common_word_per_cent / 100.0;
    points *= kind * term->share * (common + (1 - common) * rarity) / 10000;
    return (uint16_t)(points < 1 ? 1 : points);
}

/* Sets the scores for each field mask; those of a phrase's words if the term is one. */
static void term_set_scores(struct query_term *term, const struct query_word *word, double rarity) {
    struct query_phrase *phrase = term->phrase;
    for (uint32_t mask = 1; mask < 1 << field_mask_bits; mask++)
        term->scores[mask] = term_score(term, word, mask, rarity);
    for (size_t w = 0; phrase && w < phrase->count; w++)
        for (size_t i = 0; i < phrase->words[w].count; i++)
            term_set_scores(&phrase->words[w].terms[i], word, rarity);
}

/* Rarity is 1 - log(documents of the word) / log(all documents): the usual inverse document frequency, scaled
 * to 0 … 1. It is the word's and not the term's: the most frequent of its terms counts. Otherwise a rare
 * misspelling or a long prefix would outdo the word itself. */
void query_set_scores(struct query *query) {
    for (size_t w = 0; w < query->count; w++) {
        struct query_word *word = &query->words[w];
        int64_t most = 1;
        for (size_t i = 0; i < word->count; i++)
            most = word->terms[i].documents > most ? word->terms[i].documents : most;
        double all = log2((double)query->documents + 2), rarity = 1 - log2((double)most) / all;
        rarity = rarity < 0 ? 0 : rarity;
        for (size_t i = 0; i < word->count; i++)
            term_set_scores(&word->terms[i], word, rarity);
    }
}

enum status query_split(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query, size_t i,
                        size_t size) {
    struct query_word *word = &query->words[i];
    struct str text = word->text;
    bool last = word->last;
    assert(query->count < query_words_max);
    query->has_split = true;
    memmove(word + 2, word + 1, (query->count - i - 1) * sizeof *word);
    query->count++;
    TRY(query_word_make(ctx, stemmer, (struct str){text.data, size}, &word[0]));
    TRY(query_word_make(ctx, stemmer, str_skip(text, size), &word[1]));
    word[1].last = last;
    return STATUS_OK;
}

enum status query_corrected_text(struct shop_ctx *ctx, const struct query *query, struct str *out) {
    struct buf text = buf_new(ctx->arena);
    bool corrected = query->has_split;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_word *word = &query->words[i];
        corrected |= word->respelt.data != NULL;
        struct str shown = word->respelt.data ? word->respelt : word->text;
        if (text.size > 0 && shown.size > 0)
            buf_put_char(&text, ' ');
        buf_put(&text, shown);
    }
    *out = corrected ? buf_str(&text) : (struct str){0};
    return buf_ok(&text) ? STATUS_OK : STATUS_NO_MEMORY;
}
