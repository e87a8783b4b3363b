#include "shop/search_query.h"

#include <math.h>
#include <string.h>

/* English words that say nothing about what is looked for, where there are others. */
static const char *const fillers[] = {"a",  "an", "and", "at", "by", "for", "from", "in",
                                      "is", "it", "of",  "on", "or", "the", "to",   "with"};

static bool is_filler(struct str word) {
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (str_equal(word, str_from(fillers[i])))
            return true;
    return false;
}

static bool has_word(const struct query *query, struct str text) {
    for (size_t i = 0; i < query->count; i++)
        if (str_equal(query->words[i].text, text))
            return true;
    return false;
}

static enum status make_word(struct tx *tx, struct stemmer *stemmer, struct str text,
                             struct query_word *out) {
    bool plain = true;
    for (size_t i = 0; i < text.size; i++)
        plain = plain && text.at[i] >= 'a' && text.at[i] <= 'z';
    *out = (struct query_word){
        .text = arena_copy(tx->arena, text),
        .stem = arena_copy(tx->arena, stemmer_stem(stemmer, text, plain)),
        .plain = plain,
    };
    return out->text.at && out->stem.at ? STATUS_OK : STATUS_NO_MEMORY;
}

static void mark_words(struct query *query) {
    size_t needed = 0;
    for (size_t i = 0; i < query->count; i++) {
        query->words[i].optional = is_filler(query->words[i].text);
        needed += !query->words[i].optional;
    }
    for (size_t i = 0; i < query->count && needed == 0; i++)
        query->words[i].optional = false;
    if (query->count > 0)
        query->words[query->count - 1].last = true;
}

enum status query_read_words(struct tx *tx, struct stemmer *stemmer, struct str text, struct query **out) {
    static const struct sql sql = {"SELECT CAST(coalesce(sum(product_count), 0) AS bigint) FROM categories",
                                   NULL};
    struct query *query = ARENA_NEW(tx->arena, struct query);
    if (!query)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        query->documents = db_column_int(rows, 0);
    enum status s = db_finish(rows);
    struct word word;
    while (s == STATUS_OK && query->count < query_words_max && word_next(&text, &word))
        if (!has_word(query, word_text(&word)))
            s = make_word(tx, stemmer, word_text(&word), &query->words[query->count++]);
    mark_words(query);
    *out = query;
    return s;
}

/* A term's counts as they are seen now, for read_term, and whether it is seen at all: all of its documents
 * may be an import's that is not published. */
#define TERM_COLUMNS                                                                                         \
    "id, documents + CASE WHEN " SEEN_STAGED                                                                 \
    " THEN staged_documents ELSE 0 END,"                                                                     \
    " words + CASE WHEN " SEEN_STAGED                                                                        \
    " THEN staged_words ELSE 0 END,"                                                                         \
    " titles + CASE WHEN " SEEN_STAGED " THEN staged_titles ELSE 0 END, term"
#define SEEN_TERM "(documents > 0 OR " SEEN_STAGED ")"

static void read_term(struct db_rows *rows, struct term_row *out) {
    *out = (struct term_row){
        .id = db_column_int(rows, 0),
        .counts = {db_column_int(rows, 1), db_column_int(rows, 2), db_column_int(rows, 3)},
        .text = db_column_bytes(rows, 4),
    };
}

enum status term_find(struct tx *tx, struct str text, struct term_row *out) {
    static const struct sql sql = {"SELECT " TERM_COLUMNS " FROM search_terms WHERE term = $1 AND " SEEN_TERM,
                                   NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_text(text)));
    bool found = db_step(rows);
    if (found)
        read_term(rows, out);
    out->text = text;
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_NOT_FOUND : s;
}

struct db_rows *terms_walk(struct tx *tx, struct str from, struct str to, int64_t rows_max, bool common) {
    static const struct sql all_sql = {"SELECT " TERM_COLUMNS
                                       " FROM search_terms"
                                       " WHERE term >= $1 AND term < $2 AND " SEEN_TERM
                                       " ORDER BY term LIMIT $3",
                                       NULL};
    static const struct sql common_sql = {
        "SELECT " TERM_COLUMNS
        " FROM search_terms"
        " WHERE term >= $1 AND term < $2 AND documents + staged_documents >= 16 AND " SEEN_TERM
        " ORDER BY term LIMIT $3",
        NULL};
    _Static_assert(common_documents_min == 16, "the partial index of the schema has it too");
    return db_query(tx->db, common ? &common_sql : &all_sql,
                    ARGS(db_text(from), db_text(to), db_int(rows_max)));
}

bool terms_next(struct db_rows *rows, struct term_row *out) {
    bool found = db_step(rows);
    if (found)
        read_term(rows, out);
    return found;
}

void query_add_term(struct query_word *word, const struct term_row *row, enum match_kind kind,
                    uint32_t share) {
    for (size_t i = 0; i < word->count; i++)
        if (word->terms[i].id == row->id)
            return;
    if (word->count < word_terms_max)
        word->terms[word->count++] = (struct query_term){row->id, row->counts.documents, kind, share, {0}};
}

int64_t query_documents(const struct query_word *word, enum match_kind last_kind) {
    int64_t documents = 0;
    for (size_t i = 0; i < word->count; i++)
        if (word->terms[i].kind <= last_kind)
            documents += word->terms[i].documents;
    return documents;
}

static enum status add_if_there(struct tx *tx, struct query_word *word, struct str text,
                                enum match_kind kind) {
    struct term_row row;
    enum status s = term_find(tx, text, &row);
    if (s == STATUS_OK)
        query_add_term(word, &row, kind, 100);
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* The terms of most documents among those that have been seen, most first. */
struct best {
    struct {
        struct term_row row;
        uint32_t share;
    } at[prefix_terms_max];
    size_t count;
};

static void best_put(struct best *best, const struct term_row *row, uint32_t share) {
    size_t at = best->count;
    for (size_t i = 0; i < best->count; i++)
        if (best->at[i].row.id == row->id)
            return;
    while (at > 0 && best->at[at - 1].row.counts.documents < row->counts.documents)
        at--;
    if (at == prefix_terms_max)
        return;
    size_t moved = best->count < prefix_terms_max ? best->count : (size_t)prefix_terms_max - 1;
    memmove(&best->at[at + 1], &best->at[at], (moved - at) * sizeof best->at[0]);
    best->at[at].row = *row;
    best->at[at].share = share;
    best->count = moved + 1;
}

/* Looks through the terms that start with the word; one that goes on for long counts less. */
static enum status walk_prefix(struct tx *tx, struct str from, struct str to, bool common,
                               struct best *best) {
    struct term_row row;
    struct db_rows *rows = terms_walk(tx, from, to, prefix_rows_max, common);
    while (terms_next(rows, &row))
        if (row.text.size > from.size)
            best_put(best, &row, (uint32_t)(50 + 50 * from.size / row.text.size));
    return db_finish(rows);
}

/* A prefix of one or two letters stands for too much, unless it is still being typed. */
static enum status add_prefixes(struct tx *tx, struct query_word *word) {
    enum { letters_min = 3 };
    if (!word->last && (!word->plain || word->text.size < letters_min))
        return STATUS_OK;
    char end[word_bytes_max + sizeof TERM_LAST];
    memcpy(end, word->text.at, word->text.size);
    memcpy(end + word->text.size, TERM_LAST, sizeof TERM_LAST);
    struct str to = {end, word->text.size + sizeof TERM_LAST - 1};
    struct best best = {.count = 0};
    enum status s = walk_prefix(tx, word->text, to, true, &best);
    if (s == STATUS_OK && best.count < prefix_terms_max)
        s = walk_prefix(tx, word->text, to, false, &best);
    for (size_t i = 0; i < best.count; i++)
        query_add_term(word, &best.at[i].row, MATCH_PREFIX, best.at[i].share);
    return s;
}

enum status query_find_terms(struct tx *tx, struct query_word *word) {
    enum status s = add_if_there(tx, word, word->text, MATCH_WORD);
    if (s == STATUS_OK)
        s = add_if_there(tx, word, word->stem, MATCH_STEM);
    return s == STATUS_OK ? add_prefixes(tx, word) : s;
}

/* Points for a match: name most, then category, then description, and a little for standing in others too,
 * but never so much that a stem in all three outdoes the word itself in a name. Less for the kinds further
 * down; half for a word that every product has, up to all for one that a single product has. 16 words of at
 * most 1090 points stay below 2^16. */
static uint16_t score_of(const struct query_term *term, bool last, uint32_t place, double rarity) {
    static const double by_kind[MATCH_KIND_COUNT] = {1.0, 0.9, 0.5, 0.5, 0.4};
    bool name = place & TERM_IN_NAME, category = place & TERM_IN_CATEGORY,
         description = place & TERM_IN_DESCRIPTION;
    double points = name ? 1000 : category ? 400 : 150;
    points += (name && category ? 60 : 0) + ((name || category) && description ? 30 : 0);
    double kind = by_kind[term->kind];
    if (term->kind == MATCH_WORD && !(place & TERM_EXACT))
        kind = by_kind[MATCH_STEM];
    if (term->kind == MATCH_PREFIX && last)
        kind += 0.2;
    points *= kind * term->share / 100 * (0.5 + 0.5 * rarity);
    return (uint16_t)(points < 1 ? 1 : points);
}

void query_set_scores(struct query *query) {
    for (size_t w = 0; w < query->count; w++) {
        struct query_word *word = &query->words[w];
        int64_t most = 1;
        for (size_t i = 0; i < word->count; i++)
            most = word->terms[i].documents > most ? word->terms[i].documents : most;
        double all = log2((double)query->documents + 2), rarity = 1 - log2((double)most) / all;
        rarity = rarity < 0 ? 0 : rarity;
        for (size_t i = 0; i < word->count; i++)
            for (uint32_t place = 1; place < 1 << term_place_bits; place++)
                word->terms[i].scores[place] = score_of(&word->terms[i], word->last, place, rarity);
    }
}

enum status query_split(struct tx *tx, struct stemmer *stemmer, struct query *query, size_t i, size_t at) {
    struct query_word *word = &query->words[i];
    struct str text = word->text;
    bool last = word->last;
    if (query->count == query_words_max)
        return STATUS_OK;
    memmove(word + 2, word + 1, (query->count - i - 1) * sizeof *word);
    query->count++;
    enum status s = make_word(tx, stemmer, (struct str){text.at, at}, &word[0]);
    if (s == STATUS_OK)
        s = make_word(tx, stemmer, (struct str){text.at + at, text.size - at}, &word[1]);
    word[1].last = last;
    if (s == STATUS_OK)
        s = query_find_terms(tx, &word[0]);
    return s == STATUS_OK ? query_find_terms(tx, &word[1]) : s;
}
