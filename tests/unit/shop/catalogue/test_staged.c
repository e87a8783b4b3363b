/* Who guesses the id of a product of an import that is not published yet: nothing finds it. */
#include "shop.h"

#include "shop/cart/cart.h"
#include "shop/catalogue/bulk_change.h"
#include "shop/catalogue/catalogue.h"
#include "shop/desk/shelf.h"
#include "shop/orders/order.h"
#include "shop/orders/order_details.h"

static const struct uuid ann = {{1}};

/* Adds a product, and draws the boundary of an import before it if it is to be staged. */
static struct product lamp_of(struct shop *shop, bool is_staged) {
    static const struct sql boundary = SQL("UPDATE catalogue SET staged_by = published + 1, staged_seq = $1");
    struct product added,
        lamp = {.name = STR("Lamp"), .price = 500, .stock_quantity = 3, .category = STR("lamps")};
    shop->ctx.settings = &world_settings;
    assert_int_equal(product_add(&shop->ctx, &lamp, &added), STATUS_OK);
    if (is_staged)
        assert_int_equal(db_exec(shop->ctx.db, &boundary, ARGS(db_int(added.seq)), NULL), STATUS_OK);
    return added;
}

static enum status put_into_cart(struct shop *shop, const struct product *p) {
    struct cart_item item;
    return cart_add(&shop->ctx, &ann, &(struct cart_add){.product_id = p->id, .quantity = 1}, &item);
}

static enum status order_by_phone(struct shop *shop, const struct product *p) {
    struct order_ware ware = {p->id, 1};
    struct checkout_wish wish = {.email = {0}};
    struct order order;
    struct order_refusal why;
    return order_place_by_staff(&shop->ctx, &(struct list){&ware, 1}, 1000000, &wish, &order, &why);
}

static enum status count_on_shelf(struct shop *shop, const struct product *p) {
    struct shelf shelf;
    return shelf_count(&shop->ctx, &p->id, &shelf);
}

static enum status look(struct shop *shop, const struct product *p) {
    struct product found;
    return product_get(&shop->ctx, &p->id, 0, &found);
}

static enum status deliver(struct shop *shop, const struct product *p) {
    struct product changed;
    return product_adjust_stock(&shop->ctx, &p->id, 1, STR(""), &changed);
}

static enum status change_price(struct shop *shop, const struct product *p) {
    struct product_change change = {.price = {true, 400}};
    struct product changed;
    return product_change(&shop->ctx, &p->id, &change, NULL, &changed);
}

static enum status change_many(struct shop *shop, const struct product *p) {
    struct bulk_change change = {.price = {true, 300}};
    struct list changed, refused;
    return products_change_all(&shop->ctx, &(struct list){&p->id, 1}, &change, &changed, &refused);
}

static const struct {
    const char *name;
    enum status (*call)(struct shop *shop, const struct product *p);
} calls[] = {
    {"a look", look},
    {"a cart", put_into_cart},
    {"an order by phone", order_by_phone},
    {"a shelf", count_on_shelf},
    {"a delivery", deliver},
    {"a price", change_price},
    {"a price of many", change_many},
};

static void a_product_that_is_staged_is_found_by_nothing(void **state) {
    struct shop *shop = *state;
    struct product lamp = lamp_of(shop, true);
    for (size_t i = 0; i < COUNT(calls); i++)
        assert_number_of(calls[i].name, calls[i].call(shop, &lamp), STATUS_PRODUCT_NOT_FOUND);
}

static void a_product_that_is_published_is_found_by_all_of_them(void **state) {
    struct shop *shop = *state;
    struct product lamp = lamp_of(shop, false);
    for (size_t i = 0; i < COUNT(calls); i++)
        assert_number_of(calls[i].name, calls[i].call(shop, &lamp), STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(a_product_that_is_staged_is_found_by_nothing),
        IN_SHOP(a_product_that_is_published_is_found_by_all_of_them),
    };
    return cmocka_run_group_tests_name("staged", tests, NULL, NULL);
}
