/* The router: as many rows as it has room for, and rows of one path that lie apart. */
#include "api/router.h"
#include "test.h"

#include <stdio.h>

static char paths[routes_max][32];
static struct endpoint rows[routes_max];
static struct router router;

/* Row i has a path of its own, but the last two have those of the first two. */
static int fill(void **state) {
    (void)state;
    static struct endpoint_group group = {.tag = "many", .rows = rows, .count = routes_max};
    static const struct endpoint_group *const groups[] = {&group, NULL};
    for (size_t i = 0; i < routes_max; i++) {
        size_t of = i < routes_max - 2 ? i : i - (routes_max - 2);
        snprintf(paths[i], sizeof paths[i], "/things/%zu/{thing_id}", of);
        rows[i] = (struct endpoint){.method = i == of ? METHOD_GET : METHOD_DELETE, .path = paths[i]};
    }
    router_fill(&router, groups, false);
    return 0;
}

static void every_row_of_a_full_table_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < routes_max - 2; i++) {
        char path[32];
        struct match match;
        snprintf(path, sizeof path, "/things/%zu/x", i);
        router_match(&router, str_from(path), &match);
        assert_true(match.found);
        assert_int_equal(match.by_method[METHOD_GET], i);
        assert_int_equal(match.by_method[METHOD_DELETE], i < 2 ? routes_max - 2 + i : (size_t)routes_max);
        assert_int_equal(match.by_method[METHOD_POST], (size_t)routes_max);
        assert_int_equal(match.parameter_count, 1);
        assert_text(match.parameters[0], "x");
        assert_text(match.names[0], "thing_id");
    }
}

static void rows_of_one_path_that_lie_apart_are_all_allowed(void **state) {
    (void)state;
    struct match match;
    char allow[allow_size_max];
    router_match(&router, STR("/things/1/x"), &match);
    assert_text(((struct str){allow, router_allow(&match, allow)}), "GET, HEAD, DELETE, OPTIONS");
    router_match(&router, STR("/things/2/x"), &match);
    assert_text(((struct str){allow, router_allow(&match, allow)}), "GET, HEAD, OPTIONS");
}

static void a_path_of_no_row_is_not_found(void **state) {
    (void)state;
    static const char *const wrong[] = {"",           "/",           "/things",      "/things/1",
                                        "/things/1/", "/things/x/y", "/things/1/x/", "things/1/x"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct match match;
        router_match(&router, str_from(wrong[i]), &match);
        assert_false(match.found);
        for (size_t m = 0; m < METHOD_COUNT; m++)
            assert_int_equal(match.by_method[m], (size_t)routes_max);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_a_full_table_is_found),
        cmocka_unit_test(rows_of_one_path_that_lie_apart_are_all_allowed),
        cmocka_unit_test(a_path_of_no_row_is_not_found),
    };
    return cmocka_run_group_tests_name("router", tests, fill, NULL);
}
