/* Secrets that a flag's file or the environment gives: never the command line, which others on the machine can read. */
#pragma once

#include "base/str.h"

enum { secret_bytes_max = 512 };

struct secret {
    char bytes[secret_bytes_max];
    size_t size; /* 0: no secret was given */
};

/* Reads the secret of the file at `path`, or of a variable of the environment if `path` is NULL, without the blanks and
 * line ends behind it. False, with the error printed, if it cannot be read or is too long; its text is never printed. The
 * caller wipes it. */
bool secret_read(const char *flag, const char *path, const char *variable, struct secret *out);

/* The text of a secret; absent if it was not given. */
struct str secret_text(const struct secret *secret);
