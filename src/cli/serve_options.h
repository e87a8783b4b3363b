/* The flags of till serve, read into what the parts of a server take. */
#pragma once

#include "api/api.h"
#include "cli/command.h"
#include "cli/provider.h"
#include "http/server.h"

struct serve_options {
    const char *db;
    const char *db_read; /* a standby's URL; NULL: there is none */
    int db_read_lag_ms;
    size_t db_connections;  /* to a database that is a server's */
    struct str admin_token; /* absent: the database's own */
    bool demo;
    bool cart_global;
    struct shop_settings settings;
    struct provider_options payments; /* without its clock */
    struct server_options server;     /* without the parts that it will be given */
    struct clock clock;
    int64_t drain_s;      /* from the signal to stop until nobody is let in any more */
    _Atomic bool leaving; /* that time has begun */
    int look_ms;          /* how often it is looked for what the clock has made due */
};

extern const struct flag serve_flags[];

/* False, with the error said, where a value is wrong. The texts are those of `values`. */
bool serve_options_read(const char *const values[], struct serve_options *out);
