#include "shop/staff/audit_log.h"

#include "shop/schema/audit_keep.h"

#include <inttypes.h>
#include <stdio.h>

#define ENTRY_COLUMNS "seq, created_at, actor_kind, actor, action, target, changes, ip_prefix, request_id"

/* As far as an entry must be past its time before the sweep takes it: the trigger goes by the database's clock. */
#define sweep_margin_us (INT64_C(24) * 3600 * 1000000)

/* By as much may entries that are written at once differ in the order of their times and of their numbers. */
#define clock_slack_us (INT64_C(3600) * 1000000)

struct change_list change_list_new(struct arena *arena) {
    struct change_list changes = {.text = buf_new(arena)};
    buf_put_text(&changes.text, "{\"changes\":[");
    return changes;
}

static void change_list_value(struct buf *text, const char *name, struct str value) {
    if (!value.data)
        return;
    buf_printf(text, ",\"%s\":", name);
    buf_put_json(text, (struct str){value.data, utf8_limit(value, audit_value_bytes)});
}

void change_list_put(struct change_list *changes, const char *field, struct str before, struct str after) {
    if (!before.data == !after.data && str_equal(before, after))
        return;
    buf_printf(&changes->text, "%s{\"field\":\"%s\"", changes->count++ ? "," : "", field);
    change_list_value(&changes->text, "before", before);
    change_list_value(&changes->text, "after", after);
    buf_put_char(&changes->text, '}');
}

void change_list_put_int(struct change_list *changes, const char *field, const int64_t *before,
                         const int64_t *after) {
    char texts[2][24];
    struct str values[2] = {{0}};
    const int64_t *numbers[2] = {before, after};
    for (size_t i = 0; i < 2; i++)
        if (numbers[i]) {
            int size = snprintf(texts[i], sizeof texts[i], "%" PRId64, *numbers[i]);
            values[i] = (struct str){texts[i], (size_t)size};
        }
    change_list_put(changes, field, values[0], values[1]);
}

struct str change_list_end(struct change_list *changes) {
    buf_put_text(&changes->text, "]}");
    return buf_ok(&changes->text) ? buf_str(&changes->text) : (struct str){0};
}

enum status audit_log_add(struct shop_ctx *ctx, const struct actor *actor, const struct audit_entry *entry) {
    static const struct sql sql = SQL(
        "INSERT INTO audit_log (created_at, actor_kind, actor, action, target, changes, ip_prefix, request_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    struct str id;
    TRY(actor_id_text(ctx->arena, actor, &id));
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(clock_now_us(ctx->clock)),
                                 db_text(str_from(actor_kind_names[actor->kind])), db_text(id),
                                 db_text(entry->action), db_text(entry->target), db_text(entry->changes),
                                 db_text(entry->ip_prefix), db_text(entry->request_id)));
}

enum status audit_log_add_system(struct shop_ctx *ctx, const char *action, const struct uuid *target,
                                 struct change_list *changes) {
    char id[uuid_text_size];
    static const struct actor machine = {.kind = ACTOR_SYSTEM};
    if (changes->count == 0)
        return STATUS_OK;
    if (target)
        uuid_format(target, id);
    struct audit_entry entry = {.action = str_from(action),
                                .target = {target ? id : NULL, target ? sizeof id : 0},
                                .changes = change_list_end(changes),
                                .ip_prefix = STR(""),
                                .request_id = STR("")};
    return entry.changes.data ? audit_log_add(ctx, &machine, &entry) : STATUS_NO_MEMORY;
}

static void audit_entry_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct audit_entry *out) {
    *out = (struct audit_entry){
        .seq = db_column_int(rows, 0),
        .created_at = db_column_int(rows, 1),
        .actor_kind = (enum actor_kind)db_column_enum(rows, 2, actor_kind_names),
        .actor = db_column_text(rows, 3, ctx->arena),
        .action = db_column_text(rows, 4, ctx->arena),
        .target = db_column_text(rows, 5, ctx->arena),
        .changes = db_column_text(rows, 6, ctx->arena),
        .ip_prefix = db_column_text(rows, 7, ctx->arena),
        .request_id = db_column_text(rows, 8, ctx->arena),
    };
}

/* The entries that a page looks at: those of `from` to before `before`. */
struct audit_window_bounds {
    int64_t from, before;
};

#define ENTRY_MATCHES                                                                                        \
    " AND ($3 = '' OR coalesce(actor, actor_kind) = $3) AND ($4 = '' OR action = $4)"                        \
    " AND created_at >= $5 AND created_at < $6 ORDER BY seq DESC LIMIT $7"

/* Starts the statement of a page. An index finds the entries of a target, which are few. */
static struct db_rows *audit_log_query(struct shop_ctx *ctx, const struct audit_filter *f,
                                       const struct audit_window_bounds *window) {
    static const struct sql all_sql =
        SQL("SELECT " ENTRY_COLUMNS " FROM audit_log WHERE seq >= $1 AND seq < $2" ENTRY_MATCHES);
    static const struct sql target_sql =
        SQL("SELECT " ENTRY_COLUMNS " FROM audit_log WHERE target = $1 AND seq < $2" ENTRY_MATCHES);
    struct db_value first = f->target.size ? db_text(f->target) : db_int(window->from);
    return db_query(ctx->db, f->target.size ? &target_sql : &all_sql,
                    ARGS(first, db_int(window->before), db_text(f->actor), db_text(f->action),
                         db_int(f->from_us), db_int(f->to_us), db_int(f->limit)));
}

/* Finds how far the window may reach: from an entry that is older than the filter's times to one that is newer, so that
 * pages do not go through all that lies outside of them. `seq` and `created_at` grow together but for transactions that
 * overlap and for the clocks of several nodes, which clock_slack_us is for. */
static enum status audit_log_limits(struct shop_ctx *ctx, const struct audit_filter *f,
                                    struct audit_window_bounds *out) {
    static const struct sql sql = SQL(
        "SELECT coalesce(max(seq), 0),"
        " (SELECT seq FROM audit_log WHERE created_at >= $1 ORDER BY created_at LIMIT 1),"
        " (SELECT seq FROM audit_log WHERE created_at < $2 ORDER BY created_at DESC LIMIT 1) FROM audit_log");
    int64_t newer_us = f->to_us > INT64_MAX - clock_slack_us ? INT64_MAX : f->to_us + clock_slack_us;
    struct maybe_int newer = {false, 0}, older = {false, 0};
    struct db_rows *rows =
        db_query(ctx->db, &sql, ARGS(db_int(newer_us), db_int(f->from_us - clock_slack_us)));
    *out = (struct audit_window_bounds){1, 1};
    if (db_step(rows)) {
        out->before = db_column_int(rows, 0) + 1;
        newer = db_column_maybe_int(rows, 1);
        older = db_column_maybe_int(rows, 2);
    }
    TRY(db_finish(rows));
    if (newer.is_set && newer.value < out->before)
        out->before = newer.value;
    if (f->before < out->before)
        out->before = f->before;
    if (older.is_set)
        out->from = older.value + 1;
    return STATUS_OK;
}

enum status audit_log_list(struct shop_ctx *ctx, const struct audit_filter *filter, struct list *out,
                           int64_t *next) {
    struct audit_entry *entries = arena_array(ctx->arena, (size_t)filter->limit, sizeof *entries);
    struct audit_window_bounds window;
    size_t count = 0;
    if (!entries)
        return STATUS_NO_MEMORY;
    TRY(audit_log_limits(ctx, filter, &window));
    bool is_last = filter->target.size || window.before - window.from <= audit_window;
    if (!is_last)
        window.from = window.before - audit_window;
    struct db_rows *rows = audit_log_query(ctx, filter, &window);
    for (; count < (size_t)filter->limit && db_step(rows); count++)
        audit_entry_read_row(ctx, rows, &entries[count]);
    TRY(db_finish(rows));
    *out = (struct list){entries, count};
    if (count == (size_t)filter->limit)
        *next = entries[count - 1].seq;
    else
        *next = is_last ? 0 : window.from;
    return STATUS_OK;
}

enum status audit_log_keep(struct shop_ctx *ctx, int64_t days) {
    static const struct sql read_sql = {"SELECT " AUDIT_KEEP_DAYS, "SELECT " AUDIT_KEEP_DAYS_POSTGRES};
    static const struct sql sql =
        SQL("INSERT INTO settings VALUES ('audit_keep_days', $1)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    struct change_list changes = change_list_new(ctx->arena);
    char text[24];
    int size = snprintf(text, sizeof text, "%" PRId64, days);
    int64_t before;
    TRY(db_get_int(ctx->db, &read_sql, NO_ARGS, &before));
    if (before == days)
        return STATUS_OK;
    TRY(db_exec(ctx->db, &sql, ARGS(db_blob((struct str){text, (size_t)size})), NULL));
    change_list_put_int(&changes, "days", &before, &days);
    return audit_log_add_system(ctx, "till serve --keep-audit-days", NULL, &changes);
}

enum status audit_log_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM audit_log WHERE seq IN (SELECT seq FROM audit_log"
        " WHERE created_at < $1 - 86400000000 * " AUDIT_KEEP_DAYS " ORDER BY created_at LIMIT $2)",
        "DELETE FROM audit_log WHERE seq IN (SELECT seq FROM audit_log"
        " WHERE created_at < $1::timestamptz - make_interval(days => " AUDIT_KEEP_DAYS_POSTGRES
        ")"
        " ORDER BY created_at LIMIT $2)"};
    int64_t before = clock_now_us(ctx->clock) - sweep_margin_us;
    return db_exec(ctx->db, &sql, ARGS(db_int(before), db_int(limit)), removed);
}
