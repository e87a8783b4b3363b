#include "shop/checkout/tax.h"

#define RATE_COLUMNS "id, country, region, class, name, rate_e5, created_at"

static void tax_rate_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct tax_rate *out) {
    *out = (struct tax_rate){
        .id = db_column_uuid(rows, 0),
        .country = db_column_text(rows, 1, ctx->arena),
        .region = db_column_text(rows, 2, ctx->arena),
        .class = db_column_text(rows, 3, ctx->arena),
        .name = db_column_text(rows, 4, ctx->arena),
        .rate_e5 = db_column_int(rows, 5),
        .created_at = db_column_int(rows, 6),
    };
}

/* Most countries have a few rates, so the array grows by one. */
enum status tax_rate_list(struct shop_ctx *ctx, struct str country, struct list *out) {
    static const struct sql sql = SQL("SELECT " RATE_COLUMNS
                                      " FROM tax_rates WHERE country BETWEEN $1 AND $2"
                                      " ORDER BY country, region, class LIMIT $3");
    struct tax_rate *rates = NULL;
    size_t count = 0, size = sizeof *rates;
    bool has_room = true;
    struct db_rows *rows = db_query(ctx->db, &sql,
                                    ARGS(db_text(country.data ? country : STR("AA")),
                                         db_text(country.data ? country : STR("ZZ")), db_int(tax_rates_max)));
    while (has_room && db_step(rows)) {
        struct tax_rate *grown = arena_grow(ctx->arena, rates, count * size, (count + 1) * size);
        has_room = grown != NULL;
        if (has_room) {
            rates = grown;
            tax_rate_read_row(ctx, rows, &rates[count++]);
        }
    }
    *out = (struct list){rates, count};
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}

enum status tax_rate_get(struct shop_ctx *ctx, const struct uuid *id, struct tax_rate *out) {
    static const struct sql sql = SQL("SELECT " RATE_COLUMNS " FROM tax_rates WHERE id = $1");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        tax_rate_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_TAX_RATE_NOT_FOUND);
}

/* Looks for another rate of the same country, region and class first: after a failed statement PostgreSQL could not go on.
 * Of two that are added at the same moment one fails with STATUS_CONFLICT, which is 409 as well. */
static enum status tax_rate_check_unique(struct shop_ctx *ctx, const struct tax_rate *rate) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM tax_rates WHERE country = $1 AND region = $2"
            " AND class = $3 AND id <> $4");
    int64_t others = 0;
    TRY(db_get_int(
        ctx->db, &sql,
        ARGS(db_text(rate->country), db_text(rate->region), db_text(rate->class), db_uuid(&rate->id)),
        &others));
    return others ? STATUS_TAX_RATE_EXISTS : STATUS_OK;
}

enum status tax_rate_add(struct shop_ctx *ctx, struct tax_rate *rate) {
    static const struct sql sql = SQL("INSERT INTO tax_rates (" RATE_COLUMNS
                                      ") SELECT $1, $2, $3, $4, $5, $6, $7"
                                      " WHERE (SELECT count(*) FROM tax_rates) < $8");
    ctx->changes |= TOPIC_SETTINGS;
    rate->id = uuid_new(ctx->clock, ctx->random);
    rate->created_at = clock_now_us(ctx->clock);
    TRY(tax_rate_check_unique(ctx, rate));
    return db_exec_or(ctx->db, &sql,
                      ARGS(db_uuid(&rate->id), db_text(rate->country), db_text(rate->region),
                           db_text(rate->class), db_text(rate->name), db_int(rate->rate_e5),
                           db_int(rate->created_at), db_int(tax_rates_max)),
                      STATUS_TAX_RATES_FULL);
}

enum status tax_rate_replace(struct shop_ctx *ctx, const struct tax_rate *rate) {
    static const struct sql sql =
        SQL("UPDATE tax_rates SET country = $1, region = $2, class = $3, name = $4,"
            " rate_e5 = $5 WHERE id = $6");
    ctx->changes |= TOPIC_SETTINGS;
    TRY(tax_rate_check_unique(ctx, rate));
    return db_exec_or(ctx->db, &sql,
                      ARGS(db_text(rate->country), db_text(rate->region), db_text(rate->class),
                           db_text(rate->name), db_int(rate->rate_e5), db_uuid(&rate->id)),
                      STATUS_TAX_RATE_NOT_FOUND);
}

enum status tax_rate_delete(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql sql = SQL("DELETE FROM tax_rates WHERE id = $1");
    ctx->changes |= TOPIC_SETTINGS;
    return db_exec_or(ctx->db, &sql, ARGS(db_uuid(id)), STATUS_TAX_RATE_NOT_FOUND);
}

const struct tax_rate *tax_rate_find(const struct list *rates, struct str region, struct str class) {
    const struct tax_rate *rate = rates->data, *everywhere = NULL;
    for (size_t i = 0; i < rates->count; i++) {
        if (!str_equal(rate[i].class, class))
            continue;
        if (rate[i].region.size == 0)
            everywhere = &rate[i];
        else if (region.data && str_equal_nocase(rate[i].region, region))
            return &rate[i];
    }
    return everywhere;
}
