/* Which word may come next: the words of names, counted by where they stand beside the words that were typed.
 *
 *     struct completer c;
 *     TRY(completer_open(&c, ctx, STR("desk "), STR("l")));
 *     completer_read_name(&c, before, name);         for the names of products that match what stands before
 *     s = completer_choose(&c, completions, &count);
 *     completer_close(&c);                           in any case */
#pragma once

#include "shop/search/query.h"

enum {
    completions_max = 5,
    occurrences_max = 2048, /* of words that start with the prefix: further ones are not counted */
};

/* A word that the last one may become. */
struct completion {
    struct str text;    /* folded, as a term of the index is */
    struct str written; /* in lower case, with the accents that a name gave it */
    int64_t term;       /* its id in the index; 0: not known, the word is from a name */
    int64_t points;
};

struct occurrence;

struct completer {
    struct arena *arena;
    struct stemmer stemmer;
    struct str prefix;
    bool is_hyphened; /* the word continues one with a hyphen: `wi-f` */
    struct occurrence *data;
    size_t count;
    bool no_memory;
};

/* Opens a completer of words that start with `prefix` and are longer. `before` is the text before it: behind a hyphen
 * only what names write with that hyphen counts. The completer allocates in ctx->arena; the prefix must outlive it. */
MUST_CHECK enum status completer_open(struct completer *c, struct shop_ctx *ctx, struct str before,
                                      struct str prefix);
void completer_close(struct completer *c); /* also if it was never opened, but is all zeros */

/* Counts the words of the name of a product that matches `before`, the words before the last one. With the empty prefix
 * only the word directly behind these counts. */
void completer_read_name(struct completer *c, const struct query *before, struct str name);

/* Counts the words of its category: for the least, because a category says less than a name. */
void completer_read_category(struct completer *c, const struct query *before, struct str name,
                             struct str category);

/* Counts a term of the index, once for each name and category that has it. */
void completer_add_term(struct completer *c, const struct term_row *row);

/* Chooses the completions with the most points, best first, at most completions_max. Forms of one stem (`lamp` and
 * `lamps`) count together, for the commonest. A filler comes only if there is nothing else. */
MUST_CHECK enum status completer_choose(struct completer *c, struct completion out[static completions_max],
                                        size_t *count);

/* Writes a folded word as a text does that has it: in lower case and with its accents (`cafétière` for `cafetiere`).
 * The word itself if the text does not have it. */
MUST_CHECK enum status completion_write(struct shop_ctx *ctx, struct str word, struct str text,
                                        struct str *out);
