/* An event loop: accepts and serves connections of its listening sockets on one thread.
 *
 * One turn of the loop (libuv's uv_run):
 *
 *     timers        loop_on_tick, every tick_ms: closes connections whose deadline has passed
 *     before_sleep  loop_on_before_sleep: releases the reader's snapshot, writes the log's lines
 *     poll          listener_on_clients clients connect              → connection_open
 *                   connection_on_read  bytes came                   → parse, dispatch, write
 *                   loop_on_completion  other threads are done       → connection_resume
 *
 * All requests that one turn brings read from the same snapshot of the database, and their log lines go out
 * in one write. Both end before the loop sleeps, so that an idle loop holds up no checkpoint and its log is
 * complete.
 *
 * The server stops a loop by setting server->stopping and waking it. The loop closes its listener and the
 * idle connections (but ask_ms later those that have just come), answers what is under way, and ends when nothing is left, or at the deadline stop_ms
 * later, when it closes the rest. Exchanges that other threads have are waited for in any case: they point
 * into the loop. */
#include "http/loop.h"

#include "base/log_sink.h"
#include "base/thread/broadcast.h"
#include "base/thread/thread.h"
#include "http/accept.h"
#include "http/connection.h"
#include "http/stream.h"

#include <assert.h>
#include <stdlib.h>

enum {
    tick_ms = 250,            /* how late a deadline may be noticed */
    log_bytes_max = 16 << 20, /* of one turn of a loop */
};

static void loop_write_log(struct loop *loop) {
    if (loop->log.size == 0)
        return;
    log_sink_write(buf_str(&loop->log));
    loop->log = buf_new(&loop->log_arena);
    arena_reset(&loop->log_arena);
}

static void loop_on_before_sleep(uv_prepare_t *handle) {
    struct loop *loop = handle->data;
    executor_reader_release(loop->server->options.executor, loop->index);
    loop_write_log(loop);
}

static void loop_close_connections(struct loop *loop) {
    for (size_t p = 0; p < PHASE_COUNT; p++)
        while (loop->phases[p].first)
            connection_close(loop->phases[p].first);
}

static void loop_stop_connections(struct loop *loop, bool at_once) {
    for (size_t p = 0; p < PHASE_COUNT; p++)
        for (struct connection *c = loop->phases[p].first, *after; c; c = after) {
            after = c->after; /* connection_stop may take c out of the list */
            connection_stop(c, at_once);
        }
}

static void loop_begin_stop(struct loop *loop) {
    loop->stopping = true;
    loop->stop_deadline_ms = uv_now(&loop->uv) + stop_ms;
    loop->ask_deadline_ms = uv_now(&loop->uv) + ask_ms;
    for (size_t i = 0; i < loop->listener_count; i++)
        listener_close(&loop->listeners[i]);
    loop_stop_connections(loop, false);
}

/* Ends a loop that is stopping as soon as only its own handles are left. */
static void loop_try_end(struct loop *loop) {
    if (!loop->stopping)
        return;
    if (uv_now(&loop->uv) >= loop->stop_deadline_ms)
        loop_close_connections(loop);
    else if (uv_now(&loop->uv) >= loop->ask_deadline_ms)
        loop_stop_connections(loop, true);
    if (loop->connections == 0 && loop->in_flight == 0)
        uv_stop(&loop->uv);
}

static void loop_on_tick(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    uint64_t now = uv_now(&loop->uv);
    for (size_t p = 0; p < PHASE_COUNT; p++)
        while (loop->phases[p].first && loop->phases[p].first->deadline_ms <= now)
            connection_expire(loop->phases[p].first);
    for (size_t i = 0; i < loop->listener_count && !loop->stopping; i++)
        listener_tick(&loop->listeners[i]);
    loop_try_end(loop);
}

static struct exchange *loop_exchange_of(struct completion *completion) {
    return (struct exchange *)(void *)((char *)completion - offsetof(struct exchange, completion));
}

static void loop_on_completion(uv_poll_t *readable, int error, int events) {
    struct loop *loop = readable->data;
    (void)error;
    (void)events;
    for (struct completion *c = completion_queue_take(&loop->completions), *next; c; c = next) {
        next = c->next;
        connection_resume(loop_exchange_of(c));
    }
    streams_pump(loop);
    if (atomic_load(&loop->server->stopping) && !loop->stopping)
        loop_begin_stop(loop);
    loop_try_end(loop);
}

static void loop_on_walk(uv_handle_t *handle, void *context) {
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Closes all handles and runs their callbacks. */
static void loop_close_handles(struct loop *loop) {
    for (size_t i = 0; i < loop->listener_count; i++)
        listener_close(&loop->listeners[i]);
    uv_walk(&loop->uv, loop_on_walk, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

static void loop_main(void *context) {
    struct loop *loop = context;
    thread_set_latency_sensitive();
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    loop_close_handles(loop);
    executor_reader_release(loop->server->options.executor, loop->index);
    loop_write_log(loop);
}

/* Starts accepting on a descriptor, which is the listener's from then on. Returns libuv's error. */
static int loop_open_listener(struct loop *loop, const struct entrance *entrance, int fd) {
    struct listener *listener = &loop->listeners[loop->listener_count++];
    listener->is_unix = entrance->is_unix;
    listener->is_admin = entrance == &loop->server->admin;
    return listener_open(listener, loop, fd);
}

/* Takes the loop's descriptors of an entrance over. Returns libuv's error. */
static int loop_open_listeners(struct loop *loop, struct entrance *entrance) {
    int error = 0, *fds = entrance->sockets[loop->index].fds;
    if (!entrance->address[0])
        return 0;
    for (size_t i = 0; i < listen_addresses_max && error == 0; i++) {
        if (fds[i] >= 0)
            error = loop_open_listener(loop, entrance, fds[i]);
        fds[i] = -1;
    }
    return error;
}

static void loop_on_broadcast(void *context) {
    loop_notify(context);
}

void loop_free(struct loop *loop) {
    if (loop->server->options.events)
        broadcast_unlisten(loop->server->options.events, loop);
    exchange_pool_free(loop);
    free(loop->spare);
    cache_free(loop->cache);
    arena_free(&loop->out_arena);
    arena_free(&loop->log_arena);
    int busy = uv_loop_close(&loop->uv);
    assert(busy == 0);
    completion_queue_close(&loop->completions);
    free(loop);
}

/* A loop with nothing in it but its completion queue; NULL without memory. */
static struct loop *loop_alloc(void) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop || uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    if (completion_queue_open(&loop->completions, &loop->uv, loop_on_completion) != 0) {
        uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
    return loop;
}

struct loop *loop_new(struct server *server, size_t index) {
    struct loop *loop = loop_alloc();
    if (!loop)
        return NULL;
    loop->server = server;
    loop->index = index;
    loop->metrics = metrics_shard(server->options.metrics, index);
    loop->cache = cache_new(server->options.cache_bytes / server->options.threads, server->options.random);
    random_fill(server->options.random, &loop->next_id, sizeof loop->next_id);
    arena_init(&loop->out_arena, (size_t)2 * request_arena_bytes_max);
    arena_init(&loop->log_arena, log_bytes_max);
    loop->out = buf_new(&loop->out_arena);
    loop->log = buf_new(&loop->log_arena);
    uv_timer_init(&loop->uv, &loop->tick);
    uv_prepare_init(&loop->uv, &loop->before_sleep);
    loop->completions.readable.data = loop->tick.data = loop->before_sleep.data = loop;
    uv_timer_start(&loop->tick, loop_on_tick, tick_ms, tick_ms);
    uv_prepare_start(&loop->before_sleep, loop_on_before_sleep);
    if (server->options.events) /* before the thread can have a stream, which would miss its first texts */
        broadcast_listen(server->options.events, loop_on_broadcast, loop);
    if (loop->cache && loop_open_listeners(loop, &server->shop) == 0 &&
        loop_open_listeners(loop, &server->admin) == 0 &&
        uv_thread_create(&loop->thread, loop_main, loop) == 0)
        return loop;
    loop_close_handles(loop);
    loop_free(loop);
    return NULL;
}

void loop_notify(struct loop *loop) {
    completion_queue_notify(&loop->completions);
}

void loop_join(struct loop *loop) {
    uv_thread_join(&loop->thread);
}
