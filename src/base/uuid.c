#include "base/uuid.h"

#include <stdio.h>
#include <string.h>

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
    static const char hex[] = "0123456789abcdef";
    char *to = out;
    for (size_t i = 0; i < sizeof id->bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = hex[id->bytes[i] >> 4];
        *to++ = hex[id->bytes[i] & 15];
    }
}

/* Reads 32 hex digits, with hyphens between the groups where text has 36 bytes. */
static bool parse_digits(struct str text, struct uuid *out) {
    size_t at = 0;
    for (size_t i = 0; i < sizeof out->bytes; i++) {
        if (text.size == uuid_text_size && (i == 4 || i == 6 || i == 8 || i == 10) && text.at[at++] != '-')
            return false;
        int high = hex_value(text.at[at]), low = hex_value(text.at[at + 1]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    return true;
}

/* A text without its wrapping, as the Rust crate takes it off: how it counts positions then depends on
 * whether the whole had the size of that form. */
struct unwrapped {
    struct str digits;
    size_t offset; /* added to the position of a wrong character */
    bool simple;   /* may be 32 digits without hyphens */
};

static struct unwrapped unwrap(struct str text) {
    size_t urn = sizeof "urn:uuid:" - 1;
    if (text.size == uuid_text_size)
        return (struct unwrapped){.digits = text};
    if (text.size >= 2 && text.at[0] == '{' && text.at[text.size - 1] == '}')
        return (struct unwrapped){.digits = {text.at + 1, text.size - 2},
                                  .offset = text.size != uuid_text_size + 2};
    if (str_starts(text, STR("urn:uuid:")))
        return (struct unwrapped){.digits = {text.at + urn, text.size - urn},
                                  .offset = text.size == uuid_text_size + urn ? 0 : urn};
    return (struct unwrapped){.digits = text, .simple = true};
}

/* Where the groups of a text end, and how many hyphens it has; false, with the reason, at a wrong character.
 */
static bool find_groups(const struct unwrapped *u, size_t bound[groups - 1], size_t *hyphens, char *reason) {
    *hyphens = 0;
    for (size_t i = 0, n; i < u->digits.size; i += n) {
        struct str rest = {u->digits.at + i, u->digits.size - i};
        n = utf8_sequence(rest);
        n = n ? n : 1;
        if (rest.at[0] == '-') {
            if (*hyphens < groups - 1)
                bound[*hyphens] = i;
            ++*hyphens;
        } else if (hex_value(rest.at[0]) < 0) {
            snprintf(reason, uuid_reason_size, "invalid character: found `%.*s` at %zu", (int)n, rest.at,
                     i + u->offset);
            return false;
        }
    }
    return true;
}

/* Why a text of `whole` bytes is no UUID. */
static void explain(const struct unwrapped *u, size_t whole, char *reason) {
    size_t hyphens, bound[groups - 1] = {0}, g = 0;
    if (whole > uuid_text_size + sizeof "urn:uuid:" - 1) {
        snprintf(reason, uuid_reason_size, "invalid length: found %zu", whole);
        return;
    }
    if (!find_groups(u, bound, &hyphens, reason))
        return;
    if (hyphens == 0 && u->simple) {
        snprintf(reason, uuid_reason_size, "invalid length: found %zu", whole);
        return;
    }
    if (hyphens != groups - 1) {
        snprintf(reason, uuid_reason_size, "invalid group count: expected 5, found %zu", hyphens + 1);
        return;
    }
    while (g < groups - 1 && bound[g] == group_start[g + 1] - 1)
        g++;
    snprintf(reason, uuid_reason_size, "invalid group length in group %zu: expected %zu, found %zu", g,
             group_size[g], (g < groups - 1 ? bound[g] : whole) - group_start[g]);
}

bool uuid_parse(struct str text, struct uuid *out, char reason[static uuid_reason_size]) {
    struct unwrapped u = unwrap(text);
    bool fits = u.digits.size == uuid_text_size || (u.digits.size == 32 && u.simple);
    if (fits && parse_digits(u.digits, out))
        return true;
    explain(&u, text.size, reason);
    return false;
}
