/* What the parts of an event loop share. Private to src/http.
 *
 * Only the loop's own thread touches a struct loop, apart from its completion queue, through which other
 * threads hand back the exchanges that they have finished. An exchange that has more steps to go is passed on
 * by the thread that ran the last one, and comes back to its loop once, when no step is left. */
#pragma once

#include "api/api.h"
#include "http/cache.h"
#include "http/exchange.h"
#include "http/listen.h"
#include "http/options.h"

#include <uv.h>

/* What a connection waits for (connection.c). The phases before PHASE_WORK have a time limit each. */
enum phase {
    PHASE_IDLE,
    PHASE_HEAD,
    PHASE_BODY,
    PHASE_WRITE,
    PHASE_LINGER,
    PHASE_STREAM,
    PHASE_WORK,
};
enum { PHASE_COUNT = PHASE_WORK };

/* An accepted socket. */
union socket_handle {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};

/* The connections in one phase. All of a phase have the same time limit, so the order in which they entered
 * it is also the order of their deadlines: a tick looks at the first ones alone. */
struct connection_list {
    struct connection *first, *last;
};

/* A listening socket of a loop: one for each address of the name that --listen gives. */
struct listener {
    uv_poll_t readable; /* clients wait */
    int fd;             /* -1: closed */
    struct loop *loop;
    bool is_admin, is_unix;
    bool rests;  /* until the next tick, because a client could not be accepted */
    bool warned; /* the log says so */
};

enum { read_bytes_max = 64 * 1024 };

struct loop {
    uv_loop_t uv;
    uv_thread_t thread;
    struct server *server;
    size_t index;
    struct listener listeners[2 * listen_addresses_max];
    size_t listener_count;
    struct completion_queue completions;
    uv_timer_t tick;
    uv_prepare_t before_sleep;
    struct exchange *pool;    /* free exchanges */
    struct connection *spare; /* memory of the next client's connection; NULL: none */
    size_t pool_size, connections;
    size_t in_flight; /* exchanges that other threads have */
    struct connection_list phases[PHASE_COUNT];
    struct stream *streams;
    struct metrics_shard *metrics;
    struct cache *cache;
    struct arena out_arena, log_arena;
    struct buf out; /* answers to the connection that is being served, not yet written */
    struct buf log; /* lines of this turn of the loop */
    uint64_t next_id;
    uint64_t date_second;
    char date[http_date_size];
    uint64_t stop_deadline_ms, ask_deadline_ms; /* of a stop, and of requests that are on their way then */
    bool stopping;
    char read_buffer[read_bytes_max];
};

/* The sockets of one --listen. */
struct entrance {
    struct listen_sockets sockets[threads_max]; /* each until its loop takes it over; then -1 */
    bool is_unix;
    char unix_path[listen_address_size];
    char address[listen_address_size]; /* that clients connect to; empty: there are no sockets */
};

struct server {
    struct server_options options;
    const struct api *api, *admin_api; /* of the two entrances */
    struct entrance shop, admin;
    _Atomic bool stopping;
    _Atomic size_t streams; /* that are open */
    size_t connections_max; /* of one loop */
    size_t count;
    struct loop *loops[threads_max];
};
