/* An arena is a list of chunks; allocating moves `used` of the newest one.
 *
 *     arena.chunks --> [ used ...... | free    ]  room 16 KiB, newest
 *                      [ used ............ |fr ]  room 8 KiB
 *                      [ used ........... |    ]  room 4 KiB, first
 *
 * What is left at the end of a chunk when the next is made stays unused. Chunks double up to 1 MiB, so that a
 * small request takes one call of malloc and a large one few. A block that does not fit into the next size
 * gets a chunk of its own size. `bytes` is the sum of all rooms and never passes `bytes_max`.
 *
 * The latest block may grow in place (arena_grow). If it is the only block of its chunk, the chunk is
 * reallocated: so a reply that grows to megabytes in a buf leaves no copies of itself behind.
 *
 * Under AddressSanitizer every allocation is a chunk of its own of exactly its size (OWN_BLOCKS). */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define OWN_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_BLOCKS 1
#endif
#endif
#ifndef OWN_BLOCKS
#define OWN_BLOCKS 0
#endif

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, room; /* bytes of data[] */
    alignas(max_align_t) unsigned char data[];
};

/* The first chunk holds the whole of a small request. With its head and malloc's own 16 bytes it is a page of
 * 4 KiB. */
enum { chunk_bytes_first = 4096 - (int)sizeof(struct arena_chunk) - 16, chunk_bytes_max = 1024 * 1024 };

static size_t arena_align(size_t size) {
    return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

void arena_init(struct arena *a, size_t bytes_max) {
    *a = (struct arena){.bytes_max = bytes_max, .keep_max = arena_keep_bytes_max};
}

void arena_free(struct arena *a) {
    for (struct arena_chunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    a->chunks = NULL;
    a->bytes = 0;
    a->failed = false;
}

void arena_reset(struct arena *a) {
    struct arena_chunk *keep = a->chunks;
    a->failed = false;
    if (OWN_BLOCKS || !keep || keep->room > a->keep_max) {
        arena_free(a);
        return;
    }
    a->chunks = keep->next;
    arena_free(a);
    keep->next = NULL;
    keep->used = 0;
    a->chunks = keep;
    a->bytes = keep->room;
}

/* Notes that there was no memory. */
static void *arena_refuse(struct arena *a) {
    a->failed = true;
    return NULL;
}

/* Adds a chunk with room for `need` bytes, a multiple of the alignment, in front of the others. NULL past the
 * arena's bound. Close to the bound the chunk has just the room that is needed. */
static struct arena_chunk *chunk_add(struct arena *a, size_t need) {
    size_t room = need;
    if (!OWN_BLOCKS) {
        size_t usual = a->chunks ? a->chunks->room * 2 : (size_t)chunk_bytes_first;
        if (usual > chunk_bytes_max)
            usual = chunk_bytes_max;
        if (usual > need && a->bytes + usual <= a->bytes_max)
            room = usual;
    }
    if (need > a->bytes_max || a->bytes > a->bytes_max - room)
        return NULL;
    struct arena_chunk *c = malloc(sizeof *c + room);
    if (!c)
        return NULL;
    *c = (struct arena_chunk){.next = a->chunks, .room = room};
    a->chunks = c;
    a->bytes += room;
    return c;
}

/* arena_alloc without the zeros. */
static void *arena_take(struct arena *a, size_t size) {
    if (size > a->bytes_max)
        return arena_refuse(a);
    size_t need = arena_align(size ? size : 1);
    struct arena_chunk *c = a->chunks;
    if (OWN_BLOCKS || !c || c->room - c->used < need)
        c = chunk_add(a, OWN_BLOCKS && size ? size : need);
    if (!c)
        return arena_refuse(a);
    void *block = c->data + c->used;
    c->used = OWN_BLOCKS ? c->room : c->used + need;
    return block;
}

void *arena_alloc(struct arena *a, size_t size) {
    void *block = arena_take(a, size);
    if (block)
        memset(block, 0, size);
    return block;
}

void *arena_array(struct arena *a, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return arena_refuse(a);
    return arena_alloc(a, bytes);
}

/* Grows the newest chunk, whose only block is the one to grow. */
static void *chunk_grow(struct arena *a, size_t new_size) {
    struct arena_chunk *c = a->chunks;
    size_t room = OWN_BLOCKS ? new_size : arena_align(new_size);
    if (room > a->bytes_max || a->bytes - c->room > a->bytes_max - room)
        return arena_refuse(a);
    struct arena_chunk *grown = realloc(c, sizeof *c + room);
    if (!grown)
        return arena_refuse(a);
    a->bytes += room - grown->room;
    grown->room = grown->used = room;
    a->chunks = grown;
    return grown->data;
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size) {
    assert(new_size >= old_size);
    struct arena_chunk *c = a->chunks;
    size_t held = OWN_BLOCKS ? old_size : arena_align(old_size);
    bool newest = old && old_size && c && (unsigned char *)old + held == c->data + c->used;
    if (newest && !OWN_BLOCKS && new_size <= a->bytes_max &&
        c->room - c->used >= arena_align(new_size) - held) {
        c->used += arena_align(new_size) - held;
        return old;
    }
    if (newest && (unsigned char *)old == c->data)
        return chunk_grow(a, new_size);
    void *block = arena_take(a, new_size);
    if (block && old && old_size)
        memcpy(block, old, old_size);
    return block;
}

struct str arena_copy(struct arena *a, struct str text) {
    char *copy = text.data ? arena_take(a, text.size + 1) : NULL;
    if (!copy)
        return (struct str){0};
    if (text.data && text.size)
        memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return (struct str){copy, text.size};
}
