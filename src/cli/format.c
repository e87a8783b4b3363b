#include "cli/format.h"

#include <string.h>

bool parse_format(const char *value, const char *path, enum file_format *out) {
    *out = file_format_of_name(path);
    if (!value)
        return true;
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(value, file_format_names[i]) == 0) {
            *out = (enum file_format)i;
            return true;
        }
    usage_error("--format takes csv, jsonl or json, not '%s'", value);
    return false;
}
