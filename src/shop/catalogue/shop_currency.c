#include "shop/catalogue/shop_currency.h"

#include "shop/staff/audit_log.h"

#include <string.h>

enum status shop_currency_load(struct shop_ctx *ctx, char out[static shop_currency_size]) {
    static const struct sql sql = SQL("SELECT value FROM settings WHERE name = 'currency'");
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    size_t size = 0;
    if (db_step(rows)) {
        struct str code = db_column_bytes(rows, 0);
        size = code.size;
        if (size == shop_currency_size - 1)
            memcpy(out, code.data, size);
    }
    out[shop_currency_size - 1] = '\0';
    TRY(db_finish(rows));
    return size == shop_currency_size - 1 ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status shop_currency_begin(struct shop_ctx *ctx, const char *code, char out[static shop_currency_size]) {
    static const struct sql sql =
        SQL("INSERT INTO settings VALUES ('currency', $1) ON CONFLICT (name) DO NOTHING");
    TRY(db_exec(ctx->db, &sql, ARGS(db_blob(str_from(code))), NULL));
    return shop_currency_load(ctx, out);
}

enum status shop_currency_change(struct shop_ctx *ctx, const char *before, const char *code) {
    static const struct sql sql = SQL("UPDATE settings SET value = $1 WHERE name = 'currency'");
    struct change_list changes = change_list_new(ctx->arena);
    TRY(db_exec(ctx->db, &sql, ARGS(db_blob(str_from(code))), NULL));
    change_list_put(&changes, "currency", str_from(before), str_from(code));
    return audit_log_add_system(ctx, "till serve --currency", NULL, &changes);
}
