/* A row of the endpoint table. Router, access, validation, `Allow`, the OpenAPI document and the metrics'
 * labels all come from it, so they cannot drift apart. */
#pragma once

#include "api/call.h"

/* Whether an answer may be kept and given to others: only what is the same for everybody. */
enum cache_policy {
    CACHE_NEVER,
    CACHE_CATALOGUE, /* until a product changes */
    CACHE_LASTING,   /* as long as the program runs */
};

enum access {
    ACCESS_PUBLIC,
    ACCESS_SESSION, /* acts for the shopper's session, if there is one; call->session says */
    ACCESS_ADMIN,
};

struct endpoint {
    enum method method;
    const char *path; /* `/products/{product_id}`; a parameter is named as in path_model */
    const char *tag, *summary, *doc;
    enum access access;
    bool makes_session; /* where the shopper has none yet */
    bool idempotent;    /* takes an Idempotency-Key; RUNS_WRITE and ACCESS_SESSION */
    bool refuses_cards; /* a body that holds a card's number is refused, and not told again */
    enum runs runs;
    enum cache_policy cache; /* of its 200 answers; a GET */
    const struct model *path_model, *query, *body, *reply;
    const char *raw_body; /* the media type of a body that the handler reads itself, as it came, from
                             call->request->body; no `body` then. Told in the documents, not checked */
    bool reply_is_list;
    bool paged;                /* answers with X-Total-Count and Link */
    int http_status;           /* of success */
    const enum status *errors; /* documented ones beyond what access and validation add; ended by STATUS_OK */
    struct error_list error_list; /* what a 409 may say beside its sentence; without the list itself */
    bool undocumented;            /* not in the OpenAPI document, as FastAPI leaves out its own pages */
    enum status (*check)(struct call *call); /* NULL, or what can be refused without the database */
    enum status (*handle)(struct call *call);
    /* NULL, or the steps that follow a `handle` that RUNS_WRITE: first `provide`, on a thread that may wait
     * for the payment provider and without a connection, then `settle` as a write of its own. What handle
     * wrote is durable by then. `settle` always follows: call->provided is what provide returned, or why it
     * was not called; call_again starts over from provide. What the steps hand on to each other is
     * call->state. */
    enum status (*provide)(struct call *call);
    enum status (*settle)(struct call *call);
};

/* The rows of one file. A group without a tag has nothing to show in the documents. */
struct endpoint_group {
    const char *tag, *doc;
    const struct endpoint *rows;
    size_t count;
};

#define ERRORS(...)                                                                                          \
    (const enum status[]) {                                                                                  \
        __VA_ARGS__, STATUS_OK                                                                               \
    }

extern const struct endpoint_group search_endpoints, product_endpoints, cart_endpoints, order_endpoints,
    payment_endpoints, media_endpoints, system_endpoints;
