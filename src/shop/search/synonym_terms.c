/* How a query gets the shop's own synonyms.
 *
 *     words           usb        stick      red
 *     phrases         usb · usb stick · usb stick red · stick · stick red · red          looked up in one statement
 *     found           usb stick → flash drive, pendrive
 *     terms           usb        stick      red
 *                     pendrive   pendrive
 *                     (flash drive) (flash drive)
 *
 * A target gets added to each word of its phrase, because (usb AND stick) OR pendrive is (usb OR pendrive) AND (stick OR
 * pendrive). So the other words, the scores and the tail need to know nothing of it: a document with the target scores
 * as if it had each of the words, at a synonym's factor. A target of several words is one term without postings of its
 * own (struct query_phrase): match.c intersects those of its words.
 *
 * The round trips: one for the phrases, one for the terms of all targets. */
#include "shop/search/query.h"

#include "base/buf.h"

#include <string.h>

enum {
    spans_max = query_words_max * synonym_words_max,
    targets_max = 32, /* of one query; further ones are left out */
};

/* Words of the query that stand together. */
struct span {
    size_t first, count;
};

struct synonym_target {
    struct span span;
    struct str words[synonym_words_max], stems[synonym_words_max];
    size_t count;
};

struct synonym_search {
    struct shop_ctx *ctx;
    struct stemmer *stemmer;
    struct query *query;
    struct span spans[spans_max];
    size_t span_count;
    struct synonym_target *targets;
    size_t target_count;
};

/* Writes the stems of words that stand together, up to synonym_words_max of them, as a JSON array. They are letters
 * and digits, which need no escapes. */
static enum status spans_write(struct synonym_search *search, struct str *out) {
    const struct query *query = search->query;
    struct buf json = buf_new(search->ctx->arena);
    for (size_t first = 0; first < query->count; first++)
        for (size_t count = 1; count <= synonym_words_max && first + count <= query->count; count++) {
            search->spans[search->span_count] = (struct span){first, count};
            buf_put_text(&json, search->span_count++ ? ",\"" : "[\"");
            for (size_t i = 0; i < count; i++) {
                if (i > 0)
                    buf_put_char(&json, ' ');
                buf_put(&json, query->words[first + i].stem);
            }
            buf_put_char(&json, '"');
        }
    buf_put_char(&json, ']');
    *out = buf_str(&json);
    return buf_ok(&json) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status target_add_word(struct synonym_search *search, struct synonym_target *target,
                                   struct str word) {
    struct str *text = &target->words[target->count], *stem = &target->stems[target->count];
    target->count++;
    *text = arena_copy(search->ctx->arena, word);
    *stem = arena_copy(search->ctx->arena, stemmer_stem(search->stemmer, word, word_is_plain(word)));
    return text->data && stem->data ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status synonyms_visit(void *context, size_t i, struct str targets) {
    struct synonym_search *search = context;
    while (targets.size > 0 && search->target_count < targets_max) {
        struct str phrase = str_cut(&targets, ',');
        struct synonym_target *target = &search->targets[search->target_count++];
        target->span = search->spans[i];
        while (phrase.size > 0 && target->count < synonym_words_max)
            TRY(target_add_word(search, target, str_cut(&phrase, ' ')));
    }
    return STATUS_OK;
}

static void target_announce(struct shop_ctx *ctx, const struct synonym_target *target) {
    for (size_t i = 0; i < target->count; i++) {
        term_announce(ctx, target->words[i]);
        if (!str_equal(target->stems[i], target->words[i]))
            term_announce(ctx, target->stems[i]);
    }
}

/* Finds a word's term, or its stem's. The word's share is 100 for the whole target, and its stem's 10 % less. */
static enum status phrase_add_term(struct shop_ctx *ctx, struct query_phrase_word *word, struct str text,
                                   uint32_t share) {
    struct term_row row;
    enum status s = term_find(ctx, text, &row);
    if (s == STATUS_OK)
        word->terms[word->count++] =
            (struct query_term){row.id, row.counts.documents, MATCH_SYNONYM, share, {0}, NULL};
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Finds the terms of a target's words. `documents` is how many documents can have all of the words, at most. */
static enum status target_find(struct shop_ctx *ctx, const struct synonym_target *target,
                               struct query_phrase *out, int64_t *documents) {
    uint32_t share = 100 / (uint32_t)target->count;
    *documents = INT64_MAX;
    *out = (struct query_phrase){.count = target->count};
    for (size_t i = 0; i < target->count; i++) {
        struct query_phrase_word *word = &out->words[i];
        int64_t sum = 0;
        TRY(phrase_add_term(ctx, word, target->words[i], share));
        if (!str_equal(target->stems[i], target->words[i]))
            TRY(phrase_add_term(ctx, word, target->stems[i], share * 9 / 10));
        for (size_t t = 0; t < word->count; t++)
            sum += word->terms[t].documents;
        *documents = sum < *documents ? sum : *documents;
    }
    return STATUS_OK;
}

/* Adds a phrase to a word as one term. Each word has a copy, because the scores depend on the word. */
static enum status word_add_phrase(struct shop_ctx *ctx, struct query_word *word,
                                   const struct query_phrase *phrase, int64_t documents) {
    struct query_phrase *copy = ARENA_NEW(ctx->arena, struct query_phrase);
    if (!copy)
        return STATUS_NO_MEMORY;
    *copy = *phrase;
    if (word->count < word->room)
        word->terms[word->count++] = (struct query_term){0, documents, MATCH_SYNONYM, 100, {0}, copy};
    return STATUS_OK;
}

/* Notes that the thing that the phrase names is also named by the target's head. */
static void target_add_head(const struct query *query, const struct synonym_target *target,
                            struct query_word *words) {
    bool is_first = query->language->traits & LANGUAGE_HEAD_FIRST;
    struct query_word *word = &words[is_first ? 0 : target->span.count - 1];
    if (word->synonym_count < synonym_phrases_max)
        word->synonyms[word->synonym_count++] = target->stems[is_first ? 0 : target->count - 1];
}

/* Adds a target that documents have to each word of its phrase. */
static enum status target_add(struct shop_ctx *ctx, struct query *query, const struct synonym_target *target,
                              const struct query_phrase *phrase, int64_t documents) {
    struct query_word *words = &query->words[target->span.first];
    target_add_head(query, target, words);
    for (size_t w = 0; w < target->span.count; w++) {
        words[w].has_synonym = true;
        if (phrase->count > 1) {
            TRY(word_add_phrase(ctx, &words[w], phrase, documents));
            continue;
        }
        for (size_t i = 0; i < phrase->words[0].count; i++) {
            const struct query_term *term = &phrase->words[0].terms[i];
            struct term_row row = {.id = term->id, .counts.documents = term->documents};
            query_add_term(&words[w], &row, MATCH_SYNONYM, term->share);
        }
    }
    return STATUS_OK;
}

static enum status synonyms_add(struct synonym_search *search) {
    struct str phrases;
    TRY(spans_write(search, &phrases));
    TRY(synonyms_find(search->ctx, phrases, synonyms_visit, search));
    for (size_t i = 0; i < search->target_count; i++)
        target_announce(search->ctx, &search->targets[i]);
    for (size_t i = 0; i < search->target_count; i++) {
        struct query_phrase phrase;
        int64_t documents;
        TRY(target_find(search->ctx, &search->targets[i], &phrase, &documents));
        if (documents > 0)
            TRY(target_add(search->ctx, search->query, &search->targets[i], &phrase, documents));
    }
    return STATUS_OK;
}

enum status query_find_synonyms(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query) {
    struct synonym_search *search = ARENA_NEW(ctx->arena, struct synonym_search);
    if (!search)
        return STATUS_NO_MEMORY;
    search->ctx = ctx;
    search->stemmer = stemmer;
    search->query = query;
    search->targets = arena_array(ctx->arena, targets_max, sizeof *search->targets);
    return search->targets ? synonyms_add(search) : STATUS_NO_MEMORY;
}
