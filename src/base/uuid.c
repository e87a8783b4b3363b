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

static int hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
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

/* Takes `urn:uuid:` or the braces off; `offset` says how many bytes went from the front. */
static struct str unwrap(struct str text, size_t *offset) {
    *offset = 0;
    if (str_starts(text, STR("urn:uuid:"))) {
        *offset = sizeof "urn:uuid:" - 1;
        return (struct str){text.at + *offset, text.size - *offset};
    }
    if (text.size >= 2 && text.at[0] == '{' && text.at[text.size - 1] == '}') {
        *offset = 1;
        return (struct str){text.at + 1, text.size - 2};
    }
    return text;
}

/* Why text (of `whole` bytes with its wrapping, of which `offset` stood before) is no UUID. */
static void explain(struct str text, size_t offset, size_t whole, char *reason) {
    size_t hyphens = 0, bound[groups - 1] = {0};
    for (size_t i = 0; i < text.size;) {
        struct str rest = {text.at + i, text.size - i};
        size_t n = utf8_sequence(rest);
        n = n ? n : 1;
        if (rest.at[0] == '-') {
            if (hyphens < groups - 1)
                bound[hyphens] = i;
            hyphens++;
        } else if (hex_value(rest.at[0]) < 0) {
            snprintf(reason, uuid_reason_size, "invalid character: found `%.*s` at %zu", (int)n, rest.at,
                     i + offset);
            return;
        }
        i += n;
    }
    if (hyphens == 0 && offset == 0) {
        snprintf(reason, uuid_reason_size, "invalid length: found %zu", whole);
        return;
    }
    if (hyphens != groups - 1) {
        snprintf(reason, uuid_reason_size, "invalid group count: expected 5, found %zu", hyphens + 1);
        return;
    }
    size_t bad = groups - 1, found = whole - group_start[groups - 1];
    for (size_t i = groups - 1; i-- > 0;)
        if (bound[i] != group_start[i + 1] - 1)
            bad = i, found = bound[i] - group_start[i];
    snprintf(reason, uuid_reason_size, "invalid group length in group %zu: expected %zu, found %zu", bad,
             group_size[bad], found);
}

bool uuid_parse(struct str text, struct uuid *out, char reason[static uuid_reason_size]) {
    size_t offset;
    struct str digits = unwrap(text, &offset);
    bool fits = digits.size == uuid_text_size || (digits.size == 32 && offset == 0);
    if (fits && parse_digits(digits, out))
        return true;
    explain(digits, offset, text.size, reason);
    return false;
}
