/* A growing run of bytes in an arena: how replies, log lines and documents are written.
 *
 * It remembers its first failure: after one, every put does nothing, so a writer checks buf_ok() once at the
 * end. */
#pragma once

#include "base/arena.h"

#include <string.h>

struct buf {
    struct arena *arena;
    char *at;
    size_t size, room; /* bytes written, bytes there are */
    bool failed;
};

/* An empty buffer whose bytes live in `arena`. It takes no memory before the first put. */
struct buf buf_new(struct arena *arena);

/* Whether everything that was put is there. */
bool buf_ok(const struct buf *b);

/* What was written; valid until the next put or the arena's reset. */
struct str buf_str(const struct buf *b);

/* Makes room for `size` more bytes and takes them; NULL, and the buffer failed, where there is no memory. */
char *buf_grow(struct buf *b, size_t size);

/* A place for `size` bytes at the end, which the caller fills; NULL after a failure. */
static inline char *buf_space(struct buf *b, size_t size) {
    if (b->failed || !b->at || b->room - b->size < size)
        return buf_grow(b, size);
    char *space = b->at + b->size;
    b->size += size;
    return space;
}

static inline void buf_put(struct buf *b, struct str text) {
    char *to = buf_space(b, text.size);
    if (to && text.size)
        memcpy(to, text.at, text.size);
}

static inline void buf_put_char(struct buf *b, char c) {
    char *to = buf_space(b, 1);
    if (to)
        *to = c;
}

void buf_put_int(struct buf *b, int64_t value);
void buf_put_text(struct buf *b, const char *terminated);

/* printf into the buffer, for documents and messages; not for hot paths. */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);

/* Text as a JSON string, quotes and escapes included; text must be valid UTF-8. */
void buf_put_json(struct buf *b, struct str text);
