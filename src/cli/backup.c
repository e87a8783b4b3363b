/* till backup: a copy of a database, as one moment left it, while the shop goes on. To restore it, start on
 * the file.
 *
 * The copy grows as FILE.part, and becomes FILE when all of it is on the disk; a FILE that is there is never
 * touched. */
#include "cli/command.h"

#include "base/clock.h"
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define mib (INT64_C(1024) * 1024)
#define terminal_every_us (INT64_C(100) * 1000)
#define log_every_us (INT64_C(10) * 1000000) /* to a file: a backup that takes no longer says nothing */

struct report {
    bool terminal, said;
    int64_t next_us;
};

static void say_progress(void *context, int64_t done, int64_t total) {
    struct report *r = context;
    int64_t now = monotonic_us();
    if (now < r->next_us)
        return;
    r->next_us = now + (r->terminal ? terminal_every_us : log_every_us);
    r->said = true;
    fprintf(stderr, r->terminal ? "\r%lld of %lld MiB " : "%lld of %lld MiB\n", (long long)(done / mib),
            (long long)(total / mib));
}

static int fail(const char *path, const char *why) {
    fprintf(stderr, "till: %s: %s; nothing was backed up\n", path, why);
    return exit_failed;
}

static bool sync_folder(const char *path) {
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

/* Gives the copy its name, unless that was taken in the meantime. A file system without hard links has only
 * rename, which would take the place of a file that came since the first look. */
static bool publish(const char *part, const char *path) {
    if (link(part, path) == 0)
        return unlink(part) == 0 && sync_folder(path);
    if (errno == EEXIST || access(path, F_OK) == 0)
        return false;
    return rename(part, path) == 0 && sync_folder(path);
}

static int copy_to_part(struct db *db, int fd, const char *part, const char *path) {
    char why[db_why_size] = "";
    struct report report = {.terminal = isatty(STDERR_FILENO)};
    report.next_us = monotonic_us() + (report.terminal ? 0 : log_every_us);
    enum status s = db_backup(db, part, say_progress, &report, why);
    if (report.terminal && report.said)
        fprintf(stderr, "\r%40s\r", "");
    if (s != STATUS_OK)
        return fail(path, why);
    if (fsync(fd) != 0 || !publish(part, path))
        return fail(path, strerror(errno));
    return exit_done;
}

static int backup(struct db *db, const char *path) {
    char part[PATH_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return fail(path, strerror(ENAMETOOLONG));
    if (access(path, F_OK) == 0)
        return fail(path, "is there already");
    int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(part, "another backup runs, or one was broken off; if none runs, remove it");
    if (fd < 0)
        return fail(part, strerror(errno));
    int code = copy_to_part(db, fd, part, path);
    if (code != exit_done)
        unlink(part);
    close(fd);
    return code;
}

static int run(const char *const values[], const char *operand) {
    char why[db_why_size];
    struct db *db;
    if (db_is_private(values[0]))
        return usage_error("backup needs a database that is in a file");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    enum status s = db_open(values[0], DB_COPY, &db, why);
    if (s != STATUS_OK)
        return open_error(s, why);
    int code = backup(db, operand);
    db_close(db);
    return code;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command backup_command = {
    .name = "backup",
    .summary = "Copy a database to a new file, while it is served; to restore, serve that file",
    .operand = "FILE",
    .flags = flags,
    .run = run,
};
