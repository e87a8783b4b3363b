/* What shoppers do, and which answer each of their requests must get. */
#include "sim.h"

#include <string.h>

/* One without a request under way that changes something; -1: all are busy. */
static int shopper_idle(struct sim *sim) {
    int first = dice_below(&sim->dice, shopper_count);
    for (int i = 0; i < shopper_count; i++)
        if (sim->actors[(first + i) % shopper_count].busy == 0)
            return (first + i) % shopper_count;
    return -1;
}

static bool has_key(struct sim *sim) {
    return dice_percent(&sim->dice, 85);
}

/* The writer does not always come at once: then several requests are one batch. */
static void writer_may_run(struct sim *sim) {
    if (dice_percent(&sim->dice, 70))
        node_drain(sim);
}

/* One of the newest orders of a shopper, preferably one of this status; -1: none. */
static int shopper_order(struct sim *sim, int actor, enum order_status wanted) {
    int newest = -1, seen = 0;
    for (int i = sim->order_count - 1; i >= 0 && seen < 8; i--) {
        if (sim->orders[i].actor != actor)
            continue;
        seen++;
        if (sim->orders[i].status == wanted && dice_percent(&sim->dice, 60))
            return i;
        if (newest < 0 || dice_percent(&sim->dice, 30))
            newest = i;
    }
    return newest;
}

/* ---- Carts. */

void shopper_add_answered(struct sim *sim, struct visit *v) {
    const struct model_product *p = &sim->products[v->product];
    struct model_line *line = &sim->actors[v->actor].lines[v->product];
    bool is_short = v->quantity > p->stock || line->quantity + v->quantity > p->stock;
    if (!visit_expect(v, !p->is_active ? 404 : is_short ? 409 : 201) || v->status != 201)
        return;
    char id[id_size];
    answer_id(sim, v->json, "id", id);
    if (line->quantity > 0 && strcmp(id, line->id) != 0)
        breach(sim, "the %s has a second line in a cart", product_names[v->product]);
    strcpy(line->id, id);
    line->quantity += v->quantity;
    if (answer_int(sim, v->json, "quantity") != line->quantity)
        breach(sim, "a line has not the quantity that was added up");
    model_compare_product(sim, v->product, json_member_object(v->json, "product"));
}

void shopper_adds(struct sim *sim) {
    int actor = shopper_idle(sim);
    struct visit *v = actor < 0 ? NULL : visit_new(sim, actor, METHOD_POST, "/cart");
    if (!v)
        return;
    v->product = dice_below(&sim->dice, product_count);
    v->quantity = 1 + dice_below(&sim->dice, dice_percent(&sim->dice, 80) ? 3 : 9);
    v->changes = true;
    v->answered = shopper_add_answered;
    v->cut_off = doubt_note;
    visit_put(v, "{\"product_id\":\"%s\",\"quantity\":%d}", sim->products[v->product].id, (int)v->quantity);
    tell(sim, "%s adds %d of the %s", shopper_names[actor], (int)v->quantity, product_names[v->product]);
    visit_send(v, has_key(sim));
    writer_may_run(sim);
}

/* A shopper with a line, and the line; -1: none. */
static int shopper_with_line(struct sim *sim, int *product) {
    int actor = shopper_idle(sim), first = dice_below(&sim->dice, product_count);
    for (int i = 0; i < product_count && actor >= 0; i++) {
        *product = (first + i) % product_count;
        if (sim->actors[actor].lines[*product].quantity > 0)
            return actor;
    }
    return -1;
}

/* Whether the line that a request names is still there. It may be another one by now, if the request is a late repetition. */
static bool line_is_named(const struct visit *v, int product) {
    const struct model_line *line = &v->sim->actors[v->actor].lines[product];
    return line->quantity > 0 && (strstr(v->path, line->id) || strstr(v->body, line->id));
}

void shopper_set_answered(struct sim *sim, struct visit *v) {
    const struct model_product *p = &sim->products[v->product];
    struct model_line *line = &sim->actors[v->actor].lines[v->product];
    int64_t stock = p->is_active ? p->stock : 0;
    int status = !line_is_named(v, v->product) ? 404 : v->quantity > stock ? 409 : 200;
    if (!visit_expect(v, status) || v->status != 200)
        return;
    line->quantity = v->quantity;
    if (answer_int(sim, v->json, "quantity") != v->quantity)
        breach(sim, "a line has not the quantity that was set");
}

void shopper_sets(struct sim *sim) {
    int product, actor = shopper_with_line(sim, &product);
    struct visit *v =
        actor < 0 ? NULL
                  : visit_new(sim, actor, METHOD_PUT, "/cart/%s", sim->actors[actor].lines[product].id);
    if (!v)
        return;
    v->product = product;
    v->quantity = 1 + dice_below(&sim->dice, 9);
    v->changes = true;
    v->answered = shopper_set_answered;
    v->cut_off = doubt_note;
    visit_put(v, "{\"quantity\":%d}", (int)v->quantity);
    visit_send(v, has_key(sim));
    writer_may_run(sim);
}

void shopper_remove_answered(struct sim *sim, struct visit *v) {
    if (visit_expect(v, line_is_named(v, v->product) ? 204 : 404) && v->status == 204)
        sim->actors[v->actor].lines[v->product].quantity = 0;
}

void shopper_removes(struct sim *sim) {
    int product, actor = shopper_with_line(sim, &product);
    struct visit *v =
        actor < 0 ? NULL
                  : visit_new(sim, actor, METHOD_DELETE, "/cart/%s", sim->actors[actor].lines[product].id);
    if (!v)
        return;
    v->product = product;
    v->changes = true;
    v->answered = shopper_remove_answered;
    v->cut_off = doubt_note;
    visit_send(v, has_key(sim));
    writer_may_run(sim);
}

/* ---- Orders. */

void shopper_order_answered(struct sim *sim, struct visit *v) {
    struct actor_state *shopper = &sim->actors[v->actor];
    int64_t quantities[product_count];
    bool is_gone = v->is_stranger;
    for (int i = 0; i < v->count; i++)
        is_gone |= !line_is_named(v, v->products[i]);
    int status = is_gone ? 404 : model_order_status(sim, v->actor, v->products, v->count);
    if (!visit_expect(v, status) || v->status != 201)
        return;
    for (int i = 0; i < v->count; i++)
        quantities[i] = shopper->lines[v->products[i]].quantity;
    int order = model_order_add(sim, v->actor, v->products, quantities, v->count, v->json, 10 * minute_us);
    for (int i = 0; i < v->count; i++)
        shopper->lines[v->products[i]].quantity = 0;
    tell(sim, "that is order %d, of %lld", order + 1, (long long)sim->orders[order].total);
}

/* Some lines of the cart, or all; sometimes with one of another shopper's. */
static void shopper_choose_lines(struct sim *sim, struct visit *v) {
    struct actor_state *shopper = &sim->actors[v->actor];
    int first = dice_below(&sim->dice, product_count), other = (v->actor + 1) % shopper_count;
    for (int i = 0; i < product_count; i++) {
        int product = (first + i) % product_count;
        if (shopper->lines[product].quantity == 0 || (v->count > 0 && dice_percent(&sim->dice, 20)))
            continue;
        visit_put(v, "%s\"%s\"", v->count ? "," : "", shopper->lines[product].id);
        v->products[v->count++] = product;
    }
    if (v->count > 0 && dice_percent(&sim->dice, 4) && sim->actors[other].lines[first].quantity > 0) {
        visit_put(v, ",\"%s\"", sim->actors[other].lines[first].id);
        v->is_stranger = true;
    }
}

void shopper_orders(struct sim *sim) {
    int product, actor = shopper_with_line(sim, &product);
    struct visit *v = actor < 0 ? NULL : visit_new(sim, actor, METHOD_POST, "/orders");
    if (!v)
        return;
    v->changes = true;
    v->answered = shopper_order_answered;
    v->cut_off = doubt_note;
    visit_put(v, "{\"cart_item_ids\":[");
    shopper_choose_lines(sim, v);
    visit_put(v, dice_percent(&sim->dice, 40) ? "],\"email\":\"shopper-%d@example.com\"}" : "]}", actor);
    visit_send(v, has_key(sim));
    writer_may_run(sim);
}

static void shopper_cancel_answered(struct sim *sim, struct visit *v) {
    struct model_order *o = &sim->orders[v->order];
    if (!visit_expect(v, o->status == ORDER_PENDING ? 200 : 409) || v->status != 200)
        return;
    o->status = ORDER_CANCELLED;
    model_return_stock(sim, o);
    model_compare_order(sim, v->order, v->json);
    tell(sim, "order %d is cancelled", v->order + 1);
}

static void cancel_cut_off(struct sim *sim, struct visit *v) {
    sim->orders[v->order].doubts |= DOUBT_CANCEL;
}

void shopper_cancels(struct sim *sim) {
    int actor = dice_below(&sim->dice, shopper_count), order = shopper_order(sim, actor, ORDER_PENDING);
    struct visit *v =
        order < 0 ? NULL : visit_new(sim, actor, METHOD_POST, "/orders/%s/cancel", sim->orders[order].id);
    if (!v)
        return;
    v->order = order;
    v->changes = true;
    v->answered = shopper_cancel_answered;
    v->cut_off = cancel_cut_off;
    visit_send(v, false);
    writer_may_run(sim);
}

/* ---- Payments. */

/* The first step has moved the end of the hold; a later one may have moved money. */
static void shopper_begin_stepped(struct sim *sim, struct visit *v) {
    struct model_order *o = &sim->orders[v->order];
    if (v->steps > 0)
        model_look_at_order(sim, v->order);
    else if (o->status == ORDER_PENDING && o->expires_us < o->created_us + 30 * minute_us)
        o->expires_us = o->created_us + 30 * minute_us;
}

static void pay_cut_off(struct sim *sim, struct visit *v) {
    struct promise *p = &sim->actors[v->actor].promise;
    sim->orders[v->order].doubts |= DOUBT_HOLD;
    if (p->is_set && strcmp(p->visit.key, v->key) == 0)
        p->is_open = true;
}

static void shopper_begin_answered(struct sim *sim, struct visit *v) {
    struct model_order *o = &sim->orders[v->order];
    model_look_at_order(sim, v->order);
    if (v->status != 201) {
        if (v->status != 409)
            visit_expect(v, 409);
        return;
    }
    answer_id(sim, v->json, "id", o->payment);
    if (answer_int(sim, v->json, "amount") != o->total)
        breach(sim, "a payment of order %d is not of its total", v->order + 1);
    if (o->status != ORDER_PENDING && !order_is_sold(o->status) && o->status != ORDER_REFUNDED)
        breach(sim, "order %d is %s, and can be paid", v->order + 1, order_status_names[o->status]);
}

void shopper_begins_to_pay(struct sim *sim) {
    int actor = shopper_idle(sim), order = actor < 0 ? -1 : shopper_order(sim, actor, ORDER_PENDING);
    struct visit *v = order < 0 ? NULL : visit_new(sim, actor, METHOD_POST, "/payments/create-intent");
    if (!v)
        return;
    v->order = order;
    v->changes = true;
    v->stepped = shopper_begin_stepped;
    v->answered = shopper_begin_answered;
    v->cut_off = pay_cut_off;
    visit_put(v, "{\"order_id\":\"%s\"}", sim->orders[order].id);
    tell(sim, "%s begins to pay order %d", shopper_names[actor], order + 1);
    visit_send(v, has_key(sim));
    writer_may_run(sim);
}

static void shopper_pay_answered(struct sim *sim, struct visit *v) {
    struct uuid payment;
    model_look_at_order(sim, v->order);
    if (v->status != 200) {
        if (v->status != 409)
            visit_expect(v, 409);
        return;
    }
    const struct book_intent *intent = NULL;
    if (uuid_parse(json_member_text(v->json, "id"), &payment, NULL))
        intent = bank_find_payment(&sim->bank, &payment);
    bool is_charged = intent && intent->status == INTENT_SUCCEEDED;
    if (answer_is(v->json, "status", "succeeded") && !is_charged)
        breach(sim, "a payment of order %d has succeeded, and the provider did not charge it", v->order + 1);
    if (answer_is(v->json, "status", "succeeded") && sim->orders[v->order].status == ORDER_PENDING)
        breach(sim, "order %d is pending, and its payment has succeeded", v->order + 1);
}

static const char *method_draw(struct sim *sim) {
    int face = dice_below(&sim->dice, 100);
    return face < 60   ? "pm_card_visa"
           : face < 75 ? "pm_card_chargeDeclined"
           : face < 85 ? "pm_card_authenticationRequired"
           : face < 95 ? "pm_card_processing"
                       : "";
}

static void look_after_steps(struct sim *sim, struct visit *v) {
    if (v->steps > 0)
        model_look_at_order(sim, v->order);
}

void shopper_pays(struct sim *sim) {
    int actor = shopper_idle(sim), order = actor < 0 ? -1 : shopper_order(sim, actor, ORDER_PENDING);
    if (order < 0 || !sim->orders[order].payment[0])
        return;
    struct visit *v = visit_new(sim, actor, METHOD_POST, "/payments/confirm");
    if (!v)
        return;
    const char *method = method_draw(sim);
    v->order = order;
    v->changes = true;
    v->stepped = look_after_steps;
    v->answered = shopper_pay_answered;
    v->cut_off = pay_cut_off;
    visit_put(v, method[0] ? "{\"payment_id\":\"%s\",\"payment_method\":\"%s\"}" : "{\"payment_id\":\"%s\"}",
              sim->orders[order].payment, method);
    tell(sim, "%s pays order %d with %s", shopper_names[actor], order + 1, method[0] ? method : "nothing");
    visit_send(v, has_key(sim));
    writer_may_run(sim);
}

/* ---- The same once more. */

void shopper_retries(struct sim *sim) {
    int actor = dice_below(&sim->dice, actor_count);
    const struct promise *p = &sim->actors[actor].promise;
    bool is_free = sim->actors[actor].busy == 0, is_young = sim->now_us - p->at_us < 12 * hour_us;
    if (p->is_set && is_young && (is_free || !p->is_answered) && visit_send_again(sim, actor))
        writer_may_run(sim);
}

static void shopper_key_answered(struct sim *sim, struct visit *v) {
    (void)sim;
    visit_expect(v, 422);
}

void shopper_uses_key_twice(struct sim *sim) {
    int actor = dice_below(&sim->dice, shopper_count);
    const struct promise *p = &sim->actors[actor].promise;
    if (!p->is_set || !p->is_answered || sim->actors[actor].busy || sim->now_us - p->at_us > 12 * hour_us)
        return;
    struct visit *v = visit_new(sim, actor, METHOD_POST, "/cart");
    if (!v)
        return;
    v->answered = shopper_key_answered;
    visit_put(v, "{\"product_id\":\"%s\",\"quantity\":77}", sim->products[0].id);
    strcpy(v->key, p->visit.key);
    visit_send(v, false);
    node_drain(sim);
}

/* ---- Looking. */

static void look_at_products(struct sim *sim, struct visit *v) {
    if (!visit_expect(v, 200))
        return;
    int count = 0, wanted = 0;
    for (const struct json *p = v->json->first; p; p = p->next, count++) {
        int product = model_product_by_id(sim, json_member_text(p, "id"));
        if (product < 0 || !sim->products[product].is_active)
            breach(sim, "a list has a product that is not sold");
        model_compare_product(sim, product, p);
    }
    for (int i = 0; i < product_count; i++)
        wanted += sim->products[i].is_active;
    if (v->count && count != wanted)
        breach(sim, "a list has %d products, and should have %d", count, wanted);
}

static void look_at_product(struct sim *sim, struct visit *v) {
    if (visit_expect(v, sim->products[v->product].is_active ? 200 : 404) && v->status == 200)
        model_compare_product(sim, v->product, v->json);
}

static void look_at_cart(struct sim *sim, struct visit *v) {
    if (visit_expect(v, 200))
        model_compare_cart(sim, v->actor, v->json);
}

/* The newest orders of a shopper, newest first. */
static void look_at_orders(struct sim *sim, struct visit *v) {
    if (!visit_expect(v, 200))
        return;
    const struct json *json = v->json->first;
    int seen = 0;
    for (int i = sim->order_count - 1; i >= 0 && seen < v->count; i--)
        if (sim->orders[i].actor == v->actor) {
            if (!json)
                breach(sim, "an order of %s is missing", shopper_names[v->actor]);
            model_compare_order(sim, i, json);
            json = json->next;
            seen++;
        }
    if (json)
        breach(sim, "%s sees an order of somebody else", shopper_names[v->actor]);
}

static void look_at_order(struct sim *sim, struct visit *v) {
    if (visit_expect(v, 200))
        model_compare_order(sim, v->order, v->json);
}

static void look_at_anything(struct sim *sim, struct visit *v) {
    (void)sim;
    visit_expect(v, 200);
}

static void send_look(struct visit *v, visit_function *answered) {
    if (!v)
        return;
    v->answered = answered;
    visit_send(v, false);
    node_drain(v->sim);
}

static void shopper_looks_at_order(struct sim *sim, int actor, const char *what, visit_function *answered) {
    int order = shopper_order(sim, actor, ORDER_PAID);
    struct visit *v =
        order < 0 ? NULL : visit_new(sim, actor, METHOD_GET, "/orders/%s%s", sim->orders[order].id, what);
    if (v)
        v->order = order;
    send_look(v, answered);
}

static void shopper_looks_at_payment(struct sim *sim, int actor) {
    int order = shopper_order(sim, actor, ORDER_PAID);
    if (order >= 0 && sim->orders[order].payment[0])
        send_look(visit_new(sim, actor, METHOD_GET, "/payments/%s", sim->orders[order].payment),
                  look_at_anything);
}

void shopper_looks(struct sim *sim) {
    int actor = dice_below(&sim->dice, shopper_count), product = dice_below(&sim->dice, product_count);
    struct visit *v = NULL;
    switch (dice_below(&sim->dice, 10)) {
    case 0:
    case 1:
        send_look(visit_new(sim, actor, METHOD_GET, "/cart"), look_at_cart);
        return;
    case 2:
        if ((v = visit_new(sim, actor, METHOD_GET, "/orders?limit=10")))
            v->count = 10;
        send_look(v, look_at_orders);
        return;
    case 3:
        if ((v = visit_new(sim, actor, METHOD_GET, "/products?limit=50")))
            v->count = 1;
        send_look(v, look_at_products);
        return;
    case 4:
    case 5:
        if ((v = visit_new(sim, actor, METHOD_GET, "/products/%s", sim->products[product].id)))
            v->product = product;
        send_look(v, look_at_product);
        return;
    case 6:
        shopper_looks_at_payment(sim, actor);
        return;
    case 7:
        shopper_looks_at_order(sim, actor, "/events", look_at_anything);
        return;
    case 8:
        shopper_looks_at_order(sim, actor, "/details", look_at_anything);
        return;
    default:
        shopper_looks_at_order(sim, actor, "", look_at_order);
    }
}

void shopper_searches(struct sim *sim) {
    int product = dice_below(&sim->dice, product_count);
    send_look(visit_new(sim, 0, METHOD_GET, "/products/search?q=%s", product_names[product]),
              look_at_products);
}

/* ---- Prying: what is another's is not there. */

static void pry_answered(struct sim *sim, struct visit *v) {
    if (v->status != 404 && !visit_may_fail(v))
        breach(sim, "%s gets at what is another's: %s is answered with %d", shopper_names[v->actor], v->path,
               v->status);
}

static void send_pry(struct visit *v) {
    if (!v)
        return;
    v->answered = pry_answered;
    visit_send(v, false);
    node_drain(v->sim);
}

static void pry_at_cart(struct sim *sim, int actor, int other) {
    const struct model_line *line = &sim->actors[other].lines[dice_below(&sim->dice, product_count)];
    bool removes = dice_percent(&sim->dice, 50);
    if (line->quantity == 0)
        return;
    struct visit *v = visit_new(sim, actor, removes ? METHOD_DELETE : METHOD_PUT, "/cart/%s", line->id);
    if (v && !removes)
        visit_put(v, "{\"quantity\":1}");
    send_pry(v);
}

static void pry_at_order(struct sim *sim, int actor, const struct model_order *o) {
    static const char *const looks[] = {"", "/details", "/events"};
    switch (dice_below(&sim->dice, 4)) {
    case 0:
        send_pry(visit_new(sim, actor, METHOD_POST, "/orders/%s/cancel", o->id));
        return;
    case 1: {
        struct visit *v = visit_new(sim, actor, METHOD_POST, "/payments/create-intent");
        if (v)
            visit_put(v, "{\"order_id\":\"%s\"}", o->id);
        send_pry(v);
        return;
    }
    default:
        send_pry(visit_new(sim, actor, METHOD_GET, "/orders/%s%s", o->id, looks[dice_below(&sim->dice, 3)]));
    }
}

static void pry_at_payment(struct sim *sim, int actor, const struct model_order *o) {
    if (!o->payment[0])
        return;
    if (dice_percent(&sim->dice, 50)) {
        send_pry(visit_new(sim, actor, METHOD_GET, "/payments/%s", o->payment));
        return;
    }
    struct visit *v = visit_new(sim, actor, METHOD_POST, "/payments/confirm");
    if (v)
        visit_put(v, "{\"payment_id\":\"%s\",\"payment_method\":\"pm_card_visa\"}", o->payment);
    send_pry(v);
}

void shopper_pries(struct sim *sim) {
    int actor = dice_below(&sim->dice, shopper_count), other = (actor + 1) % shopper_count;
    int order = shopper_order(sim, dice_percent(&sim->dice, 80) ? other : staff, ORDER_PENDING);
    if (order < 0 || dice_percent(&sim->dice, 30))
        pry_at_cart(sim, actor, other);
    else if (dice_percent(&sim->dice, 60))
        pry_at_order(sim, actor, &sim->orders[order]);
    else
        pry_at_payment(sim, actor, &sim->orders[order]);
}
