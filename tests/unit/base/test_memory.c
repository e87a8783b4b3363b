/* base: arenas, and the buffers that grow in them. */
#include "test.h"

#include "base/buf.h"

#include <limits.h>
#include <stdalign.h>
#include <stdlib.h>

/* ---- arena ---- */

static void an_allocation_is_zeroed_and_aligned(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *block = arena_alloc(&a, size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(block[i], 0);
        memset(block, 0xA5, size);
    }
    arena_free(&a);
}

static void memory_is_zeroed_again_after_a_reset(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    memset(arena_alloc(&a, 2000), 0xFF, 2000);
    arena_reset(&a);
    unsigned char *block = arena_alloc(&a, 2000);
    for (size_t i = 0; i < 2000; i++)
        assert_int_equal(block[i], 0);
    arena_free(&a);
}

static void an_arena_never_holds_more_than_its_bound(void **state) {
    (void)state;
    for (size_t bound = 0; bound < 3000; bound += 7) {
        struct arena a;
        size_t taken = 0;
        arena_init(&a, bound);
        while (arena_alloc(&a, 48))
            taken += 48;
        assert_true(taken <= bound && a.bytes <= bound);
        assert_true(taken + 48 + alignof(max_align_t) > bound);
        arena_free(&a);
    }
}

static void an_allocation_above_the_bound_is_refused_and_not_tried(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 4096);
    assert_null(arena_alloc(&a, 4097));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 7));
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(arena_array(&a, 65536, 65536));
    assert_non_null(arena_array(&a, 0, 8));
    assert_null(arena_grow(&a, NULL, 0, SIZE_MAX));
    assert_non_null(arena_alloc(&a, 100));
    arena_free(&a);
}

static void growing_keeps_the_bytes(void **state) {
    (void)state;
    struct arena a;
    unsigned char *block = NULL;
    arena_init(&a, test_arena_bytes_max);
    for (size_t size = 0; size < 20000; size += 1 + size / 3) {
        size_t next = size + 1 + size / 3;
        block = arena_grow(&a, block, size, next);
        assert_non_null(block);
        memset(block + size, (int)(next % 251), next - size);
        if (next % 3 == 0)
            assert_non_null(arena_alloc(&a, 5)); /* so that it cannot grow in place */
    }
    assert_int_equal(block[0], 1);
    arena_free(&a);
}

static void growing_past_the_bound_leaves_the_old_block(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 1000);
    char *block = arena_grow(&a, NULL, 0, 400);
    memset(block, 'x', 400);
    assert_null(arena_grow(&a, block, 400, 2000));
    assert_int_equal(block[399], 'x');
    arena_free(&a);
}

static void a_reset_keeps_little_memory(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    for (size_t size = 100; size < 4000000; size *= 3) {
        assert_non_null(arena_alloc(&a, size));
        arena_reset(&a);
        assert_true(a.bytes <= arena_keep_bytes_max);
    }
    arena_free(&a);
    assert_int_equal(a.bytes, 0);
    assert_non_null(arena_alloc(&a, 10)); /* and it can be used again */
    arena_free(&a);
}

static void a_copy_ends_in_a_nul_and_an_absent_text_stays_absent(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct str copy = arena_copy(&a, BYTES("a\0b"));
    assert_str(copy, BYTES("a\0b"));
    assert_int_equal(copy.data[copy.size], 0);
    assert_non_null(arena_copy(&a, STR("")).data);
    assert_null(arena_copy(&a, (struct str){0}).data);
    arena_free(&a);
}

/* ---- buf ---- */

static void a_buffer_writes_json_strings(void **state) {
    (void)state;
    static const struct {
        struct str text;
        const char *json;
    } rows[] = {
        {BYTES(""), "\"\""},
        {BYTES("lamp"), "\"lamp\""},
        {BYTES("\"\\/"), "\"\\\"\\\\/\""},
        {BYTES("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
        {BYTES("\0\x01\x1F"), "\"\\u0000\\u0001\\u001f\""},
        {BYTES("\x7F é 😀"), "\"\x7F é 😀\""},
        {BYTES("</script>"), "\"</script>\""},
        {BYTES("a\nb\nc"), "\"a\\nb\\nc\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        arena_init(&a, test_arena_bytes_max);
        struct buf b = buf_new(&a);
        buf_put_json(&b, rows[i].text);
        assert_text(buf_str(&b), rows[i].json);
        arena_free(&a);
    }
}

/* The escapes of RFC 8259, byte by byte. */
static int json_byte(int c, char *out, size_t room) {
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = c ? strchr(escaped, c) : NULL;
    return at ? snprintf(out, room, "\\%c", letters[at - escaped])
              : snprintf(out, room, c < ' ' ? "\\u%04x" : "%c", c);
}

/* At each index of the eight bytes that are checked at once, and past them. */
static void a_byte_that_needs_an_escape_is_found_at_every_position(void **state) {
    (void)state;
    for (size_t place = 0; place < 19; place++)
        for (int c = 0; c < 256; c++) {
            char text[20], want[64] = "\"";
            size_t size = 1;
            memset(text, 'x', sizeof text);
            text[place] = (char)c;
            for (size_t i = 0; i < sizeof text; i++)
                size += (size_t)json_byte((unsigned char)text[i], want + size, sizeof want - size);
            want[size] = '"';
            struct arena a;
            arena_init(&a, test_arena_bytes_max);
            struct buf b = buf_new(&a);
            buf_put_json(&b, (struct str){text, sizeof text});
            assert_text(buf_str(&b), want);
            arena_free(&a);
        }
}

static void a_buffer_writes_integers(void **state) {
    (void)state;
    static const int64_t numbers[] = {
        0,  1,         -1,       9, 10, -10, 99, 100, INT32_MAX, INT32_MIN, INT64_C(9007199254740991),
        -5, INT64_MAX, INT64_MIN};
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char want[32];
        snprintf(want, sizeof want, "%lld", (long long)numbers[i]);
        struct buf b = buf_new(&a);
        buf_put_int(&b, numbers[i]);
        assert_text(buf_str(&b), want);
    }
    arena_free(&a);
}

/* Writes with every function; 66 bytes. */
static void write_everything(struct buf *b) {
    buf_put(b, STR("text "));
    buf_put_char(b, '!');
    buf_put_int(b, -42);
    buf_put_text(b, " more ");
    buf_printf(b, "%s %d", "printed", 7);
    buf_put_json(b, STR("a\x01\"json\""));
    char *space = buf_space(b, 20);
    if (space)
        memset(space, '.', 20);
}

static void a_buffer_remembers_its_first_failure_at_every_size(void **state) {
    (void)state;
    bool whole = false;
    for (size_t bound = 0; !whole; bound += 16) {
        struct arena a;
        arena_init(&a, bound);
        struct buf b = buf_new(&a);
        for (int i = 0; i < 20; i++)
            write_everything(&b);
        whole = buf_ok(&b);
        struct str before = buf_str(&b);
        if (!whole) {
            write_everything(&b);
            assert_int_equal(buf_str(&b).size, before.size);
            assert_false(buf_ok(&b));
        }
        arena_free(&a);
        assert_true(bound < 100000);
    }
}

static void an_empty_buffer_is_an_empty_text(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    struct buf b = buf_new(&a);
    assert_str(buf_str(&b), STR(""));
    buf_put(&b, STR(""));
    assert_true(buf_str(&b).data != NULL);
    arena_free(&a);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allocation_is_zeroed_and_aligned),
        cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
        cmocka_unit_test(an_arena_never_holds_more_than_its_bound),
        cmocka_unit_test(an_allocation_above_the_bound_is_refused_and_not_tried),
        cmocka_unit_test(growing_keeps_the_bytes),
        cmocka_unit_test(growing_past_the_bound_leaves_the_old_block),
        cmocka_unit_test(a_reset_keeps_little_memory),
        cmocka_unit_test(a_copy_ends_in_a_nul_and_an_absent_text_stays_absent),
        cmocka_unit_test(a_buffer_writes_json_strings),
        cmocka_unit_test(a_byte_that_needs_an_escape_is_found_at_every_position),
        cmocka_unit_test(a_buffer_writes_integers),
        cmocka_unit_test(a_buffer_remembers_its_first_failure_at_every_size),
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
