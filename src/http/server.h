/* The HTTP server: event loops on threads of their own, each with its own listening socket. */
#pragma once

#include "api/api.h"
#include "db/executor.h"
#include "db/pool.h"

enum {
    origins_max = 16,
    threads_max = 64,
    connections_max = 16384, /* of the whole server; the process's limit on descriptors may lower it */
    head_ms = 10 * 1000,     /* from a request's first byte to the end of its head */
    body_ms = 30 * 1000,     /* from there to the end of its body */
    idle_ms = 75 * 1000,     /* between requests; longer than a proxy's, so that the proxy closes first */
    write_ms = 30 * 1000,    /* without a byte of an answer being taken */
    linger_ms = 2 * 1000,    /* for a refused client to read why, before the connection goes */
    stop_ms = 10 * 1000,     /* for requests that were taken to be answered when the server stops */
    provider_wait_ms_max = 10 * 1000, /* in the line for the payment provider; then it is not called at all */
    unsent_bytes_max =
        256 * 1024, /* answers that a slow reader may leave waiting before nothing more is read from it */
    request_arena_bytes_max = 64 * 1024 * 1024,
};

struct server_options {
    const char
        *listen;    /* `host:port`, `[v6]:port`, or a Unix socket's path (with a slash); port 0 picks one */
    size_t threads; /* 1 to threads_max */
    struct str origins[origins_max]; /* that browsers may call from, exactly as they send them */
    size_t origin_count;
    size_t cache_bytes;        /* of all loops together; 0 keeps nothing */
    struct executor *executor; /* these outlive the server; with one reader for each thread */
    struct job_pool *provider; /* for steps that call the payment provider; NULL where no endpoint has any */
    struct metrics *metrics;   /* with one shard for each thread */
    const struct random *random;
    const _Atomic bool *leaving; /* once true, every answer is its connection's last; NULL: never */
};

struct server;

enum { server_why_size = 512, server_address_size = 256 };

/* Listens; who connects waits until server_start. `address` gets what to connect to (`http://127.0.0.1:8000`,
 * or `unix:/path`). On failure `why` says in one line what is wrong and what to do. The server must be
 * stopped, started or not; of `options` it keeps what they point at. */
MUST_CHECK enum status server_open(const struct server_options *options, struct server **out,
                                   char address[static server_address_size],
                                   char why[static server_why_size]);

/* Serves on threads of its own, `api` until server_stop. Once; `why` as above. */
MUST_CHECK enum status server_start(struct server *server, const struct api *api,
                                    char why[static server_why_size]);

/* Stops listening, answers what was taken (for at most stop_ms), closes every connection, and frees the
 * server. NULL is none. */
void server_stop(struct server *server);
