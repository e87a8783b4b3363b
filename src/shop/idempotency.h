/* Idempotency keys: the answer to a request, kept in the transaction of its effect, so that the same request
 * with the same key gets the same answer and no second effect (draft-ietf-httpapi-idempotency-key-header).
 * Only successes are kept: what failed changed nothing, and may be tried again with its key. */
#pragma once

#include "shop/tx.h"

enum { request_hash_size = 32 };

#define idempotency_keep_us (INT64_C(24) * 3600 * 1000000)

struct stored_answer {
    int64_t http_status;
    struct str body;
};

/* The answer kept for a session's key. STATUS_NOT_FOUND where there is none; STATUS_KEY_REUSED where the key
 * came with another request, of which `request` is the hash. */
MUST_CHECK enum status idempotency_find(struct tx *tx, const struct uuid *session, struct str key,
                                        const uint8_t request[static request_hash_size],
                                        struct stored_answer *out);

MUST_CHECK enum status idempotency_keep(struct tx *tx, const struct uuid *session, struct str key,
                                        const uint8_t request[static request_hash_size],
                                        const struct stored_answer *answer);

/* Removes up to `limit` keys older than idempotency_keep_us; `removed` gets how many. */
MUST_CHECK enum status idempotency_sweep(struct tx *tx, int64_t limit, int64_t *removed);
