/* Removing what a broken import staged: first from the index, along all terms, then the products, then the
 * note that there is something. Wherever it is cut short, it goes on from there. */
#include "shop/search_match.h"
#include "shop/stage.h"

enum {
    terms_at_a_time = 256, /* looked at; hardly ever more than a turn's work */
    rows_at_a_time = 256,
    sweep_bytes_max = 1024 * 1024,
};

struct staged {
    int64_t number, first_seq;
    struct str swept_to;
};

struct staged_term {
    struct str text;
    int64_t id;
    bool staged, seen; /* by the import; and whether it is also of other documents */
};

static enum status read_staged(struct tx *tx, struct staged *out) {
    static const struct sql sql = {"SELECT staged_by, staged_seq, swept_to FROM catalogue", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *out = (struct staged){db_column_int(rows, 0), db_column_int(rows, 1),
                               db_column_text(rows, 2, tx->arena)};
    return db_finish(rows);
}

static enum status read_terms(struct tx *tx, const struct staged *staged, struct staged_term *out,
                              size_t *count) {
    static const struct sql sql = {
        "SELECT term, id, staged_by, documents FROM search_terms WHERE term > $1 ORDER BY term LIMIT $2",
        NULL};
    *count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_text(staged->swept_to), db_int(terms_at_a_time)));
    while (db_step(rows))
        out[(*count)++] = (struct staged_term){
            .text = db_column_text(rows, 0, tx->arena),
            .id = db_column_int(rows, 1),
            .staged = db_column_int(rows, 2) == staged->number,
            .seen = db_column_int(rows, 3) > 0,
        };
    return db_finish(rows);
}

/* The block in which the import's documents start may have others before them. */
static enum status drop_postings(struct tx *tx, int64_t term, int64_t first_seq) {
    static const struct sql sql = {"DELETE FROM search_postings WHERE key > $1 AND key < $2", NULL};
    char data[posting_bytes_max];
    size_t size;
    int64_t key = posting_key(term, first_seq);
    enum status s = posting_read(tx, key, data, &size);
    struct str kept = seen_entries((struct str){data, size}, first_seq >> posting_block_bits, first_seq - 1);
    if (first_seq % posting_block_documents == 0)
        kept.size = 0;
    if (s == STATUS_OK && kept.size < size)
        s = posting_write(tx, key, false, kept);
    return s == STATUS_OK
               ? db_exec(tx->db, &sql, ARGS(db_int(key), db_int((term + 1) << posting_key_bits)), NULL)
               : s;
}

static enum status drop_term(struct tx *tx, const struct staged_term *term, int64_t first_seq) {
    static const struct sql clear_sql = {
        "UPDATE search_terms SET staged_by = 0, staged_documents = 0,"
        " staged_words = 0, staged_titles = 0 WHERE term = $1",
        NULL};
    static const struct sql drop_sql = {"DELETE FROM search_terms WHERE term = $1", NULL};
    enum status s = drop_postings(tx, term->id, first_seq);
    return s == STATUS_OK
               ? db_exec(tx->db, term->seen ? &clear_sql : &drop_sql, ARGS(db_text(term->text)), NULL)
               : s;
}

/* Some terms on from where the last turn ended; `more` says whether there are further ones. */
static enum status sweep_terms(struct turns *turns, struct tx *tx, const struct staged *staged, bool *more) {
    static const struct sql sql = {"UPDATE catalogue SET swept_to = $1", NULL};
    struct staged_term terms[terms_at_a_time];
    size_t count, i = 0;
    enum status s = read_terms(tx, staged, terms, &count);
    for (; i < count && s == STATUS_OK && (i == 0 || !turn_is_over(turns, tx)); i++)
        if (terms[i].staged)
            s = drop_term(tx, &terms[i], staged->first_seq);
    *more = i > 0;
    return s == STATUS_OK && *more ? db_exec(tx->db, &sql, ARGS(db_text(terms[i - 1].text)), NULL) : s;
}

/* Some of the import's rows. */
static enum status sweep_rows(struct tx *tx, const struct staged *staged, bool *more) {
    static const struct sql products_sql = {
        "DELETE FROM products WHERE seq IN (SELECT seq FROM products WHERE seq >= $1 ORDER BY seq LIMIT $2)",
        NULL};
    static const struct sql columns_sql = {
        "DELETE FROM search_columns WHERE block IN"
        " (SELECT block FROM search_columns WHERE block >= $1 ORDER BY block LIMIT $2)",
        NULL};
    static const struct sql names_sql = {
        "DELETE FROM search_names WHERE block IN"
        " (SELECT block FROM search_names WHERE block >= $1 ORDER BY block LIMIT $2)",
        NULL};
    static const struct sql *const sqls[] = {&products_sql, &columns_sql, &names_sql};
    enum status s = STATUS_OK;
    *more = false;
    for (size_t i = 0; i < sizeof sqls / sizeof *sqls && s == STATUS_OK && !*more; i++) {
        int64_t from = i == 0 ? staged->first_seq : staged->first_seq >> column_block_bits, changed = 0;
        s = db_exec(tx->db, sqls[i], ARGS(db_int(from), db_int(rows_at_a_time)), &changed);
        *more = changed > 0;
    }
    return s;
}

static enum status sweep_note(struct tx *tx) {
    static const struct sql categories_sql = {"DELETE FROM staged_categories", NULL};
    static const struct sql note_sql = {
        "UPDATE catalogue SET staged_by = 0, staged_seq = 9223372036854775807, swept_to = ''", NULL};
    enum status s = db_exec(tx->db, &categories_sql, NO_ARGS, NULL);
    return s == STATUS_OK ? db_exec(tx->db, &note_sql, NO_ARGS, NULL) : s;
}

/* One step of it; `more` says whether there is another. */
static enum status sweep_some(struct turns *turns, struct tx *tx, bool *more) {
    struct staged staged = {0};
    enum status s = read_staged(tx, &staged);
    *more = false;
    if (s != STATUS_OK || staged.number == 0)
        return s;
    s = sweep_terms(turns, tx, &staged, more);
    if (s == STATUS_OK && !*more)
        s = sweep_rows(tx, &staged, more);
    return s == STATUS_OK && !*more ? sweep_note(tx) : s;
}

static enum status sweep_all(struct turns *turns, struct tx *tx) {
    bool more = true;
    enum status s = turns_begin(turns, tx);
    while (s == STATUS_OK && more) {
        s = sweep_some(turns, tx, &more);
        arena_reset(tx->arena);
        if (s == STATUS_OK && more && turn_is_over(turns, tx))
            s = turns_next(turns, tx);
    }
    return s == STATUS_OK ? turns_end(turns, tx) : s;
}

enum status stage_sweep(struct turns *turns, struct tx *tx) {
    bool left;
    enum status s = stage_left(tx, &left);
    if (s != STATUS_OK || !left)
        return s;
    db_trust_deletes(tx->db); /* nothing points at a product that nobody has seen */
    struct arena arena;
    arena_init(&arena, sweep_bytes_max);
    struct tx own = *tx;
    own.arena = &arena;
    s = sweep_all(turns, &own);
    db_rollback(tx->db);
    arena_free(&arena);
    return s;
}
