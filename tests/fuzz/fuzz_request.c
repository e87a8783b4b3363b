/* The whole stack without a socket: bytes, HTTP parser, API, a database in memory, answers. The database has two
 * products. Each input runs in one transaction that is rolled back, so that all inputs start alike. */
#include "../unit/feeder.h"
#include "../unit/world.h"
#include "fuzz.h"

#include "api/api.h"
#include "pay/mock/mock.h"
#include "shop/catalogue/catalogue.h"
#include "shop/schema/schema.h"
#include "shop/settings.h"

#define TOKEN "fuzz-token"

struct shop {
    struct world world;
    struct api *api;
    struct db *db;
};

static void add_product(struct shop *shop, struct arena *arena, uint8_t number) {
    struct product product = {.id = {{number}},
                              .name = STR("Lamp"),
                              .description = STR("Warm light."),
                              .price = 2999,
                              .stock_quantity = 12,
                              .category = STR("lighting"),
                              .image_url = STR("/media/lamp.svg")};
    struct shop_ctx ctx = {
        .db = shop->db, .arena = arena, .clock = &shop->world.clock, .random = &shop->world.random};
    CHECK(product_add(&ctx, &product, &product) == STATUS_OK);
}

static struct shop *open_shop(void) {
    static struct shop shop;
    char error[db_error_size];
    struct arena arena;
    if (shop.db)
        return &shop;
    world_begin(&shop.world);
    struct mock_options mock = {.clock = &shop.world.clock, .random = &shop.world.random};
    struct provider *provider;
    char why_not[mock_error_size];
    CHECK(mock_open(&mock, &provider, why_not) == STATUS_OK);
    struct api_options options = {.groups = shop_endpoints,
                                  .clock = &shop.world.clock,
                                  .random = &shop.world.random,
                                  .metrics = metrics_new(1),
                                  .settings = &world_settings,
                                  .provider = provider};
    token_hash(STR(TOKEN), options.access.admin_hash);
    shop.api = api_open(&options);
    CHECK(shop.api && shop_db_open(":memory:", DB_CREATE, &shop.db, error) == STATUS_OK);
    arena_init(&arena, fuzz_arena_bytes_max);
    add_product(&shop, &arena, 1);
    add_product(&shop, &arena, 2);
    arena_free(&arena);
    return &shop;
}

static void check_header(const struct header *header) {
    for (size_t i = 0; i < header->value.size; i++) {
        unsigned char c = (unsigned char)header->value.data[i];
        CHECK((c >= 0x20 && c != 0x7F) || c == '\t');
    }
}

/* Checks what holds for every answer. No input of a client may end in a status of 500 or above. */
static void check_response(const struct response *r) {
    CHECK(strcmp(http_reason(r->http_status), "Unknown") != 0);
    CHECK(r->http_status < 500);
    CHECK(r->content_type.data || r->body.size == 0);
    for (size_t i = 0; i < r->header_count; i++)
        check_header(&r->headers[i]);
    if (r->content_type.data && str_equal(r->content_type, STR("application/json")))
        check_json(r->body);
}

/* Takes the call's next step as the server does: in a savepoint here, because one transaction is open. */
static void perform(struct shop *shop, struct call *call) {
    if (call->lane == LANE_PROVIDER) {
        api_step_done(call, api_step_run(call, NULL));
        return;
    }
    CHECK(db_savepoint(shop->db) == STATUS_OK);
    enum status s = api_step_run(call, shop->db);
    CHECK(db_in_transaction(shop->db));
    CHECK((s == STATUS_OK ? db_release(shop->db) : db_rollback_to(shop->db)) == STATUS_OK);
    api_step_done(call, s);
}

static void on_message(void *context, const struct message *message) {
    struct shop *shop = context;
    struct arena arena;
    struct call call;
    if (message->asterisk)
        return;
    arena_init(&arena, fuzz_arena_bytes_max);
    api_begin(shop->api, &call, &message->request, &arena);
    CHECK(call.route < api_route_count(shop->api));
    while (call.lane != LANE_INLINE)
        perform(shop, &call);
    api_finish(&call);
    CHECK(arena.bytes <= arena.bytes_max);
    check_response(&call.attempt.response);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct shop *shop = open_shop();
    struct feeder f;
    CHECK(db_begin(shop->db, true) == STATUS_OK);
    feeder_init(&f, on_message, shop);
    feeder_feed(&f, (const char *)data, size);
    CHECK(strcmp(http_reason(status_http(f.status)), "Unknown") != 0);
    CHECK(f.status != STATUS_FAULT && f.status != STATUS_NO_MEMORY);
    feeder_free(&f);
    db_rollback(shop->db);
    return 0;
}
