/* till restore: puts a backup in the place of the shop's database.
 *
 * The backup is copied to DB.part, so that it stays as it is and the copy is on the same file system. The copy
 * then takes the place of DB and of its log (db_replace_file). What was there becomes DB.old. */
#include "cli/backup.h"
#include "cli/command.h"

#include "shop/schema/schema.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int restore_failed(const char *error) {
    print_error("%s; nothing was restored", error);
    return exit_failed;
}

static int restore_to_file(struct db *backup, const char *path) {
    char part[PATH_MAX], error[db_error_size] = "";
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return restore_failed(strerror(ENAMETOOLONG));
    if (backup_copy(backup, part, error) != STATUS_OK)
        return restore_failed(error);
    if (db_replace_file(part, path, error) == STATUS_OK)
        return exit_done;
    if (unlink(part) == 0)
        return restore_failed(error);
    print_error("%s; the backup is in its place already: run this again, or move %s-wal away", error, path);
    return exit_failed;
}

static int restore_command_run(const char *const values[], const char *operand) {
    char error[db_error_size];
    struct db *backup;
    if (db_is_private(values[0]) || db_is_shared(values[0]) || db_is_private(operand) ||
        db_is_shared(operand))
        return usage_error("restore needs a backup and a database that are files");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    enum status s = shop_db_open(operand, DB_COPY, &backup, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    int code = restore_to_file(backup, values[0]);
    db_close(backup);
    return code;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command restore_command = {
    .name = "restore",
    .summary = "Put a backup in the place of a database that is not served; the old one becomes DB.old",
    .operand = "FILE",
    .flags = flags,
    .run = restore_command_run,
};
