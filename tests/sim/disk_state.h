/* The disk's state. Private to disk*.c. The lock is held for every function here but disk_enter(). */
#pragma once

#include "disk.h"

#include <fcntl.h>
#include <sys/types.h>

enum {
    block_bytes = 32 * 1024, /* SQLite maps FILE-shm in regions of this size */
    sector_bytes = 512,
    name_size = 128,
    names_max = 64,
    opened_max = 512,
    fd_first = 1 << 20, /* above every descriptor that the system gives */
};

/* The bytes of a file in blocks whose addresses stay. A missing block is one of zeros. */
struct bytes {
    char **blocks;
    size_t count;
    int64_t size;
};

/* A write, or with size < 0 a truncation to `offset`. */
struct change {
    struct change *next;
    int64_t offset, size;
    char data[];
};

/* Bytes first to last of a file, locked by an open file (`owner`), or by the process (NULL). */
struct held {
    struct held *next;
    const void *owner;
    int64_t first, last;
    bool exclusive;
};

struct inode {
    struct inode *next;
    uint64_t number;
    struct bytes cache, durable;
    struct change *changes, **last;
    struct held *locks;
    int opens;
};

struct entry {
    char name[name_size];
    struct inode *inode;
};

struct names {
    struct entry entries[names_max];
    size_t count;
};

/* A change of names that is not synced: one name goes, or one comes, or both at once (rename). */
struct name_change {
    struct name_change *next;
    char gone[name_size];
    struct entry come; /* inode NULL: no name comes */
};

/* A descriptor. Without an inode it is the folder's, or /dev/urandom's. */
struct opened {
    bool used, random;
    struct inode *inode;
    int64_t offset;
    bool append;
};

extern struct opened disk_opened[opened_max];

void disk_enter(void);
void disk_leave(void);

/* Counts a call, and returns whether it must fail. */
bool disk_fails(enum disk_fault kind);

/* Whether the power is on. Otherwise the call fails with EIO, except for close(). */
bool disk_power(void);

/* Counts a step. False, with errno, if the power was cut in it: its change is noted, but a sync has no effect. */
bool disk_step_end(void);

/* Fills memory with bytes that follow from the seed. */
void disk_random(void *out, size_t size);

/* bytes (disk_bytes.c) */
void bytes_write(struct bytes *b, int64_t offset, const char *data, int64_t size);
int64_t bytes_read(const struct bytes *b, int64_t offset, char *out, int64_t size);
void bytes_truncate(struct bytes *b, int64_t size);
void bytes_copy(struct bytes *to, const struct bytes *from);
void bytes_free(struct bytes *b);
char *bytes_block(struct bytes *b, size_t index); /* makes it if it is missing */
bool bytes_own(const void *address);              /* whether the address is in a block */

/* files */
struct inode *disk_find(const char *name);   /* NULL: no such name */
struct inode *disk_create(const char *name); /* NULL: a file without a name */
void disk_note(struct inode *inode, int64_t offset, const char *data, int64_t size);
void disk_sync_file(struct inode *inode);
void disk_sync_failed(struct inode *inode);
void disk_sync_names(void);
void disk_change_names(const char *gone, const char *come, struct inode *inode);
void disk_collect(void);

/* locks (disk_locks.c) */
int disk_lock(struct inode *inode, const void *owner, short type, const struct flock *range);
void disk_lock_get(struct inode *inode, const void *owner, struct flock *range);
void disk_unlock_all(struct inode *inode, const void *owner);
