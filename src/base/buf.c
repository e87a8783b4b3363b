#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { room_first = 256, room_large = 1024 * 1024 };

struct buf buf_new(struct arena *arena) {
    return (struct buf){.arena = arena};
}

bool buf_ok(const struct buf *b) {
    return !b->failed;
}

struct str buf_str(const struct buf *b) {
    return (struct str){b->at ? b->at : "", b->size};
}

/* At least `need` bytes more than are written; false where there is no memory. Doubles while small, and then
 * grows by a quarter, so that the largest answer does not need twice its size. */
static bool make_room(struct buf *b, size_t need) {
    size_t room = b->room ? b->room : room_first;
    while (room - b->size < need) {
        if (room > SIZE_MAX / 2)
            return false;
        room += room < room_large ? room : room / 4;
    }
    char *at = arena_grow(b->arena, b->at, b->room, room);
    if (!at)
        return false;
    b->at = at;
    b->room = room;
    return true;
}

char *buf_grow(struct buf *b, size_t size) {
    if (b->failed || !make_room(b, size)) {
        b->failed = true;
        return NULL;
    }
    b->size += size;
    return b->at + b->size - size;
}

void buf_put_text(struct buf *b, const char *terminated) {
    buf_put(b, str_from(terminated));
}

void buf_put_int(struct buf *b, int64_t value) {
    char digits[20]; /* 19 digits of 2^63 and a sign */
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        digits[--at] = '-';
    buf_put(b, (struct str){digits + at, sizeof digits - at});
}

void buf_printf(struct buf *b, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    char *to = size < 0 ? NULL : buf_space(b, (size_t)size + 1);
    if (to) {
        vsnprintf(to, (size_t)size + 1, format, again);
        b->size--; /* the NUL that vsnprintf adds */
    } else {
        b->failed = true;
    }
    va_end(again);
    va_end(args);
}

/* What a byte becomes in a JSON string: itself (0), a backslash and a letter, or \u00XX ('u') (RFC 8259 §7).
 */
static const char escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
#define U4(n) [n] = 'u', [(n) + 1] = 'u', [(n) + 2] = 'u', [(n) + 3] = 'u'
    U4(0),        U4(4),         [0x0B] = 'u', U4(0x0E),     U4(0x12),     U4(0x16),     U4(0x1A),
    [0x1E] = 'u', [0x1F] = 'u',
#undef U4
};

#define EACH_BYTE(c) (UINT64_MAX / 255 * (c))

/* Whether any of eight bytes is below the limit, which is at most 0x80 (Anderson, Bit Twiddling Hacks,
 * "hasless"). */
static bool any_below(uint64_t bytes, uint64_t limit) {
    return ((bytes - EACH_BYTE(limit)) & ~bytes & EACH_BYTE(0x80)) != 0;
}

/* How many bytes at the start of a text stand for themselves in a JSON string. Nearly all of them do, so they
 * are looked at by eight: byte by byte it was a sixth of what a list of products costs. */
static size_t plain_bytes(struct str text) {
    size_t at = 0;
    for (; at + 8 <= text.size; at += 8) {
        uint64_t bytes;
        memcpy(&bytes, text.at + at, sizeof bytes);
        if (any_below(bytes, ' ') || any_below(bytes ^ EACH_BYTE('"'), 1) ||
            any_below(bytes ^ EACH_BYTE('\\'), 1))
            break;
    }
    while (at < text.size && escapes[(unsigned char)text.at[at]] == 0)
        at++;
    return at;
}

void buf_put_json(struct buf *b, struct str text) {
    buf_put_char(b, '"');
    while (text.size > 0) {
        size_t plain = plain_bytes(text);
        buf_put(b, (struct str){text.at, plain});
        if (plain == text.size)
            break;
        unsigned char c = (unsigned char)text.at[plain];
        if (escapes[c] == 'u')
            buf_printf(b, "\\u%04x", c);
        else
            buf_put(b, (struct str){(char[]){'\\', escapes[c]}, 2});
        text.at += plain + 1, text.size -= plain + 1;
    }
    buf_put_char(b, '"');
}
