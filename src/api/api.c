/* Opens and closes the API, and holds what is the same for every call. A call's way is in steps.c. */
#include "api/internal.h"

#include "api/openapi.h"
#include "base/thread/process_metrics.h"
#include "shop/settings.h"

#include <stdlib.h>

_Static_assert((int)admin_hash_size == (int)token_hash_size, "the API keeps what the shop hashes");

const struct endpoint_group *const shop_endpoints[] = {&search_endpoints,
                                                       &synonym_endpoints,
                                                       &product_endpoints,
                                                       &cart_endpoints,
                                                       &order_lookup_endpoints,
                                                       &order_endpoints,
                                                       &order_event_endpoints,
                                                       &fulfillment_endpoints,
                                                       &refund_endpoints,
                                                       &checkout_endpoints,
                                                       &desk_order_endpoints,
                                                       &phone_order_endpoints,
                                                       &checkout_form_endpoints,
                                                       &payment_endpoints,
                                                       &webhook_endpoints,
                                                       &desk_event_endpoints,
                                                       &mail_endpoints,
                                                       &media_endpoints,
                                                       &media_upload_endpoints,
                                                       &product_image_endpoints,
                                                       &import_endpoints,
                                                       &product_export_endpoints,
                                                       &staff_endpoints,
                                                       &member_endpoints,
                                                       &sign_in_endpoints,
                                                       &second_factor_endpoints,
                                                       &account_endpoints,
                                                       &settings_endpoints,
                                                       &shipping_endpoints,
                                                       &tax_endpoints,
                                                       &desk_page_endpoints,
                                                       &desk_product_endpoints,
                                                       &bulk_product_endpoints,
                                                       &summary_endpoints,
                                                       &customer_endpoints,
                                                       &system_endpoints,
                                                       NULL};

#define CONST_STR(literal) {literal, sizeof(literal) - 1}
const struct str cors_exposed_headers = CONST_STR(
    "Link, X-Total-Count, X-Total-Count-Relation, X-Further-Count, X-Search-Correction, X-Next-Cursor, "
    "X-Request-Id, X-Session-Id, Idempotent-Replayed, Retry-After, ETag");
const struct str cors_allowed_headers =
    CONST_STR("Authorization, Content-Type, Idempotency-Key, X-Request-Id, X-Session-Id");

const struct cache_rule cache_catalogue = {.topics = TOPIC_CATALOGUE, .lenient_topics = TOPIC_STOCK};
const struct cache_rule cache_settings = {.topics = TOPIC_SETTINGS};
const struct cache_rule cache_forever = {0};

enum { document_bytes_max = 1024 * 1024 };

struct api *api_open(const struct api_options *options) {
    struct api *api = calloc(1, sizeof *api);
    if (!api)
        return NULL;
    api->options = *options;
    api->options.access.hides_staff = options->hides_staff;
    router_fill(&api->router, options->groups, options->hides_staff);
    arena_init(&api->arena, document_bytes_max);
    struct buf document = buf_new(&api->arena);
    openapi_write(&api->router, &document);
    if (!buf_ok(&document)) {
        api_close(api);
        return NULL;
    }
    api->document = buf_str(&document);
    return api;
}

void api_close(struct api *api) {
    if (!api)
        return;
    arena_free(&api->arena);
    free(api);
}

size_t api_route_count(const struct api *api) {
    return api->router.count + 1;
}

struct str api_document(const struct api *api) {
    return api->document;
}

const struct header_names *api_headers(const struct api *api) {
    return &api->router.headers;
}

void api_write_metrics(const struct api *api, struct buf *out) {
    struct str labels[routes_max + 1];
    for (size_t i = 0; i < api->router.count; i++)
        labels[i] = str_from(api->router.routes[i].label);
    labels[api->router.count] = STR("none");
    metrics_write(api->options.metrics, labels, api_route_count(api), out);
    process_metrics_write(out);
}
