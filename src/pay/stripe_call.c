#include "pay/stripe_call.h"

#include "base/clock.h"
#include "base/log.h"
#include "pay/stripe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- the request ---- */

static bool is_unreserved(char c) { /* RFC 3986 §2.3 */
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void put_escaped(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (is_unreserved(text.at[i]))
            buf_put_char(out, text.at[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)text.at[i]);
}

void form_put(struct buf *form, const char *name, struct str value) {
    if (form->size > 0)
        buf_put_char(form, '&');
    put_escaped(form, str_from(name));
    buf_put_char(form, '=');
    put_escaped(form, value);
}

/* A text ended by NUL; NULL without memory. */
static const char *terminated(struct buf *text) {
    buf_put_char(text, '\0');
    return buf_ok(text) ? text->at : NULL;
}

static enum status make_request(const struct stripe_line *line, struct arena *arena,
                                const struct stripe_request *r, struct web_request *out) {
    struct buf path = buf_new(arena), key = buf_new(arena);
    buf_put_text(&path, "/v1");
    buf_put(&path, buf_str(&r->path));
    buf_put_text(&key, "Idempotency-Key: ");
    buf_put(&key, r->key);
    size_t count = 0;
    *out = (struct web_request){.path = terminated(&path)};
    if (r->post)
        out->body = buf_str(&r->form);
    out->fields[count++] = line->authorization;
    out->fields[count++] = "Stripe-Version: " STRIPE_VERSION;
    out->fields[count++] = "Accept: application/json";
    if (r->key.at)
        out->fields[count++] = terminated(&key);
    bool whole = out->path && buf_ok(&key) && buf_ok(&r->path) && buf_ok(&r->form);
    return whole ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- trying again ---- */

/* Whether another try may end better. 409: another call with this key, or on this intent, is at work. */
static bool may_retry(const struct web_reply *reply) {
    if (reply->advice != ADVICE_NONE)
        return reply->advice == ADVICE_RETRY;
    return reply->http_status == 0 || reply->http_status == 409 || reply->http_status == 429 ||
           reply->http_status >= 500;
}

/* How long to wait after try number `tried` (from 1): doubled each time; a random half of it is taken off, so
 * that those who failed together do not come back together. Never shorter than what Stripe asks for. */
static int64_t wait_after(const struct stripe_line *line, int tried, const struct web_reply *reply) {
    int64_t ms = line->wait_ms << (tried - 1);
    uint16_t chance;
    if (ms > stripe_wait_ms_max)
        ms = stripe_wait_ms_max;
    random_fill(line->random, &chance, sizeof chance);
    ms -= ms / 2 * chance / UINT16_MAX;
    return reply->retry_after_ms > ms ? reply->retry_after_ms : ms;
}

static void sleep_ms(int64_t ms) {
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* Calls until an answer is one that another try would not change, or time or tries have run out. */
static enum status call_again(const struct stripe_line *line, struct arena *arena,
                              struct web_request *request, struct web_reply *out) {
    int64_t deadline_us = monotonic_us() + (int64_t)provider_call_ms_max * 1000;
    for (int tried = 1;; tried++) {
        int64_t left_ms = (deadline_us - monotonic_us()) / 1000;
        request->limit_ms = left_ms < 1 ? 1 : left_ms < line->try_ms ? left_ms : line->try_ms;
        enum status s = web_call(line->web, arena, request, out);
        if (s != STATUS_OK || !may_retry(out) || tried == stripe_tries_max)
            return s;
        int64_t wait_ms = wait_after(line, tried, out);
        if (monotonic_us() + (wait_ms + 1) * 1000 >= deadline_us)
            return s;
        sleep_ms(wait_ms);
    }
}

/* ---- the answer ---- */

static void read_error(const json_t *object, struct stripe_error *out) {
    const json_t *error = json_object_get(object, "error");
    *out = (struct stripe_error){
        .type = json_text(error, "type"),
        .code = json_text(error, "code"),
        .message = json_text(error, "message"),
        .intent = json_object_get(error, "payment_intent"),
    };
}

/* For whoever runs the shop: what was called and what came, and nothing of what was in it. */
static enum status unavailable(const struct stripe_request *request, const struct web_reply *reply,
                               const char *what) {
    struct str path = buf_str(&request->path);
    log_warning("Stripe: %s /v1%.*s: %s (status %d, request id %s)", request->post ? "POST" : "GET",
                (int)path.size, path.at, what, reply->http_status,
                reply->request_id[0] ? reply->request_id : "none");
    return STATUS_PROVIDER_UNAVAILABLE;
}

/* What an answer means that was not tried again. */
static enum status judge(const struct stripe_request *request, const struct web_reply *reply, json_t **object,
                         struct stripe_error *error) {
    int code = reply->http_status;
    if (code == 0)
        return unavailable(request, reply, reply->problem);
    if (code == 401 || code == 403)
        return unavailable(request, reply, "it refuses the key: check TILL_STRIPE_KEY and what it may do");
    if (code == 409 || code == 429 || code >= 500)
        return unavailable(request, reply, "it is busy or has a fault");
    *object = stripe_json(reply->body);
    if (!*object)
        return unavailable(request, reply, "the answer is no JSON object");
    if (code < 300)
        return STATUS_OK;
    read_error(*object, error);
    if (code >= 400 && error->type.at)
        return STATUS_PAYMENT_REFUSED;
    return unavailable(request, reply, "the answer is neither an object nor an error of Stripe's");
}

enum status stripe_call(const struct stripe_line *line, struct arena *arena,
                        const struct stripe_request *request, json_t **object, struct stripe_error *error) {
    struct web_request raw;
    struct web_reply reply;
    *object = NULL;
    *error = (struct stripe_error){0};
    enum status s = make_request(line, arena, request, &raw);
    if (s == STATUS_OK)
        s = call_again(line, arena, &raw, &reply);
    return s == STATUS_OK ? judge(request, &reply, object, error) : s;
}
