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

enum status once_perform(struct call *call, void (*render)(struct call *call)) {
    uint8_t hash[request_hash_size];
    struct stored_answer answer = {0};
    struct str key = call->request->idempotency_key;
    enum status s = hash_request(call->request, hash);
    if (s == STATUS_OK)
        s = idempotency_find(&call->tx, &call->session.key, key, hash, &answer);
    if (s == STATUS_OK)
        replay(call, &answer);
    if (s != STATUS_NOT_FOUND)
        return s;
    s = call->status = call->endpoint->handle(call);
    if (s != STATUS_OK)
        return s;
    render(call);
    call->rendered = true;
    answer = (struct stored_answer){call->response.http_status, call->response.body};
    return call->status == STATUS_OK ? idempotency_keep(&call->tx, &call->session.key, key, hash, &answer)
                                     : call->status;
}
