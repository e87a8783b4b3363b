/* A client's connection. Private to src/http; on the loop's thread. */
#pragma once

#include "http/state.h"

struct connection {
    union socket_handle socket;
    struct loop *loop;
    struct parser parser;
    struct exchange *exchange;         /* the request being read or answered; NULL between requests */
    struct connection *before, *after; /* in the list of its phase */
    enum phase phase;
    uint64_t deadline_ms;
    char *stash; /* bytes that came while a request was being answered; malloc'd */
    size_t stash_size;
    size_t unsent;        /* bytes of answers that the kernel has not taken */
    size_t unsent_before; /* … when the write's time limit was last checked */
    bool is_admin;        /* it came through --admin-listen */
    bool is_unix;         /* its socket is a Unix socket */
    bool reading;         /* libuv reads from the socket */
    bool working;         /* another thread has the exchange */
    bool closing;         /* only on_closed is to come */
    bool asked;           /* a request has begun to arrive */
    bool close_after;     /* once everything has been sent */
    bool ended;           /* the client sends nothing more */
};

/* Accepts the client that waits on the listener. Without memory, sets listener->accept_again. */
void connection_accept(struct listener *listener);

/* Answers an exchange that other threads have finished, and reads on. */
void connection_resume(struct exchange *exchange);

/* Closes at once, whatever is under way. */
void connection_close(struct connection *c);

/* Lets the client have the answers that it asked for, then closes. Unless `at_once`, it may still ask if its request is
 * on its way. */
void connection_stop(struct connection *c, bool at_once);

/* Handles a deadline that has passed. */
void connection_expire(struct connection *c);
