/* The endpoints of the search. Their rows must come before /products/{product_id}, which matches their paths, too. */
#include "api/endpoint.h"
#include "api/resources/product_model.h"
#include "shop/search/facets.h"
#include "shop/suggest/suggest.h"

const char *const sort_names[] = {[SORT_RELEVANCE] = "relevance",
                                  [SORT_PRICE_ASC] = "price_asc",
                                  [SORT_PRICE_DESC] = "price_desc",
                                  [SORT_NAME_ASC] = "name_asc",
                                  [SORT_NAME_DESC] = "name_desc",
                                  [SORT_NEWEST] = "newest",
                                  NULL};

enum { offset_max = 10000 }; /* bounds the memory and time of a deep page: see shop/search/rank.c */

#define FILTER_FIELDS                                                                                        \
    TEXT_FIELD(struct search, q, AT_MOST(200), .optional = true,                                             \
               .doc =                                                                                        \
                   "Words of the name, category or description: whole, stemmed, or their beginning; "        \
                   "spelling is forgiven",                                                                   \
               .example = "\"desk lamp\""),                                                                  \
        TEXTS_FIELD(struct search, category, AT_MOST(100),                                                   \
                    .doc = "Exactly this category; several: any of them", .example = "\"lighting\""),        \
        MAYBE_INT_FIELD(struct search, min_price, AT_LEAST(0), .doc = "In minor units, inclusive",           \
                        .example = "1000"),                                                                  \
        MAYBE_INT_FIELD(struct search, max_price, AT_LEAST(0), .doc = "In minor units, inclusive",           \
                        .example = "50000"),                                                                 \
        MAYBE_BOOL_FIELD(struct search, in_stock, .may_be_empty = true,                                      \
                         .doc = "true: what can be bought; false: what is sold out", .example = "true")

static const struct field search_fields[] = {
    FILTER_FIELDS,
    ENUM_FIELD(struct search, sort, .names = sort_names, DEFAULT(SORT_RELEVANCE),
               .doc = "Without words, relevance is newest first"),
    INT_FIELD(struct search, limit, BETWEEN(1, 500), DEFAULT(100), .doc = "How many at most"),
    INT_FIELD(struct search, offset, BETWEEN(0, offset_max), DEFAULT(0), .doc = "How many to skip"),
    INCLUDE_FIELD(struct search),
};
static const struct model search_query = MODEL("SearchQuery", struct search, search_fields);

static const struct field facet_query_fields[] = {FILTER_FIELDS};
static const struct model facets_query = MODEL("FacetsQuery", struct search, facet_query_fields);

struct suggest_query {
    struct str q;
};
static const struct field suggest_query_fields[] = {
    TEXT_FIELD(struct suggest_query, q, AT_MOST(200), .optional = true, .doc = "What has been typed so far",
               .example = "\"head\""),
};
static const struct model suggest_query = MODEL("SuggestQuery", struct suggest_query, suggest_query_fields);

static const char *const kind_names[] = {
    [SUGGESTION_WORDS] = "words", [SUGGESTION_PRODUCT] = "product", NULL};

static const struct field suggestion_fields[] = {
    TEXT_FIELD(struct suggestion, text, .doc = "To be searched for", .example = "\"headphones\""),
    ENUM_FIELD(struct suggestion, kind, .names = kind_names,
               .doc = "Words that many products have, or one product"),
    TEXT_FIELD(struct suggestion, product_id, .optional = true, .doc = "Of a product"),
};
static const struct model suggestion_read = MODEL("SuggestionRead", struct suggestion, suggestion_fields);

static const struct field price_band_fields[] = {
    INT_FIELD(struct price_band, min_price, .doc = "Inclusive, as the filter is", .example = "1000"),
    INT_FIELD(struct price_band, max_price, .doc = "Inclusive, as the filter is", .example = "2499"),
    INT_FIELD(struct price_band, product_count, .example = "12"),
};
static const struct model price_band_read = MODEL("PriceBandRead", struct price_band, price_band_fields);

static const struct field facets_fields[] = {
    INT_FIELD(struct facets, total, .doc = "Products found in all", .example = "42"),
    LIST_FIELD(struct facets, categories, .item = KIND_MODEL, .of = &category_read,
               .doc = "Of what is found, most products first"),
    LIST_FIELD(struct facets, price_bands, .item = KIND_MODEL, .of = &price_band_read,
               .doc = "Of what is found, cheapest first, at most 8; none is empty"),
};
static const struct model facets_read = MODEL("FacetsRead", struct facets, facets_fields);

/* Writes a text as a header has it: bytes past ASCII, and `%`, as percent and two digits. */
static enum status header_text(struct call *call, struct str text, struct str *out) {
    struct buf encoded = buf_new(call->ctx.arena);
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte < 0x80 && byte != '%')
            buf_put_char(&encoded, text.data[i]);
        else
            buf_printf(&encoded, "%%%02X", byte);
    }
    *out = buf_str(&encoded);
    return buf_ok(&encoded) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status search_products(struct call *call) {
    const struct search *search = call->query;
    struct search_found found;
    TRY(product_search(&call->ctx, search, &found));
    *(struct list *)call->attempt.reply = found.products;
    if (found.at_least)
        call_header(call, STR("x-total-count-relation"), STR("at-least"));
    if (found.corrected.data) {
        struct str corrected;
        TRY(header_text(call, found.corrected, &corrected));
        call_header(call, STR("x-search-correction"), corrected);
    }
    struct paging paging = {search->limit, search->offset, .count = found.products.count,
                            .total = found.total, .further = found.further};
    return call_page(call, &paging);
}

static enum status suggest_searches(struct call *call) {
    const struct suggest_query *query = call->query;
    return product_suggest(&call->ctx, query->q, call->attempt.reply);
}

static enum status count_facets(struct call *call) {
    return product_facets(&call->ctx, call->query, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/products/search",
        .summary = "Search products",
        .doc =
            "The best match comes first. If fewer than ten products have all words, in any order, those follow that "
            "have some of them: `X-Total-Count` says how many have all (if none has: how many have the most), and "
            "`X-Further-Count` how many follow. A sort other than by relevance, and the facets, leave these out. "
            "`X-Total-Count-Relation: at-least` says that there are more than `X-Total-Count`. "
            "If words that no product has were respelt, split or joined, `X-Search-Correction` says what was searched "
            "instead (`desk lamp` for `dsek lapm`); letters past ASCII are percent-encoded as UTF-8.",
        .lane = LANE_SEARCH,
        .cache = &cache_catalogue,
        .query = &search_query,
        .reply = &product_read,
        .reply_is_list = true,
        .paged = true,
        .reply_header = {"X-Search-Correction",
                         "What was searched instead, if words were corrected; percent-encoded"},
        .handle = search_products,
    },
    {
        .method = METHOD_GET,
        .path = "/products/suggest",
        .summary = "Suggest searches",
        .doc = "Up to 8 completions of what has been typed into a search box so far.",
        .lane = LANE_SEARCH,
        .cache = &cache_catalogue,
        .query = &suggest_query,
        .reply = &suggestion_read,
        .reply_is_list = true,
        .handle = suggest_searches,
    },
    {
        .method = METHOD_GET,
        .path = "/products/facets",
        .summary = "Count products by facet",
        .doc = "How what the same filters find is spread over categories and prices.",
        .lane = LANE_SEARCH,
        .cache = &cache_catalogue,
        .query = &facets_query,
        .reply = &facets_read,
        .handle = count_facets,
    },
};

const struct endpoint_group search_endpoints = {
    .tag = "products",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
