/* After a crash: what was answered must be there, and what was not answered must have happened wholly or not at all. Which of the
 * two it is, is read from the shop, and taken into the model: from then on it is as good as answered.
 *
 *     orders     each that is known is still there; one more is allowed for a request that was cut off, with just its items
 *     statuses   may have moved as far as requests that were cut off, the clock and the provider's money explain
 *     stock      follows from the orders; a change of the staff that was cut off is there, or is not
 *     carts      likewise */
#include "sim.h"

#include "disk.h"

#include <string.h>

enum { recent_orders = 40 };

void doubt_note(struct sim *sim, struct visit *v) {
    sim->doubts[v->actor] = (struct doubt){.is_set = true, .answered = v->answered, .visit = *v};
}

/* The request of an actor that was cut off turns out to have happened. */
static void doubt_is_applied(struct sim *sim, int actor) {
    struct promise *p = &sim->actors[actor].promise;
    const struct visit *v = &sim->doubts[actor].visit;
    tell(sim, "what %s asked last has happened", shopper_names[actor]);
    if (p->is_set && v->key[0] && strcmp(p->visit.key, v->key) == 0 && !p->is_answered)
        p->is_applied = true;
    sim->doubts[actor].is_set = false;
}

static const struct visit *doubt_of(const struct sim *sim, int actor, visit_function *answered) {
    const struct doubt *d = &sim->doubts[actor];
    return d->is_set && d->answered == answered ? &d->visit : NULL;
}

/* ---- Products. */

/* The product as it would be if the staff's request that was cut off had happened. */
static bool product_with_doubt(const struct sim *sim, int product, struct model_product *out) {
    const struct visit *v = doubt_of(sim, staff, staff_stock_answered);
    *out = sim->products[product];
    if (v && v->product == product) {
        out->stock += v->quantity;
        return true;
    }
    if ((v = doubt_of(sim, staff, staff_product_answered)) && v->product == product) {
        out->price = v->count == 0 ? v->price : out->price;
        out->is_active = v->count == 1 ? v->quantity != 0 : out->is_active;
        out->stock = v->count == 2 ? v->quantity : out->stock;
        return true;
    }
    v = doubt_of(sim, staff, staff_many_answered);
    for (int i = 0; v && i < v->count; i++)
        if (v->products[i] == product) {
            out->stock += v->quantity;
            return true;
        }
    return false;
}

static bool product_matches(const struct model_product *p, const struct json *json) {
    const struct json *active = json_member(json, STR("is_active"));
    int64_t price = -1, stock = -1;
    return json_member_int(json, "price", 0, INT64_MAX, &price) && price == p->price &&
           json_member_int(json, "stock_quantity", 0, INT64_MAX, &stock) && stock == p->stock && active &&
           (active->kind == JSON_TRUE) == p->is_active;
}

/* All products of a change must have it, or none. */
static void recover_products(struct sim *sim) {
    const struct visit *look = visit_look(sim, staff, "/admin/products?limit=50");
    struct model_product changed;
    int with = 0, without = 0;
    for (const struct json *json = look->json ? look->json->first : NULL; json; json = json->next) {
        int i = model_product_by_id(sim, json_member_text(json, "id"));
        if (i < 0)
            breach(sim, "there is a product that was never made");
        bool may = product_with_doubt(sim, i, &changed), is_changed = may && product_matches(&changed, json);
        if (!is_changed && !product_matches(&sim->products[i], json))
            breach(sim, "after the crash there are %lld of the %s at %lld, and should be %lld at %lld",
                   (long long)answer_int(sim, json, "stock_quantity"), product_names[i],
                   (long long)answer_int(sim, json, "price"), (long long)sim->products[i].stock,
                   (long long)sim->products[i].price);
        bool was_same = may && product_matches(&sim->products[i], json);
        with += is_changed && !was_same;
        without += may && !is_changed;
        if (is_changed)
            sim->products[i] = changed;
    }
    if (with > 0 && without > 0)
        breach(sim, "a change of several products happened to some of them");
    if (with > 0)
        doubt_is_applied(sim, staff);
}

/* ---- Orders. */

/* The price at which a product may have been sold in what was cut off. */
static void recover_price(struct sim *sim, const struct json *json) {
    const struct json *items = json_member_array(json, "items");
    struct model_product changed;
    for (const struct json *item = items ? items->first : NULL; item; item = item->next) {
        int i = model_product_by_id(sim, json_member_text(item, "product_id"));
        if (i >= 0 && product_with_doubt(sim, i, &changed) &&
            answer_int(sim, item, "price_at_purchase") == changed.price)
            sim->products[i].price = changed.price;
    }
}

/* An order that the model does not know: that of a request which was cut off, and no other. */
static void recover_new_order(struct sim *sim, int actor, const struct json *json) {
    const struct visit *v =
        doubt_of(sim, actor, actor == staff ? staff_order_answered : shopper_order_answered);
    int64_t quantities[product_count];
    if (!v)
        breach(sim, "after the crash %s has an order that was never asked for", shopper_names[actor]);
    for (int i = 0; i < v->count; i++) {
        struct model_line *line = &sim->actors[actor].lines[v->products[i]];
        quantities[i] = actor == staff ? v->quantity : line->quantity;
        line->quantity = 0;
    }
    recover_price(sim, json);
    int order = model_order_add(sim, actor, v->products, quantities, v->count, json,
                                actor == staff ? 14 * 24 * hour_us : 10 * minute_us);
    if (actor == staff && v->price) {
        sim->orders[order].status = ORDER_PAID;
        sim->orders[order].is_by_hand = true;
    }
    doubt_is_applied(sim, actor);
    model_take_status(sim, order, json_member_text(json, "status"));
}

static int orders_of(const struct sim *sim, int actor) {
    int count = 0;
    for (int i = 0; i < sim->order_count; i++)
        count += sim->orders[i].actor == actor;
    return count;
}

static void recover_orders(struct sim *sim, int actor) {
    const struct visit *look = visit_look(sim, actor, "/orders?limit=%d", recent_orders);
    if (look->status != 200)
        breach(sim, "after the crash orders cannot be read: %d", look->status);
    int known = orders_of(sim, actor), seen = 0;
    for (const struct json *json = look->json->first; json; json = json->next) {
        int order = model_order_by_id(sim, json_member_text(json, "id"));
        if (order >= 0)
            model_take_status(sim, order, json_member_text(json, "status"));
        else
            recover_new_order(sim, actor, json);
        seen += order >= 0;
    }
    if (seen < (known < recent_orders - 1 ? known : recent_orders - 1))
        breach(sim, "after the crash an order of %s is gone that was answered", shopper_names[actor]);
}

/* The staff's own orders, newest first among all. */
static void recover_staff_orders(struct sim *sim) {
    const struct visit *look = visit_look(sim, staff, "/admin/orders?limit=%d", recent_orders);
    char unknown[id_size] = "";
    if (look->status != 200)
        breach(sim, "after the crash orders cannot be read: %d", look->status);
    for (const struct json *json = look->json->first; json; json = json->next) {
        int order = model_order_by_id(sim, json_member_text(json, "id"));
        if (order >= 0)
            model_take_status(sim, order, json_member_text(json, "status"));
        else
            answer_id(sim, json, "id", unknown);
    }
    if (!unknown[0])
        return;
    look = visit_look(sim, staff, "/admin/orders/%s", unknown);
    recover_new_order(sim, staff, json_member_object(look->json, "order"));
}

/* When an order expires, if a request that moves this was cut off. */
static void recover_hold(struct sim *sim, struct model_order *o) {
    char later[time_text_size];
    const struct visit *look = visit_look(sim, staff, "/admin/orders/%s", o->id);
    struct str until = json_member_text(look->json, "held_until");
    time_format(o->created_us + 30 * minute_us, later);
    if (o->status == ORDER_PENDING && o->actor != staff &&
        str_equal(until, (struct str){later, sizeof later}))
        o->expires_us = o->created_us + 30 * minute_us;
}

static void recover_doubts(struct sim *sim) {
    for (int i = 0; i < sim->order_count; i++) {
        struct model_order *o = &sim->orders[i];
        if (o->doubts & ~(unsigned)DOUBT_EXPIRE)
            model_look_at_order(sim, i);
        if (o->doubts & DOUBT_HOLD)
            recover_hold(sim, o);
        o->doubts = 0;
    }
}

/* Refunds may have come to an end in what was cut off. */
static void recover_refunds(struct sim *sim) {
    int first = sim->order_count > recent_orders ? sim->order_count - recent_orders : 0;
    for (int i = first; i < sim->order_count; i++)
        if (order_is_sold(sim->orders[i].status) || sim->orders[i].status == ORDER_REFUNDED)
            model_look_at_refunds(sim, i);
}

/* ---- Carts. */

static void cart_with_doubt(const struct sim *sim, int actor, struct model_line *lines) {
    const struct visit *v = &sim->doubts[actor].visit;
    memcpy(lines, sim->actors[actor].lines, product_count * sizeof *lines);
    if (doubt_of(sim, actor, shopper_add_answered))
        lines[v->product].quantity += v->quantity;
    if (doubt_of(sim, actor, shopper_set_answered))
        lines[v->product].quantity = v->quantity;
    if (doubt_of(sim, actor, shopper_remove_answered))
        lines[v->product].quantity = 0;
}

static bool cart_matches(const struct sim *sim, const struct model_line *lines, const struct json *json) {
    int count = 0;
    for (const struct json *line = json->first; line; line = line->next, count++) {
        int i = model_product_by_id(sim, json_member_text(json_member_object(line, "product"), "id"));
        int64_t quantity = 0;
        if (i < 0 || !json_member_int(line, "quantity", 1, INT64_MAX, &quantity) ||
            quantity != lines[i].quantity)
            return false;
    }
    for (int i = 0; i < product_count; i++)
        count -= lines[i].quantity > 0;
    return count == 0;
}

static void recover_cart(struct sim *sim, int actor) {
    struct model_line changed[product_count];
    const struct visit *look = visit_look(sim, actor, "/cart");
    if (look->status != 200)
        breach(sim, "after the crash a cart cannot be read: %d", look->status);
    cart_with_doubt(sim, actor, changed);
    bool is_same = cart_matches(sim, sim->actors[actor].lines, look->json);
    if (!is_same && !cart_matches(sim, changed, look->json))
        breach(sim, "after the crash the cart of %s is neither as it was nor as it was to be",
               shopper_names[actor]);
    if (!is_same) {
        memcpy(sim->actors[actor].lines, changed, sizeof changed);
        doubt_is_applied(sim, actor);
    }
    for (const struct json *line = look->json->first; line; line = line->next) {
        int i = model_product_by_id(sim, json_member_text(json_member_object(line, "product"), "id"));
        answer_id(sim, line, "id", sim->actors[actor].lines[i].id);
    }
}

/* ---- All. */

/* A request that changes nothing (to the quantity that a line has) cannot be told from one that did not happen: its key decides. */
static void recover_promises(struct sim *sim) {
    for (int i = 0; i < actor_count; i++) {
        struct promise *p = &sim->actors[i].promise;
        if (sim->doubts[i].is_set && p->is_set && !p->is_answered)
            p->is_open = true;
        sim->doubts[i].is_set = false;
    }
}

void recover(struct sim *sim) {
    for (int i = 0; i < shopper_count; i++)
        recover_orders(sim, i);
    recover_staff_orders(sim);
    recover_doubts(sim);
    recover_refunds(sim);
    recover_products(sim);
    for (int i = 0; i < shopper_count; i++)
        recover_cart(sim, i);
    recover_promises(sim);
    audit(sim);
}
