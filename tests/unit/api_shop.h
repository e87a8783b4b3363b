/* A shop without a socket: the API with rows of the test's own beside the catalogue's. */
#pragma once

#include "database.h"
#include "every_kind.h"
#include "test.h"
#include "world.h"

#include "api/api.h"
#include "shop/settings.h"

#include <stdlib.h>

#define TOKEN "the-token-of-the-unit-tests"

/* ---- a row of the test's own ---- */

struct extra_path {
    struct uuid extra_id;
    int64_t number;
};
static const struct field extra_path_fields[] = {
    UUID_FIELD(struct extra_path, extra_id),
    INT_FIELD(struct extra_path, number, BETWEEN(0, 9)),
};
static const struct model extra_path = MODEL("ExtraPath", struct extra_path, extra_path_fields);

static inline enum status extra(struct call *call) {
    const struct every *body = call->body;
    memcpy(call->reply, body, sizeof *body);
    call_header(call, STR("x-extra"), STR("yes"));
    return body->number == 5 ? STATUS_CONFLICT : STATUS_OK;
}

/* A row of three steps, whose first writes a setting by the name of its number and whose last another; what
 * the number says goes wrong or ends early. */
enum { ENDS_EARLY = 1, FAILS_AT_FIRST, PROVIDER_FAILS, FAILS_AND_STAYS, FAILS_AT_LAST, ASKS_AGAIN };

static inline enum status note(struct call *call, const char *what) {
    static const struct sql sql = {"INSERT INTO settings VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                                   NULL};
    return db_exec(call->tx.db, &sql, ARGS(db_text(str_from(what)), db_blob(STR("x"))), NULL);
}

static inline int64_t step_number(const struct call *call) {
    return ((const struct every *)call->body)->number;
}

static inline enum status step_handle(struct call *call) {
    assert_int_equal(note(call, "handled"), STATUS_OK);
    memcpy(call->reply, call->body, sizeof(struct every));
    if (step_number(call) == ENDS_EARLY)
        call_end(call);
    return step_number(call) == FAILS_AT_FIRST ? STATUS_CONFLICT : STATUS_OK;
}

static inline enum status step_provide(struct call *call) {
    assert_null(call->tx.db);
    return step_number(call) == PROVIDER_FAILS ? STATUS_PROVIDER_UNAVAILABLE : STATUS_OK;
}

static inline enum status step_settle(struct call *call) {
    assert_int_equal(note(call, "settled"), STATUS_OK);
    if (call->provided != STATUS_OK)
        call_fail(call, call->provided);
    if (step_number(call) == FAILS_AND_STAYS)
        call_fail(call, STATUS_PAYMENT_REFUSED);
    if (step_number(call) == ASKS_AGAIN && !call->state) {
        call->state = call; /* once */
        call_again(call);
    }
    return step_number(call) == FAILS_AT_LAST ? STATUS_CONFLICT : STATUS_OK;
}

static const struct endpoint extra_rows[] = {
    {.method = METHOD_POST,
     .path = "/steps",
     .tag = "extra",
     .summary = "Take steps",
     .access = ACCESS_SESSION,
     .idempotent = true,
     .runs = RUNS_WRITE,
     .body = &every_model,
     .reply = &every_model,
     .http_status = 201,
     .errors = ERRORS(STATUS_CONFLICT),
     .handle = step_handle,
     .provide = step_provide,
     .settle = step_settle},
    {.method = METHOD_PUT,
     .path = "/extra/{extra_id}/{number}",
     .tag = "extra",
     .summary = "Change extra",
     .doc = "One \"row\" more.",
     .access = ACCESS_ADMIN,
     .runs = RUNS_WRITE,
     .path_model = &extra_path,
     .query = &part_model,
     .body = &every_model,
     .reply = &every_model,
     .http_status = 201,
     .errors = ERRORS(STATUS_CONFLICT),
     .handle = extra},
};
static const struct endpoint_group extra_endpoints = {"extra", "A test's own", extra_rows, COUNT(extra_rows)};
static const struct endpoint_group *const groups[] = {&product_endpoints, &system_endpoints, &extra_endpoints,
                                                      NULL};

/* ---- a shop without a socket ---- */

struct shop {
    struct world world;
    struct metrics *metrics;
    struct api *api;
    struct db *db;
    struct arena arena;
    struct request request;
    struct call call; /* of the latest request */
};

static inline int shop_open(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    if (!shop)
        return -1;
    *state = shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, test_arena_bytes_max);
    shop->metrics = metrics_new(1);
    struct api_options options = {.groups = groups,
                                  .clock = &shop->world.clock,
                                  .random = &shop->world.random,
                                  .metrics = shop->metrics,
                                  .settings = &world_settings};
    token_hash(STR(TOKEN), options.admin_hash);
    shop->api = api_open(&options);
    return shop->api && database_open(&shop->db) == STATUS_OK ? 0 : -1;
}

static inline int shop_close(void **state) {
    struct shop *shop = *state;
    db_close(shop->db);
    api_close(shop->api);
    metrics_free(shop->metrics);
    arena_free(&shop->arena);
    free(shop);
    return 0;
}

/* Takes the call's next step in a transaction, as the server does. */
static inline void perform(struct shop *shop) {
    if (shop->call.runs == RUNS_PROVIDER) {
        assert_int_equal(api_perform(&shop->call, NULL), STATUS_OK);
        return;
    }
    assert_int_equal(db_begin(shop->db, true), STATUS_OK);
    if (api_perform(&shop->call, shop->db) == STATUS_OK)
        assert_int_equal(db_commit(shop->db), STATUS_OK);
    else
        db_rollback(shop->db);
}

/* Sends shop->request from its start to its answer. */
static inline const struct response *answer(struct shop *shop) {
    api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
    while (shop->call.runs != RUNS_NOWHERE)
        perform(shop);
    api_finish(&shop->call);
    return &shop->call.response;
}

/* Sends a request; the body, where there is one, is JSON, and the admin's token goes with it. */
static inline const struct response *send(struct shop *shop, enum method method, const char *target,
                                          const char *body) {
    struct str text = str_from(target);
    size_t mark = str_find(text, '?');
    shop->request = (struct request){.method = method, .path = {target, mark}};
    if (mark < text.size)
        shop->request.query = (struct str){target + mark + 1, text.size - mark - 1};
    if (body) {
        shop->request.content_type = STR("application/json");
        shop->request.authorization = STR("Bearer " TOKEN);
        shop->request.body = str_from(body);
    }
    return answer(shop);
}

static inline struct str header_of(const struct response *r, const char *name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal(r->headers[i].name, str_from(name)))
            return r->headers[i].value;
    return (struct str){0};
}

#define LAMP                                                                                                 \
    "\"description\":\"d\",\"price\":2999,\"stock_quantity\":12,\"category\":\"home\",\"image_url\":\"i\""

/* Adds a product and gives the path to it: `/products/…`. */
static inline const char *add(struct shop *shop, const char *name) {
    struct buf body = buf_new(&shop->arena), path = buf_new(&shop->arena);
    buf_printf(&body, "{\"name\":\"%s\"," LAMP "}", name);
    buf_put(&body, BYTES("\0"));
    const struct response *r = send(shop, METHOD_POST, "/products", body.at);
    assert_int_equal(r->http_status, 201);
    buf_printf(&path, "/products/%.*s", 36, r->body.at + sizeof "{\"id\":\"" - 1);
    buf_put(&path, BYTES("\0"));
    return path.at;
}

#define IN_SHOP(test) cmocka_unit_test_setup_teardown(test, shop_open, shop_close)
