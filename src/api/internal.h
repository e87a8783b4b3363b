/* The parts of the API that only endpoints use. */
#pragma once

#include "api/api.h"

/* Writes the metrics' text with the routes' labels. */
void api_write_metrics(const struct api *api, struct buf *out);

/* Returns the payment provider; NULL without one. */
struct provider *api_provider(const struct api *api);

/* Where summaries are kept; may be NULL. */
struct summary_memory *api_summary_memory(const struct api *api);

/* What streams are fed from; NULL: there are no streams. */
struct broadcast *api_events(const struct api *api);

/* Whether webhooks may have private addresses, and no TLS. */
bool api_webhook_insecure(const struct api *api);

/* Whether an importer works beside the server. */
bool api_takes_imports(const struct api *api);

/* Where the staff signs in, for links; NULL: at /admin of this server. */
const char *api_desk_url(const struct api *api);

/* Returns whether the server is about to stop, so that a load balancer should send it nothing more. */
bool api_is_draining(const struct api *api);
