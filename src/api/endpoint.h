/* A row of the endpoint table. Router, access, validation, `Allow`, the OpenAPI document and the metrics'
 * labels all come from it, so they cannot drift apart. */
#pragma once

#include "api/call.h"
#include "shop/staff/scopes.h"

/* How long the server may keep a 200 answer that is the same for every client: until a commit changes one of
 * `topics`. A change of `lenient_topics` alone may show a little later (http/cache.h). The topics are bits of
 * the change clock. If there are none, the answer lasts as long as the program. */
struct cache_rule {
    unsigned topics, lenient_topics;
};

extern const struct cache_rule cache_catalogue, cache_settings, cache_forever;

enum access {
    ACCESS_PUBLIC,
    ACCESS_SESSION, /* acts for the shopper's session, which call->session has if there is one; with a scope also for the
                     * staff: then call_is_staff, and a session is not needed */
    ACCESS_SIGN_IN, /* public, but only where the staff is served */
    ACCESS_STAFF,   /* the owner's token, or a key or a session with the row's scope */
};

enum { error_lists_max = 2 };

struct endpoint {
    enum method method;
    const char *path; /* `/products/{product_id}`; a parameter is named as in path_model */
    const char *summary, *doc;
    enum access access;
    enum scope
        scope; /* with ACCESS_STAFF, unless any_staff: what the caller must be allowed to do. With ACCESS_SESSION:
                         * the staff that may read any shopper's; a GET */
    bool any_staff;     /* in place of a scope: any of the staff may use it */
    bool streams;       /* answers with a stream of `event`s. With any_staff: each scope opens some of them */
    bool makes_session; /* if the shopper has none yet */
    bool idempotent;    /* takes an Idempotency-Key; LANE_WRITER, and ACCESS_SESSION or ACCESS_STAFF */
    bool writes_much;   /* the writer runs it alone (struct job) */
    bool if_match;      /* takes If-Match with the ETag of a GET of its path, and answers with the new one */
    bool
        hashes; /* `call` takes the processor for long, for a password or a picture: a few threads do nothing else */
    bool refuses_cards; /* a body that holds a card's number is refused and never echoed */
    enum lane lane;
    const struct cache_rule *cache; /* of a GET; NULL: its answers are never kept */
    const struct model *path_model, *query, *body, *reply;
    const struct model *event; /* of a row that streams: to document what an event's data is */
    /* The media types, with ", " between, of a body that the handler reads itself from call->request->body; `body` is then
     * NULL. They are in the OpenAPI document and are not checked. An endpoint with neither takes no body but an empty one
     * and `{}`. */
    const char *raw_body;
    bool refuses_body; /* to document: the handler answers 422 to a raw body that it cannot use */
    /* Headers that only this kind of endpoint reads with request_header, in lower case. The server collects
     * them; one that a client sends twice is refused. Idempotency-Key follows from `idempotent`. */
    const char *headers[2];
    bool reply_is_list;
    bool paged; /* answers with X-Total-Count and Link */
    /* To document: a text that a success may have in a header of its own. */
    struct {
        const char *name, *doc;
    } reply_header;
    int http_status; /* of success; 0: 200 */
    const struct model
        *accepted; /* of a 202 that call_accept gives in place of the reply; NULL: there is none */
    /* To document beside those of access and validation; STATUS_OK ends them. With ACCESS_SESSION, the first
     * one is also the answer to a shopper without a session, who cannot have what the path or the body names.
     * NULL: the handler looks at call->session itself. */
    const enum status *errors;
    /* That a 409 may have beside `detail`, one of them; the lists themselves are left out here. */
    struct error_list error_lists[error_lists_max];
    bool for_browsers; /* a page: if the request's Accept does not prefer text/html, the path is not there */
    bool undocumented; /* left out of the OpenAPI document, as FastAPI leaves out its own pages */
    enum status (*check)(struct call *call); /* refuses what can be refused without the database; or NULL */
    /* An endpoint has `handle` alone, or three steps (call.h) of which the first has LANE_WRITER:
     *
     * - `prepare` writes down what is about to be asked of the provider. It is durable before `call` runs.
     * - `call` runs without a connection, on a thread that may wait for the provider.
     * - `apply` writes what came of it, as a transaction of its own. It always follows, if the client hung up
     *   too: call->provider_status is what `call` returned, or why it was not run. NULL: `call` answers. */
    union {
        enum status (*handle)(struct call *call);
        enum status (*prepare)(struct call *call);
    };
    enum status (*call)(struct call *call);
    enum status (*apply)(struct call *call);
};

/* The rows of one file. Its rows have its tag in the OpenAPI document, which lists groups with a `doc`. */
struct endpoint_group {
    const char *tag, *doc;
    const struct endpoint *rows;
    size_t count;
};

static inline int endpoint_http_status(const struct endpoint *e) {
    return e->http_status ? e->http_status : 200;
}

#define ERRORS(...)                                                                                          \
    (const enum status[]) {                                                                                  \
        __VA_ARGS__, STATUS_OK                                                                               \
    }

extern const struct endpoint_group search_endpoints, synonym_endpoints, product_endpoints, cart_endpoints,
    order_lookup_endpoints, order_endpoints, order_event_endpoints, fulfillment_endpoints, refund_endpoints,
    checkout_endpoints, desk_order_endpoints, phone_order_endpoints, checkout_form_endpoints,
    payment_endpoints, webhook_endpoints, desk_event_endpoints, mail_endpoints, media_endpoints,
    media_upload_endpoints, product_image_endpoints, import_endpoints, product_export_endpoints,
    staff_endpoints, member_endpoints, sign_in_endpoints, second_factor_endpoints, account_endpoints,
    settings_endpoints, shipping_endpoints, tax_endpoints, desk_page_endpoints, desk_product_endpoints,
    bulk_product_endpoints, summary_endpoints, customer_endpoints, system_endpoints;
