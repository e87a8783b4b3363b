#include "shop/outbox/webhook.h"

#include "shop/row_list.h"

#define COLUMNS "seq, id, url, types, is_active, disabled_reason, created_at"
static void webhook_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct webhook *out = element;
    *out = (struct webhook){
        .seq = db_column_int(rows, 0),
        .id = db_column_uuid(rows, 1),
        .url = db_column_text(rows, 2, ctx->arena),
        .types = db_column_int(rows, 3),
        .is_active = {true, db_column_int(rows, 4) != 0},
        .disabled_reason = db_column_text(rows, 5, ctx->arena),
        .created_at = db_column_int(rows, 6),
    };
}

enum status webhook_add(struct shop_ctx *ctx, struct str url, int64_t types, struct webhook *out,
                        char secret[static webhook_secret_bytes]) {
    static const struct sql sql =
        SQL("INSERT INTO webhooks (id, url, types, secret, is_active, created_at)"
            " SELECT $1, $2, $3, $4, 1, $5 WHERE (SELECT count(*) FROM webhooks) < $6");
    struct uuid id = uuid_new(ctx->clock, ctx->random);
    random_fill(ctx->random, secret, webhook_secret_bytes);
    TRY(db_exec_or(ctx->db, &sql,
                   ARGS(db_uuid(&id), db_text(url), db_int(types),
                        db_blob((struct str){secret, webhook_secret_bytes}), db_int(clock_now_us(ctx->clock)),
                        db_int(webhooks_max)),
                   STATUS_WEBHOOKS_FULL));
    event_interest_add(ctx->interest, types);
    ctx->changes |= TOPIC_SETTINGS; /* so that other nodes know it at once */
    return webhook_get(ctx, &id, out);
}

enum status webhook_list(struct shop_ctx *ctx, struct list *out) {
    static const struct sql sql = SQL("SELECT " COLUMNS " FROM webhooks ORDER BY seq LIMIT $1");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(webhooks_max)));
    return row_list_read(ctx, rows, webhook_read_row, sizeof(struct webhook), webhooks_max, out);
}

enum status webhook_get(struct shop_ctx *ctx, const struct uuid *id, struct webhook *out) {
    static const struct sql sql = SQL("SELECT " COLUMNS " FROM webhooks WHERE id = $1");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        webhook_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_WEBHOOK_NOT_FOUND);
}

/* Nothing waits for a webhook that is off. */
static enum status webhook_drop_queued(struct shop_ctx *ctx, int64_t seq) {
    static const struct sql sql =
        SQL("UPDATE webhook_deliveries SET state = 'dropped', due_at = NULL, done_at = $1"
            " WHERE webhook = $2 AND due_at IS NOT NULL");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(seq)));
}

enum status webhook_change(struct shop_ctx *ctx, const struct uuid *id, const struct webhook_change *change,
                           struct webhook *out) {
    static const struct sql sql =
        SQL("UPDATE webhooks SET url = coalesce($1, url), types = CASE WHEN $2 = 0 THEN types ELSE $2 END,"
            " disabled_reason = CASE WHEN $3 = 1 THEN NULL ELSE disabled_reason END,"
            " failing_since = CASE WHEN $3 = 1 AND is_active = 0 THEN NULL ELSE failing_since END,"
            " warned_at = CASE WHEN $3 = 1 AND is_active = 0 THEN NULL ELSE warned_at END,"
            " is_active = coalesce($3, is_active) WHERE id = $4");
    struct maybe_int is_active = {change->is_active.is_set, change->is_active.value};
    TRY(db_exec_or(ctx->db, &sql,
                   ARGS(db_text(change->url), db_int(change->types), db_maybe_int(is_active), db_uuid(id)),
                   STATUS_WEBHOOK_NOT_FOUND));
    TRY(webhook_get(ctx, id, out));
    if (!out->is_active.value)
        return webhook_drop_queued(ctx, out->seq);
    event_interest_add(ctx->interest, out->types);
    ctx->changes |= TOPIC_SETTINGS;
    return STATUS_OK;
}

enum status webhook_delete(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql deliveries_sql =
        SQL("DELETE FROM webhook_deliveries WHERE webhook = (SELECT seq FROM webhooks WHERE id = $1)");
    static const struct sql sql = SQL("DELETE FROM webhooks WHERE id = $1");
    TRY(db_exec_deferred(ctx->db, &deliveries_sql, ARGS(db_uuid(id))));
    return db_exec_or(ctx->db, &sql, ARGS(db_uuid(id)), STATUS_WEBHOOK_NOT_FOUND);
}

enum status webhook_rotate(struct shop_ctx *ctx, const struct uuid *id,
                           char secret[static webhook_secret_bytes]) {
    static const struct sql sql =
        SQL("UPDATE webhooks SET secret_before = secret, secret = $1, rotated_at = $2 WHERE id = $3");
    random_fill(ctx->random, secret, webhook_secret_bytes);
    return db_exec_or(ctx->db, &sql,
                      ARGS(db_blob((struct str){secret, webhook_secret_bytes}),
                           db_int(clock_now_us(ctx->clock)), db_uuid(id)),
                      STATUS_WEBHOOK_NOT_FOUND);
}

static enum status webhook_get_active(struct shop_ctx *ctx, const struct uuid *id, struct webhook *out) {
    TRY(webhook_get(ctx, id, out));
    return out->is_active.value ? STATUS_OK : STATUS_WEBHOOK_INACTIVE;
}

/* The table has types by name and a webhook has bits of them, so this goes type by type. */
enum status webhook_replay(struct shop_ctx *ctx, const struct uuid *id, int64_t first, int64_t *queued) {
    static const struct sql sql = SQL(
        "INSERT INTO webhook_deliveries (event, webhook, state, attempts, due_at)"
        " SELECT seq, $1, 'queued', 0, $2 FROM events WHERE seq >= $3 AND type = $4"
        " ON CONFLICT (event, webhook) DO UPDATE SET state = 'queued', attempts = 0, due_at = excluded.due_at,"
        " done_at = NULL");
    struct webhook webhook = {0};
    int64_t now = clock_now_us(ctx->clock);
    TRY(webhook_get_active(ctx, id, &webhook));
    *queued = 0;
    for (int type = 0; type < EVENT_WEBHOOK_TEST; type++) {
        int64_t changed = 0;
        if (webhook.types >> type & 1)
            TRY(db_exec(ctx->db, &sql,
                        ARGS(db_int(webhook.seq), db_int(now), db_int(first),
                             db_text(str_from(event_type_names[type]))),
                        &changed));
        *queued += changed;
    }
    return STATUS_OK;
}

enum status webhook_test(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql event_sql =
        SQL("INSERT INTO events (id, type, subject, created_at) VALUES ($1, 'webhook.test', $2, $3)");
    static const struct sql sql =
        SQL("INSERT INTO webhook_deliveries (event, webhook, state, attempts, due_at)"
            " SELECT seq, $1, 'queued', 0, $2 FROM events WHERE id = $3");
    struct webhook webhook = {0};
    struct uuid event = uuid_new(ctx->clock, ctx->random);
    int64_t now = clock_now_us(ctx->clock);
    TRY(webhook_get_active(ctx, id, &webhook));
    TRY(db_exec_deferred(ctx->db, &event_sql, ARGS(db_uuid(&event), db_uuid(id), db_int(now))));
    return db_exec(ctx->db, &sql, ARGS(db_int(webhook.seq), db_int(now), db_uuid(&event)), NULL);
}

enum status webhook_disable(struct shop_ctx *ctx, int64_t seq, struct str reason) {
    static const struct sql sql =
        SQL("UPDATE webhooks SET is_active = 0, disabled_reason = $1 WHERE seq = $2");
    TRY(db_exec_deferred(ctx->db, &sql, ARGS(db_text(reason), db_int(seq))));
    return webhook_drop_queued(ctx, seq);
}
