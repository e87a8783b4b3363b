/* What the shop must be, by its own answers: the rules of carts, orders and stock a second time, in the simplest form that one
 * can compare. An answer is compared with the model as it was when its transaction ran, since answers come in the order of
 * their transactions; then the model takes what the answer says has happened.
 *
 * What payments come to is not predicted, only bounded: an order may become paid only if the provider has its money. After
 * each transaction that may have moved money the order is looked at, and the model takes what it has become. */
#include "sim.h"

#include <string.h>

enum { held_orders_max = 32 }; /* as in shop/orders/place.c */
enum { order_quantity_max = 8, hold_max = 12 };

/* ---- Finding. */

int model_product_by_id(const struct sim *sim, struct str id) {
    for (int i = 0; i < product_count; i++)
        if (str_equal(id, str_from(sim->products[i].id)))
            return i;
    return -1;
}

/* Newest first: it is mostly one of those. */
int model_order_by_id(const struct sim *sim, struct str id) {
    for (int i = sim->order_count - 1; i >= 0; i--)
        if (id.size == id_size - 1 && memcmp(id.data, sim->orders[i].id, id.size) == 0)
            return i;
    return -1;
}

int model_line_by_id(const struct sim *sim, int actor, struct str id) {
    for (int i = 0; i < product_count; i++)
        if (sim->actors[actor].lines[i].quantity > 0 &&
            str_equal(id, str_from(sim->actors[actor].lines[i].id)))
            return i;
    return -1;
}

bool order_is_sold(enum order_status status) {
    return status == ORDER_PAID || status == ORDER_SHIPPED || status == ORDER_DELIVERED;
}

/* ---- Orders. */

static int64_t model_held(const struct sim *sim, int actor, int product) {
    int64_t held = 0;
    int seen = 0;
    for (int i = sim->order_count - 1; i >= 0 && seen < held_orders_max; i--) {
        const struct model_order *o = &sim->orders[i];
        if (o->actor != actor)
            continue;
        seen++;
        for (int k = 0; k < o->item_count && o->status == ORDER_PENDING; k++)
            held += o->items[k].product == product ? o->items[k].quantity : 0;
    }
    return held;
}

static bool model_has_stock(const struct sim *sim, int product, int64_t quantity) {
    const struct model_product *p = &sim->products[product];
    return p->is_active && quantity <= p->stock;
}

int model_order_status(const struct sim *sim, int actor, const int *products, int count) {
    const struct model_line *lines = sim->actors[actor].lines;
    bool is_short = false;
    for (int i = 0; i < count; i++)
        if (lines[products[i]].quantity == 0)
            return 404;
    for (int i = 0; i < count; i++) {
        int64_t quantity = lines[products[i]].quantity;
        is_short |= quantity > order_quantity_max ||
                    quantity + model_held(sim, actor, products[i]) > hold_max ||
                    !model_has_stock(sim, products[i], quantity);
    }
    return is_short ? 409 : 201;
}

/* Fills in the items from an answer, and checks them against what was ordered. */
static void model_read_items(struct sim *sim, struct model_order *o, const int *products,
                             const int64_t *quantities, const struct json *json) {
    const struct json *items = json_member_array(json, "items");
    const struct json *item = items ? items->first : NULL;
    int64_t total = 0;
    for (int i = 0; i < o->item_count; i++, item = item ? item->next : NULL) {
        int64_t quantity = item ? answer_int(sim, item, "quantity") : 0;
        if (!item || model_product_by_id(sim, json_member_text(item, "product_id")) != products[i] ||
            quantity != quantities[i])
            breach(sim, "order %s has other items than were ordered", o->id);
        o->items[i] =
            (struct model_item){products[i], quantity, answer_int(sim, item, "price_at_purchase"), 0};
        total += quantity * o->items[i].price;
        if (o->items[i].price != sim->products[products[i]].price)
            breach(sim, "order %s has %lld for the %s, whose price is %lld", o->id,
                   (long long)o->items[i].price, product_names[products[i]],
                   (long long)sim->products[products[i]].price);
    }
    o->total = answer_int(sim, json, "total_amount");
    if (o->total != total || item)
        breach(sim, "order %s has the total %lld, and its items come to %lld", o->id, (long long)o->total,
               (long long)total);
}

int model_order_add(struct sim *sim, int actor, const int *products, const int64_t *quantities, int count,
                    const struct json *json, int64_t hold_us) {
    if (sim->order_count == orders_max)
        breach(sim, "the simulator has no room for another order");
    struct model_order *o = &sim->orders[sim->order_count];
    *o = (struct model_order){.actor = actor, .item_count = count, .created_us = sim->now_us};
    answer_id(sim, json, "id", o->id);
    o->expires_us = sim->now_us + hold_us;
    model_read_items(sim, o, products, quantities, json);
    for (int i = 0; i < count; i++)
        sim->products[products[i]].stock -= quantities[i];
    return sim->order_count++;
}

void model_return_stock(struct sim *sim, struct model_order *o) {
    for (int i = 0; i < o->item_count; i++)
        sim->products[o->items[i].product].stock += o->items[i].quantity;
}

void model_expire(struct sim *sim) {
    for (int i = 0; i < sim->order_count; i++) {
        struct model_order *o = &sim->orders[i];
        if (o->status != ORDER_PENDING || o->expires_us > sim->now_us)
            continue;
        o->status = ORDER_EXPIRED;
        model_return_stock(sim, o);
        tell(sim, "order %d expires", i + 1);
    }
}

/* ---- What money does. */

static bool order_is_being_cancelled(const struct sim *sim, int order) {
    for (int i = 0; i < visits_max; i++)
        if (sim->visits[i].phase != VISIT_FREE && sim->visits[i].order == order && sim->visits[i].changes)
            return true;
    return sim->orders[order].doubts & DOUBT_CANCEL;
}

/* Late money takes the stock once more. */
static void model_become_paid(struct sim *sim, int order) {
    struct model_order *o = &sim->orders[order];
    if (!o->is_by_hand && !(o->doubts & DOUBT_PAID_BY_HAND) && !bank_has_paid(sim, o))
        breach(sim, "order %d is paid, and the provider has no money for it", order + 1);
    if (o->doubts & DOUBT_PAID_BY_HAND && !bank_has_paid(sim, o))
        o->is_by_hand = true;
    for (int i = 0; i < o->item_count && o->status == ORDER_EXPIRED; i++) {
        struct model_product *p = &sim->products[o->items[i].product];
        p->stock -= o->items[i].quantity;
        if (p->stock < 0)
            breach(sim, "order %d is paid late, and takes more of the %s than there is", order + 1,
                   product_names[o->items[i].product]);
    }
    o->status = ORDER_PAID;
    tell(sim, "order %d is paid", order + 1);
}

static enum order_status order_status_of(struct sim *sim, struct str text) {
    int i = 0;
    while (order_status_names[i] && !str_equal(text, str_from(order_status_names[i])))
        i++;
    if (!order_status_names[i])
        breach(sim, "an order has the status %.*s", (int)text.size, text.data);
    return (enum order_status)i;
}

/* A cancelled order that the model does not know of yet: its request comes later in the same batch, or was cut off. */
static void model_become_closed(struct sim *sim, int order, enum order_status to) {
    struct model_order *o = &sim->orders[order];
    bool may = to == ORDER_CANCELLED ? order_is_being_cancelled(sim, order)
                                     : (o->doubts & DOUBT_EXPIRE) && o->expires_us <= sim->now_us;
    if (o->status != ORDER_PENDING || !may)
        breach(sim, "order %d is %s, and was %s before", order + 1, order_status_names[to],
               order_status_names[o->status]);
    if (!o->doubts)
        return;
    o->status = to;
    model_return_stock(sim, o);
    tell(sim, "order %d turns out to be %s", order + 1, order_status_names[to]);
}

void model_take_status(struct sim *sim, int order, struct str status) {
    struct model_order *o = &sim->orders[order];
    enum order_status to = order_status_of(sim, status);
    if (to == o->status)
        return;
    if (to == ORDER_CANCELLED || to == ORDER_EXPIRED) {
        model_become_closed(sim, order, to);
        return;
    }
    if (to == ORDER_PENDING || o->status == ORDER_CANCELLED || o->status == ORDER_REFUNDED)
        breach(sim, "order %d was %s, and is %s now", order + 1, order_status_names[o->status],
               order_status_names[to]);
    if (o->status == ORDER_PENDING || o->status == ORDER_EXPIRED)
        model_become_paid(sim, order);
    o->status = to;
}

void model_look_at_order(struct sim *sim, int order) {
    const struct model_order *o = &sim->orders[order];
    const struct visit *look = o->actor == staff ? visit_look(sim, staff, "/admin/orders/%s", o->id)
                                                 : visit_look(sim, o->actor, "/orders/%s", o->id);
    const struct json *json = o->actor == staff ? json_member_object(look->json, "order") : look->json;
    if (look->status != 200)
        breach(sim, "order %d of %s is gone: %d", order + 1, shopper_names[o->actor], look->status);
    model_take_status(sim, order, json_member_text(json, "status"));
    if (answer_int(sim, json, "total_amount") != o->total)
        breach(sim, "order %d has another total than before", order + 1);
}

/* ---- Refunds. */

/* Adds what a refund that has succeeded gives back. */
static void model_add_refund(struct sim *sim, struct model_order *o, const struct json *refund,
                             int64_t *restocked) {
    const struct json *items = json_member_array(refund, "items");
    if (!json_member_text(refund, "succeeded_at").data)
        return;
    if (!answer_is(refund, "origin", "shop"))
        o->given_back += answer_int(sim, refund, "amount");
    for (const struct json *item = items ? items->first : NULL; item; item = item->next) {
        int64_t line = answer_int(sim, item, "line");
        if (line < 0 || line >= o->item_count)
            breach(sim, "a refund of order %s is of a line that it does not have", o->id);
        restocked[line] += answer_int(sim, item, "restock");
    }
}

void model_look_at_refunds(struct sim *sim, int order) {
    struct model_order *o = &sim->orders[order];
    int64_t restocked[product_count] = {0};
    const struct visit *look = visit_look(sim, staff, "/orders/%s/refunds", o->id);
    if (look->status != 200)
        breach(sim, "the refunds of order %d cannot be read: %d", order + 1, look->status);
    o->given_back = 0;
    for (const struct json *refund = look->json->first; refund; refund = refund->next)
        model_add_refund(sim, o, refund, restocked);
    if (o->given_back > o->total)
        breach(sim, "of order %d more goes back than was paid", order + 1);
    for (int i = 0; i < o->item_count; i++) {
        struct model_item *item = &o->items[i];
        if (restocked[i] < item->restocked || restocked[i] > item->quantity)
            breach(sim, "of order %d %lld of %lld units are put back", order + 1, (long long)restocked[i],
                   (long long)item->quantity);
        sim->products[item->product].stock += restocked[i] - item->restocked;
        item->restocked = restocked[i];
    }
}

/* ---- Comparing. */

void model_compare_order(struct sim *sim, int order, const struct json *json) {
    const struct model_order *o = &sim->orders[order];
    const struct json *items = json_member_array(json, "items");
    const struct json *item = items ? items->first : NULL;
    if (!answer_is(json, "id", o->id) || !answer_is(json, "status", order_status_names[o->status]) ||
        answer_int(sim, json, "total_amount") != o->total) {
        struct str status = json_member_text(json, "status");
        breach(sim, "order %d is %s with a total of %lld, and should be %s with %lld", order + 1,
               status.data ? status.data : "?", (long long)answer_int(sim, json, "total_amount"),
               order_status_names[o->status], (long long)o->total);
    }
    for (int i = 0; i < o->item_count; i++, item = item ? item->next : NULL)
        if (!item || !answer_is(item, "product_id", sim->products[o->items[i].product].id) ||
            answer_int(sim, item, "quantity") != o->items[i].quantity ||
            answer_int(sim, item, "price_at_purchase") != o->items[i].price)
            breach(sim, "order %d has other items than it had", order + 1);
}

void model_compare_product(struct sim *sim, int product, const struct json *json) {
    const struct model_product *p = &sim->products[product];
    int64_t stock = answer_int(sim, json, "stock_quantity"), price = answer_int(sim, json, "price");
    if (stock != p->stock || price != p->price)
        breach(sim, "there are %lld of the %s at %lld, and should be %lld at %lld", (long long)stock,
               product_names[product], (long long)price, (long long)p->stock, (long long)p->price);
}

void model_compare_cart(struct sim *sim, int actor, const struct json *json) {
    int count = 0;
    for (const struct json *line = json->first; line; line = line->next, count++) {
        int product = model_line_by_id(sim, actor, json_member_text(line, "id"));
        if (product < 0)
            breach(sim, "the cart of %s has a line that is not hers or his", shopper_names[actor]);
        if (answer_int(sim, line, "quantity") != sim->actors[actor].lines[product].quantity)
            breach(sim, "the cart of %s has another quantity of the %s", shopper_names[actor],
                   product_names[product]);
    }
    for (int i = 0; i < product_count; i++)
        count -= sim->actors[actor].lines[i].quantity > 0;
    if (count != 0)
        breach(sim, "the cart of %s has lost a line", shopper_names[actor]);
}
