/* A buf is one block of an arena that grows at the end, usually in place (arena.c). buf_space() in the header
 * is the fast path, inlined: it takes room that is there; buf_grow() makes more. Until the first put `data`
 * is NULL. */
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
    return (struct str){b->data ? b->data : "", b->size};
}

/* Makes room for `need` bytes more; false if there is no memory. The room doubles up to 1 MiB and then grows
 * by a quarter, so that the largest answer does not need twice its size. */
static bool buf_make_room(struct buf *b, size_t need) {
    size_t room = b->room ? b->room : room_first;
    while (room - b->size < need) {
        if (room > SIZE_MAX / 2)
            return false;
        room += room < room_large ? room : room / 4;
    }
    char *data = arena_grow(b->arena, b->data, b->room, room);
    if (!data)
        return false;
    b->data = data;
    b->room = room;
    return true;
}

char *buf_grow(struct buf *b, size_t size) {
    if (b->failed || !buf_make_room(b, size)) {
        b->failed = true;
        return NULL;
    }
    b->size += size;
    return b->data + b->size - size;
}

void buf_put_text(struct buf *b, const char *terminated) {
    buf_put(b, str_from(terminated));
}

void buf_put_int(struct buf *b, int64_t value) {
    char digits[20]; /* 19 digits of 2^63 and a sign */
    size_t start = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--start] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        digits[--start] = '-';
    buf_put(b, (struct str){digits + start, sizeof digits - start});
}

void buf_printf(struct buf *b, const char *format, ...) {
    char text[256]; /* most texts fit, and are then formatted once */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(text, sizeof text, format, args);
    char *to = size < (int)sizeof text ? NULL : buf_space(b, (size_t)size + 1);
    if (size >= 0 && size < (int)sizeof text) {
        buf_put(b, (struct str){text, (size_t)size});
    } else if (to) {
        vsnprintf(to, (size_t)size + 1, format, again);
        b->size--; /* the NUL that vsnprintf adds */
    } else {
        b->failed = true;
    }
    va_end(again);
    va_end(args);
}

/* How a byte is written in a JSON string (RFC 8259 §7): 0 as itself, 'u' as \u00XX, else as a backslash and
 * that letter. */
static const char escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
#define U4(n) [n] = 'u', [(n) + 1] = 'u', [(n) + 2] = 'u', [(n) + 3] = 'u'
    U4(0),        U4(4),         [0x0B] = 'u', U4(0x0E),     U4(0x12),     U4(0x16),     U4(0x1A),
    [0x1E] = 'u', [0x1F] = 'u',
#undef U4
};

#define EACH_BYTE(c) (UINT64_MAX / 255 * (c))

/* Whether any of eight bytes is below the limit, which is at most 0x80. Subtracting the limit from each byte
 * borrows into its top bit if it was smaller; `& ~bytes` excludes bytes whose top bit was set before. A
 * borrow may reach the next byte, but it comes from one that is below the limit, so the answer stays right
 * (Anderson, Bit Twiddling Hacks, "hasless"). */
static bool bytes_any_below(uint64_t bytes, uint64_t limit) {
    return ((bytes - EACH_BYTE(limit)) & ~bytes & EACH_BYTE(0x80)) != 0;
}

/* The number of bytes at the start of a text that are written as themselves in a JSON string. Nearly all are,
 * so eight are checked at a time: byte by byte it took a sixth of the time of a list of products. A byte
 * equals `"` if it is below 1 after an exclusive or with it. */
static size_t json_plain_bytes(struct str text) {
    size_t size = 0;
    for (; size + 8 <= text.size; size += 8) {
        uint64_t bytes;
        memcpy(&bytes, text.data + size, sizeof bytes);
        if (bytes_any_below(bytes, ' ') || bytes_any_below(bytes ^ EACH_BYTE('"'), 1) ||
            bytes_any_below(bytes ^ EACH_BYTE('\\'), 1))
            break;
    }
    while (size < text.size && escapes[(unsigned char)text.data[size]] == 0)
        size++;
    return size;
}

void buf_put_json(struct buf *b, struct str text) {
    buf_put_char(b, '"');
    while (text.size > 0) {
        size_t plain = json_plain_bytes(text);
        buf_put(b, (struct str){text.data, plain});
        if (plain == text.size)
            break;
        unsigned char c = (unsigned char)text.data[plain];
        if (escapes[c] == 'u')
            buf_printf(b, "\\u%04x", c);
        else
            buf_put(b, (struct str){(char[]){'\\', escapes[c]}, 2});
        text = str_skip(text, plain + 1);
    }
    buf_put_char(b, '"');
}
