/* Completions for a search box. Each keystroke asks for them, so everything here is bounded: what is counted
 * or matched is looked for among the newest products first. */
#include "base/buf.h"
#include "shop/search.h"

#include <stdlib.h>
#include <string.h>

enum {
    candidates_max = 16,     /* words that the last one may become */
    together_blocks = 16,    /* 65,536 of the newest products: among them words that stand together */
    words_shown = 5,         /* where there are products to show as well */
    products_considered = 32 /* of the best matches, from which the shortest names are taken */
};

/* A word that the last one may become. */
struct completion {
    int64_t id, use;
    int64_t name; /* seq of a product that is named so; 0: not known */
    char text[word_bytes_max];
    size_t size;
};

struct completions {
    struct completion at[candidates_max];
    size_t count;
};

static void completion_put(struct completions *all, const struct term_row *row) {
    size_t at = all->count;
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].id == row->id)
            return;
    while (at > 0 && all->at[at - 1].use < row->counts.titles)
        at--;
    if (at == candidates_max || row->text.size > word_bytes_max)
        return;
    size_t moved = all->count < candidates_max ? all->count : (size_t)candidates_max - 1;
    memmove(&all->at[at + 1], &all->at[at], (moved - at) * sizeof all->at[0]);
    all->at[at] = (struct completion){.id = row->id, .use = row->counts.titles, .size = row->text.size};
    memcpy(all->at[at].text, row->text.at, row->text.size);
    all->count = moved + 1;
}

static enum status walk_completions(struct tx *tx, struct str word, bool common, struct completions *out) {
    char end[word_bytes_max + sizeof TERM_LAST];
    memcpy(end, word.at, word.size);
    memcpy(end + word.size, TERM_LAST, sizeof TERM_LAST);
    struct term_row row;
    struct str to = {end, word.size + sizeof TERM_LAST - 1};
    struct db_rows *rows = terms_walk(tx, word, to, prefix_rows_max, common);
    while (terms_next(rows, &row))
        if (row.counts.titles > 0 && row.text.size > word.size)
            completion_put(out, &row);
    return db_finish(rows);
}

/* The words of names and categories that start with the last one typed, most used first. */
static enum status find_completions(struct tx *tx, struct str word, struct completions *out) {
    enum status s = walk_completions(tx, word, true, out);
    return s == STATUS_OK && out->count < candidates_max ? walk_completions(tx, word, false, out) : s;
}

/* How many of the newest hits a term stands in (without hits: leaves its use as it is), and a product that is
 * named so. */
static enum status count_together(struct tx *tx, struct completion *completion, int64_t last,
                                  const struct hits *hits) {
    static const struct sql sql = {
        "SELECT key, data FROM search_postings WHERE key BETWEEN $1 AND $2 ORDER BY key DESC LIMIT $3", NULL};
    int64_t first = completion->id << posting_key_bits, use = 0;
    struct db_rows *rows = db_query(
        tx->db, &sql,
        ARGS(db_int(first), db_int(posting_key(completion->id, last)), db_int(hits ? together_blocks : 1)));
    while (db_step(rows)) {
        int64_t block = db_column_int(rows, 0) - first;
        const struct hit_block *hit = hits && (size_t)block < hits->block_count ? hits->blocks[block] : NULL;
        struct str data = seen_entries(db_column_bytes(rows, 1), block, last);
        for (size_t at = 0; (hit || !hits) && at + 1 < data.size; at += 2) {
            uint32_t entry = entry_at(data.at + at);
            use += hit && hit->score[entry >> term_place_bits] != 0;
            if ((entry & TERM_EXACT) && (entry & TERM_IN_NAME))
                completion->name = block << posting_block_bits | entry >> term_place_bits;
        }
    }
    if (hits)
        completion->use = use;
    return db_finish(rows);
}

/* The word as the product's name has it, accents and all, in lower case; the folded one where it has not. */
static enum status as_written(struct tx *tx, const struct completion *completion, struct str *out) {
    struct product product;
    struct word word;
    struct str folded = {completion->text, completion->size};
    *out = arena_copy(tx->arena, folded);
    enum status s =
        completion->name > 0 ? product_at(tx, completion->name, &product) : STATUS_PRODUCT_NOT_FOUND;
    if (s != STATUS_OK)
        return s == STATUS_PRODUCT_NOT_FOUND ? STATUS_OK : s;
    while (word_next(&product.name, &word))
        if (str_equal(word_text(&word), folded)) {
            size_t room = word.written.size * 3;
            char *lower = arena_grow(tx->arena, NULL, 0, room);
            if (!lower)
                return STATUS_NO_MEMORY;
            *out = (struct str){lower, text_lower(word.written, lower, room)};
            break;
        }
    return STATUS_OK;
}

struct suggestions {
    struct suggestion *at;
    size_t count;
};

static void suggest(struct suggestions *out, struct suggestion suggestion) {
    for (size_t i = 0; i < out->count; i++)
        if (str_equal(out->at[i].text, suggestion.text))
            return;
    if (out->count < suggestions_max)
        out->at[out->count++] = suggestion;
}

/* What was typed before the last word, with the completion behind it. */
static enum status suggest_words(struct tx *tx, struct str before, const struct completion *completion,
                                 struct suggestions *out) {
    struct str word;
    enum status s = as_written(tx, completion, &word);
    struct buf text = buf_new(tx->arena);
    buf_put(&text, before);
    buf_put(&text, word);
    if (s == STATUS_OK && buf_ok(&text))
        suggest(out, (struct suggestion){.text = buf_str(&text), .kind = SUGGESTION_WORDS});
    return s == STATUS_OK && !buf_ok(&text) ? STATUS_NO_MEMORY : s;
}

static int compare_completions(const void *a, const void *b) {
    const struct completion *x = a, *y = b;
    return x->use != y->use ? (x->use < y->use ? 1 : -1) : (x->id > y->id) - (x->id < y->id);
}

/* Completes the last word by what stands together with the words before it. */
static enum status complete(struct tx *tx, struct str before, struct str last, size_t most,
                            struct suggestions *out) {
    struct completions all = {.count = 0};
    struct hits hits = {.block_count = 0};
    bool others = false;
    int64_t newest = 0;
    enum status s = find_completions(tx, last, &all);
    if (s == STATUS_OK)
        s = search_last(tx, &newest);
    if (s == STATUS_OK && all.count > 0)
        s = search_match(tx, before, MATCH_QUICK, &hits, &others);
    for (size_t i = 0; i < all.count && s == STATUS_OK; i++)
        s = count_together(tx, &all.at[i], newest, others ? &hits : NULL);
    qsort(all.at, all.count, sizeof all.at[0], compare_completions);
    for (size_t i = 0; i < all.count && out->count < most && all.at[i].use > 0 && s == STATUS_OK; i++)
        s = suggest_words(tx, before, &all.at[i], out);
    return s;
}

struct ranked {
    uint16_t score;
    int64_t seq;
    struct product product;
};

static void ranked_put(struct ranked *all, size_t *count, uint16_t score, int64_t seq) {
    if (*count == products_considered && score <= all[*count - 1].score)
        return;
    size_t at = *count < products_considered ? (*count)++ : *count - 1;
    for (; at > 0 && all[at - 1].score < score; at--)
        all[at] = all[at - 1];
    all[at] = (struct ranked){.score = score, .seq = seq};
}

/* The best hits, newest first among equals. */
static size_t best_hits(const struct hits *hits, struct ranked out[static products_considered]) {
    size_t count = 0;
    for (size_t b = hits->block_count; b-- > 0;) {
        const uint16_t *scores = hits->blocks[b] ? hits->blocks[b]->score : NULL;
        for (size_t i = posting_block_documents; scores && i > 0; i--)
            if (scores[i - 1] != 0)
                ranked_put(out, &count, scores[i - 1], (int64_t)(b << posting_block_bits | (i - 1)));
    }
    return count;
}

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    if (x->product.name.size != y->product.name.size)
        return x->product.name.size > y->product.name.size ? 1 : -1;
    return x->seq < y->seq ? 1 : -1;
}

static enum status suggest_product(struct tx *tx, const struct product *product, struct suggestions *out) {
    char *id = arena_alloc(tx->arena, uuid_text_size);
    if (!id)
        return STATUS_NO_MEMORY;
    uuid_format(&product->id, id);
    suggest(out, (struct suggestion){
                     .text = product->name, .kind = SUGGESTION_PRODUCT, .product_id = {id, uuid_text_size}});
    return STATUS_OK;
}

static enum status suggest_products(struct tx *tx, struct str q, struct suggestions *out) {
    struct ranked *ranked = arena_array(tx->arena, products_considered, sizeof *ranked);
    struct hits hits = {.block_count = 0};
    bool found;
    enum status s = ranked ? search_match(tx, q, MATCH_QUICK, &hits, &found) : STATUS_NO_MEMORY;
    if (s != STATUS_OK || !found)
        return s;
    size_t count = best_hits(&hits, ranked);
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = product_at(tx, ranked[i].seq, &ranked[i].product);
    if (s != STATUS_OK)
        return s;
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < count && s == STATUS_OK && out->count < suggestions_max; i++)
        s = suggest_product(tx, &ranked[i].product, out);
    return s;
}

/* The last word of what was typed, folded, and what stands before it. */
static bool split_last(struct str q, struct word *last, struct str *before) {
    struct word word;
    bool any = false;
    for (struct str rest = q; word_next(&rest, &word); any = true)
        *last = word;
    if (any)
        *before = (struct str){q.at, (size_t)(last->written.at - q.at)};
    return any;
}

enum status product_suggest(struct tx *tx, struct str q, struct list *out) {
    struct suggestions suggestions = {arena_array(tx->arena, suggestions_max, sizeof(struct suggestion)), 0};
    struct word last;
    struct str before;
    *out = (struct list){suggestions.at, 0};
    if (!suggestions.at)
        return STATUS_NO_MEMORY;
    if (!split_last(q, &last, &before))
        return STATUS_OK;
    enum status s = complete(tx, before, word_text(&last), words_shown, &suggestions);
    if (s == STATUS_OK)
        s = suggest_products(tx, q, &suggestions);
    out->count = suggestions.count;
    return s;
}
