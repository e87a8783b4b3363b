/* What a key does to a call. A key belongs to a session and is kept with a hash of its request:
 *
 *     the kept row             another hash    same hash
 *     no row (kept for 24 h)   —               run the call
 *     running, within a lease  422             409: it is still running
 *     running, lease over      422             run the call: its server must have died
 *     answered                 422             the kept answer again, with Idempotent-Replayed: true
 *
 * An endpoint with one step writes its effect and the answered row in one transaction, so neither is there
 * without the other. With three steps, `prepare` writes the row as running, in the transaction of its effect,
 * and `apply` writes the answer into it, or deletes it if the call failed, so that a retry runs again. A
 * server that dies in between leaves the running row, and the lease (shop/idempotency.h) lets a later retry
 * take it over. */
#include "api/idempotency.h"

#include "base/crypto/sha.h"
#include "model/errors.h"
#include "shop/idempotency.h"

enum { key_bytes_max = 255 };

const struct str idempotency_header = {"idempotency-key", sizeof "idempotency-key" - 1};

static struct str idempotency_key(const struct call *call) {
    return request_header(call->request, idempotency_header);
}

bool idempotency_wanted(const struct call *call) {
    return call->endpoint->idempotent && idempotency_key(call).data && call->session.is_set;
}

enum status idempotency_check(struct call *call) {
    struct str key = idempotency_key(call);
    if (!call->endpoint->idempotent || !key.data)
        return STATUS_OK;
    bool plain = key.size >= 1 && key.size <= key_bytes_max;
    for (size_t i = 0; i < key.size && plain; i++)
        plain = key.data[i] > ' ' && key.data[i] < 0x7F;
    if (plain)
        return STATUS_OK;
    struct loc where = {.name = STR("header")}, at = {.parent = &where, .name = STR("idempotency-key")};
    error_put(&call->errors, "string_pattern_mismatch", &at, NULL,
              "{\"pattern\":\"" IDEMPOTENCY_PATTERN "\"}", "String should match pattern '%s'",
              IDEMPOTENCY_PATTERN);
    return STATUS_INVALID;
}

/* Hashes what makes two requests the same: method, path and body. The NUL between path and body keeps `/a`
 * with body `bc` apart from `/ab` with `c`. */
static void idempotency_hash_request(const struct request *r, uint8_t out[static request_hash_size]) {
    const struct str parts[] = {{(const char *)&r->method, sizeof r->method}, r->path, {"", 1}, r->body};
    sha256_of_parts(parts, sizeof parts / sizeof *parts, out);
}

static void idempotency_replay(struct call *call, const struct stored_answer *answer) {
    call->attempt.rendered = true;
    call->attempt.response.http_status = (int)answer->http_status;
    call_header(call, STR("idempotent-replayed"), STR("true"));
    if (answer->body.size > 0)
        call_text(call, STR("application/json"), answer->body);
}

static enum status idempotency_render(struct call *call, struct stored_answer *answer) {
    TRY(call_render(call));
    call->attempt.rendered = true;
    struct str body = call->attempt.response.body; /* absent if the endpoint has no reply: a 204 */
    *answer = (struct stored_answer){call->attempt.response.http_status, body.data ? body : STR("")};
    return STATUS_OK;
}

/* Keeps the answer of the first step, or that the call is running if more steps follow. A failure is not
 * kept, so the client may try again. */
static enum status idempotency_keep_answer(struct call *call, const uint8_t hash[static request_hash_size]) {
    struct stored_answer answer = {.http_status = answer_running, .body = STR("")};
    if (call->attempt.failure != STATUS_OK)
        return STATUS_OK;
    enum status s = STATUS_OK;
    if (call->attempt.ended || !call->endpoint->call)
        s = idempotency_render(call, &answer);
    return s == STATUS_OK
               ? idempotency_keep(&call->ctx, &call->session.key, idempotency_key(call), hash, &answer)
               : s;
}

enum status idempotency_prepare(struct call *call) {
    uint8_t hash[request_hash_size];
    struct stored_answer answer = {0};
    idempotency_hash_request(call->request, hash);
    enum status s = idempotency_find(&call->ctx, &call->session.key, idempotency_key(call), hash, &answer);
    if (s == STATUS_OK) {
        call_end(call);
        idempotency_replay(call, &answer);
    }
    if (s != STATUS_NOT_FOUND)
        return s;
    s = call->status = call->endpoint->prepare(call);
    return s == STATUS_OK ? idempotency_keep_answer(call, hash) : s;
}

enum status idempotency_apply(struct call *call) {
    struct stored_answer answer;
    struct str key = idempotency_key(call);
    call->status = call->endpoint->apply(call);
    TRY(call->status);
    if (!call->attempt.ended)
        return STATUS_OK;
    if (call->attempt.failure != STATUS_OK)
        return idempotency_release(&call->ctx, &call->session.key, key);
    enum status s = idempotency_render(call, &answer);
    return s == STATUS_OK ? idempotency_complete(&call->ctx, &call->session.key, key, &answer) : s;
}
