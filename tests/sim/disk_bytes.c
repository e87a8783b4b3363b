/* The bytes of files, in blocks of one region of memory. A block's address never changes while it has a file, so that
 * mmap() of a part of FILE-shm is the address of a block, and munmap() knows its own by the region. */
#include "disk_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define region_bytes ((size_t)8 << 30) /* of addresses; memory comes as blocks are used */

static char *region;
static size_t region_used;
static char *free_first; /* a free block begins with the address of the next */

static char *block_new(void) {
    if (!region) {
        region = (char *)syscall(SYS_mmap, NULL, region_bytes, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, (off_t)0);
        assert(region != MAP_FAILED);
    }
    char *block = free_first;
    if (block)
        memcpy(&free_first, block, sizeof free_first);
    else {
        assert(region_used + block_bytes <= region_bytes);
        block = region + region_used;
        region_used += block_bytes;
    }
    memset(block, 0, block_bytes);
    return block;
}

static void block_free(char *block) {
    if (!block)
        return;
    memcpy(block, &free_first, sizeof free_first);
    free_first = block;
}

bool bytes_own(const void *address) {
    const char *at = address;
    return region && at >= region && at < region + region_bytes;
}

char *bytes_block(struct bytes *b, size_t index) {
    if (index >= b->count) {
        b->blocks = realloc(b->blocks, (index + 1) * sizeof *b->blocks);
        assert(b->blocks);
        memset(b->blocks + b->count, 0, (index + 1 - b->count) * sizeof *b->blocks);
        b->count = index + 1;
    }
    if (!b->blocks[index])
        b->blocks[index] = block_new();
    return b->blocks[index];
}

void bytes_write(struct bytes *b, int64_t offset, const char *data, int64_t size) {
    if (offset + size > b->size)
        b->size = offset + size;
    while (size > 0) {
        int64_t in = offset % block_bytes, part = block_bytes - in < size ? block_bytes - in : size;
        memcpy(bytes_block(b, (size_t)(offset / block_bytes)) + in, data, (size_t)part);
        offset += part;
        data += part;
        size -= part;
    }
}

int64_t bytes_read(const struct bytes *b, int64_t offset, char *out, int64_t size) {
    int64_t left = offset >= b->size ? 0 : b->size - offset < size ? b->size - offset : size, done = left;
    while (left > 0) {
        int64_t in = offset % block_bytes, part = block_bytes - in < left ? block_bytes - in : left;
        size_t index = (size_t)(offset / block_bytes);
        if (index < b->count && b->blocks[index])
            memcpy(out, b->blocks[index] + in, (size_t)part);
        else
            memset(out, 0, (size_t)part);
        offset += part;
        out += part;
        left -= part;
    }
    return done;
}

/* Bytes behind the end are zeros, so that a file that grows again has them there. A block stays, because it may be
 * mapped. */
void bytes_truncate(struct bytes *b, int64_t size) {
    for (size_t i = (size_t)(size / block_bytes); i < b->count && size < b->size; i++) {
        int64_t in = (int64_t)i * block_bytes < size ? size % block_bytes : 0;
        if (b->blocks[i])
            memset(b->blocks[i] + in, 0, (size_t)(block_bytes - in));
    }
    b->size = size;
}

void bytes_free(struct bytes *b) {
    for (size_t i = 0; i < b->count; i++)
        block_free(b->blocks[i]);
    free(b->blocks);
    *b = (struct bytes){0};
}

void bytes_copy(struct bytes *to, const struct bytes *from) {
    bytes_free(to);
    for (size_t i = 0; i < from->count; i++)
        if (from->blocks[i] && (int64_t)i * block_bytes < from->size)
            memcpy(bytes_block(to, i), from->blocks[i], block_bytes);
    to->size = from->size;
}
