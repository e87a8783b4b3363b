#include "cli/provider.h"

#include "base/log.h"
#include "base/random.h"
#include "cli/command.h"
#include "db/db.h"
#include "pay/mock.h"
#include "pay/stripe.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
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

/* Whether the database can be written: it, or where it is not there yet the folder that it will be made in.
 */
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
        .answers_early = o->may_answer_early && !o->mock_faults && !o->mock_webhook_url,
    };
    enum status s = mock_open(&options, out, why);
    OPENSSL_cleanse(&secret, sizeof secret);
    if (s != STATUS_OK)
        usage_error("%s", why[0] ? why : "the mock's ledger cannot be written, or there is no memory for it");
    return s;
}

static bool read_stripe_secrets(const struct provider_options *o, struct secret *key,
                                struct secret *webhook) {
    if (!read_secret("stripe-key-file", o->stripe_key_file, "TILL_STRIPE_KEY", key) ||
        !read_secret("webhook-secret-file", o->webhook_secret_file, "TILL_WEBHOOK_SECRET", webhook))
        return false;
    if (key->size == 0)
        usage_error(
            "--payments stripe needs Stripe's secret key, in TILL_STRIPE_KEY or in the file of "
            "--stripe-key-file");
    return key->size > 0;
}

static enum status open_stripe(const struct provider_options *o, struct provider **out) {
    char why[stripe_why_size];
    struct secret key = {.size = 0}, webhook = {.size = 0};
    enum status s = read_stripe_secrets(o, &key, &webhook) ? STATUS_OK : STATUS_USAGE;
    struct stripe_options options = {
        .key = secret_text(&key),
        .webhook_secret = secret_text(&webhook),
        .url = o->stripe_url,
        .random = &random_system,
    };
    /* The environment and what libcurl copies hold the key too: no core of this process may be written. */
    if (s == STATUS_OK && prctl(PR_SET_DUMPABLE, 0) != 0)
        log_warning("a core dump of this process would hold Stripe's key: %s", strerror(errno));
    if (s == STATUS_OK) {
        s = stripe_open(&options, out, why);
        if (s != STATUS_OK)
            usage_error("%s", why);
    }
    OPENSSL_cleanse(&key, sizeof key);
    OPENSSL_cleanse(&webhook, sizeof webhook);
    if (s == STATUS_OK && options.webhook_secret.at == NULL)
        log_warning(
            "no webhook secret: events are refused, and payments that a page confirms are found out "
            "by asking");
    return s;
}

enum status provider_open(const struct provider_options *o, struct provider **out) {
    return o->stripe ? open_stripe(o, out) : open_mock(o, out);
}
