/* How it works: each statement that moves an import on names the state that the importer knows. If the staff has given the
 * import up meanwhile, it changes no row, and the importer stops.
 *
 * Parts are removed a few at a time, because each is a mebibyte whose pages are all touched. The import is `deleted` by then,
 * or done, so that nobody takes what is left for a file. */
#include "shop/imports/import_work.h"

#include "shop/imports/internal.h"
#include "shop/staff/audit_log.h"

#define day_us (INT64_C(24) * 3600 * 1000000)

enum { shown_days = 30 };

#define DUE_STATES "('checking', 'started', 'changing')"

enum status import_work_is_due(struct shop_ctx *ctx, bool *out) {
    static const struct sql sql = SQL("SELECT count(*) FROM imports WHERE state IN " DUE_STATES);
    int64_t count = 0;
    enum status s = db_get_int(ctx->db, &sql, NO_ARGS, &count);
    *out = count > 0;
    return s;
}

/* One whose new products are published comes first: shoppers see it half done. */
enum status import_work_next(struct shop_ctx *ctx, struct import_job *out) {
    static const struct sql sql =
        SQL("SELECT " IMPORT_JOB_COLUMNS " FROM imports WHERE state IN " DUE_STATES
            " ORDER BY CASE state WHEN 'changing' THEN 0 ELSE 1 END, changed_at, seq LIMIT 1");
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows))
        import_job_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_NOT_FOUND);
}

enum status import_work_part(struct shop_ctx *ctx, int64_t seq, int64_t n, struct str *out) {
    static const struct sql sql = SQL("SELECT bytes FROM import_parts WHERE import_seq = $1 AND n = $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(seq), db_int(n)));
    if (db_step(rows))
        *out = db_column_text(rows, 0, ctx->arena);
    TRY(db_finish_or(rows, STATUS_NOT_FOUND));
    db_note_large(ctx->db, (int64_t)out->size);
    return STATUS_OK;
}

static struct str import_state_name(enum import_state state) {
    return str_from(import_state_names[state]);
}

enum status import_work_progress(struct shop_ctx *ctx, const struct import_job *job, int64_t rows,
                                 int64_t percent) {
    static const struct sql sql =
        SQL("UPDATE imports SET rows_done = $1, percent = $2 WHERE seq = $3 AND state = $4");
    return db_exec_or(ctx->db, &sql,
                      ARGS(db_int(rows), db_int(percent), db_int(job->seq),
                           db_text(import_state_name((enum import_state)job->state))),
                      STATUS_STOPPING);
}

enum status import_work_move(struct shop_ctx *ctx, const struct import_job *job, enum import_state state,
                             struct str report) {
    static const struct sql sql =
        SQL("UPDATE imports SET state = $1, report = coalesce($2, report), percent = 100, changed_at = $3"
            " WHERE seq = $4 AND state = $5");
    return db_exec_or(ctx->db, &sql,
                      ARGS(db_text(import_state_name(state)), db_text(report),
                           db_int(clock_now_us(ctx->clock)), db_int(job->seq),
                           db_text(import_state_name((enum import_state)job->state))),
                      STATUS_STOPPING);
}

enum status import_work_note(struct shop_ctx *ctx, const struct import_job *job, int64_t added,
                             int64_t changing) {
    char id[uuid_text_size];
    struct change_list changes = change_list_new(ctx->arena);
    if (added)
        change_list_put_int(&changes, "products_added", NULL, &added);
    if (changing)
        change_list_put_int(&changes, "products_changed", NULL, &changing);
    if (changes.count == 0)
        return STATUS_OK;
    uuid_format(&job->id, id);
    struct audit_entry entry = {
        .action = STR("import"),
        .target = {id, sizeof id},
        .changes = change_list_end(&changes),
        .ip_prefix = STR(""),
        .request_id = STR(""),
    };
    return entry.changes.data ? audit_log_add(ctx, &job->actor, &entry) : STATUS_NO_MEMORY;
}

/* ---- Sweeping. */

/* Finds an import of which something is to be removed; `seq` stays 0 if there is none. */
static enum status import_work_find_old(struct shop_ctx *ctx, int64_t *seq, bool *is_shown) {
    static const struct sql sql =
        SQL("SELECT seq, CASE WHEN state = 'done' AND changed_at >= $1 THEN 1 ELSE 0 END FROM imports"
            " WHERE state = 'deleted' OR (state = 'done' AND (received > 0 OR changed_at < $1))"
            " OR (state IN ('open', 'checked', 'failed') AND changed_at < $2) ORDER BY seq LIMIT 1");
    int64_t now_us = clock_now_us(ctx->clock);
    *seq = 0;
    struct db_rows *rows =
        db_query(ctx->db, &sql, ARGS(db_int(now_us - shown_days * day_us), db_int(now_us - day_us)));
    if (db_step(rows)) {
        *seq = db_column_int(rows, 0);
        *is_shown = db_column_int(rows, 1) != 0;
    }
    return db_finish(rows);
}

enum status import_work_sweep(struct shop_ctx *ctx, int64_t limit, bool *removed) {
    static const struct sql parts_sql =
        SQL("DELETE FROM import_parts WHERE import_seq = $1 AND n IN"
            " (SELECT n FROM import_parts WHERE import_seq = $1 ORDER BY n LIMIT $2)");
    static const struct sql end_sql = SQL("UPDATE imports SET state = 'deleted' WHERE seq = $1");
    static const struct sql empty_sql = SQL("UPDATE imports SET received = 0 WHERE seq = $1");
    static const struct sql sql = SQL("DELETE FROM imports WHERE seq = $1");
    int64_t seq, parts = 0;
    bool is_shown = false;
    TRY(import_work_find_old(ctx, &seq, &is_shown));
    *removed = seq != 0;
    if (seq == 0)
        return STATUS_OK;
    if (!is_shown)
        TRY(db_exec_deferred(ctx->db, &end_sql, ARGS(db_int(seq)))); /* nobody goes on with it meanwhile */
    TRY(db_exec(ctx->db, &parts_sql, ARGS(db_int(seq), db_int(limit)), &parts));
    db_note_large(ctx->db, parts * import_part_bytes_max);
    if (parts == limit)
        return STATUS_OK; /* there may be more */
    return db_exec(ctx->db, is_shown ? &empty_sql : &sql, ARGS(db_int(seq)), NULL);
}
