/* The API: takes a request through its row of the endpoint table. A program has one, or two if
 * the staff has a listener of its own. Once open it is read-only, so any thread may use it. */
#pragma once

#include "api/access.h"
#include "api/endpoint.h"
#include "base/metrics.h"

/* All groups of the shop's endpoints, in the order of the documents. NULL ends them. */
extern const struct endpoint_group *const shop_endpoints[];

/* All of these outlive the API. */
struct api_options {
    /* shop_endpoints, or a test's own. If several rows match a path, the first one is used. */
    const struct endpoint_group *const *groups;
    const struct clock *clock;
    const struct random *random; /* safe from any thread */
    const struct metrics *metrics;
    const struct shop_settings *settings;
    struct cart_touches *cart_touches;       /* NULL if no chores run */
    const struct mail_settings *mails;       /* NULL: mails are held */
    struct event_interest *interest;         /* which events are recorded; NULL: none */
    struct settings_memory *settings_memory; /* NULL: settings are read each time */
    bool takes_imports;                      /* an importer works beside the server */
    struct summary_memory *summaries;        /* NULL: they are read each time */
    struct broadcast *events;                /* that streams are fed from; NULL: there are no streams */
    bool webhook_insecure;                   /* webhooks may have private addresses, and no TLS */
    const char *desk_url;                    /* where the staff signs in; NULL: at /admin of this server */
    struct lost_keys *lost_keys;             /* the same */
    struct provider *provider;               /* NULL if no endpoint calls one */
    const _Atomic bool *draining;            /* once true, the shop is not ready; NULL: never */
    bool hides_staff; /* endpoints of the staff are not there: for a listener of shoppers */
    bool cart_global; /* all shoppers share one cart and one list of orders, for demos */
    struct access_rules access;
    /* Writes the body of an error, from call->status; NULL: {"detail": …}. */
    error_writer *write_error;
};

/* Opens the API and writes its OpenAPI document. NULL without memory. */
struct api *api_open(const struct api_options *options);
void api_close(struct api *api);

/* Returns the number of routes in the metrics: one for each row, and a last one for requests that match no
 * row. */
size_t api_route_count(const struct api *api);

/* Starts a call: routes, checks access, decodes and validates, and runs a handler of LANE_INLINE. Afterwards
 * call->lane says where the next step runs, or LANE_INLINE if no step is left. `request` and `arena` outlive
 * the call. */
void api_begin(const struct api *api, struct call *call, const struct request *request, struct arena *arena);

/* Returns whether the whole call may run again with the same answer and no second effect: it has a key. */
bool api_repeatable(const struct call *call);

/* Runs call->step on a connection with an open transaction; for LANE_PROVIDER `db` is NULL. May be called
 * again for the same step after its transaction was undone. Returns the step's status: unless it is
 * STATUS_OK, the caller undoes the transaction. */
MUST_CHECK enum status api_step_run(struct call *call, struct db *db);

/* Reports how the step ended: what api_step_run returned, or STATUS_STORAGE if the transaction could not be
 * committed. Sets call->lane to where the next step runs, or to LANE_INLINE if there is no next one. */
void api_step_done(struct call *call, enum status status);

/* Counts the outcomes of a call's steps: call it when no step is left, before api_finish. `shard` is the
 * calling thread's own. */
void api_count(const struct call *call, struct metrics_shard *shard);

/* Renders call->attempt.response from call->status, which the caller may have set (a full queue, for
 * example). */
void api_finish(struct call *call);

/* What must be kept of a call to look later whether its stream may go on. */
enum { stream_pass_bytes_max = 64 };
struct stream_pass {
    size_t route;
    bool is_key; /* else a session, or with size 0 the admin's token, which holds as long as the program */
    size_t size;
    char credential[stream_pass_bytes_max];
};
void api_stream_pass(const struct call *call, struct stream_pass *out);

/* Begins a call whose only step, on the writer, looks whether a stream may go on: then its status is STATUS_OK, and
 * call->actor.scopes is what it may still show. */
void api_recheck_begin(const struct api *api, struct call *call, const struct stream_pass *pass,
                       const struct request *request, struct arena *arena);

/* Returns the headers that the rows list, for the parser. They last as long as the API. */
const struct header_names *api_headers(const struct api *api);

/* The headers of answers that a page of another origin may read, and those of requests that it may send. */
extern const struct str cors_exposed_headers, cors_allowed_headers;

/* Returns the OpenAPI document. */
struct str api_document(const struct api *api);
