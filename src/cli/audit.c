/* till audit: whether all that must hold of a shop's database does hold. It may be served meanwhile. */
#include "cli/auditor.h"
#include "cli/command.h"

#include <inttypes.h>
#include <stdio.h>

static void print_breach(void *context, const char *line) {
    (void)context;
    printf("%s\n", line);
}

static int print_result(enum status s, const struct audit *a) {
    if (s != STATUS_OK && s != STATUS_USAGE)
        printf("not all could be looked at: %s\n", status_text(s));
    if (a->breaches > audit_lines_max)
        printf("%" PRId64 " breaches in all\n", a->breaches);
    if (s != STATUS_OK || a->breaches > 0)
        return exit_failed;
    printf("audit ok: %" PRId64 " products, %" PRId64 " categories, %" PRId64 " cart lines, %" PRId64
           " orders, %" PRId64 " stock movements, %" PRId64 " payments (%" PRId64
           " of expired orders, %" PRId64 " given back as surplus), keys, pages and indexes\n",
           a->products, a->categories, a->cart_lines, a->orders, a->movements, a->payments, a->retaken,
           a->surplus);
    return exit_done;
}

static int run(const char *const values[], const char *operand) {
    (void)operand;
    char why[db_why_size];
    struct audit found;
    struct db *db;
    if (db_is_private(values[0]))
        return usage_error("audit needs a database that is in a file");
    enum status s = db_open(values[0], DB_READ, &db, why);
    if (s != STATUS_OK)
        return open_error(s, why);
    s = audit_database(db, print_breach, NULL, &found);
    db_close(db);
    return print_result(s, &found);
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command audit_command = {
    .name = "audit",
    .summary = "Check everything that must hold of a database: stock, orders, totals, keys, pages",
    .flags = flags,
    .run = run,
};
