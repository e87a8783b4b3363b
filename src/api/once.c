#include "api/once.h"

#include "model/errors.h"
#include "shop/idempotency.h"

#include <openssl/evp.h>

enum { key_bytes_max = 255 };

bool once_wanted(const struct call *call) {
    return call->endpoint->idempotent && call->request->idempotency_key.at && call->session.given;
}

enum status once_check(struct call *call) {
    struct str key = call->request->idempotency_key;
    if (!call->endpoint->idempotent || !key.at)
        return STATUS_OK;
    bool plain = key.size >= 1 && key.size <= key_bytes_max;
    for (size_t i = 0; i < key.size && plain; i++)
        plain = key.at[i] > ' ' && key.at[i] < 0x7F;
    if (plain)
        return STATUS_OK;
    struct loc where = {.name = STR("header")}, at = {.parent = &where, .name = STR("idempotency-key")};
    error_put(&call->errors, "string_pattern_mismatch", &at, NULL, "{\"pattern\":\"^[!-~]{1,255}$\"}",
              "String should match pattern '^[!-~]{1,255}$'");
    return STATUS_INVALID;
}

/* What makes two requests the same: method, path and body. */
static enum status hash_request(const struct request *r, uint8_t out[static request_hash_size]) {
    const struct str parts[] = {{(const char *)&r->method, sizeof r->method}, r->path, {"", 1}, r->body};
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool done = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && done; i++)
        done = EVP_DigestUpdate(hash, parts[i].at, parts[i].size);
    done = done && EVP_DigestFinal_ex(hash, out, NULL);
    EVP_MD_CTX_free(hash);
    return done ? STATUS_OK : STATUS_NO_MEMORY;
}

static void replay(struct call *call, const struct stored_answer *answer) {
    call->rendered = true;
    call->response.http_status = (int)answer->http_status;
    call_header(call, STR("idempotent-replayed"), STR("true"));
    call_text(call, STR("application/json"), answer->body);
}

static enum status render_answer(struct call *call, void (*render)(struct call *call),
                                 struct stored_answer *answer) {
    render(call);
    call->rendered = true;
    *answer = (struct stored_answer){call->response.http_status, call->response.body};
    return call->status;
}

/* What came of the handler for its key. A failure is not kept: it may be tried again. */
static enum status keep(struct call *call, const uint8_t hash[static request_hash_size],
                        void (*render)(struct call *call)) {
    struct stored_answer answer = {.http_status = answer_running, .body = STR("")};
    if (call->failure != STATUS_OK)
        return STATUS_OK;
    enum status s = STATUS_OK;
    if (call->ended || !call->endpoint->provide)
        s = render_answer(call, render, &answer);
    return s == STATUS_OK ? idempotency_keep(&call->tx, &call->session.key, call->request->idempotency_key,
                                             hash, &answer)
                          : s;
}

enum status once_begin(struct call *call, void (*render)(struct call *call)) {
    uint8_t hash[request_hash_size];
    struct stored_answer answer = {0};
    enum status s = hash_request(call->request, hash);
    if (s == STATUS_OK)
        s = idempotency_find(&call->tx, &call->session.key, call->request->idempotency_key, hash, &answer);
    if (s == STATUS_OK) {
        call_end(call);
        replay(call, &answer);
    }
    if (s != STATUS_NOT_FOUND)
        return s;
    s = call->status = call->endpoint->handle(call);
    return s == STATUS_OK ? keep(call, hash, render) : s;
}

enum status once_end(struct call *call, void (*render)(struct call *call)) {
    struct stored_answer answer;
    struct str key = call->request->idempotency_key;
    enum status s = call->status = call->endpoint->settle(call);
    if (s != STATUS_OK)
        return s;
    if (!call->ended)
        return STATUS_OK;
    if (call->failure != STATUS_OK)
        return idempotency_release(&call->tx, &call->session.key, key);
    s = render_answer(call, render, &answer);
    return s == STATUS_OK ? idempotency_settle(&call->tx, &call->session.key, key, &answer) : s;
}
