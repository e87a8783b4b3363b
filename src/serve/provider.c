/* Reads secrets, and opens Stripe or the mock with them.
 *
 * A secret comes from a file or from the environment, never from the command line, which others on the machine
 * can read. It is copied into the provider's vault (pay/vault.h) and wiped here. The environment and libcurl's
 * copies hold the key as well, so a server with Stripe also asks the kernel never to dump its memory. */
#include "serve/provider.h"

#include "base/log.h"
#include "base/random.h"
#include "console/errors.h"
#include "console/secret.h"
#include "db/db.h"
#include "pay/mock/mock.h"
#include "pay/stripe/stripe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { path_bytes_max = 4096 };

/* Whether the database can be written, and a file beside it too; if it is not there yet, whether its folder
 * can be written. */
static bool database_is_writable(const char *db) {
    char folder[path_bytes_max];
    const char *slash = strrchr(db, '/');
    int size = slash ? (int)(slash - db) + 1 : 2;
    snprintf(folder, sizeof folder, "%.*s", size, slash ? db : "./");
    return access(folder, W_OK) == 0 && (access(db, F_OK) != 0 || access(db, W_OK) == 0);
}

/* The path of the mock's books: beside the database, so that both are there after a crash. NULL: in memory, for
 * a shop that is in memory itself or can only be read. */
static const char *mock_ledger_path(const struct provider_options *o, char path[static path_bytes_max]) {
    if (o->mock_ledger || db_is_private(o->db) || !database_is_writable(o->db))
        return o->mock_ledger;
    int size = snprintf(path, path_bytes_max, "%s.mock-ledger", o->db);
    if (size > 0 && size < path_bytes_max && access(path, F_OK) == 0)
        log_info("%s is of an older Till and is not read: the mock does not know the payments in it", path);
    size = snprintf(path, path_bytes_max, "%s.mock-books", o->db);
    return size > 0 && size < path_bytes_max ? path : NULL;
}

static enum status provider_open_mock(const struct provider_options *o, struct provider **out) {
    char path[path_bytes_max], error[mock_error_size];
    struct secret secret;
    if (!secret_read("webhook-secret-file", o->webhook_secret_file, "TILL_WEBHOOK_SECRET", &secret))
        return STATUS_USAGE;
    struct mock_options options = {
        .ledger = mock_ledger_path(o, path),
        .clock = o->clock,
        .random = &random_system,
        .faults = o->mock_faults,
        .api_version = o->mock_api_version,
        .webhook_url = o->mock_webhook_url,
        .webhook_secret = secret_text(&secret),
    };
    enum status s = mock_open(&options, out, error);
    explicit_bzero(&secret, sizeof secret);
    if (s != STATUS_OK)
        usage_error("%s", error);
    return s;
}

static bool stripe_secrets_read(const struct provider_options *o, struct secret *key,
                                struct secret *webhook) {
    if (!secret_read("stripe-key-file", o->stripe_key_file, "TILL_STRIPE_KEY", key) ||
        !secret_read("webhook-secret-file", o->webhook_secret_file, "TILL_WEBHOOK_SECRET", webhook))
        return false;
    if (key->size == 0)
        usage_error(
            "--payments stripe needs Stripe's secret key, in TILL_STRIPE_KEY or in the file of "
            "--stripe-key-file");
    return key->size > 0;
}

static enum status provider_open_stripe(const struct provider_options *o, const struct secret *key,
                                        const struct secret *webhook, struct provider **out) {
    char error[stripe_error_size];
    struct stripe_options options = {
        .key = secret_text(key),
        .webhook_secret = secret_text(webhook),
        .url = o->stripe_url,
        .random = &random_system,
    };
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        log_warning("a core dump of this process would hold Stripe's key: %s", strerror(errno));
    enum status s = stripe_open(&options, out, error);
    if (s != STATUS_OK)
        usage_error("%s", error);
    else if (webhook->size == 0)
        log_warning(
            "no webhook secret: events are refused, and payments that a page confirms are found out "
            "by asking");
    return s;
}

enum status provider_open(const struct provider_options *o, struct provider **out) {
    struct secret key, webhook;
    if (!o->stripe)
        return provider_open_mock(o, out);
    enum status s =
        stripe_secrets_read(o, &key, &webhook) ? provider_open_stripe(o, &key, &webhook, out) : STATUS_USAGE;
    explicit_bzero(&key, sizeof key);
    explicit_bzero(&webhook, sizeof webhook);
    return s;
}
