#include "files/catalogue_file.h"

#include "files/rows.h"

#include <stdio.h>

static enum status add_row(struct shop_ctx *ctx, struct bulk_index *bulk, struct json *row, size_t number,
                           char *error) {
    struct product given = {0}, added;
    struct errors errors = errors_new(ctx->arena);
    enum status s = product_row_decode(row, &given, ctx->arena, &errors);
    if (s == STATUS_INVALID)
        snprintf(error, catalogue_error_size, "product %zu: %.*s", number, (int)errors.text.size,
                 errors.text.data);
    if (s == STATUS_OK)
        s = product_add_bulk(ctx, bulk, &given, &added);
    if (s == STATUS_PRODUCT_EXISTS)
        snprintf(error, catalogue_error_size, "product %zu: its id is taken", number);
    return s;
}

enum status catalogue_read_json(struct shop_ctx *ctx, struct str text, size_t *count,
                                char error[static catalogue_error_size]) {
    struct json *rows;
    struct json_error json_error;
    *count = 0;
    error[0] = '\0';
    enum status s = json_read(ctx->arena, text, &rows, &json_error);
    if (s == STATUS_INVALID)
        snprintf(error, catalogue_error_size, "not JSON: %s, character %zu", json_error.reason,
                 json_error.position);
    if (s != STATUS_OK)
        return s;
    if (rows->kind != JSON_ARRAY) {
        snprintf(error, catalogue_error_size, "not a JSON array of products");
        return STATUS_INVALID;
    }
    struct bulk_index bulk;
    bulk_index_begin(&bulk, NULL);
    for (struct json *row = rows->first; row && s == STATUS_OK; row = row->next)
        s = add_row(ctx, &bulk, row, ++*count, error);
    if (s == STATUS_OK)
        s = bulk_index_flush(&bulk, ctx);
    bulk_index_end(&bulk);
    return s;
}
