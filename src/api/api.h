/* The API: the endpoint table put to work. One per program, read-only once open, so that any thread may use
 * it. */
#pragma once

#include "api/endpoint.h"
#include "base/metrics.h"

enum { admin_hash_size = 32 };

/* Every group of the shop's endpoints, in the order of the documents; ended by NULL. */
extern const struct endpoint_group *const shop_endpoints[];

struct api_options {
    const struct endpoint_group *const
        *groups;                 /* shop_endpoints, or a test's own; the first row that fits a path wins */
    const struct clock *clock;   /* these too outlive the API */
    const struct random *random; /* safe from any thread */
    const struct metrics *metrics;
    const struct shop_settings *settings;
    struct carts_seen *carts_seen;       /* NULL where there are no chores */
    struct provider *provider;           /* NULL where no endpoint calls one */
    const _Atomic bool *leaving;         /* once true, the shop is not ready; NULL: never */
    bool cart_global;                    /* one cart and one list of orders for everybody, for demos */
    uint8_t admin_hash[admin_hash_size]; /* SHA-256 of the admin's token */
};

/* NULL without memory. */
struct api *api_open(const struct api_options *options);
void api_close(struct api *api);

/* How many routes there are for metrics: the rows of the table, and a last one for requests that match none.
 */
size_t api_route_count(const struct api *api);

/* Routes and decodes. Afterwards call->runs says what is left to do. `request` and `arena` outlive the call.
 */
void api_begin(const struct api *api, struct call *call, const struct request *request, struct arena *arena);

/* A step whose transaction was undone may be taken again: api_mark before it notes how the call stands,
 * api_rewind brings it back to that. */
void api_mark(struct call *call);
void api_rewind(struct call *call);

/* Whether performing the call again once it is done gives the same answer and no second effect. */
bool api_repeatable(const struct call *call);

/* Takes the step that call->runs says, on a connection with an open transaction (for RUNS_PROVIDER, NULL and
 * none), and sets call->runs to what is left. Gives call->status; where that is not STATUS_OK, or the
 * transaction could not be committed, nothing is left to do. */
enum status api_perform(struct call *call, struct db *db);

/* In place of a RUNS_PROVIDER step that cannot be taken, or where what it answered is not to be believed
 * (STATUS_STORAGE: the provider could not keep it): the next step is told why. */
void api_provided(struct call *call, enum status why);

/* Renders call->response from call->status, which the caller may have set in the meantime (a full queue, a
 * COMMIT that failed). */
void api_finish(struct call *call);

/* The OpenAPI document. */
struct str api_document(const struct api *api);
