/* The HTTP parser and its strict checks: which bytes make which requests, in pieces of any size. */
#include "feeder.h"
#include "test.h"

/* Feeds text in pieces that end at the cuts, and gives what came out: a line for each message, and how it
 * ended. */
static struct str outcome(struct arena *a, struct str text, const size_t cuts[], size_t count) {
    struct buf out = buf_new(a);
    struct feeder f;
    size_t at = 0;
    feeder_init(&f, feeder_print, &out);
    for (size_t i = 0; i <= count; i++) {
        size_t end = i < count ? cuts[i] : text.size;
        feeder_feed(&f, text.data + at, end - at);
        at = end;
    }
    if (f.status != STATUS_OK)
        buf_printf(&out, "bad: %s\n", status_text(f.status));
    else if (f.begun)
        buf_put_text(&out, "unfinished\n");
    feeder_free(&f);
    assert_true(buf_ok(&out));
    return buf_str(&out);
}

/* The outcome is the same for the whole text, for each byte alone, and for every cut in two. */
static void check_outcome(struct str text, const char *want) {
    struct arena a;
    size_t cuts[4096];
    assert_true(text.size < COUNT(cuts));
    arena_init(&a, test_arena_bytes_max);
    assert_text_of(text.data, outcome(&a, text, NULL, 0), want);
    for (size_t cut = 0; cut <= text.size; cut++) {
        assert_text_of(text.data, outcome(&a, text, &cut, 1), want);
        arena_reset(&a);
        cuts[cut] = cut;
    }
    assert_text_of(text.data, outcome(&a, text, cuts, text.size), want);
    arena_free(&a);
}

struct row {
    struct str text;
    const char *outcome;
};

static void check_rows(const struct row rows[], size_t count) {
    for (size_t i = 0; i < count; i++)
        check_outcome(rows[i].text, rows[i].outcome);
}

#define HOST "Host: till.test\r\n"
#define BAD_REQUEST "bad: Malformed HTTP request\n"
#define BAD_HOST "bad: Host header missing, repeated or malformed\n"
#define BAD_TARGET "bad: Malformed request target\n"
#define BAD_VERSION "bad: Only HTTP/1.1 and HTTP/1.0 are supported\n"
#define BAD_FRAMING "bad: Ambiguous or malformed message framing\n"

/* ---- accepted ---- */

static void requests_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES("GET / HTTP/1.1\r\n" HOST "\r\n"), "GET /\n"},
        {BYTES("GET /a%20b?c=d&e HTTP/1.1\r\n" HOST "\r\n"), "GET /a%20b query=c=d&e\n"},
        {BYTES("GET /? HTTP/1.1\r\n" HOST "\r\n"), "GET / query=\n"},
        {BYTES("GET /?a?b HTTP/1.1\r\n" HOST "\r\n"), "GET / query=a?b\n"},
        {BYTES("HEAD / HTTP/1.1\r\n" HOST "\r\n"), "HEAD /\n"},
        {BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), "OPTIONS * \n"},
        {BYTES("GET http://till.test/a?b HTTP/1.1\r\n" HOST "\r\n"), "GET /a query=b\n"},
        {BYTES("GET HTTP://Till.Test/a HTTP/1.1\r\n" HOST "\r\n"), "GET /a\n"},
        {BYTES("\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), "GET /\n"},
        {BYTES("TRACE / HTTP/1.1\r\n" HOST "\r\n"), "OTHER /\n"},
        {BYTES("\r\nget / HTTP/1.1\r\n" HOST "\r\n"), "OTHER /\n"},
        {BYTES("M-SEARCH /a?b HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\ncGET / HTTP/1.1\r\n" HOST "\r\n"),
         "OTHER /a query=b body=c\nGET /\n"},
        {BYTES("SETUP / HTTP/1.1\r\n" HOST "\r\n"), "OTHER /\n"},
        {BYTES("CONNECT / HTTP/1.1\r\n" HOST "\r\n"), "OTHER /\n"},
        {BYTES("a!#$%&'*+-.^_`|~9 / HTTP/1.1\r\n" HOST "\r\n"), "OTHER /\n"},
        {BYTES("GET / HTTP/1.1\r\nhost:till.test:8000\r\n\r\n"), "GET /\n"},
        {BYTES("GET / HTTP/1.1\r\nHOST: \t [::1]:80 \t\r\n\r\n"), "GET /\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Empty:\r\nX: \t\r\n\r\n"), "GET /\n"},
        {BYTES("DELETE /a HTTP/1.1\r\n" HOST "Authorization: Bearer x \r\nConnection: close\r\n\r\n"),
         "DELETE /a authorization=Bearer x close\n"},
        {BYTES("GET / HTTP/1.0\r\n\r\n"), "GET / 1.0 close\n"},
        {BYTES("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "GET / 1.0\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"), "GET /\n"},
        {BYTES("OPTIONS / HTTP/1.1\r\n" HOST "Origin: http://a.test\r\nAccess-Control-Request-Method: "
               "PUT\r\n\r\n"),
         "OPTIONS / origin=http://a.test preflight=PUT\n"},
        {BYTES("POST / HTTP/1.1\r\n" HOST
               "Origin: null\r\nSec-Fetch-Site: cross-site\r\nUser-Agent: a (b) \r\n"
               "user-agent: c\r\nsec-fetch-site: none\r\nUser-Agents: d\r\n\r\n"),
         "POST / origin=null site=cross-site agent=a (b)\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "X-Request-Id: a-B_1.2\r\n\r\n"), "GET / id=a-B_1.2\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "X-Request-Id: a b\r\n\r\n"), "GET /\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Accept-Encoding: a\r\nAccept-Encoding: b\r\n\r\n"), "GET /\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST
               "X-Forwarded-Proto: https,http\r\nX-Forwarded-For: 6.6.6.6, 9.9.9.9\r\n"
               "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=1.1.1.1;proto=http\r\n\r\n"),
         "GET / client=9.9.9.9 secure\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Forwarded: for=\"[2001:db8::1]:80\";proto=https\r\n\r\n"),
         "GET / client=2001:db8::1 secure\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST), "unfinished\n"},
        {BYTES("G"), "unfinished\n"},
        {BYTES(""), ""},
    };
    check_rows(rows, COUNT(rows));
}

static void bodies_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES("POST /a HTTP/1.1\r\n" HOST "Content-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"),
         "POST /a type=application/json body={}\n"},
        {BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), "POST /\n"},
        {BYTES("POST / HTTP/1.1\r\n" HOST "\r\n"), "POST /\n"},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"), "GET / body=abc\n"},
        {BYTES("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
         "PUT / body=abc\n"},
        {BYTES("PUT / HTTP/1.1\r\n" HOST
               "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0A\r\n0123456789\r\n0\r\n\r\n"),
         "PUT / body=a0123456789\n"},
        {BYTES("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "PUT /\n"},
        {BYTES("PUT / HTTP/1.1\r\n" HOST
               "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\nX-Trailer: 1\r\n\r\n"),
         "PUT / body=a\n"},
        {BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n{}"),
         "POST / body={} continue\n"},
        {BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n"), "POST /\n"},
        {BYTES("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}"),
         "POST / body={} 1.0 close\n"},
        {BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\n{}"), "unfinished\n"},
        {BYTES("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), "unfinished\n"},
    };
    check_rows(rows, COUNT(rows));
}

static void requests_follow_each_other(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES("GET /a HTTP/1.1\r\n" HOST "\r\nGET /b HTTP/1.1\r\n" HOST "\r\n"), "GET /a\nGET /b\n"},
        {BYTES("POST /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nxGET /b HTTP/1.1\r\n" HOST "\r\n"),
         "POST /a body=x\nGET /b\n"},
        {BYTES("PUT /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nGET /b "
               "HTTP/1.1\r\n" HOST "\r\n"),
         "PUT /a body=x\nGET /b\n"},
        {BYTES("GET /a HTTP/1.1\r\n" HOST "\r\n\r\nGET /b HTTP/1.1\r\n" HOST "\r\n"), "GET /a\nGET /b\n"},
        {BYTES("GET /a HTTP/1.1\r\n" HOST "Connection: close\r\n\r\nGET /b HTTP/1.1\r\n" HOST "\r\n"),
         "GET /a close\n"},
        {BYTES("GET /a HTTP/1.1\r\n" HOST "\r\nGET /b HTTP/1.1\r\n\r\n"), "GET /a\n" BAD_HOST},
        {BYTES("GET /a HTTP/1.1\r\n" HOST "Authorization: secret\r\n\r\nGET /b HTTP/1.1\r\n" HOST "\r\n"),
         "GET /a authorization=secret\nGET /b\n"}, /* nothing of the first is left */
    };
    check_rows(rows, COUNT(rows));
}

/* ---- refused ---- */

static void malformed_request_lines_are_refused(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES("GET  / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET /  HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES(" GET / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1 \r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET / http/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET /\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/2.0\r\n" HOST "\r\n"), BAD_VERSION},
        {BYTES("GET / HTTP/1.2\r\n" HOST "\r\n"), BAD_VERSION},
        {BYTES("GET / HTTP/0.9\r\n" HOST "\r\n"), BAD_VERSION},
        {BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), BAD_VERSION},
        {BYTES("CONNECT till.test:80 HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("G\x01T / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("G\nT / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("\r\n / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456 / HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET a HTTP/1.1\r\n" HOST "\r\n"), BAD_REQUEST},
        {BYTES("GET * HTTP/1.1\r\n" HOST "\r\n"), BAD_TARGET},
        {BYTES("GET /a#b HTTP/1.1\r\n" HOST "\r\n"), BAD_TARGET},
        {BYTES("GET /\"a\" HTTP/1.1\r\n" HOST "\r\n"), BAD_TARGET},
        {BYTES("GET /a?<b> HTTP/1.1\r\n" HOST "\r\n"), BAD_TARGET},
        {BYTES("GET ftp://till.test/ HTTP/1.1\r\n" HOST "\r\n"), BAD_TARGET},
        {BYTES("GET http://other.test/ HTTP/1.1\r\n" HOST "\r\n"), BAD_HOST},
    };
    check_rows(rows, COUNT(rows));
}

static void malformed_fields_are_refused(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES("GET / HTTP/1.1\r\n\r\n"), BAD_HOST},
        {BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n"), BAD_HOST},
        {BYTES("GET / HTTP/1.1\r\n" HOST HOST "\r\n"), BAD_FRAMING},
        {BYTES("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), BAD_HOST},
        {BYTES("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), BAD_HOST},
        {BYTES("GET / HTTP/1.1\r\nHost: user@till.test\r\n\r\n"), BAD_HOST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A b: c\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A : c\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST ": c\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A: b\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A: b\x01\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "A: b\x7F\r\n\r\n"), BAD_REQUEST},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Authorization: a\r\nauthorization: b\r\n\r\n"), BAD_FRAMING},
        {BYTES("GET / HTTP/1.1\r\n" HOST "Expect: magic\r\n\r\n"),
         "bad: Only 'Expect: 100-continue' is supported\n"},
    };
    check_rows(rows, COUNT(rows));
}

#define POST "POST / HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void ambiguous_lengths_are_refused(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES(POST "Content-Length: +1\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: -1\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 01\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 0x1\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 1, 1\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 1 1\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length:\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 99999999999999999999999\r\n\r\na"), BAD_FRAMING},
        {BYTES(POST "Content-Length: 1048577\r\n\r\na"), "bad: Request body is larger than 1 MiB\n"},
        {BYTES(POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), BAD_FRAMING},
        {BYTES(POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"), BAD_FRAMING},
        {BYTES(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), BAD_FRAMING},
        {BYTES(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), BAD_FRAMING},
        {BYTES(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         BAD_FRAMING},
        {BYTES(POST "Transfer-Encoding: identity\r\n\r\n"), BAD_FRAMING},
        {BYTES(POST "Transfer-Encoding:\r\n\r\n"), BAD_FRAMING},
        {BYTES("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), BAD_FRAMING},
    };
    check_rows(rows, COUNT(rows));
}

static void malformed_chunks_are_refused(void **state) {
    (void)state;
    static const struct row rows[] = {
        {BYTES(CHUNKED "x\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "-1\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "0x1\r\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED " 1\r\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1 \r\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1\r\na\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1\r\nab\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1;\r\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1;a\x01\r\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "1;a\n\r\na\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "11111111111111111\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "100001\r\n"), "bad: Request body is larger than 1 MiB\n"},
        {BYTES(CHUNKED "0\r\nContent-Length: 1\r\n\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "0\r\nhost: a\r\n\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "0\r\nTRANSFER-ENCODING: chunked\r\n\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "0\r\nA: b\r\n c\r\n\r\n"), BAD_FRAMING},
        {BYTES(CHUNKED "0\r\nA b\r\n\r\n"), BAD_FRAMING},
    };
    check_rows(rows, COUNT(rows));
}

/* Debian's llhttp refuses these itself, and another version might not. */
static void line_ends_of_chunks_are_checked_whatever_llhttp_accepts(void **state) {
    (void)state;
    static const struct {
        struct str bytes;
        enum status want;
    } rows[] = {
        {BYTES("5\r\n"), STATUS_OK},
        {BYTES("5;a=b\r\n"), STATUS_OK},
        {BYTES("5\n"), STATUS_BAD_FRAMING},
        {BYTES("5;a\nb\r\n"), STATUS_BAD_FRAMING},
        {BYTES("5\r5\n"), STATUS_BAD_FRAMING},
        {BYTES("5;\r\n"), STATUS_BAD_FRAMING},
        {BYTES("5;a\0\r\n"), STATUS_BAD_FRAMING},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t cut = 0; cut <= rows[i].bytes.size; cut++) {
            struct chunk_guard guard = {0};
            enum status s = chunk_guard_feed(&guard, text_of(rows[i].bytes.data, cut), 100);
            if (s == STATUS_OK)
                s = chunk_guard_feed(&guard, str_skip(rows[i].bytes, cut), 100);
            assert_number_of(rows[i].bytes.data, s, rows[i].want);
        }
}

/* ---- limits ---- */

/* `before`, then `c` n times, then `after`: fed whole. */
static void check_limit(const char *before, char c, size_t n, const char *after, const char *want) {
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    buf_put_text(&text, before);
    memset(buf_space(&text, n), c, n);
    buf_put_text(&text, after);
    struct str got = outcome(&a, buf_str(&text), NULL, 0);
    assert_has(got, want);
    size_t cuts[] = {1, 5000, 8000, 12000, 16000, 16384};
    for (size_t i = 0; i < COUNT(cuts); i++)
        if (cuts[i] < text.size)
            assert_str(outcome(&a, buf_str(&text), &cuts[i], 1), got);
    arena_free(&a);
}

static void a_target_and_a_head_are_bounded(void **state) {
    (void)state;
    check_limit("GET /", 'a', target_bytes_max - 1, " HTTP/1.1\r\n" HOST "\r\n", "GET /aaa");
    check_limit("GET /", 'a', target_bytes_max, " HTTP/1.1\r\n" HOST "\r\n",
                "bad: Request target is longer than 8 KiB\n");
    size_t rest = sizeof "GET / HTTP/1.1\r\n" HOST "A: \r\n\r\n" - 1;
    check_limit("GET / HTTP/1.1\r\n" HOST "A: ", 'a', head_bytes_max - rest, "\r\n\r\n", "GET /\n");
    check_limit("GET / HTTP/1.1\r\n" HOST "A: ", 'a', head_bytes_max - rest + 1, "\r\n\r\n",
                "bad: Request head is larger than 16 KiB or has more than 100 fields\n");
}

static void the_number_of_fields_is_bounded(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    buf_put_text(&text, "GET / HTTP/1.1\r\n" HOST);
    for (int i = 1; i < fields_max; i++)
        buf_put_text(&text, "A: b\r\n");
    struct buf more = buf_new(&a);
    buf_put(&more, buf_str(&text));
    buf_put_text(&text, "\r\n");
    buf_put_text(&more, "A: b\r\n\r\n");
    assert_text(outcome(&a, buf_str(&text), NULL, 0), "GET /\n");
    assert_text(outcome(&a, buf_str(&more), NULL, 0),
                "bad: Request head is larger than 16 KiB or has more than 100 fields\n");
    arena_free(&a);
}

static void a_body_is_bounded(void **state) {
    (void)state;
    check_limit(POST "Content-Length: 1048576\r\n\r\n", 'a', body_bytes_max, "", "POST / body of 1048576");
    check_limit(CHUNKED "100000\r\n", 'a', body_bytes_max, "\r\n0\r\n\r\n", "POST / body of 1048576");
    check_limit(CHUNKED "100000\r\n", 'a', body_bytes_max, "\r\n1\r\na\r\n0\r\n\r\n",
                "bad: Request body is larger than 1 MiB\n");
}

static void framing_must_not_outweigh_its_body(void **state) {
    (void)state;
    check_limit(CHUNKED "1;", 'a', framing_line_bytes_max, "\r\na\r\n0\r\n\r\n", BAD_FRAMING);
    check_limit(CHUNKED "1\r\na\r\n0\r\nA: ", 'a', framing_line_bytes_max, "\r\n\r\n", BAD_FRAMING);
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    buf_put_text(&text, CHUNKED);
    for (int i = 0; i < 200; i++)
        buf_printf(&text, "1;%0400d\r\na\r\n", 0);
    assert_text(outcome(&a, buf_str(&text), NULL, 0), BAD_FRAMING);
    arena_free(&a);
}

static void small_chunks_are_accepted(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    buf_put_text(&text, CHUNKED);
    for (int i = 0; i < 100000; i++)
        buf_put_text(&text, "1\r\na\r\n");
    buf_put_text(&text, "0\r\n\r\n");
    assert_has(outcome(&a, buf_str(&text), NULL, 0), "POST / body of 100000");
    arena_free(&a);
}

/* ---- strict checks alone ---- */

static void hosts_are_checked(void **state) {
    (void)state;
    static const struct {
        struct str host;
        bool good;
    } rows[] = {
        {BYTES("a"), true},        {BYTES("a.b-c_d~e"), true}, {BYTES("127.0.0.1:8000"), true},
        {BYTES("[::1]:80"), true}, {BYTES("a%20b"), true},     {BYTES("a:"), true},
        {BYTES(""), false},        {BYTES("a b"), false},      {BYTES("a/b"), false},
        {BYTES("a@b"), false},     {BYTES("a,b"), false},      {BYTES("a?b"), false},
        {BYTES("a#b"), false},     {BYTES("a\0b"), false},     {BYTES("\xC3\xA9"), false},
        {BYTES("a\"b"), false},    {BYTES("a<b"), false},      {BYTES("a\\b"), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i].host.data, strict_host(rows[i].host),
                         rows[i].good ? STATUS_OK : STATUS_BAD_HOST);
}

static void lengths_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t length; /* -1: refused */
    } rows[] = {
        {"0", 0},   {"1", 1},    {"1048576", 1048576}, {"999999999999999999", INT64_C(999999999999999999)},
        {"", -1},   {"00", -1},  {"01", -1},           {"1000000000000000000", -1},
        {"+1", -1}, {"1 ", -1},  {"1.0", -1},          {"1e3", -1},
        {"a", -1},  {"0x1", -1}, {"\xD9\xA1", -1},     {"1,1", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t length = 0;
        enum status s = strict_length(str_from(rows[i].text), &length);
        assert_number_of(rows[i].text, s == STATUS_OK ? (int64_t)length : -1, rows[i].length);
    }
}

static void targets_are_checked(void **state) {
    (void)state;
    static const char good[] = "/abcXYZ019-._~!$&'()*+,;=:@%[]|";
    assert_int_equal(strict_target(str_from(good), str_from(good)), STATUS_OK);
    for (const char *c = "\"<>\\^`{}#"; *c; c++) {
        assert_int_equal(strict_target(text_of(c, 1), STR("")), STATUS_BAD_TARGET);
        bool in_query = strchr("\"<>#", *c) != NULL; /* browsers do not encode the others */
        assert_int_equal(strict_target(STR("/"), text_of(c, 1)), in_query ? STATUS_BAD_TARGET : STATUS_OK);
    }
}

/* ---- lack of memory ---- */

static void every_lack_of_memory_is_reported(void **state) {
    (void)state;
    static const char text[] = POST "Content-Length: 300\r\n\r\n";
    char request[sizeof text - 1 + 300];
    memcpy(request, text, sizeof text - 1);
    memset(request + sizeof text - 1, 'a', 300);
    enum status s = STATUS_NO_MEMORY;
    for (size_t bound = 0; s == STATUS_NO_MEMORY; bound += 16) {
        struct arena a;
        struct buf out = buf_new(&a);
        struct feeder f;
        arena_init(&a, test_arena_bytes_max);
        feeder_init(&f, feeder_print, &out);
        f.arena.bytes_max = bound;
        feeder_feed(&f, request, sizeof request);
        s = f.status;
        assert_true(s == STATUS_NO_MEMORY || s == STATUS_OK);
        assert_true(bound < 100000);
        feeder_free(&f);
        arena_free(&a);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(bodies_are_read),
        cmocka_unit_test(requests_follow_each_other),
        cmocka_unit_test(malformed_request_lines_are_refused),
        cmocka_unit_test(malformed_fields_are_refused),
        cmocka_unit_test(ambiguous_lengths_are_refused),
        cmocka_unit_test(malformed_chunks_are_refused),
        cmocka_unit_test(line_ends_of_chunks_are_checked_whatever_llhttp_accepts),
        cmocka_unit_test(a_target_and_a_head_are_bounded),
        cmocka_unit_test(the_number_of_fields_is_bounded),
        cmocka_unit_test(a_body_is_bounded),
        cmocka_unit_test(framing_must_not_outweigh_its_body),
        cmocka_unit_test(small_chunks_are_accepted),
        cmocka_unit_test(hosts_are_checked),
        cmocka_unit_test(lengths_are_checked),
        cmocka_unit_test(targets_are_checked),
        cmocka_unit_test(every_lack_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("parser", tests, NULL, NULL);
}
