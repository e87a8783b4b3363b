/* The inputs of a request: path, query, headers and body, into the structs of the endpoint's models. */
#pragma once

#include "api/router.h"

/* Fills call->path, query, session and body. STATUS_INVALID with the errors of all of them in FastAPI's
 * order: path, query, headers, body; a body that is no JSON is told alone, as there. STATUS_NO_MEMORY and the
 * like. */
MUST_CHECK enum status inputs_decode(struct call *call, const struct match *match);
