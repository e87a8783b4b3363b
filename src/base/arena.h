/* A region of memory that is given back whole: each request has one, and everything made while it is answered
 * (decoded models, rows, the reply) lives in it and dies with it. Bounded, so that no request can take the
 * machine.
 *
 * Not safe for two threads at once; a request may move between threads as long as it is on one at a time.
 * Under AddressSanitizer each allocation is a block of its own, so that an access past its end is caught. */
#pragma once

#include "base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t bytes;               /* of all chunks together */
    size_t bytes_max;
    size_t keep_max; /* arena_init: arena_keep_bytes_max */
    bool failed;     /* an allocation was refused since the last reset, whether its caller noticed or not */
};

/* Makes an empty arena; it takes no memory before the first allocation. */
void arena_init(struct arena *a, size_t bytes_max);

/* Makes everything in it invalid, and keeps one chunk of at most keep_max bytes for the next use. */
void arena_reset(struct arena *a);

/* Makes everything in it invalid and frees all memory. */
void arena_free(struct arena *a);

enum { arena_keep_bytes_max = 64 * 1024 };

/* Allocates `size` zeroed bytes aligned for any type, valid until the reset. NULL if the arena's bound or the
 * machine's memory is reached. A size of 0 returns a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* The same for `count` elements of `size` bytes; NULL also if the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Grows the block at `old` from old_size (0: `old` is NULL) to new_size bytes, in place if it is the latest
 * block. The new part is not zeroed. NULL as above, and then `old` stays valid. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

/* Copies text into the arena and puts a NUL behind it that does not count. Absent if there was no memory or
 * text was absent. */
struct str arena_copy(struct arena *a, struct str text);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
