/* Reads the flags of `till serve` into what the parts of a server take. */
#pragma once

#include "api/api.h"
#include "console/flags.h"
#include "http/server.h"
#include "password/hash.h"
#include "serve/mail_setup.h"
#include "serve/provider.h"
#include "serve/sandbox/sandbox.h"

struct serve_options {
    const char *db;
    const char *db_read; /* a standby's URL, or NULL */
    int db_read_lag_ms;
    size_t db_connections;   /* to PostgreSQL */
    struct str admin_token;  /* absent: the database has it */
    int64_t keep_audit_days; /* 0: as the database has it */
    bool demo;
    bool as_root;           /* if the user is root, that is meant */
    bool has_sandbox;       /* wanted */
    struct sandbox sandbox; /* what holds; serve.c enters it */
    bool cart_global;
    struct pepper pepper;
    const char *desk_url; /* NULL: as the API's */
    bool second_factor_for_all;
    bool webhook_insecure; /* for webhooks in the shop's own network, and for tests */
    struct shop_settings settings;
    struct provider_options payments; /* without its clock, which serve.c gives it */
    struct mail_options mail;
    struct mail_setup mail_setup; /* opened by serve.c */
    struct server_options server; /* without what serve.c opens for it */
    struct clock clock;
    int64_t wait_for_db_s;   /* seconds to wait for the database at the start */
    int64_t drain_s;         /* seconds from the signal to the stop */
    _Atomic bool draining;   /* true from the signal on; read by every thread */
    _Atomic bool disk_fails; /* a sync was refused: the server stops with a failure */
    int poll_ms;             /* how often the background workers look for what is due by the clock */
};

extern const struct flag serve_flags[];

/* Reads the values of serve_flags. False, with the error printed, if one is wrong. The texts of `out` are
 * those of `values`. Also opens the log, and arms the kill point of --test-kill. */
bool serve_options_read(const char *const values[], struct serve_options *out);

/* Reads a value of --language; without one `out` is NULL. False, with the error printed, if it is no language. */
bool flag_language(const char *text, const struct language **out);

/* The same for --currency. `out` gets the text. */
bool flag_currency(const char *text, const char **out);

/* The shards of the metrics that are not an event loop's: those come first. */
enum serve_shard { SHARD_EXECUTOR, SHARD_AUDITOR, SHARD_RECONCILER, SHARD_OUTBOX, SHARD_COUNT };

/* Returns a shard; each is written by the threads of one part only. */
struct metrics_shard *serve_shard(const struct serve_options *options, enum serve_shard which);
