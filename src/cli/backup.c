/* till backup: copies a database as it is at one moment, while the shop goes on. till restore puts it
 * back.
 *
 * The copy grows as FILE.part. When all of it is on the disk, the file is linked to its name, and the folder
 * is flushed, so FILE is whole whenever it exists. A FILE that exists is never touched. FILE.part is made
 * with O_EXCL, which keeps a second backup to the same file away. With `-` the copy goes to standard output,
 * by way of a file in $TMPDIR. */
#include "cli/backup.h"
#include "cli/command.h"

#include "base/clock.h"
#include "base/file/folder.h"
#include "db/db.h"
#include "shop/schema/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define mib (INT64_C(1024) * 1024)
#define terminal_every_us (INT64_C(100) * 1000)
#define log_every_us (INT64_C(10) * 1000000) /* not on a terminal: a backup that takes less prints nothing */

struct backup_progress {
    bool terminal, shown;
    int64_t next_us;
};

static void backup_show_progress(void *context, int64_t done, int64_t total) {
    struct backup_progress *p = context;
    int64_t now = monotonic_us();
    if (now < p->next_us)
        return;
    p->next_us = now + (p->terminal ? terminal_every_us : log_every_us);
    p->shown = true;
    fprintf(stderr, p->terminal ? "\r%lld of %lld MiB " : "%lld of %lld MiB\n", (long long)(done / mib),
            (long long)(total / mib));
}

static int backup_failed(const char *error) {
    print_error("%s; nothing was backed up", error);
    return exit_failed;
}

static int backup_error(const char *path, const char *error) {
    print_error("%s: %s; nothing was backed up", path, error);
    return exit_failed;
}

/* Gives the copy its name, unless a file has got that name in the meantime: link() fails then, while
 * rename() would replace the file. On a file system without hard links there is only rename(), behind one
 * more look. */
static bool backup_publish(const char *part, const char *path) {
    if (link(part, path) == 0)
        return true;
    if (errno == EEXIST || access(path, F_OK) == 0)
        return false;
    return rename(part, path) == 0;
}

/* Copies the database to `part`, which is an empty file, without a sync. */
static enum status backup_fill_part(struct db *db, const char *part, char *error) {
    struct backup_progress progress = {.terminal = isatty(STDERR_FILENO)};
    progress.next_us = monotonic_us() + (progress.terminal ? 0 : log_every_us);
    enum status s = db_backup(db, part, backup_show_progress, &progress, error);
    if (progress.terminal && progress.shown)
        fprintf(stderr, "\r%40s\r", "");
    return s;
}

enum status backup_copy(struct db *db, const char *part, char error[static db_error_size]) {
    int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        snprintf(error, db_error_size, "%.300s: %s", part,
                 errno == EEXIST ? "another backup runs, or one was broken off; if none runs, remove it"
                                 : strerror(errno));
        return STATUS_STORAGE;
    }
    enum status s = backup_fill_part(db, part, error);
    if (s == STATUS_OK && fsync(fd) != 0) {
        snprintf(error, db_error_size, "%.300s: %s", part, strerror(errno));
        s = STATUS_STORAGE;
    }
    close(fd);
    if (s != STATUS_OK)
        unlink(part);
    return s;
}

static int backup_to_file(struct db *db, const char *path) {
    char part[PATH_MAX], error[db_error_size] = "";
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return backup_error(path, strerror(ENAMETOOLONG));
    if (access(path, F_OK) == 0)
        return backup_error(path, "is there already");
    if (backup_copy(db, part, error) != STATUS_OK)
        return backup_failed(error);
    if (!backup_publish(part, path)) {
        int code = backup_error(path, strerror(errno));
        unlink(part);
        return code;
    }
    unlink(part);
    if (folder_sync(path))
        return exit_done;
    print_error(
        "%s is there and whole, but a power cut may take its name away: its folder cannot be synced: %s",
        path, strerror(errno));
    return exit_failed;
}

/* Writes all of a file to standard output. Returns false with errno. */
static bool backup_stream(int fd) {
    static char block[64 * 1024];
    ssize_t size;
    while ((size = read(fd, block, sizeof block)) > 0)
        if (fwrite(block, 1, (size_t)size, stdout) != (size_t)size)
            return false;
    return size == 0 && fflush(stdout) == 0;
}

/* SQLite writes a copy's pages in any order, so the copy is made in a file without a lasting name, and is then
 * read from its start. */
static int backup_to_output(struct db *db) {
    static const char output[] = "standard output";
    char part[PATH_MAX], error[db_error_size] = "";
    const char *folder = getenv("TMPDIR");
    folder = folder && folder[0] ? folder : "/var/tmp";
    if ((size_t)snprintf(part, sizeof part, "%s/till-XXXXXX", folder) >= sizeof part)
        return backup_error(folder, strerror(ENAMETOOLONG));
    int fd = mkostemp(part, O_CLOEXEC);
    if (fd < 0)
        return backup_error(folder, strerror(errno));
    int code = exit_done;
    if (backup_fill_part(db, part, error) != STATUS_OK)
        code = backup_error(output, error);
    unlink(part);
    if (code == exit_done && !backup_stream(fd))
        code = backup_error(output, strerror(errno));
    close(fd);
    return code;
}

static int backup_command_run(const char *const values[], const char *operand) {
    char error[db_error_size];
    struct db *db;
    if (db_is_private(values[0]))
        return usage_error("backup needs a database that is in a file");
    bool to_output = strcmp(operand, "-") == 0;
    if (to_output && isatty(STDOUT_FILENO))
        return usage_error("a terminal cannot take a database: till backup - > FILE");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    enum status s = shop_db_open(values[0], DB_COPY, &db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    int code = to_output ? backup_to_output(db) : backup_to_file(db, operand);
    db_close(db);
    return code;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command backup_command = {
    .name = "backup",
    .summary =
        "Copy a database to a new file (with -: to standard output), while it is served; for till restore",
    .operand = "FILE",
    .flags = flags,
    .run = backup_command_run,
};
