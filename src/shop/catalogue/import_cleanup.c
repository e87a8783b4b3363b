/* Removing what a broken import left.
 *
 * How it works: in three steps, each in slices. Each may be cut short; the next call goes on from there.
 *
 *   1. Postings, term by term in the order of texts; `catalogue.swept_to` is the last term that is done. A
 *      term that has no other entries goes with them. Other terms are counted anew.
 *   2. Products, then doc values.
 *   3. The staged categories and the boundary. Only now can the seqs be given out again.
 *
 * Readers need not know of any of this, because nothing of it was ever visible. */
#include "shop/catalogue/import.h"

enum {
    terms_at_a_time = 256, /* looked at; hardly ever more than a slice's work */
    rows_at_a_time = 256,
    cleanup_bytes_max = 1024 * 1024,
};

/* What the catalogue's row says of a broken import. */
struct leftovers {
    int64_t number; /* of the import; 0: nothing is left */
    int64_t first_seq;
    struct str swept_to;
};

struct leftover_term {
    struct str text;
    int64_t id;
    bool may_be_staged;
};

static enum status read_leftovers(struct shop_ctx *ctx, struct leftovers *out) {
    static const struct sql sql = SQL("SELECT staged_by, staged_seq, swept_to FROM catalogue");
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *out = (struct leftovers){db_column_int(rows, 0), db_column_int(rows, 1),
                                  db_column_text(rows, 2, ctx->arena)};
    return db_finish(rows);
}

/* Reads the next terms. A term may have staged entries if it has a row of postings from the boundary's block
 * on. If that block's row turns out to have visible entries only, the look at the term was needless, but does
 * no harm. */
static enum status read_terms(struct shop_ctx *ctx, const struct leftovers *leftovers,
                              struct leftover_term *out, size_t *count) {
    static const struct sql sql =
        SQL("SELECT term, id, EXISTS (SELECT 1 FROM search_postings"
            " WHERE key >= (id << 24) + $1 AND key < (id + 1) << 24)"
            " FROM search_terms WHERE term > $2 ORDER BY term LIMIT $3");
    *count = 0;
    struct db_rows *rows = db_query(ctx->db, &sql,
                                    ARGS(db_int(leftovers->first_seq >> posting_block_bits),
                                         db_text(leftovers->swept_to), db_int(terms_at_a_time)));
    while (db_step(rows))
        out[(*count)++] = (struct leftover_term){
            .text = db_column_text(rows, 0, ctx->arena),
            .id = db_column_int(rows, 1),
            .may_be_staged = db_column_int(rows, 2) != 0,
        };
    return db_finish(rows);
}

/* Removes the postings of the next terms, until the slice is over. `more` gets whether there were any
 * terms. */
static enum status remove_postings(struct sliced_tx *sliced_tx, struct shop_ctx *ctx,
                                   const struct leftovers *leftovers, bool *more) {
    static const struct sql sql = SQL("UPDATE catalogue SET swept_to = $1");
    struct leftover_term terms[terms_at_a_time];
    size_t count, i = 0;
    enum status s = read_terms(ctx, leftovers, terms, &count);
    for (; i < count && s == STATUS_OK && (i == 0 || !slice_is_over(sliced_tx, ctx)); i++)
        if (terms[i].may_be_staged)
            s = postings_cut(ctx, terms[i].text, terms[i].id, leftovers->first_seq);
    *more = i > 0;
    return s == STATUS_OK && *more ? db_exec(ctx->db, &sql, ARGS(db_text(terms[i - 1].text)), NULL) : s;
}

/* Removes some rows of products or doc values; `more` gets whether there were any. */
static enum status remove_rows(struct shop_ctx *ctx, const struct leftovers *leftovers, bool *more) {
    static const struct sql products_sql = SQL(
        "DELETE FROM products WHERE seq IN (SELECT seq FROM products WHERE seq >= $1 ORDER BY seq LIMIT $2)");
    static const struct sql columns_sql =
        SQL("DELETE FROM search_columns WHERE block IN"
            " (SELECT block FROM search_columns WHERE block >= $1 ORDER BY block LIMIT $2)");
    static const struct sql names_sql =
        SQL("DELETE FROM search_names WHERE block IN"
            " (SELECT block FROM search_names WHERE block >= $1 ORDER BY block LIMIT $2)");
    static const struct sql *const sqls[] = {&products_sql, &columns_sql, &names_sql};
    enum status s = STATUS_OK;
    *more = false;
    for (size_t i = 0; i < sizeof sqls / sizeof *sqls && s == STATUS_OK && !*more; i++) {
        int64_t from = i == 0 ? leftovers->first_seq : leftovers->first_seq >> doc_block_bits, changed = 0;
        s = db_exec(ctx->db, sqls[i], ARGS(db_int(from), db_int(rows_at_a_time)), &changed);
        *more = changed > 0;
    }
    return s;
}

/* Removes the staged categories and the boundary. */
static enum status close_range(struct shop_ctx *ctx) {
    static const struct sql categories_sql = SQL("DELETE FROM staged_categories");
    static const struct sql boundary_sql =
        SQL("UPDATE catalogue SET staged_by = 0, staged_seq = 9223372036854775807, swept_to = ''");
    enum status s = db_exec(ctx->db, &categories_sql, NO_ARGS, NULL);
    return s == STATUS_OK ? db_exec(ctx->db, &boundary_sql, NO_ARGS, NULL) : s;
}

/* Does some of the work; `more` gets whether there is more. */
static enum status cleanup_step(struct sliced_tx *sliced_tx, struct shop_ctx *ctx, bool *more) {
    struct leftovers leftovers = {0};
    *more = false;
    enum status s = index_hold(ctx); /* the boundary's block may also have rows of products added meanwhile */
    if (s == STATUS_OK)
        s = read_leftovers(ctx, &leftovers);
    if (s != STATUS_OK || leftovers.number == 0)
        return s;
    s = remove_postings(sliced_tx, ctx, &leftovers, more);
    if (s == STATUS_OK && !*more)
        s = remove_rows(ctx, &leftovers, more);
    return s == STATUS_OK && !*more ? close_range(ctx) : s;
}

static enum status cleanup_all(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    bool more = true;
    enum status s = sliced_tx_begin(sliced_tx, ctx);
    while (s == STATUS_OK && more) {
        s = cleanup_step(sliced_tx, ctx, &more);
        arena_reset(ctx->arena);
        if (s == STATUS_OK && more)
            s = slice_yield(sliced_tx, ctx);
    }
    return s == STATUS_OK ? sliced_tx_end(sliced_tx, ctx) : s;
}

enum status import_cleanup(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    bool left;
    enum status s = import_has_leftovers(ctx, &left);
    if (s != STATUS_OK || !left)
        return s;
    db_trust_deletes(ctx->db); /* no cart or order refers to a product that was never visible */
    struct arena arena;
    arena_init(&arena, cleanup_bytes_max);
    struct shop_ctx own = *ctx;
    own.arena = &arena;
    s = cleanup_all(sliced_tx, &own);
    db_rollback(ctx->db);
    arena_free(&arena);
    return s;
}
