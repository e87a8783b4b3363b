#include "cli/catalogue_file.h"

#include "cli/product_rows.h"

#include <stdio.h>

static enum status add_row(struct tx *tx, struct search_bulk *bulk, const struct json *row, size_t number,
                           char *why) {
    struct product given = {0}, added;
    struct errors errors = errors_new(tx->arena);
    enum status s = model_decode(&product_row, SOURCE_BODY, row, &given, tx->arena, &errors);
    if (s == STATUS_INVALID)
        snprintf(why, catalogue_why_size, "product %zu: %.*s", number, (int)errors.text.size, errors.text.at);
    if (s == STATUS_OK)
        s = product_import(tx, bulk, &given, &added);
    if (s == STATUS_PRODUCT_EXISTS)
        snprintf(why, catalogue_why_size, "product %zu: its id is taken", number);
    return s;
}

enum status catalogue_read_json(struct tx *tx, struct str text, size_t *count,
                                char why[static catalogue_why_size]) {
    struct json *rows;
    struct json_error error;
    *count = 0;
    why[0] = '\0';
    enum status s = json_read(tx->arena, text, &rows, &error);
    if (s == STATUS_INVALID)
        snprintf(why, catalogue_why_size, "not JSON: %s, character %zu", error.reason, error.at);
    if (s != STATUS_OK)
        return s;
    if (rows->kind != JSON_ARRAY) {
        snprintf(why, catalogue_why_size, "not a JSON array of products");
        return STATUS_INVALID;
    }
    struct search_bulk bulk;
    search_bulk_begin(&bulk, 0, NULL);
    for (const struct json *row = rows->first; row && s == STATUS_OK; row = row->next)
        s = add_row(tx, &bulk, row, ++*count, why);
    if (s == STATUS_OK)
        s = search_bulk_flush(&bulk, tx);
    search_bulk_end(&bulk);
    return s;
}
