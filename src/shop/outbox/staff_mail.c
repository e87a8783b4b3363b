#include "shop/outbox/staff_mail.h"

enum { receivers_max = 20 };

enum status staff_mail_queue(struct shop_ctx *ctx, const struct mail *mail) {
    static const struct sql sql =
        SQL("SELECT email FROM staff WHERE status = 'active' AND role IN ('owner', 'manager')"
            " ORDER BY seq LIMIT $1");
    static const struct sql shop_sql =
        SQL("SELECT value FROM settings WHERE name = 'shop.email' AND value <> ''");
    struct str receivers[receivers_max];
    size_t count = 0;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(receivers_max)));
    while (db_step(rows))
        receivers[count++] = db_column_text(rows, 0, ctx->arena);
    TRY(db_finish(rows));
    if (count == 0) {
        rows = db_query(ctx->db, &shop_sql, NO_ARGS);
        if (db_step(rows))
            receivers[count++] = db_column_text(rows, 0, ctx->arena);
        TRY(db_finish(rows));
    }
    for (size_t i = 0; i < count; i++) {
        struct mail own = *mail;
        own.to = receivers[i];
        TRY(mail_queue(ctx, &own));
    }
    return STATUS_OK;
}
