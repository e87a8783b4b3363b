/* Texts for many readers: who gets which, and who is lost. */
#include "test.h"

#include "base/thread/broadcast.h"

enum { for_all = 3, for_first = 1, for_second = 2 };

static struct broadcast_reader join(struct broadcast *b, int64_t after, uint32_t audience) {
    struct broadcast_reader reader = {.after = after, .audience = audience};
    broadcast_join(b, &reader);
    return reader;
}

static void put(struct broadcast *b, int64_t id, uint32_t audience) {
    char text[8];
    int size = snprintf(text, sizeof text, "%d", (int)id);
    broadcast_put(b, id, audience, (struct str){text, (size_t)size});
}

/* Reads all that is there as `1,2,start,`. */
static enum broadcast_found read_all(struct broadcast *b, struct broadcast_reader *reader, char *out) {
    char text[broadcast_text_bytes_max];
    size_t size;
    enum broadcast_found found;
    while ((found = broadcast_next(b, reader, text, &size)) == BROADCAST_TEXT)
        out += sprintf(out, "%.*s,", (int)size, text);
    *out = '\0';
    return found;
}

static void expect(struct broadcast *b, struct broadcast_reader *reader, const char *texts) {
    char got[broadcast_texts_max * 8];
    assert_int_equal(read_all(b, reader, got), BROADCAST_NOTHING);
    assert_string_equal(got, texts);
}

static void a_start_divides_those_who_resume_from_the_others(void **state) {
    (void)state;
    struct broadcast *b = broadcast_new();
    struct broadcast_reader fresh = join(b, broadcast_fresh, for_all), resumes = join(b, 7, for_all),
                            later = join(b, 8, for_all), far = join(b, 2, for_all);
    assert_int_equal(broadcast_resume_from(b), 2);
    assert_int_equal(broadcast_latest(b), broadcast_fresh);
    for (int id = 8; id <= 9; id++)
        put(b, id, for_all);
    broadcast_put_start(b, 7, 9, STR("start"));
    put(b, 10, for_all);
    assert_int_equal(broadcast_latest(b), 10);
    expect(b, &fresh, "start,10,");
    expect(b, &resumes, "8,9,10,");
    expect(b, &later, "9,10,");
    expect(b, &far, "start,10,");
    struct broadcast_reader last = join(b, 9, for_all);
    expect(b, &last, "10,");
    broadcast_put_start(b, INT64_MAX, 12, STR("anew"));
    put(b, 13, for_all);
    expect(b, &fresh, "anew,13,");
    expect(b, &last, "anew,13,");
    broadcast_free(b);
}

static void each_gets_what_it_may_read(void **state) {
    (void)state;
    struct broadcast *b = broadcast_new();
    struct broadcast_reader first = join(b, broadcast_fresh, for_first),
                            second = join(b, broadcast_fresh, for_second);
    broadcast_put_start(b, 4, 4, STR("start"));
    put(b, 5, for_first);
    put(b, 6, for_second);
    put(b, 7, for_all);
    expect(b, &first, "start,5,7,");
    expect(b, &second, "start,6,7,");
    broadcast_free(b);
}

static void a_reader_that_falls_behind_is_lost(void **state) {
    (void)state;
    char got[broadcast_texts_max * 8];
    struct broadcast *b = broadcast_new();
    struct broadcast_reader slow = join(b, broadcast_fresh, for_all);
    broadcast_put_start(b, 0, 0, STR("start"));
    for (int id = 1; id <= broadcast_texts_max; id++)
        put(b, id, for_all);
    assert_int_equal(read_all(b, &slow, got), BROADCAST_LOST);
    struct broadcast_reader whole = join(b, 0, for_all), late = join(b, broadcast_fresh, for_all);
    put(b, broadcast_texts_max + 1, for_all);
    assert_int_equal(read_all(b, &whole, got), BROADCAST_LOST);
    whole = join(b, 1, for_all);
    assert_int_equal(read_all(b, &whole, got), BROADCAST_NOTHING);
    assert_true(str_starts(str_from(got), STR("2,3,4,")));
    assert_int_equal(read_all(b, &late, got), BROADCAST_LOST);
    broadcast_free(b);
}

static void without_readers_it_is_empty(void **state) {
    (void)state;
    struct broadcast *b = broadcast_new();
    assert_false(broadcast_has_readers(b));
    struct broadcast_reader reader = join(b, 3, for_all);
    assert_true(broadcast_wait(b, 3600 * 1000)); /* the first reader ends it */
    assert_true(broadcast_has_readers(b));
    broadcast_put_start(b, 3, 3, STR("start"));
    expect(b, &reader, "");
    broadcast_leave(b);
    assert_false(broadcast_has_readers(b));
    assert_int_equal(broadcast_latest(b), broadcast_fresh);
    assert_int_equal(broadcast_resume_from(b), broadcast_fresh);
    broadcast_stop(b);
    assert_false(broadcast_wait(b, 3600 * 1000));
    broadcast_free(b);
}

static void count(void *context) {
    ++*(int *)context;
}

static void listeners_are_woken_until_they_leave(void **state) {
    (void)state;
    int first = 0, second = 0;
    struct broadcast *b = broadcast_new();
    broadcast_listen(b, count, &first);
    broadcast_listen(b, count, &second);
    broadcast_notify(b);
    broadcast_unlisten(b, &first);
    broadcast_notify(b);
    assert_int_equal(first, 1);
    assert_int_equal(second, 2);
    broadcast_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_divides_those_who_resume_from_the_others),
        cmocka_unit_test(each_gets_what_it_may_read),
        cmocka_unit_test(a_reader_that_falls_behind_is_lost),
        cmocka_unit_test(without_readers_it_is_empty),
        cmocka_unit_test(listeners_are_woken_until_they_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
