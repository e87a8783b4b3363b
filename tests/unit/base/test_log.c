/* The log's own lines: those of requests come finished from http (tests/api/test_log.py). */
#include "test.h"

#include "base/log.h"

#include <unistd.h>

/* What comes out of standard error while a warning with this text from outside is logged. The caller has the room. */
static struct str logged(const char *text, char *room, size_t size) {
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    log_warning("the bank says %s", text);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    close(ends[1]);
    ssize_t count = read(ends[0], room, size);
    close(ends[0]);
    assert_true(count > 0);
    return (struct str){room, (size_t)count};
}

static void a_text_from_outside_cannot_forge_a_line(void **state) {
    (void)state;
    char room[2048];
    struct str line = logged("no\n2026-11-23T02:03:29.123456Z info: paid\r\x1B[2J", room, sizeof room);
    assert_int_equal(str_find(line, '\n'), line.size - 1);
    assert_has(line, " warning: the bank says no?2026-11-23T02:03:29.123456Z info: paid??[2J\n");
}

static void a_long_text_is_cut(void **state) {
    (void)state;
    char room[2048], text[1500];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    struct str line = logged(text, room, sizeof room);
    assert_true(line.size > 1023 && line.size < 1100);
    assert_int_equal(line.data[line.size - 1], '\n');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_from_outside_cannot_forge_a_line),
        cmocka_unit_test(a_long_text_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
