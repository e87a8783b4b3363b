/* malloc(), calloc() and realloc() in front of libc's, for Till's objects and all libraries, so that each can be made to
 * fail by its number, on any thread. The disk's own allocations do not count. Without effect beside a sanitizer, whose
 * they are. */
#include "lab.h"

#include <errno.h>
#include <stdlib.h>

static _Atomic uint64_t calls, fail_at;
static _Atomic bool is_on, fails_forever, has_failed;

void memory_fail_at(uint64_t k, bool forever) {
    is_on = false;
    fail_at = k;
    fails_forever = forever;
    calls = 0;
    has_failed = false;
    is_on = k > 0;
}

uint64_t memory_calls(void) {
    return calls;
}

bool memory_has_failed(void) {
    return has_failed;
}

/* ---- Blocks of arenas, which also are allocations like others. */

static uint64_t blocks, block_fails_at;
static bool blocks_fail_forever, block_has_failed;

void arena_fail_at(uint64_t k, bool forever) {
    block_fails_at = k;
    blocks_fail_forever = forever;
    blocks = 0;
    block_has_failed = false;
}

bool arena_has_failed(void) {
    return block_has_failed;
}

static bool block_fails(void) {
    blocks++;
    bool fails =
        block_fails_at > 0 && (blocks == block_fails_at || (blocks_fail_forever && blocks > block_fails_at));
    block_has_failed |= fails;
    return fails;
}

void *arena_block_new(size_t size) {
    return block_fails() ? NULL : malloc(size);
}

void *arena_block_resize(void *old, size_t size) {
    return block_fails() ? NULL : realloc(old, size);
}

/* ---- All allocations. */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool memory_fails(void) {
    if (!is_on || disk_is_inside())
        return false;
    uint64_t call = ++calls;
    if (call != fail_at && !(fails_forever && call > fail_at))
        return false;
    has_failed = true;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return memory_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return memory_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return memory_fails() ? NULL : __libc_realloc(old, size);
}
#endif
