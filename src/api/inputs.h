/* Decodes the inputs of a request: path, query, headers and body. */
#pragma once

#include "api/router.h"

/* Fills call->path, query, session and body. STATUS_INVALID with the errors of all of them in FastAPI's
 * order: path, query, headers, body. If the body is not JSON, that is the only error, as in FastAPI.
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status inputs_decode(struct call *call, const struct match *match);
