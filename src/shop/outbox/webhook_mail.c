#include "shop/outbox/webhook_mail.h"

#include "base/buf.h"
#include "shop/outbox/mail.h"

enum { receivers_max = 20 };

static enum status webhook_mail_receivers(struct shop_ctx *ctx, struct str receivers[static receivers_max],
                                          size_t *count) {
    static const struct sql sql =
        SQL("SELECT email FROM staff WHERE status = 'active'"
            " AND role IN ('owner', 'manager') ORDER BY seq LIMIT $1");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(receivers_max)));
    *count = 0;
    while (db_step(rows))
        receivers[(*count)++] = db_column_text(rows, 0, ctx->arena);
    return db_finish(rows);
}

/* Names a webhook by its host and its id: the rest of its URL may be a secret. */
static struct str webhook_mail_name(struct arena *arena, const struct webhook *w) {
    char id[uuid_text_size];
    struct buf name = buf_new(arena);
    struct str rest = w->url, scheme = str_cut(&rest, '/');
    (void)scheme;
    str_cut(&rest, '/');
    uuid_format(&w->id, id);
    buf_put(&name, str_cut(&rest, '/'));
    buf_put(&name, STR(", "));
    buf_put(&name, (struct str){id, sizeof id});
    return buf_ok(&name) ? buf_str(&name) : (struct str){0};
}

static enum status webhook_mail_write(struct shop_ctx *ctx, const struct webhook *w, struct str state,
                                      struct str reason) {
    struct str receivers[receivers_max], name = webhook_mail_name(ctx->arena, w);
    size_t count;
    TRY(webhook_mail_receivers(ctx, receivers, &count));
    if (!name.data)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct mail mail = {.kind = MAIL_WEBHOOK_FAILING,
                            .to = receivers[i],
                            .values = {{"webhook", name}, {"state", state}, {"reason", reason}}};
        TRY(mail_queue(ctx, &mail));
    }
    return STATUS_OK;
}

enum status webhook_mail_failing(struct shop_ctx *ctx, const struct webhook *w) {
    static const struct sql sql =
        SQL("UPDATE webhooks SET warned_at = $1 WHERE seq = $2 AND is_active = 1 AND warned_at IS NULL");
    int64_t changed = 0;
    TRY(db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(w->seq)), &changed));
    return changed ? webhook_mail_write(ctx, w, STR("fails"), STR("it has taken nothing for a day"))
                   : STATUS_OK;
}

enum status webhook_mail_disabled(struct shop_ctx *ctx, const struct webhook *w, struct str reason) {
    return webhook_mail_write(ctx, w, STR("was switched off"), reason);
}
