/* till serve: the server. Wires the parts together, and takes them apart again on SIGTERM or SIGINT. */
#include "cli/auditor.h"
#include "cli/catalogue_file.h"
#include "cli/chores.h"
#include "cli/reconciler.h"
#include "cli/serve_options.h"

#include "base/log.h"
#include "db/executor.h"
#include "shop/carts_seen.h"
#include "shop/catalogue.h"
#include "shop/idempotency.h"
#include "shop/payment.h"
#include "shop/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
    start_lock = 0x7374, /* a number for db_lock that nothing else has */
    start_arena_bytes_max = 16 * 1024 * 1024
};

/* The first job of a server: what must be in the database before the first request. */
struct start {
    const struct serve_options *options;
    uint8_t admin_hash[token_hash_size];
    char minted[token_text_size + 1]; /* empty unless a token was minted now */
    char why[catalogue_why_size];
};

static enum status find_token(struct tx *tx, struct start *start) {
    if (start->options->admin_token.at) {
        token_hash(start->options->admin_token, start->admin_hash);
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

static enum status start_job(void *context, struct db *db, unsigned *changes) {
    struct start *start = context;
    struct arena arena;
    arena_init(&arena, start_arena_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &start->options->clock, .random = &random_system};
    start->minted[0] = '\0';
    enum status s = db_lock(db, start_lock); /* one node mints and fills, the others find it done */
    if (s == STATUS_OK)
        s = find_token(&tx, start);
    if (s == STATUS_OK && !db_is_shared(start->options->db)) /* or it may be another node's that runs */
        s = idempotency_release_all(&tx);
    if (s == STATUS_OK)
        s = payments_recover(&tx);
    if (s == STATUS_OK && start->options->demo)
        s = fill_demo(&tx, start);
    *changes = tx.changes;
    arena_free(&arena);
    return s;
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

static const char *payments_in_words(const struct provider_options *o) {
    return o->stripe ? "Stripe" : "mock: every order can be paid, and no money moves";
}

static void say_ready(const char *address, const struct start *start) {
    const char *token = start->minted[0] ? start->minted
                        : start->options->admin_token.at
                            ? "as given with --admin-token"
                            : "as printed at the first start (a new one: till token)";
    printf(
        "Shop         %s/products\nDocs         %s/docs\nAdmin token  %s\nPayments     %s\nlistening on %s\n",
        address, address, token, payments_in_words(&start->options->payments), address);
    fflush(stdout);
}

/* Serves on while load balancers learn from /ready that they should go elsewhere. A second signal ends it. */
static void drain(struct serve_options *o, const sigset_t *stop) {
    struct timespec time = {.tv_sec = (time_t)o->drain_s};
    if (o->drain_s == 0)
        return;
    log_info("stopping in %lld s, or at another signal", (long long)o->drain_s);
    atomic_store(&o->leaving, true);
    while (sigtimedwait(stop, NULL, &time) < 0 && errno == EINTR)
        ;
}

/* Serves until a signal says stop. */
static enum status serve(struct serve_options *o, struct server *server, const struct api *api,
                         const char *address, const struct start *start, const sigset_t *stop) {
    char why[server_why_size];
    int received;
    enum status s = server_start(server, api, why);
    if (s != STATUS_OK) {
        usage_error("%s", why);
        return s;
    }
    say_ready(address, start);
    sigwait(stop, &received);
    drain(o, stop);
    log_info("stopping");
    return STATUS_OK;
}

/* Where the database cannot be written: the token must be there already, and reads are served. */
static enum status start_reading(struct start *start) {
    char why[db_why_size];
    struct db *db;
    struct arena arena;
    arena_init(&arena, start_arena_bytes_max);
    enum status s = db_open(start->options->db, DB_READ, &db, why);
    if (s == STATUS_OK) {
        struct tx tx = {.db = db, .arena = &arena, .clock = &start->options->clock, .random = &random_system};
        s = start->options->admin_token.at ? STATUS_OK : token_load(&tx, start->admin_hash);
        db_close(db);
    }
    if (start->options->admin_token.at)
        token_hash(start->options->admin_token, start->admin_hash);
    if (s == STATUS_OK)
        log_warning("the database cannot be written: serving what is there, and answering 503 to the rest");
    arena_free(&arena);
    return s == STATUS_OK ? s : STATUS_STORAGE;
}

/* What works beside the server. */
struct company {
    struct carts_seen carts_seen; /* by those who look, for the chores */
    struct chores *chores;
    struct reconciler *reconciler;
    struct auditor_thread *auditor;
};

/* The shards behind the loops': the executor's, the audit's, the reconciler's. */
enum { SHARD_EXECUTOR, SHARD_AUDIT, SHARD_RECONCILER, SHARD_COUNT };

static struct metrics_shard *shard(const struct serve_options *o, size_t which) {
    return metrics_shard(o->server.metrics, o->server.threads + which);
}

static bool company_start(struct company *c, struct serve_options *o, struct provider *provider) {
    struct reconciler_options reconciler = {
        .executor = o->server.executor,
        .pool = o->server.provider,
        .provider = provider,
        .clock = &o->clock,
        .shard = shard(o, SHARD_RECONCILER),
        .look_ms = o->look_ms,
    };
    c->chores = chores_start(o->server.executor, o->db, &o->clock, &c->carts_seen, o->look_ms);
    c->reconciler = reconciler_start(&reconciler);
    c->auditor = auditor_start(o->db, &o->clock, o->look_ms, shard(o, SHARD_AUDIT));
    return c->chores && c->reconciler && c->auditor;
}

static void company_stop(struct company *c) {
    auditor_stop(c->auditor);
    reconciler_stop(c->reconciler);
    chores_stop(c->chores);
}

/* What must be in the database before the first request, or else said why it is not. */
static enum status bring_up(struct start *start, struct executor *executor) {
    enum status s = executor_call(executor, start_job, start);
    if (s == STATUS_STORAGE)
        s = start_reading(start);
    if (s != STATUS_OK)
        usage_error("%s", start->why[0] ? start->why : status_text(s));
    return s;
}

/* Serves with the API and its company around the server, which is stopped before them. */
static enum status serve_in_company(struct serve_options *o, struct provider *provider, struct server *server,
                                    const char *address, const struct start *start, const sigset_t *stop) {
    struct company company;
    struct api_options api_options = {
        .groups = shop_endpoints,
        .carts_seen = &company.carts_seen,
        .clock = &o->clock,
        .random = &random_system,
        .metrics = o->server.metrics,
        .settings = &o->settings,
        .cart_global = o->cart_global,
        .provider = provider,
        .leaving = &o->leaving,
    };
    memcpy(api_options.admin_hash, start->admin_hash, sizeof api_options.admin_hash);
    struct api *api = api_open(&api_options);
    carts_seen_init(&company.carts_seen);
    bool ready = company_start(&company, o, provider) && api;
    enum status s =
        ready ? serve(o, server, api, address, start, stop) : no_memory("what works beside the server");
    server_stop(server);
    company_stop(&company);
    api_close(api);
    carts_seen_free(&company.carts_seen);
    return s;
}

/* With the database and the provider open: listens, brings the shop up, serves. It listens first, since what
 * brings the shop up is not for a second server, which finds the address taken: it lets go of keys that are
 * running, and a token that is minted then would never be seen. */
static enum status serve_shop(struct serve_options *o, struct provider *provider, const sigset_t *stop) {
    char address[server_address_size], why[server_why_size];
    struct start start = {.options = o};
    struct server *server;
    enum status s = server_open(&o->server, &server, address, why);
    if (s != STATUS_OK) {
        usage_error("%s", why);
        return s;
    }
    s = bring_up(&start, o->server.executor);
    if (s == STATUS_OK)
        return serve_in_company(o, provider, server, address, &start, stop);
    server_stop(server);
    return s;
}

static enum status sync_provider(void *context) {
    struct provider *provider = context;
    return provider->calls->sync(provider);
}

/* With the database open: the provider, and the threads that call it. */
static enum status serve_database(struct serve_options *o, const sigset_t *stop) {
    struct provider *provider;
    o->payments.clock = &o->clock;
    o->payments.may_answer_early = true;
    enum status s = provider_open(&o->payments, &provider);
    if (s != STATUS_OK)
        return s;
    struct job_pool_options pool = {
        .calls = o->payments.connections,
        .shard = shard(o, SHARD_EXECUTOR),
        .sync = provider->answers_early ? sync_provider : NULL,
        .context = provider,
    };
    s = job_pool_open(&pool, &o->server.provider);
    if (s == STATUS_OK) {
        s = serve_shop(o, provider, stop);
        job_pool_close(o->server.provider);
    } else {
        s = no_memory("the threads that call the provider");
    }
    provider->calls->close(provider);
    return s;
}

/* Keeps a second server away from a database that is a file: two would write at once, and each would let go
 * of the keys that the other is running. `fd` (-1: no file, no lock) is to be closed after every connection,
 * since to close a descriptor of the file is to give up SQLite's own locks on it (POSIX). */
static enum status lock_file(const char *url, int *fd) {
    *fd = open(url, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    usage_error("%s is being served by another till: stop it, or give another --db", url);
    return STATUS_USAGE;
}

/* With the file locked, if it was there: a server that is refused has brought nothing up to date. */
static enum status serve_locked(struct serve_options *o, int *lock, const sigset_t *stop) {
    char why[db_why_size] = "out of memory";
    size_t threads = o->server.threads;
    struct executor_options options = {
        .url = o->db,
        .readers = threads,
        .searchers = threads < searchers_max ? threads : searchers_max,
        .connections = o->db_connections,
        .standby_url = o->db_read,
        .standby_lag_ms = o->db_read_lag_ms,
        .shard = shard(o, SHARD_EXECUTOR),
    };
    enum status s = executor_open(&options, &o->server.executor, why);
    if (s != STATUS_OK) {
        usage_error("%s", why);
        return s;
    }
    if (*lock < 0) /* it was made just now */
        s = lock_file(o->db, lock);
    if (s == STATUS_OK)
        s = serve_database(o, stop);
    executor_close(o->server.executor);
    return s;
}

static enum status open_and_serve(struct serve_options *o, const sigset_t *stop) {
    int lock;
    o->server.random = &random_system;
    o->server.leaving = &o->leaving;
    o->server.metrics = metrics_new(o->server.threads + SHARD_COUNT);
    if (!o->server.metrics)
        return no_memory("the metrics");
    enum status s = lock_file(o->db, &lock);
    if (s == STATUS_OK)
        s = serve_locked(o, &lock, stop);
    if (lock >= 0)
        close(lock);
    metrics_free(o->server.metrics);
    return s;
}

static int run(const char *const values[], const char *operand) {
    (void)operand;
    struct serve_options options;
    if (!serve_options_read(values, &options))
        return exit_usage;
    sigset_t stop = block_signals();
    enum status s = open_and_serve(&options, &stop);
    return s == STATUS_OK ? exit_done : s == STATUS_USAGE ? exit_usage : exit_failed;
}

const struct command serve_command = {
    .name = "serve",
    .summary = "Run the shop",
    .flags = serve_flags,
    .run = run,
};
