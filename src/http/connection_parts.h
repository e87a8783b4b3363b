/* A connection's state, and what its two files share: connection.c receives requests and sends answers, stream.c goes on with
 * an answer that does not end. Private to src/http; on the loop's thread. */
#pragma once

#include "http/state.h"

struct connection {
    union socket_handle socket;
    struct loop *loop;
    struct parser parser;
    struct exchange *exchange;         /* the request being read or answered; NULL between requests */
    struct stream *stream;             /* an answer that goes on; NULL: there is none */
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

/* Moves a connection to the end of a phase's list, with a new deadline. PHASE_WORK has neither. */
void connection_enter_phase(struct connection *c, enum phase phase);

/* Sends what loop->out holds and empties it. Returns false if that closed the connection. */
bool connection_flush(struct connection *c);

/* Chooses the phase to wait in, after everything that could be answered has been written or left to libuv. */
void connection_wait(struct connection *c);

/* Closes at once, whatever is under way. */
void connection_close(struct connection *c);
