#include "cli/shop/shop_change.h"

static enum status shop_change_try(struct shop_ctx *ctx, const struct shop_change *change) {
    struct change_list changes = change_list_new(ctx->arena);
    TRY(db_begin(ctx->db, true));
    TRY(change->run(ctx, change->context, &changes));
    TRY(audit_log_add_system(ctx, change->action, change->target, &changes));
    return db_commit(ctx->db);
}

/* On PostgreSQL another change at the same moment may be in the way. */
enum status shop_change_run(struct shop_ctx *ctx, const struct shop_change *change) {
    enum { tries_max = 5 };
    enum status s = STATUS_RETRY;
    for (int i = 0; i < tries_max && s == STATUS_RETRY; i++) {
        s = shop_change_try(ctx, change);
        if (s != STATUS_OK)
            db_rollback(ctx->db);
    }
    return s;
}
