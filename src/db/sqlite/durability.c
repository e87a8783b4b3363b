/* How a commit reaches the disk, and where it can be lost all the same:
 *
 *     frames → page cache of FILE-wal → fdatasync → (answered) → checkpoint → page cache of FILE → fsync
 *
 * 1. A process is killed after the frames are written and before their sync. Recovery reads them from the page
 *    cache and takes them for commits. A later answer that relies on them (a replayed key) is lost with the
 *    power, because nothing ever synced them.
 * 2. A sync of the log fails. Linux marks the pages clean, so that no later sync writes them, and they are in the
 *    page cache only. Commits that follow them in the log are on the disk, but behind a hole.
 *    → At the start, the whole log is written again in place and synced. Writing makes the pages dirty again; a
 *      sync alone would do nothing.
 * 3. After such a failure the client hears that nothing happened, but the frames keep their commit mark: after a
 *    kill, recovery finds the commit.
 *    → A small commit overwrites them before the client hears of it. The log is a chain of checksums, so that
 *      replacing its first frame takes the rest of the failed commit away.
 * 4. A checkpoint that readers hold back copies pages without a sync and counts them as done (nBackfill). The one
 *    that comes to the end of the log syncs for all. If that sync fails, the pages may be lost, but the next
 *    checkpoint starts behind them, and then the log is overwritten.
 *    → The count goes back to 0, no connection of the process checkpoints again, and the process ends (see
 *      shared_file.c). The next one starts from the whole log.
 *
 * 5. The power fails in the first write of a new database. The file has its new size, but not its bytes. SQLite
 *    refuses its zeros at each start.
 *    → The file is emptied, as if it were new. Its first page is synced before a log is made, so that a file of
 *      zeros without a log holds nothing.
 *
 * 6. SQLite syncs the folder once after it has made a log, and goes on if it cannot open the folder, because the
 *    process has no descriptor left. The power takes the log's name, or brings back a journal that was removed.
 *    → The folder is synced here as well, before anything is answered.
 *
 * nBackfill is a 32-bit integer at byte 96 of the WAL-index (sqlite.org/walformat.html §2.2). The index is
 * shared memory, and it outlives a process as long as another one has the file open. */
#include "db/sqlite/durability.h"

#include "base/file/folder.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    backfill_offset = 96,           /* of nBackfill in the WAL-index */
    index_region_bytes = 32 * 1024, /* SQLite maps the index in regions of this size */
    first_page_bytes = 4096,        /* of a new database */
    copy_bytes = 64 * 1024,         /* SQLite moves at most 128 KiB - 1 in one call */
};

/* Returns the open file of the database (SQLITE_FCNTL_FILE_POINTER) or of its log
 * (SQLITE_FCNTL_JOURNAL_POINTER); NULL if it has no file. */
static sqlite3_file *durability_file(sqlite3 *handle, int which) {
    sqlite3_file *file = NULL;
    const char *path = sqlite3_db_filename(handle, "main");
    if (!path || !path[0] || sqlite3_file_control(handle, "main", which, &file) != SQLITE_OK)
        return NULL;
    return file && file->pMethods ? file : NULL;
}

/* Reads the log and writes it back in place, byte for byte, which makes its pages dirty again; then syncs
 * it. */
static int log_rewrite(sqlite3_file *log) {
    sqlite3_int64 size = 0;
    int code = log->pMethods->xFileSize(log, &size);
    char *block = code == SQLITE_OK && size > 0 ? malloc(copy_bytes) : NULL;
    if (size > 0 && !block)
        return code == SQLITE_OK ? SQLITE_NOMEM : code;
    for (sqlite3_int64 offset = 0; offset < size && code == SQLITE_OK; offset += copy_bytes) {
        int count = size - offset < copy_bytes ? (int)(size - offset) : copy_bytes;
        code = log->pMethods->xRead(log, block, count, offset);
        if (code == SQLITE_OK)
            code = log->pMethods->xWrite(log, block, count, offset);
    }
    free(block);
    return code == SQLITE_OK && size > 0 ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : code;
}

/* Whether a folder cannot be synced for what it is, as on some network file systems, and not for a fault. */
static bool folder_has_no_sync(int error) {
    return error == EINVAL || error == ENOTSUP || error == EACCES;
}

int durability_sync_names(sqlite3 *handle) {
    const char *path = sqlite3_db_filename(handle, "main");
    if (!path || !path[0] || folder_sync(path) || folder_has_no_sync(errno))
        return SQLITE_OK;
    return SQLITE_IOERR_DIR_FSYNC;
}

void durability_forget_backfill(sqlite3 *handle) {
    sqlite3_file *file = durability_file(handle, SQLITE_FCNTL_FILE_POINTER);
    void volatile *index = NULL;
    if (!file || file->pMethods->iVersion < 2 ||
        file->pMethods->xShmMap(file, 0, index_region_bytes, 0, &index) != SQLITE_OK || !index)
        return;
    *(volatile uint32_t *)((volatile char *)index + backfill_offset) = 0;
}

int durability_recover(sqlite3 *handle) {
    int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return code;
    sqlite3_file *log = durability_file(handle, SQLITE_FCNTL_JOURNAL_POINTER);
    if (log)
        code = log_rewrite(log);
    durability_forget_backfill(handle);
    sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

int durability_undo_commit(sqlite3 *handle, int code, int version) {
    if (!durability_file(handle, SQLITE_FCNTL_FILE_POINTER))
        return SQLITE_OK;
    /* No room, or no write: the commit's last frame is not whole. */
    if ((code & 0xFF) == SQLITE_FULL || code == SQLITE_IOERR_WRITE || (code & 0xFF) == SQLITE_BUSY)
        return SQLITE_OK;
    if (!sqlite3_get_autocommit(handle))
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    /* Any change of the first page is a commit of one frame, in place of the failed one's first. */
    char change[64]; /* PRAGMA takes no parameters; the number is this program's own */
    snprintf(change, sizeof change, "BEGIN IMMEDIATE; PRAGMA user_version=%d; COMMIT", version);
    code = sqlite3_exec(handle, change, NULL, NULL, NULL);
    if (code != SQLITE_OK && !sqlite3_get_autocommit(handle))
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

/* Returns whether the file is as long as a first page at most, and all its bytes are 0. */
static bool file_is_unwritten(sqlite3_file *file) {
    static const char zeros[first_page_bytes];
    char block[first_page_bytes];
    sqlite3_int64 size = 0;
    return file->pMethods->xFileSize(file, &size) == SQLITE_OK && size > 0 && size <= first_page_bytes &&
           file->pMethods->xRead(file, block, (int)size, 0) == SQLITE_OK &&
           memcmp(block, zeros, (size_t)size) == 0;
}

/* Returns whether there is a log, or a rollback journal that is not finished. */
static bool file_has_journal(sqlite3 *handle) {
    const char *path = sqlite3_db_filename(handle, "main");
    FILE *journal = fopen(sqlite3_filename_journal(path), "rbe");
    int first = journal ? fgetc(journal) : 0;
    if (journal)
        fclose(journal);
    return (first != 0 && first != EOF) || access(sqlite3_filename_wal(path), F_OK) == 0;
}

void durability_empty_unwritten(sqlite3 *handle) {
    sqlite3_file *file = durability_file(handle, SQLITE_FCNTL_FILE_POINTER);
    if (!file || !file_is_unwritten(file) || file_has_journal(handle))
        return;
    if (file->pMethods->xLock(file, SQLITE_LOCK_SHARED) != SQLITE_OK)
        return;
    /* Look again under the lock: another process may have written its first page. */
    if (file->pMethods->xLock(file, SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK && file_is_unwritten(file) &&
        !file_has_journal(handle) && file->pMethods->xTruncate(file, 0) == SQLITE_OK)
        file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
}

/* SQLite checks the database's own name only. The log exists as long as a connection has it open. */
static bool log_is_moved(sqlite3 *handle) {
    return durability_file(handle, SQLITE_FCNTL_JOURNAL_POINTER) &&
           access(sqlite3_filename_wal(sqlite3_db_filename(handle, "main")), F_OK) != 0;
}

bool durability_is_moved(sqlite3 *handle) {
    sqlite3_file *file = durability_file(handle, SQLITE_FCNTL_FILE_POINTER);
    int moved = 0;
    if (!file)
        return false;
    file->pMethods->xFileControl(file, SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved || log_is_moved(handle);
}
