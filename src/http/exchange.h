/* A request and its answer, with all their memory. Private to src/http.
 *
 * An exchange is made when a request's first byte arrives and is freed when its answer has been written to
 * the loop's output. In between, one thread at a time owns it: the loop's, or the one that runs its job. */
#pragma once

#include "http/completion_queue.h"
#include "http/parse/parser.h"

#include "db/exec/queue.h"

struct connection;
struct loop;

struct exchange {
    struct loop *loop;
    struct connection *connection; /* NULL once the client is gone; only the loop's thread looks at it */
    bool is_admin;                 /* it came through --admin-listen */
    struct exchange *next;         /* in the loop's pool */
    struct arena arena;            /* of everything below */
    struct message message;
    struct call call;
    struct job job;
    struct completion completion; /* in the loop's completion queue, when the jobs are done */
    uint64_t commits;             /* the commits that the answer's snapshot has, at least */
    bool has_place;               /* in the line for the provider */
    bool has_stream;              /* among streams_max */
    bool is_recheck;              /* of a stream's caller: it has no answer (stream.c) */
    int64_t queued_us;            /* when it joined that line */
    int64_t began_us;             /* when its first byte was read */
    char request_id[16];          /* made up if the client sent none */
};

/* Takes an exchange from the loop's pool, or makes one. NULL without memory. */
struct exchange *exchange_new(struct loop *loop);

/* Empties an exchange and puts it back into the pool. */
void exchange_free(struct exchange *exchange);

/* Frees the exchanges of a loop's pool. */
void exchange_pool_free(struct loop *loop);
