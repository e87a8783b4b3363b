#include "serve/options.h"

#include "base/kill_point.h"
#include "base/log.h"
#include "console/errors.h"
#include "console/secret.h"
#include "db/exec/executor.h"
#include "db/exec/standby.h"
#include "pay/intent_json.h"
#include "serve/origins.h"
#include "shop/index/language.h"
#include "shop/staff/audit_log.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FLAG_DB,
    FLAG_DB_CONNECTIONS,
    FLAG_DB_READ,
    FLAG_DB_READ_LAG,
    FLAG_WAIT_FOR_DB,
    FLAG_LISTEN,
    FLAG_LISTEN_MODE,
    FLAG_LISTEN_GROUP,
    FLAG_ADMIN_LISTEN,
    FLAG_ADMIN_TOKEN,
    FLAG_PEPPER_FILE,
    FLAG_SECOND_FACTOR_FOR_ALL,
    FLAG_DESK_URL,
    FLAG_CORS_ORIGIN,
    FLAG_TRUSTED_PROXY,
    FLAG_CURRENCY,
    FLAG_LANGUAGE,
    FLAG_CART,
    FLAG_RESERVE_MINUTES,
    FLAG_HOLD_MINUTES,
    FLAG_HOLD_MAX,
    FLAG_ORDER_QUANTITY_MAX,
    FLAG_CACHE_MIB,
    FLAG_THREADS,
    FLAG_KEEP_AUDIT_DAYS,
    FLAG_DRAIN_SECONDS,
    FLAG_LOG,
    FLAG_SANDBOX,
    FLAG_AS_ROOT,
    FLAG_DEMO,
    FLAG_PAYMENTS,
    FLAG_PROVIDER_CONNECTIONS,
    FLAG_STRIPE_KEY_FILE,
    FLAG_WEBHOOK_SECRET_FILE,
    FLAG_STRIPE_URL,
    FLAG_WEBHOOK_INSECURE,
    FLAG_MAIL,
    FLAG_MAIL_CA,
    FLAG_MAIL_FROM,
    FLAG_MAIL_PER_HOUR,
    FLAG_MAIL_TEMPLATES,
    FLAG_SHOP_URL,
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
    wait_for_db_seconds_max = 3600,
    cache_mib_max = 1024 * 1024,
    poll_ms = 1000,
    test_poll_ms = 20, /* so that a test that has put the clock forward need not wait */
};

const struct flag serve_flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_DB_CONNECTIONS] = {"db-connections", "N", "16", "connections of this node to PostgreSQL"},
    [FLAG_DB_READ] = {"db-read", "URL", NULL,
                      "a standby of PostgreSQL, to read the catalogue from while it keeps up"},
    [FLAG_DB_READ_LAG] = {"db-read-lag", "MS", "1000", "how old what is read there may be, in milliseconds"},
    [FLAG_WAIT_FOR_DB] = {"wait-for-db", "N", "0",
                          "how many seconds to wait at the start for a PostgreSQL that does not answer yet"},
    [FLAG_LISTEN] = {"listen", "ADDRESS", "127.0.0.1:8000",
                     "host:port (port 0 picks one; a name: all its addresses) or the path of a Unix socket"},
    [FLAG_LISTEN_MODE] = {"listen-mode", "MODE", "0660", "the permissions of the Unix socket, in octal"},
    [FLAG_LISTEN_GROUP] = {"listen-group", "GROUP", NULL,
                           "the group of the Unix socket, such as that of the proxy"},
    [FLAG_ADMIN_LISTEN] =
        {"admin-listen", "ADDRESS", NULL,
         "where the staff's endpoints and /metrics are, as --listen; at --listen they are then not there"},
    [FLAG_ADMIN_TOKEN] = {"admin-token", "TOKEN", NULL,
                          "the admin's token, instead of the one minted at the first start"},
    [FLAG_PEPPER_FILE] = {"pepper-file", "FILE", NULL,
                          "a file with a secret that goes into each hash of a password, if it is not in "
                          "TILL_PEPPER"},
    [FLAG_SECOND_FACTOR_FOR_ALL] =
        {"second-factor-for-all", NULL, NULL,
         "ask every person of the staff for a second factor, wherever the server listens"},
    [FLAG_DESK_URL] = {"desk-url", "URL", NULL,
                       "the page where the staff signs in: invitations are mailed with a link to it"},
    [FLAG_CORS_ORIGIN] = {"cors-origin", "LIST", NULL,
                          "origins whose pages may call, with commas between (on loopback: localhost and "
                          "127.0.0.1, ports 3000 and 5173)"},
    [FLAG_TRUSTED_PROXY] =
        {"trusted-proxy", "LIST", NULL,
         "proxies whose X-Forwarded-For, X-Forwarded-Proto and Forwarded are believed: addresses, "
         "ranges such as 10.0.0.0/8, or unix, with commas between"},
    [FLAG_CURRENCY] = {"currency", "CODE", NULL,
                       "the shop's one currency, ISO 4217 in lower case (as it was; at first usd)"},
    [FLAG_LANGUAGE] = {"language", "CODE", NULL,
                       "the language of the products' texts, for the search: " LANGUAGE_CODES
                       " (as it was; at first en)"},
    [FLAG_CART] = {"cart", "KIND", "session",
                   "session: a cart for each shopper; global: one for everybody, for demos"},
    [FLAG_RESERVE_MINUTES] =
        {"reserve-minutes", "N", "30",
         "how long an order that is not paid keeps its stock, from the time it is placed"},
    [FLAG_HOLD_MINUTES] = {"hold-minutes", "N", "10", "the same, for an order of which no payment is begun"},
    [FLAG_HOLD_MAX] = {"hold-max", "N", "100",
                       "units of a product that one session's unpaid orders may hold; 0 for no limit"},
    [FLAG_ORDER_QUANTITY_MAX] = {"order-quantity-max", "N", "100",
                                 "units of a product that one order may have; 0 for no limit"},
    [FLAG_CACHE_MIB] = {"cache-mib", "N", "64", "memory for answers to be given again, in MiB; 0 for none"},
    [FLAG_THREADS] = {"threads", "N", NULL, "event loops (one for each core)"},
    [FLAG_KEEP_AUDIT_DAYS] = {"keep-audit-days", "N", NULL,
                              "how many days entries of the audit log stay (as it was; at first 1095)"},
    [FLAG_DRAIN_SECONDS] = {"drain-seconds", "N", "0",
                            "how long /ready says 503, and all else is served, before it stops"},
    [FLAG_LOG] = {"log", "FORMAT", "text", "a line for each request: json, text or none"},
    [FLAG_SANDBOX] = {"sandbox", "STATE", "on",
                      "on: let the server open only its own files and start no program; off"},
    [FLAG_AS_ROOT] = {"as-root", NULL, NULL, "serve as root, which is refused otherwise"},
    [FLAG_DEMO] = {"demo", NULL, NULL, "fill an empty database with the demo shop"},
    [FLAG_PAYMENTS] = {"payments", "PROVIDER", "mock", "stripe; or mock, which moves no money"},
    [FLAG_PROVIDER_CONNECTIONS] = {"provider-connections", "N", "16",
                                   "calls of the payment provider at once, at most"},
    [FLAG_STRIPE_KEY_FILE] = {"stripe-key-file", "FILE", NULL,
                              "a file with Stripe's secret key, if it is not in TILL_STRIPE_KEY"},
    [FLAG_WEBHOOK_SECRET_FILE] = {"webhook-secret-file", "FILE", NULL,
                                  "a file with the webhook's signing secret, if it is not in "
                                  "TILL_WEBHOOK_SECRET"},
    [FLAG_STRIPE_URL] = {"stripe-url", "URL", NULL, "where Stripe's API is, if not at api.stripe.com"},
    [FLAG_WEBHOOK_INSECURE] = {"webhook-insecure", NULL, NULL,
                               "let the shop's own webhooks have http URLs and private addresses"},
    [FLAG_MAIL] =
        {"mail", "URL", NULL,
         "the relay that sends mails, smtps://user@host:465 or smtp://user@host:587, whose password is in "
         "TILL_MAIL_PASSWORD; without it mails are held"},
    [FLAG_MAIL_CA] =
        {"mail-ca", "FILE", NULL,
         "certificates (PEM) of the authorities that may have signed the relay's (the system's)"},
    [FLAG_MAIL_FROM] = {"mail-from", "ADDRESS", NULL,
                        "who mails are from: shop@example.com or 'Shop <shop@example.com>'"},
    [FLAG_MAIL_PER_HOUR] = {"mail-per-hour", "N", "1000", "mails that are sent in an hour, by all nodes"},
    [FLAG_MAIL_TEMPLATES] = {"mail-templates", "DIR", NULL,
                             "a folder with the shop's own texts of mails, such as staff_invite.txt"},
    [FLAG_SHOP_URL] = {"shop-url", "URL", NULL,
                       "the shop's address, for links in mails (where it listens, if it sends none)"},
    [FLAG_MOCK_LEDGER] = {"mock-ledger", "FILE", NULL,
                          "the books of the mock (beside the database, as its name and .mock-books)"},
    [FLAG_MOCK_FAULTS] = {"mock-faults", "LIST", NULL, "for tests: what goes wrong with the mock"},
    [FLAG_MOCK_WEBHOOK_URL] = {"mock-webhook-url", "URL", NULL, "for tests: where the mock sends its events"},
    [FLAG_TEST_CLOCK] = {"test-clock", "FILE", NULL,
                         "for tests: a file with the microseconds by which the clock is ahead"},
    [FLAG_TEST_KILL] = {"test-kill", "POINT", NULL,
                        "for tests: where a payment's first way past it kills the server"},
    {0},
};

static bool flag_log(const char *text) {
    static const char *const names[] = {"json", "text", "none"};
    static const enum log_format formats[] = {LOG_JSON, LOG_TEXT, LOG_NONE};
    size_t i;
    if (!flag_choice("log", text, names, sizeof names / sizeof *names, &i))
        return false;
    log_open(formats[i]);
    return true;
}

/* Nine bits in octal. Without a group, the socket has the one of the process. */
static bool flags_socket(const char *const values[], struct server_options *out) {
    const char *mode = values[FLAG_LISTEN_MODE], *name = values[FLAG_LISTEN_GROUP];
    char *end;
    unsigned long bits = strtoul(mode, &end, 8);
    if (*end || end == mode || !ascii_is_digit(mode[0]) || bits == 0 || bits > 0777) {
        print_error("--listen-mode takes permissions in octal such as 0660, not '%s'", mode);
        return false;
    }
    out->listen_mode = (unsigned)bits;
    const struct group *group = name ? getgrnam(name) : NULL;
    if (name && !group) {
        print_error("--listen-group %s: there is no such group", name);
        return false;
    }
    out->has_listen_group = group != NULL;
    out->listen_group = group ? group->gr_gid : 0;
    return true;
}

/* Without the flag, there are as many event loops as cores. */
static bool flag_threads(const char *text, size_t *out) {
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    if (text && !flag_number("threads", text, 1, threads_max, &threads))
        return false;
    *out = threads < 1 ? 1 : threads > threads_max ? threads_max : (size_t)threads;
    return true;
}

/* Without the flag, no proxy is named. */
static bool flag_trusted_proxy(const char *list, struct trusted_proxies *out) {
    struct str wrong;
    if (!list || trusted_proxies_parse(str_from(list), out, &wrong))
        return true;
    print_error(
        "--trusted-proxy takes up to %d addresses, ranges such as 10.0.0.0/8 and fd00::/8, or unix, not "
        "'%.*s'",
        trusted_proxies_max, (int)wrong.size, wrong.data);
    return false;
}

/* The page where the staff signs in. A link is this URL, a `#` and a token. */
static bool flag_desk_url(const char *url, const char **out) {
    enum { url_bytes_max = 500 };
    struct str text = str_from(url);
    bool valid = str_starts(text, STR("https://")) || str_starts(text, STR("http://"));
    for (size_t i = 0; i < text.size; i++)
        valid = valid && text.data[i] > ' ' && text.data[i] < 0x7F && !strchr("#<>\"", text.data[i]);
    *out = url;
    if (url && (!valid || text.size > url_bytes_max))
        print_error("--desk-url takes a URL such as https://shop.example/admin, not '%s'", url);
    return !url || (valid && text.size <= url_bytes_max);
}

/* Every node of the shop gets the same one. */
static bool flag_pepper(const char *path, struct pepper *out) {
    struct secret secret;
    bool is_read = secret_read("pepper-file", path, "TILL_PEPPER", &secret);
    bool is_long = secret.size == 0 || secret.size >= pepper_bytes_min;
    if (is_read && path && secret.size == 0)
        is_long = false;
    if (is_read && !is_long)
        print_error("a pepper has at least %d characters: make one with openssl rand -hex 32",
                    pepper_bytes_min);
    if (is_read && is_long)
        pepper_make(secret_text(&secret), out);
    explicit_bzero(&secret, sizeof secret);
    return is_read && is_long;
}

bool flag_language(const char *text, const struct language **out) {
    *out = text ? language_find(str_from(text)) : NULL;
    if (text && !*out)
        print_error("--language takes " LANGUAGE_CODES ", not '%s'", text);
    return !text || *out;
}

bool flag_currency(const char *text, const char **out) {
    bool is_valid = !text || currency_is_valid(str_from(text));
    *out = text;
    if (!is_valid)
        print_error("--currency takes three lower-case letters such as eur, not '%s'", text);
    return is_valid;
}

static bool flag_cart(const char *text, bool *global) {
    static const char *const names[] = {"session", "global"};
    size_t i;
    bool valid = flag_choice("cart", text, names, sizeof names / sizeof *names, &i);
    *global = valid && i == 1;
    return valid;
}

static bool flag_sandbox(const char *text, bool *is_on) {
    static const char *const names[] = {"off", "on"};
    size_t i;
    bool is_valid = flag_choice("sandbox", text, names, sizeof names / sizeof *names, &i);
    *is_on = is_valid && i == 1;
    return is_valid;
}

static bool flags_payments(const char *const values[], struct provider_options *out) {
    static const char *const names[] = {"mock", "stripe"};
    size_t i;
    int64_t connections;
    if (!flag_choice("payments", values[FLAG_PAYMENTS], names, sizeof names / sizeof *names, &i) ||
        !flag_number("provider-connections", values[FLAG_PROVIDER_CONNECTIONS], 1, provider_workers_max,
                     &connections))
        return false;
    out->stripe = i == 1;
    out->connections = (size_t)connections;
    out->stripe_key_file = values[FLAG_STRIPE_KEY_FILE];
    out->webhook_secret_file = values[FLAG_WEBHOOK_SECRET_FILE];
    out->stripe_url = values[FLAG_STRIPE_URL];
    out->mock_ledger = values[FLAG_MOCK_LEDGER];
    out->mock_faults = values[FLAG_MOCK_FAULTS];
    out->mock_webhook_url = values[FLAG_MOCK_WEBHOOK_URL];
    return true;
}

static bool flags_mail(const char *const values[], struct mail_options *out) {
    enum { per_hour_max = 1000000 };
    *out = (struct mail_options){.url = values[FLAG_MAIL],
                                 .from = values[FLAG_MAIL_FROM],
                                 .ca_file = values[FLAG_MAIL_CA],
                                 .templates = values[FLAG_MAIL_TEMPLATES],
                                 .shop_url = values[FLAG_SHOP_URL]};
    return flag_number("mail-per-hour", values[FLAG_MAIL_PER_HOUR], 1, per_hour_max, &out->per_hour);
}

static bool flags_numbers(const char *const values[], struct serve_options *out) {
    int64_t db_connections, db_read_lag, cache_mib, reserve_minutes;
    const char *keep = values[FLAG_KEEP_AUDIT_DAYS];
    if (!flag_number("db-connections", values[FLAG_DB_CONNECTIONS], pg_connections_min, pg_connections_max,
                     &db_connections) ||
        !flag_number("db-read-lag", values[FLAG_DB_READ_LAG], standby_lag_ms_min, standby_lag_ms_max,
                     &db_read_lag) ||
        !flag_number("drain-seconds", values[FLAG_DRAIN_SECONDS], 0, drain_seconds_max, &out->drain_s) ||
        !flag_number("wait-for-db", values[FLAG_WAIT_FOR_DB], 0, wait_for_db_seconds_max,
                     &out->wait_for_db_s) ||
        (keep && !flag_number("keep-audit-days", keep, audit_keep_days_min, audit_keep_days_max,
                              &out->keep_audit_days)) ||
        !flag_number("cache-mib", values[FLAG_CACHE_MIB], 0, cache_mib_max, &cache_mib) ||
        !flag_number("reserve-minutes", values[FLAG_RESERVE_MINUTES], 1, reserve_minutes_max,
                     &reserve_minutes))
        return false;
    out->db_connections = (size_t)db_connections;
    out->db_read_lag_ms = (int)db_read_lag;
    out->server.cache_bytes = (size_t)cache_mib * 1024 * 1024;
    out->settings.reserve_us = reserve_minutes * 60 * 1000000;
    return true;
}

/* With one cart for all there is one session, so its holds are everybody's and not limited. */
static bool flags_holds(const char *const values[], struct serve_options *out) {
    struct shop_settings *s = &out->settings;
    int64_t minutes;
    if (!flag_number("hold-minutes", values[FLAG_HOLD_MINUTES], 1, reserve_minutes_max, &minutes) ||
        !flag_number("hold-max", values[FLAG_HOLD_MAX], 0, money_max, &s->hold_max) ||
        !flag_number("order-quantity-max", values[FLAG_ORDER_QUANTITY_MAX], 0, money_max,
                     &s->order_quantity_max))
        return false;
    s->hold_us = minutes * 60 * 1000000 < s->reserve_us ? minutes * 60 * 1000000 : s->reserve_us;
    if (s->hold_max == 0 || out->cart_global)
        s->hold_max = money_max;
    if (s->order_quantity_max == 0)
        s->order_quantity_max = money_max;
    return true;
}

/* The system's clock, put forward by the microseconds in a file; behind a '=' they are the time itself, which then stands
 * still. The file is read each time, so that a test can let time pass by writing it. */
static int64_t test_clock_now_us(void *context) {
    FILE *file = fopen(context, "r");
    char text[24] = "";
    if (file && !fgets(text, sizeof text, file))
        text[0] = '\0';
    if (file)
        fclose(file);
    if (text[0] == '=')
        return strtoll(text + 1, NULL, 10);
    return clock_now_us(&clock_system) + strtoll(text, NULL, 10);
}

static void flags_for_tests(const char *const values[], struct serve_options *out) {
    if (values[FLAG_TEST_CLOCK]) {
        out->clock = (struct clock){.now_us = test_clock_now_us,
                                    .context = (void *)(uintptr_t)values[FLAG_TEST_CLOCK]};
        out->poll_ms = test_poll_ms;
    }
    kill_point_arm(values[FLAG_TEST_KILL]);
}

/* Checks what is in `values` as it is. */
static bool flags_texts_valid(const char *const values[]) {
    const char *token = values[FLAG_ADMIN_TOKEN], *db_read = values[FLAG_DB_READ];
    if (token && strlen(token) < token_bytes_min) {
        print_error("--admin-token needs at least %d characters", token_bytes_min);
        return false;
    }
    if (db_read && (!db_is_shared(values[FLAG_DB]) || !db_is_shared(db_read))) {
        print_error("--db-read is for PostgreSQL: it and --db take URLs that begin with postgresql://");
        return false;
    }
    return true;
}

bool serve_options_read(const char *const values[], struct serve_options *out) {
    *out = (struct serve_options){
        .db = values[FLAG_DB],
        .db_read = values[FLAG_DB_READ],
        .admin_token = str_from(values[FLAG_ADMIN_TOKEN]),
        .demo = values[FLAG_DEMO] != NULL,
        .as_root = values[FLAG_AS_ROOT] != NULL,
        .second_factor_for_all = values[FLAG_SECOND_FACTOR_FOR_ALL] != NULL,
        .webhook_insecure = values[FLAG_WEBHOOK_INSECURE] != NULL,
        .server = {.listen = values[FLAG_LISTEN], .admin_listen = values[FLAG_ADMIN_LISTEN]},
        .payments = {.db = values[FLAG_DB]},
        .clock = clock_system,
        .poll_ms = poll_ms,
    };
    if (!flags_texts_valid(values) ||
        !origins_read(values[FLAG_CORS_ORIGIN], values[FLAG_LISTEN], &out->server) ||
        !flag_trusted_proxy(values[FLAG_TRUSTED_PROXY], &out->server.trusted) ||
        !flag_log(values[FLAG_LOG]) || !flag_sandbox(values[FLAG_SANDBOX], &out->has_sandbox) ||
        !flags_socket(values, &out->server) || !flag_threads(values[FLAG_THREADS], &out->server.threads) ||
        !flag_currency(values[FLAG_CURRENCY], &out->settings.currency) ||
        !flag_language(values[FLAG_LANGUAGE], &out->settings.language) ||
        !flag_desk_url(values[FLAG_DESK_URL], &out->desk_url) ||
        !flag_pepper(values[FLAG_PEPPER_FILE], &out->pepper) ||
        !flag_cart(values[FLAG_CART], &out->cart_global) || !flags_payments(values, &out->payments) ||
        !flags_mail(values, &out->mail) || !flags_numbers(values, out) || !flags_holds(values, out))
        return false;
    out->settings.uses_stripe = out->payments.stripe;
    flags_for_tests(values, out);
    return true;
}

struct metrics_shard *serve_shard(const struct serve_options *o, enum serve_shard which) {
    return metrics_shard(o->server.metrics, o->server.threads + which);
}
