/* Every command is a row: its name, its flags, and the function that runs it. The help is printed from the
 * rows.
 *
 *      till COMMAND ──> the row of that name ──> --help anywhere: print its flags
 *                                            └─> flags_read ──> run, whose result is the exit code */
#include "cli/command.h"

#include "base/version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* In the order in which the help lists them. */
const struct command *const till_commands[] = {&serve_command,
                                               &import_command,
                                               &export_command,
                                               &seed_command,
                                               &synonyms_command,
                                               &settings_command,
                                               &mail_retry_command,
                                               &mail_command,
                                               &token_command,
                                               &staff_add_command,
                                               &staff_list_command,
                                               &staff_disable_command,
                                               &staff_reset_command,
                                               &audit_command,
                                               &backup_command,
                                               &restore_command,
                                               &copy_command,
                                               &mock_stripe_command,
                                               NULL};

static void print_help(void) {
    puts("Till " TILL_VERSION ": a shop's backend in one program.\n\nUsage: till COMMAND [FLAGS]\n");
    for (size_t i = 0; till_commands[i]; i++)
        printf("  %-13s %s\n", till_commands[i]->name, till_commands[i]->summary);
    puts(
        "\n  till serve --demo        try it: a shop with a catalogue on http://127.0.0.1:8000\n"
        "  till COMMAND --help      a command's flags");
}

static void print_command_help(const struct command *c) {
    printf("Usage: till %s [FLAGS]%s%s\n\n%s.\n\n", c->name, c->operand ? " " : "",
           c->operand ? c->operand : "", c->summary);
    for (const struct flag *f = c->flags; f->name; f++) {
        char left[48];
        snprintf(left, sizeof left, "--%s%s%s", f->name, f->value ? " " : "", f->value ? f->value : "");
        printf("  %-24s %s", left, f->doc);
        if (f->default_value)
            printf(" (%s)", f->default_value);
        putchar('\n');
    }
    puts("\nEach flag can also be set in the environment: --db as TILL_DB, --demo as TILL_DEMO=true.");
}

static bool is_help(const char *text) {
    return strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0;
}

/* Returns how many of the arguments name a command: its words, or 0 if they are others. */
static int command_matches(const struct command *c, int argc, char **argv) {
    struct str rest = str_from(c->name);
    int count = 0;
    for (; rest.size > 0; count++)
        if (count == argc || !str_equal(str_cut(&rest, ' '), str_from(argv[count])))
            return 0;
    return count;
}

/* Flushes standard output, so that a command that could not print its result, such as a new token, does not end with
 * success. Returns the exit code. */
static int command_flush(int code) {
    errno = 0;
    bool is_written = fflush(stdout) == 0 && !ferror(stdout);
    if (is_written || code != exit_done)
        return code;
    print_error("standard output: %s; the command is done, but what it printed is not all there",
                errno ? strerror(errno) : "it was not written");
    return exit_failed;
}

/* Runs a command, or prints its help. Help wins over every mistake in the other arguments. */
static int command_run(const struct command *c, int argc, char **argv) {
    const char *values[flags_max], *operand;
    for (int i = 0; i < argc; i++)
        if (is_help(argv[i])) {
            print_command_help(c);
            return exit_done;
        }
    if (!flags_read(c->name, c->flags, c->operand, argc, argv, values, &operand))
        return exit_usage;
    int code = c->run(values, operand);
    return c->serves ? code : command_flush(code);
}

int command_main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "--help";
    if (is_help(name) || strcmp(name, "help") == 0) {
        print_help();
        return argc > 1 ? exit_done : exit_usage;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        puts("till " TILL_VERSION);
        return exit_done;
    }
    for (size_t i = 0; till_commands[i]; i++) {
        int words = command_matches(till_commands[i], argc - 1, argv + 1);
        if (words)
            return command_run(till_commands[i], argc - 1 - words, argv + 1 + words);
    }
    return usage_error("there is no command '%s'; see till --help", name);
}
