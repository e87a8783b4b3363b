#include "shop/checkout/shipping.h"

#include "base/buf.h"

#define METHOD_COLUMNS                                                                                       \
    "name, description, position, countries, basis, tiers, free_from, min_days, max_days, is_active, id,"    \
    " created_at"

struct str shipping_tiers_format(struct arena *arena, const struct list *tiers) {
    const struct shipping_tier *tier = tiers->data;
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < tiers->count; i++) {
        buf_put_text(&text, i ? "," : "");
        buf_put_int(&text, tier[i].from);
        buf_put_char(&text, ':');
        buf_put_int(&text, tier[i].price);
    }
    return buf_str(&text);
}

/* Reads what shipping_tiers_format has written. STATUS_FAULT for anything else. */
static enum status shipping_tiers_read(struct arena *arena, struct str text, struct list *out) {
    struct shipping_tier *tiers = arena_array(arena, shipping_tiers_max, sizeof *tiers);
    size_t count = 0;
    if (!tiers)
        return STATUS_NO_MEMORY;
    for (; text.size > 0; count++) {
        struct str price = str_cut(&text, ','), from = str_cut(&price, ':');
        if (count == shipping_tiers_max || !str_to_int(from, money_max, &tiers[count].from) ||
            !str_to_int(price, money_max, &tiers[count].price))
            return STATUS_FAULT;
    }
    *out = (struct list){tiers, count};
    return STATUS_OK;
}

static enum status shipping_method_read_row(struct shop_ctx *ctx, struct db_rows *rows,
                                            struct shipping_method *out) {
    *out = (struct shipping_method){
        .name = db_column_text(rows, 0, ctx->arena),
        .description = db_column_text(rows, 1, ctx->arena),
        .position = db_column_int(rows, 2),
        .countries = db_column_text(rows, 3, ctx->arena),
        .basis = db_column_enum(rows, 4, shipping_basis_names),
        .free_from = db_column_maybe_int(rows, 6),
        .min_days = db_column_maybe_int(rows, 7),
        .max_days = db_column_maybe_int(rows, 8),
        .is_active = {true, db_column_int(rows, 9) != 0},
        .id = db_column_uuid(rows, 10),
        .created_at = db_column_int(rows, 11),
    };
    return shipping_tiers_read(ctx->arena, db_column_bytes(rows, 5), &out->tiers);
}

enum status shipping_method_list(struct shop_ctx *ctx, bool only_active, struct list *out) {
    static const struct sql sql = SQL("SELECT " METHOD_COLUMNS
                                      " FROM shipping_methods WHERE is_active >= $1"
                                      " ORDER BY position, seq LIMIT $2");
    struct shipping_method *methods = arena_array(ctx->arena, shipping_methods_max, sizeof *methods);
    size_t count = 0;
    enum status s = STATUS_OK;
    if (!methods)
        return STATUS_NO_MEMORY;
    struct db_rows *rows =
        db_query(ctx->db, &sql, ARGS(db_int(only_active ? 1 : 0), db_int(shipping_methods_max)));
    while (s == STATUS_OK && db_step(rows))
        s = shipping_method_read_row(ctx, rows, &methods[count++]);
    *out = (struct list){methods, count};
    enum status end = db_finish(rows);
    return s == STATUS_OK ? end : s;
}

enum status shipping_method_get(struct shop_ctx *ctx, const struct uuid *id, struct shipping_method *out) {
    static const struct sql sql = SQL("SELECT " METHOD_COLUMNS " FROM shipping_methods WHERE id = $1");
    enum status s = STATUS_OK;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        s = shipping_method_read_row(ctx, rows, out);
    enum status end = db_finish_or(rows, STATUS_SHIPPING_METHOD_NOT_FOUND);
    return s == STATUS_OK ? end : s;
}

/* The values of a method in the order of METHOD_COLUMNS, but for its time. */
#define METHOD_VALUES(method, tiers)                                                                         \
    db_text((method)->name), db_text((method)->description), db_int((method)->position),                     \
        db_text((method)->countries), db_text(str_from(shipping_basis_names[(method)->basis])),              \
        db_text(tiers), db_maybe_int((method)->free_from), db_maybe_int((method)->min_days),                 \
        db_maybe_int((method)->max_days), db_int((method)->is_active.value), db_uuid(&(method)->id)

enum status shipping_method_add(struct shop_ctx *ctx, struct shipping_method *method) {
    static const struct sql sql = SQL("INSERT INTO shipping_methods (" METHOD_COLUMNS
                                      ") SELECT $1, $2, $3, $4, $5, $6, CAST($7 AS bigint),"
                                      " CAST($8 AS bigint), CAST($9 AS bigint), $10, $11, $12"
                                      " WHERE (SELECT count(*) FROM shipping_methods) < $13");
    struct str tiers = shipping_tiers_format(ctx->arena, &method->tiers);
    ctx->changes |= TOPIC_SETTINGS;
    method->id = uuid_new(ctx->clock, ctx->random);
    method->created_at = clock_now_us(ctx->clock);
    if (!tiers.data)
        return STATUS_NO_MEMORY;
    return db_exec_or(
        ctx->db, &sql,
        ARGS(METHOD_VALUES(method, tiers), db_int(method->created_at), db_int(shipping_methods_max)),
        STATUS_SHIPPING_METHODS_FULL);
}

enum status shipping_method_replace(struct shop_ctx *ctx, const struct shipping_method *method) {
    static const struct sql sql = SQL(
        "UPDATE shipping_methods SET name = $1, description = $2, position = $3, countries = $4, basis = $5,"
        " tiers = $6, free_from = $7, min_days = $8, max_days = $9, is_active = $10 WHERE id = $11");
    struct str tiers = shipping_tiers_format(ctx->arena, &method->tiers);
    ctx->changes |= TOPIC_SETTINGS;
    if (!tiers.data)
        return STATUS_NO_MEMORY;
    return db_exec_or(ctx->db, &sql, ARGS(METHOD_VALUES(method, tiers)), STATUS_SHIPPING_METHOD_NOT_FOUND);
}

enum status shipping_method_delete(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql sql = SQL("DELETE FROM shipping_methods WHERE id = $1");
    ctx->changes |= TOPIC_SETTINGS;
    return db_exec_or(ctx->db, &sql, ARGS(db_uuid(id)), STATUS_SHIPPING_METHOD_NOT_FOUND);
}

bool shipping_method_serves(const struct shipping_method *method, const struct country *country) {
    struct country_set set;
    return country_set_read(method->countries, &set) && country_set_has(&set, country);
}
