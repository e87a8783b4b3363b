/* till copy: a whole shop from one database into another, so that a shop that began in a file goes on in
 * PostgreSQL, or the other way. The mock provider's ledger is a file of its own and no part of it. */
#include "cli/command.h"
#include "cli/progress.h"

#include "base/clock.h"
#include "db/copy.h"

#include <signal.h>
#include <stdio.h>

static void say_progress(void *context, const char *table, bool checking, int64_t done, int64_t total) {
    progress_show(context, total ? (double)done / (double)total : 1, "%s %s",
                  checking ? "checking" : "copying", table);
}

static int copy(struct db *from, struct db *to, const char *target) {
    char why[db_why_size];
    struct copied copied;
    struct progress progress = progress_new();
    int64_t began = monotonic_us();
    enum status s = copy_database(from, to, say_progress, &progress, &copied, why);
    progress_wipe(&progress);
    if (s != STATUS_OK) {
        fprintf(stderr, "till: %s\ntill: nothing was copied\n", why);
        return s == STATUS_USAGE ? exit_usage : exit_failed;
    }
    printf("%lld rows of %zu tables copied and read back the same, in %.1f s\n", (long long)copied.rows,
           copied.tables, (double)(monotonic_us() - began) / 1e6);
    if (db_is_shared(target))
        puts("serve it with: till serve --db and the URL that was given to --to");
    else
        printf("serve it with: till serve --db %s\n", target);
    return exit_done;
}

static int complain(enum status s, const char *why) {
    usage_error("%s", why);
    return s == STATUS_USAGE ? exit_usage : exit_failed;
}

static int run(const char *const values[], const char *operand) {
    (void)operand;
    char why[db_why_size];
    struct db *from, *to;
    if (!values[0] || !values[1])
        return usage_error("copy needs --from and --to; see till copy --help");
    if (db_is_private(values[0]) || db_is_private(values[1]))
        return usage_error("copy needs databases that are in a file or on a server");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    enum status s = db_open(values[0], DB_READ, &from, why);
    if (s != STATUS_OK)
        return complain(s, why);
    int code;
    s = db_open(values[1], DB_CREATE, &to, why);
    if (s == STATUS_OK) {
        code = copy(from, to, values[1]);
        db_close(to);
    } else {
        code = complain(s, why);
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
    .run = run,
};
