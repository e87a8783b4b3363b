/* Giving an order's money back, in parts or whole. The rules are in shop/payments/refunds. */
#include "api/endpoint.h"
#include "api/idempotency.h"
#include "api/internal.h"
#include "api/resources/audit_note.h"
#include "api/resources/order_model.h"
#include "base/crypto/sha.h"
#include "model/errors.h"
#include "shop/payments/refunds/refund.h"

#define EXAMPLE_REFUND_ID "\"0198c0f4-3a1b-7c2d-9e8f-0a1b2c3d4e5f\""

static const struct field item_read_fields[] = {
    INT_FIELD(struct refund_item, line, .doc = "Of the order's details", .example = "0"),
    INT_FIELD(struct refund_item, quantity, .example = "1"),
    INT_FIELD(struct refund_item, unsent,
              .doc = "Of these: those that were still to be sent, and are not any more", .example = "1"),
    INT_FIELD(struct refund_item, restock, .doc = "Of these: those that can be bought again", .example = "1"),
};
static const struct model refund_item_read = MODEL("RefundItem", struct refund_item, item_read_fields);

static const struct field read_fields[] = {
    UUID_FIELD(struct refund, id, .example = EXAMPLE_REFUND_ID),
    INT_FIELD(struct refund, amount, .doc = "In minor units", .example = "2999"),
    INT_FIELD(struct refund, shipping, .doc = "The part of it that is for shipping", .example = "0"),
    TEXT_FIELD(struct refund, currency, .example = "\"usd\""),
    ENUM_FIELD(
        struct refund, status, .names = refund_status_names,
        .doc =
            "pending: the provider has not answered, and is asked again. One that succeeded may still fail, if "
            "the bank sends it back"),
    ENUM_FIELD(
        struct refund, origin, .names = refund_origin_names,
        .doc =
            "provider: somebody made it there, and not by this API; shop: the order had no use for the money"),
    LIST_FIELD(struct refund, items, .item = KIND_MODEL, .of = &refund_item_read),
    TEXT_FIELD(struct refund, reason, .optional = true, .example = "\"Arrived broken\""),
    TEXT_FIELD(struct refund, failure_message, .optional = true, .doc = "Why it failed"),
    TEXT_FIELD(struct refund, provider_refund_id, .optional = true, .doc = "Its id at the provider",
               .example = "\"re_3P8xYz2eZvKYlo2C1a2b3c4d\""),
    TIME_FIELD(struct refund, created_at, .example = "\"2026-11-24T09:12:00.123456Z\""),
    MAYBE_TIME_FIELD(struct refund, succeeded_at, .doc = "When it first succeeded"),
};
const struct model refund_read = MODEL("RefundRead", struct refund, read_fields);

static const struct field item_fields[] = {
    INT_FIELD(struct refund_item_wish, line, BETWEEN(0, order_lines_max - 1), .doc = "Of the order's details",
              .example = "0"),
    INT_FIELD(struct refund_item_wish, quantity, BETWEEN(1, money_max), .example = "1"),
    MAYBE_BOOL_FIELD(struct refund_item_wish, restock,
                     .doc = "Whether they can be bought again; left out: those that were not sent",
                     .example = "true"),
};
static const struct model refund_item_wish = MODEL("RefundItemCreate", struct refund_item_wish, item_fields);

static const struct field create_fields[] = {
    MAYBE_INT_FIELD(struct refund_wish, amount, BETWEEN(0, money_max),
                    .doc = "In minor units; left out: what the items cost, and `shipping`",
                    .example = "2999"),
    MAYBE_INT_FIELD(struct refund_wish, shipping, BETWEEN(0, money_max),
                    .doc = "Of what shipping cost, with its tax", .example = "0"),
    LIST_FIELD(
        struct refund_wish, items, LENGTH(1, order_lines_max), .optional = true, .may_be_null = true,
        .item = KIND_MODEL, .of = &refund_item_wish,
        .doc = "Units that are taken back. Those that were not sent come first, and are not sent any more"),
    TEXT_FIELD(struct refund_wish, reason, LENGTH(1, 500), .optional = true, .may_be_null = true,
               .doc = "For the staff alone", .example = "\"Arrived broken\""),
    MAYBE_BOOL_FIELD(struct refund_wish, notify,
                     .doc =
                         "Whether to mail the shopper, if the order has an address of mail; left out: as the "
                         "setting `mails` has it"),
};
static const struct model refund_create = MODEL("RefundCreate", struct refund_wish, create_fields);

struct refunds_path {
    struct uuid order_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct refunds_path, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model refunds_path = MODEL("RefundsPath", struct refunds_path, path_fields);

/* ---- What both ways have in common. */

/* Sets the id of a new refund. Of a request with an Idempotency-Key it is a hash of that, so that a client that repeats the
 * request after the server died finds the refund that was written. */
static void refund_set_id(const struct call *call, struct refund_request *out) {
    struct str key = request_header(call->request, idempotency_header);
    const struct refunds_path *path = call->path;
    const struct str parts[] = {{(const char *)path->order_id.bytes, sizeof path->order_id.bytes},
                                {(const char *)call->actor.id.bytes, sizeof call->actor.id.bytes},
                                key};
    uint8_t hash[sha256_size], *id = out->id.bytes;
    out->id_is_new = !key.data;
    if (out->id_is_new) {
        out->id = uuid_new(call->ctx.clock, call->ctx.random);
        return;
    }
    sha256_of_parts(parts, sizeof parts / sizeof *parts, hash);
    memcpy(id, hash, sizeof out->id.bytes);
    id[6] = (uint8_t)((id[6] & 0x0F) | 0x80); /* RFC 9562, 5.8: a UUID of our own making */
    id[8] = (uint8_t)((id[8] & 0x3F) | 0x80);
}

/* Notes that a refund was asked for. What becomes of it is the provider's, and stands with the refund. */
static enum status refund_note(struct call *call, int64_t amount) {
    const struct refunds_path *path = call->path;
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "refund", (struct str){0}, STR("wanted"));
    audit_note_int(&note, "amount", NULL, &amount);
    return audit_note_write(&note, &path->order_id);
}

/* Runs the first step. */
static enum status refund_begin(struct call *call, const struct refund_wish *wish) {
    const struct refunds_path *path = call->path;
    struct payment_flow *flow = call->state = ARENA_NEW(call->ctx.arena, struct payment_flow);
    struct refund_request request = {.order = path->order_id, .actor = &call->actor, .wish = *wish};
    if (!flow)
        return STATUS_NO_MEMORY;
    refund_set_id(call, &request);
    TRY(refund_prepare(&call->ctx, &request, flow));
    return flow->is_ended && flow->payment.amount > 0 && flow->needs_rest
               ? STATUS_OK /* it was refunded before */
               : refund_note(call, flow->wanted);
}

static enum status refund_ask_provider(struct call *call) {
    return payment_flow_call(call->api->options.provider, call->ctx.arena, call->state);
}

/* Ends the call if its flow has ended. `*answers` gets whether with what became of it, and not with an error. */
static void refund_end(struct call *call, bool *answers) {
    const struct payment_flow *flow = call->state;
    *answers = flow->is_ended && flow->failure == STATUS_OK;
    if (*answers)
        call_end(call);
    else if (flow->is_ended)
        call_fail(call, flow->failure);
}

/* ---- POST /orders/{order_id}/refund */

static enum status order_refund_answer(struct call *call) {
    const struct refunds_path *path = call->path;
    bool answers;
    refund_end(call, &answers);
    return answers ? order_find(&call->ctx, &path->order_id, call->attempt.reply) : STATUS_OK;
}

static enum status order_refund_prepare(struct call *call) {
    TRY(refund_begin(call, &(struct refund_wish){.is_rest = true}));
    return order_refund_answer(call);
}

/* Asks for the rest once more if it was refused because somebody had refunded a part at the provider, which is known now.
 * Each such round asks for less. */
static enum status order_refund_again(struct call *call, const struct payment_flow *flow) {
    const struct refunds_path *path = call->path;
    struct payment_flow *next = ARENA_NEW(call->ctx.arena, struct payment_flow);
    struct refund_request request = {
        .order = path->order_id, .actor = &call->actor, .wish = {.is_rest = true}};
    if (!next)
        return STATUS_NO_MEMORY;
    refund_set_id(call, &request);
    TRY(refund_prepare(&call->ctx, &request, next));
    next->rounds = flow->rounds + 1;
    call_again(call, next);
    return STATUS_OK;
}

static enum status order_refund_apply(struct call *call) {
    struct payment_flow *flow = call->state;
    TRY(refund_apply(&call->ctx, call->provider_status, flow));
    int64_t left = flow->payment.amount - flow->payment.refund_reserved;
    bool was_late =
        flow->is_ended && flow->failure == STATUS_PAYMENT_REFUSED && left > 0 && left < flow->wanted;
    return was_late && flow->rounds == 0 ? order_refund_again(call, flow) : order_refund_answer(call);
}

/* ---- POST /orders/{order_id}/refunds */

static enum status refund_check(struct call *call) {
    const struct refund_wish *wish = call->body;
    struct loc root = {.name = STR("body")};
    bool has_money = (wish->amount.is_set && wish->amount.value > 0) ||
                     (wish->shipping.is_set && wish->shipping.value > 0);
    if (has_money || wish->items.count > 0)
        return STATUS_OK;
    error_put(&call->errors, "value_error", &root, NULL, NULL,
              "Value error, there is nothing to give back: send an amount, items or shipping");
    return STATUS_INVALID;
}

/* Answers with the refund, as it is by now. */
static enum status part_answer(struct call *call) {
    const struct refunds_path *path = call->path;
    const struct payment_flow *flow = call->state;
    struct list all;
    bool answers;
    refund_end(call, &answers);
    if (!answers)
        return STATUS_OK;
    TRY(refunds_list(&call->ctx, &path->order_id, &all));
    const struct refund *refunds = all.data;
    for (size_t i = 0; i < all.count; i++)
        if (uuid_equal(&refunds[i].id, &flow->refund))
            *(struct refund *)call->attempt.reply = refunds[i];
    return STATUS_OK;
}

static enum status part_prepare(struct call *call) {
    TRY(refund_begin(call, call->body));
    return part_answer(call);
}

static enum status part_apply(struct call *call) {
    TRY(refund_apply(&call->ctx, call->provider_status, call->state));
    return part_answer(call);
}

/* ---- GET /orders/{order_id}/refunds */

static enum status list_refunds(struct call *call) {
    const struct refunds_path *path = call->path;
    return refunds_list(&call->ctx, &path->order_id, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/orders/{order_id}/refund",
        .summary = "Refund order",
        .doc =
            "Gives all of the money back, and the stock can be bought again. An order that is refunded already is "
            "given as it is. Where the provider cannot be reached it is refunded as soon as it can be.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_REFUND,
        .lane = LANE_WRITER,
        .path_model = &refunds_path,
        .reply = &order_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PAID, STATUS_REFUNDS_FULL,
                         STATUS_PAYMENT_REFUSED, STATUS_PROVIDER_UNAVAILABLE),
        .prepare = order_refund_prepare,
        .call = refund_ask_provider,
        .apply = order_refund_apply,
    },
    {
        .method = METHOD_POST,
        .path = "/orders/{order_id}/refunds",
        .summary = "Refund a part of an order",
        .doc =
            "Any amount up to what is left, from the first day: an `amount`, or what `items` and `shipping` cost. Several at "
            "once never give more than was paid. With the last of the money the order is `refunded`, and what was not sent is "
            "not sent any more. Where the provider cannot be reached the refund is `pending`, and made as soon as it can be. Of an order that was "
            "paid by hand it writes down that you gave the money back.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_REFUND,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &refunds_path,
        .body = &refund_create,
        .reply = &refund_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PAID, STATUS_REFUND_TOO_LARGE,
                         STATUS_REFUNDS_FULL, STATUS_PAYMENT_REFUSED, STATUS_KEY_RUNNING),
        .check = refund_check,
        .prepare = part_prepare,
        .call = refund_ask_provider,
        .apply = part_apply,
    },
    {
        .method = METHOD_GET,
        .path = "/orders/{order_id}/refunds",
        .summary = "List an order's refunds",
        .doc = "Oldest first, whoever made them, also those that failed.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_WRITER,
        .path_model = &refunds_path,
        .reply = &refund_read,
        .reply_is_list = true,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = list_refunds,
    },
};

const struct endpoint_group refund_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
