/* A shop without a socket: the API with the endpoints of the catalogue and some that only tests have. */
#pragma once

#include "database.h"
#include "every_kind.h"
#include "test.h"
#include "world.h"

#include "api/api.h"
#include "shop/settings.h"

#include <stdlib.h>

#define TOKEN "the-token-of-the-unit-tests"

/* ---- endpoints that only tests have ---- */

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
    memcpy(call->attempt.reply, body, sizeof *body);
    call_header(call, STR("x-extra"), STR("yes"));
    return body->number == 5 ? STATUS_CONFLICT : STATUS_OK;
}

/* An endpoint of three steps. The first and the last write one setting each, so that a test sees which of their
 * transactions were committed. The body's `number` selects what happens. */
enum {
    ENDS_EARLY = 1,  /* the first step ends the call */
    FAILS_AT_FIRST,  /* the first step fails and is rolled back */
    PROVIDER_FAILS,  /* the provider's step fails; the last step keeps its writes and answers the error */
    FAILS_AND_STAYS, /* the last step answers an error and keeps its writes */
    FAILS_AT_LAST,   /* the last step fails and is rolled back */
    ASKS_AGAIN,      /* the last step has the provider called once more */
};

static inline enum status note(struct call *call, const char *what) {
    static const struct sql sql = SQL("INSERT INTO settings VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
    return db_exec(call->ctx.db, &sql, ARGS(db_text(str_from(what)), db_blob(STR("x"))), NULL);
}

static inline int64_t step_number(const struct call *call) {
    return ((const struct every *)call->body)->number;
}

static inline enum status step_prepare(struct call *call) {
    assert_int_equal(note(call, "handled"), STATUS_OK);
    memcpy(call->attempt.reply, call->body, sizeof(struct every));
    if (step_number(call) == ENDS_EARLY)
        call_end(call);
    return step_number(call) == FAILS_AT_FIRST ? STATUS_CONFLICT : STATUS_OK;
}

static inline enum status step_call(struct call *call) {
    assert_null(call->ctx.db);
    return step_number(call) == PROVIDER_FAILS ? STATUS_PROVIDER_UNAVAILABLE : STATUS_OK;
}

static inline enum status step_apply(struct call *call) {
    assert_int_equal(note(call, "settled"), STATUS_OK);
    if (call->provider_status != STATUS_OK)
        call_fail(call, call->provider_status);
    if (step_number(call) == FAILS_AND_STAYS)
        call_fail(call, STATUS_PAYMENT_REFUSED);
    if (step_number(call) == ASKS_AGAIN && !call->state)
        call_again(call, call); /* once */
    return step_number(call) == FAILS_AT_LAST ? STATUS_CONFLICT : STATUS_OK;
}

static const struct endpoint extra_rows[] = {
    {.method = METHOD_POST,
     .path = "/steps",
     .summary = "Take steps",
     .access = ACCESS_SESSION,
     .idempotent = true,
     .lane = LANE_WRITER,
     .body = &every_model,
     .reply = &every_model,
     .http_status = 201,
     .errors = ERRORS(STATUS_CONFLICT),
     .prepare = step_prepare,
     .call = step_call,
     .apply = step_apply},
    {.method = METHOD_PUT,
     .path = "/extra/{extra_id}/{number}",
     .summary = "Change extra",
     .doc = "One \"row\" more.",
     .access = ACCESS_STAFF,
     .scope = SCOPE_PRODUCTS_WRITE,
     .lane = LANE_WRITER,
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

/* ---- the shop ---- */

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
    token_hash(STR(TOKEN), options.access.admin_hash);
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

/* Takes the call's next step as the server does: in a transaction, unless it is the provider's. */
static inline void perform(struct shop *shop) {
    if (shop->call.lane == LANE_PROVIDER) {
        api_step_done(&shop->call, api_step_run(&shop->call, NULL));
        return;
    }
    assert_int_equal(db_begin(shop->db, true), STATUS_OK);
    enum status s = api_step_run(&shop->call, shop->db);
    if (s == STATUS_OK)
        assert_int_equal(db_commit(shop->db), STATUS_OK);
    else
        db_rollback(shop->db);
    api_step_done(&shop->call, s);
}

/* Answers shop->request, with all steps of its call. The response is valid until the next request. */
static inline const struct response *answer(struct shop *shop) {
    api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
    while (shop->call.lane != LANE_INLINE)
        perform(shop);
    api_finish(&shop->call);
    return &shop->call.attempt.response;
}

/* Sends a request. A body must be JSON, and is sent with the admin's token; NULL: no body and no token. */
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

/* Adds a product and returns its path, `/products/…`. */
static inline const char *add(struct shop *shop, const char *name) {
    struct buf body = buf_new(&shop->arena), path = buf_new(&shop->arena);
    buf_printf(&body, "{\"name\":\"%s\"," LAMP "}", name);
    buf_put(&body, BYTES("\0"));
    const struct response *r = send(shop, METHOD_POST, "/products", body.data);
    assert_int_equal(r->http_status, 201);
    buf_printf(&path, "/products/%.*s", 36, r->body.data + sizeof "{\"id\":\"" - 1);
    buf_put(&path, BYTES("\0"));
    return path.data;
}

#define IN_SHOP(test) cmocka_unit_test_setup_teardown(test, shop_open, shop_close)
