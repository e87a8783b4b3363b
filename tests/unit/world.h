/* A clock, random bytes and a shop's settings that are the same in every run, so that a test can be repeated. */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "shop/shop_ctx.h"

struct world {
    int64_t now_us;
    uint64_t seed;
    struct clock clock;
    struct random random;
};

/* Each reading of the clock is one millisecond later than the one before. */
static inline int64_t world_now_us(void *context) {
    struct world *world = context;
    return world->now_us += 1000;
}

/* 2026-11-23, 02:03:29 in UTC. */
#define WORLD_START_US INT64_C(1795399409000000)

static inline void world_begin(struct world *world) {
    *world = (struct world){.now_us = WORLD_START_US, .seed = 1};
    world->clock = (struct clock){.now_us = world_now_us, .context = world};
    world->random = random_seeded(&world->seed);
}

static const struct shop_settings world_settings = {
    .currency = "usd",
    .reserve_us = 30 * INT64_C(60000000),
    .hold_us = 30 * INT64_C(60000000),
    .order_quantity_max = money_max,
    .hold_max = money_max,
};
