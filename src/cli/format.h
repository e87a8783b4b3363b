/* The flag --format of the commands that read or write products. */
#pragma once

#include "cli/command.h"
#include "cli/records.h"

#define FORMAT_FLAG(otherwise)                                                                               \
    { "format", "FORMAT", NULL, "csv, jsonl or json" otherwise }

/* What the flag says, or the file's name where it was not given (FORMAT_COUNT: neither does). False, with the
 * error said, for a format that there is not. */
bool parse_format(const char *value, const char *path, enum file_format *out);
