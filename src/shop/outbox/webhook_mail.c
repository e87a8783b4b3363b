#include "shop/outbox/webhook_mail.h"

#include "base/buf.h"
#include "shop/outbox/staff_mail.h"

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
    struct str name = webhook_mail_name(ctx->arena, w);
    struct mail mail = {.kind = MAIL_WEBHOOK_FAILING,
                        .values = {{"webhook", name}, {"state", state}, {"reason", reason}}};
    return name.data ? staff_mail_queue(ctx, &mail) : STATUS_NO_MEMORY;
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
