#include "db/sqlite_shared.h"

#include "base/clock.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    busy_us = 5000 * 1000,   /* how long a lock of another process (till import, sqlite3) is waited for */
    poll_us = 250,           /* SQLite's own waiting sleeps up to 100 ms, and misses an importer's rests */
    checkpoint_pages = 1000, /* SQLite's own measure: 4 MiB */
    checkpoint_pages_served = 250, /* beside a server: what a shopper's write then waits for is some 3 ms */
    checkpoint_late = 4,           /* so many times as much, and it is done also where somebody waits */
};

/* A byte of the file for each claim. */
static bool lock_bytes(int fd, int how, int64_t first, int64_t count) {
    struct flock lock = {.l_type = (short)how, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

static bool claims_path(sqlite3 *handle, char out[static PATH_MAX]) {
    const char *path = sqlite3_db_filename(handle, "main");
    return path && path[0] && snprintf(out, PATH_MAX, "%s-claims", path) < PATH_MAX;
}

/* Whether the file that is open is still the one of that name: the last one out removes it. */
static bool is_still(int fd, const char *path) {
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void close_claims(struct sqlite_shared *shared) {
    if (shared->claims >= 0)
        close(shared->claims);
    shared->claims = -1;
}

void sqlite_shared_close(struct sqlite_shared *shared, sqlite3 *handle) {
    char path[PATH_MAX];
    if (shared->claims >= 0 && claims_path(handle, path) && lock_bytes(shared->claims, F_WRLCK, 0, 0) &&
        is_still(shared->claims, path))
        unlink(path);
    close_claims(shared);
    sqlite3_close(shared->guard);
    shared->guard = NULL;
}

bool sqlite_claim(struct sqlite_shared *shared, sqlite3 *handle, enum db_claim what) {
    char path[PATH_MAX];
    if (!claims_path(handle, path))
        return true; /* no file: a database of this connection alone */
    for (;;) {
        if (shared->claims < 0)
            shared->claims = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (shared->claims < 0 ||
            !lock_bytes(shared->claims, what == DB_IMPORTING ? F_WRLCK : F_RDLCK, (int64_t)what, 1))
            return false;
        if (is_still(shared->claims, path))
            return true;
        close_claims(shared);
    }
}

void sqlite_unclaim(struct sqlite_shared *shared, enum db_claim what) {
    if (shared->claims >= 0)
        lock_bytes(shared->claims, F_UNLCK, (int64_t)what, 1);
}

void sqlite_shared_waited(struct sqlite_shared *shared) {
    if (shared->waiting)
        sqlite_unclaim(shared, DB_WAITING);
    shared->waiting = false;
}

bool sqlite_is_claimed(struct sqlite_shared *shared, sqlite3 *handle, enum db_claim what) {
    char path[PATH_MAX];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (int64_t)what, .l_len = 1};
    if (shared->claims < 0 && claims_path(handle, path))
        shared->claims = open(path, O_RDWR | O_CLOEXEC);
    return shared->claims >= 0 && fcntl(shared->claims, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static int wait_for_lock(void *context, int calls) {
    struct sqlite_shared *shared = context;
    int64_t now = monotonic_us();
    if (calls == 0) {
        shared->waiting_since_us = now;
        shared->waiting = sqlite_claim(shared, shared->handle, DB_WAITING);
    }
    usleep(poll_us);
    return now - shared->waiting_since_us < busy_us;
}

static int checkpoint(void *context, sqlite3 *handle, const char *name, int pages) {
    struct sqlite_shared *shared = context;
    int enough = checkpoint_pages_served;
    if (pages >= enough && !sqlite_is_claimed(shared, handle, DB_SERVING))
        enough = checkpoint_pages;
    if (pages < enough || (pages < enough * checkpoint_late && sqlite_is_claimed(shared, handle, DB_WAITING)))
        return SQLITE_OK;
    const char *path = sqlite3_db_filename(handle, name);
    if (!shared->guard && sqlite3_open_v2(path, &shared->guard, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                                          NULL) != SQLITE_OK) {
        sqlite3_close(shared->guard);
        shared->guard = NULL;
        return SQLITE_OK; /* there are no descriptors or no memory left: another time */
    }
    if (sqlite3_exec(shared->guard, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
        sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (!sqlite3_get_autocommit(shared->guard))
        sqlite3_exec(shared->guard, "ROLLBACK", NULL, NULL, NULL);
    return SQLITE_OK; /* what it could not do, the next one does */
}

void sqlite_shared_open(struct sqlite_shared *shared, sqlite3 *handle) {
    shared->claims = -1;
    shared->handle = handle;
    sqlite3_busy_handler(handle, wait_for_lock, shared);
    sqlite3_wal_hook(handle, checkpoint, shared);
}
