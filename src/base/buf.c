#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { room_first = 256 };

struct buf buf_new(struct arena *arena) {
    return (struct buf){.arena = arena};
}

bool buf_ok(const struct buf *b) {
    return !b->failed;
}

struct str buf_str(const struct buf *b) {
    return (struct str){b->at ? b->at : "", b->size};
}

static bool grow(struct buf *b, size_t need) {
    size_t room = b->room ? b->room : room_first;
    while (room - b->size < need) {
        if (room > SIZE_MAX / 2 || b->failed)
            return false;
        room *= 2;
    }
    char *at = arena_grow(b->arena, b->at, b->room, room);
    if (!at)
        return false;
    b->at = at;
    b->room = room;
    return true;
}

char *buf_space(struct buf *b, size_t size) {
    if (b->failed || (b->room - b->size < size && !grow(b, size))) {
        b->failed = true;
        return NULL;
    }
    char *space = b->at + b->size;
    b->size += size;
    return space;
}

void buf_put(struct buf *b, struct str text) {
    char *to = buf_space(b, text.size);
    if (to && text.size)
        memcpy(to, text.at, text.size);
}

void buf_put_char(struct buf *b, char c) {
    char *to = buf_space(b, 1);
    if (to)
        *to = c;
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

/* The letter after the backslash for a byte that JSON must escape, 'u' for \u00XX, 0 for a byte that stands
 * as it is (RFC 8259 §7). */
static char escape_of(unsigned char c) {
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c < 0x20 ? 'u' : 0;
    }
}

void buf_put_json(struct buf *b, struct str text) {
    buf_put_char(b, '"');
    size_t plain = 0; /* start of the run not yet written */
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(b, (struct str){text.at + plain, i - plain});
        plain = i + 1;
        char letter = escape_of(c);
        if (letter == 'u')
            buf_printf(b, "\\u%04x", c);
        else
            buf_put(b, (struct str){(char[]){'\\', letter}, 2});
    }
    buf_put(b, (struct str){text.size ? text.at + plain : "", text.size - plain});
    buf_put_char(b, '"');
}
