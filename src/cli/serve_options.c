#include "cli/serve_options.h"

#include "base/fault.h"
#include "base/log.h"
#include "db/standby.h"
#include "db/team.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FLAG_DB,
    FLAG_DB_CONNECTIONS,
    FLAG_DB_READ,
    FLAG_DB_READ_LAG,
    FLAG_LISTEN,
    FLAG_ADMIN_TOKEN,
    FLAG_CORS_ORIGIN,
    FLAG_CURRENCY,
    FLAG_CART,
    FLAG_RESERVE_MINUTES,
    FLAG_CACHE_MIB,
    FLAG_THREADS,
    FLAG_DRAIN_SECONDS,
    FLAG_LOG,
    FLAG_DEMO,
    FLAG_PAYMENTS,
    FLAG_PROVIDER_CONNECTIONS,
    FLAG_STRIPE_KEY_FILE,
    FLAG_WEBHOOK_SECRET_FILE,
    FLAG_STRIPE_URL,
    FLAG_MOCK_LEDGER,
    FLAG_MOCK_FAULTS,
    FLAG_MOCK_WEBHOOK_URL,
    FLAG_TEST_CLOCK,
    FLAG_TEST_KILL,
};

enum {
    token_bytes_min = 16,
    reserve_minutes_max = 60 * 24 * 30,
    drain_seconds_max = 3600,
    cache_mib_max = 1024 * 1024
};

const struct flag serve_flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_DB_CONNECTIONS] = {"db-connections", "N", "16", "connections of this node to PostgreSQL"},
    [FLAG_DB_READ] = {"db-read", "URL", NULL,
                      "a standby of PostgreSQL, to read the catalogue from while it keeps up"},
    [FLAG_DB_READ_LAG] = {"db-read-lag", "MS", "1000", "how old what is read there may be, in milliseconds"},
    [FLAG_LISTEN] = {"listen", "ADDRESS", "127.0.0.1:8000",
                     "host:port (port 0 picks one) or the path of a Unix socket"},
    [FLAG_ADMIN_TOKEN] = {"admin-token", "TOKEN", NULL,
                          "the admin's token, instead of the one minted at the first start"},
    [FLAG_CORS_ORIGIN] = {"cors-origin", "LIST", "http://localhost:3000",
                          "origins whose pages may call, with commas between"},
    [FLAG_CURRENCY] = {"currency", "CODE", "usd", "the shop's one currency, ISO 4217 in lower case"},
    [FLAG_CART] = {"cart", "KIND", "session",
                   "session: a cart for each shopper; global: one for everybody, for demos"},
    [FLAG_RESERVE_MINUTES] = {"reserve-minutes", "N", "30",
                              "how long an order that is not paid keeps its stock"},
    [FLAG_CACHE_MIB] = {"cache-mib", "N", "64", "memory for answers to be given again, in MiB; 0 for none"},
    [FLAG_THREADS] = {"threads", "N", NULL, "event loops (one for each core)"},
    [FLAG_DRAIN_SECONDS] = {"drain-seconds", "N", "0",
                            "how long /ready says 503, and all else is served, before it stops"},
    [FLAG_LOG] = {"log", "FORMAT", "text", "a line for each request: json, text or none"},
    [FLAG_DEMO] = {"demo", NULL, NULL, "fill an empty database with the demo shop's catalogue"},
    [FLAG_PAYMENTS] = {"payments", "PROVIDER", "mock", "stripe; or mock, which moves no money"},
    [FLAG_PROVIDER_CONNECTIONS] = {"provider-connections", "N", "16",
                                   "calls of the payment provider at once, at most"},
    [FLAG_STRIPE_KEY_FILE] = {"stripe-key-file", "FILE", NULL,
                              "a file with Stripe's secret key, if it is not in TILL_STRIPE_KEY"},
    [FLAG_WEBHOOK_SECRET_FILE] = {"webhook-secret-file", "FILE", NULL,
                                  "a file with the webhook's signing secret, if it is not in "
                                  "TILL_WEBHOOK_SECRET"},
    [FLAG_STRIPE_URL] = {"stripe-url", "URL", NULL, "where Stripe's API is, if not at api.stripe.com"},
    [FLAG_MOCK_LEDGER] = {"mock-ledger", "FILE", NULL,
                          "the books of the mock (beside the database, as its name and .mock-ledger)"},
    [FLAG_MOCK_FAULTS] = {"mock-faults", "LIST", NULL, "for tests: what goes wrong with the mock"},
    [FLAG_MOCK_WEBHOOK_URL] = {"mock-webhook-url", "URL", NULL, "for tests: where the mock sends its events"},
    [FLAG_TEST_CLOCK] = {"test-clock", "FILE", NULL,
                         "for tests: a file with the microseconds by which the clock is ahead"},
    [FLAG_TEST_KILL] = {"test-kill", "POINT", NULL,
                        "for tests: where a payment's first way past it kills the server"},
    {0},
};

/* Splits a list of origins at its commas; false, with the error said, where one is none. */
static bool parse_origins(const char *text, struct server_options *options) {
    struct str rest = str_from(text);
    while (rest.size > 0) {
        size_t end = str_find(rest, ',');
        struct str origin = str_trim((struct str){rest.at, end});
        size_t skip = end < rest.size ? end + 1 : end;
        rest.at += skip, rest.size -= skip;
        if (origin.size == 0)
            continue;
        bool web = str_starts(origin, STR("http://")) || str_starts(origin, STR("https://"));
        if (!web || origin.at[origin.size - 1] == '/' || options->origin_count == origins_max) {
            usage_error("--cors-origin takes up to %d origins such as https://shop.example, not '%.*s'",
                        origins_max, (int)origin.size, origin.at);
            return false;
        }
        options->origins[options->origin_count++] = origin;
    }
    return true;
}

static bool parse_log(const char *text) {
    static const char *const names[] = {[LOG_TEXT] = "text", [LOG_JSON] = "json", [LOG_NONE] = "none"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            log_open((enum log_format)i);
            return true;
        }
    usage_error("--log takes json, text or none, not '%s'", text);
    return false;
}

static bool parse_threads(const char *text, size_t *out) {
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    if (text && !parse_number("threads", text, 1, threads_max, &threads))
        return false;
    *out = threads < 1 ? 1 : threads > threads_max ? threads_max : (size_t)threads;
    return true;
}

static bool parse_currency(const char *text, struct shop_settings *out) {
    bool plain = strlen(text) == 3;
    for (const char *c = text; *c && plain; c++)
        plain = islower((unsigned char)*c);
    out->currency = text;
    if (!plain)
        usage_error("--currency takes three lower-case letters such as eur, not '%s'", text);
    return plain;
}

static bool parse_cart(const char *text, bool *global) {
    *global = strcmp(text, "global") == 0;
    if (*global || strcmp(text, "session") == 0)
        return true;
    usage_error("--cart takes session or global, not '%s'", text);
    return false;
}

static bool parse_payments(const char *const values[], struct provider_options *out) {
    int64_t connections;
    out->stripe = strcmp(values[FLAG_PAYMENTS], "stripe") == 0;
    if (!out->stripe && strcmp(values[FLAG_PAYMENTS], "mock") != 0) {
        usage_error("--payments takes mock or stripe, not '%s'", values[FLAG_PAYMENTS]);
        return false;
    }
    if (!parse_number("provider-connections", values[FLAG_PROVIDER_CONNECTIONS], 1, pool_threads_max,
                      &connections))
        return false;
    out->connections = (size_t)connections;
    out->stripe_key_file = values[FLAG_STRIPE_KEY_FILE];
    out->webhook_secret_file = values[FLAG_WEBHOOK_SECRET_FILE];
    out->stripe_url = values[FLAG_STRIPE_URL];
    out->mock_ledger = values[FLAG_MOCK_LEDGER];
    out->mock_faults = values[FLAG_MOCK_FAULTS];
    out->mock_webhook_url = values[FLAG_MOCK_WEBHOOK_URL];
    return true;
}

/* The machine's clock and what the file named says, read each time: a test writes it to let time pass. */
static int64_t test_clock_now_us(void *context) {
    int64_t now = clock_now_us(&clock_system);
    FILE *file = fopen(context, "r");
    char text[24] = "";
    if (file && fgets(text, sizeof text, file))
        now += strtoll(text, NULL, 10);
    if (file)
        fclose(file);
    return now;
}

bool serve_options_read(const char *const values[], struct serve_options *out) {
    int64_t db_connections, db_read_lag, cache_mib, reserve_minutes;
    *out = (struct serve_options){
        .db = values[FLAG_DB],
        .db_read = values[FLAG_DB_READ],
        .admin_token = str_from(values[FLAG_ADMIN_TOKEN]),
        .demo = values[FLAG_DEMO] != NULL,
        .server = {.listen = values[FLAG_LISTEN]},
        .clock = clock_system,
        .look_ms = 1000,
    };
    if (out->admin_token.at && out->admin_token.size < token_bytes_min) {
        usage_error("--admin-token needs at least %d characters", token_bytes_min);
        return false;
    }
    if (out->db_read && (!db_is_shared(out->db) || !db_is_shared(out->db_read))) {
        usage_error("--db-read is for PostgreSQL: it and --db take URLs that begin with postgresql://");
        return false;
    }
    if (!parse_origins(values[FLAG_CORS_ORIGIN], &out->server) || !parse_log(values[FLAG_LOG]) ||
        !parse_threads(values[FLAG_THREADS], &out->server.threads) ||
        !parse_currency(values[FLAG_CURRENCY], &out->settings) ||
        !parse_cart(values[FLAG_CART], &out->cart_global) || !parse_payments(values, &out->payments) ||
        !parse_number("db-connections", values[FLAG_DB_CONNECTIONS], team_connections_min,
                      team_connections_max, &db_connections) ||
        !parse_number("db-read-lag", values[FLAG_DB_READ_LAG], standby_lag_ms_min, standby_lag_ms_max,
                      &db_read_lag) ||
        !parse_number("drain-seconds", values[FLAG_DRAIN_SECONDS], 0, drain_seconds_max, &out->drain_s) ||
        !parse_number("cache-mib", values[FLAG_CACHE_MIB], 0, cache_mib_max, &cache_mib) ||
        !parse_number("reserve-minutes", values[FLAG_RESERVE_MINUTES], 1, reserve_minutes_max,
                      &reserve_minutes))
        return false;
    out->db_read_lag_ms = (int)db_read_lag;
    out->db_connections = (size_t)db_connections;
    out->server.cache_bytes = (size_t)cache_mib * 1024 * 1024;
    out->settings.reserve_us = reserve_minutes * 60 * 1000000;
    if (values[FLAG_TEST_CLOCK]) {
        out->clock = (struct clock){.now_us = test_clock_now_us,
                                    .context = (void *)(uintptr_t)values[FLAG_TEST_CLOCK]};
        out->look_ms = 20; /* a test waits for what is due */
    }
    out->payments.db = out->db;
    fault_arm(values[FLAG_TEST_KILL]);
    return true;
}
