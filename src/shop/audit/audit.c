/* The audit's frame: its list of checks, the report of a breach, and reading large tables in windows. */
#include "shop/audit/checks.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    line_size = 256,
    window = 1 << 20, /* rows at a time: 16 or 24 MiB of items; a larger table is read in several windows */
};

void audit_breach(struct auditor *a, const char *format, ...) {
    char line[line_size];
    va_list args;
    if (a->out->breaches++ >= audit_lines_max)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    line_clean(line);
    a->report(a->context, line);
}

const char *audit_id(const struct uuid *id, char out[static audit_id_size]) {
    uuid_format(id, out);
    out[uuid_text_size] = '\0';
    return out;
}

/* Writes a column as its kind says, and returns the size. */
static size_t audit_put_column(struct db_rows *rows, int column, char kind, char *out, size_t room) {
    char id[audit_id_size];
    if (kind == 'd')
        return (size_t)snprintf(out, room, "%" PRId64, db_column_int(rows, column));
    struct uuid uuid = kind == 'u' ? db_column_uuid(rows, column) : (struct uuid){0};
    struct str text = kind == 'u' ? str_from(audit_id(&uuid, id)) : db_column_bytes(rows, column);
    return (size_t)snprintf(out, room, "%.*s", (int)text.size, text.data);
}

enum status audit_report_rows(struct auditor *a, const struct audit_rule *rule) {
    char line[line_size];
    struct db_rows *rows = db_query(a->ctx->db, &rule->sql, NO_ARGS);
    while (db_step(rows)) {
        size_t size = 0;
        int column = 0;
        for (const char *c = rule->line; *c && size < sizeof line - 1; c++)
            if (*c == '%')
                size += audit_put_column(rows, column++, *++c, line + size, sizeof line - size);
            else
                line[size++] = *c;
        audit_breach(a, "%.*s", (int)(size < sizeof line ? size : sizeof line - 1), line);
    }
    return db_finish(rows);
}

uint64_t audit_hash(uint64_t seed, uint64_t value) {
    uint64_t x = seed * 0x9E3779B97F4A7C15u + value + 0x632BE59BD9B4E019u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

uint64_t audit_hash_text(struct str text) {
    uint64_t hash = text.size;
    for (size_t i = 0; i < text.size; i++)
        hash = audit_hash(hash, (unsigned char)text.data[i]);
    return hash;
}

enum status audit_windows(struct auditor *a, const struct sql *last_sql, size_t item_size,
                          audit_window_check *check) {
    int64_t last = 0;
    enum status s = db_get_int(a->ctx->db, last_sql, NO_ARGS, &last);
    for (int64_t first = 1; first <= last && s == STATUS_OK; first += window) {
        int64_t size = last - first + 1 < window ? last - first + 1 : window;
        void *items = arena_array(a->ctx->arena, (size_t)size, item_size);
        s = items ? check(a, first, first + size, items) : STATUS_NO_MEMORY;
        arena_reset(a->ctx->arena);
    }
    return s;
}

enum status audit_run(struct shop_ctx *ctx, audit_report *report, void *context, struct audit *out) {
    static enum status (*const checks[])(struct auditor *) = {
        audit_products, audit_categories,     audit_synonyms,     audit_spellings, audit_carts,
        audit_orders,   audit_order_products, audit_order_totals, audit_payments,  audit_fulfillments,
        audit_media,    audit_imports,        audit_daily_totals};
    struct auditor auditor = {.ctx = ctx, .report = report, .context = context, .out = out};
    enum status s = STATUS_OK;
    *out = (struct audit){0};
    for (size_t i = 0; i < sizeof checks / sizeof *checks && s == STATUS_OK; i++)
        s = checks[i](&auditor);
    return s;
}
