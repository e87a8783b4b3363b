/* How a server starts and stops.
 *
 * Each function below opens one thing, calls the next function, and closes its thing when that returns. So
 * everything closes in the opposite order, after an error as well as after a signal:
 *
 *   shop_serve            the metrics, and a lock on the database's file: a second server is refused before
 *                         it could bring the schema up to date. Then the sandbox, while there is one thread
 *   serve_with_executor   the database, which is created if it is missing, and the threads that use it
 *   serve_with_provider   the payment provider, and the threads that call it
 *   serve_with_hashers    the threads that hash passwords
 *   serve_with_address    the listening sockets; a client that connects waits. Then startup_run: a
 *                         second server must not get there, and does not, since it finds the address taken.
 *                         It would let go of idempotency keys that are in use, and mint a token that is never
 *                         seen
 *   serve_with_workers    the API, and the background workers
 *   serve_until_stopped   the event loops: requests are answered from here on
 *
 * A signal ends the innermost one. First /ready answers 503 for --drain-seconds, while everything is still
 * served. Then the event loops answer what they have taken, and end (server_stop), then the background
 * workers, then the rest. */
#include "serve/serve.h"

#include "base/ip/failure_counts.h"
#include "base/log.h"
#include "base/thread/broadcast.h"
#include "console/errors.h"
#include "db/exec/executor.h"
#include "http/listen.h"
#include "serve/background_workers.h"
#include "serve/startup.h"
#include "serve/stop_signals.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/desk/summary.h"
#include "shop/schema/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
    hashers_line = 32,      /* sign-ins that wait or are hashed: the last one waits for less than a second */
    wrong_logins_max = 30,  /* of a network, in wrong_logins_us */
    wrong_lookups_max = 20, /* likewise: of orders */
    wrong_keys_max = 1000,  /* likewise: a key cannot be guessed, but each costs a job of the writer */
};
#define right_keys_us (INT64_C(12) * 3600 * 1000000)
#define wrong_logins_us (INT64_C(600) * 1000000)

static const char *payments_in_words(const struct provider_options *o) {
    return o->stripe ? "Stripe" : "mock: every order can be paid, and no money moves";
}

static void print_sandbox(const struct sandbox *s) {
    if (s->files && s->calls)
        printf("Sandbox      files and system calls\n");
    else if (s->files_error || s->calls_error) {
        printf("Sandbox      files: %s; ", s->files ? "confined" : strerror(s->files_error));
        printf("system calls: %s\n", s->calls ? "confined" : strerror(s->calls_error));
    } else
        printf("Sandbox      off\n");
}

static void print_ready(const char *address, const char *admin_address, const struct startup *startup) {
    const char *token = startup->minted_token[0] ? startup->minted_token
                        : startup->options->admin_token.data
                            ? "as given with --admin-token"
                            : "as printed at the first start (a new one: till token)";
    const char *staff = admin_address[0] ? admin_address : address;
    printf(
        "Desk         %s/admin\nAdmin token  %s\nShop         %s/products\nDocs         %s/docs\nPayments     %s\n",
        staff, token, address, staff, payments_in_words(&startup->options->payments));
    print_sandbox(&startup->options->sandbox);
    if (admin_address[0])
        printf("Staff        %s\n", admin_address);
    printf("listening on %s\n", address);
    fflush(stdout);
}

/* Serves on while load balancers learn from /ready that they should send requests elsewhere. A second signal
 * ends it. */
static void drain(struct serve_options *o, const sigset_t *stop) {
    struct timespec time = {.tv_sec = (time_t)o->drain_s};
    if (o->drain_s == 0)
        return;
    log_info("stopping in %lld s, or at another signal", (long long)o->drain_s);
    atomic_store(&o->draining, true);
    while (sigtimedwait(stop, NULL, &time) < 0 && errno == EINTR)
        ;
}

static enum status serve_until_stopped(struct serve_options *o, struct server *server, const struct api *api,
                                       const struct api *admin_api, const char *address,
                                       const struct startup *startup, const sigset_t *stop) {
    char error[server_error_size];
    enum status s = server_start(server, api, admin_api, error);
    if (s != STATUS_OK) {
        print_error("%s", error);
        return s;
    }
    print_ready(address, server_admin_address(server), startup);
    stop_signals_wait(stop);
    if (atomic_load(&o->disk_fails)) {
        log_warning(
            "stopping: the disk of %s refused a sync; everything that was answered is in its log, and the next "
            "start reads it",
            o->db);
        return STATUS_STORAGE;
    }
    drain(o, stop);
    log_info("stopping");
    return STATUS_OK;
}

static uint64_t serve_changed(const void *executor, unsigned topics) {
    return executor_changed(executor, topics);
}

enum { settings_arena_bytes_max = 64 * 1024 };

static enum status settings_read_job(void *context, struct db *db, unsigned *changes) {
    struct settings_memory *memory = context;
    struct checkout_settings settings;
    struct arena arena;
    arena_init(&arena, settings_arena_bytes_max);
    struct shop_ctx ctx = {.db = db,
                           .arena = &arena,
                           .settings_memory = memory,
                           .settings_commits = settings_memory_commits(memory)};
    enum status s = checkout_settings_get(&ctx, &settings);
    *changes = 0;
    arena_free(&arena);
    return s;
}

/* Reads the settings into memory before the first order needs them, once other nodes' commits are heard of. If that fails, an
 * order reads them. */
static void settings_warm(struct settings_memory *memory, struct executor *executor) {
    const struct timespec pause = {.tv_nsec = 5000000};
    enum { pauses_max = 200 };
    for (int i = 0; i < pauses_max && settings_memory_commits(memory) == UINT64_MAX; i++)
        nanosleep(&pause, NULL);
    if (executor_call(executor, settings_read_job, memory) != STATUS_OK)
        log_info("the settings cannot be read now: the first order reads them");
}

/* Makes what access is checked against. False without memory; access_rules_close frees it in any case. */
static bool access_rules_open(const struct serve_options *o, const struct startup *startup,
                              struct access_rules *out) {
    const struct server_options *server = &o->server;
    bool is_local = server->admin_listen ? listen_text_is_loopback(server->admin_listen)
                                         : listen_is_loopback(server->listen);
    *out = (struct access_rules){
        .wrong_logins = failure_counts_new(wrong_logins_max, wrong_logins_us, &random_system),
        .wrong_lookups = failure_counts_new(wrong_lookups_max, wrong_logins_us, &random_system),
        .wrong_keys = failure_counts_new(wrong_keys_max, wrong_logins_us, &random_system),
        .right_keys = failure_counts_new(1, right_keys_us, &random_system),
        .pepper = o->pepper,
        .origins = server->origins,
        .origin_count = server->origin_count,
        .is_token_stored = !o->admin_token.data,
        .needs_second_factor = !is_local,
        .second_factor_for_all = o->second_factor_for_all,
    };
    memcpy(out->admin_hash, startup->admin_hash, sizeof out->admin_hash);
    return out->wrong_logins && out->wrong_lookups && out->wrong_keys && out->right_keys;
}

static void access_rules_close(struct access_rules *rules) {
    failure_counts_free(rules->wrong_logins);
    failure_counts_free(rules->wrong_lookups);
    failure_counts_free(rules->wrong_keys);
    failure_counts_free(rules->right_keys);
}

/* Takes the server over: it is stopped before what it works with. */
static enum status serve_with_workers(struct serve_options *o, struct provider *provider,
                                      struct server *server, const char *address,
                                      const struct startup *startup, const sigset_t *stop) {
    struct background_workers workers;
    struct settings_memory memory;
    struct summary_memory summaries;
    struct api_options api_options = {
        .groups = shop_endpoints,
        .cart_touches = &workers.cart_touches,
        .interest = &workers.interest,
        .settings_memory = &memory,
        .takes_imports = !db_is_private(o->db),
        .summaries = &summaries,
        .events = o->server.events,
        .webhook_insecure = o->webhook_insecure,
        .desk_url = o->desk_url,
        .mails = &o->mail_setup.settings,
        .lost_keys = &workers.lost_keys,
        .clock = &o->clock,
        .random = &random_system,
        .metrics = o->server.metrics,
        .settings = &o->settings,
        .cart_global = o->cart_global,
        .provider = provider,
        .draining = &o->draining,
    };
    summary_memory_init(&summaries);
    settings_memory_init(&memory, serve_changed, o->server.executor);
    settings_warm(&memory, o->server.executor);
    bool has_rules = access_rules_open(o, startup, &api_options.access);
    bool apart = o->server.admin_listen != NULL;
    struct api *admin_api = apart ? api_open(&api_options) : NULL;
    api_options.hides_staff = apart;
    struct api *api = api_open(&api_options);
    bool ready =
        background_workers_start(&workers, o, provider, &memory) && api && (admin_api || !apart) && has_rules;
    enum status s = ready ? serve_until_stopped(o, server, api, admin_api, address, startup, stop)
                          : memory_error("what works beside the server");
    server_stop(server);
    background_workers_stop(&workers);
    api_close(api);
    api_close(admin_api);
    access_rules_close(&api_options.access);
    settings_memory_free(&memory);
    summary_memory_free(&summaries);
    return s;
}

static enum status serve_with_address(struct serve_options *o, struct provider *provider,
                                      const sigset_t *stop) {
    char address[server_address_size], error[server_error_size];
    struct startup startup = {.options = o};
    struct server *server;
    enum status s = server_open(&o->server, &server, address, error);
    if (s != STATUS_OK) {
        print_error("%s", error);
        return s;
    }
    mail_setup_set_address(&o->mail_setup, address);
    s = startup_run(&startup, o->server.executor);
    o->settings.language = startup.language;
    o->settings.currency = startup.currency;
    if (s == STATUS_OK)
        return serve_with_workers(o, provider, server, address, &startup, stop);
    server_stop(server);
    return s;
}

/* A few threads hash passwords, and a short line waits for them, so that a flood of sign-ins slows nothing but
 * sign-ins. */
static enum status serve_with_hashers(struct serve_options *o, struct provider *provider,
                                      const sigset_t *stop) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct provider_workers_options pool = {
        .calls = cores >= 8 ? (size_t)cores / 4 : 1, .places = hashers_line, .in_background = true};
    if (pool.calls > provider_workers_max)
        pool.calls = provider_workers_max;
    if (provider_workers_open(&pool, &o->server.hashers) != STATUS_OK)
        return memory_error("the threads that hash passwords");
    enum status s = serve_with_address(o, provider, stop);
    provider_workers_close(o->server.hashers);
    return s;
}

static enum status serve_with_provider(struct serve_options *o, const sigset_t *stop) {
    struct provider *provider;
    o->payments.clock = &o->clock;
    TRY(provider_open(&o->payments, &provider));
    struct provider_workers_options pool = {
        .calls = o->payments.connections,
        .shard = serve_shard(o, SHARD_EXECUTOR),
    };
    enum status s = provider_workers_open(&pool, &o->server.provider);
    if (s == STATUS_OK) {
        s = serve_with_hashers(o, provider, stop);
        provider_workers_close(o->server.provider);
    } else {
        s = memory_error("the threads that call the provider");
    }
    provider->calls->close(provider);
    return s;
}

/* Keeps a second server away from a database that is a file: both would write at once, and each would let go
 * of the keys that the other is running. `fd` is -1, and nothing is locked, if there is no file (yet). It
 * must be closed after every connection: closing any descriptor of a file gives up the process's POSIX locks
 * on it, and SQLite's are such. */
static enum status file_lock(const char *url, int *fd) {
    *fd = open(url, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    print_error("%s is being served by another till: stop it, or give another --db", url);
    return STATUS_USAGE;
}

/* /ready says 503 from now on, and the server stops as after a signal, but with a failure. */
static void stop_for_failing_disk(void *context) {
    struct serve_options *o = context;
    atomic_store(&o->disk_fails, true);
    atomic_store(&o->draining, true);
    kill(getpid(), SIGTERM);
}

/* Opens the executor. PostgreSQL may be starting too, in a container beside this one or after a power cut: it
 * is tried again for wait_for_db_s, unless a signal comes. */
static enum status serve_open_executor(struct serve_options *o, const struct executor_options *options,
                                       const sigset_t *stop, char error[static db_error_size]) {
    const struct timespec pause = {.tv_nsec = 500000000};
    int64_t until_us = monotonic_us() + o->wait_for_db_s * 1000000;
    enum status s = executor_open(options, &o->server.executor, error);
    if (s == STATUS_STORAGE && db_is_shared(o->db) && o->wait_for_db_s > 0)
        log_warning("waiting for the database: %s", error);
    while (s == STATUS_STORAGE && db_is_shared(o->db) && monotonic_us() < until_us &&
           sigtimedwait(stop, NULL, &pause) < 0)
        s = executor_open(options, &o->server.executor, error);
    return s;
}

/* Has the file locked already, if it was there; otherwise it is locked once it has been created. */
static enum status serve_with_executor(struct serve_options *o, int *lock, const sigset_t *stop) {
    char error[db_error_size] = "out of memory";
    size_t threads = o->server.threads;
    struct executor_options options = {
        .url = o->db,
        .schema = &shop_schema,
        .readers = threads,
        .searchers = threads < searchers_max ? threads : searchers_max,
        .connections = o->db_connections,
        .standby_url = o->db_read,
        .standby_lag_ms = o->db_read_lag_ms,
        .shard = serve_shard(o, SHARD_EXECUTOR),
        .on_failing_disk = stop_for_failing_disk,
        .context = o,
    };
    enum status s = serve_open_executor(o, &options, stop, error);
    if (s != STATUS_OK) {
        print_error("%s", error);
        return s;
    }
    if (*lock < 0)
        s = file_lock(o->db, lock);
    if (s == STATUS_OK)
        s = serve_with_provider(o, stop);
    executor_close(o->server.executor);
    return s;
}

/* Confines the process. What it opens later must be among these paths. */
static void serve_confine(struct serve_options *o) {
    const struct sandbox_paths paths = {
        .databases = {o->db, o->db_read},
        .written = {o->payments.mock_ledger},
        .sockets = {o->server.listen, o->server.admin_listen},
        .read = {o->payments.stripe_key_file, o->payments.webhook_secret_file, o->mail.ca_file,
                 o->clock.context},
    };
    if (o->has_sandbox)
        o->sandbox = sandbox_enter(&paths);
    metric_add(serve_shard(o, SHARD_AUDITOR), METRIC_SANDBOX_FILES, o->sandbox.files);
    metric_add(serve_shard(o, SHARD_AUDITOR), METRIC_SANDBOX_CALLS, o->sandbox.calls);
}

enum status shop_serve(struct serve_options *o) {
    int lock = -1;
    sigset_t stop = stop_signals_block();
    o->server.random = &random_system;
    o->server.draining = &o->draining;
    o->server.metrics = metrics_new(o->server.threads + SHARD_COUNT);
    if (!o->server.metrics)
        return memory_error("the metrics");
    o->server.events = broadcast_new();
    if (!o->server.events) {
        metrics_free(o->server.metrics);
        return memory_error("the live streams");
    }
    enum status s = mail_setup_open(&o->mail, &o->mail_setup);
    if (s == STATUS_OK)
        s = file_lock(o->db, &lock);
    if (s == STATUS_OK) {
        serve_confine(o);
        s = serve_with_executor(o, &lock, &stop);
    }
    if (lock >= 0)
        close(lock);
    mail_setup_close(&o->mail_setup);
    broadcast_free(o->server.events);
    metrics_free(o->server.metrics);
    return s;
}
