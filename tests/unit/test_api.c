/* The API without a socket: a struct request in, a struct response out. Routing, access, validation, answers,
 * and what one more row of the endpoint table brings by itself. */
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

static enum status extra(struct call *call) {
    const struct every *body = call->body;
    memcpy(call->reply, body, sizeof *body);
    call_header(call, STR("x-extra"), STR("yes"));
    return body->number == 5 ? STATUS_CONFLICT : STATUS_OK;
}

/* A row of three steps, whose first writes a setting by the name of its number and whose last another; what
 * the number says goes wrong or ends early. */
enum { ENDS_EARLY = 1, FAILS_AT_FIRST, PROVIDER_FAILS, FAILS_AND_STAYS, FAILS_AT_LAST };

static enum status note(struct call *call, const char *what) {
    static const struct sql sql = {"INSERT INTO settings VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                                   NULL};
    return db_exec(call->tx.db, &sql, ARGS(db_text(str_from(what)), db_blob(STR("x"))), NULL);
}

static int64_t step_number(const struct call *call) {
    return ((const struct every *)call->body)->number;
}

static enum status step_handle(struct call *call) {
    assert_int_equal(note(call, "handled"), STATUS_OK);
    memcpy(call->reply, call->body, sizeof(struct every));
    if (step_number(call) == ENDS_EARLY)
        call_end(call);
    return step_number(call) == FAILS_AT_FIRST ? STATUS_CONFLICT : STATUS_OK;
}

static enum status step_provide(struct call *call) {
    assert_null(call->tx.db);
    return step_number(call) == PROVIDER_FAILS ? STATUS_PROVIDER_UNAVAILABLE : STATUS_OK;
}

static enum status step_settle(struct call *call) {
    assert_int_equal(note(call, "settled"), STATUS_OK);
    if (call->provided != STATUS_OK)
        call_fail(call, call->provided);
    if (step_number(call) == FAILS_AND_STAYS)
        call_fail(call, STATUS_PAYMENT_REFUSED);
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

static int shop_open(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    char why[db_why_size];
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
    return shop->api && db_open(":memory:", DB_CREATE, &shop->db, why) == STATUS_OK ? 0 : -1;
}

static int shop_close(void **state) {
    struct shop *shop = *state;
    db_close(shop->db);
    api_close(shop->api);
    metrics_free(shop->metrics);
    arena_free(&shop->arena);
    free(shop);
    return 0;
}

/* Takes the call's next step in a transaction, as the server does. */
static void perform(struct shop *shop) {
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
static const struct response *answer(struct shop *shop) {
    api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
    while (shop->call.runs != RUNS_NOWHERE)
        perform(shop);
    api_finish(&shop->call);
    return &shop->call.response;
}

/* Sends a request; the body, where there is one, is JSON, and the admin's token goes with it. */
static const struct response *send(struct shop *shop, enum method method, const char *target,
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

static struct str header_of(const struct response *r, const char *name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal(r->headers[i].name, str_from(name)))
            return r->headers[i].value;
    return (struct str){0};
}

#define LAMP                                                                                                 \
    "\"description\":\"d\",\"price\":2999,\"stock_quantity\":12,\"category\":\"home\",\"image_url\":\"i\""

/* Adds a product and gives the path to it: `/products/…`. */
static const char *add(struct shop *shop, const char *name) {
    struct buf body = buf_new(&shop->arena), path = buf_new(&shop->arena);
    buf_printf(&body, "{\"name\":\"%s\"," LAMP "}", name);
    buf_put(&body, BYTES("\0"));
    const struct response *r = send(shop, METHOD_POST, "/products", body.at);
    assert_int_equal(r->http_status, 201);
    buf_printf(&path, "/products/%.*s", 36, r->body.at + sizeof "{\"id\":\"" - 1);
    buf_put(&path, BYTES("\0"));
    return path.at;
}

/* ---- routing ---- */

static void requests_find_their_row(void **state) {
    struct shop *shop = *state;
    static const struct {
        enum method method;
        const char *target;
        int http_status;
        const char *allow, *location;
    } rows[] = {
        {METHOD_GET, "/products", 200, NULL, NULL},
        {METHOD_GET, "/products?", 200, NULL, NULL},
        {METHOD_GET, "/%70roducts", 200, NULL, NULL},
        {METHOD_GET, "/Products", 404, NULL, NULL},
        {METHOD_GET, "/", 404, NULL, NULL},
        {METHOD_GET, "", 404, NULL, NULL},
        {METHOD_GET, "//", 404, NULL, NULL},
        {METHOD_GET, "//products", 404, NULL, NULL},
        {METHOD_GET, "/products//", 404, NULL, NULL},
        {METHOD_GET, "/products/x/y", 404, NULL, NULL},
        {METHOD_GET, "/products%2Fx", 422, NULL, NULL}, /* a slash is a slash, however written */
        {METHOD_GET, "/productsx", 404, NULL, NULL},
        {METHOD_GET, "/product", 404, NULL, NULL},
        {METHOD_GET, "/products/x%00", 400, NULL, NULL},
        {METHOD_GET, "/products/x%0d%0a", 400, NULL, NULL},
        {METHOD_GET, "/products/", 307, NULL, "/products"},
        {METHOD_POST, "/products/?a=1&b=%20", 307, NULL, "/products?a=1&b=%20"},
        {METHOD_GET, "/products/x/", 307, NULL, "/products/x"},
        {METHOD_DELETE, "/categories/", 307, NULL, "/categories"},
        {METHOD_GET, "/nowhere/", 404, NULL, NULL},
        {METHOD_GET, "//example.org/", 404, NULL, NULL},
        {METHOD_PUT, "/products", 405, "GET, HEAD, POST, OPTIONS", NULL},
        {METHOD_POST, "/products/x", 405, "GET, HEAD, PATCH, DELETE, OPTIONS", NULL},
        {METHOD_POST, "/health", 405, "GET, HEAD, OPTIONS", NULL},
        {METHOD_GET, "/extra/a/b", 405, "PUT, OPTIONS", NULL},
        {METHOD_OPTIONS, "/products", 204, "GET, HEAD, POST, OPTIONS", NULL},
        {METHOD_OPTIONS, "/extra/x/y", 204, "PUT, OPTIONS", NULL},
        {METHOD_OPTIONS, "/nowhere", 404, NULL, NULL},
        {METHOD_GET, "/health", 200, NULL, NULL},
        {METHOD_GET, "/ready", 200, NULL, NULL},
        {METHOD_GET, "/docs", 200, NULL, NULL},
        {METHOD_GET, "/redoc", 307, NULL, "/docs"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct response *r = send(shop, rows[i].method, rows[i].target, NULL);
        assert_number_of(rows[i].target, r->http_status, rows[i].http_status);
        assert_text_of(rows[i].target, header_of(r, "allow"), rows[i].allow);
        assert_text_of(rows[i].target, header_of(r, "location"), rows[i].location);
    }
}

static void an_error_is_a_detail_in_json(void **state) {
    struct shop *shop = *state;
    static const struct {
        enum method method;
        const char *target, *body;
    } rows[] = {
        {METHOD_GET, "/nowhere", "{\"detail\":\"Not Found\"}"},
        {METHOD_PUT, "/products", "{\"detail\":\"Method Not Allowed\"}"},
        {METHOD_GET, "/products/%0A", "{\"detail\":\"Malformed request target\"}"},
        {METHOD_GET, "/products/" EVERY_ID, "{\"detail\":\"Product not found\"}"},
        {METHOD_POST, "/products", "{\"detail\":\"Not authenticated\"}"},
        {METHOD_GET, "/products?limit=x&offset=-1",
         "{\"detail\":[{\"type\":\"int_parsing\",\"loc\":[\"query\",\"limit\"],\"msg\":\"Input should be a "
         "valid integer, unable to parse string as an integer\",\"input\":\"x\"},{\"type\":"
         "\"greater_than_equal\",\"loc\":[\"query\",\"offset\"],\"msg\":\"Input should be greater than or "
         "equal to 0\",\"input\":\"-1\",\"ctx\":{\"ge\":0}}]}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct response *r = send(shop, rows[i].method, rows[i].target, NULL);
        assert_text(r->content_type, "application/json");
        assert_text_of(rows[i].target, r->body, rows[i].body);
    }
}

static void an_answer_without_a_body_has_no_type(void **state) {
    struct shop *shop = *state;
    const struct response *r = send(shop, METHOD_OPTIONS, "/products", NULL);
    assert_null(r->content_type.at);
    assert_int_equal(r->body.size, 0);
    r = send(shop, METHOD_GET, "/products/", NULL);
    assert_null(r->content_type.at);
}

/* ---- access ---- */

static void the_admin_is_known_by_the_token(void **state) {
    struct shop *shop = *state;
    static const struct {
        const char *authorization;
        int http_status;
        const char *detail;
    } rows[] = {
        {NULL, 401, "Not authenticated"},
        {"", 401, "Not authenticated"},
        {TOKEN, 401, "Not authenticated"},
        {"Basic " TOKEN, 401, "Not authenticated"},
        {"Bearer", 401, "Not authenticated"},
        {"Bearer ", 401, "Not authenticated"},
        {"Bearer" TOKEN, 401, "Not authenticated"},
        {"Bearer wrong", 401, "Invalid admin token"},
        {"Bearer " TOKEN "x", 401, "Invalid admin token"},
        {"Bearer the-token-of-the-unit-test", 401, "Invalid admin token"},
        {"Bearer " TOKEN, 422, "Field required"}, /* and then its body is looked at */
        {"bearer  " TOKEN " ", 422, "Field required"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        shop->request = (struct request){.method = METHOD_POST,
                                         .path = STR("/products"),
                                         .authorization = str_from(rows[i].authorization)};
        const struct response *r = answer(shop);
        assert_number_of(rows[i].authorization ? rows[i].authorization : "none", r->http_status,
                         rows[i].http_status);
        assert_has(r->body, rows[i].detail);
        assert_text(header_of(r, "www-authenticate"), r->http_status == 401 ? "Bearer" : NULL);
    }
}

/* A header is bytes, an answer is UTF-8: what is malformed is not echoed as it came. */
static void a_malformed_session_is_told_in_utf8(void **state) {
    struct shop *shop = *state;
    static const struct str headers[] = {{"\xE9", 1}, {"0123456789abcde\xE9\xFF", 17}, {"", 0}};
    for (size_t i = 0; i < COUNT(headers); i++) {
        struct session session;
        struct errors errors = errors_new(&shop->arena);
        assert_int_equal(session_read(headers[i], (struct str){0}, &session, &errors), STATUS_INVALID);
        assert_has(buf_str(&errors.text), "[\"header\",\"x-session-id\"]");
        assert_true(utf8_valid(buf_str(&errors.text)));
    }
}

/* ---- what a media type makes of a body ---- */

static void a_body_is_json_where_its_type_says_so(void **state) {
    struct shop *shop = *state;
    static const struct {
        const char *type;
        bool json;
    } rows[] = {
        {"application/json", true},
        {"Application/JSON; charset=utf-8", true},
        {" application/json ;x", true},
        {"application/vnd.shop+json", true},
        {"application/problem+JSON", true},
        {NULL, false},
        {"", false},
        {"text/json", false},
        {"text/plain", false},
        {"application/jsonp", false},
        {"application/x-www-form-urlencoded", false},
        {"application/json, text/plain", false},
        {"application/xml+jsonx", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        shop->request = (struct request){.method = METHOD_POST,
                                         .path = STR("/products"),
                                         .content_type = str_from(rows[i].type),
                                         .authorization = STR("Bearer " TOKEN),
                                         .body = STR("{}")};
        const struct response *r = answer(shop);
        assert_number_of(rows[i].type ? rows[i].type : "none", r->http_status, 422);
        assert_number_of(rows[i].type ? rows[i].type : "none", text_has(r->body, "\"name\""), rows[i].json);
    }
}

/* ---- the catalogue ---- */

static void a_product_is_made_read_changed_and_deleted(void **state) {
    struct shop *shop = *state;
    const char *path = add(shop, "Lamp");
    const struct response *r = send(shop, METHOD_GET, path, NULL);
    assert_int_equal(r->http_status, 200);
    assert_has(r->body, ",\"name\":\"Lamp\"," LAMP "}");
    r = send(shop, METHOD_PATCH, path, "{\"price\":\"1_000\"}");
    assert_int_equal(r->http_status, 200);
    assert_has(r->body, "\"name\":\"Lamp\",\"description\":\"d\",\"price\":1000,");
    r = send(shop, METHOD_DELETE, path, "");
    assert_int_equal(r->http_status, 204);
    assert_null(r->content_type.at);
    assert_int_equal(send(shop, METHOD_GET, path, NULL)->http_status, 404);
    assert_int_equal(send(shop, METHOD_PATCH, path, "{\"is_active\":true}")->http_status, 200);
    assert_int_equal(send(shop, METHOD_GET, path, NULL)->http_status, 200);
}

static void a_refused_product_changes_nothing(void **state) {
    struct shop *shop = *state;
    assert_int_equal(send(shop, METHOD_POST, "/products", "{\"name\":\"\"," LAMP "}")->http_status, 422);
    assert_int_equal(send(shop, METHOD_POST, "/products", "{")->http_status, 422);
    assert_text(send(shop, METHOD_GET, "/products", NULL)->body, "[]");
    assert_text(send(shop, METHOD_GET, "/categories", NULL)->body, "[]");
}

static void a_list_says_how_many_there_are_and_where_the_next_are(void **state) {
    struct shop *shop = *state;
    static const struct {
        const char *target, *total, *link;
    } rows[] = {
        {"/products", "5", NULL},
        {"/products?limit=2", "5", "</products?limit=2&offset=2>; rel=\"next\""},
        {"/products?offset=1&limit=2", "5", "</products?limit=2&offset=3>; rel=\"next\""},
        {"/products?limit=2&offset=3", "5", NULL},
        {"/products?limit=2&offset=9", "5", NULL},
        {"/products?a=%20b&limit=4&&c", "5", "</products?a=%20b&c&limit=4&offset=4>; rel=\"next\""},
    };
    for (char name[] = "a"; *name < 'f'; ++*name)
        add(shop, name);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct response *r = send(shop, METHOD_GET, rows[i].target, NULL);
        assert_text_of(rows[i].target, header_of(r, "x-total-count"), rows[i].total);
        assert_text_of(rows[i].target, header_of(r, "link"), rows[i].link);
    }
}

static void the_next_page_follows_from_the_link(void **state) {
    struct shop *shop = *state;
    for (char name[] = "a"; *name < 'h'; ++*name)
        add(shop, name);
    const char *target = "/products?limit=3";
    size_t pages = 0, products = 0;
    while (target) {
        const struct response *r = send(shop, METHOD_GET, target, NULL);
        struct json *list;
        struct json_error error;
        assert_int_equal(json_read(&shop->arena, r->body, &list, &error), STATUS_OK);
        products += list->count;
        struct str link = header_of(r, "link");
        target = link.at ? arena_copy(&shop->arena, text_of(link.at + 1, str_find(link, '>') - 1)).at : NULL;
        pages++;
    }
    assert_int_equal(pages, 3);
    assert_int_equal(products, 7);
}

/* ---- one more row ---- */

#define EXTRA_PATH "/extra/" EVERY_ID "/3"

static void errors_of_all_inputs_stand_in_the_order_path_query_body(void **state) {
    struct shop *shop = *state;
    struct json *value;
    struct json_error error;
    const struct response *r = send(shop, METHOD_PUT, "/extra/x/10?name=abcd", "{\"text\":1}");
    static const char *const locs[] = {
        "[\"path\",\"extra_id\"]", "[\"path\",\"number\"]", "[\"query\",\"name\"]",
        "[\"query\",\"count\"]",   "[\"body\",\"text\"]",   "[\"body\",\"number\"]",
        "[\"body\",\"id\"]",       "[\"body\",\"part\"]",   "[\"body\",\"ids\"]"};
    assert_int_equal(r->http_status, 422);
    assert_int_equal(json_read(&shop->arena, r->body, &value, &error), STATUS_OK);
    const struct json *e = json_member(value, STR("detail"))->first;
    for (size_t i = 0; i < COUNT(locs); i++, e = e->next)
        assert_text(json_member(e, STR("loc"))->raw, locs[i]);
    assert_null(e);
}

static void a_body_that_is_no_json_is_told_alone(void **state) {
    struct shop *shop = *state;
    const struct response *r = send(shop, METHOD_PUT, "/extra/x/10?name=abcd", "{");
    assert_int_equal(r->http_status, 422);
    assert_has(r->body, "{\"detail\":[{\"type\":\"json_invalid\"");
    assert_has_not(r->body, "path");
}

static void a_row_answers_with_its_status_and_headers(void **state) {
    struct shop *shop = *state;
    const struct response *r = send(shop, METHOD_PUT, EXTRA_PATH "?name=a&count=1", "{" EVERY_LEAST "}");
    assert_int_equal(r->http_status, 201);
    assert_text(header_of(r, "x-extra"), "yes");
    assert_has(r->body, "{\"text\":\"abc\",\"note\":null");
}

static void an_error_has_none_of_the_headers_of_a_success(void **state) {
    struct shop *shop = *state;
    struct buf body = buf_new(&shop->arena);
    buf_put_text(&body, "{\"number\":5,\"text\":\"abc\",\"id\":\"" EVERY_ID
                        "\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID "\"]}");
    buf_put(&body, BYTES("\0"));
    const struct response *r = send(shop, METHOD_PUT, EXTRA_PATH "?name=a&count=1", body.at);
    assert_int_equal(r->http_status, 409);
    assert_null(header_of(r, "x-extra").at);
    assert_text(r->body, "{\"detail\":\"The row exists already\"}");
}

static void a_status_set_from_outside_is_what_is_answered(void **state) {
    struct shop *shop = *state;
    static const enum status given[] = {STATUS_QUEUE_FULL, STATUS_STORAGE, STATUS_STOPPING};
    for (size_t i = 0; i < COUNT(given); i++) {
        shop->request = (struct request){.method = METHOD_GET, .path = STR("/products")};
        api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
        assert_int_equal(shop->call.runs, RUNS_READ);
        shop->call.status = given[i];
        api_finish(&shop->call);
        assert_int_equal(shop->call.response.http_status, 503);
        assert_text(header_of(&shop->call.response, "retry-after"), "1");
        assert_has(shop->call.response.body, status_text(given[i]));
    }
}

/* ---- steps ---- */

static int64_t count_of(struct shop *shop, const struct sql *sql) {
    int64_t count = -1;
    struct db_rows *rows = db_query(shop->db, sql, NO_ARGS);
    while (db_step(rows))
        count = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    return count;
}

static const struct response *send_steps(struct shop *shop, int number, const char *key) {
    struct buf body = buf_new(&shop->arena);
    buf_printf(&body,
               "{\"number\":%d,\"text\":\"abc\",\"id\":\"" EVERY_ID
               "\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID "\"]}",
               number);
    shop->request = (struct request){.method = METHOD_POST,
                                     .path = STR("/steps"),
                                     .content_type = STR("application/json"),
                                     .session_id = STR("session-of-the-unit-tests"),
                                     .idempotency_key = str_from(key),
                                     .body = buf_str(&body)};
    return answer(shop);
}

static void steps_go_on_until_one_ends_them(void **state) {
    static const struct sql handled = {"SELECT count(*) FROM settings WHERE name = 'handled'", NULL};
    static const struct sql settled = {"SELECT count(*) FROM settings WHERE name = 'settled'", NULL};
    static const struct sql kept = {"SELECT count(*) FROM idempotency_keys WHERE http_status = 201", NULL};
    static const struct sql running = {"SELECT count(*) FROM idempotency_keys WHERE http_status = 0", NULL};
    static const struct sql forget[] = {{"DELETE FROM settings", NULL},
                                        {"DELETE FROM idempotency_keys", NULL}};
    static const struct {
        const char *name;
        int number, http_status;
        int64_t handled, settled, kept, running;
    } rows[] = {
        {"all of them", 0, 201, 1, 1, 1, 0},
        {"the first is the last", ENDS_EARLY, 201, 1, 0, 1, 0},
        {"the first fails", FAILS_AT_FIRST, 409, 0, 0, 0, 0},
        {"the provider fails", PROVIDER_FAILS, 503, 1, 1, 0, 0},
        {"the last answers an error and stays", FAILS_AND_STAYS, 409, 1, 1, 0, 0},
        {"the last fails", FAILS_AT_LAST, 409, 1, 0, 0, 1},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int with_key = 0; with_key < 2; with_key++) {
            const struct response *r = send_steps(shop, rows[i].number, with_key ? "a-key" : NULL);
            assert_number_of(rows[i].name, r->http_status, rows[i].http_status);
            assert_number_of(rows[i].name, count_of(shop, &handled), rows[i].handled);
            assert_number_of(rows[i].name, count_of(shop, &settled), rows[i].settled);
            assert_number_of(rows[i].name, count_of(shop, &kept), with_key ? rows[i].kept : 0);
            assert_number_of(rows[i].name, count_of(shop, &running), with_key ? rows[i].running : 0);
            for (size_t f = 0; f < COUNT(forget); f++)
                assert_int_equal(db_exec(shop->db, &forget[f], NO_ARGS, NULL), STATUS_OK);
        }
}

static void a_key_that_was_cut_off_is_taken_over_after_its_lease(void **state) {
    struct shop *shop = *state;
    assert_int_equal(send_steps(shop, FAILS_AT_LAST, "a-key")->http_status, 409);
    const struct response *r = send_steps(shop, FAILS_AT_LAST, "a-key");
    assert_has(r->body, "is still running");
    assert_int_equal(send_steps(shop, 0, "a-key")->http_status, 422); /* it is another request */
    shop->world.now_us += 119 * INT64_C(1000000);
    assert_has(send_steps(shop, FAILS_AT_LAST, "a-key")->body, "is still running");
    shop->world.now_us += 2 * INT64_C(1000000);
    assert_has(send_steps(shop, FAILS_AT_LAST, "a-key")->body, "The row exists already"); /* it ran */
    assert_has(send_steps(shop, FAILS_AT_LAST, "a-key")->body, "is still running");
}

static void a_step_that_cannot_be_taken_is_told_to_the_next(void **state) {
    struct shop *shop = *state;
    send_steps(shop, 0, NULL);
    api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
    perform(shop);
    assert_int_equal(shop->call.runs, RUNS_PROVIDER);
    api_provided(&shop->call, STATUS_QUEUE_FULL);
    perform(shop);
    assert_int_equal(shop->call.runs, RUNS_NOWHERE);
    api_finish(&shop->call);
    assert_int_equal(shop->call.response.http_status, 503);
    assert_has(shop->call.response.body, "Too many requests at once");
}

static void the_document_shows_the_row(void **state) {
    struct shop *shop = *state;
    struct json *value;
    struct json_error error;
    struct str document = api_document(shop->api);
    assert_int_equal(json_read(&shop->arena, document, &value, &error), STATUS_OK);
    const struct json *path =
        json_member(json_member(value, STR("paths")), STR("/extra/{extra_id}/{number}"));
    assert_non_null(path);
    struct str put = json_member(path, STR("put"))->raw;
    assert_has(put, "\"summary\":\"Change extra\",\"description\":\"One \\\"row\\\" more.\"");
    assert_has(put, "\"security\":[{\"admin\":[]}]");
    assert_has(put,
               "{\"name\":\"extra_id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\","
               "\"format\":\"uuid\"");
    assert_has(put, "{\"name\":\"count\",\"in\":\"query\",\"required\":true,");
    assert_has(put, "\"requestBody\":{\"required\":true,");
    static const char *const codes[] = {"\"201\":", "\"401\":", "\"409\":", "\"422\":"};
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_has(put, codes[i]);
    assert_has(document, "\"Every\":{\"type\":\"object\"");
    assert_has(document, "\"Part\":{\"type\":\"object\"");
    assert_has(document, "{\"name\":\"extra\",\"description\":\"A test's own\"}");
    assert_has_not(document, "\"/docs\"");
}

static void the_metrics_name_the_row(void **state) {
    struct shop *shop = *state;
    send(shop, METHOD_PUT, EXTRA_PATH "?name=a&count=1", "{" EVERY_LEAST "}");
    metric_request(metrics_shard(shop->metrics, 0), shop->call.route, 201, 100);
    send(shop, METHOD_GET, "/nowhere", NULL);
    assert_int_equal(shop->call.route, api_route_count(shop->api) - 1);
    metric_request(metrics_shard(shop->metrics, 0), shop->call.route, 404, 100);
    const struct response *r = send(shop, METHOD_GET, "/metrics", NULL);
    assert_has(r->content_type, "text/plain; version=0.0.4");
    assert_has(r->body, "till_requests_total{route=\"PUT /extra/{extra_id}/{number}\",status=\"201\"} 1\n");
    assert_has(r->body, "till_requests_total{route=\"none\",status=\"404\"} 1\n");
}

static void the_shops_own_table_makes_a_document(void **state) {
    (void)state;
    struct arena a;
    struct json *value;
    struct json_error error;
    struct metrics *metrics = metrics_new(1);
    struct api_options options = {.groups = shop_endpoints,
                                  .clock = &clock_system,
                                  .random = &random_system,
                                  .metrics = metrics,
                                  .settings = &world_settings};
    struct api *api = api_open(&options);
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(json_read(&a, api_document(api), &value, &error), STATUS_OK);
    assert_text(json_member(value, STR("openapi"))->text, "3.1.0");
    arena_free(&a);
    api_close(api);
    metrics_free(metrics);
}

/* ---- lack of memory ---- */

struct lack {
    enum method method;
    const char *target, *body;
    int http_status;
};

static void check_lack(struct shop *shop, const struct lack *row) {
    int http_status = 503;
    for (size_t bound = 0; http_status == 503; bound += 32) {
        arena_free(&shop->arena);
        arena_init(&shop->arena, bound);
        const struct response *r = send(shop, row->method, row->target, row->body);
        http_status = r->http_status;
        assert_true(http_status == 503 || http_status == row->http_status);
        if (http_status == 503)
            assert_text(r->body, "{\"detail\":\"The request needs more memory than one may use\"}");
        assert_true(bound < 1000000);
    }
}

static void every_lack_of_memory_is_answered(void **state) {
    struct shop *shop = *state;
    static const struct lack rows[] = {
        {METHOD_GET, "/products?limit=3&a=b", NULL, 200},
        {METHOD_GET, "/products?limit=x", NULL, 422},
        {METHOD_GET, "/products/%41?x", NULL, 422},
        {METHOD_GET, "/products/?a", NULL, 307},
        {METHOD_GET, "/nowhere", NULL, 404},
        {METHOD_PUT, "/products", NULL, 405},
        {METHOD_OPTIONS, "/products", NULL, 204},
        {METHOD_GET, "/categories", NULL, 200},
        {METHOD_POST, "/products", "{\"name\":\"\\u0041\"," LAMP "}", 201},
        {METHOD_POST, "/products", "{\"name\":", 422},
        {METHOD_PUT, "/extra/x/10?name=abcd", "{}", 422},
    };
    for (char name[] = "a"; *name < 'f'; ++*name)
        add(shop, name);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_lack(shop, &rows[i]);
}

#define IN_SHOP(test) cmocka_unit_test_setup_teardown(test, shop_open, shop_close)

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(requests_find_their_row),
        IN_SHOP(an_error_is_a_detail_in_json),
        IN_SHOP(an_answer_without_a_body_has_no_type),
        IN_SHOP(the_admin_is_known_by_the_token),
        IN_SHOP(a_malformed_session_is_told_in_utf8),
        IN_SHOP(a_body_is_json_where_its_type_says_so),
        IN_SHOP(a_product_is_made_read_changed_and_deleted),
        IN_SHOP(a_refused_product_changes_nothing),
        IN_SHOP(a_list_says_how_many_there_are_and_where_the_next_are),
        IN_SHOP(the_next_page_follows_from_the_link),
        IN_SHOP(errors_of_all_inputs_stand_in_the_order_path_query_body),
        IN_SHOP(a_body_that_is_no_json_is_told_alone),
        IN_SHOP(a_row_answers_with_its_status_and_headers),
        IN_SHOP(an_error_has_none_of_the_headers_of_a_success),
        IN_SHOP(a_status_set_from_outside_is_what_is_answered),
        IN_SHOP(steps_go_on_until_one_ends_them),
        IN_SHOP(a_key_that_was_cut_off_is_taken_over_after_its_lease),
        IN_SHOP(a_step_that_cannot_be_taken_is_told_to_the_next),
        IN_SHOP(the_document_shows_the_row),
        IN_SHOP(the_metrics_name_the_row),
        cmocka_unit_test(the_shops_own_table_makes_a_document),
        IN_SHOP(every_lack_of_memory_is_answered),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
