/* How documents are matched.
 *
 * A document is a product's `seq`. Its upper bits are the number of its block, its lower 12 bits the index in
 * the block. A row of postings has the entries of one term in one block, ascending, two bytes each:
 *
 *     15           4 3    0
 *     | index in block | mask |      mask: TERM_IN_NAME | TERM_IN_CATEGORY | TERM_IN_DESCRIPTION | TERM_EXACT
 *
 * Words are matched one after the other. For each of a word's terms, every entry puts the term's score for
 * the mask into block->word[index], if that is better than what is there. Then the block combines the word
 * with what matched so far:
 *
 *                  seq 4096      4097      4098      4099
 *     score  oak        980         0       440       150      COMBINE_FIRST: the word's entries go to score at once
 *     word   lamp       950       900         0       130
 *     score            1930         0         0       280      COMBINE_AND: the sum if both are set, else 0
 *
 * The rarest word comes first. It alone makes blocks; the words after it only lower the number of matching
 * documents, so entries in blocks that do not exist are skipped. Optional words come last and only add. A
 * pass over a block is vector code without branches, and costs the same however many documents have the word.
 *
 * What a text matches is decided in up to three passes:
 *
 * 1. All words must match, as a word, a stem or a prefix.
 * 2. If fewer than few_results documents do, words that few documents have are corrected (spell.c) and all
 *    words must match again. If a word's terms alone say so, this comes before the first pass, which then would be in
 *    vain.
 * 3. If fewer than enough_results documents do, all documents match that have any of the words (COMBINE_ANY). Those
 *    that have the most words lead; the others are the tail. A score adds up over the words that a document has, and a
 *    rare word scores more, so it orders the tail as it is.
 *
 * If few documents are expected to have all words, the third pass takes the place of the first: it finds them too. The
 * tail is dropped if they are enough after all.
 *
 * Blocks are visited newest first and allocated up to a limit, so that a query that matches more than memory
 * has room for still finds the newest products. */
#include "shop/search/match.h"

#include "base/thread/thread.h"
#include "shop/catalogue/catalogue.h"
#include "shop/index/doc_values.h"
#include "shop/search/spell.h"

#include <string.h>

enum {
    few_results = 3, /* fewer than these, and the spelling is corrected */
    filler_part =
        8, /* a filler adds an eighth of a score: `for` in a name is no reason to be shown before it */
    enough_results = 10, /* fewer than these, and products with some of the words follow: a first page */
};

/* ---- Blocks of hits. */

static const struct sql quick_start_sql =
    SQL("SELECT block FROM search_columns WHERE block <= (SELECT coalesce(max(seq), 0) FROM products"
        " WHERE " VISIBLE_PRODUCT ") >> 8 ORDER BY block DESC LIMIT 1 OFFSET $1");
_Static_assert(doc_block_bits == 8, "the statement has it too");

static void hits_announce_quick_start(struct shop_ctx *ctx) {
    db_prefetch(ctx->db, &quick_start_sql, ARGS(db_int(quick_doc_blocks - 1)));
}

/* Finds the block of postings from which on a quick match searches. Blocks of doc values are counted, and not
 * numbers of documents, because imports may leave wide gaps between them. */
static enum status hits_find_quick_start(struct shop_ctx *ctx, size_t *out) {
    struct db_rows *rows = db_query(ctx->db, &quick_start_sql, ARGS(db_int(quick_doc_blocks - 1)));
    if (db_step(rows))
        *out = (size_t)(db_column_int(rows, 0) >> (posting_block_bits - doc_block_bits));
    return db_finish(rows);
}

static enum status hits_open(struct shop_ctx *ctx, int64_t last, enum match_effort effort, struct hits *out) {
    *out = (struct hits){.last = last, .block_count = (size_t)(last >> posting_block_bits) + 1};
    if (effort == MATCH_QUICK && last >> doc_block_bits >= quick_doc_blocks)
        TRY(hits_find_quick_start(ctx, &out->first_block));
    out->blocks = arena_array(ctx->arena, out->block_count, sizeof *out->blocks);
    return out->blocks ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Takes a block out and keeps its memory, because the arena cannot free it. */
static void hits_drop_block(struct hits *hits, size_t block) {
    hits->blocks[block]->next = hits->spare;
    hits->spare = hits->blocks[block];
    hits->blocks[block] = NULL;
}

static void hits_clear(struct hits *hits) {
    for (size_t b = 0; b < hits->block_count; b++)
        if (hits->blocks[b])
            hits_drop_block(hits, b);
    hits->truncated = hits->has_tail = false;
}

static struct hit_block *hits_make_block(struct shop_ctx *ctx, struct hits *hits) {
    struct hit_block *block = hits->spare;
    if (block)
        hits->spare = block->next;
    else if (hits->used < hit_blocks_max && (block = arena_grow(ctx->arena, NULL, 0, sizeof *block)))
        hits->used++;
    hits->truncated = hits->truncated || !block;
    if (!block)
        return NULL;
    block->is_new = true;
    block->has_word = false;
    memset(block->score, 0,
           sizeof block->score); /* not the other arrays: a text of one word never touches them */
    return block;
}

/* The block's scores. If there are none yet, makes them if `make` says that the word may bring new documents.
 * NULL if it may not, or if the limit of blocks is reached. */
static struct hit_block *hits_block(struct shop_ctx *ctx, struct hits *hits, size_t block, bool make) {
    if (block >= hits->block_count)
        return NULL;
    if (!hits->blocks[block] && make)
        hits->blocks[block] = hits_make_block(ctx, hits);
    return hits->blocks[block];
}

/* Counts a block's matching documents, and notes where they are. `here` is as wide as a score, so that a vector counts as
 * many as it compares. */
static int hit_block_count(struct hit_block *block) {
    int count = 0;
    block->filled = 0;
    for (size_t d = 0; d < posting_block_documents / doc_block_documents; d++) {
        const uint16_t *score = block->score + d * doc_block_documents;
        uint16_t here = 0;
        for (size_t i = 0; i < doc_block_documents; i++)
            here = (uint16_t)(here + (score[i] != 0));
        block->filled |= (uint16_t)((here > 0) << d);
        count += here;
    }
    return count;
}
_Static_assert(posting_block_documents / doc_block_documents == 16, "one bit each");

/* Counts the matching documents, and drops the blocks without any. */
static int64_t hits_count(struct hits *hits) {
    int64_t all = 0;
    for (size_t b = 0; b < hits->block_count; b++) {
        int count = hits->blocks[b] ? hit_block_count(hits->blocks[b]) : 0;
        if (hits->blocks[b] && count == 0)
            hits_drop_block(hits, b);
        all += count;
    }
    return all;
}

/* ---- Matching words. */

static const struct sql postings_sql =
    SQL("SELECT key, data FROM search_postings WHERE key BETWEEN $1 AND $2 ORDER BY key DESC");

/* The range of keys of a term's postings that are searched: the two parameters of postings_sql. */
#define POSTINGS_RANGE(term, hits)                                                                           \
    ARGS(db_int(((term)->id << posting_key_bits) + (int64_t)(hits)->first_block),                            \
         db_int(((term)->id << posting_key_bits) + (int64_t)(hits)->block_count - 1))

/* Announces the postings of terms, in their order, until they are many: what is announced waits in memory. Each term
 * after that costs a round trip, which is little beside its postings. */
static void match_announce_terms(struct shop_ctx *ctx, const struct query_term *terms, size_t count,
                                 const struct hits *hits, int64_t *entries) {
    enum { entries_max = 4000000 }; /* 8 MB */
    for (size_t i = 0; i < count && *entries < entries_max; i++) {
        const struct query_phrase *phrase = terms[i].phrase;
        for (size_t w = 0; phrase && w < phrase->count; w++)
            match_announce_terms(ctx, phrase->words[w].terms, phrase->words[w].count, hits, entries);
        if (phrase)
            continue;
        db_prefetch(ctx->db, &postings_sql, POSTINGS_RANGE(&terms[i], hits));
        *entries += terms[i].documents;
    }
}

/* Where the current word's scores go. */
static uint16_t *hit_block_scores(struct hit_block *block) {
    if (block->is_new)
        return block->score;
    if (!block->has_word)
        memset(block->word, 0, sizeof block->word);
    block->has_word = true;
    return block->word;
}

/* Reads a term's postings, newest first, and keeps each document's best score for the word. */
static enum status match_postings(struct shop_ctx *ctx, const struct query_term *term, struct hits *hits,
                                  bool make) {
    int64_t first = term->id << posting_key_bits;
    struct db_rows *rows = db_query(ctx->db, &postings_sql, POSTINGS_RANGE(term, hits));
    while (db_step(rows)) {
        thread_yield_if_due();
        struct hit_block *block = hits_block(ctx, hits, (size_t)(db_column_int(rows, 0) - first), make);
        struct str data =
            visible_entries(db_column_bytes(rows, 1), db_column_int(rows, 0) - first, hits->last);
        if (!block)
            continue;
        uint16_t *scores = hit_block_scores(block);
        for (size_t at = 0; at + 1 < data.size; at += 2) {
            uint32_t entry = entry_at(data.data + at);
            uint16_t score = term->scores[entry & ((1u << field_mask_bits) - 1)];
            uint16_t *best = &scores[entry >> field_mask_bits];
            *best = *best < score ? score : *best;
        }
    }
    return db_finish(rows);
}

/* How a word's scores join those of the words before it. */
enum combine {
    COMBINE_FIRST,    /* there is no word before it */
    COMBINE_AND,      /* documents without the word drop out */
    COMBINE_OPTIONAL, /* adds little; documents without the word stay as they are */
    COMBINE_ANY,      /* documents without the words before it come in; counts the words */
};

/* Adds the word's scores to what has matched so far. The loops have no branches, so that the compiler makes vector
 * instructions of them. */
static void hit_block_combine(struct hit_block *block, enum combine how) {
    uint16_t *score = block->score, *word = block->word;
    switch (how) {
    case COMBINE_FIRST:
        break;
    case COMBINE_AND:
        for (size_t i = 0; i < posting_block_documents; i++)
            score[i] = (uint16_t)((score[i] + word[i]) * ((score[i] != 0) & (word[i] != 0)));
        break;
    case COMBINE_OPTIONAL:
        for (size_t i = 0; i < posting_block_documents; i++)
            score[i] = (uint16_t)((score[i] + word[i] / filler_part) * (score[i] != 0));
        break;
    case COMBINE_ANY:
        for (size_t i = 0; i < posting_block_documents; i++) {
            score[i] = (uint16_t)(score[i] + word[i]);
            block->words[i] = (uint8_t)(block->words[i] + (word[i] != 0));
        }
        break;
    }
}

/* Ends a word: a new block has its scores already, and one without any of its entries needs no pass. */
static void hits_end_word(struct hits *hits, enum combine how) {
    for (size_t b = 0; b < hits->block_count; b++) {
        struct hit_block *block = hits->blocks[b];
        if (!block)
            continue;
        if (block->is_new && how == COMBINE_ANY)
            for (size_t i = 0; i < posting_block_documents; i++)
                block->words[i] = block->score[i] != 0;
        else if (block->has_word)
            hit_block_combine(block, how);
        else if (how == COMBINE_AND)
            hits_drop_block(hits, b);
        block->is_new = block->has_word = false;
    }
}

/* Finds the documents that have all words of a phrase. `out` has no block yet. */
static enum status match_phrase_words(struct shop_ctx *ctx, const struct query_phrase *phrase,
                                      struct hits *out) {
    for (size_t w = 0; w < phrase->count; w++) {
        const struct query_phrase_word *word = &phrase->words[w];
        for (size_t i = 0; i < word->count; i++)
            TRY(match_postings(ctx, &word->terms[i], out, w == 0));
        hits_end_word(out, w == 0 ? COMBINE_FIRST : COMBINE_AND);
    }
    (void)hits_count(out);
    return STATUS_OK;
}

/* As match_postings, for a phrase. Its documents are found in blocks of their own, which share the limit of blocks and
 * are spare ones afterwards. */
static enum status match_phrase(struct shop_ctx *ctx, const struct query_phrase *phrase, struct hits *hits,
                                bool make) {
    struct hits found = *hits;
    found.blocks = arena_array(ctx->arena, found.block_count, sizeof *found.blocks);
    if (!found.blocks)
        return STATUS_NO_MEMORY;
    TRY(match_phrase_words(ctx, phrase, &found));
    hits->spare = found.spare;
    hits->used = found.used;
    hits->truncated = found.truncated;
    for (size_t b = 0; b < found.block_count; b++) {
        struct hit_block *from = found.blocks[b], *to = from ? hits_block(ctx, hits, b, make) : NULL;
        uint16_t *scores = to ? hit_block_scores(to) : NULL;
        for (size_t i = 0; scores && i < posting_block_documents; i++)
            scores[i] = scores[i] < from->score[i] ? from->score[i] : scores[i];
        if (from) {
            from->next = hits->spare;
            hits->spare = from;
        }
    }
    return STATUS_OK;
}

static enum status match_word(struct shop_ctx *ctx, const struct query_word *word, struct hits *hits,
                              enum combine how) {
    enum status s = STATUS_OK;
    bool make = how == COMBINE_FIRST || how == COMBINE_ANY;
    for (size_t i = 0; i < word->count && s == STATUS_OK; i++)
        s = word->terms[i].phrase ? match_phrase(ctx, word->terms[i].phrase, hits, make)
                                  : match_postings(ctx, &word->terms[i], hits, make);
    hits_end_word(hits, how);
    return s;
}

/* The words in the order of matching: first those that must match, the rarest first, then the optional ones. */
struct match_order {
    const struct query_word *words[query_words_max];
    size_t needed, count;
    size_t unknown; /* how many more words must match, but have no terms */
};

static void match_order_set(const struct query *query, struct match_order *order) {
    order->needed = order->unknown = 0;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_word *word = &query->words[i];
        if (word->optional || word->count == 0) {
            order->unknown += !word->optional;
            continue;
        }
        int64_t documents = query_documents(word, MATCH_SPELLING);
        size_t at = order->needed++;
        for (; at > 0 && query_documents(order->words[at - 1], MATCH_SPELLING) > documents; at--)
            order->words[at] = order->words[at - 1];
        order->words[at] = word;
    }
    order->count = order->needed;
    for (size_t i = 0; i < query->count && order->needed > 0; i++)
        if (query->words[i].optional)
            order->words[order->count++] = &query->words[i];
}

/* Whether a text can have a tail: if it has only one word that must match, there is nothing between all and none. */
static bool match_order_has_tail(const struct match_order *order) {
    return order->needed + order->unknown > 1;
}

/* Whether documents with any of the words are looked for at once. They are expected to be few that have all, if the
 * words stand in the products independently of each other. */
static bool match_is_loose(const struct match *match, const struct match_order *order) {
    double all = (double)match->query->documents + 1, expected = order->unknown ? 0 : all;
    for (size_t i = 0; i < order->needed; i++)
        expected *= (double)query_documents(order->words[i], MATCH_SPELLING) / all;
    return match->effort == MATCH_THOROUGH && match_order_has_tail(order) && expected < enough_results;
}

/* Announces the postings of the words, in the order in which they are read. */
static void match_announce(struct shop_ctx *ctx, const struct match *match, const struct match_order *order) {
    int64_t entries = 0;
    for (size_t i = 0; i < order->count; i++)
        match_announce_terms(ctx, order->words[i]->terms, order->words[i]->count, &match->hits, &entries);
}

/* Sets the terms' scores, and announces what match_run() reads. */
static void match_ready(struct shop_ctx *ctx, struct match *match) {
    struct match_order order;
    query_set_scores(match->query);
    match_order_set(match->query, &order);
    match->is_loose = match_is_loose(match, &order);
    if (order.unknown == 0 || match->is_loose)
        match_announce(ctx, match, &order);
}

/* Returns how many words the documents have that have the most, and counts these documents. */
static uint8_t hits_find_most(const struct hits *hits, int64_t *count) {
    uint8_t most = 0;
    for (size_t b = 0; b < hits->block_count; b++)
        for (size_t i = 0; hits->blocks[b] && i < posting_block_documents; i++)
            most = hits->blocks[b]->words[i] > most ? hits->blocks[b]->words[i] : most;
    *count = 0;
    for (size_t b = 0; b < hits->block_count && most > 0; b++)
        for (size_t i = 0; hits->blocks[b] && i < posting_block_documents; i++)
            *count += hits->blocks[b]->words[i] == most;
    return most;
}

/* Marks the documents that have so many words: they lead. Without a tail, takes out all others. */
static void hits_split(struct hits *hits, uint8_t most, bool tail) {
    for (size_t b = 0; b < hits->block_count; b++) {
        struct hit_block *block = hits->blocks[b];
        for (size_t i = 0; block && tail && i < posting_block_documents; i++)
            block->score[i] |= (uint16_t)(block->words[i] == most ? hit_leads : 0);
        for (size_t i = 0; block && !tail && i < posting_block_documents; i++)
            block->score[i] = block->words[i] == most ? block->score[i] : 0;
    }
    hits->has_tail = tail;
}

/* Finds the documents that have any of the words, and keeps the tail if it is needed. */
static enum status match_any(struct shop_ctx *ctx, const struct match_order *order, struct match *match) {
    struct hits *hits = &match->hits;
    int64_t count;
    hits_clear(hits);
    for (size_t i = 0; i < order->count; i++)
        TRY(match_word(ctx, order->words[i], hits, i < order->needed ? COMBINE_ANY : COMBINE_OPTIONAL));
    uint8_t most = hits_find_most(hits, &count);
    match->count = most == order->needed + order->unknown ? count : 0;
    hits_split(hits, most, match->effort == MATCH_THOROUGH && match->count < enough_results);
    (void)hits_count(hits);
    match->is_loose = true;
    return STATUS_OK;
}

/* Finds the documents that have all words. */
static enum status match_all(struct shop_ctx *ctx, const struct match_order *order, struct match *match) {
    hits_clear(&match->hits);
    match->count = 0;
    if (order->unknown > 0)
        return STATUS_OK;
    for (size_t i = 0; i < order->count; i++)
        TRY(match_word(ctx, order->words[i], &match->hits,
                       i >= order->needed ? COMBINE_OPTIONAL
                       : i == 0           ? COMBINE_FIRST
                                          : COMBINE_AND));
    match->count = hits_count(&match->hits);
    return STATUS_OK;
}

enum status match_run(struct shop_ctx *ctx, struct match *match) {
    struct match_order order;
    match_order_set(match->query, &order);
    return match->is_loose ? match_any(ctx, &order, match) : match_all(ctx, &order, match);
}

/* ---- The steps. */

enum status match_prepare(struct shop_ctx *ctx, struct str text, enum match_effort effort,
                          struct match *out) {
    struct stemmer stemmer;
    *out = (struct match){.effort = effort};
    TRY(stemmer_open(&stemmer, shop_language(ctx)));
    enum status s = query_read_words(ctx, &stemmer, text, &out->query);
    stemmer_close(&stemmer);
    if (s != STATUS_OK || out->query->count == 0)
        return s;
    query_announce_shop(ctx);
    if (effort == MATCH_QUICK)
        hits_announce_quick_start(ctx);
    query_announce_terms(ctx, out->query);
    return STATUS_OK;
}

enum status match_read_terms(struct shop_ctx *ctx, int64_t last, struct match *match) {
    struct query *query = match->query;
    TRY(query_read_shop(ctx, query));
    TRY(query_find_terms(ctx, query));
    return hits_open(ctx, last, match->effort, &match->hits);
}

static enum status match_find_synonyms(struct shop_ctx *ctx, struct match *match) {
    struct stemmer stemmer;
    if (!match->query->has_synonyms)
        return STATUS_OK;
    TRY(stemmer_open(&stemmer, match->query->language));
    enum status s = query_find_synonyms(ctx, &stemmer, match->query);
    stemmer_close(&stemmer);
    return s;
}

static enum status match_spell(struct shop_ctx *ctx, struct match *match, bool *corrected) {
    struct stemmer stemmer;
    TRY(stemmer_open(&stemmer, match->query->language));
    enum status s =
        spell_correct(ctx, &stemmer, match->query, few_results, match->effort == MATCH_QUICK, corrected);
    stemmer_close(&stemmer);
    match->is_corrected = true;
    return s;
}

enum status match_correct(struct shop_ctx *ctx, struct match *match) {
    const struct query *query = match->query;
    bool few = false, corrected;
    TRY(match_find_synonyms(ctx, match));
    for (size_t i = 0; i < query->count; i++)
        few |= !query->words[i].optional && query_documents(&query->words[i], MATCH_SPELLING) < few_results;
    if (few)
        TRY(match_spell(ctx, match, &corrected));
    match_ready(ctx, match);
    return STATUS_OK;
}

const struct query_word *match_rarest(const struct match *match, size_t *words) {
    struct match_order order;
    match_order_set(match->query, &order);
    *words = order.needed + order.unknown;
    bool certain_tail = match_order_has_tail(&order) && match->effort == MATCH_THOROUGH && order.needed > 0 &&
                        query_documents(order.words[0], MATCH_SPELLING) < enough_results;
    return order.unknown > 0 || order.needed == 0 || certain_tail ? NULL : order.words[0];
}

enum status match_finish(struct shop_ctx *ctx, struct match *match) {
    struct match_order order;
    bool corrected = false;
    if (match->count < few_results && !match->is_corrected)
        TRY(match_spell(ctx, match, &corrected));
    if (corrected) {
        match_ready(ctx, match);
        TRY(match_run(ctx, match));
    }
    match_order_set(match->query, &order);
    bool few = match->count < (match->effort == MATCH_THOROUGH ? enough_results : 1);
    bool loosen = few && !match->is_loose && match_order_has_tail(&order);
    if (loosen) {
        match_announce(ctx, match, &order);
        TRY(match_any(ctx, &order, match));
    }
    match->is_rematched = corrected || loosen || match->hits.has_tail;
    return STATUS_OK;
}
