#include "cli/command.h"

#include "base/version.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command *const commands[] = {
    &serve_command, &import_command, &export_command, &seed_command,        &token_command,
    &audit_command, &backup_command, &copy_command,   &mock_stripe_command, NULL};

enum { flags_max = 32 };

int usage_error(const char *format, ...) {
    va_list args;
    fputs("till: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return exit_usage;
}

enum status no_memory(const char *what) {
    usage_error("there is not enough memory for %s", what);
    return STATUS_NO_MEMORY;
}

int open_error(enum status status, const char *why) {
    usage_error("%s", why);
    return status == STATUS_USAGE ? exit_usage : exit_failed;
}

bool parse_number(const char *flag, const char *text, int64_t min, int64_t max, int64_t *out) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || *end || end == text || value < min || value > max) {
        usage_error("--%s takes a whole number from %lld to %lld, not '%s'", flag, (long long)min,
                    (long long)max, text);
        return false;
    }
    *out = value;
    return true;
}

static void print_help(void) {
    puts("Till " TILL_VERSION ": a shop's backend in one program.\n\nUsage: till COMMAND [FLAGS]\n");
    for (size_t i = 0; commands[i]; i++)
        printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
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
        if (f->preset)
            printf(" (%s)", f->preset);
        putchar('\n');
    }
    puts("\nEach flag can also be set in the environment: --db as TILL_DB, and so on.");
}

static const char *from_environment(const struct flag *f) {
    char name[64] = "TILL_";
    size_t at = strlen(name);
    for (const char *c = f->name; *c && at < sizeof name - 1; c++)
        name[at++] = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
    name[at] = '\0';
    return getenv(name);
}

/* The number of the flag that `text` (without its dashes) names, with what stands behind a `=` in `value`; -1
 * where there is none. */
static int find_flag(const struct command *c, const char *text, const char **value) {
    size_t size = strcspn(text, "=");
    *value = text[size] ? text + size + 1 : NULL;
    for (int i = 0; c->flags[i].name; i++)
        if (strlen(c->flags[i].name) == size && memcmp(c->flags[i].name, text, size) == 0)
            return i;
    return -1;
}

static int read_arguments(const struct command *c, int argc, char **argv, const char *values[],
                          const char **operand) {
    for (int i = 0; i < argc; i++) {
        const char *value, *text = argv[i];
        if (strncmp(text, "--", 2) != 0) {
            if (!c->operand || *operand)
                return usage_error("%s does not take '%s'; see till %s --help", c->name, text, c->name);
            *operand = text;
            continue;
        }
        int f = find_flag(c, text + 2, &value);
        if (f < 0)
            return usage_error("%s has no flag %s; see till %s --help", c->name, text, c->name);
        if (!c->flags[f].value && value)
            return usage_error("--%s takes no value", c->flags[f].name);
        if (c->flags[f].value && !value && i + 1 == argc)
            return usage_error("--%s needs a value: %s", c->flags[f].name, c->flags[f].value);
        values[f] = !c->flags[f].value ? "" : value ? value : argv[++i];
    }
    return exit_done;
}

static int run_command(const struct command *c, int argc, char **argv) {
    const char *values[flags_max] = {0}, *operand = NULL;
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_command_help(c);
            return exit_done;
        }
    int code = read_arguments(c, argc, argv, values, &operand);
    for (int i = 0; c->flags[i].name && code == exit_done; i++) {
        if (!values[i])
            values[i] = from_environment(&c->flags[i]);
        if (!values[i])
            values[i] = c->flags[i].preset;
    }
    if (code == exit_done && c->operand && c->operand[0] != '[' && !operand)
        return usage_error("%s needs %s; see till %s --help", c->name, c->operand, c->name);
    return code == exit_done ? c->run(values, operand) : code;
}

int command_main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return argc > 1 ? exit_done : exit_usage;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        puts("till " TILL_VERSION);
        return exit_done;
    }
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return run_command(commands[i], argc - 2, argv + 2);
    return usage_error("there is no command '%s'; see till --help", name);
}
