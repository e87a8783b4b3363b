#include "base/str.h"

#include <string.h>

struct str str_from(const char *terminated) {
    return (struct str){terminated, terminated ? strlen(terminated) : 0};
}

bool str_equal(struct str a, struct str b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool str_equal_nocase(struct str a, struct str b) {
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool str_starts(struct str text, struct str prefix) {
    return text.size >= prefix.size && (prefix.size == 0 || memcmp(text.at, prefix.at, prefix.size) == 0);
}

static bool blank(char c) {
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str text) {
    while (text.size > 0 && blank(text.at[0]))
        text.at++, text.size--;
    while (text.size > 0 && blank(text.at[text.size - 1]))
        text.size--;
    return text;
}

size_t str_find(struct str text, char byte) {
    const char *found = text.size ? memchr(text.at, byte, text.size) : NULL;
    return found ? (size_t)(found - text.at) : text.size;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t utf8_sequence(struct str text) {
    if (text.size == 0)
        return 0;
    const unsigned char *b = (const unsigned char *)text.at;
    if (b[0] < 0x80)
        return 1;
    size_t size = b[0] >= 0xC2 && b[0] <= 0xDF   ? 2
                  : (b[0] & 0xF0) == 0xE0        ? 3
                  : b[0] >= 0xF0 && b[0] <= 0xF4 ? 4
                                                 : 0;
    if (size == 0 || text.size < size)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    if ((b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F) || (b[0] == 0xF0 && b[1] < 0x90) ||
        (b[0] == 0xF4 && b[1] > 0x8F))
        return 0;
    return size;
}

size_t utf8_malformed(struct str text) {
    const unsigned char *b = (const unsigned char *)text.at;
    if (text.size < 2 || b[0] < 0xE0 || b[0] > 0xF4)
        return 1;
    unsigned char low = b[0] == 0xE0 ? 0xA0 : b[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = b[0] == 0xED ? 0x9F : b[0] == 0xF4 ? 0x8F : 0xBF;
    if (b[1] < low || b[1] > high)
        return 1;
    return b[0] >= 0xF0 && text.size > 2 && (b[2] & 0xC0) == 0x80 ? 3 : 2;
}

bool utf8_valid(struct str text) {
    while (text.size > 0) {
        size_t n = utf8_sequence(text);
        if (n == 0)
            return false;
        text.at += n, text.size -= n;
    }
    return true;
}

size_t utf8_length(struct str text) {
    size_t length = 0;
    for (size_t i = 0; i < text.size; i++)
        length += (text.at[i] & 0xC0) != 0x80;
    return length;
}

size_t utf8_put(uint32_t code, char out[static 4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}
