/* The catalogue as CSV for the staff, page by page: a page is bounded, and a million products are not. */
#include "api/endpoint.h"
#include "api/page.h"
#include "shop/catalogue/product_csv.h"

struct export_products_query {
    int64_t limit;
    struct maybe_int cursor;
    struct maybe_bool for_spreadsheet;
};
static const struct field query_fields[] = {
    INT_FIELD(struct export_products_query, limit, BETWEEN(1, page_limit_max), DEFAULT(page_limit_max),
              .doc = "How many products at most"),
    MAYBE_INT_FIELD(struct export_products_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "X-Next-Cursor of the page before"),
    MAYBE_BOOL_FIELD(struct export_products_query, for_spreadsheet, .may_be_empty = true,
                     .doc = "true: so that Excel opens it as UTF-8 and runs no text as a formula"),
};
static const struct model query_model =
    MODEL("ProductsExportQuery", struct export_products_query, query_fields);

/* The head is in the first page alone, so that the pages put together are one file. */
static enum status export_products(struct call *call) {
    const struct export_products_query *query = call->query;
    bool is_guarded = query->for_spreadsheet.value;
    int64_t seq = query->cursor.is_set ? query->cursor.value : 0;
    struct buf text = buf_new(call->ctx.arena);
    struct list products;
    TRY(product_walk(&call->ctx, &seq, query->limit, &products));
    const struct product *product = products.data;
    if (!query->cursor.is_set)
        buf_put_text(&text, is_guarded ? PRODUCT_CSV_MARK PRODUCT_CSV_HEAD : PRODUCT_CSV_HEAD);
    for (size_t i = 0; i < products.count; i++) {
        (is_guarded ? product_put_guarded_csv : product_put_csv)(&text, &product[i]);
        buf_put_text(&text, PRODUCT_CSV_END);
    }
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    TRY(call_cursor(call, (int64_t)products.count == query->limit ? seq : 0));
    call_header(call, STR("content-disposition"), STR("attachment; filename=\"products.csv\""));
    call_text(call, STR("text/csv; charset=utf-8"), buf_str(&text));
    return STATUS_OK;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/export.csv",
        .summary = "Export products as CSV",
        .doc =
            "What shoppers see, oldest first, as `till export` writes it and an import takes it again. A page has up to 500 "
            "products: send X-Next-Cursor as `cursor` for the next one, which has no head, until there is none.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_READ,
        .lane = LANE_SEARCH,
        .query = &query_model,
        .reply_header = {"X-Next-Cursor", "The `cursor` of the next page"},
        .handle = export_products,
    },
};

const struct endpoint_group product_export_endpoints = {
    .tag = "products",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
