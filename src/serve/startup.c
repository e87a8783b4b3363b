#include "serve/startup.h"

#include "base/log.h"
#include "console/errors.h"
#include "console/progress.h"
#include "files/demo_shop.h"
#include "shop/catalogue/catalogue.h"
#include "shop/catalogue/reindex.h"
#include "shop/idempotency.h"
#include "shop/payments/reconcile.h"
#include "shop/schema/schema.h"
#include "shop/staff/audit_log.h"
#include "shop/staff/members.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    startup_lock = 0x7374, /* a number for db_lock that nothing else has */
    startup_arena_bytes_max = 16 * 1024 * 1024,
    startup_ms_max =
        60 * 1000, /* of a statement, because the first of several nodes may be filling the demo shop */
};

static enum status admin_token_find(struct shop_ctx *ctx, struct startup *startup) {
    if (startup->options->admin_token.data) {
        token_hash(startup->options->admin_token, startup->admin_hash);
        return STATUS_OK;
    }
    enum status s = token_load(ctx, startup->admin_hash);
    if (s != STATUS_NOT_FOUND)
        return s;
    token_mint(ctx->random, startup->minted_token);
    token_hash(str_from(startup->minted_token), startup->admin_hash);
    return token_store(ctx, startup->admin_hash);
}

/* Finds the shop's currency. If --currency differs from the stored one, it is stored: prices keep their numbers. */
static enum status currency_find(struct shop_ctx *ctx, struct startup *startup) {
    const char *wanted = startup->options->settings.currency;
    startup->currency_before[0] = '\0';
    TRY(shop_currency_begin(ctx, wanted ? wanted : SHOP_CURRENCY_FIRST, startup->currency));
    if (!wanted || strcmp(wanted, startup->currency) == 0)
        return STATUS_OK;
    memcpy(startup->currency_before, startup->currency, sizeof startup->currency);
    snprintf(startup->currency, sizeof startup->currency, "%s", wanted);
    return shop_currency_change(ctx, startup->currency_before, wanted);
}

/* Refuses to start if members could not sign in, because their passwords were hashed with another pepper. */
static enum status pepper_check(struct shop_ctx *ctx, struct startup *startup) {
    int64_t count = 0;
    TRY(staff_count_other_peppers(ctx, str_from(startup->options->pepper.mark), &count));
    if (count == 0)
        return STATUS_OK;
    snprintf(startup->error, sizeof startup->error,
             "passwords of %" PRId64
             " of the staff were made with another --pepper-file: give that one, or, if it "
             "is lost, give them new links with till staff reset",
             count);
    return STATUS_USAGE;
}

/* Fills a shop that has never had a product: one whose owner has taken all of them out stays as it is. */
static enum status demo_fill(struct shop_ctx *ctx, struct startup *startup) {
    bool has_any;
    size_t added;
    TRY(product_exists_any(ctx, &has_any));
    return has_any ? STATUS_OK : demo_shop_add(ctx, &added, startup->error);
}

/* The writer's job. It may be run again from its start (PostgreSQL: 40001), so it forgets a token that it
 * minted before. */
static enum status startup_job(void *context, struct db *db, unsigned *changes) {
    struct startup *startup = context;
    const struct serve_options *o = startup->options;
    struct arena arena;
    arena_init(&arena, startup_arena_bytes_max);
    struct shop_ctx ctx = {.db = db, .arena = &arena, .clock = &o->clock, .random = &random_system};
    startup->minted_token[0] = '\0';
    enum status s = db_limit_transaction(db, startup_ms_max);
    if (s == STATUS_OK)
        s = db_lock(db, startup_lock); /* one node mints and fills; the others wait, and find it done */
    if (s == STATUS_OK)
        s = admin_token_find(&ctx, startup);
    if (s == STATUS_OK)
        s = currency_find(&ctx, startup);
    if (s == STATUS_OK)
        s = pepper_check(&ctx, startup);
    if (s == STATUS_OK &&
        !db_is_shared(o->db)) /* on PostgreSQL, another node may be running the key's request */
        s = idempotency_release_all(&ctx);
    if (s == STATUS_OK)
        s = payments_recover(&ctx);
    if (s == STATUS_OK && o->settings.language)
        s = reindex_begin_in(&ctx, o->settings.language);
    if (s == STATUS_OK && o->keep_audit_days)
        s = audit_log_keep(&ctx, o->keep_audit_days);
    if (s == STATUS_OK && o->demo)
        s = demo_fill(&ctx, startup);
    if (s == STATUS_OK)
        s = reindex_is_due(&ctx, o->settings.language, &startup->language, &startup->reindex_is_due);
    *changes = ctx.changes;
    arena_free(&arena);
    return s;
}

/* As currency_find(), if the database is read-only: stores nothing. */
static enum status currency_read(struct shop_ctx *ctx, struct startup *startup) {
    const char *wanted = startup->options->settings.currency;
    enum status s = wanted ? STATUS_NOT_FOUND : shop_currency_load(ctx, startup->currency);
    if (s != STATUS_NOT_FOUND)
        return s;
    snprintf(startup->currency, sizeof startup->currency, "%s", wanted ? wanted : SHOP_CURRENCY_FIRST);
    return STATUS_OK;
}

/* Starts on a database that cannot be written: the token must be in it already, unless it is a flag's. */
static enum status startup_read_only(struct startup *startup) {
    const struct serve_options *o = startup->options;
    char error[db_error_size];
    struct db *db;
    struct arena arena;
    arena_init(&arena, startup_arena_bytes_max);
    enum status s = shop_db_open(o->db, DB_READ, &db, error);
    if (s == STATUS_OK) {
        struct shop_ctx ctx = {.db = db, .arena = &arena, .clock = &o->clock, .random = &random_system};
        s = o->admin_token.data ? STATUS_OK : token_load(&ctx, startup->admin_hash);
        if (s == STATUS_OK)
            s = currency_read(&ctx, startup);
        if (s == STATUS_OK)
            s = reindex_is_due(&ctx, NULL, &startup->language, &startup->reindex_is_due);
        db_close(db);
    }
    if (o->admin_token.data)
        token_hash(o->admin_token, startup->admin_hash);
    if (s == STATUS_OK)
        log_warning("the database cannot be written: serving what is there, and answering 503 to the rest");
    arena_free(&arena);
    return s == STATUS_OK ? s : STATUS_STORAGE;
}

static void reindex_show(void *context, int64_t done, int64_t all) {
    progress_show(context, all ? (double)done / (double)all : 1, "%" PRId64 " products, for the search",
                  done);
}

/* Makes the search index anew. On a connection of its own, because an import must not run meanwhile. */
static enum status startup_reindex(struct startup *startup) {
    const struct serve_options *o = startup->options;
    struct progress progress = progress_new();
    struct reindex reindex = {.show = reindex_show, .context = &progress};
    char error[db_error_size];
    struct db *db;
    reindex.language = o->settings.language ? o->settings.language : startup->language;
    if (shop_db_open(o->db, DB_WRITE, &db, error) != STATUS_OK)
        return STATUS_STORAGE;
    struct shop_ctx ctx = {.db = db, .clock = &o->clock, .random = &random_system};
    log_info("the search index is of an older version or another language: making it anew, in '%s'",
             reindex.language->code);
    enum status s = reindex_run(&ctx, &reindex);
    progress_wipe(&progress);
    db_close(db);
    if (s == STATUS_OK)
        startup->language = reindex.language;
    if (s != STATUS_CONFLICT)
        return s;
    log_warning(
        "an import is under way, or another server makes the search index anew: "
        "start this server again when it is done");
    return STATUS_OK;
}

enum status startup_run(struct startup *startup, struct executor *executor) {
    enum status s = executor_call(executor, startup_job, startup);
    if (s == STATUS_OK && startup->currency_before[0])
        log_warning("the shop's currency was %s and is %s now: its prices stay the numbers that they are",
                    startup->currency_before, startup->currency);
    if (s == STATUS_OK && startup->reindex_is_due)
        s = startup_reindex(startup);
    else if (s == STATUS_STORAGE)
        s = startup_read_only(startup);
    if (s != STATUS_OK)
        print_error("%s", startup->error[0] ? startup->error : status_text(s));
    return s;
}
