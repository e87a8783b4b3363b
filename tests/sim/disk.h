/* A disk in memory that can lose power, for programs of tests that link Till.
 *
 * A program that links disk.c and its fellows has a file system of its own below DISK_ROOT: their open(), pwrite(),
 * fdatasync(), rename() … come before those of libc (disk_calls.c), for SQLite's own VFS, which stays as it is, and for
 * Till's files alike. All other paths go to the system. There is one folder, DISK_ROOT, and no folder in it.
 *
 *        pwrite, ftruncate          fsync of the file              power cut
 *     ──────────────────▶ cache ──────────────────▶ durable ──────────────────▶ durable + what the model keeps
 *                         changes (a list)                                      of the changes
 *
 *        open, rename, link, unlink    fsync of the folder
 *     ──────────────────▶ names ──────────────────▶ durable names
 *
 * A file is its bytes in the cache, which reads see, its durable bytes, and the list of changes that lead from these
 * to those. A name is likewise durable only once the folder is synced: a synced file whose name is not durable is gone.
 * The same calls with the same seed give the same disk. Any thread may call.
 *
 * After a power cut each call fails with EIO, as if the disk were dead, until disk_restart(). So a test needs no new
 * process: it lets the call that was cut fail, closes its connections, restarts the disk, and opens them anew. What
 * is answered after disk_is_cut() counts for nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_ROOT "/disk"

/* What a power cut leaves of the changes that were not synced. */
enum disk_model {
    DISK_SYNCED,  /* nothing */
    DISK_WRITES,  /* any of them: each write, truncation and change of a name is there or is not */
    DISK_SECTORS, /* any sector of 512 bytes of each write; one sector may be left as zeros or garbage */
    DISK_MODELS
};

/* Calls that can be made to fail. */
enum disk_fault {
    DISK_READ,        /* EIO */
    DISK_READ_SHORT,  /* half of what was asked for */
    DISK_WRITE,       /* EIO */
    DISK_WRITE_SHORT, /* half of what was given */
    DISK_FULL,        /* ENOSPC of a write */
    DISK_SYNC,        /* EIO; the writes that it was for count as clean, so that no later sync writes them */
    DISK_SYNC_LOST,   /* success, but nothing becomes durable: a sync that a program forgot */
    DISK_TRUNCATE,    /* EIO */
    DISK_LOCK,        /* ENOLCK */
    DISK_OPEN,        /* EMFILE */
    DISK_NAME,        /* EIO of rename, link and unlink */
    DISK_MAP,         /* ENOMEM of mmap */
    DISK_FAULTS
};

/* Empties the disk and forgets all faults. What SQLite reads from /dev/urandom follows from `seed` from now on. */
void disk_begin(uint64_t seed);

/* Cuts the power in step k from now on: a write, truncation, sync, rename, link, unlink or creation. The step itself is
 * among what is not synced. 0: no cut. Starts to count the steps at 0. */
void disk_cut_at(uint64_t k);
bool disk_is_cut(void);
uint64_t disk_steps(void); /* since disk_cut_at() */

/* Lets call k of the kind fail, counted from now on; with `forever` all after it too. 0: no fault. */
void disk_fail_at(enum disk_fault kind, uint64_t k, bool forever);
void disk_fail_never(void);                /* ends the faults of all kinds */
uint64_t disk_calls(enum disk_fault kind); /* since disk_fail_at() of the kind */
bool disk_has_failed(void);                /* a call failed by disk_fail_at() since disk_fail_never() */

/* Calls `function` after each step, without a lock held: a slow disk sleeps there, or turns a clock on. NULL: not. */
void disk_on_step(void (*function)(void *context), void *context);

/* Cuts the power, if it is still on, and turns it on again: what is left by the model is the disk. Returns how many
 * descriptors were open, which are closed by it: connections must be closed before. */
size_t disk_restart(enum disk_model model, uint64_t seed);

/* A copy of the disk as the cache has it; loading makes it the disk's durable content and forgets all faults. No file
 * may be open when one is loaded. */
struct disk_image;
struct disk_image *disk_save(void);
void disk_load(const struct disk_image *image);
void disk_image_free(struct disk_image *image);

/* Returns the number of open descriptors. */
size_t disk_open_count(void);

/* True on a thread that is within the disk: what it allocates is the test's own, not the program's. */
bool disk_is_inside(void);
