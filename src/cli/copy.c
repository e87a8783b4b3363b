/* till copy: copies a whole shop from one database into another, so that a shop that began in a file can go
 * on in PostgreSQL, or the other way round. The source may be served meanwhile: the copy is as it was at one
 * moment. The mock provider's ledger is a file of its own, and is not copied. */
#include "cli/command.h"
#include "console/progress.h"

#include "base/clock.h"
#include "db/copy/copy.h"
#include "shop/schema/schema.h"

#include <signal.h>
#include <stdio.h>

static void copy_show_progress(void *context, const char *table, bool checking, int64_t done, int64_t total) {
    progress_show(context, total ? (double)done / (double)total : 1, "%s %s",
                  checking ? "checking" : "copying", table);
}

/* Copies, and prints how it went. */
static int copy_run(struct db *from, struct db *to, const char *target) {
    char error[db_error_size];
    struct copied copied;
    struct progress progress = progress_new();
    int64_t began = monotonic_us();
    enum status s = copy_database(from, to, copy_show_progress, &progress, &copied, error);
    progress_wipe(&progress);
    if (s != STATUS_OK) {
        print_error("%s", error);
        print_error("nothing was copied");
        return exit_code(s);
    }
    printf("%lld rows of %zu tables copied and read back the same, in %.1f s\n", (long long)copied.rows,
           copied.tables, (double)(monotonic_us() - began) / 1e6);
    if (copied.left_out[0])
        printf("left out, because Till did not make it: %s\n", copied.left_out);
    if (db_is_shared(target))
        puts("serve it with: till serve --db and the URL that was given to --to");
    else
        printf("serve it with: till serve --db %s\n", target);
    return exit_done;
}

/* Opens both databases. The target is created if it is a file that does not exist. */
static int copy_command_run(const char *const values[], const char *operand) {
    (void)operand;
    char error[db_error_size];
    struct db *from, *to;
    if (!values[0] || !values[1])
        return usage_error("copy needs --from and --to; see till copy --help");
    if (db_is_private(values[0]) || db_is_private(values[1]))
        return usage_error("copy needs databases that are in a file or on a server");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    enum status s = shop_db_open(values[0], DB_READ, &from, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    int code;
    s = shop_db_open(values[1], DB_CREATE, &to, error);
    if (s == STATUS_OK) {
        code = copy_run(from, to, values[1]);
        db_close(to);
    } else {
        code = status_error(s, error);
    }
    db_close(from);
    return code;
}

static const struct flag flags[] = {
    {"from", "URL", NULL, "the shop: a file's path, or postgresql://…; it may be served meanwhile"},
    {"to", "URL", NULL, "where to: a new file's path, or an empty database postgresql://…"},
    {0}};

const struct command copy_command = {
    .name = "copy",
    .summary = "Copy a whole shop into an empty database of either kind, and compare (but the mock's ledger)",
    .flags = flags,
    .run = copy_command_run,
};
