#include "shop/outbox/delivery.h"

#include "shop/outbox/audience.h"
#include "shop/outbox/mail.h"
#include "shop/outbox/webhook_mail.h"
#include "shop/row_list.h"

#define warn_after_us (INT64_C(24) * 3600 * 1000000)
#define disable_after_us (INT64_C(5) * 24 * 3600 * 1000000)
#define secret_before_us (INT64_C(24) * 3600 * 1000000)

const char *const delivery_state_names[] = {"queued", "sent", "failed", "dropped", NULL};

static void delivery_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct delivery *out) {
    *out = (struct delivery){
        .seq = db_column_int(rows, 0),
        .attempts = db_column_int(rows, 1) + 1,
        .webhook = db_column_int(rows, 2),
        .webhook_id = db_column_uuid(rows, 3),
        .url = db_column_text(rows, 4, ctx->arena),
        .secret = db_column_text(rows, 5, ctx->arena),
        .secret_before = db_column_text(rows, 6, ctx->arena),
        .failing_since = db_column_int(rows, 7),
        .event = db_column_uuid(rows, 8),
        .sequence = db_column_int(rows, 9),
        .type = db_column_text(rows, 10, ctx->arena),
        .subject = db_column_uuid(rows, 11),
        .status = db_column_text(rows, 12, ctx->arena),
        .amount = db_column_int(rows, 13),
        .currency = db_column_text(rows, 14, ctx->arena),
        .created_at = db_column_int(rows, 15),
    };
}

#define DUE                                                                                                     \
    "SELECT d.seq, d.attempts, w.seq, w.id, w.url, w.secret,"                                                   \
    " CASE WHEN w.rotated_at > $1 THEN w.secret_before END, w.failing_since,"                                   \
    " e.id, e.seq, e.type, e.subject, e.status, e.amount, e.currency, e.created_at"                             \
    " FROM webhook_deliveries AS d JOIN events AS e ON e.seq = d.event JOIN webhooks AS w ON w.seq = d.webhook" \
    " WHERE d.due_at <= $2 AND d.webhook NOT IN ($3, $4, $5, $6, $7, $8, $9, $10) ORDER BY d.due_at LIMIT 1"

enum status delivery_take(struct shop_ctx *ctx, const int64_t busy[static busy_webhooks_max],
                          struct delivery *out) {
    static const struct sql due_sql = {DUE, DUE " FOR UPDATE OF d SKIP LOCKED"};
    static const struct sql sql =
        SQL("UPDATE webhook_deliveries SET due_at = $1, attempts = attempts + 1 WHERE seq = $2");
    _Static_assert(busy_webhooks_max == 8, "the statement lists them");
    int64_t now = clock_now_us(ctx->clock);
    struct db_rows *rows = db_query(ctx->db, &due_sql,
                                    ARGS(db_int(now - secret_before_us), db_int(now), db_int(busy[0]),
                                         db_int(busy[1]), db_int(busy[2]), db_int(busy[3]), db_int(busy[4]),
                                         db_int(busy[5]), db_int(busy[6]), db_int(busy[7])));
    if (db_step(rows))
        delivery_read_row(ctx, rows, out);
    TRY(db_finish_or(rows, STATUS_NOT_FOUND));
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(now + delivery_lease_us), db_int(out->seq)));
}

enum status outbox_next_due(struct shop_ctx *ctx, int64_t *out) {
    static const struct sql sql =
        SQL("SELECT (SELECT min(due_at) FROM webhook_deliveries WHERE due_at IS NOT NULL),"
            " (SELECT min(due_at) FROM mails WHERE due_at IS NOT NULL)");
    *out = INT64_MAX;
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    while (db_step(rows))
        for (int i = 0; i < (ctx->mails->is_sent ? 2 : 1); i++) {
            struct maybe_int due = db_column_maybe_int(rows, i);
            if (due.is_set && due.value < *out)
                *out = due.value;
        }
    return db_finish(rows);
}

enum status delivery_read_interest(struct shop_ctx *ctx) {
    static const struct sql sql = SQL("SELECT types FROM webhooks WHERE is_active = 1");
    struct audience audience;
    int64_t types = 0;
    TRY(audience_read(ctx, &audience));
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    while (db_step(rows))
        types |= db_column_int(rows, 0);
    TRY(db_finish(rows));
    event_interest_set(ctx->interest, types);
    return STATUS_OK;
}

enum status delivery_put_back(struct shop_ctx *ctx, const struct delivery *d) {
    static const struct sql sql =
        SQL("UPDATE webhook_deliveries SET due_at = $1, attempts = attempts - 1"
            " WHERE seq = $2 AND attempts = $3 AND state = 'queued'");
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(d->seq), db_int(d->attempts)),
                   NULL);
}

/* Keeps since when a webhook fails, or that it does not. */
static enum status delivery_note_health(struct shop_ctx *ctx, const struct delivery *d, bool is_sent) {
    static const struct sql failing_sql =
        SQL("UPDATE webhooks SET failing_since = $1 WHERE seq = $2 AND failing_since IS NULL");
    static const struct sql healthy_sql = SQL(
        "UPDATE webhooks SET failing_since = NULL, warned_at = NULL WHERE seq = $1 AND failing_since IS NOT NULL");
    if (is_sent)
        return db_exec_deferred(ctx->db, &healthy_sql, ARGS(db_int(d->webhook)));
    return db_exec_deferred(ctx->db, &failing_sql,
                            ARGS(db_int(clock_now_us(ctx->clock)), db_int(d->webhook)));
}

enum status delivery_finish(struct shop_ctx *ctx, const struct delivery *d, const struct delivery_result *r,
                            bool *disabled) {
    static const struct sql sql =
        SQL("UPDATE webhook_deliveries SET state = $1, due_at = $2, last_status = $3, last_error = $4,"
            " answer = $5, done_at = $6 WHERE seq = $7 AND attempts = $8 AND state = 'queued'");
    int64_t now = clock_now_us(ctx->clock), changed = 0;
    bool is_sent = r->http_status >= 200 && r->http_status <= 299;
    bool goes_on = !is_sent && r->next_try_us.is_set;
    enum delivery_state state = is_sent ? DELIVERY_SENT : goes_on ? DELIVERY_QUEUED : DELIVERY_FAILED;
    struct maybe_int due = {goes_on, now + r->next_try_us.value}, done = {!goes_on, now};
    struct maybe_int status = {r->http_status != 0, r->http_status};
    *disabled = false;
    TRY(db_exec(ctx->db, &sql,
                ARGS(db_text(str_from(delivery_state_names[state])), db_maybe_int(due), db_maybe_int(status),
                     db_text(r->problem), db_text(r->answer), db_maybe_int(done), db_int(d->seq),
                     db_int(d->attempts)),
                &changed));
    if (changed == 0)
        return STATUS_OK;
    TRY(delivery_note_health(ctx, d, is_sent));
    struct webhook webhook = {.seq = d->webhook, .id = d->webhook_id, .url = d->url};
    int64_t failing_us = is_sent || d->failing_since == 0 ? 0 : now - d->failing_since;
    *disabled = r->is_gone || failing_us >= disable_after_us;
    if (!*disabled)
        return failing_us >= warn_after_us ? webhook_mail_failing(ctx, &webhook) : STATUS_OK;
    struct str reason = r->is_gone ? STR("it answered 410 Gone") : STR("it has taken nothing for five days");
    TRY(webhook_disable(ctx, d->webhook, reason));
    return webhook_mail_disabled(ctx, &webhook, reason);
}

static void delivery_view_read(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct delivery_view *out = element;
    *out = (struct delivery_view){
        .event_id = db_column_uuid(rows, 0),
        .sequence = db_column_int(rows, 1),
        .type = db_column_text(rows, 2, ctx->arena),
        .state = db_column_enum(rows, 3, delivery_state_names),
        .attempts = db_column_int(rows, 4),
        .due_at = db_column_maybe_int(rows, 5),
        .last_status = db_column_maybe_int(rows, 6),
        .last_error = db_column_text(rows, 7, ctx->arena),
        .answer = db_column_text(rows, 8, ctx->arena),
        .done_at = db_column_maybe_int(rows, 9),
        .created_at = db_column_int(rows, 10),
    };
}

enum status delivery_list(struct shop_ctx *ctx, const struct uuid *webhook, int64_t limit, int64_t offset,
                          struct list *out, int64_t *total) {
    static const struct sql count_sql =
        SQL("SELECT count(*) FROM (SELECT seq FROM webhook_deliveries WHERE webhook = $1 LIMIT $2) AS d");
    static const struct sql sql = SQL(
        "SELECT e.id, e.seq, e.type, d.state, d.attempts, d.due_at, d.last_status, d.last_error, d.answer,"
        " d.done_at, e.created_at FROM webhook_deliveries AS d JOIN events AS e ON e.seq = d.event"
        " WHERE d.webhook = $1 ORDER BY d.event DESC LIMIT $2 OFFSET $3");
    struct webhook owner;
    TRY(webhook_get(ctx, webhook, &owner));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(owner.seq), db_int(limit), db_int(offset)));
    TRY(row_list_read(ctx, rows, delivery_view_read, sizeof(struct delivery_view), limit, out));
    return db_get_int(ctx->db, &count_sql, ARGS(db_int(owner.seq), db_int(deliveries_counted_max)), total);
}
