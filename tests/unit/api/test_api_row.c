/* What a row of the endpoint table gets without any code: validation, its answer, steps, its part of the
 * OpenAPI document and of the metrics. */
#include "api_shop.h"

/* ---- one more row ---- */

#define EXTRA_PATH "/extra/" EVERY_ID "/3"

static void errors_of_all_inputs_come_in_the_order_path_query_body(void **state) {
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

static void a_body_that_is_not_json_is_the_only_error(void **state) {
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

static void an_error_does_not_have_the_headers_of_a_success(void **state) {
    struct shop *shop = *state;
    struct buf body = buf_new(&shop->arena);
    buf_put_text(&body, "{\"number\":5,\"text\":\"abc\",\"id\":\"" EVERY_ID
                        "\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID "\"]}");
    buf_put(&body, BYTES("\0"));
    const struct response *r = send(shop, METHOD_PUT, EXTRA_PATH "?name=a&count=1", body.data);
    assert_int_equal(r->http_status, 409);
    assert_null(header_of(r, "x-extra").data);
    assert_text(r->body, "{\"detail\":\"The row exists already\"}");
}

static void a_status_that_the_server_sets_is_answered(void **state) {
    struct shop *shop = *state;
    static const enum status statuses[] = {STATUS_QUEUE_FULL, STATUS_STORAGE, STATUS_STOPPING};
    for (size_t i = 0; i < COUNT(statuses); i++) {
        shop->request = (struct request){.method = METHOD_GET, .path = STR("/products")};
        api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
        assert_int_equal(shop->call.lane, LANE_READER);
        shop->call.status = statuses[i];
        api_finish(&shop->call);
        assert_int_equal(shop->call.attempt.response.http_status, 503);
        assert_text(header_of(&shop->call.attempt.response, "retry-after"), "1");
        assert_has(shop->call.attempt.response.body, status_text(statuses[i]));
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
                                     .body = buf_str(&body)};
    if (key)
        shop->request.headers[shop->request.header_count++] =
            (struct header){STR("idempotency-key"), str_from(key)};
    return answer(shop);
}

static void steps_go_on_until_one_ends_them(void **state) {
    static const struct sql handled = SQL("SELECT count(*) FROM settings WHERE name = 'handled'");
    static const struct sql settled = SQL("SELECT count(*) FROM settings WHERE name = 'settled'");
    static const struct sql kept = SQL("SELECT count(*) FROM idempotency_keys WHERE http_status = 201");
    static const struct sql running = SQL("SELECT count(*) FROM idempotency_keys WHERE http_status = 0");
    static const struct sql forget[] = {SQL("DELETE FROM settings"), SQL("DELETE FROM idempotency_keys")};
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
        {"the last asks again", ASKS_AGAIN, 201, 1, 1, 1, 0},
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

static void a_running_key_of_a_dead_server_is_taken_over_after_its_lease(void **state) {
    struct shop *shop = *state;
    assert_int_equal(send_steps(shop, FAILS_AT_LAST, "a-key")->http_status, 409);
    const struct response *r = send_steps(shop, FAILS_AT_LAST, "a-key");
    assert_has(r->body, "is still running");
    assert_int_equal(send_steps(shop, 0, "a-key")->http_status, 422); /* it is another request */
    shop->world.now_us += 239 * INT64_C(1000000);
    assert_has(send_steps(shop, FAILS_AT_LAST, "a-key")->body, "is still running");
    shop->world.now_us += 2 * INT64_C(1000000);
    assert_has(send_steps(shop, FAILS_AT_LAST, "a-key")->body, "The row exists already"); /* it ran */
    assert_has(send_steps(shop, FAILS_AT_LAST, "a-key")->body, "is still running");
}

static void a_call_that_is_skipped_gives_its_reason_to_apply(void **state) {
    struct shop *shop = *state;
    send_steps(shop, 0, NULL);
    api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
    perform(shop);
    assert_int_equal(shop->call.lane, LANE_PROVIDER);
    shop->call.provider_status = STATUS_QUEUE_FULL;
    api_step_done(&shop->call, STATUS_OK);
    perform(shop);
    assert_int_equal(shop->call.lane, LANE_INLINE);
    api_finish(&shop->call);
    assert_int_equal(shop->call.attempt.response.http_status, 503);
    assert_has(shop->call.attempt.response.body, "Too many requests at once");
}

static void the_document_has_the_row(void **state) {
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
    assert_has(put, "\"security\":[{\"staff\":[\"products:write\"]}]");
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

static void the_metrics_have_the_row(void **state) {
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

static void the_shops_table_makes_a_valid_document(void **state) {
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

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(errors_of_all_inputs_come_in_the_order_path_query_body),
        IN_SHOP(a_body_that_is_not_json_is_the_only_error),
        IN_SHOP(a_row_answers_with_its_status_and_headers),
        IN_SHOP(an_error_does_not_have_the_headers_of_a_success),
        IN_SHOP(a_status_that_the_server_sets_is_answered),
        IN_SHOP(steps_go_on_until_one_ends_them),
        IN_SHOP(a_running_key_of_a_dead_server_is_taken_over_after_its_lease),
        IN_SHOP(a_call_that_is_skipped_gives_its_reason_to_apply),
        IN_SHOP(the_document_has_the_row),
        IN_SHOP(the_metrics_have_the_row),
        cmocka_unit_test(the_shops_table_makes_a_valid_document),
    };
    return cmocka_run_group_tests_name("api_row", tests, NULL, NULL);
}
