/* The same tables write JSON for the database and for clients, and read back what was written. So every field that may be absent
 * takes null, and a text has no bound: what was written once is read, also by a later version.
 *
 *     POST /admin/imports ──> ImportOptions ──JSON──> imports.options ──> the importer
 *     the importer ─────────> ImportReport ──JSON───> imports.report ───> GET /admin/imports/{import_id} */
#include "api/resources/imports/import_model.h"

enum { report_text_max = 4096 };

static const struct field option_fields[] = {
    TEXT_FIELD(struct import_options, format, .optional = true, .may_be_null = true, .example = "\"csv\""),
    TEXT_FIELD(struct import_options, from, .optional = true, .may_be_null = true, .example = "\"shopify\""),
    TEXT_FIELD(struct import_options, prices, .optional = true, .may_be_null = true, .example = "\"minor\""),
    TEXT_FIELD(struct import_options, stock, .optional = true, .may_be_null = true, .example = "\"keep\""),
    TEXT_FIELD(struct import_options, key, .optional = true, .may_be_null = true, .example = "\"sku\""),
    MAYBE_INT_FIELD(struct import_options, untracked_stock, .may_be_null = true, .example = "1000"),
    MAYBE_BOOL_FIELD(struct import_options, update, .may_be_null = true, .example = "true"),
    MAYBE_BOOL_FIELD(struct import_options, from_spreadsheet, .may_be_null = true, .example = "false"),
};
const struct model import_options_model = MODEL("ImportOptions", struct import_options, option_fields);

static const struct field bad_row_fields[] = {
    MAYBE_INT_FIELD(struct import_bad_row, line, .may_be_null = true,
                    .doc = "In the file; null: the whole file", .example = "17"),
    TEXT_FIELD(struct import_bad_row, error,
               .example = "\"price: Input should be greater than or equal to 0\""),
};
static const struct model bad_row_model = MODEL("ImportBadRow", struct import_bad_row, bad_row_fields);

static const struct field count_fields[] = {
    TEXT_FIELD(struct import_count, kind, .example = "\"further images\""),
    INT_FIELD(struct import_count, count, .doc = "How often", .example = "12"),
};
static const struct model count_model = MODEL("ImportCount", struct import_count, count_fields);

static const struct field report_fields[] = {
    TEXT_FIELD(struct import_report, error, .optional = true, .may_be_null = true,
               .doc = "Why it failed; null if it did not, or for its rows alone"),
    TEXT_FIELD(struct import_report, source, .optional = true, .may_be_null = true,
               .doc = "The system whose product file it is", .example = "\"Shopify\""),
    INT_FIELD(struct import_report, rows, .doc = "Products in the file, as far as it was read",
              .example = "120"),
    INT_FIELD(struct import_report, added, .doc = "New products; of a check: that would be added",
              .example = "100"),
    INT_FIELD(struct import_report, changed, .doc = "Of an update: products that differ", .example = "15"),
    INT_FIELD(struct import_report, unchanged, .example = "5"),
    INT_FIELD(struct import_report, removed, .doc = "That were removed in the shop, and stay so",
              .example = "0"),
    INT_FIELD(struct import_report, other_stock,
              .doc = "That have another stock in the shop, which stays unless `stock` is `set`",
              .example = "3"),
    INT_FIELD(struct import_report, bad_count, .doc = "Bad rows that were found, at most 20", .example = "0"),
    LIST_FIELD(struct import_report, bad_rows, .item = KIND_MODEL, .of = &bad_row_model),
    LIST_FIELD(struct import_report, unknown_columns, .item = KIND_TEXT, ITEM_LENGTH(0, report_text_max),
               .doc = "Columns that are none of a product's, and are left out", .example = "[\"Colour\"]"),
    LIST_FIELD(struct import_report, left_out, .item = KIND_MODEL, .of = &count_model,
               .doc = "What another system's file has beside products, by its kind"),
    LIST_FIELD(struct import_report, converted, .item = KIND_MODEL, .of = &count_model,
               .doc = "What was brought over in another form, by its kind"),
};
const struct model import_report_model = MODEL("ImportReport", struct import_report, report_fields);

struct str import_json_write(struct arena *arena, const struct model *model, const void *in) {
    struct buf text = buf_new(arena);
    model_encode(model, in, 0, &text);
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

enum status import_json_read(struct arena *arena, const struct model *model, struct str text, void *out) {
    struct json *value;
    struct json_error json_error;
    struct errors errors = errors_new(arena);
    enum status s = json_read(arena, text, &value, &json_error);
    if (s == STATUS_OK)
        s = model_decode(model, SOURCE_BODY, value, out, arena, &errors);
    return s == STATUS_INVALID ? STATUS_FAULT : s;
}
