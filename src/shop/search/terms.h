/* The terms of the index, read for a search: one by its text, or a range of them in the order of their bytes.
 *
 * A large shop has hundreds of thousands of terms, and nine in ten of them are model numbers that one product
 * has. So each walk has a limit of rows, and may be restricted to the common terms, which a partial index of
 * the schema holds apart: a few thousand even in a large shop. */
#pragma once

#include "shop/index/postings.h"

struct term_row {
    int64_t id;
    struct term_counts counts; /* an import's staged products count, too */
    struct str text;
};

/* Announcing what is looked up next lets PostgreSQL answer all of it in one round trip; on SQLite it does nothing. What
 * was announced must be asked for in the same order, and before anything of the same kind that was not. A walk that
 * is no longer needed is begun and ended without a step, which costs nothing. */

/* Finds the term of this text. STATUS_NOT_FOUND if the index has no such term. out->text is `text`. */
bool term_announce(struct shop_ctx *ctx, struct str text);
MUST_CHECK enum status term_find(struct shop_ctx *ctx, struct str text, struct term_row *out);

/* The terms above `from` and below `to`. */
struct terms_range {
    struct str from, to;
    char to_bytes[word_bytes_max + sizeof TERM_PREFIX_END];
};

enum {
    /* Terms of one misspelt word: with 50,000 terms there are some hundred, so this is not reached. */
    spelt_terms_max = 16384,
};

/* What is looked up for a misspelt word, as JSON arrays of texts (letters.h). */
struct spelt_lookup {
    struct str keys;
    struct str beginnings; /* of words that one product has: they have hardly any keys */
    struct str texts;      /* terms that may be parts of the word, or their stems */
};

/* Starts reading these terms. Finish the rows with db_finish(). */
void spelt_terms_announce(struct shop_ctx *ctx, const struct spelt_lookup *lookup);
struct db_rows *spelt_terms_query(struct shop_ctx *ctx, const struct spelt_lookup *lookup);

/* Reads the next of them; false at the end. Its text is valid until the next call. If not `is_spelt`, it was not
 * looked up, but may be the stem of a term that was. */
bool spelt_terms_next(struct db_rows *rows, struct term_row *out, bool *is_spelt);

/* Finds the compounds that end with `part`: they begin with another term of three letters or more, which is
 * no filler, perhaps with letters that link both. So `tisch` finds `gartentisch` and `arbeitstisch` if the shop has the
 * words Garten and Arbeit. Those of most documents come first, without their texts. A part has only a to z. */
enum { compounds_max = 96 };
void compounds_announce(struct shop_ctx *ctx, const struct language *language, struct str part);
MUST_CHECK enum status compounds_find(struct shop_ctx *ctx, const struct language *language, struct str part,
                                      struct term_row out[static compounds_max], size_t *count);

/* The few best terms of a walk: those of the highest weight. Of equal weights the one that came first is
 * better. */
enum { top_terms_max = 24 };

struct top_terms {
    size_t room; /* at most top_terms_max; set by the caller */
    size_t count;
    struct top_term {
        struct term_row row; /* row.text.data is not valid: see top_terms_get() */
        int64_t weight;
        char text[word_bytes_max];
    } data[top_terms_max]; /* best first */
};

/* Puts a copy of a term at its position; drops the worst if there are more than `room`. A term that is there
 * already is left alone. */
void top_terms_put(struct top_terms *top, const struct term_row *row, int64_t weight);

/* The i-th best term. Its text is valid until the next put. */
struct term_row top_terms_get(const struct top_terms *top, size_t i);

enum terms_weight {
    WEIGHT_DOCUMENTS, /* in how many documents the term stands, in any form */
    WEIGHT_TITLES,    /* how many names and categories have it as a word */
};

enum {
    /* Terms read for one prefix, of the common ones and of all: at some 0.5 us each, 2 ms a walk. */
    prefix_rows_max = 4096,
};

/* Puts the terms that start with `prefix`, and are longer, into `top` by this weight; those of weight 0 are
 * left out. The common terms come first, so that a frequent word late in the alphabet is found even if
 * more than prefix_rows_max terms start with the prefix. */
void terms_announce_by_prefix(struct shop_ctx *ctx, struct str prefix, enum terms_weight weight);
MUST_CHECK enum status terms_find_by_prefix(struct shop_ctx *ctx, struct str prefix, enum terms_weight weight,
                                            struct top_terms *top);
