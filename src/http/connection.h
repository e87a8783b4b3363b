/* A client's connection. Private to src/http; on the loop's thread. */
#pragma once

#include "http/connection_parts.h"

#include <sys/socket.h>

/* Takes memory for the next connection, unless the loop has it. False: there is none. */
bool connection_reserve(struct loop *loop);

/* Serves a client that has been accepted, in the memory that was reserved. False: libuv cannot, and the descriptor is still
 * the caller's. */
bool connection_open(struct listener *listener, int fd, const struct sockaddr_storage *from);

/* Answers an exchange that other threads have finished, and reads on. */
void connection_resume(struct exchange *exchange);

/* Lets the client have the answers that it asked for, then closes. Unless `at_once`, it may still ask if its request is
 * on its way. */
void connection_stop(struct connection *c, bool at_once);

/* Handles a deadline that has passed. */
void connection_expire(struct connection *c);
