/* How it works: an import's row is locked before anything is decided by its state, so that a part, a start and a give-up that
 * come at the same time follow each other. `received` and `size_bytes` are counted as parts come, because to count the parts
 * each time would read a page of each; `till audit` compares them.
 *
 *     imports                                      import_parts
 *     seq  state    parts  received  size_bytes    import_seq  n  hash  bytes
 *     1    open     3      2         2097152  ◄──  1           1  …     1 MiB
 *                                             ◄──  1           3  …     1 MiB      next_part: 2
 *
 * A file is whole when `received` is `parts`, which the sender has said before: without that number, a file whose end was
 * never sent would be imported as if it were all. */
#include "shop/imports/imports.h"

#include "shop/imports/internal.h"
#include "shop/row_list.h"

const char *const import_state_names[IMPORT_STATE_COUNT + 1] = {
    [IMPORT_OPEN] = "open",       [IMPORT_CHECKING] = "checking", [IMPORT_CHECKED] = "checked",
    [IMPORT_STARTED] = "started", [IMPORT_CHANGING] = "changing", [IMPORT_DONE] = "done",
    [IMPORT_FAILED] = "failed",   [IMPORT_DELETED] = "deleted",
};

/* Reads who started an import. A text that is not an id is that of no actor of the staff. */
static void import_job_read_actor(struct db_rows *rows, struct actor *out) {
    struct str id = db_column_bytes(rows, 12);
    *out = (struct actor){.kind = (enum actor_kind)db_column_enum(rows, 11, actor_kind_names)};
    if (id.data && !uuid_parse(id, &out->id, NULL))
        out->id = (struct uuid){0};
}

void import_job_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct import_job *out = element;
    *out = (struct import_job){
        .seq = db_column_int(rows, 0),
        .id = db_column_uuid(rows, 1),
        .name = db_column_text(rows, 2, ctx->arena),
        .options = db_column_text(rows, 3, ctx->arena),
        .state = db_column_enum(rows, 4, import_state_names),
        .parts = db_column_int(rows, 5),
        .received = db_column_int(rows, 6),
        .size_bytes = db_column_int(rows, 7),
        .rows_done = db_column_int(rows, 8),
        .percent = db_column_int(rows, 9),
        .report = db_column_text(rows, 10, ctx->arena),
        .created_at = db_column_int(rows, 13),
        .changed_at = db_column_int(rows, 14),
    };
    import_job_read_actor(rows, &out->actor);
}

/* Finds the first part that is missing: behind the first one whose next one is not there. */
static enum status import_job_find_next(struct shop_ctx *ctx, struct import_job *job) {
    static const struct sql sql =
        SQL("SELECT coalesce(min(p.n), 0) + 1 FROM import_parts AS p WHERE p.import_seq = $1 AND NOT EXISTS"
            " (SELECT 1 FROM import_parts AS q WHERE q.import_seq = p.import_seq AND q.n = p.n + 1)"
            " AND EXISTS (SELECT 1 FROM import_parts AS f WHERE f.import_seq = p.import_seq AND f.n = 1)");
    int64_t next = 1;
    if (job->received == job->parts || job->state == IMPORT_DONE)
        return STATUS_OK;
    TRY(db_get_int(ctx->db, &sql, ARGS(db_int(job->seq)), &next));
    job->next_part = (struct maybe_int){true, next};
    return STATUS_OK;
}

#define JOB_BY_ID "SELECT " IMPORT_JOB_COLUMNS " FROM imports WHERE id = $1 AND state <> 'deleted'"

/* Reads an import, and with `lock` keeps other transactions from changing it. */
static enum status import_job_read(struct shop_ctx *ctx, const struct uuid *id, bool lock,
                                   struct import_job *out) {
    static const struct sql sql = SQL(JOB_BY_ID);
    static const struct sql lock_sql = {JOB_BY_ID, JOB_BY_ID " FOR UPDATE"};
    struct db_rows *rows = db_query(ctx->db, lock ? &lock_sql : &sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        import_job_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_IMPORT_NOT_FOUND);
}

enum status import_job_get(struct shop_ctx *ctx, const struct uuid *id, struct import_job *out) {
    TRY(import_job_read(ctx, id, false, out));
    return import_job_find_next(ctx, out);
}

enum status import_job_list(struct shop_ctx *ctx, struct list *out) {
    static const struct sql sql =
        SQL("SELECT " IMPORT_JOB_COLUMNS " FROM imports WHERE state <> 'deleted' ORDER BY seq DESC LIMIT $1");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(imports_shown_max)));
    return row_list_read(ctx, rows, import_job_read_row, sizeof(struct import_job), imports_shown_max, out);
}

enum status import_job_create(struct shop_ctx *ctx, const struct actor *actor, struct str name,
                              struct str options, int64_t parts, struct import_job *out) {
    static const struct sql count_sql =
        SQL("SELECT count(*) FROM imports WHERE state NOT IN ('done', 'deleted')");
    static const struct sql sql =
        SQL("INSERT INTO imports (id, name, options, state, parts, actor_kind, actor, created_at, changed_at)"
            " VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $7)");
    struct uuid id = uuid_new(ctx->clock, ctx->random);
    struct str actor_id;
    int64_t open = 0;
    TRY(db_get_int(ctx->db, &count_sql, NO_ARGS, &open));
    if (open >= imports_open_max)
        return STATUS_IMPORTS_FULL;
    TRY(actor_id_text(ctx->arena, actor, &actor_id));
    TRY(db_exec(ctx->db, &sql,
                ARGS(db_uuid(&id), db_text(name), db_text(options), db_int(parts),
                     db_text(str_from(actor_kind_names[actor->kind])), db_text(actor_id),
                     db_int(clock_now_us(ctx->clock))),
                NULL));
    return import_job_get(ctx, &id, out);
}

/* Whether its file may still change, and it may be asked for. One that failed may be tried again with the same parts. */
static bool import_job_is_open(const struct import_job *job) {
    return job->state == IMPORT_OPEN || job->state == IMPORT_CHECKED || job->state == IMPORT_FAILED;
}

/* Finds out whether a part is there: with another hash it is STATUS_IMPORT_PART_DIFFERS. */
static enum status import_job_find_part(struct shop_ctx *ctx, const struct import_job *job, int64_t n,
                                        struct str hash, bool *is_there) {
    static const struct sql sql = SQL("SELECT hash FROM import_parts WHERE import_seq = $1 AND n = $2");
    bool differs = false;
    *is_there = false;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(job->seq), db_int(n)));
    if (db_step(rows)) {
        *is_there = true;
        differs = !str_equal(db_column_bytes(rows, 0), hash);
    }
    TRY(db_finish(rows));
    return differs ? STATUS_IMPORT_PART_DIFFERS : STATUS_OK;
}

/* A file of which something came anew was not checked, and its import has not failed. */
enum status import_job_put_part(struct shop_ctx *ctx, const struct uuid *id, int64_t n, struct str hash,
                                struct str bytes, struct import_job *out) {
    static const struct sql part_sql =
        SQL("INSERT INTO import_parts (import_seq, n, hash, bytes) VALUES ($1, $2, $3, $4)");
    static const struct sql sql =
        SQL("UPDATE imports SET received = received + 1, size_bytes = size_bytes + $1,"
            " state = 'open', report = NULL, changed_at = $2 WHERE seq = $3");
    bool is_there;
    TRY(import_job_read(ctx, id, true, out));
    if (n > out->parts)
        return STATUS_IMPORT_PART_UNKNOWN;
    TRY(import_job_find_part(ctx, out, n, hash, &is_there));
    if (is_there)
        return import_job_find_next(ctx, out);
    if (!import_job_is_open(out))
        return STATUS_IMPORT_BEGUN;
    db_note_large(ctx->db, (int64_t)bytes.size);
    TRY(db_exec_deferred(ctx->db, &part_sql,
                         ARGS(db_int(out->seq), db_int(n), db_blob(hash), db_blob(bytes))));
    TRY(db_exec_deferred(
        ctx->db, &sql,
        ARGS(db_int((int64_t)bytes.size), db_int(clock_now_us(ctx->clock)), db_int(out->seq))));
    return import_job_get(ctx, id, out);
}

enum status import_job_ask(struct shop_ctx *ctx, const struct actor *actor, const struct uuid *id,
                           enum import_state state, struct import_job *out) {
    static const struct sql sql = SQL(
        "UPDATE imports SET state = $1, report = NULL, rows_done = 0, percent = 0, actor_kind = $2, actor = $3,"
        " changed_at = $4 WHERE seq = $5");
    struct str actor_id;
    TRY(import_job_read(ctx, id, true, out));
    if (!import_job_is_open(out))
        return STATUS_IMPORT_BEGUN;
    if (out->received < out->parts)
        return STATUS_IMPORT_PARTS_MISSING;
    TRY(actor_id_text(ctx->arena, actor, &actor_id));
    TRY(db_exec_deferred(ctx->db, &sql,
                         ARGS(db_text(str_from(import_state_names[state])),
                              db_text(str_from(actor_kind_names[actor->kind])), db_text(actor_id),
                              db_int(clock_now_us(ctx->clock)), db_int(out->seq))));
    return import_job_get(ctx, id, out);
}

enum status import_job_delete(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql sql = SQL("UPDATE imports SET state = 'deleted', changed_at = $1 WHERE seq = $2");
    struct import_job job = {.state = IMPORT_OPEN};
    TRY(import_job_read(ctx, id, true, &job));
    if (job.state == IMPORT_CHANGING)
        return STATUS_IMPORT_PUBLISHED;
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(job.seq)), NULL);
}
