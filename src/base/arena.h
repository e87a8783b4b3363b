/* A region of memory that is given back whole: each request has one, and everything made while it is answered
 * (decoded models, rows, the reply) lives in it and dies with it. Bounded, so that no request can take the
 * machine.
 *
 * Not safe for two threads at once; a request may move between threads as long as it is on one at a time.
 * Under AddressSanitizer each allocation is a block of its own, so that a step past its end is seen. */
#pragma once

#include "base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t bytes;               /* what all chunks hold together */
    size_t bytes_max;
};

/* An empty arena; it takes no memory before the first allocation. */
void arena_init(struct arena *a, size_t bytes_max);

/* Makes everything in it invalid, and keeps one chunk (of at most arena_keep_bytes_max) for the next use. */
void arena_reset(struct arena *a);

/* Makes everything in it invalid and gives all memory back. */
void arena_free(struct arena *a);

enum { arena_keep_bytes_max = 64 * 1024 };

/* `size` zeroed bytes aligned for any type, valid until reset; NULL where the arena's bound or the machine's
 * memory is reached. A size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* The same for `count` things of `size` bytes; NULL also where the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Makes the block at `old` (of old_size bytes; NULL where it is 0) new_size bytes long, in place where it was
 * the latest; the new part is not zeroed. NULL as above, and `old` stays valid then. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

/* A copy of text in the arena, followed by a NUL that does not count. `at` is NULL where there was no memory
 * or text was absent. */
struct str arena_copy(struct arena *a, struct str text);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
