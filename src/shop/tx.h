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

struct tx {
    struct db *db;
    struct arena *arena; /* results live here */
    const struct clock *clock;
    const struct random *random;
    unsigned changes; /* what the rules changed so far: a union of enum changes */
};
