/* Idempotency-Key: a request that is sent again with its key gets the answer that it got the first time. */
#pragma once

#include "api/endpoint.h"

extern const struct str idempotency_header;

/* What a key looks like: printable ASCII without blanks. */
#define IDEMPOTENCY_PATTERN "^[!-~]{1,255}$"

/* Returns whether the answer of this call is kept: its endpoint takes a key, the client sent one, and it has
 * a session. */
bool idempotency_wanted(const struct call *call);

/* Checks the form of the key. STATUS_INVALID, with the error appended to call->errors. */
MUST_CHECK enum status idempotency_check(struct call *call);

/* Runs `prepare` for a key, in the call's transaction, unless the key has an answer: then the response is
 * that answer. Keeps the new answer, or a mark that the call is running if steps follow. STATUS_KEY_REUSED,
 * STATUS_KEY_RUNNING, or what `prepare` returns. */
MUST_CHECK enum status idempotency_prepare(struct call *call);

/* Runs `apply` and keeps its answer for the key; if the call failed, removes the key instead. */
MUST_CHECK enum status idempotency_apply(struct call *call);
