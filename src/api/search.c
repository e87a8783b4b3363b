/* The endpoints of the search: their rows stand before /products/{product_id}, which would take their paths.
 */
#include "shop/search.h"
#include "api/endpoint.h"
#include "api/product_model.h"

static const char *const sort_names[] = {[SORT_RELEVANCE] = "relevance",
                                         [SORT_PRICE_ASC] = "price_asc",
                                         [SORT_PRICE_DESC] = "price_desc",
                                         [SORT_NAME_ASC] = "name_asc",
                                         [SORT_NAME_DESC] = "name_desc",
                                         [SORT_NEWEST] = "newest",
                                         NULL};

enum { offset_max = 10000 };

#define FILTER_FIELDS                                                                                        \
    TEXT_FIELD(struct search, q, AT_MOST(200), .optional = true,                                             \
               .doc =                                                                                        \
                   "Words of the name, category or description: whole, stemmed, or their beginning; "        \
                   "spelling is forgiven",                                                                   \
               .example = "\"desk lamp\""),                                                                  \
        TEXT_FIELD(struct search, category, AT_MOST(100), .optional = true, .doc = "Exactly this category",  \
                   .example = "\"lighting\""),                                                               \
        MAYBE_INT_FIELD(struct search, min_price, AT_LEAST(0), .doc = "In minor units, inclusive",           \
                        .example = "1000"),                                                                  \
        MAYBE_INT_FIELD(struct search, max_price, AT_LEAST(0), .doc = "In minor units, inclusive",           \
                        .example = "50000")

static const struct field search_fields[] = {
    FILTER_FIELDS,
    ENUM_FIELD(struct search, sort, .names = sort_names, PRESET(SORT_RELEVANCE),
               .doc = "Without words, relevance is newest first"),
    INT_FIELD(struct search, limit, BETWEEN(1, 500), PRESET(100), .doc = "How many at most"),
    INT_FIELD(struct search, offset, BETWEEN(0, offset_max), PRESET(0), .doc = "How many to skip"),
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

static enum status search_products(struct call *call) {
    const struct search *search = call->query;
    struct search_found found;
    enum status s = product_search(&call->tx, search, &found);
    if (s != STATUS_OK)
        return s;
    *(struct list *)call->reply = found.products;
    if (found.at_least)
        call_header(call, STR("x-total-count-relation"), STR("at-least"));
    struct paging paging = {search->limit, search->offset, .count = found.products.count,
                            .total = found.total};
    return call_page(call, &paging);
}

static enum status suggest(struct call *call) {
    const struct suggest_query *query = call->query;
    return product_suggest(&call->tx, query->q, call->reply);
}

static enum status count_facets(struct call *call) {
    return product_facets(&call->tx, call->query, call->reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/products/search",
        .tag = "products",
        .summary = "Search products",
        .doc =
            "Every word must match, in any order; the best match comes first. `X-Total-Count-Relation: at-least` "
            "says that there are more than `X-Total-Count`.",
        .runs = RUNS_SEARCH,
        .cache = CACHE_CATALOGUE,
        .query = &search_query,
        .reply = &product_read,
        .reply_is_list = true,
        .paged = true,
        .http_status = 200,
        .handle = search_products,
    },
    {
        .method = METHOD_GET,
        .path = "/products/suggest",
        .tag = "products",
        .summary = "Suggest searches",
        .doc = "Up to 8 completions of what has been typed into a search box so far.",
        .runs = RUNS_SEARCH,
        .cache = CACHE_CATALOGUE,
        .query = &suggest_query,
        .reply = &suggestion_read,
        .reply_is_list = true,
        .http_status = 200,
        .handle = suggest,
    },
    {
        .method = METHOD_GET,
        .path = "/products/facets",
        .tag = "products",
        .summary = "Count products by facet",
        .doc = "How what the same filters find is spread over categories and prices.",
        .runs = RUNS_SEARCH,
        .cache = CACHE_CATALOGUE,
        .query = &facets_query,
        .reply = &facets_read,
        .http_status = 200,
        .handle = count_facets,
    },
};

const struct endpoint_group search_endpoints = {
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
