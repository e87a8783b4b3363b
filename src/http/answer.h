/* Writes answers: status line, headers, cross-origin headers, body; and the line of the log. Private to
 * src/http. */
#pragma once

#include "http/state.h"

/* Returns the client's id of the request, or makes one up, which stays. */
struct str answer_request_id(struct loop *loop, struct exchange *exchange);

/* Appends the complete answer of an exchange to loop->out, counts it and logs it. `close` says that it is the
 * connection's last. */
void answer_write(struct loop *loop, struct exchange *exchange, bool close);

/* Appends a chunk of an answer without a length (RFC 9112, 7.1). */
void answer_put_chunk(struct str text, struct buf *out);

/* Appends an error answer to a request that could not be read or is not wanted. It is the connection's
 * last. */
void answer_refuse(struct loop *loop, struct exchange *exchange, enum status status);
