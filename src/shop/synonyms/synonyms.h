/* A shop's synonyms in its database: the list as its owner wrote it, and a row for each phrase of it.
 *
 *     settings                                     synonyms
 *     'synonyms' → the text, comments included     phrase    targets
 *                                                  tv        television
 *                                                  couch     settee,sofa
 *
 * A search looks its phrases up in its own snapshot. So a change shows in the next search on every node, and no server
 * keeps a copy that may be old. */
#pragma once

#include "shop/shop_ctx.h"
#include "shop/synonyms/synonym_list.h"

/* Puts a list in place of the one before. `list` is what synonym_list_read() made of `text`. */
MUST_CHECK enum status synonyms_replace(struct shop_ctx *ctx, struct str text,
                                        const struct synonym_list *list);

/* Makes the rows anew from the list, if words are read in another way than when it was written. A list that has become
 * a mistake by that keeps its rows. */
MUST_CHECK enum status synonyms_refresh(struct shop_ctx *ctx);

/* Reads the list as its owner wrote it; empty if there is none. */
MUST_CHECK enum status synonyms_read_text(struct shop_ctx *ctx, struct str *out);

/* Called for a phrase that the shop has synonyms for: its index among those that were looked up, and its targets, which
 * are valid during the call. */
typedef enum status synonym_visitor(void *context, size_t i, struct str targets);

/* Looks phrases up, all in one statement: a JSON array of phrases in stems. */
MUST_CHECK enum status synonyms_find(struct shop_ctx *ctx, struct str phrases, synonym_visitor *visit,
                                     void *context);

/* Reports whether the rows are those that the text makes. */
MUST_CHECK enum status synonyms_check(struct shop_ctx *ctx, bool *sound);
