/* What a command says on standard error, and the code that it exits with. Each message is one line, `till:
 * …`. */
#pragma once

#include "base/status.h"

/* Done; the command found something wrong or failed; it was used wrongly. */
enum { exit_done = 0, exit_failed = 1, exit_usage = 2 };

enum { error_line_size = 4096 }; /* of a sentence that is put together before it is printed */

/* Returns the exit code for what a command came to: STATUS_USAGE is the user's mistake, every other error is
 * a failure. */
int exit_code(enum status status);

/* Prints an error, without the control characters that a name in it may have. */
__attribute__((format(printf, 1, 2))) void print_error(const char *format, ...);

/* Prints what was used wrongly, and returns exit_usage. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

/* Prints an error for a status that is not STATUS_OK, and returns its exit code. */
int status_error(enum status status, const char *error);

/* Prints that there is not enough memory for `what`, and returns STATUS_NO_MEMORY. */
enum status memory_error(const char *what);
