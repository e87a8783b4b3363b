/* From a whole request to its answer: out of memory, on this thread, or by way of the executor. */
#pragma once

#include "http/loop.h"

/* Takes the request of c->exchange, which is whole. Afterwards it is answered, or c->working says that the
 * executor has it and connection_resume will be called. */
void dispatch(struct connection *c);

/* Counts what the steps of an exchange, all of them taken, came to. */
void dispatch_count(const struct exchange *x);

/* The request of c->exchange has its status: renders, keeps and sends the answer. */
void dispatch_answer(struct connection *c);
