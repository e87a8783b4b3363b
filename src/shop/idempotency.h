/* Idempotency keys: the answer to a request is kept in the transaction of its effect. So the same request
 * with the same key gets the same answer and has no second effect
 * (draft-ietf-httpapi-idempotency-key-header).
 *
 * A key belongs to one session. Only successes are kept: what failed changed nothing, or may be tried again
 * with its key. idempotency.c explains requests of several transactions. */
#pragma once

#include "shop/shop_ctx.h"

enum { request_hash_size = 32 };

#define idempotency_keep_us (INT64_C(24) * 3600 * 1000000)

/* 240 s: longer than any request runs. The longest one, create_intent, makes six calls of 30 s at most
 * (provider_call_ms_max) in two rounds. Each round waits in the provider's line for 10 s or so and for the writer. */
#define idempotency_lease_us (INT64_C(240) * 1000000)

enum { answer_running = 0 }; /* an http_status: there is no answer yet */

struct stored_answer {
    int64_t http_status;
    struct str body;
};

/* Finds the answer kept for a session's key. `request` is the hash of the request that came with it.
 * STATUS_NOT_FOUND if there is no answer, so the request may run; STATUS_KEY_REUSED if the key came with
 * another request before; STATUS_KEY_RUNNING if that request is not over. Until the transaction ends, others
 * of the same key wait. */
MUST_CHECK enum status idempotency_find(struct shop_ctx *ctx, const struct uuid *session, struct str key,
                                        const uint8_t request[static request_hash_size],
                                        struct stored_answer *out);

/* Keeps an answer, or the key as running (answer_running). A key that runs already is taken over. */
MUST_CHECK enum status idempotency_keep(struct shop_ctx *ctx, const struct uuid *session, struct str key,
                                        const uint8_t request[static request_hash_size],
                                        const struct stored_answer *answer);

/* Keeps the answer of a key that is running. */
MUST_CHECK enum status idempotency_complete(struct shop_ctx *ctx, const struct uuid *session, struct str key,
                                            const struct stored_answer *answer);

/* Removes a key that is running, so that the request may be tried again. */
MUST_CHECK enum status idempotency_release(struct shop_ctx *ctx, const struct uuid *session, struct str key);

/* Removes all keys that are running: for a server that starts, because no request survived the last one. */
MUST_CHECK enum status idempotency_release_all(struct shop_ctx *ctx);

/* Removes up to `limit` keys older than idempotency_keep_us; `removed` gets how many. */
MUST_CHECK enum status idempotency_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
