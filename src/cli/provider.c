#include "cli/provider.h"

#include "base/random.h"
#include "cli/command.h"
#include "db/db.h"
#include "pay/mock.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { secret_bytes_max = 512, path_bytes_max = 4096 };

/* A secret as it was read. It is wiped once the provider has it. */
struct secret {
    char bytes[secret_bytes_max];
    size_t size; /* 0: there is none */
};

static struct str secret_text(const struct secret *s) {
    return s->size ? (struct str){s->bytes, s->size} : (struct str){0};
}

/* From the file, or where that is NULL from the environment; false, with the error said. What is read is
 * never said. */
static bool read_secret(const char *flag, const char *path, const char *variable, struct secret *out) {
    const char *given = getenv(variable);
    FILE *file = path ? fopen(path, "r") : NULL;
    out->size = 0;
    if (path && !file) {
        usage_error("--%s %s: %s", flag, path, strerror(errno));
        return false;
    }
    if (file)
        out->size = fread(out->bytes, 1, sizeof out->bytes, file);
    else if (given)
        out->size = strlen(given) < sizeof out->bytes ? strlen(given) : sizeof out->bytes;
    if (file)
        fclose(file);
    else if (given)
        memcpy(out->bytes, given, out->size);
    while (out->size > 0 && strchr(" \t\r\n", out->bytes[out->size - 1]))
        out->size--;
    if (out->size < sizeof out->bytes)
        return true;
    usage_error("what --%s or %s gives is no secret: it is longer than %d bytes", flag, variable,
                secret_bytes_max - 1);
    return false;
}

/* Whether the database can be written: it, or where it is not there yet the folder that it will be made in. */
static bool can_write(const char *db) {
    char folder[path_bytes_max];
    const char *slash = strrchr(db, '/');
    int size = slash ? (int)(slash - db) + 1 : 2;
    snprintf(folder, sizeof folder, "%.*s", size, slash ? db : "./");
    return access(folder, W_OK) == 0 && (access(db, F_OK) != 0 || access(db, W_OK) == 0);
}

/* The mock's books lie beside the database, so that both are there after a crash. NULL: in memory, for a shop
 * that is in memory itself or can only be read. */
static const char *ledger_path(const struct provider_options *o, char path[static path_bytes_max]) {
    if (o->mock_ledger || db_is_private(o->db) || !can_write(o->db))
        return o->mock_ledger;
    int size = snprintf(path, path_bytes_max, "%s.mock-ledger", o->db);
    return size > 0 && size < path_bytes_max ? path : NULL;
}

static enum status open_mock(const struct provider_options *o, struct provider **out) {
    char path[path_bytes_max], why[pay_why_size];
    struct secret secret;
    if (!read_secret("webhook-secret-file", o->webhook_secret_file, "TILL_WEBHOOK_SECRET", &secret))
        return STATUS_USAGE;
    struct mock_options options = {
        .ledger = ledger_path(o, path),
        .clock = o->clock,
        .random = &random_system,
        .faults = o->mock_faults,
        .webhook_url = o->mock_webhook_url,
        .webhook_secret = secret_text(&secret),
    };
    enum status s = mock_open(&options, out, why);
    OPENSSL_cleanse(&secret, sizeof secret);
    if (s != STATUS_OK)
        usage_error("%s", why);
    return s;
}

static enum status open_stripe(const struct provider_options *o, struct provider **out) {
    (void)o;
    (void)out;
    usage_error("--payments stripe is not there yet");
    return STATUS_USAGE;
}

enum status provider_open(const struct provider_options *o, struct provider **out) {
    return o->stripe ? open_stripe(o, out) : open_mock(o, out);
}
