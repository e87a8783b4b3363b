/* An event loop and its connections. Private to src/http.
 *
 * Everything of a loop is touched by its own thread alone, but for its inbox, through which other threads
 * give back the exchanges that they are done with. An exchange that has more steps to go is handed on by
 * the thread that took the last one, and comes back to its loop once. */
#pragma once

#include "http/cache.h"
#include "http/inbox.h"
#include "http/parser.h"
#include "http/server.h"

#include <uv.h>

struct connection;
struct loop;

/* A request and its answer, with all their memory; comes from its loop's pool and goes back there. */
struct exchange {
    struct loop *loop;
    struct connection *connection; /* NULL once the client is gone */
    struct exchange *next;         /* in the pool, or in the inbox */
    struct arena arena;
    struct message message;
    struct call call;
    struct job job;
    uint64_t commits;  /* what the answer's snapshot had, at least */
    bool tried;        /* the job has been run before, and was undone */
    bool has_place;    /* in the provider's pool */
    int64_t queued_us; /* for the provider */
    int64_t began_us;
    char request_id[16]; /* minted, where the client sent none */
};

/* What a connection waits for. Each has a time limit of its own, so that the connections that wait for the
 * same stand in one queue in the order of their deadlines. */
enum phase {
    PHASE_IDLE,
    PHASE_HEAD,
    PHASE_BODY,
    PHASE_WRITE,
    PHASE_LINGER,
    PHASE_COUNT,
    PHASE_WORK = PHASE_COUNT
};

struct queue {
    struct connection *first, *last;
};

struct connection {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct loop *loop;
    struct parser parser;
    struct exchange *exchange;         /* the request being read or answered; NULL between requests */
    struct connection *before, *after; /* in the queue of its phase */
    enum phase phase;
    uint64_t deadline_ms;
    char *stash; /* bytes that came while a request was being answered; malloc'd */
    size_t stash_size;
    size_t unsent;        /* bytes of answers that the kernel has not taken */
    size_t unsent_before; /* … when the write's time limit was last looked at */
    bool reading, working, closing, close_after, ended; /* ended: the client sends nothing more */
};

enum { read_bytes_max = 64 * 1024 };

struct loop {
    uv_loop_t uv;
    uv_thread_t thread;
    struct server *server;
    size_t index;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } listener;
    struct inbox inbox;
    uv_timer_t tick;
    uv_prepare_t rest;
    struct exchange *pool;
    size_t pool_size, connections;
    size_t in_flight; /* exchanges that other threads have */
    struct queue phases[PHASE_COUNT];
    struct metrics_shard *metrics;
    struct cache *cache;
    struct arena out_arena, log_arena;
    struct buf out; /* answers to the connection being served, not yet written */
    struct buf log; /* lines of this turn of the loop */
    uint64_t next_id;
    uint64_t date_second;
    char date[http_date_size];
    uint64_t stop_deadline_ms;
    bool stopping;
    bool accept_again; /* a connection waits for which there was no memory */
    char read_buffer[read_bytes_max];
};

struct server {
    struct server_options options;
    const struct api *api;
    int fds[threads_max]; /* of the loops' listeners, each until its loop takes it; -1: none */
    bool is_unix;
    char unix_path[server_address_size];
    _Atomic bool stopping;
    size_t connections_max; /* of one loop */
    size_t count;
    struct loop *loops[threads_max];
};

/* Takes an exchange from the pool, or makes one; NULL without memory. */
struct exchange *exchange_new(struct loop *loop);
void exchange_free(struct exchange *exchange);

/* Accepts the connection that waits on the loop's listener; without memory, the next tick is to try again. */
void connection_accept(struct loop *loop);

/* An exchange whose job is done: answers it, and reads on. */
void connection_resume(struct exchange *exchange);

/* Closes at once, whatever is under way. */
void connection_close(struct connection *c);

/* Lets the client have what it asked for, then closes. */
void connection_stop(struct connection *c);

/* What happens to a connection whose deadline has passed. */
void connection_expire(struct connection *c);
