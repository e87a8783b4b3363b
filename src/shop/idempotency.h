/* Idempotency keys: the answer to a request, kept in the transaction of its effect, so that the same request
 * with the same key gets the same answer and no second effect (draft-ietf-httpapi-idempotency-key-header).
 * Only successes are kept: what failed changed nothing, or may be tried again with its key.
 *
 * A request of several transactions keeps its key as running from the first to the last of them, so that the
 * same one at the same time is told to wait. One that was cut off by a crash lets its key go after a lease,
 * or when its server starts again. What takes a key has effects that repeat well, so two that run at once
 * after all do no harm. */
#pragma once

#include "shop/tx.h"

enum { request_hash_size = 32 };

#define idempotency_keep_us (INT64_C(24) * 3600 * 1000000)

/* Longer than any request runs: its waits for the writer and for the provider, and three of its calls. */
#define idempotency_lease_us (INT64_C(120) * 1000000)

enum { answer_running = 0 }; /* for http_status: there is no answer yet */

struct stored_answer {
    int64_t http_status;
    struct str body;
};

/* The answer kept for a session's key. STATUS_NOT_FOUND where there is none; STATUS_KEY_REUSED where the key
 * came with another request, of which `request` is the hash; STATUS_KEY_RUNNING. */
MUST_CHECK enum status idempotency_find(struct tx *tx, const struct uuid *session, struct str key,
                                        const uint8_t request[static request_hash_size],
                                        struct stored_answer *out);

MUST_CHECK enum status idempotency_keep(struct tx *tx, const struct uuid *session, struct str key,
                                        const uint8_t request[static request_hash_size],
                                        const struct stored_answer *answer);

/* The answer of a key that is kept as running. */
MUST_CHECK enum status idempotency_settle(struct tx *tx, const struct uuid *session, struct str key,
                                          const struct stored_answer *answer);

/* Lets a key go that is kept as running. */
MUST_CHECK enum status idempotency_release(struct tx *tx, const struct uuid *session, struct str key);

/* Lets every key go that is kept as running: for a server that starts, whose requests all came to an end. */
MUST_CHECK enum status idempotency_release_all(struct tx *tx);

/* Removes up to `limit` keys older than idempotency_keep_us; `removed` gets how many. */
MUST_CHECK enum status idempotency_sweep(struct tx *tx, int64_t limit, int64_t *removed);
