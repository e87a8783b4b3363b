#include "console/secret.h"

#include "console/errors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str secret_text(const struct secret *s) {
    return s->size ? (struct str){s->bytes, s->size} : (struct str){0};
}

/* Reads the bytes of a file, or of a variable of the environment if path is NULL; at most secret_bytes_max of
 * them. False if there is no such file. */
static bool secret_read_bytes(const char *path, const char *variable, struct secret *out) {
    const char *value = getenv(variable);
    out->size = 0;
    if (!path) {
        out->size = value ? strnlen(value, sizeof out->bytes) : 0;
        memcpy(out->bytes, value ? value : "", out->size);
        return true;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    out->size = fread(out->bytes, 1, sizeof out->bytes, file);
    fclose(file);
    return true;
}

bool secret_read(const char *flag, const char *path, const char *variable, struct secret *out) {
    if (!secret_read_bytes(path, variable, out)) {
        usage_error("--%s %s: %s", flag, path, strerror(errno));
        return false;
    }
    while (out->size > 0 && strchr(" \t\r\n", out->bytes[out->size - 1]))
        out->size--;
    if (out->size < sizeof out->bytes)
        return true;
    usage_error("what --%s or %s gives is no secret: it is longer than %d bytes", flag, variable,
                secret_bytes_max - 1);
    return false;
}
