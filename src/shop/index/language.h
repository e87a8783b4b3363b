/* The languages that a shop's texts may be in. The index keeps its own (search_state.language): words are stemmed, and
 * fillers left aside, by the rules of that language. */
#pragma once

#include "shop/shop_ctx.h"

enum language_trait {
    LANGUAGE_ELIDES = 1,    /* an apostrophe ends a word: `d'olive` */
    LANGUAGE_UNDOUBLES = 2, /* a doubled consonant at the end of a stem is one: `fles`, `flessen` */
    LANGUAGE_HEAD_FIRST =
        4, /* a name begins with the thing: `table basse`; else it ends with it: `coffee table` */
    LANGUAGE_COMPOUNDS = 8, /* words are put together: `Gartenstuhl`. shop/schema/endings.h names them too */
};

struct language {
    const char *code;    /* ISO 639-1, as --language takes it */
    const char *stemmer; /* as Snowball calls it */
    const char
        *fillers; /* words that say nothing about a product, folded, with a space before and after each */
    const char *complements; /* words before which a name has said what the product is, written likewise */
    unsigned traits;         /* of enum language_trait */
    const char *
        digraphs; /* two letters for one that a keyboard lacks, of which folding leaves the first: `ue` for ü;
                           * with a space behind each. NULL: none */
};

extern const struct language language_english;

/* The language of a code; NULL: there is none. */
const struct language *language_find(struct str code);

/* All codes, as a message lists them. */
#define LANGUAGE_CODES "da, de, en, es, fi, fr, it, nb, nl, pt or sv"

/* Whether a folded word says nothing about a product, if there are other words: `the`, `with`. */
bool language_has_filler(const struct language *language, struct str word);

/* Whether what follows a folded word in a name says for whom, with what or from where, and no longer what it is: `for`,
 * `with`. */
bool language_has_complement(const struct language *language, struct str word);

/* The language of a server's searches. */
static inline const struct language *shop_language(const struct shop_ctx *ctx) {
    return ctx->settings && ctx->settings->language ? ctx->settings->language : &language_english;
}
