/* What the staff does. Changes of products may wait in a batch with what shoppers do. What concerns an order is a batch of its
 * own, because the order is looked at afterwards. */
#include "sim.h"

#include <string.h>

static struct visit *staff_visit(struct sim *sim, struct visit *v, visit_function *answered) {
    if (!v)
        return NULL;
    v->answered = answered;
    v->changes = true;
    (void)sim;
    return v;
}

static bool staff_is_busy(const struct sim *sim) {
    return sim->actors[staff].busy > 0;
}

static bool staff_has_key(struct sim *sim) {
    return dice_percent(&sim->dice, 80);
}

/* ---- Products. */

void staff_stock_answered(struct sim *sim, struct visit *v) {
    struct model_product *p = &sim->products[v->product];
    if (!visit_expect(v, p->stock + v->quantity < 0 ? 409 : 200) || v->status != 200)
        return;
    p->stock += v->quantity;
    model_compare_product(sim, v->product, v->json);
}

void staff_changes_stock(struct sim *sim) {
    int product = dice_below(&sim->dice, product_count);
    if (staff_is_busy(sim))
        return;
    struct visit *v =
        staff_visit(sim, visit_new(sim, staff, METHOD_POST, "/products/%s/stock", sim->products[product].id),
                    staff_stock_answered);
    if (!v)
        return;
    v->product = product;
    v->quantity = dice_below(&sim->dice, 24) - 6;
    v->cut_off = doubt_note;
    visit_put(v, "{\"delta\":%d}", (int)v->quantity);
    tell(sim, "the staff changes the stock of the %s by %d", product_names[product], (int)v->quantity);
    visit_send(v, staff_has_key(sim));
    if (dice_percent(&sim->dice, 70))
        node_drain(sim);
}

/* What v->count says: 0 the price, 1 whether it is sold, 2 the stock if it is as expected. */
void staff_product_answered(struct sim *sim, struct visit *v) {
    struct model_product *p = &sim->products[v->product];
    bool is_stale = v->count == 2 && v->price != p->stock;
    if (!visit_expect(v, is_stale ? 409 : 200) || v->status != 200)
        return;
    if (v->count == 0)
        p->price = v->price;
    else if (v->count == 1)
        p->is_active = v->quantity != 0;
    else
        p->stock = v->quantity;
    model_compare_product(sim, v->product, v->json);
}

static void staff_put_change(struct sim *sim, struct visit *v) {
    const struct model_product *p = &sim->products[v->product];
    int face = dice_below(&sim->dice, 10);
    v->count = face < 4 ? 0 : face < 7 ? 1 : 2;
    if (v->count == 0) {
        v->price = 100 + dice_below(&sim->dice, 5000);
        visit_put(v, "{\"price\":%lld}", (long long)v->price);
    } else if (v->count == 1) {
        v->quantity = p->is_active ? dice_percent(&sim->dice, 40) ? 0 : 1 : 1;
        visit_put(v, "{\"is_active\":%s}", v->quantity ? "true" : "false");
    } else {
        v->quantity = dice_below(&sim->dice, 40);
        v->price = p->stock + (dice_percent(&sim->dice, 20) ? 1 : 0);
        visit_put(v, "{\"stock_quantity\":%lld,\"expected_stock\":%lld}", (long long)v->quantity,
                  (long long)v->price);
    }
}

void staff_changes_product(struct sim *sim) {
    int product = dice_below(&sim->dice, product_count);
    if (staff_is_busy(sim))
        return;
    struct visit *v =
        staff_visit(sim, visit_new(sim, staff, METHOD_PATCH, "/products/%s", sim->products[product].id),
                    staff_product_answered);
    if (!v)
        return;
    v->product = product;
    v->cut_off = doubt_note;
    staff_put_change(sim, v);
    tell(sim, "the staff changes the %s: %s", product_names[product], v->body);
    visit_send(v, false);
    if (dice_percent(&sim->dice, 70))
        node_drain(sim);
}

void staff_many_answered(struct sim *sim, struct visit *v) {
    bool is_short = false;
    for (int i = 0; i < v->count; i++)
        is_short |= sim->products[v->products[i]].stock + v->quantity < 0;
    if (!visit_expect(v, is_short ? 409 : 200) || v->status != 200)
        return;
    for (int i = 0; i < v->count; i++)
        sim->products[v->products[i]].stock += v->quantity;
}

void staff_changes_many(struct sim *sim) {
    if (staff_is_busy(sim))
        return;
    struct visit *v =
        staff_visit(sim, visit_new(sim, staff, METHOD_POST, "/admin/products/bulk"), staff_many_answered);
    if (!v)
        return;
    v->cut_off = doubt_note;
    v->quantity = dice_below(&sim->dice, 9) - 3;
    visit_put(v, "{\"ids\":[");
    for (int i = 0; i < product_count; i++)
        if (v->count == 0 || dice_percent(&sim->dice, 50)) {
            visit_put(v, "%s\"%s\"", v->count ? "," : "", sim->products[i].id);
            v->products[v->count++] = i;
        }
    visit_put(v, "],\"change\":{\"stock_delta\":%d}}", (int)v->quantity);
    tell(sim, "the staff changes the stock of %d products by %d", v->count, (int)v->quantity);
    visit_send(v, staff_has_key(sim));
    if (dice_percent(&sim->dice, 70))
        node_drain(sim);
}

/* ---- Orders. */

/* One of the newest orders for which `is_wanted`; -1: none. */
static int staff_find_order(struct sim *sim, bool (*is_wanted)(const struct model_order *)) {
    int found = -1;
    for (int i = sim->order_count - 1; i >= 0 && i >= sim->order_count - 60; i--)
        if (is_wanted(&sim->orders[i])) {
            found = i;
            if (dice_percent(&sim->dice, 35))
                break;
        }
    return found;
}

static bool is_sold(const struct model_order *o) {
    return order_is_sold(o->status);
}

static bool is_staffs(const struct model_order *o) {
    return o->actor == staff;
}

static bool is_any(const struct model_order *o) {
    return o->id[0] != '\0';
}

static bool has_parcel(const struct model_order *o) {
    return o->parcel[0] != '\0';
}

static void staff_send(struct visit *v, bool key) {
    node_drain(v->sim);
    visit_send(v, key);
    node_drain(v->sim);
}

static void refund_stepped(struct sim *sim, struct visit *v) {
    model_look_at_order(sim, v->order);
    model_look_at_refunds(sim, v->order);
}

/* What goes back is read from the shop, and compared with the provider's books when all is at rest. */
/* Of two who give back the rest at once, one may be asked to try again, if part of it was given back at the provider: its
 * request stands for the other's refund, which was refused and made anew. */
static bool refund_must_wait(const struct visit *v) {
    return v->status == 503 && !v->body[0];
}

static void staff_refund_answered(struct sim *sim, struct visit *v) {
    refund_stepped(sim, v);
    bool is_refused = v->status == 404 || v->status == 409 || refund_must_wait(v);
    if (v->status > 201 && !is_refused)
        visit_expect(v, 200);
    if (v->status == 201 && !is_sold(&sim->orders[v->order]) &&
        sim->orders[v->order].status != ORDER_REFUNDED)
        breach(sim, "order %d is refunded, and was never paid", v->order + 1);
}

static struct visit *staff_refund_visit(struct sim *sim, const char *what) {
    int order = staff_find_order(sim, dice_percent(&sim->dice, 90) ? is_sold : is_any);
    struct visit *v =
        order < 0 ? NULL : visit_new(sim, staff, METHOD_POST, "/orders/%s/%s", sim->orders[order].id, what);
    if (!v)
        return NULL;
    v->order = order;
    v->stepped = refund_stepped;
    v->answered = staff_refund_answered;
    return v;
}

void staff_refunds(struct sim *sim) {
    struct visit *v = staff_refund_visit(sim, "refund");
    if (!v)
        return;
    tell(sim, "the staff gives back order %d", v->order + 1);
    staff_send(v, false);
}

void staff_refunds_part(struct sim *sim) {
    struct visit *v = staff_refund_visit(sim, "refunds");
    if (!v)
        return;
    const struct model_order *o = &sim->orders[v->order];
    int line = dice_below(&sim->dice, o->item_count);
    if (dice_percent(&sim->dice, 60))
        visit_put(v, "{\"items\":[{\"line\":%d,\"quantity\":%d}]}", line,
                  1 + dice_below(&sim->dice, (int)o->items[line].quantity));
    else
        visit_put(v, "{\"amount\":%d}", 1 + dice_below(&sim->dice, (int)o->total));
    tell(sim, "the staff gives back of order %d: %s", v->order + 1, v->body);
    staff_send(v, false);
}

static void staff_ship_answered(struct sim *sim, struct visit *v) {
    struct model_order *o = &sim->orders[v->order];
    if (v->status != 201)
        visit_expect(v, 409);
    if (v->status == 201)
        answer_id(sim, v->json, "id", o->parcel);
    if (v->status == 201 && !is_sold(o))
        breach(sim, "order %d is sent, and is %s", v->order + 1, order_status_names[o->status]);
    model_look_at_order(sim, v->order);
}

void staff_ships(struct sim *sim) {
    int order = staff_find_order(sim, dice_percent(&sim->dice, 90) ? is_sold : is_any);
    struct visit *v =
        order < 0 ? NULL
                  : visit_new(sim, staff, METHOD_POST, "/orders/%s/fulfillments", sim->orders[order].id);
    if (!v)
        return;
    v->order = order;
    v->answered = staff_ship_answered;
    if (dice_percent(&sim->dice, 50))
        visit_put(v, "{\"carrier\":\"DHL\"}");
    else
        visit_put(v, "{\"items\":[{\"line\":0,\"quantity\":1}]}");
    tell(sim, "the staff sends of order %d", order + 1);
    staff_send(v, false);
}

static void staff_parcel_answered(struct sim *sim, struct visit *v) {
    if (v->status != 200)
        visit_expect(v, 409);
    model_look_at_order(sim, v->order);
}

void staff_moves_parcel(struct sim *sim) {
    static const char *const words[] = {"delivered", "lost", "cancelled", "shipped"};
    int order = staff_find_order(sim, has_parcel);
    struct visit *v = order < 0 ? NULL
                                : visit_new(sim, staff, METHOD_PATCH, "/orders/%s/fulfillments/%s",
                                            sim->orders[order].id, sim->orders[order].parcel);
    if (!v)
        return;
    v->order = order;
    v->answered = staff_parcel_answered;
    visit_put(v, "{\"status\":\"%s\"}", words[dice_below(&sim->dice, 4)]);
    tell(sim, "the parcel of order %d: %s", order + 1, v->body);
    staff_send(v, false);
}

/* ---- Orders by phone. */

void staff_order_answered(struct sim *sim, struct visit *v) {
    int64_t quantities[product_count];
    bool is_short = false, is_gone = false;
    for (int i = 0; i < v->count; i++) {
        quantities[i] = v->quantity;
        is_gone |= !sim->products[v->products[i]].is_active;
        is_short |= v->quantity > sim->products[v->products[i]].stock;
    }
    if (!visit_expect(v, is_gone ? 404 : is_short ? 409 : 201) || v->status != 201)
        return;
    int order = model_order_add(sim, staff, v->products, quantities, v->count,
                                json_member_object(v->json, "order"), 14 * 24 * hour_us);
    sim->orders[order].is_by_hand = v->price != 0;
    sim->orders[order].status = v->price ? ORDER_PAID : ORDER_PENDING;
    model_compare_order(sim, order, json_member_object(v->json, "order"));
    tell(sim, "that is order %d", order + 1);
}

void staff_takes_order(struct sim *sim) {
    if (staff_is_busy(sim))
        return;
    struct visit *v =
        staff_visit(sim, visit_new(sim, staff, METHOD_POST, "/admin/orders"), staff_order_answered);
    if (!v)
        return;
    int first = dice_below(&sim->dice, product_count), count = 1 + dice_below(&sim->dice, 3);
    v->quantity = 1 + dice_below(&sim->dice, 4);
    v->price = dice_percent(&sim->dice, 40); /* whether it is paid */
    v->cut_off = doubt_note;
    visit_put(v, "{\"items\":[");
    for (; v->count < count; v->count++) {
        v->products[v->count] = (first + v->count) % product_count;
        visit_put(v, "%s{\"product_id\":\"%s\",\"quantity\":%d}", v->count ? "," : "",
                  sim->products[v->products[v->count]].id, (int)v->quantity);
    }
    visit_put(v, v->price ? "],\"mark_paid\":true}" : "]}");
    visit_send(v, staff_has_key(sim));
    if (dice_percent(&sim->dice, 70))
        node_drain(sim);
}

static bool model_can_retake(const struct sim *sim, const struct model_order *o) {
    bool can = true;
    for (int i = 0; i < o->item_count; i++)
        can &= sim->products[o->items[i].product].is_active &&
               sim->products[o->items[i].product].stock >= o->items[i].quantity;
    return can;
}

static void staff_mark_answered(struct sim *sim, struct visit *v) {
    struct model_order *o = &sim->orders[v->order];
    bool may = o->actor == staff &&
               (o->status == ORDER_PENDING || (o->status == ORDER_EXPIRED && model_can_retake(sim, o)));
    if (!visit_expect(v, may ? 200 : 409) || v->status != 200)
        return;
    for (int i = 0; i < o->item_count && o->status == ORDER_EXPIRED; i++)
        sim->products[o->items[i].product].stock -= o->items[i].quantity;
    o->status = ORDER_PAID;
    o->is_by_hand = true;
}

static void mark_cut_off(struct sim *sim, struct visit *v) {
    if (sim->orders[v->order].actor == staff)
        sim->orders[v->order].doubts |= DOUBT_PAID_BY_HAND;
}

void staff_marks_paid(struct sim *sim) {
    int order = staff_find_order(sim, dice_percent(&sim->dice, 90) ? is_staffs : is_any);
    struct visit *v =
        order < 0 ? NULL
                  : visit_new(sim, staff, METHOD_POST, "/admin/orders/%s/mark-paid", sim->orders[order].id);
    if (!v)
        return;
    v->order = order;
    v->answered = staff_mark_answered;
    v->cut_off = mark_cut_off;
    visit_put(v, "{}");
    tell(sim, "the staff marks order %d as paid", order + 1);
    staff_send(v, false);
}

static void staff_cancel_answered(struct sim *sim, struct visit *v) {
    struct model_order *o = &sim->orders[v->order];
    if (!visit_expect(v, o->status == ORDER_PENDING ? 200 : 409) || v->status != 200)
        return;
    o->status = ORDER_CANCELLED;
    model_return_stock(sim, o);
}

static void staff_cancel_cut_off(struct sim *sim, struct visit *v) {
    sim->orders[v->order].doubts |= DOUBT_CANCEL;
}

void staff_cancels(struct sim *sim) {
    int order = staff_find_order(sim, is_any);
    struct visit *v =
        order < 0 ? NULL
                  : visit_new(sim, staff, METHOD_POST, "/admin/orders/%s/cancel", sim->orders[order].id);
    if (!v)
        return;
    v->order = order;
    v->answered = staff_cancel_answered;
    v->cut_off = staff_cancel_cut_off;
    tell(sim, "the staff cancels order %d", order + 1);
    staff_send(v, false);
}

/* ---- The rest. */

static void staff_ok_answered(struct sim *sim, struct visit *v) {
    (void)sim;
    visit_expect(v, 200);
}

void staff_looks(struct sim *sim) {
    static const char *const paths[] = {"/admin/orders?limit=20",
                                        "/admin/products?limit=20",
                                        "/admin/summary?days=7",
                                        "/admin/orders.csv?limit=20",
                                        "/admin/export.csv?limit=20",
                                        "/admin/mails?limit=10",
                                        "/admin/orders?fulfillment=unshipped&limit=10",
                                        "/admin/settings",
                                        "/admin/webhooks"};
    struct visit *v = visit_new(sim, staff, METHOD_GET, "%s",
                                paths[dice_below(&sim->dice, (int)(sizeof paths / sizeof *paths))]);
    if (!v)
        return;
    v->answered = staff_ok_answered;
    visit_send(v, false);
    node_drain(sim);
}

void staff_sets(struct sim *sim) {
    struct visit *v = visit_new(sim, staff, METHOD_PATCH, "/admin/settings");
    if (!v)
        return;
    v->answered = staff_ok_answered;
    visit_put(v, "{\"low_stock_at\":%d}", dice_below(&sim->dice, 8));
    visit_send(v, false);
    node_drain(sim);
}
