#include "shop/search_match.h"

#include "base/thread.h"
#include "shop/catalogue.h"
#include "shop/search_columns.h"
#include "shop/search_spell.h"

#include <string.h>

enum {
    few_results = 3,     /* fewer than these, and spelling is looked at */
    corrections_max = 4, /* words of a query; each costs a walk through the terms */
};

enum status search_last(struct tx *tx, int64_t *out) {
    static const struct sql sql = {"SELECT coalesce(max(seq), 0) FROM products WHERE " SEEN_PRODUCT, NULL};
    *out = 0;
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

struct str seen_entries(struct str data, int64_t block, int64_t last) {
    if (block < last >> posting_block_bits)
        return data;
    uint32_t document = (uint32_t)(last & (posting_block_documents - 1));
    while (data.size >= 2 && entry_at(data.at + data.size - 2) >> term_place_bits > document)
        data.size -= 2;
    return data;
}

/* The block of postings from which on the newest products lie, as many as a quick look takes. */
static enum status find_quick_block(struct tx *tx, int64_t last, size_t *out) {
    static const struct sql sql = {
        "SELECT block FROM search_columns WHERE block <= $1 ORDER BY block DESC LIMIT 1 OFFSET $2", NULL};
    struct db_rows *rows =
        db_query(tx->db, &sql, ARGS(db_int(last >> column_block_bits), db_int(quick_column_blocks - 1)));
    if (db_step(rows))
        *out = (size_t)(db_column_int(rows, 0) >> (posting_block_bits - column_block_bits));
    return db_finish(rows);
}

static enum status open_hits(struct tx *tx, enum match_effort effort, struct hits *out) {
    *out = (struct hits){.block_count = 0};
    enum status s = search_last(tx, &out->last);
    out->block_count = (size_t)(out->last >> posting_block_bits) + 1;
    if (s == STATUS_OK && effort == MATCH_QUICK && out->last >> column_block_bits >= quick_column_blocks)
        s = find_quick_block(tx, out->last, &out->first_block);
    out->blocks = arena_array(tx->arena, out->block_count, sizeof *out->blocks);
    return s == STATUS_OK && !out->blocks ? STATUS_NO_MEMORY : s;
}

/* Takes a block out, and keeps it to be used again. */
static void drop_block(struct hits *hits, size_t block) {
    hits->blocks[block]->next = hits->spare;
    hits->spare = hits->blocks[block];
    hits->blocks[block] = NULL;
}

static void clear_hits(struct hits *hits) {
    for (size_t b = 0; b < hits->block_count; b++)
        if (hits->blocks[b])
            drop_block(hits, b);
    hits->truncated = false;
}

static struct hit_block *make_block(struct tx *tx, struct hits *hits) {
    struct hit_block *block = hits->spare;
    if (block) {
        hits->spare = block->next;
        memset(block, 0, sizeof *block);
    } else if (hits->used < hit_blocks_max && (block = ARENA_NEW(tx->arena, struct hit_block))) {
        hits->used++;
    }
    hits->truncated = hits->truncated || !block;
    return block;
}

/* The block's scores, made where the word may bring new documents; NULL where it may not, or there are too
 * many. */
static struct hit_block *block_of(struct tx *tx, struct hits *hits, size_t block, bool make) {
    if (block >= hits->block_count)
        return NULL;
    if (!hits->blocks[block] && make)
        hits->blocks[block] = make_block(tx, hits);
    return hits->blocks[block];
}

/* Reads a term's postings, newest first, and keeps each document's best score for the word. */
static enum status read_postings(struct tx *tx, const struct query_term *term, struct hits *hits, bool make) {
    static const struct sql sql = {
        "SELECT key, data FROM search_postings WHERE key BETWEEN $1 AND $2 ORDER BY key DESC", NULL};
    int64_t first = term->id << posting_key_bits, last = first + (int64_t)hits->block_count - 1;
    struct db_rows *rows =
        db_query(tx->db, &sql, ARGS(db_int(first + (int64_t)hits->first_block), db_int(last)));
    while (db_step(rows)) {
        thread_make_way();
        struct hit_block *block = block_of(tx, hits, (size_t)(db_column_int(rows, 0) - first), make);
        struct str data = seen_entries(db_column_bytes(rows, 1), db_column_int(rows, 0) - first, hits->last);
        if (!block)
            continue;
        for (size_t at = 0; at + 1 < data.size; at += 2) {
            uint32_t entry = entry_at(data.at + at);
            uint16_t score = term->scores[entry & ((1u << term_place_bits) - 1)];
            uint16_t *best = &block->word[entry >> term_place_bits];
            *best = *best < score ? score : *best;
        }
    }
    return db_finish(rows);
}

enum combine { COMBINE_FIRST, COMBINE_AND, COMBINE_OPTIONAL, COMBINE_ANY };

/* Adds the word's scores to what has matched so far. The loops have no branches, so that they are vectors. */
static void combine_block(struct hit_block *block, enum combine how) {
    uint16_t *score = block->score, *word = block->word;
    switch (how) {
    case COMBINE_FIRST:
        for (size_t i = 0; i < posting_block_documents; i++)
            score[i] = word[i];
        break;
    case COMBINE_AND:
        for (size_t i = 0; i < posting_block_documents; i++)
            score[i] = score[i] && word[i] ? (uint16_t)(score[i] + word[i]) : 0;
        break;
    case COMBINE_OPTIONAL:
        for (size_t i = 0; i < posting_block_documents; i++)
            score[i] = score[i] ? (uint16_t)(score[i] + word[i]) : 0;
        break;
    case COMBINE_ANY:
        for (size_t i = 0; i < posting_block_documents; i++) {
            score[i] = (uint16_t)(score[i] + word[i]);
            block->words[i] = (uint8_t)(block->words[i] + (word[i] != 0));
        }
        break;
    }
    memset(word, 0, sizeof block->word);
}

static enum status match_word(struct tx *tx, const struct query_word *word, struct hits *hits,
                              enum combine how) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < word->count && s == STATUS_OK; i++)
        s = read_postings(tx, &word->terms[i], hits, how == COMBINE_FIRST || how == COMBINE_ANY);
    for (size_t b = 0; b < hits->block_count && s == STATUS_OK; b++)
        if (hits->blocks[b])
            combine_block(hits->blocks[b], how);
    return s;
}

/* Counts what has matched, and drops the blocks where nothing has. */
static int64_t count_hits(struct hits *hits) {
    int64_t all = 0;
    for (size_t b = 0; b < hits->block_count; b++) {
        int count = 0;
        for (size_t i = 0; hits->blocks[b] && i < posting_block_documents; i++)
            count += hits->blocks[b]->score[i] != 0;
        if (hits->blocks[b] && count == 0)
            drop_block(hits, b);
        all += count;
    }
    return all;
}

/* The places of the words that must match, rarest first. False where one of them has no terms at all. */
static bool order_words(const struct query *query, const struct query_word *order[static query_words_max],
                        size_t *count) {
    *count = 0;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_word *word = &query->words[i];
        if (word->optional)
            continue;
        if (word->count == 0)
            return false;
        size_t at = (*count)++;
        for (;
             at > 0 && query_documents(order[at - 1], MATCH_SPELLING) > query_documents(word, MATCH_SPELLING);
             at--)
            order[at] = order[at - 1];
        order[at] = word;
    }
    return *count > 0;
}

/* Finds the documents that every word matches which is not optional; counts them. */
static enum status match_all(struct tx *tx, const struct query *query, struct hits *out, int64_t *count) {
    const struct query_word *order[query_words_max];
    size_t needed;
    enum status s = STATUS_OK;
    clear_hits(out);
    *count = 0;
    if (!order_words(query, order, &needed))
        return STATUS_OK;
    for (size_t i = 0; i < needed && s == STATUS_OK; i++)
        s = match_word(tx, order[i], out, i == 0 ? COMBINE_FIRST : COMBINE_AND);
    for (size_t i = 0; i < query->count && s == STATUS_OK; i++)
        if (query->words[i].optional)
            s = match_word(tx, &query->words[i], out, COMBINE_OPTIONAL);
    *count = count_hits(out);
    return s;
}

/* Keeps the documents that the most words match, if that is at least half of them. */
static void keep_most(struct hits *hits, size_t words) {
    uint8_t most = 0;
    for (size_t b = 0; b < hits->block_count; b++)
        for (size_t i = 0; hits->blocks[b] && i < posting_block_documents; i++)
            most = hits->blocks[b]->words[i] > most ? hits->blocks[b]->words[i] : most;
    bool enough = (size_t)most * 2 >= words;
    for (size_t b = 0; b < hits->block_count; b++)
        for (size_t i = 0; hits->blocks[b] && i < posting_block_documents; i++)
            if (!enough || hits->blocks[b]->words[i] < most)
                hits->blocks[b]->score[i] = 0;
}

/* Finds the documents that the most words match. */
static enum status match_most(struct tx *tx, const struct query *query, struct hits *out) {
    enum status s = STATUS_OK;
    size_t words = 0;
    clear_hits(out);
    for (size_t i = 0; i < query->count && s == STATUS_OK; i++)
        if (!query->words[i].optional) {
            s = match_word(tx, &query->words[i], out, COMBINE_ANY);
            words++;
        }
    keep_most(out, words);
    return s;
}

/* Two words that are one in the shop: `head phones`. The one word then stands for either. */
static enum status join_words(struct tx *tx, struct query_word *a, struct query_word *b, bool *corrected) {
    char joined[2 * word_bytes_max];
    struct term_row row;
    memcpy(joined, a->text.at, a->text.size);
    memcpy(joined + a->text.size, b->text.at, b->text.size);
    enum status s = term_find(tx, (struct str){joined, a->text.size + b->text.size}, &row);
    if (s == STATUS_OK) {
        query_add_term(a, &row, MATCH_JOINED, 100);
        query_add_term(b, &row, MATCH_JOINED, 100);
        *corrected = true;
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Whether both parts of a word are words of the index, and how many documents the rarer one has. */
static enum status weigh_parts(struct tx *tx, struct str word, size_t at, int64_t *documents) {
    struct term_row first, second;
    *documents = 0;
    enum status s = term_find(tx, (struct str){word.at, at}, &first);
    if (s == STATUS_OK)
        s = term_find(tx, (struct str){word.at + at, word.size - at}, &second);
    if (s == STATUS_OK)
        *documents = first.counts.words < second.counts.words ? first.counts.words : second.counts.words;
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* One word that is two in the shop: `desklamp`, `350ml`. They take its place. */
static enum status split_word(struct tx *tx, struct stemmer *stemmer, struct query *query, size_t i,
                              bool *corrected) {
    enum { letters_min = 3 };
    struct str word = query->words[i].text;
    size_t best = 0;
    int64_t most = 0;
    enum status s = STATUS_OK;
    for (size_t at = 1; at < word.size && s == STATUS_OK; at++) {
        int64_t documents;
        bool digits = is_digit(word.at[at - 1]) && !is_digit(word.at[at]);
        if ((!digits && (at < letters_min || word.size - at < letters_min)) || (word.at[at] & 0xC0) == 0x80)
            continue;
        s = weigh_parts(tx, word, at, &documents);
        if (documents > most)
            most = documents, best = at;
    }
    if (s != STATUS_OK || best == 0)
        return s;
    *corrected = true;
    return query_split(tx, stemmer, query, i, best);
}

static enum status correct(struct tx *tx, struct stemmer *stemmer, struct query *query,
                           enum match_effort effort, bool *corrected) {
    bool quick = effort == MATCH_QUICK;
    int64_t rows_max = quick ? spelling_rows_quick : spelling_rows_thorough;
    size_t corrections = 0, most = quick ? 1 : corrections_max;
    enum status s = STATUS_OK;
    *corrected = false;
    for (size_t i = 0; i + 1 < query->count && s == STATUS_OK; i++)
        s = join_words(tx, &query->words[i], &query->words[i + 1], corrected);
    for (size_t i = 0; i < query->count && s == STATUS_OK && corrections < most; i++) {
        bool one = false;
        if (query_documents(&query->words[i], MATCH_JOINED) >= few_results)
            continue;
        s = spelling_correct(tx, stemmer, &query->words[i], rows_max, &one);
        if (s == STATUS_OK && !one && query->words[i].count == 0)
            s = split_word(tx, stemmer, query, i, &one);
        corrections++;
        *corrected = *corrected || one;
    }
    return s;
}

static enum status match_words(struct tx *tx, struct stemmer *stemmer, struct query *query,
                               enum match_effort effort, struct hits *out) {
    int64_t count = 0;
    bool corrected = false;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < query->count && s == STATUS_OK; i++)
        s = query_find_terms(tx, &query->words[i]);
    query_set_scores(query);
    if (s == STATUS_OK)
        s = match_all(tx, query, out, &count);
    if (s == STATUS_OK && count < few_results)
        s = correct(tx, stemmer, query, effort, &corrected);
    if (s == STATUS_OK && corrected) {
        query_set_scores(query);
        s = match_all(tx, query, out, &count);
    }
    return s == STATUS_OK && count == 0 && query->count > 1 ? match_most(tx, query, out) : s;
}

enum status search_match(struct tx *tx, struct str text, enum match_effort effort, struct hits *out,
                         bool *found) {
    struct query *query;
    struct stemmer *stemmer = stemmer_open();
    if (!stemmer)
        return STATUS_NO_MEMORY;
    enum status s = query_read_words(tx, stemmer, text, &query);
    *found = s == STATUS_OK && query->count > 0;
    if (*found)
        s = open_hits(tx, effort, out);
    if (*found && s == STATUS_OK)
        s = match_words(tx, stemmer, query, effort, out);
    stemmer_close(stemmer);
    return s;
}
