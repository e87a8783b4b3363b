/* The order of sqlite_replace_file, and what the next start finds if the power fails after each step:
 *
 *     1  link   FILE      → FILE.old        the old database with its log
 *     2  rename PART      → FILE            the new one, marked, beside the old log: the start refuses
 *     3  rename FILE-wal  → FILE.old-wal    the new one
 *     4  unlink FILE-shm
 *
 * After steps 1 and 2, the same replacement can be made again. After step 3 it is done: SQLite makes a FILE-shm
 * that no process has open anew. */
#include "db/sqlite/replace.h"

#include "base/file/folder.h"
#include "db/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    versions_offset =
        18, /* of the write and the read version in the file's header (fileformat2.html §1.3.3) */
    log_head_bytes = 32,
    log_frame_head_bytes = 24,
    locks_offset = 0x40000000, /* PENDING_BYTE: a connection in WAL mode holds a lock behind it (os.h) */
    locks_bytes = 512,
    suffix_bytes_max = 16,
};

static bool name_with(char out[static PATH_MAX], const char *path, const char *end) {
    return strlen(path) + suffix_bytes_max < PATH_MAX && snprintf(out, PATH_MAX, "%s%s", path, end) > 0;
}

/* Reads `count` bytes of the file `path`, from `offset`. */
static bool read_bytes_of(const char *path, off_t offset, void *out, size_t count) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && pread(fd, out, count, offset) == (ssize_t)count;
    if (fd >= 0)
        close(fd);
    return done;
}

bool sqlite_mark_without_log(const char *path) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = pwrite(fd, "\1\1", 2, versions_offset) == 2;
    int error = errno;
    close(fd);
    errno = error;
    return done;
}

/* Whether there is a log that SQLite would read: its magic number, and a first frame with the log's salts. */
static bool log_has_frames(const char *path) {
    unsigned char head[log_head_bytes + log_frame_head_bytes];
    char log[PATH_MAX];
    return name_with(log, path, "-wal") && read_bytes_of(log, 0, head, sizeof head) &&
           memcmp(head, "\x37\x7f\x06", 3) == 0 && memcmp(head + 16, head + log_head_bytes + 8, 8) == 0;
}

static bool is_marked_without_log(const char versions[static 2]) {
    return versions[0] == 1 && versions[1] == 1;
}

/* Reads the header through SQLite's own descriptor: closing another one would drop the process's locks. */
bool sqlite_log_is_foreign(sqlite3 *handle) {
    sqlite3_file *file = NULL;
    const char *path = sqlite3_db_filename(handle, "main");
    char versions[2];
    if (!path || !path[0] || !log_has_frames(path) ||
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file ||
        !file->pMethods || file->pMethods->xRead(file, versions, 2, versions_offset) != SQLITE_OK)
        return false;
    /* The log again at the end: another process may have left WAL mode in between. */
    return is_marked_without_log(versions) && log_has_frames(path);
}

/* Whether a connection, of any program, has the database open. Takes the locks that it would hold, until `fd`
 * is closed. */
static bool file_lock_all(int fd) {
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = locks_offset, .l_len = locks_bytes};
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

static bool same_file(const char *one, const char *other) {
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static enum status replace_failed(char *error, const char *path, const char *reason) {
    snprintf(error, db_error_size, "%.300s: %.200s", path, reason);
    return STATUS_STORAGE;
}

/* Whether an earlier replacement was broken off after step 2: FILE was never served. */
static bool is_half_replaced(const char *path, const char *old) {
    char versions[2];
    return access(old, F_OK) == 0 && log_has_frames(path) &&
           read_bytes_of(path, versions_offset, versions, sizeof versions) && is_marked_without_log(versions);
}

/* Step 1. An earlier replacement that was broken off after it has left FILE.old as a second name of FILE. */
static enum status file_keep_old(const char *path, const char *old, const char *old_log, char *error) {
    if (same_file(path, old) && unlink(old) != 0)
        return replace_failed(error, old, strerror(errno));
    if (access(old, F_OK) == 0 || access(old_log, F_OK) == 0)
        return replace_failed(error, access(old, F_OK) == 0 ? old : old_log,
                              "is there already; move it away");
    return link(path, old) == 0 || errno == ENOENT ? STATUS_OK : replace_failed(error, old, strerror(errno));
}

/* Steps 2 to 4. */
static enum status file_take_place(const char *part, const char *path, const char *old_log, char *error) {
    char log[PATH_MAX], index[PATH_MAX];
    if (!name_with(log, path, "-wal") || !name_with(index, path, "-shm"))
        return replace_failed(error, path, strerror(ENAMETOOLONG));
    if (!folder_sync(path) || rename(part, path) != 0 || !folder_sync(path))
        return replace_failed(error, path, strerror(errno));
    if (rename(log, old_log) != 0 && errno != ENOENT)
        return replace_failed(error, log, strerror(errno));
    if (unlink(index) != 0 && errno != ENOENT)
        return replace_failed(error, index, strerror(errno));
    return folder_sync(path) ? STATUS_OK : replace_failed(error, path, strerror(errno));
}

enum status sqlite_replace_file(const char *part, const char *path, char error[static db_error_size]) {
    char old[PATH_MAX], old_log[PATH_MAX], journal[PATH_MAX];
    if (!name_with(old, path, ".old") || !name_with(old_log, path, ".old-wal") ||
        !name_with(journal, path, "-journal"))
        return replace_failed(error, path, strerror(ENAMETOOLONG));
    if (access(journal, F_OK) == 0)
        return replace_failed(error, journal, "belongs to the old database; move both away");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return replace_failed(error, path, strerror(errno));
    enum status s = STATUS_OK;
    if (fd >= 0 && !file_lock_all(fd))
        s = replace_failed(error, path, "is in use; stop its server first");
    if (s == STATUS_OK && !is_half_replaced(path, old))
        s = file_keep_old(path, old, old_log, error);
    if (s == STATUS_OK)
        s = file_take_place(part, path, old_log, error);
    if (fd >= 0)
        close(fd);
    return s;
}
