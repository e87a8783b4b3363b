/* Writes answers: head, cross-origin headers, body; and the line of the log. */
#pragma once

#include "http/loop.h"

/* Appends the whole answer of an exchange to loop->out and counts it. `close` says that it is the
 * connection's last. */
void answer_write(struct loop *loop, struct exchange *exchange, bool close);

/* Appends the answer to a request that could not be read, or was not wanted; it is the connection's last. */
void answer_refuse(struct loop *loop, struct exchange *exchange, enum status status);
