/* A command's values are an array beside its flags: values[i] belongs to flags[i], so that a command can
 * number its flags by an enum and read values[FLAG_DB]. The values are filled from three sources, and a later
 * source only fills what is still empty: the arguments, the environment, the defaults. */
#include "console/flags.h"

#include "console/errors.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool flag_number(const char *flag, const char *text, int64_t min, int64_t max, int64_t *out) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || *end || end == text || value < min || value > max) {
        print_error("--%s takes a whole number from %lld to %lld, not '%s'", flag, (long long)min,
                    (long long)max, text);
        return false;
    }
    *out = value;
    return true;
}

bool flag_choice(const char *flag, const char *text, const char *const names[], size_t count, size_t *out) {
    char list[128];
    size_t size = 0;
    for (size_t i = 0; i < count && size < sizeof list; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = i;
            return true;
        }
        const char *between = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        size += (size_t)snprintf(list + size, sizeof list - size, "%s%s", between, names[i]);
    }
    print_error("--%s takes %s, not '%s'", flag, list, text);
    return false;
}

static bool text_is_one_of(const char *text, const char *const words[], size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

/* Reads a switch's variable: containers are configured by TILL_DEMO=false as well as by its absence. */
static bool switch_from_environment(const char *name, const char *text, const char **value) {
    static const char *const on[] = {"1", "true", "yes", "on"}, *const off[] = {"0", "false", "no", "off"};
    if (text_is_one_of(text, on, sizeof on / sizeof *on)) {
        *value = "";
        return true;
    }
    if (text_is_one_of(text, off, sizeof off / sizeof *off))
        return true;
    print_error("%s takes 1, true, yes or on, or 0, false, no or off, not '%s'", name, text);
    return false;
}

/* Sets `value` to the flag's value in the environment: `db-read` is TILL_DB_READ there. An empty variable is
 * an absent one. False, with the error printed, if it is wrong. */
static bool flag_from_environment(const struct flag *f, const char **value) {
    char name[64] = "TILL_";
    size_t size = strlen(name);
    for (const char *c = f->name; *c && size < sizeof name - 1; c++)
        name[size++] = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
    name[size] = '\0';
    const char *text = getenv(name);
    if (!text || !*text)
        return true;
    if (!f->value)
        return switch_from_environment(name, text, value);
    *value = text;
    return true;
}

/* Returns the index of the flag that `text` (without its dashes) names, or -1. `value` gets what follows a
 * `=`, or NULL. */
static int flag_find(const struct flag flags[], const char *text, const char **value) {
    size_t size = strcspn(text, "=");
    *value = text[size] ? text + size + 1 : NULL;
    for (int i = 0; flags[i].name; i++)
        if (strlen(flags[i].name) == size && memcmp(flags[i].name, text, size) == 0)
            return i;
    return -1;
}

/* Reads the arguments that are there: `--flag value`, `--flag=value`, `--switch`, and at most one operand. A
 * flag that is given twice has its last value. exit_usage, with the error printed, if one is wrong. */
static int arguments_read(const char *command, const struct flag flags[], const char *operand_name, int argc,
                          char **argv, const char *values[], const char **operand) {
    for (int i = 0; i < argc; i++) {
        const char *value, *text = argv[i];
        if (strncmp(text, "--", 2) != 0) {
            if (!operand_name || *operand)
                return usage_error("%s does not take '%s'; see till %s --help", command, text, command);
            *operand = text;
            continue;
        }
        int f = flag_find(flags, text + 2, &value);
        if (f < 0)
            return usage_error("%s has no flag %s; see till %s --help", command, text, command);
        if (!flags[f].value && value)
            return usage_error("--%s takes no value", flags[f].name);
        if (flags[f].value && !value && i + 1 == argc)
            return usage_error("--%s needs a value: %s", flags[f].name, flags[f].value);
        values[f] = !flags[f].value ? "" : value ? value : argv[++i];
    }
    return exit_done;
}

bool flags_read(const char *command, const struct flag flags[], const char *operand_name, int argc,
                char **argv, const char *values[static flags_max], const char **operand) {
    *operand = NULL;
    memset(values, 0, flags_max * sizeof *values);
    if (arguments_read(command, flags, operand_name, argc, argv, values, operand) != exit_done)
        return false;
    for (int i = 0; flags[i].name; i++) {
        if (!values[i] && !flag_from_environment(&flags[i], &values[i]))
            return false;
        if (!values[i])
            values[i] = flags[i].default_value;
    }
    if (!operand_name || operand_name[0] == '[' || *operand)
        return true;
    print_error("%s needs %s; see till %s --help", command, operand_name, command);
    return false;
}
