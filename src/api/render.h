/* Writes the body of an answer from a handler's structs or from an error. */
#pragma once

#include "api/endpoint.h"

/* Renders call->attempt.reply by the endpoint's model. Sets call->status to STATUS_NO_MEMORY if the arena is
 * full. */
void render_reply(struct call *call);

/* Renders {"detail": …} for call->status. */
void render_error(struct call *call);
