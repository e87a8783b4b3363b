/* till serve: the server. Wires the parts together, and takes them apart again on SIGTERM or SIGINT. */
#include "cli/catalogue_file.h"
#include "cli/command.h"

#include "api/api.h"
#include "base/log.h"
#include "db/executor.h"
#include "http/server.h"
#include "shop/catalogue.h"
#include "shop/settings.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FLAG_DB,
    FLAG_LISTEN,
    FLAG_ADMIN_TOKEN,
    FLAG_CORS_ORIGIN,
    FLAG_CACHE_MIB,
    FLAG_THREADS,
    FLAG_LOG,
    FLAG_DEMO
};

enum { token_bytes_min = 16, start_arena_bytes_max = 16 * 1024 * 1024 };

/* The first job of a server: what must be in the database before the first request. */
struct start {
    bool demo;
    struct str admin_token; /* given on the command line; absent: the database's own */
    uint8_t admin_hash[token_hash_size];
    char minted[token_text_size + 1]; /* empty unless a token was minted now */
    char why[catalogue_why_size];
};

static enum status find_token(struct tx *tx, struct start *start) {
    if (start->admin_token.at) {
        token_hash(start->admin_token, start->admin_hash);
        return STATUS_OK;
    }
    enum status s = token_load(tx, start->admin_hash);
    if (s != STATUS_NOT_FOUND)
        return s;
    token_mint(tx->random, start->minted);
    token_hash(str_from(start->minted), start->admin_hash);
    return token_store(tx, start->admin_hash);
}

static enum status fill_demo(struct tx *tx, struct start *start) {
    int64_t count = 0;
    size_t added;
    enum status s = product_count(tx, &count);
    if (s != STATUS_OK || count > 0)
        return s;
    return catalogue_read_json(tx, asset_demo_catalogue, &added, start->why);
}

static enum status start_job(void *context, struct db *db) {
    struct start *start = context;
    struct arena arena;
    arena_init(&arena, start_arena_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = find_token(&tx, start);
    if (s == STATUS_OK && start->demo)
        s = fill_demo(&tx, start);
    arena_free(&arena);
    return s;
}

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

/* Blocked before the first thread starts, so that only the main thread gets them, from sigwait. */
static sigset_t block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, and so a 503 */
    return set;
}

static void say_ready(const char *address, const struct start *start) {
    const char *token = start->minted[0]        ? start->minted
                        : start->admin_token.at ? "as given with --admin-token"
                                                : "as printed at the first start (a new one: till token)";
    printf("Shop         %s/products\nDocs         %s/docs\nAdmin token  %s\nlistening on %s\n", address,
           address, token, address);
    fflush(stdout);
}

/* Serves until a signal says stop. */
static int serve(struct server_options *options, struct start *start, const struct metrics *metrics) {
    struct api_options api_options = {
        .groups = shop_endpoints, .clock = &clock_system, .random = &random_system, .metrics = metrics};
    memcpy(api_options.admin_hash, start->admin_hash, sizeof api_options.admin_hash);
    char address[server_address_size], why[server_why_size] = "out of memory";
    struct server *server;
    struct api *api = api_open(&api_options);
    int received;
    if (!api)
        return exit_failed;
    options->api = api;
    sigset_t stop = block_signals();
    enum status s = server_start(options, &server, address, why);
    if (s == STATUS_OK) {
        say_ready(address, start);
        sigwait(&stop, &received);
        log_info("stopping");
        server_stop(server);
    } else {
        usage_error("%s", why);
    }
    api_close(api);
    return s == STATUS_OK ? exit_done : s == STATUS_USAGE ? exit_usage : exit_failed;
}

static int open_and_serve(const char *url, struct server_options *options, struct start *start) {
    char why[db_why_size] = "out of memory";
    struct metrics *metrics = metrics_new(options->threads + 1);
    if (!metrics)
        return exit_failed;
    options->metrics = metrics;
    block_signals(); /* before the writer's thread */
    struct executor_options executor_options = {
        .url = url,
        .readers = options->threads,
        .searchers = options->threads < searchers_max ? options->threads : searchers_max,
        .shard = metrics_shard(metrics, options->threads),
    };
    enum status s = executor_open(&executor_options, &options->executor, why);
    if (s != STATUS_OK) {
        metrics_free(metrics);
        usage_error("%s", why);
        return s == STATUS_USAGE ? exit_usage : exit_failed;
    }
    int code = exit_failed;
    s = executor_call(options->executor, start_job, start);
    if (s == STATUS_OK)
        code = serve(options, start, metrics);
    else
        usage_error("%s", start->why[0] ? start->why : status_text(s));
    executor_close(options->executor);
    metrics_free(metrics);
    return code;
}

static int run(const char *const values[], const char *operand) {
    (void)operand;
    struct server_options options = {.listen = values[FLAG_LISTEN], .random = &random_system};
    int64_t cache_mib;
    struct start start = {.demo = values[FLAG_DEMO] != NULL,
                          .admin_token = str_from(values[FLAG_ADMIN_TOKEN])};
    if (start.admin_token.at && start.admin_token.size < token_bytes_min)
        return usage_error("--admin-token needs at least %d characters", token_bytes_min);
    if (!parse_origins(values[FLAG_CORS_ORIGIN], &options) || !parse_log(values[FLAG_LOG]) ||
        !parse_threads(values[FLAG_THREADS], &options.threads) ||
        !parse_number("cache-mib", values[FLAG_CACHE_MIB], 0, 1024 * 1024, &cache_mib))
        return exit_usage;
    options.cache_bytes = (size_t)cache_mib * 1024 * 1024;
    return open_and_serve(values[FLAG_DB], &options, &start);
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_LISTEN] = {"listen", "ADDRESS", "127.0.0.1:8000",
                     "host:port (port 0 picks one) or the path of a Unix socket"},
    [FLAG_ADMIN_TOKEN] = {"admin-token", "TOKEN", NULL,
                          "the admin's token, instead of the one minted at the first start"},
    [FLAG_CORS_ORIGIN] = {"cors-origin", "LIST", "http://localhost:3000",
                          "origins whose pages may call, with commas between"},
    [FLAG_CACHE_MIB] = {"cache-mib", "N", "64", "memory for answers to be given again, in MiB; 0 for none"},
    [FLAG_THREADS] = {"threads", "N", NULL, "event loops (one for each core)"},
    [FLAG_LOG] = {"log", "FORMAT", "text", "a line for each request: json, text or none"},
    [FLAG_DEMO] = {"demo", NULL, NULL, "fill an empty database with the demo shop's catalogue"},
    {0},
};

const struct command serve_command = {
    .name = "serve",
    .summary = "Run the shop",
    .flags = flags,
    .run = run,
};
