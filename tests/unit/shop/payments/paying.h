/* A shop with payments, for the unit tests of their rules: no provider is asked, its answers are made up here. */
#pragma once

#include "database.h"
#include "test.h"
#include "world.h"

#include "shop/audit/audit.h"
#include "shop/cart/cart.h"
#include "shop/catalogue/catalogue.h"
#include "shop/payments/apply.h"
#include "shop/payments/create_intent.h"
#include "shop/payments/event.h"
#include "shop/payments/unpaid.h"

#include <stdlib.h>

static const struct uuid ann = {{1}};

struct shop {
    struct world world;
    struct arena arena, audit_arena;
    struct shop_ctx ctx;
};

static inline int shop_open(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    if (!shop)
        return -1;
    *state = shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, test_arena_bytes_max);
    arena_init(&shop->audit_arena, (size_t)4 * test_arena_bytes_max);
    shop->ctx = (struct shop_ctx){.arena = &shop->arena,
                                  .clock = &shop->world.clock,
                                  .random = &shop->world.random,
                                  .settings = &world_settings};
    return database_open(&shop->ctx.db) == STATUS_OK ? 0 : -1;
}

static inline int shop_close(void **state) {
    struct shop *shop = *state;
    db_close(shop->ctx.db);
    arena_free(&shop->arena);
    arena_free(&shop->audit_arena);
    free(shop);
    return 0;
}

static inline struct uuid add_product(struct shop *shop) {
    struct product given = {.name = STR("Lamp"),
                            .description = STR(""),
                            .price = 500,
                            .stock_quantity = 3,
                            .category = STR("home"),
                            .image_url = STR("")},
                   out = {0};
    assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
    return out.id;
}

static inline struct uuid place(struct shop *shop, const struct uuid *product) {
    struct cart_add add = {*product, 3};
    struct cart_item item;
    struct order order = {0};
    struct order_refusal why;
    const struct checkout_wish wish = {.note = {0}};
    assert_int_equal(cart_add(&shop->ctx, &ann, &add, &item), STATUS_OK);
    struct list items = {&item.id, 1};
    assert_int_equal(order_place(&shop->ctx, &ann, &items, &wish, &order, &why), STATUS_OK);
    return order.id;
}

/* The provider's intent of a payment. */
static inline struct intent intent_of(const struct payment *p, enum intent_status status) {
    static char ids[64][sizeof "pi_" + uuid_text_size];
    static unsigned made;
    char *id = ids[made++ % COUNT(ids)];
    memcpy(id, "pi_", 3);
    uuid_format(&p->id, id + 3);
    return (struct intent){
        .id = str_from(id),
        .payment = p->id,
        .status = status,
        .amount = p->amount,
        .received = status == INTENT_SUCCEEDED ? p->amount : 0,
        .currency = p->currency,
    };
}

static inline void apply(struct shop *shop, struct payment *p, enum intent_status status, bool declined) {
    struct intent i = intent_of(p, status);
    i.failure_code = declined ? STR("card_declined") : (struct str){0};
    i.failure_message = declined ? STR("Your card was declined.") : (struct str){0};
    assert_int_equal(payment_load(&shop->ctx, &p->id, p), STATUS_OK);
    assert_int_equal(payment_apply(&shop->ctx, p, &i), STATUS_OK);
}

static inline struct payment create(struct shop *shop, const struct uuid *order) {
    struct create_intent intent;
    assert_int_equal(create_intent_prepare(&shop->ctx, STR("stripe"), &ann, order, &intent), STATUS_OK);
    apply(shop, &intent.flow.payment, INTENT_REQUIRES_PAYMENT_METHOD, false);
    return intent.flow.payment;
}

static inline void expire(struct shop *shop) {
    int64_t expired = 0;
    shop->world.now_us += world_settings.reserve_us;
    assert_int_equal(unpaid_orders_expire(&shop->ctx, 10, &expired), STATUS_OK);
    assert_int_equal(expired, 1);
}

/* What an audit found, to print it if it is not as expected. */
struct found {
    char lines[1024];
    size_t size;
};

static inline void note_breach(void *context, const char *line) {
    struct found *found = context;
    int size = snprintf(found->lines + found->size, sizeof found->lines - found->size, "%s\n", line);
    found->size += size > 0 && found->size + (size_t)size < sizeof found->lines ? (size_t)size : 0;
}

static inline void check_audit(struct shop *shop, const char *row, int64_t breaches) {
    struct audit audit;
    struct found found = {.size = 0};
    struct shop_ctx ctx = shop->ctx;
    ctx.arena = &shop->audit_arena;
    assert_int_equal(audit_run(&ctx, note_breach, &found, &audit), STATUS_OK);
    if (audit.breaches != breaches)
        print_error("%s", found.lines);
    assert_number_of(row, audit.breaches, breaches);
    arena_reset(&shop->audit_arena);
}
