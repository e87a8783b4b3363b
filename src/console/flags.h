/* The flags of a command: what they are called, and how they are read.
 *
 * A flag `--admin-token` may also come from the environment as TILL_ADMIN_TOKEN. The command line wins over
 * the environment, and the environment over the default. An empty variable is an absent one. A switch is on
 * with 1, true, yes or on there, and off with 0, false, no or off. */
#pragma once

#include "base/str.h"

struct flag {
    const char *name;          /* without its dashes */
    const char *value;         /* what the help calls its value; NULL: it is a switch, and takes no value */
    const char *default_value; /* NULL: absent unless it is given */
    const char *doc;
};

enum { flags_max = 64 };

/* The flag for the database, which most commands have. */
#define DB_FLAG {"db", "URL", "till.db", "the database: a file's path, postgresql://…, or :memory:"}

/* Reads the arguments of `command` into `values` and `operand`. values[i] becomes the text of flags[i], "" if
 * that is a switch that was given, or NULL. `operand_name` is what the help calls the command's one operand:
 * NULL if it does not take one, in brackets if it is optional. `flags` ends with one that has no name. False,
 * with the error printed, if the arguments are wrong. All texts are those of `argv`, the environment and
 * `flags`. */
bool flags_read(const char *command, const struct flag flags[], const char *operand_name, int argc,
                char **argv, const char *values[static flags_max], const char **operand);

/* Reads the value of a flag as a whole number between min and max. False, with the error printed, if it is
 * not one. */
bool flag_number(const char *flag, const char *text, int64_t min, int64_t max, int64_t *out);

/* Reads the value of a flag as one of `count` names, and gives its index. False, with the error printed, if
 * it is not one of them. */
bool flag_choice(const char *flag, const char *text, const char *const names[], size_t count, size_t *out);
