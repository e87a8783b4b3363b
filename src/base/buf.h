/* A growing run of bytes in an arena: replies, log lines and documents are written with it.
 *
 * It remembers its first failure: after one, every put does nothing, so a writer checks buf_ok() once at the
 * end. */
#pragma once

#include "base/arena.h"

#include <string.h>

struct buf {
    struct arena *arena;
    char *data;
    size_t size, room; /* bytes written, bytes allocated */
    bool failed;
};

/* Makes an empty buffer whose bytes live in `arena`. It takes no memory before the first put. */
struct buf buf_new(struct arena *arena);

/* Whether no put has failed. */
bool buf_ok(const struct buf *b);

/* The bytes written so far; valid until the next put or the arena's reset. */
struct str buf_str(const struct buf *b);

/* buf_space() when there may be no room: NULL, and the buffer has failed, if there is no memory. */
char *buf_grow(struct buf *b, size_t size);

/* Appends `size` bytes, which the caller fills, and returns their address; NULL after a failure. */
static inline char *buf_space(struct buf *b, size_t size) {
    if (b->failed || !b->data || b->room - b->size < size)
        return buf_grow(b, size);
    char *space = b->data + b->size;
    b->size += size;
    return space;
}

static inline void buf_put(struct buf *b, struct str text) {
    char *to = buf_space(b, text.size);
    if (to && text.size)
        memcpy(to, text.data, text.size);
}

static inline void buf_put_char(struct buf *b, char c) {
    char *to = buf_space(b, 1);
    if (to)
        *to = c;
}

void buf_put_int(struct buf *b, int64_t value);
void buf_put_text(struct buf *b, const char *terminated);

/* Appends as printf does, for documents and messages; too slow for hot paths. */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);

/* Appends text as a JSON string, with quotes and escapes; text must be valid UTF-8. */
void buf_put_json(struct buf *b, struct str text);
