/* The flag --format, of the commands that read or write products. */
#pragma once

#include "console/flags.h"
#include "files/records.h"

#define FORMAT_FLAG(otherwise) {"format", "FORMAT", NULL, "csv, jsonl or json" otherwise}

/* Reads the flag's value; if that is NULL, the end of the file's name decides. FORMAT_COUNT if neither does.
 * False, with the error printed, if the value is not a format. */
bool format_flag_read(const char *value, const char *path, enum file_format *out);
