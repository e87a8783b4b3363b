/* How suggestions are made. Each keystroke asks for them, so every step is bounded.
 *
 *     "oak la"  →  before "oak ", last "la"  →  oak lamp · oak ladder · Oak lamp, small · Oak lamp
 *                                               words                   products
 *
 * Words. If there are words before the last one, the products that match these are found. The names of up to
 * names_max of the best are read, and the words in them that begin with the last word are counted by where they stand
 * (complete.h). So `oak la` suggests what oak products are, and not `laptop`. As many names of products that match
 * all that was typed are read, too: with two or three letters these hold what is rare among the others. Without a word
 * before, the terms of the index count by how many names and categories have them. Behind a blank the next word begins:
 * `desk ` suggests `desk lamp`. The words are shown as a product's name writes them, with accents.
 *
 * Products. The whole text is matched as a search matches it, quickly (match.h). Of the products_considered
 * best matches, those of the highest score come first, and of equal ones those with the shortest names. */
#include "shop/suggest/suggest.h"

#include "base/buf.h"
#include "shop/catalogue/catalogue.h"
#include "shop/search/match.h"
#include "shop/suggest/complete.h"

#include <stdlib.h>
#include <string.h>

enum {
    names_max = 128,         /* that are read: of each at some 2 us */
    hits_considered = 2048,  /* from which these are chosen; whole blocks */
    products_considered = 32 /* whose names are read */
};

struct suggestions {
    struct suggestion *data;
    size_t count;
};

/* Adds a suggestion, unless its text is there already or the list is full. */
static void suggestions_add(struct suggestions *out, struct suggestion suggestion) {
    for (size_t i = 0; i < out->count; i++)
        if (str_equal(out->data[i].text, suggestion.text))
            return;
    if (out->count < suggestions_max)
        out->data[out->count++] = suggestion;
}

/* ---- Names to count in. */

/* The best of some hits, by steps of the score: those above a step, and `room` of the `ties` on it. */
struct sample {
    size_t first_block; /* older ones are left out, if newer ones have many hits */
    uint32_t step;
    size_t ties, room;
};

enum { step_bits = 6 }; /* 64 points: words of equal places differ by less */

/* Finds the step above which fewer than names_max hits are. */
static struct sample sample_find(const struct hits *hits) {
    size_t seen = 0, b = hits->block_count;
    uint32_t counts[(UINT16_MAX >> step_bits) + 1] = {0};
    while (b > 0 && seen < hits_considered) {
        const uint16_t *score = hits->blocks[--b] ? hits->blocks[b]->score : NULL;
        for (size_t i = 0; score && i < posting_block_documents; i++)
            if (score[i] != 0) {
                counts[score[i] >> step_bits]++;
                seen++;
            }
    }
    struct sample s = {.first_block = b, .step = UINT16_MAX >> step_bits, .room = names_max};
    for (; s.step > 0 && counts[s.step] < s.room; s.step--)
        s.room -= counts[s.step];
    s.ties = counts[s.step];
    s.room = s.room < s.ties ? s.room : s.ties;
    return s;
}

/* Adds the seqs of the best hits, at most names_max. Those that tie for the last places are spread evenly over the hits:
 * the newest may have come with one delivery. */
static void hits_sample(const struct hits *hits, int64_t *seqs, size_t *count) {
    struct sample s = sample_find(hits);
    size_t tie = 0;
    for (size_t b = s.first_block; b < hits->block_count; b++) {
        const uint16_t *score = hits->blocks[b] ? hits->blocks[b]->score : NULL;
        for (size_t i = 0; score && i < posting_block_documents; i++) {
            uint32_t step = score[i] >> step_bits;
            if (score[i] == 0 || step < s.step)
                continue;
            if (step == s.step) {
                tie++;
                if (tie * s.room / s.ties == (tie - 1) * s.room / s.ties)
                    continue;
            }
            seqs[(*count)++] = (int64_t)(b << posting_block_bits | i);
        }
    }
}

static int seq_compare(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorts the seqs, so that rows are read in their order, and drops those that are there twice. */
static void seqs_sort(int64_t *seqs, size_t *count) {
    size_t kept = 0;
    qsort(seqs, *count, sizeof *seqs, seq_compare);
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || seqs[kept - 1] != seqs[i])
            seqs[kept++] = seqs[i];
    *count = kept;
}

/* ---- Terms of the index, if no word stands before. */

static const struct sql newest_postings_sql =
    SQL("SELECT key, data FROM search_postings WHERE key BETWEEN $1 AND $2 ORDER BY key DESC LIMIT 1");

#define NEWEST_POSTINGS(term, last)                                                                          \
    ARGS(db_int((term) << posting_key_bits), db_int(posting_key((term), last)))

/* Finds a product that has the term in its name, in the newest block that has the term; 0 if it finds none. */
static enum status term_find_in_name(struct shop_ctx *ctx, int64_t term, int64_t last, int64_t *seq) {
    struct db_rows *rows = db_query(ctx->db, &newest_postings_sql, NEWEST_POSTINGS(term, last));
    *seq = 0;
    if (db_step(rows)) {
        int64_t block = db_column_int(rows, 0) - (term << posting_key_bits);
        struct str data = visible_entries(db_column_bytes(rows, 1), block, last);
        for (size_t at = 0; at + 1 < data.size; at += 2) {
            uint32_t entry = entry_at(data.data + at);
            if ((entry & TERM_EXACT) && (entry & TERM_IN_NAME))
                *seq = block << posting_block_bits | entry >> field_mask_bits;
        }
    }
    return db_finish(rows);
}

/* Suggests what was typed before the last word, with the completion behind it. */
static enum status suggest_completion(struct shop_ctx *ctx, struct str before, struct str written,
                                      struct suggestions *out) {
    struct buf text = buf_new(ctx->arena);
    buf_put(&text, before);
    buf_put(&text, written);
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    suggestions_add(out, (struct suggestion){.text = buf_str(&text), .kind = SUGGESTION_WORDS});
    return STATUS_OK;
}

/* ---- Products. */

struct scored_product {
    uint16_t score;
    int64_t seq;
    const struct product *product;
};

/* Puts a hit at its position among the best; of equal scores the one that came first is better. */
static void scored_put(struct scored_product *all, size_t *count, uint16_t score, int64_t seq) {
    if (*count == products_considered && score <= all[*count - 1].score)
        return;
    size_t at = *count < products_considered ? (*count)++ : *count - 1;
    for (; at > 0 && all[at - 1].score < score; at--)
        all[at] = all[at - 1];
    all[at] = (struct scored_product){.score = score, .seq = seq};
}

/* Finds the best hits, newest first among equals, and returns how many. */
static size_t hits_find_best(const struct hits *hits, struct scored_product out[static products_considered]) {
    size_t count = 0;
    for (size_t b = hits->block_count; b-- > 0;) {
        const uint16_t *scores = hits->blocks[b] ? hits->blocks[b]->score : NULL;
        for (size_t i = posting_block_documents; scores && i > 0; i--)
            if (scores[i - 1] != 0)
                scored_put(out, &count, scores[i - 1], (int64_t)(b << posting_block_bits | (i - 1)));
    }
    return count;
}

/* Orders by score, then by the bytes of the name, shortest first, then newest first. */
static int scored_compare(const void *a, const void *b) {
    const struct scored_product *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    if (x->product->name.size != y->product->name.size)
        return x->product->name.size > y->product->name.size ? 1 : -1;
    return x->seq < y->seq ? 1 : -1;
}

static enum status suggest_product(struct shop_ctx *ctx, const struct product *product,
                                   struct suggestions *out) {
    char *id = arena_alloc(ctx->arena, uuid_text_size);
    if (!id)
        return STATUS_NO_MEMORY;
    uuid_format(&product->id, id);
    suggestions_add(out, (struct suggestion){.text = product->name,
                                             .kind = SUGGESTION_PRODUCT,
                                             .product_id = {id, uuid_text_size}});
    return STATUS_OK;
}

/* ---- Both. */

/* What one text is completed from. Each step reads for words and products at once. */
struct suggesting {
    struct str before; /* what stands before the last word: all, if the text goes on behind its last word */
    struct word word;  /* the last one */
    struct str last;   /* its folded text; empty if the text goes on behind it */
    struct match match_before, match_all;
    struct match *context; /* that of the words before: one of these two, or NULL if there are none */
    int64_t newest;
    int64_t names[2 * names_max]; /* seqs of the products whose names are counted */
    size_t name_count;
    struct completer completer;
    struct completion completions[completions_max];
    int64_t in_name[completions_max]; /* seq of a product whose name has the word, if no word stands before */
    size_t completion_count;
    struct scored_product best[products_considered];
    size_t best_count;
};

/* Whether the words before are matched apart from the text. */
static bool matches_before(const struct suggesting *s) {
    return s->context == &s->match_before;
}

/* Chooses the terms that the only word may become. */
static enum status suggest_choose_terms(struct shop_ctx *ctx, struct suggesting *s) {
    struct top_terms top = {.room = top_terms_max};
    TRY(terms_find_by_prefix(ctx, s->last, WEIGHT_TITLES, &top));
    for (size_t i = 0; i < top.count; i++) {
        struct term_row row = top_terms_get(&top, i);
        completer_add_term(&s->completer, &row);
    }
    return completer_choose(&s->completer, s->completions, &s->completion_count);
}

/* Finds the terms: of the words typed, and those that the only word may become. */
static enum status suggest_read_terms(struct shop_ctx *ctx, struct str q, struct suggesting *s) {
    if (matches_before(s))
        TRY(match_prepare(ctx, s->before, MATCH_QUICK, &s->match_before));
    TRY(match_prepare(ctx, q, MATCH_QUICK, &s->match_all));
    TRY(completer_open(&s->completer, ctx, s->before, s->last));
    if (!s->context)
        terms_announce_by_prefix(ctx, s->last, WEIGHT_TITLES);
    TRY(product_newest_seq(ctx, &s->newest));
    if (!s->context)
        TRY(suggest_choose_terms(ctx, s));
    if (matches_before(s))
        TRY(match_read_terms(ctx, s->newest, &s->match_before));
    return match_read_terms(ctx, s->newest, &s->match_all);
}

/* Reads the postings of all these terms. */
static enum status suggest_read_postings(struct shop_ctx *ctx, struct suggesting *s) {
    if (matches_before(s))
        TRY(match_correct(ctx, &s->match_before));
    TRY(match_correct(ctx, &s->match_all));
    for (size_t i = 0; i < s->completion_count; i++)
        db_prefetch(ctx->db, &newest_postings_sql, NEWEST_POSTINGS(s->completions[i].term, s->newest));
    if (matches_before(s))
        TRY(match_run(ctx, &s->match_before));
    TRY(match_run(ctx, &s->match_all));
    if (matches_before(s))
        TRY(match_finish(ctx, &s->match_before));
    TRY(match_finish(ctx, &s->match_all));
    for (size_t i = 0; i < s->completion_count; i++)
        TRY(term_find_in_name(ctx, s->completions[i].term, s->newest, &s->in_name[i]));
    s->best_count = hits_find_best(&s->match_all.hits, s->best);
    return STATUS_OK;
}

/* Chooses the products whose names are counted, and announces these. */
static enum status suggest_announce_names(struct shop_ctx *ctx, struct suggesting *s) {
    if (!s->context)
        return STATUS_OK;
    hits_sample(&s->context->hits, s->names, &s->name_count);
    if (matches_before(s) && s->name_count == names_max)
        hits_sample(&s->match_all.hits, s->names, &s->name_count);
    seqs_sort(s->names, &s->name_count);
    return product_names_announce(ctx, s->names, s->name_count);
}

static void suggest_read_name(void *context, size_t i, struct str name) {
    struct suggesting *s = context;
    (void)i;
    completer_read_name(&s->completer, s->context->query, name);
}

/* Counts the words of these names, and of the best products' categories, and chooses. */
static enum status suggest_count_names(struct shop_ctx *ctx, struct suggesting *s) {
    if (!s->context)
        return STATUS_OK;
    TRY(product_names_by_seqs(ctx, s->names, s->name_count, suggest_read_name, s));
    for (size_t i = 0; i < s->best_count; i++)
        completer_read_category(&s->completer, s->context->query, s->best[i].product->name,
                                s->best[i].product->category);
    return completer_choose(&s->completer, s->completions, &s->completion_count);
}

/* Writes the terms as names do. `products` are those that have them in their names. */
static enum status suggest_write_terms(struct shop_ctx *ctx, struct suggesting *s,
                                       const struct product *products) {
    for (size_t i = 0; !s->context && i < s->completion_count; i++)
        TRY(completion_write(ctx, s->completions[i].text, products[i].name, &s->completions[i].written));
    return STATUS_OK;
}

/* Reads the rows of the products that the completions are written from and of the best hits, with the names that are
 * counted, and suggests. */
static enum status suggest_read_products(struct shop_ctx *ctx, struct suggesting *s,
                                         struct suggestions *out) {
    int64_t seqs[completions_max + products_considered];
    struct product *products =
        arena_array(ctx->arena, completions_max + products_considered, sizeof *products);
    size_t count = 0;
    if (!products)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < s->completion_count; i++)
        seqs[count++] = s->in_name[i];
    for (size_t i = 0; i < s->best_count; i++) {
        s->best[i].product = &products[count];
        seqs[count++] = s->best[i].seq;
    }
    TRY(suggest_announce_names(ctx, s));
    TRY(products_by_seqs(ctx, seqs, count, 0, products));
    TRY(suggest_write_terms(ctx, s, products));
    TRY(suggest_count_names(ctx, s));
    qsort(s->best, s->best_count, sizeof s->best[0], scored_compare);
    for (size_t i = 0; i < s->completion_count; i++)
        TRY(suggest_completion(ctx, s->before, s->completions[i].written, out));
    for (size_t i = 0; i < s->best_count && out->count < suggestions_max; i++)
        TRY(suggest_product(ctx, s->best[i].product, out));
    return STATUS_OK;
}

/* Splits a text into its last word and what stands before that. If a blank or a hyphen follows the last word, the next
 * one begins. Fillers alone before the last word (`the l`) say nothing about it. False if the text has no word. */
static bool suggest_split(const struct language *language, struct str q, struct suggesting *s) {
    struct word word;
    bool any = false, has_context = false;
    for (struct str rest = q; word_next(language, &rest, &word); any = true) {
        has_context = has_context || (any && !language_has_filler(language, word_text(&s->word)));
        s->word = word;
    }
    bool begins = any && (q.data[q.size - 1] == ' ' || q.data[q.size - 1] == '-');
    s->last = begins ? STR("") : word_text(&s->word);
    s->before = begins ? q : (struct str){q.data, any ? (size_t)(s->word.written.data - q.data) : 0};
    s->context = begins ? &s->match_all : has_context ? &s->match_before : NULL;
    return any;
}

static enum status suggest_run(struct shop_ctx *ctx, struct str q, struct suggesting *s,
                               struct suggestions *out) {
    TRY(suggest_read_terms(ctx, q, s));
    TRY(suggest_read_postings(ctx, s));
    return suggest_read_products(ctx, s, out);
}

enum status product_suggest(struct shop_ctx *ctx, struct str q, struct list *out) {
    struct suggestions suggestions = {arena_array(ctx->arena, suggestions_max, sizeof(struct suggestion)), 0};
    struct suggesting *s = ARENA_NEW(ctx->arena, struct suggesting);
    *out = (struct list){suggestions.data, 0};
    if (!suggestions.data || !s)
        return STATUS_NO_MEMORY;
    if (!suggest_split(shop_language(ctx), q, s))
        return STATUS_OK;
    enum status status = suggest_run(ctx, q, s, &suggestions);
    completer_close(&s->completer);
    out->count = suggestions.count;
    return status;
}
