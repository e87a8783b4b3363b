/* Calls that end exactly once, over a network that loses requests and answers.
 *
 * A lost answer leaves open whether Stripe did what was asked. So a call is never just repeated: every POST
 * that must not be done twice carries an Idempotency-Key that depends only on our payment (pay/intent.h).
 * Stripe keeps a key with its answer for a day at least, and gives the stored answer to each later try.
 *
 *     try 1 ── no answer ──┐
 *                          wait 250–500 ms
 *     try 2 ── 503 ────────┐
 *                          wait 500–1000 ms, or as long as Retry-After asks
 *     try 3 ── 200 ── done
 *
 * Tried again: no whole answer, 409 (another call holds the key or the intent), 429 and 5xx, unless the header
 * Stripe-Should-Retry decides. There are at most stripe_tries_max tries, and no try starts if the wait
 * before it would end after provider_call_ms_max. The waits sum up to 500+1000+2000+4000+8000 = 15.5 s at most.
 *
 * When the tries are used up the result is STATUS_PROVIDER_UNAVAILABLE. The payment stays open, and the
 * reconciler asks again later with the same key. */
#include "pay/stripe/stripe_client.h"

#include "base/clock.h"
#include "base/log.h"
#include "pay/provider.h"

/* For a request of some hundred bytes; an answer of http_reply_bytes_max, doubled while it grows, from up to
 * stripe_tries_max tries; and its tree: json_values_max values of 80 bytes are 1.3 MB. */
enum { stripe_arena_bytes_max = 8 * 1024 * 1024 };

/* ---- the request ---- */

void stripe_call_begin(struct stripe_call *call, bool post, const char *path) {
    *call = (struct stripe_call){.post = post,
                                 .deadline_us = monotonic_us() + (int64_t)provider_call_ms_max * 1000};
    arena_init(&call->arena, stripe_arena_bytes_max);
    call->path = buf_new(&call->arena);
    call->form = buf_new(&call->arena);
    buf_put_text(&call->path, "/v1");
    buf_put_text(&call->path, path);
}

void stripe_call_end(struct stripe_call *call) {
    arena_free(&call->arena);
}

static bool is_unreserved(char c) { /* RFC 3986 §2.3 */
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void form_put_escaped(struct buf *form, struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (is_unreserved(text.data[i]))
            buf_put_char(form, text.data[i]);
        else
            buf_printf(form, "%%%02X", (unsigned char)text.data[i]);
}

void stripe_call_field(struct stripe_call *call, const char *name, struct str value) {
    if (call->form.size > 0)
        buf_put_char(&call->form, '&');
    form_put_escaped(&call->form, str_from(name));
    buf_put_char(&call->form, '=');
    form_put_escaped(&call->form, value);
}

static enum status stripe_make_request(const struct stripe_client *client, struct stripe_call *call,
                                       struct http_client_request *out) {
    struct buf key = buf_new(&call->arena);
    size_t count = 0;
    buf_printf(&key, "Idempotency-Key: %.*s", (int)call->key.size, call->key.data ? call->key.data : "");
    buf_put_char(&key, '\0');
    buf_put_char(&call->path, '\0');
    if (!buf_ok(&key) || !buf_ok(&call->path) || !buf_ok(&call->form))
        return STATUS_NO_MEMORY;
    *out = (struct http_client_request){.path = call->path.data};
    if (call->post)
        out->body = call->form.size > 0 ? buf_str(&call->form) : STR("");
    out->fields[count++] = client->authorization;
    out->fields[count++] = "Stripe-Version: " STRIPE_VERSION;
    out->fields[count++] = "Accept: application/json";
    if (call->key.data)
        out->fields[count++] = key.data;
    return STATUS_OK;
}

/* ---- tries ---- */

/* Whether another try may end better. */
static bool stripe_may_retry(const struct http_client_reply *reply) {
    if (reply->advice != ADVICE_NONE)
        return reply->advice == ADVICE_RETRY;
    return reply->http_status == 0 || reply->http_status == 409 || reply->http_status == 429 ||
           reply->http_status >= 500;
}

/* How long to wait after try number `tried` (from 1). Chance takes off up to half, so that clients that failed
 * together do not come back together. Never shorter than Stripe's Retry-After. */
static int64_t stripe_wait_ms(const struct stripe_client *client, int tried,
                              const struct http_client_reply *reply) {
    int64_t ms = client->wait_ms << (tried - 1);
    uint16_t chance;
    if (ms > stripe_wait_ms_max)
        ms = stripe_wait_ms_max;
    random_fill(client->random, &chance, sizeof chance);
    ms -= ms / 2 * chance / UINT16_MAX;
    return reply->retry_after_ms > ms ? reply->retry_after_ms : ms;
}

/* Tries until an answer comes that another try would not change, or until time or tries run out. */
static enum status stripe_try(const struct stripe_client *client, struct stripe_call *call,
                              struct http_client_request *request, struct http_client_reply *out) {
    for (int tried = 1;; tried++) {
        int64_t left_ms = (call->deadline_us - monotonic_us()) / 1000;
        request->limit_ms = left_ms < 1 ? 1 : left_ms < client->try_ms ? left_ms : client->try_ms;
        enum status s = http_client_call(client->http_client, &call->arena, request, out);
        if (s != STATUS_OK || !stripe_may_retry(out) || tried == stripe_tries_max)
            return s;
        int64_t wait_ms = stripe_wait_ms(client, tried, out);
        if (monotonic_us() + (wait_ms + 1) * 1000 >= call->deadline_us)
            return s;
        sleep_us(wait_ms * 1000);
    }
}

/* ---- the answer ---- */

/* A text of Stripe's for `%.*s` in the log, as much of it as a line may have. */
#define STRIPE_LOGGED(text) (int)utf8_limit((text), stripe_logged_bytes_max), (text).data

static void stripe_read_error(const struct json *object, struct stripe_error *out) {
    const struct json *error = json_member_object(object, "error");
    *out = (struct stripe_error){
        .type = json_member_text(error, "type"),
        .code = json_member_text(error, "code"),
        .message = json_member_text(error, "message"),
        .param = json_member_text(error, "param"),
        .intent = json_member_object(error, "payment_intent"),
    };
}

bool stripe_error_is_contact(const struct stripe_error *error) {
    return str_starts(error->param, STR("shipping")) || str_starts(error->param, STR("receipt_email")) ||
           str_equal(error->code, STR("email_invalid"));
}

/* Logs what was called and what came, for the shop's operator, and nothing of what was inside. */
static enum status stripe_unavailable(const struct stripe_call *call, const struct http_client_reply *reply,
                                      const char *problem) {
    log_warning("Stripe: %s %s: %s (status %d, request id %s)", call->post ? "POST" : "GET", call->path.data,
                problem, reply->http_status, reply->request_id[0] ? reply->request_id : "none");
    return STATUS_PROVIDER_UNAVAILABLE;
}

/* Logs a refusal that is the shop's fault and not the card's, for its operator: the shopper sees no reason. Refusals
 * that the flow of a payment expects, because the intent has moved on, are not logged. If Stripe refuses the shopper's
 * address, its message quotes that: the parameter's name is logged in its place. */
static void stripe_log_refusal(const struct stripe_call *call, const struct http_client_reply *reply) {
    static const char *const expected[] = {"payment_intent_unexpected_state", "charge_already_refunded"};
    const struct stripe_error *e = &call->error;
    bool is_expected = str_equal(e->type, STR("card_error")) || str_equal(e->type, STR("idempotency_error"));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        is_expected = is_expected || str_equal(e->code, str_from(expected[i]));
    if (is_expected)
        return;
    bool is_contact = stripe_error_is_contact(e);
    struct str code = e->code.data ? e->code : STR("no code"), message = is_contact ? e->param : e->message;
    log_warning("Stripe: %s %s: refused: %.*s, %.*s: %.*s%s (status %d, request id %s)",
                call->post ? "POST" : "GET", call->path.data, STRIPE_LOGGED(e->type), STRIPE_LOGGED(code),
                STRIPE_LOGGED(message.data ? message : STR("no message")),
                is_contact ? "; the payment is created without the order's contact" : "", reply->http_status,
                reply->request_id[0] ? reply->request_id : "none");
}

/* Reads the answer of the last try. */
static enum status stripe_read_answer(struct stripe_call *call, const struct http_client_reply *reply) {
    int code = reply->http_status;
    if (code == 0)
        return stripe_unavailable(call, reply, reply->problem);
    if (code == 401 || code == 403)
        return stripe_unavailable(call, reply,
                                  "it refuses the key: check TILL_STRIPE_KEY and what it may do");
    if (code == 409 || code == 429 || code >= 500)
        return stripe_unavailable(call, reply, "it is busy or has a fault");
    enum status s = stripe_object_read(&call->arena, reply->body, &call->object);
    if (s == STATUS_BAD_EVENT)
        return stripe_unavailable(call, reply, "the answer is not a JSON object");
    if (s != STATUS_OK || code < 300)
        return s;
    stripe_read_error(call->object, &call->error);
    if (code >= 400 && call->error.type.data) {
        stripe_log_refusal(call, reply);
        return STATUS_PAYMENT_REFUSED;
    }
    return stripe_unavailable(call, reply, "the answer is neither an object nor an error of Stripe's");
}

enum status stripe_client_call(const struct stripe_client *client, struct stripe_call *call) {
    struct http_client_request request;
    struct http_client_reply reply;
    TRY(stripe_make_request(client, call, &request));
    TRY(stripe_try(client, call, &request, &reply));
    return stripe_read_answer(call, &reply);
}
