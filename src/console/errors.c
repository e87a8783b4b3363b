/* Errors go to standard error, because standard output may be what the command was run for (till export). */
#include "console/errors.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int exit_code(enum status status) {
    return status == STATUS_OK ? exit_done : status == STATUS_USAGE ? exit_usage : exit_failed;
}

__attribute__((format(printf, 1, 0))) static void print_error_list(const char *format, va_list args) {
    char *line;
    if (vasprintf(&line, format, args) < 0) {
        fputs("till: out of memory\n", stderr);
        return;
    }
    line_clean(line);
    fprintf(stderr, "till: %s\n", line);
    free(line);
}

void print_error(const char *format, ...) {
    va_list args;
    va_start(args, format);
    print_error_list(format, args);
    va_end(args);
}

int usage_error(const char *format, ...) {
    va_list args;
    va_start(args, format);
    print_error_list(format, args);
    va_end(args);
    return exit_usage;
}

int status_error(enum status status, const char *error) {
    print_error("%s", error);
    return exit_code(status);
}

enum status memory_error(const char *what) {
    print_error("there is not enough memory for %s", what);
    return STATUS_NO_MEMORY;
}
