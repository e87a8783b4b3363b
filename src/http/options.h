/* The HTTP server's limits, and what the program gives it. Outside of src/http, include http/server.h. */
#pragma once

#include "api/provider_workers.h"
#include "base/ip/forwarded.h"
#include "db/exec/executor.h"

#include <sys/types.h>

enum {
    origins_max = 16,
    origin_bytes_max = 280, /* https://, a name of 253, :65535 */
    threads_max = 64,
    connections_max = 16384,    /* of the whole server; the process's limit on descriptors may lower it */
    head_ms = 10 * 1000,        /* from a request's first byte to the end of its head */
    body_ms = 30 * 1000,        /* from there to the end of its body */
    idle_ms = 75 * 1000,        /* between requests; longer than a proxy's, so that the proxy closes first */
    write_ms = 30 * 1000,       /* without the client taking one byte of an answer */
    linger_ms = 2 * 1000,       /* for a refused client to read why, before the connection is closed */
    streams_max = 256,          /* live, of the whole server */
    stream_beat_ms = 15 * 1000, /* between two comments in a stream, and two looks at its caller */
    stream_unsent_bytes_max = 64 * 1024, /* above, the client of a stream is cut off … */
    stream_socket_bytes = 64 * 1024,     /* … beside what the kernel keeps for it */
    ask_ms = 500,        /* when the server stops: for a client that has just connected to send its request */
    stop_ms = 10 * 1000, /* for accepted requests to be answered when the server stops */
    /* In the line for the payment provider. A request that waited longer is refused without the call. */
    provider_wait_ms_max = 10 * 1000,
    /* Answers that a slow reader may leave unsent before the server stops reading from it. */
    unsent_bytes_max = 256 * 1024,
    request_arena_bytes_max = 64 * 1024 * 1024,
};

struct server_options {
    const char
        *listen; /* `host:port`, `[v6]:port`, or the path (with a slash) of a Unix socket; port 0: any */
    const char *admin_listen; /* as `listen`, for the staff alone; NULL: none */
    unsigned listen_mode;     /* of a Unix socket; 0: listen_mode_default */
    bool has_listen_group;
    gid_t listen_group;              /* of a Unix socket, if has_listen_group */
    size_t threads;                  /* 1 to threads_max */
    struct str origins[origins_max]; /* that browsers may call from, exactly as browsers send them */
    size_t origin_count;
    char origin_texts[origins_max][origin_bytes_max]; /* of `origins`, if no one else has them */
    struct trusted_proxies trusted;                   /* whose forwarding headers are believed */
    size_t cache_bytes;                               /* of all loops together; 0: nothing is cached */

    /* These outlive the server. */
    struct executor *executor;         /* with one reader for each thread */
    struct provider_workers *provider; /* for steps that call the payment provider; NULL if no row has one */
    struct provider_workers *hashers;  /* for steps that hash passwords; NULL likewise */
    struct metrics *metrics;           /* with one shard for each thread */
    const struct random *random;
    struct broadcast *events;     /* that streams are fed from; NULL: no row streams */
    const _Atomic bool *draining; /* once true, every answer is its connection's last; NULL: never */
};
