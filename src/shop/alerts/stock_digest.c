#include "shop/alerts/stock_digest.h"

#include "base/buf.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/outbox/staff_mail.h"
#include "shop/settings.h"

#define hour_us (INT64_C(3600) * 1000000)
#define day_us (24 * hour_us)
#define digest_hour_us (6 * hour_us) /* of the day, in UTC */

enum { digest_products_max = 1000, digest_lines_max = 50 };

enum status stock_digest_note(struct shop_ctx *ctx, const struct uuid *product) {
    static const struct sql sql =
        SQL("INSERT INTO low_stock (product, fell_at) SELECT seq, $1 FROM products"
            " WHERE id = $2 AND is_active = 1 ON CONFLICT (product) DO NOTHING");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_uuid(product)));
}

/* The products whose rows it takes away, by their numbers. */
static enum status stock_digest_take(struct shop_ctx *ctx, int64_t products[static digest_products_max],
                                     size_t *count) {
    static const struct sql sql =
        SQL("DELETE FROM low_stock WHERE product IN (SELECT product FROM low_stock ORDER BY product LIMIT $1)"
            " RETURNING product");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(digest_products_max)));
    *count = 0;
    while (*count < digest_products_max && db_step(rows))
        products[(*count)++] = db_column_int(rows, 0);
    return db_finish(rows);
}

/* `Desk lamp: 2 left`, a line each, of those that are still low; `named` counts them all. */
static enum status stock_digest_list(struct shop_ctx *ctx, const int64_t *products, size_t count,
                                     int64_t low_at, struct buf *lines, int64_t *named) {
    static const struct sql sql =
        SQL("SELECT name, stock_quantity FROM products"
            " WHERE seq = $1 AND is_active = 1 AND stock_quantity <= $2");
    *named = 0;
    for (size_t i = 0; i < count; i++) {
        struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(products[i]), db_int(low_at)));
        if (db_step(rows) && ++*named <= digest_lines_max) {
            buf_put_text(lines, *named > 1 ? "\n" : "");
            buf_put(lines, db_column_text(rows, 0, ctx->arena));
            buf_put_text(lines, ": ");
            buf_put_int(lines, db_column_int(rows, 1));
            buf_put_text(lines, " left");
        }
        TRY(db_finish(rows));
    }
    if (*named > digest_lines_max)
        buf_printf(lines, "\nand %lld more", (long long)(*named - digest_lines_max));
    return STATUS_OK;
}

static enum status stock_digest_write(struct shop_ctx *ctx, int64_t low_at) {
    struct buf lines = buf_new(ctx->arena), count_text = buf_new(ctx->arena);
    int64_t *products = arena_array(ctx->arena, digest_products_max, sizeof *products), named = 0;
    size_t count = 0;
    if (!products)
        return STATUS_NO_MEMORY;
    TRY(stock_digest_take(ctx, products, &count));
    TRY(stock_digest_list(ctx, products, count, low_at, &lines, &named));
    if (named == 0)
        return STATUS_OK;
    buf_printf(&count_text, named == 1 ? "1 product is" : "%lld products are", (long long)named);
    if (!buf_ok(&lines) || !buf_ok(&count_text))
        return STATUS_NO_MEMORY;
    struct mail mail = {.kind = MAIL_LOW_STOCK,
                        .values = {{"products", buf_str(&lines)}, {"count", buf_str(&count_text)}}};
    return staff_mail_queue(ctx, &mail);
}

enum status stock_digest_run(struct shop_ctx *ctx) {
    static const struct sql any_sql = SQL("SELECT 1 FROM low_stock LIMIT 1");
    struct checkout_settings settings;
    int64_t now = clock_now_us(ctx->clock), any = 0;
    bool claimed = false;
    TRY(db_get_int(ctx->db, &any_sql, NO_ARGS, &any)); /* stays 0 if no row matched */
    if (!any)
        return STATUS_OK;
    int64_t begins = (now - digest_hour_us) / day_us * day_us + digest_hour_us;
    TRY(round_claim(ctx, ROUND_STOCK_DIGEST, begins - 1, &claimed));
    if (!claimed)
        return STATUS_OK;
    TRY(checkout_settings_get(ctx, &settings));
    bool is_wanted = checkout_settings_mail(&settings, MAIL_LOW_STOCK);
    return stock_digest_write(ctx, is_wanted ? settings.low_at : -1); /* -1: no product is that low */
}
