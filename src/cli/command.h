/* The command line: what commands there are, and how their flags are read.
 *
 * A flag `--admin-token` may also come from the environment as TILL_ADMIN_TOKEN; the command line wins. Exit
 * codes: 0 done, 1 found or failed, 2 used wrongly. */
#pragma once

#include "base/status.h"
#include "base/str.h"

enum { exit_done = 0, exit_failed = 1, exit_usage = 2 };

struct flag {
    const char *name;   /* without its dashes */
    const char *value;  /* what the help calls its value; NULL for a switch */
    const char *preset; /* NULL: absent unless given */
    const char *doc;
};

struct command {
    const char *name, *summary;
    const char *operand;      /* what the help calls the one operand; NULL: none; in brackets: optional */
    const struct flag *flags; /* ended by a flag without name */
    /* values[i] is that of flags[i]: its text, "" for a switch that was given, or NULL. */
    int (*run)(const char *const values[], const char *operand);
};

extern const struct command serve_command, seed_command, import_command, token_command, audit_command,
    backup_command, copy_command, export_command, mock_stripe_command;

/* Runs what argv asks for and gives the exit code. */
int command_main(int argc, char **argv);

/* Says on standard error what was used wrongly, and gives exit_usage. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

/* Says on standard error that there is no memory for `what`, and gives STATUS_NO_MEMORY. */
enum status no_memory(const char *what);

/* Says on standard error why a database could not be opened, and gives the exit code. */
int open_error(enum status status, const char *why);

/* A whole number between min and max; false, with the error said, where text is none. */
bool parse_number(const char *flag, const char *text, int64_t min, int64_t max, int64_t *out);

#define DB_FLAG                                                                                              \
    { "db", "URL", "till.db", "the database: a file's path, postgresql://…, or :memory:" }
