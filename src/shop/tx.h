/* What every rule of the shop is given: one transaction's connection, the request's memory, and the world
 * outside as the shop may see it. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "db/queue.h"

/* 2^53 - 1: the largest amount or count that a JavaScript client keeps exactly. */
#define money_max INT64_C(9007199254740991)

/* What the owner of the shop chose. */
struct shop_settings {
    const char *currency; /* ISO 4217 in lower case, `usd` */
    int64_t reserve_us;   /* how long an order that is not paid keeps its stock */
};

struct carts_seen;

struct tx {
    struct db *db;
    struct arena *arena; /* results live here */
    const struct clock *clock;
    const struct random *random;
    const struct shop_settings *settings; /* NULL in commands that place no orders */
    struct carts_seen *carts_seen;        /* NULL where no chores would take them up */
    unsigned changes;                     /* what the rules changed so far: a union of enum changes */
    unsigned outcomes;                    /* what came of payments: a union of enum payment_outcome */
};
