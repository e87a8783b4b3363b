/* From a handler's structs, or an error, to the body of an answer. */
#pragma once

#include "api/endpoint.h"

/* Encodes call->reply through the endpoint's model. Sets call->status where there is no memory for it. */
void render_reply(struct call *call);

/* {"detail": …} for call->status. */
void render_error(struct call *call);
