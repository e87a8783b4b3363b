/* UUIDs. Reading one takes the same forms as the Rust crate `uuid`, and refuses others in its words: Pydantic
 * puts them into the message of a validation error, which clients see. The fast path reads the digits of a
 * form that fits; only a text that it refuses goes through the crate's checks, in their order:
 *
 *     1. longer than the longest form, 45 bytes            invalid length
 *     2. a character that is neither hex digit nor hyphen   invalid character, with its position
 *     3. no hyphen, and neither braces nor `urn:uuid:`      invalid length
 *     4. another number of groups than five                 invalid group count
 *     5. a group of another length                          invalid group length, the first such group */
#include "base/uuid.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The groups of `01234567-89ab-cdef-0123-456789abcdef`. */
enum { groups = 5 };
static const size_t group_start[groups] = {0, 9, 14, 19, 24};
static const size_t group_size[groups] = {8, 4, 4, 4, 12};

bool uuid_equal(const struct uuid *a, const struct uuid *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct uuid uuid_new(const struct clock *clock, const struct random *random) {
    struct uuid id;
    random_fill(random, id.bytes, sizeof id.bytes);
    uint64_t ms = (uint64_t)(clock_now_us(clock) / 1000);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0F)); /* version 7 */
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3F)); /* the RFC's variant */
    return id;
}

void uuid_format(const struct uuid *id, char out[static uuid_text_size]) {
    for (size_t i = 0; i < sizeof id->bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        hex_write(&id->bytes[i], 1, out);
        out += 2;
    }
}

/* Reads 32 hex digits, with hyphens between the groups if text has 36 bytes. */
static bool uuid_read_digits(struct str text, struct uuid *out) {
    size_t next = 0;
    for (size_t i = 0; i < sizeof out->bytes; i++) {
        if (text.size == uuid_text_size && (i == 4 || i == 6 || i == 8 || i == 10) &&
            text.data[next++] != '-')
            return false;
        int high = hex_value(text.data[next]), low = hex_value(text.data[next + 1]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (uint8_t)(high << 4 | low);
        next += 2;
    }
    return true;
}

/* A text without its braces or prefix, as the Rust crate removes them. It counts the positions of its error
 * messages from the start of the text if the whole had an unusual size for its form. */
struct unwrapped {
    struct str digits;
    size_t offset; /* added to the position of a wrong character */
    bool is_bare;  /* neither braces nor prefix: may be 32 digits without hyphens */
};

static struct unwrapped uuid_unwrap(struct str text) {
    size_t urn = sizeof "urn:uuid:" - 1;
    if (text.size == uuid_text_size)
        return (struct unwrapped){.digits = text};
    if (text.size >= 2 && text.data[0] == '{' && text.data[text.size - 1] == '}')
        return (struct unwrapped){.digits = {text.data + 1, text.size - 2},
                                  .offset = text.size != uuid_text_size + 2};
    if (str_starts(text, STR("urn:uuid:")))
        return (struct unwrapped){.digits = str_skip(text, urn),
                                  .offset = text.size == uuid_text_size + urn ? 0 : urn};
    return (struct unwrapped){.digits = text, .is_bare = true};
}

/* Writes a reason; printf's format. `%c` may be NUL. */
__attribute__((format(printf, 2, 3))) static void uuid_put_reason(struct uuid_reason *reason,
                                                                  const char *format, ...) {
    va_list args;
    va_start(args, format);
    int size = vsnprintf(reason->text, sizeof reason->text, format, args);
    va_end(args);
    assert(size > 0 && (size_t)size < sizeof reason->text);
    reason->size = (size_t)size;
}

/* Finds where the first four groups end, and the number of hyphens; false, with the reason, at a wrong
 * character. */
static bool uuid_find_groups(const struct unwrapped *u, size_t bound[groups - 1], size_t *hyphens,
                             struct uuid_reason *reason) {
    *hyphens = 0;
    for (size_t i = 0, n; i < u->digits.size; i += n) {
        struct str rest = str_skip(u->digits, i);
        n = utf8_sequence(rest);
        n = n ? n : 1;
        if (rest.data[0] == '-') {
            if (*hyphens < groups - 1)
                bound[*hyphens] = i;
            ++*hyphens;
        } else if (hex_value(rest.data[0]) < 0) {
            uuid_put_reason(reason, "invalid character: found `%c%.*s` at %zu", rest.data[0], (int)n - 1,
                            rest.data + 1, i + u->offset);
            return false;
        }
    }
    return true;
}

/* Writes why a text of `whole` bytes is no UUID: the first of the crate's checks that fails. */
static void uuid_explain(const struct unwrapped *u, size_t whole, struct uuid_reason *reason) {
    size_t hyphens, bound[groups - 1] = {0}, g = 0;
    if (whole > uuid_text_size + sizeof "urn:uuid:" - 1) {
        uuid_put_reason(reason, "invalid length: found %zu", whole);
        return;
    }
    if (!uuid_find_groups(u, bound, &hyphens, reason))
        return;
    if (hyphens == 0 && u->is_bare) {
        uuid_put_reason(reason, "invalid length: found %zu", whole);
        return;
    }
    if (hyphens != groups - 1) {
        uuid_put_reason(reason, "invalid group count: expected 5, found %zu", hyphens + 1);
        return;
    }
    while (g < groups - 1 && bound[g] == group_start[g + 1] - 1)
        g++;
    uuid_put_reason(reason, "invalid group length in group %zu: expected %zu, found %zu", g, group_size[g],
                    (g < groups - 1 ? bound[g] : whole) - group_start[g]);
}

bool uuid_parse(struct str text, struct uuid *out, struct uuid_reason *reason) {
    struct unwrapped u = uuid_unwrap(text);
    bool fits = u.digits.size == uuid_text_size || (u.digits.size == 32 && u.is_bare);
    if (fits && uuid_read_digits(u.digits, out))
        return true;
    if (reason)
        uuid_explain(&u, text.size, reason);
    return false;
}
