/* The API without a socket: a struct request in, a struct response out. Covers routing, access, media types,
 * the catalogue's answers, and lack of memory. */
#include "api_shop.h"

#include "api/etag.h"

#include <stdio.h>

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
        {METHOD_GET, "/products%2Fx", 422, NULL, NULL}, /* %2F is a slash too */
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
        {METHOD_GET, "/redoc", 307, NULL, "docs"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct response *r = send(shop, rows[i].method, rows[i].target, NULL);
        assert_number_of(rows[i].target, r->http_status, rows[i].http_status);
        assert_text_of(rows[i].target, header_of(r, "allow"), rows[i].allow);
        assert_text_of(rows[i].target, header_of(r, "location"), rows[i].location);
    }
}

static void a_redirect_behind_a_proxy_is_relative(void **state) {
    struct shop *shop = *state;
    static const struct {
        const char *path, *query, *location;
    } rows[] = {
        {"/products/", NULL, "../products"},
        {"/products/x/", "a=1", "../x?a=1"},
        {"/products/a%2Fb/", "", NULL}, /* three segments: no such path */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        shop->request = (struct request){.method = METHOD_GET,
                                         .path = str_from(rows[i].path),
                                         .query = str_from(rows[i].query),
                                         .is_forwarded = true};
        assert_text_of(rows[i].path, header_of(answer(shop), "location"), rows[i].location);
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
    assert_null(r->content_type.data);
    assert_int_equal(r->body.size, 0);
    r = send(shop, METHOD_GET, "/products/", NULL);
    assert_null(r->content_type.data);
}

/* ---- access ---- */

static void only_the_admins_token_is_accepted(void **state) {
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
        {"Bearer " TOKEN, 422, "Field required"}, /* the body is checked only now */
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

/* A header is any bytes, but an answer is UTF-8: a malformed header must not be echoed as it came. */
static void a_malformed_session_is_answered_in_utf8(void **state) {
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

/* ---- media types ---- */

static void a_body_is_json_only_if_its_media_type_is(void **state) {
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

static void a_product_is_created_read_changed_and_deleted(void **state) {
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
    assert_null(r->content_type.data);
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

static void a_list_has_its_total_and_a_link_to_the_next_page(void **state) {
    struct shop *shop = *state;
    static const struct {
        const char *target, *total, *link;
    } rows[] = {
        {"/products", "5", NULL},
        {"/products?limit=2", "5", "<products?limit=2&offset=2>; rel=\"next\""},
        {"/products?offset=1&limit=2", "5", "<products?limit=2&offset=3>; rel=\"next\""},
        {"/products?limit=2&offset=3", "5", NULL},
        {"/products?limit=2&offset=9", "5", NULL},
        {"/products?a=%20b&limit=4&&c", "5", "<products?a=%20b&c&limit=4&offset=4>; rel=\"next\""},
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
        struct buf next = buf_new(&shop->arena);
        buf_put_char(&next, '/'); /* the link is relative to /products */
        if (link.data)
            buf_put(&next, text_of(link.data + 1, str_find(link, '>') - 1));
        buf_put_char(&next, '\0');
        target = link.data ? buf_str(&next).data : NULL;
        pages++;
    }
    assert_int_equal(pages, 3);
    assert_int_equal(products, 7);
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

static void every_lack_of_memory_is_answered_with_503(void **state) {
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

/* ---- entity tags ---- */

static void a_tag_is_found_in_a_list(void **state) {
    (void)state;
    char tag[etag_size], gzip[etag_gzip_size], list[256];
    /* `$` stands for the body's tag, `#` for that of its gzip form, both without their quotes. */
    static const struct {
        const char *list;
        bool strong, weak;
    } rows[] = {
        {"\"$\"", true, true},
        {"\"#\"", true, true},
        {"*", true, true},
        {" \"x\" ,\t\"$\" ", true, true},
        {"\"a,b\",\"$\"", true, true},
        {"W/\"$\"", false, true},
        {"\"x\", W/\"#\"", false, true},
        {"W/*", false, false},
        {"", false, false},
        {",,", false, false},
        {"$", false, false},
        {"\"$", false, false},
        {"\"$\"x", false, false},
        {"\"*\"", false, false},
        {"w/\"$\"", false, false},
    };
    etag_write(STR("{}"), tag);
    etag_write_gzip(tag, gzip);
    assert_memory_equal(tag, "\"44136fa355b3678a1146ad16f7e8649e\"", etag_size);
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t size = 0;
        for (const char *c = rows[i].list; *c; c++)
            if (*c == '$')
                size += (size_t)sprintf(list + size, "%.*s", etag_size - 2, tag + 1);
            else if (*c == '#')
                size += (size_t)sprintf(list + size, "%.*s", etag_gzip_size - 2, gzip + 1);
            else
                list[size++] = *c;
        assert_int_equal(etag_listed((struct str){list, size}, tag, false), rows[i].strong);
        assert_int_equal(etag_listed((struct str){list, size}, tag, true), rows[i].weak);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(requests_find_their_row),
        IN_SHOP(a_redirect_behind_a_proxy_is_relative),
        IN_SHOP(an_error_is_a_detail_in_json),
        IN_SHOP(an_answer_without_a_body_has_no_type),
        IN_SHOP(only_the_admins_token_is_accepted),
        IN_SHOP(a_malformed_session_is_answered_in_utf8),
        IN_SHOP(a_body_is_json_only_if_its_media_type_is),
        IN_SHOP(a_product_is_created_read_changed_and_deleted),
        IN_SHOP(a_refused_product_changes_nothing),
        IN_SHOP(a_list_has_its_total_and_a_link_to_the_next_page),
        IN_SHOP(the_next_page_follows_from_the_link),
        IN_SHOP(every_lack_of_memory_is_answered_with_503),
        cmocka_unit_test(a_tag_is_found_in_a_list),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
