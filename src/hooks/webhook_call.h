/* One try to deliver an event: a POST that is signed by Standard Webhooks 1.0.0 (standard-webhooks/standard-webhooks,
 * spec/standard-webhooks.md).
 *
 *     webhook-id: 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e       of the event: the same on every try
 *     webhook-timestamp: 1764369000                          of this try
 *     webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
 *
 * A signature is an HMAC-SHA256 of `id.timestamp.body` in base64. While a secret is being changed there are two. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/uuid.h"

enum {
    webhook_secret_size = 32,
    webhook_secret_text_size = 6 + 44, /* `whsec_` and base64 */
    webhook_url_max = 1000,            /* bytes */
    webhook_answer_max = 1024,         /* bytes of an answer that are kept */
    webhook_limit_ms = 15000,          /* of a try */
};

struct webhook_call {
    struct str url;
    struct uuid event;
    int64_t at_us; /* microseconds since 1970 */
    struct str body;
    struct str secret,
        secret_before;        /* webhook_secret_size bytes; the second one is absent if it no longer counts */
    bool insecure;            /* as in webhook_url_is_allowed */
    const _Atomic bool *stop; /* as in net/http_client.h */
};

struct webhook_result {
    int http_status;        /* 0: no answer */
    struct str body;        /* the first webhook_answer_max bytes of it, in the arena; valid UTF-8 */
    int64_t retry_after_ms; /* -1: the receiver did not say */
    const char *problem;    /* why there is no answer: static text */
    bool is_stopped;        /* the call was given up because of `stop` */
};

/* Writes a secret as the receiver's library takes it, without a NUL. */
void webhook_secret_format(struct str secret, char out[static webhook_secret_text_size]);

/* Whether events may be sent to this URL: https with a host, and without a user. Where its name leads is looked at
 * when it is called. `insecure` allows http too, and private addresses. */
bool webhook_url_is_allowed(struct str url, bool insecure);

/* Sends. Blocks for up to webhook_limit_ms. Redirects are not followed, and nothing is sent to a private address
 * (net/public_address.h). STATUS_OK with the result, whatever it is; STATUS_NO_MEMORY. */
MUST_CHECK enum status webhook_call_run(struct arena *arena, const struct webhook_call *call,
                                        struct webhook_result *out);
