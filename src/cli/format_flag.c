#include "cli/format_flag.h"

bool format_flag_read(const char *value, const char *path, enum file_format *out) {
    size_t i;
    *out = file_format_of_name(path);
    if (!value)
        return true;
    if (!flag_choice("format", value, file_format_names, FORMAT_COUNT, &i))
        return false;
    *out = (enum file_format)i;
    return true;
}
