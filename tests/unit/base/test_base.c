/* base: text, identifiers, time, counters and waking. */
#include "test.h"
#include "world.h"

#include "base/metrics.h"
#include "base/status.h"
#include "base/thread/notify_batch.h"
#include "base/uuid.h"

#include <stdlib.h>

/* ---- text ---- */

static void text_is_trimmed_compared_and_searched(void **state) {
    (void)state;
    assert_text(str_trim(STR(" \t a b \t")), "a b");
    assert_text(str_trim(STR(" \t ")), "");
    assert_text(str_trim(STR("\na\n")), "\na\n");
    assert_true(str_equal_nocase(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_equal_nocase(STR("@"), STR("`"))); /* differ by 0x20, but are not letters */
    assert_false(str_equal_nocase(STR("\xC3\x80"), STR("\xC3\xA0")));
    assert_true(str_starts(STR("abc"), STR("")) && str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("ab"), STR("abc")));
    assert_int_equal(str_find(STR("a=b=c"), '='), 1);
    assert_int_equal(str_find(STR("abc"), '='), 3);
    assert_int_equal(str_find((struct str){0}, '='), 0);
    assert_null(str_from(NULL).data);
}

static void utf8_takes_scalar_values_in_their_shortest_form_only(void **state) {
    (void)state;
    static const struct {
        struct str text;
        size_t size;
    } rows[] = {
        {BYTES(""), 0},
        {BYTES("\0"), 1},
        {BYTES("\x7F"), 1},
        {BYTES("\x80"), 0},
        {BYTES("\xBF"), 0},
        {BYTES("\xC0\x80"), 0}, /* overlong */
        {BYTES("\xC1\xBF"), 0},
        {BYTES("\xC2\x80"), 2},
        {BYTES("\xDF\xBF"), 2},
        {BYTES("\xC3"), 0},
        {BYTES("\xC3\xC3"), 0},
        {BYTES("\xC3\x28"), 0},
        {BYTES("\xE0\x9F\xBF"), 0},
        {BYTES("\xE0\xA0\x80"), 3},
        {BYTES("\xED\x9F\xBF"), 3},
        {BYTES("\xED\xA0\x80"), 0}, /* U+D800 */
        {BYTES("\xED\xBF\xBF"), 0},
        {BYTES("\xEE\x80\x80"), 3},
        {BYTES("\xEF\xBF\xBF"), 3},
        {BYTES("\xE2\x82"), 0},
        {BYTES("\xF0\x8F\xBF\xBF"), 0},
        {BYTES("\xF0\x90\x80\x80"), 4},
        {BYTES("\xF4\x8F\xBF\xBF"), 4},
        {BYTES("\xF4\x90\x80\x80"), 0}, /* past U+10FFFF */
        {BYTES("\xF5\x80\x80\x80"), 0},
        {BYTES("\xF8\x88\x80\x80\x80"), 0},
        {BYTES("\xFF"), 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(utf8_sequence(rows[i].text), rows[i].size);
        assert_int_equal(utf8_valid(rows[i].text), rows[i].size == rows[i].text.size);
    }
}

static void every_scalar_value_is_written_and_read_back(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        struct str text = {bytes, utf8_put(code, bytes)};
        if (utf8_sequence(text) != text.size || utf8_length(text) != 1)
            fail_msg("U+%04X", code);
    }
}

static void a_line_has_no_control_characters(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"a b\xC3\xA9~", "a b\xC3\xA9~"},
        {"a\nb\x1B[1m\x7F", "a?b?[1m?"},
        {"\xC2\x9B"
         "1m \xC2\xA0",
         "??1m \xC2\xA0"},
        {"\xC3\xA9\xFF", "???"},
        {"\xC2", "?"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[32];
        snprintf(line, sizeof line, "%s", rows[i].text);
        line_clean(line);
        assert_string_equal(line, rows[i].want);
    }
}

static void length_counts_code_points(void **state) {
    (void)state;
    assert_int_equal(utf8_limit(STR("a\xF0\x9F\x98\x80"), 5), 5);
    for (size_t max = 1; max < 5; max++)
        assert_int_equal(utf8_limit(STR("a\xF0\x9F\x98\x80"), max), 1);
    assert_int_equal(utf8_limit(STR("\xC3\xA9\xC3\xA9"), 3), 2);
    assert_int_equal(utf8_limit(STR("\xC3\xA9\xC3\xA9"), 0), 0);
    assert_int_equal(utf8_length(STR("")), 0);
    assert_int_equal(utf8_length(STR("aé日😀")), 4);
    assert_int_equal(utf8_length(STR("e\xCC\x81")), 2); /* e and a combining accent */
}

static void texts_are_ordered_by_their_bytes(void **state) {
    (void)state;
    static const struct str rows[] = {{"", 0},     BYTES("\0"), BYTES("a"),   BYTES("a\0"),
                                      BYTES("ab"), BYTES("b"),  BYTES("\xFF")};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < COUNT(rows); j++) {
            int order = str_compare(rows[i], rows[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    assert_int_equal(str_compare((struct str){0}, STR("")), 0);
}

static void a_list_is_cut_at_its_separators(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},      {"a", "<a>"}, {"a,b", "<a><b>"},    {",a", "<><a>"},
        {"a,", "<a>"}, {",", "<>"},  {"a,,b", "<a><><b>"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str rest = str_from(rows[i][0]);
        char cut[32] = "";
        while (rest.size > 0) {
            struct str item = str_cut(&rest, ',');
            snprintf(cut + strlen(cut), sizeof cut - strlen(cut), "<%.*s>", (int)item.size, item.data);
        }
        assert_string_equal(cut, rows[i][1]);
    }
}

static void a_text_may_be_held_to_letters_and_digits(void **state) {
    (void)state;
    assert_true(str_is_alnum(STR("azAZ09-_"), "-_"));
    assert_true(str_is_alnum(STR(""), ""));
    static const struct str others[] = {BYTES("/"), BYTES(":"), BYTES("@"),   BYTES("["), BYTES("`"),
                                        BYTES("{"), BYTES("é"), BYTES("a\0"), BYTES(" ")};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(str_is_alnum(others[i], "-_"));
}

static void an_integer_is_read_from_digits_alone(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t max, value; /* value -1: refused */
    } rows[] = {
        {"0", 0, 0},
        {"007", 7, 7},
        {"8", 7, -1},
        {"9223372036854775807", INT64_MAX, INT64_MAX},
        {"9223372036854775808", INT64_MAX, -1},
        {"99999999999999999999999", INT64_MAX, -1},
        {"", 9, -1},
        {"-1", 9, -1},
        {"+1", 9, -1},
        {" 1", 9, -1},
        {"1 ", 9, -1},
        {"1.0", 9, -1},
        {"0x1", 9, -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t value = 42;
        bool is_read = str_to_int(str_from(rows[i].text), rows[i].max, &value);
        assert_number_of(rows[i].text, is_read, rows[i].value >= 0);
        assert_number_of(rows[i].text, value, is_read ? rows[i].value : 42);
    }
}

/* ---- uuid ---- */

#define ID "5d9dc9f8-1818-4811-892f-902bd23f0824"
#define IN_BRACES "{" ID "}"
#define URN "urn:uuid:" ID

static void every_form_of_a_uuid_is_read(void **state) {
    (void)state;
    static const char *const rows[] = {
        ID,  "5D9DC9F8-1818-4811-892F-902BD23F0824",   "5d9dc9f818184811892f902bd23f0824", IN_BRACES,
        URN, "{5D9dc9f8-1818-4811-892f-902BD23F0824}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct uuid id;
        char text[uuid_text_size];
        assert_true(uuid_parse(str_from(rows[i]), &id, NULL));
        uuid_format(&id, text);
        assert_text_of(rows[i], text_of(text, sizeof text), ID);
    }
}

/* The reasons are those that Pydantic 2.14 gives. */
static void a_text_that_is_not_a_uuid_is_refused_with_a_reason(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason;
    } rows[] = {
        {"", "invalid length: found 0"},
        {"0", "invalid length: found 1"},
        {"5d9dc9f818184811892f902bd23f082", "invalid length: found 31"},
        {"5d9dc9f818184811892f902bd23f08240", "invalid length: found 33"},
        {"00000000000000000000000000000000000000", "invalid length: found 38"},
        {"000000000000000000000000000000000000", "invalid group count: expected 5, found 1"}, /* 36 bytes */
        {"x", "invalid character: found `x` at 0"},
        {"\"", "invalid character: found `\"` at 0"},
        {"é", "invalid character: found `é` at 0"},
        {"5d9dc9f8-1é8-4811-892f-902bd23f0824", "invalid character: found `é` at 10"},
        {"5d9dc9f8-1818-4811-892f-902bd23f082😀", "invalid character: found `😀` at 35"},
        {" " ID, "invalid character: found ` ` at 0"},
        {ID "\n", "invalid character: found `\n` at 36"},
        {"{" ID, "invalid character: found `{` at 0"},
        {ID "}", "invalid character: found `}` at 36"},
        {"{" ID "}}", "invalid character: found `}` at 37"},
        {"{gd9dc9f8-1818-4811-892f-902bd23f0824}", "invalid character: found `g` at 0"},
        {"{g}", "invalid character: found `g` at 1"},
        {"urn:uuid:gd9dc9f8-1818-4811-892f-902bd23f0824", "invalid character: found `g` at 0"},
        {"urn:uuid:g", "invalid character: found `g` at 9"},
        {"URN:UUID:" ID, "invalid character: found `U` at 0"},
        {"urn:uuid:{" ID "}", "invalid length: found 47"},
        {"urn:uuid:5d9dc9f818184811892f902bd23f0824", "invalid group count: expected 5, found 1"},
        {"{5d9dc9f818184811892f902bd23f0824}", "invalid group count: expected 5, found 1"},
        {"{}", "invalid group count: expected 5, found 1"},
        {"-", "invalid group count: expected 5, found 2"},
        {"1-2-3-4-5-6", "invalid group count: expected 5, found 6"},
        {"----", "invalid group length in group 0: expected 8, found 0"},
        {"123456789-123-1234-1234-123456789012", "invalid group length in group 0: expected 8, found 9"},
        {"12345678--1234-1234-123456789012", "invalid group length in group 1: expected 4, found 0"},
        {"12345678-1234-12345-123-123456789012", "invalid group length in group 2: expected 4, found 5"},
        {"12345678-1234-1234-123-1234567890123", "invalid group length in group 3: expected 4, found 3"},
        {"5d9dc9f8-1818-4811-892f-902bd23f082", "invalid group length in group 4: expected 12, found 11"},
        {"{5d9dc9f8-1818-4811-892f-902bd23f082}",
         "invalid group length in group 4: expected 12, found 13"}, /* the prefix and braces count */
        {"0000000000-0000-0000-0000-00000000000000000000", "invalid length: found 46"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct uuid id;
        struct uuid_reason reason;
        assert_false(uuid_parse(str_from(rows[i].text), &id, &reason));
        assert_text_of(rows[i].text, text_of(reason.text, reason.size), rows[i].reason);
    }
    struct uuid id;
    struct uuid_reason nul;
    assert_false(uuid_parse(STR("5\0"
                                "9"),
                            &id, &nul));
    assert_int_equal(nul.size, sizeof "invalid character: found `\0` at 1" - 1);
    assert_memory_equal(nul.text, "invalid character: found `\0` at 1", nul.size);
}

static void a_new_uuid_is_of_version_7_and_sorts_by_time(void **state) {
    (void)state;
    struct world world;
    struct uuid before = {{0}};
    world_begin(&world);
    for (int i = 0; i < 1000; i++) {
        struct uuid id = uuid_new(&world.clock, &world.random);
        assert_int_equal(id.bytes[6] >> 4, 7);
        assert_int_equal(id.bytes[8] >> 6, 2);
        assert_true(memcmp(before.bytes, id.bytes, sizeof id.bytes) < 0);
        before = id;
    }
}

static void a_uuid_holds_the_milliseconds_of_the_clock(void **state) {
    (void)state;
    struct world world;
    char text[uuid_text_size];
    world_begin(&world);
    world.now_us = INT64_C(0x017F22E279B0) * 1000 - 1000; /* the example of RFC 9562, A.6 */
    struct uuid id = uuid_new(&world.clock, &world.random);
    uuid_format(&id, text);
    assert_text(text_of(text, 15), "017f22e2-79b0-7");
}

/* ---- time ---- */

static void times_are_written(void **state) {
    (void)state;
    static const struct {
        int64_t us;
        const char *iso, *http;
    } rows[] = {
        {INT64_C(-62135596800000000), "0001-01-01T00:00:00.000000Z", "Mon, 01 Jan 0001 00:00:00 GMT"},
        {-1, "1969-12-31T23:59:59.999999Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
        {0, "1970-01-01T00:00:00.000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
        {INT64_C(784111777000001), "1994-11-06T08:49:37.000001Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
        {INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
        {WORLD_START_US + 123456, "2026-11-23T02:03:29.123456Z", "Mon, 23 Nov 2026 02:03:29 GMT"},
        {INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char iso[time_text_size], http[http_date_size];
        time_format(rows[i].us, iso);
        http_date_format(rows[i].us, http);
        assert_text(text_of(iso, sizeof iso), rows[i].iso);
        assert_text(text_of(http, sizeof http), rows[i].http);
    }
}

/* ---- random, status ---- */

static void the_same_seed_gives_the_same_bytes(void **state) {
    (void)state;
    uint64_t one = 42, two = 42, three = 43;
    unsigned char a[100], b[100], c[100];
    struct random first = random_seeded(&one), second = random_seeded(&two), other = random_seeded(&three);
    random_fill(&first, a, sizeof a);
    random_fill(&second, b, sizeof b);
    random_fill(&other, c, sizeof c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    random_fill(&random_system, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void a_token_has_six_random_bits_a_sign(void **state) {
    (void)state;
    uint64_t seed = 1;
    struct random random = random_seeded(&seed);
    char token[64 * 64];
    size_t counts[256] = {0}, signs = 0;
    random_token(&random, token, sizeof token);
    for (size_t i = 0; i < sizeof token; i++)
        signs += counts[(unsigned char)token[i]]++ == 0;
    assert_int_equal(signs, 64);
    for (size_t i = 0; i < COUNT(counts); i++)
        assert_true(counts[i] < 128);
}

static void every_status_has_an_http_code_with_a_reason_and_a_text(void **state) {
    (void)state;
    for (int s = 0; s < STATUS_COUNT; s++) {
        int code = status_http((enum status)s);
        assert_true(code >= 200 && code <= 599);
        assert_string_not_equal(http_reason(code), "Unknown");
        assert_true(strlen(status_text((enum status)s)) > 1);
        assert_null(
            strpbrk(status_text((enum status)s), "\"\\")); /* it is written into JSON without escapes */
    }
    assert_string_equal(http_reason(299), "Unknown");
}

/* ---- metrics ---- */

static struct str metrics_text(struct metrics *m, struct arena *a) {
    static const struct str routes[] = {{"GET /a", 6}, {"none", 4}};
    struct buf out = buf_new(a);
    metrics_write(m, routes, COUNT(routes), &out);
    assert_true(buf_ok(&out));
    return buf_str(&out);
}

static void counters_of_all_threads_are_added_up(void **state) {
    (void)state;
    struct arena a;
    struct metrics *m = metrics_new(3);
    arena_init(&a, test_arena_bytes_max);
    for (size_t i = 0; i < 3; i++)
        metric_add(metrics_shard(m, i), METRIC_CONNECTIONS_OPENED, (int64_t)i + 1);
    metric_add(metrics_shard(m, 0), METRIC_CONNECTIONS_OPEN, 1);
    metric_add(metrics_shard(m, 0), METRIC_CONNECTIONS_OPEN, 1);
    metric_add(metrics_shard(m, 0), METRIC_CONNECTIONS_OPEN, -1);
    struct str text = metrics_text(m, &a);
    assert_has(text, "# TYPE till_connections_opened_total counter\ntill_connections_opened_total 6\n");
    assert_has(text, "# TYPE till_connections_open gauge\ntill_connections_open 1\n");
    arena_free(&a);
    metrics_free(m);
}

static void requests_are_counted_by_route_and_code(void **state) {
    (void)state;
    struct arena a;
    struct metrics *m = metrics_new(2);
    arena_init(&a, test_arena_bytes_max);
    metric_request(metrics_shard(m, 0), 0, 200, 40);
    metric_request(metrics_shard(m, 1), 0, 200, 300);
    metric_request(metrics_shard(m, 0), 0, 422, 20000000);
    metric_request(metrics_shard(m, 0), 1, 299, 1); /* a code that Till never sends */
    struct str text = metrics_text(m, &a);
    assert_has(text, "till_requests_total{route=\"GET /a\",status=\"200\"} 2\n");
    assert_has(text, "till_requests_total{route=\"GET /a\",status=\"422\"} 1\n");
    assert_has(text, "till_requests_total{route=\"none\",status=\"0\"} 1\n");
    assert_has(text, "till_request_seconds_bucket{route=\"GET /a\",le=\"5e-05\"} 1\n");
    assert_has(text, "till_request_seconds_bucket{route=\"GET /a\",le=\"0.0005\"} 2\n");
    assert_has(text, "till_request_seconds_bucket{route=\"GET /a\",le=\"10\"} 2\n");
    assert_has(text, "till_request_seconds_bucket{route=\"GET /a\",le=\"+Inf\"} 3\n");
    assert_has(text, "till_request_seconds_sum{route=\"GET /a\"} 20.000340\n");
    assert_has(text, "till_request_seconds_count{route=\"GET /a\"} 3\n");
    arena_free(&a);
    metrics_free(m);
}

static void every_code_of_a_status_has_a_slot_of_its_own(void **state) {
    (void)state;
    struct arena a;
    struct metrics *m = metrics_new(1);
    arena_init(&a, test_arena_bytes_max);
    for (int s = 0; s < STATUS_COUNT; s++)
        metric_request(metrics_shard(m, 0), 0, status_http((enum status)s), 1);
    assert_has_not(metrics_text(m, &a), "status=\"0\"");
    arena_free(&a);
    metrics_free(m);
}

static void batches_are_counted_by_size(void **state) {
    (void)state;
    struct arena a;
    struct metrics *m = metrics_new(1);
    arena_init(&a, test_arena_bytes_max);
    static const size_t batches[] = {1, 1, 2, 3, 512, 100000};
    for (size_t i = 0; i < COUNT(batches); i++)
        metric_batch(metrics_shard(m, 0), batches[i]);
    struct str text = metrics_text(m, &a);
    assert_has(text, "till_commit_jobs_bucket{le=\"1\"} 2\n");
    assert_has(text, "till_commit_jobs_bucket{le=\"2\"} 3\n");
    assert_has(text, "till_commit_jobs_bucket{le=\"4\"} 4\n");
    assert_has(text, "till_commit_jobs_bucket{le=\"512\"} 5\n");
    assert_has(text, "till_commit_jobs_bucket{le=\"+Inf\"} 6\n");
    assert_has(text, "till_commit_jobs_sum 100519\ntill_commit_jobs_count 6\n");
    arena_free(&a);
    metrics_free(m);
}

/* ---- waking ---- */

enum { woken_max = 200 };

static int woken[woken_max];
static size_t woken_count;

static void note(void *what) {
    assert_true(woken_count < woken_max);
    woken[woken_count++] = *(int *)what;
}

static void wakes_are_held_back_to_the_end_and_none_is_lost(void **state) {
    (void)state;
    int number[woken_max / 2];
    bool seen[COUNT(number)] = {false};
    notify(note, &(int){-1});
    assert_int_equal(woken_count, 1); /* nobody holds it */
    notify_batch_begin();
    for (size_t i = 0; i < COUNT(number); i++) {
        number[i] = (int)i;
        notify(note, &number[i]);
        assert_true(i > 0 || woken_count == 1);
    }
    notify_batch_end();
    assert_int_equal(woken_count, 1 + COUNT(number)); /* also those that there was no room for */
    for (size_t i = 1; i < woken_count; i++)
        seen[woken[i]] = true;
    for (size_t i = 0; i < COUNT(number); i++)
        assert_true(seen[i]);
    notify(note, &(int){-1});
    notify_batch_begin();
    notify_batch_end();
    assert_int_equal(woken_count, 2 + COUNT(number)); /* each once */
}

static void wakes_held_back_so_far_are_made_in_between(void **state) {
    (void)state;
    int number = 0;
    woken_count = 0;
    notify_batch_begin();
    notify(note, &number);
    notify_batch_flush();
    assert_int_equal(woken_count, 1);
    notify(note, &number);
    assert_int_equal(woken_count, 1); /* still held */
    notify_batch_end();
    assert_int_equal(woken_count, 2);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_trimmed_compared_and_searched),
        cmocka_unit_test(utf8_takes_scalar_values_in_their_shortest_form_only),
        cmocka_unit_test(every_scalar_value_is_written_and_read_back),
        cmocka_unit_test(a_line_has_no_control_characters),
        cmocka_unit_test(length_counts_code_points),
        cmocka_unit_test(texts_are_ordered_by_their_bytes),
        cmocka_unit_test(a_list_is_cut_at_its_separators),
        cmocka_unit_test(a_text_may_be_held_to_letters_and_digits),
        cmocka_unit_test(an_integer_is_read_from_digits_alone),
        cmocka_unit_test(every_form_of_a_uuid_is_read),
        cmocka_unit_test(a_text_that_is_not_a_uuid_is_refused_with_a_reason),
        cmocka_unit_test(a_new_uuid_is_of_version_7_and_sorts_by_time),
        cmocka_unit_test(a_uuid_holds_the_milliseconds_of_the_clock),
        cmocka_unit_test(times_are_written),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(a_token_has_six_random_bits_a_sign),
        cmocka_unit_test(every_status_has_an_http_code_with_a_reason_and_a_text),
        cmocka_unit_test(counters_of_all_threads_are_added_up),
        cmocka_unit_test(requests_are_counted_by_route_and_code),
        cmocka_unit_test(every_code_of_a_status_has_a_slot_of_its_own),
        cmocka_unit_test(batches_are_counted_by_size),
        cmocka_unit_test(wakes_are_held_back_to_the_end_and_none_is_lost),
        cmocka_unit_test(wakes_held_back_so_far_are_made_in_between),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
