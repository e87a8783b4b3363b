/* The commands that write, or read what is kept, each run as in the program: from its arguments to its exit code, on the disk in
 * memory. Ids and times of commands are the system's, so a state is not the digest of rows: it is what `measure` reads. */
#pragma once

#include "lab.h"

#include <stdio.h>

enum { arguments_max = 8 };

/* Reads what a command was to make. False: it cannot be read. A file that is not there is all zeros. */
typedef bool command_measure(const char *path, struct lab_state *out);

struct command_case {
    const char *name; /* NULL ends the list */
    const char *arguments[arguments_max];
    command_measure *measure; /* NULL: the command only serves */
    const char *path;         /* what it makes */
    const char *leftover;     /* what a cut may leave for a person to remove; NULL: nothing */
    bool may_refuse;          /* the shop may refuse to start until the command has run again */
    bool in_parts;            /* it is done in several transactions, and says how far it came */
    bool reads;               /* it changes nothing, and prints what it has read */
};

struct command_states {
    struct lab_state before, after;
    struct lab_state empty; /* of a new database, as a copy begins with */
    uint64_t steps;
};

extern const struct command_case command_cases[];

/* Returns how many commands have no case; prints them. */
int command_count_missing(FILE *report);

/* Runs a command, and returns its exit code. */
int command_run_case(const struct command_case *c);

/* Returns the prepared shop, with files for the commands, and a backup of the shop as it was before a change; NULL if it
 * cannot be prepared. */
struct disk_image *command_image(FILE *report);

/* Runs a command without trouble, and notes the states. False: it does not do what it should. */
bool command_begin(const struct command_case *c, const struct disk_image *image, FILE *report,
                   struct command_states *out);

/* Returns why what a command left is a breach; NULL: it is none. */
const char *command_check(const struct command_case *c, const struct command_states *states, bool succeeded);

/* Runs a command again, if what it makes is not there. Returns why that is a breach; NULL: it is none. */
const char *command_check_again(const struct command_case *c, const struct command_states *states);

/* Whether the shop starts and its audit finds nothing. */
bool command_shop_is_sound(void);
