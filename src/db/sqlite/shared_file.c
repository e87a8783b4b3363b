#include "db/sqlite/shared_file.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/sqlite/durability.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    busy_us = 5000 * 1000, /* how long a lock of another process (till import, sqlite3) is waited for */
    poll_us = 250,
    /* Pages of the log that make a checkpoint due. 1000 is SQLite's own measure: 4 MiB. Beside a server,
     * smaller steps keep a shopper's write from waiting for more than some 3 ms. */
    checkpoint_pages = 1000,
    checkpoint_pages_served = 250,
    /* An import alone writes many pages again and again, and copies each once for each checkpoint. The log takes some
     * 64 MiB, as much as journal_size_limit lets it keep. */
    checkpoint_pages_import = 16000,
    checkpoint_late =
        4, /* at 4 × that size, checkpoint even if another writer is waiting: the WAL stays bounded */
};

/* ---- Claims. */

/* Locks or unlocks bytes without waiting. `how`: F_RDLCK, F_WRLCK or F_UNLCK; `count` 0: all of them. */
static bool claims_lock(int fd, int how, int64_t first, int64_t count) {
    struct flock lock = {.l_type = (short)how, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* False if the database has no file, and so no other process. */
static bool claims_path(const struct sqlite_shared *shared, char out[static PATH_MAX]) {
    const char *path = shared->handle ? sqlite3_db_filename(shared->handle, "main") : NULL;
    return path && path[0] && snprintf(out, PATH_MAX, "%s-claims", path) < PATH_MAX;
}

/* Whether the open file still has that name: another process that was the last to leave may have removed
 * it. */
static bool claims_are_at(int fd, const char *path) {
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void claims_close(struct sqlite_shared *shared) {
    if (shared->claims >= 0)
        close(shared->claims);
    shared->claims = -1;
}

/* An exclusive lock on all bytes means that no other connection has a claim. */
void sqlite_shared_close(struct sqlite_shared *shared) {
    char path[PATH_MAX];
    if (shared->claims >= 0 && claims_path(shared, path) && claims_lock(shared->claims, F_WRLCK, 0, 0) &&
        claims_are_at(shared->claims, path))
        unlink(path);
    claims_close(shared);
    sqlite3_close(shared->guard);
    shared->guard = NULL;
}

/* If the file was removed between opening and locking it, the lock is on no file that others see: try
 * again. */
bool sqlite_claim(struct sqlite_shared *shared, enum db_claim claim) {
    char path[PATH_MAX];
    if (!claims_path(shared, path))
        return true; /* a database of this connection alone: nothing excludes it */
    for (;;) {
        if (shared->claims < 0)
            shared->claims = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (shared->claims < 0 ||
            !claims_lock(shared->claims, claim == DB_IMPORTING ? F_WRLCK : F_RDLCK, (int64_t)claim, 1))
            return false;
        if (claims_are_at(shared->claims, path)) {
            shared->is_importing |= claim == DB_IMPORTING;
            return true;
        }
        claims_close(shared);
    }
}

void sqlite_unclaim(struct sqlite_shared *shared, enum db_claim claim) {
    shared->is_importing &= claim != DB_IMPORTING;
    if (shared->claims >= 0)
        claims_lock(shared->claims, F_UNLCK, (int64_t)claim, 1);
}

void sqlite_shared_waited(struct sqlite_shared *shared) {
    if (shared->is_waiting)
        sqlite_unclaim(shared, DB_WAITING);
    shared->is_waiting = false;
}

bool sqlite_is_claimed(struct sqlite_shared *shared, enum db_claim claim) {
    char path[PATH_MAX];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (int64_t)claim, .l_len = 1};
    if (shared->claims < 0 && claims_path(shared, path))
        shared->claims = open(path, O_RDWR | O_CLOEXEC);
    return shared->claims >= 0 && fcntl(shared->claims, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* ---- Waiting for the lock. */

/* SQLite's busy handler: returns whether to try again. `calls`: how often it was called for this lock. */
static int lock_wait(void *context, int calls) {
    struct sqlite_shared *shared = context;
    int64_t now = monotonic_us();
    if (calls == 0) {
        shared->waiting_since_us = now;
        shared->is_waiting = sqlite_claim(shared, DB_WAITING);
    }
    usleep(poll_us);
    return now - shared->waiting_since_us < busy_us;
}

/* ---- Checkpoints. */

/* Keeps the log as the only copy that counts, after a checkpoint has failed: no connection of this process
 * checkpoints again, not even as it closes, and another process's checkpoint begins at the log's
 * beginning. The caller holds the write lock. */
static void checkpoint_give_up(struct sqlite_shared *shared, sqlite3 *handle) {
    log_warning("database: a checkpoint could not write or sync %s (%s): its disk is failing",
                sqlite3_db_filename(handle, "main"), sqlite3_errmsg(handle));
    durability_forget_backfill(handle);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    shared->sync_failed = true;
}

/* Whether a log of so many pages should be checkpointed now. */
static bool checkpoint_is_due(struct sqlite_shared *shared, int pages) {
    int enough = checkpoint_pages_served;
    if (pages < enough)
        return false;
    if (!sqlite_is_claimed(shared, DB_SERVING)) {
        if (shared->is_importing)
            return pages >= checkpoint_pages_import;
        enough = checkpoint_pages;
    }
    return pages >= enough * checkpoint_late || (pages >= enough && !sqlite_is_claimed(shared, DB_WAITING));
}

/* Opens the guard if it is not open yet. False if there are no descriptors or no memory left. */
static bool checkpoint_open_guard(struct sqlite_shared *shared) {
    const char *path = sqlite3_db_filename(shared->handle, "main");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (!shared->guard && sqlite3_open_v2(path, &shared->guard, flags, NULL) != SQLITE_OK) {
        sqlite3_close(shared->guard);
        shared->guard = NULL;
    }
    if (shared->guard)
        sqlite3_db_config(shared->guard, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return shared->guard;
}

/* SQLite's WAL hook, called after each commit of the connection with the number of pages in the log. A
 * checkpoint that cannot be made now is made after a later commit, so it always returns SQLITE_OK. */
static int checkpoint_after_commit(void *context, sqlite3 *handle, const char *name, int pages) {
    struct sqlite_shared *shared = context;
    if (shared->sync_failed || !checkpoint_is_due(shared, pages) || !checkpoint_open_guard(shared))
        return SQLITE_OK;
    int code = sqlite3_exec(shared->guard, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((code & 0xFF) == SQLITE_IOERR)
        checkpoint_give_up(shared, handle);
    if (!sqlite3_get_autocommit(shared->guard))
        sqlite3_exec(shared->guard, "ROLLBACK", NULL, NULL, NULL);
    return SQLITE_OK;
}

void sqlite_shared_open(struct sqlite_shared *shared, sqlite3 *handle) {
    shared->claims = -1;
    shared->handle = handle;
    sqlite3_busy_handler(handle, lock_wait, shared);
    sqlite3_wal_hook(handle, checkpoint_after_commit, shared);
}
