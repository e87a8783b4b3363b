/* Lets the clients of a listening socket in. Private to src/http; on the loop's thread. */
#pragma once

#include "http/state.h"

/* Starts accepting on a listening, non-blocking descriptor, which is the listener's from then on. Returns libuv's error. */
int listener_open(struct listener *listener, struct loop *loop, int fd);

/* Tries again if clients could not be accepted the last time. */
void listener_tick(struct listener *listener);

/* Closes the socket. Without effect if it is closed. */
void listener_close(struct listener *listener);
