/* A shop with an empty database, and the context that every function of src/shop takes. */
#pragma once

#include "database.h"
#include "test.h"
#include "world.h"

#include "shop/shop_ctx.h"

#include <stdlib.h>

enum { shop_arena_bytes_max = 256 * 1024 * 1024 }; /* a test may add thousands of products */

struct shop {
    struct world world;
    struct arena arena;
    struct shop_ctx ctx;
};

static inline int shop_open(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    if (!shop)
        return -1;
    *state = shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, shop_arena_bytes_max);
    shop->ctx =
        (struct shop_ctx){.arena = &shop->arena, .clock = &shop->world.clock, .random = &shop->world.random};
    return database_open(&shop->ctx.db) == STATUS_OK ? 0 : -1;
}

static inline int shop_close(void **state) {
    struct shop *shop = *state;
    db_close(shop->ctx.db);
    arena_free(&shop->arena);
    free(shop);
    return 0;
}

#define IN_SHOP(test) cmocka_unit_test_setup_teardown(test, shop_open, shop_close)
