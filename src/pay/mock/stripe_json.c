/* Objects are written by format, member after member in one literal: `%s` and `%.*s` stand only for texts that
 * need no escapes (ids, states, and the tables of this program). A text from a client goes through
 * buf_put_json. */
#include "pay/mock/stripe_json.h"

#include "pay/intent.h"
#include "pay/intent_json.h"

#include <string.h>

#define TEXT(text) (int)(text).size, (text).data

/* The id of an intent's charge, for `ch_%.*s`: the characters that stand in the intent's own id behind `pi_`. */
#define CHARGE(i) TEXT(str_skip((i)->intent.id, 3))

/* Writes those of our ids that are not zero. */
static void put_metadata(struct buf *out, const char *const names[], const struct uuid *const ids[],
                         size_t count) {
    static const struct uuid zero;
    const char *comma = "";
    buf_put_text(out, "\"metadata\":{");
    for (size_t n = 0; n < count; n++) {
        char text[uuid_text_size];
        if (uuid_equal(ids[n], &zero))
            continue;
        uuid_format(ids[n], text);
        buf_printf(out, "%s\"%s\":\"%.*s\"", comma, names[n], uuid_text_size, text);
        comma = ",";
    }
    buf_put_char(out, '}');
}

static void put_intent_metadata(struct buf *out, const struct mock_intent *i) {
    put_metadata(out, (const char *[]){"till_payment", "till_order"},
                 (const struct uuid *[]){&i->intent.payment, &i->order}, 2);
}

static void put_card(struct buf *out, const struct test_method *method) {
    buf_printf(out, "\"card\":{\"brand\":\"%s\",\"last4\":\"%s\"}", method->brand, method->last4);
}

/* Writes a format in which each % stands for the next of the texts, which is null if it is empty. */
static void mock_put_texts(struct buf *out, const char *format, const struct str *texts) {
    for (; *format; format++) {
        if (*format != '%')
            buf_put_char(out, *format);
        else if (texts->size > 0)
            buf_put_json(out, *texts++);
        else
            buf_put_text(out, "null"), texts++;
    }
}

/* Writes `receipt_email` and `shipping`, which is null if no name was told. */
static void put_contact(struct buf *out, const struct intent_contact *contact) {
    mock_put_texts(out, "\"receipt_email\":%,\"shipping\":", &contact->fields[CONTACT_RECEIPT_EMAIL]);
    if (contact->fields[CONTACT_NAME].size == 0)
        buf_put_text(out, "null");
    else /* in the order of enum contact_field */
        mock_put_texts(out,
                       "{\"name\":%,\"phone\":%,\"address\":{\"line1\":%,\"line2\":%,\"city\":%,\"state\":%,"
                       "\"postal_code\":%,\"country\":%},\"carrier\":null,\"tracking_number\":null}",
                       &contact->fields[CONTACT_NAME]);
}

static void put_charge(struct buf *out, const struct mock_intent *i) {
    buf_printf(out,
               "{\"id\":\"ch_%.*s\",\"object\":\"charge\",\"amount\":%lld,\"amount_captured\":%lld,"
               "\"amount_refunded\":%lld,\"captured\":true,\"created\":%lld,\"currency\":\"%.*s\","
               "\"livemode\":false,",
               CHARGE(i), (long long)i->intent.amount, (long long)i->intent.received,
               (long long)i->intent.refunded, (long long)i->created_s, TEXT(i->intent.currency));
    put_intent_metadata(out, i);
    buf_printf(out,
               ",\"paid\":true,\"payment_intent\":\"%.*s\",\"payment_method\":\"%s\","
               "\"payment_method_details\":{",
               TEXT(i->intent.id), i->method->id);
    put_card(out, i->method);
    buf_put_text(out, ",\"type\":\"card\"},");
    put_contact(out, &i->contact);
    buf_printf(out, ",\"refunded\":%s,\"status\":\"succeeded\"}",
               i->intent.refunded == i->intent.amount ? "true" : "false");
}

/* The members of a decline, for last_payment_error and for errors. */
static void put_failure(struct buf *out, const struct test_method *method) {
    buf_printf(out, "\"type\":\"card_error\",\"code\":\"%s\",\"decline_code\":\"%s\",\"message\":\"%s\",",
               method->code, method->decline_code, method->message);
    buf_printf(out, "\"payment_method\":{\"id\":\"%s\",\"object\":\"payment_method\",", method->id);
    put_card(out, method);
    buf_put_text(out, ",\"type\":\"card\"}");
}

void stripe_json_intent(struct buf *out, const struct mock_intent *i, bool expand_charge) {
    bool needs_action = i->intent.status == INTENT_REQUIRES_ACTION;
    buf_printf(out,
               "{\"id\":\"%.*s\",\"object\":\"payment_intent\",\"amount\":%lld,\"amount_capturable\":0,"
               "\"amount_received\":%lld,"
               "\"automatic_payment_methods\":{\"allow_redirects\":\"never\",\"enabled\":true},"
               "\"capture_method\":\"automatic_async\",\"client_secret\":\"%.*s\","
               "\"confirmation_method\":\"automatic\",\"created\":%lld,\"currency\":\"%.*s\","
               "\"last_payment_error\":",
               TEXT(i->intent.id), (long long)i->intent.amount, (long long)i->intent.received,
               TEXT(i->intent.client_secret), (long long)i->created_s, TEXT(i->intent.currency));
    if (i->intent.failure_code.data) {
        buf_put_char(out, '{');
        put_failure(out, i->method);
        buf_put_char(out, '}');
    } else {
        buf_put_text(out, "null");
    }
    buf_put_text(out, ",\"latest_charge\":");
    if (i->intent.status != INTENT_SUCCEEDED)
        buf_put_text(out, "null");
    else if (expand_charge)
        put_charge(out, i);
    else
        buf_printf(out, "\"ch_%.*s\"", CHARGE(i));
    buf_put_text(out, ",\"livemode\":false,");
    put_intent_metadata(out, i);
    buf_printf(out, ",\"next_action\":%s,\"payment_method\":",
               needs_action
                   ? "{\"type\":\"use_stripe_sdk\",\"use_stripe_sdk\":{\"type\":\"three_d_secure_redirect\"}}"
                   : "null");
    if (i->method && !i->intent.failure_code.data) /* a declined method is taken off its intent */
        buf_printf(out, "\"%s\"", i->method->id);
    else
        buf_put_text(out, "null");
    buf_put_text(out, ",\"payment_method_types\":[\"card\"],");
    put_contact(out, &i->contact);
    buf_printf(out, ",\"status\":\"%s\"}", intent_status_name(i->intent.status).data);
}

void stripe_json_refund(struct buf *out, const struct mock_intent *i, const struct mock_refund *r) {
    buf_printf(
        out,
        "{\"id\":\"%.*s\",\"object\":\"refund\",\"amount\":%lld,\"charge\":\"ch_%.*s\",\"created\":%lld,"
        "\"currency\":\"%.*s\",",
        TEXT(r->id), (long long)r->amount, CHARGE(i), (long long)r->created_s, TEXT(i->intent.currency));
    put_metadata(out, (const char *[]){"till_refund"}, (const struct uuid *[]){&r->till_refund}, 1);
    buf_printf(out, ",\"payment_intent\":\"%.*s\",\"reason\":null,", TEXT(i->intent.id));
    if (r->is_failed)
        buf_put_text(out, "\"failure_reason\":\"expired_or_canceled_card\",");
    buf_printf(out, "\"status\":\"%s\"}", r->is_failed ? "failed" : "succeeded");
}

static void put_error_end(struct buf *out, const struct mock_intent *i) {
    if (i->intent.id.data) {
        buf_put_text(out, ",\"payment_intent\":");
        stripe_json_intent(out, i, false);
    }
    buf_put_text(out, "}}");
}

void stripe_json_refusal(struct buf *out, const struct mock_refusal *refusal,
                         const struct mock_intent *intent) {
    buf_printf(out, "{\"error\":{\"type\":\"%s\"", refusal->type);
    if (refusal->code)
        buf_printf(out, ",\"code\":\"%s\"", refusal->code);
    if (refusal->param)
        buf_printf(out, ",\"param\":\"%s\"", refusal->param);
    buf_put_text(out, ",\"message\":");
    buf_put_json(out, refusal->message);
    put_error_end(out, intent);
}

void stripe_json_decline(struct buf *out, const struct mock_intent *intent) {
    buf_put_text(out, "{\"error\":{");
    put_failure(out, intent->method);
    put_error_end(out, intent);
}

void stripe_json_event(struct buf *out, struct str id, const char *version, const char *type,
                       const struct mock_intent *intent, int64_t created_s) {
    buf_printf(out,
               "{\"id\":\"%.*s\",\"object\":\"event\",\"api_version\":\"%s\",\"created\":%lld,"
               "\"data\":{\"object\":",
               TEXT(id), version, (long long)created_s);
    if (strncmp(type, "charge.", 7) == 0)
        put_charge(out, intent);
    else
        stripe_json_intent(out, intent, false);
    buf_printf(out,
               "},\"livemode\":false,\"pending_webhooks\":1,"
               "\"request\":{\"id\":null,\"idempotency_key\":null},\"type\":\"%s\"}",
               type);
}
