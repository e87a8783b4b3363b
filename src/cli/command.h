/* The command line: the commands that there are, and how one is chosen and run. */
#pragma once

#include "console/errors.h"
#include "console/flags.h"

struct command {
    const char *name; /* one word, or two as in `staff add` */
    const char *summary;
    const char *operand;      /* as the help calls it; see flags_read */
    const struct flag *flags; /* ended by a flag without a name */
    bool serves;              /* it runs until it is stopped, and standard output may be gone by then */
    /* Runs the command with what flags_read gave, and returns the exit code. */
    int (*run)(const char *const values[], const char *operand);
};

extern const struct command serve_command, seed_command, import_command, token_command, audit_command,
    backup_command, restore_command, copy_command, export_command, mock_stripe_command, synonyms_command,
    settings_command, mail_command, mail_retry_command, staff_add_command, staff_list_command,
    staff_disable_command, staff_reset_command;

/* All of them, in the order in which the help lists them. NULL ends them. */
extern const struct command *const till_commands[];

/* Runs the command that argv asks for, and returns the exit code. */
int command_main(int argc, char **argv);
