/* The inside of the API, for its endpoints. */
#pragma once

#include "api/api.h"
#include "api/router.h"

/* Read-only once it is open. */
struct api {
    struct api_options options;
    struct router router;
    struct arena arena; /* that the document is in */
    struct str document;
};

/* Renders the reply and adds a new session, unless that is done. A step that writes does so in its transaction, so that what
 * cannot be answered is undone. */
MUST_CHECK enum status api_complete(struct call *call);

/* Writes the metrics' text with the routes' labels. */
void api_write_metrics(const struct api *api, struct buf *out);
