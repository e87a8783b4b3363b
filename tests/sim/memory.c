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
