/* till audit: checks that everything that must hold of a shop's database does hold, and prints each breach.
 * The shop may be served meanwhile, because one read transaction sees one moment of it. */
#include "cli/command.h"
#include "serve/auditor.h"
#include "shop/schema/schema.h"

#include <inttypes.h>
#include <stdio.h>

static void audit_print_breach(void *context, const char *line) {
    (void)context;
    printf("%s\n", line);
}

/* Prints the result, and returns the exit code: exit_failed for breaches as well as for an audit that could
 * not be finished. */
static int audit_print_result(enum status s, const struct audit *a) {
    if (s != STATUS_OK)
        printf("not all could be looked at: %s\n", status_text(s));
    if (a->breaches > audit_lines_max)
        printf("%" PRId64 " breaches in all\n", a->breaches);
    if (s != STATUS_OK || a->breaches > 0)
        return exit_failed;
    printf("audit ok: %" PRId64 " products, %" PRId64 " categories, %" PRId64 " cart lines, %" PRId64
           " orders, %" PRId64 " stock movements, %" PRId64 " payments (%" PRId64
           " of expired orders, %" PRId64 " given back as surplus), keys, pages and indexes\n",
           a->products, a->categories, a->cart_lines, a->orders, a->movements, a->payments, a->reactivated,
           a->overpaid);
    return exit_done;
}

static int audit_command_run(const char *const values[], const char *operand) {
    (void)operand;
    char error[db_error_size];
    struct audit found;
    struct db *db;
    if (db_is_private(values[0]))
        return usage_error("audit needs a database that is in a file");
    enum status s = shop_db_open(values[0], DB_READ, &db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    s = audit_database(db, audit_print_breach, NULL, &found);
    db_close(db);
    return audit_print_result(s, &found);
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command audit_command = {
    .name = "audit",
    .summary = "Check everything that must hold of a database: stock, orders, totals, keys, pages",
    .flags = flags,
    .run = audit_command_run,
};
