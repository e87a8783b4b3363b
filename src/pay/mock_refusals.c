#include "pay/mock_refusals.h"

#include "base/buf.h"
#include "pay/intent.h"

static const char invalid[] = "invalid_request_error", unexpected[] = "payment_intent_unexpected_state";

static enum status refuse(struct mock_refusal *out, const struct mock_refusal *refusal) {
    *out = *refusal;
    return refusal->message.at ? STATUS_PAYMENT_REFUSED : STATUS_NO_MEMORY;
}

/* What was written, or the absent text where there was no memory for it. */
static struct str message(const struct buf *text) {
    return buf_ok(text) ? buf_str(text) : (struct str){0};
}

/* A client's own text, as much of it as Stripe echoes. */
static int echoed(struct str text) {
    return (int)(text.size < 255 ? text.size : 255);
}

enum status refuse_unknown(struct arena *arena, const char *what, const char *param, struct str id,
                           struct mock_refusal *out) {
    struct buf text = buf_new(arena);
    buf_printf(&text, "No such %s: '%.*s'", what, echoed(id), id.at);
    return refuse(out, &(struct mock_refusal){404, invalid, "resource_missing", param, message(&text)});
}

enum status refuse_state(struct arena *arena, const char *verb, enum intent_status status,
                         struct mock_refusal *out) {
    struct buf text = buf_new(arena);
    bool cancel = verb[1] == 'a';
    buf_printf(&text, "You cannot %s this PaymentIntent because it ", verb);
    if (status == INTENT_SUCCEEDED && !cancel)
        buf_put_text(&text, "has already succeeded after being previously confirmed.");
    else
        buf_printf(&text,
                   "has a status of %s. Only a PaymentIntent with one of the following statuses may be %sed: "
                   "requires_payment_method, requires_confirmation, requires_action%s.",
                   intent_status_name(status).at, verb, cancel ? ", requires_capture, processing" : "");
    return refuse(out, &(struct mock_refusal){400, invalid, unexpected, NULL, message(&text)});
}

enum status refuse_method(struct arena *arena, struct str method, struct mock_refusal *out) {
    struct buf text = buf_new(arena);
    buf_printf(&text, "No such PaymentMethod: '%.*s'", echoed(method), method.at);
    return refuse(out,
                  &(struct mock_refusal){400, invalid, "resource_missing", "payment_method", message(&text)});
}

enum status refuse_no_method(struct mock_refusal *out) {
    return refuse(out, &(struct mock_refusal){
                           400, invalid, unexpected, NULL,
                           STR("You cannot confirm this PaymentIntent because it's missing a payment method. "
                               "You can either update the PaymentIntent with a payment method and then "
                               "confirm it again, or confirm it again directly with a payment method or "
                               "ConfirmationToken.")});
}

enum status refuse_amount(int64_t amount, struct mock_refusal *out) {
    if (amount < 1)
        return refuse(out, &(struct mock_refusal){400, invalid, "parameter_invalid_integer", "amount",
                                                  STR("This value must be greater than or equal to 1.")});
    return refuse(out, &(struct mock_refusal){400, invalid, "amount_too_large", "amount",
                                              STR("Amount must be no more than 999,999.99")});
}

enum status refuse_currency(struct arena *arena, struct str currency, struct mock_refusal *out) {
    struct buf text = buf_new(arena);
    buf_printf(&text, "Invalid currency: %.*s", echoed(currency), currency.at ? currency.at : "");
    return refuse(out, &(struct mock_refusal){400, invalid, NULL, "currency", message(&text)});
}

enum status refuse_refund(struct arena *arena, const struct mock_intent *intent, int64_t amount, int64_t left,
                          struct mock_refusal *out) {
    struct buf text = buf_new(arena);
    struct mock_refusal refusal = {400, invalid, NULL, NULL, {0}};
    if (!intent->charge.at) {
        refusal.code = unexpected;
        buf_printf(&text, "This PaymentIntent (%.*s) does not have a successful charge to refund.",
                   (int)intent->intent.id.size, intent->intent.id.at);
    } else if (left == 0) {
        refusal.code = "charge_already_refunded";
        buf_printf(&text, "Charge %.*s has already been refunded.", (int)intent->charge.size,
                   intent->charge.at);
    } else {
        refusal.param = "amount";
        buf_printf(&text,
                   "Refund amount (%lld minor units) is greater than unrefunded amount on charge (%lld)",
                   (long long)amount, (long long)left);
    }
    refusal.message = message(&text);
    return refuse(out, &refusal);
}

enum status refuse_key(struct arena *arena, struct str key, struct mock_refusal *out) {
    struct buf text = buf_new(arena);
    buf_printf(&text,
               "Keys for idempotent requests can only be used with the same parameters they were first used "
               "with. Try using a key other than '%.*s' if you meant to execute a different request.",
               echoed(key), key.at);
    return refuse(out, &(struct mock_refusal){400, "idempotency_error", NULL, NULL, message(&text)});
}
