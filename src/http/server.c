#include "http/server.h"

#include "base/log.h"
#include "base/thread.h"
#include "http/listen.h"
#include "http/loop.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    tick_ms = 250,            /* how late a deadline may be noticed */
    log_bytes_max = 16 << 20, /* of one turn of a loop */
    descriptors_spare = 64,   /* for the database, the log, the listeners */
};

static void on_connection(uv_stream_t *listener, int error) {
    struct loop *loop = listener->data;
    if (error == 0)
        connection_accept(loop);
}

static void write_log(struct loop *loop) {
    if (loop->log.size == 0)
        return;
    log_write(buf_str(&loop->log));
    loop->log = buf_new(&loop->log_arena);
    arena_reset(&loop->log_arena);
}

/* Before the loop sleeps: the snapshot goes, and what happened is told. */
static void on_rest(uv_prepare_t *handle) {
    struct loop *loop = handle->data;
    executor_reader_rest(loop->server->options.executor, loop->index);
    write_log(loop);
}

static void close_all(struct loop *loop) {
    for (size_t p = 0; p < PHASE_COUNT; p++)
        while (loop->phases[p].first)
            connection_close(loop->phases[p].first);
}

static void begin_stop(struct loop *loop) {
    loop->stopping = true;
    loop->stop_deadline_ms = uv_now(&loop->uv) + stop_ms;
    uv_close(&loop->listener.handle, NULL);
    for (size_t p = 0; p < PHASE_COUNT; p++)
        for (struct connection *c = loop->phases[p].first, *after; c; c = after) {
            after = c->after;
            connection_stop(c);
        }
}

/* Ends the loop once nothing is left of it but its own handles. */
static void try_end(struct loop *loop) {
    if (!loop->stopping)
        return;
    if (uv_now(&loop->uv) >= loop->stop_deadline_ms)
        close_all(loop);
    if (loop->connections == 0 && loop->in_flight == 0)
        uv_stop(&loop->uv);
}

static void on_tick(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    uint64_t now = uv_now(&loop->uv);
    for (size_t p = 0; p < PHASE_COUNT; p++)
        while (loop->phases[p].first && loop->phases[p].first->deadline_ms <= now)
            connection_expire(loop->phases[p].first);
    if (loop->accept_again && !loop->stopping)
        connection_accept(loop);
    try_end(loop);
}

static void on_ring(uv_poll_t *bell, int error, int events) {
    struct loop *loop = bell->data;
    (void)error;
    (void)events;
    for (struct exchange *x = inbox_take(&loop->inbox), *next; x; x = next) {
        next = x->next;
        connection_resume(x);
    }
    if (atomic_load(&loop->server->stopping) && !loop->stopping)
        begin_stop(loop);
    try_end(loop);
}

static void on_walk(uv_handle_t *handle, void *context) {
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void loop_main(void *context) {
    struct loop *loop = context;
    thread_is_prompt();
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_walk(&loop->uv, on_walk, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    executor_reader_rest(loop->server->options.executor, loop->index);
    write_log(loop);
}

/* The loop takes its descriptor over. */
static int open_listener(struct loop *loop) {
    int error, fd = loop->server->fds[loop->index];
    loop->server->fds[loop->index] = -1;
    if (loop->server->is_unix) {
        uv_pipe_init(&loop->uv, &loop->listener.pipe, 0);
        error = uv_pipe_open(&loop->listener.pipe, fd);
    } else {
        uv_tcp_init(&loop->uv, &loop->listener.tcp);
        error = uv_tcp_open(&loop->listener.tcp, fd);
    }
    loop->listener.handle.data = loop;
    return error ? error : uv_listen(&loop->listener.stream, 1024, on_connection);
}

static void loop_free(struct loop *loop) {
    for (struct exchange *x = loop->pool, *next; x; x = next) {
        next = x->next;
        arena_free(&x->arena);
        free(x);
    }
    cache_free(loop->cache);
    arena_free(&loop->out_arena);
    arena_free(&loop->log_arena);
    int busy = uv_loop_close(&loop->uv);
    assert(busy == 0);
    inbox_close(&loop->inbox);
    free(loop);
}

/* A loop that runs; NULL without memory. */
static struct loop *loop_new(struct server *server, size_t index) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop || uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    if (inbox_open(&loop->inbox, &loop->uv, on_ring) != 0) {
        uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
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
    uv_prepare_init(&loop->uv, &loop->rest);
    loop->inbox.bell.data = loop->tick.data = loop->rest.data = loop;
    uv_timer_start(&loop->tick, on_tick, tick_ms, tick_ms);
    uv_prepare_start(&loop->rest, on_rest);
    if (loop->cache && open_listener(loop) == 0 && uv_thread_create(&loop->thread, loop_main, loop) == 0)
        return loop;
    uv_walk(&loop->uv, on_walk, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    loop_free(loop);
    return NULL;
}

/* As many descriptors as the system lets us have, and no more connections than that. */
static size_t connections_for(size_t loops) {
    struct rlimit limit;
    size_t most = connections_max;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_cur < most + descriptors_spare)
            most = limit.rlim_cur > (rlim_t)2 * descriptors_spare ? limit.rlim_cur - descriptors_spare
                                                                  : descriptors_spare;
    }
    return (most + loops - 1) / loops;
}

void server_stop(struct server *server) {
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    for (size_t i = 0; i < server->count; i++)
        inbox_ring(&server->loops[i]->inbox);
    for (size_t i = 0; i < server->count; i++)
        uv_thread_join(&server->loops[i]->thread);
    for (size_t i = 0; i < server->count; i++)
        loop_free(server->loops[i]);
    for (size_t i = 0; i < server->options.threads; i++)
        if (server->fds[i] >= 0)
            close(server->fds[i]);
    if (server->is_unix)
        unlink(server->unix_path);
    free(server);
}

enum status server_open(const struct server_options *options, struct server **out,
                        char address[static server_address_size], char why[static server_why_size]) {
    struct listen_address where;
    assert(options->threads >= 1 && options->threads <= threads_max);
    if (!listen_parse(options->listen, &where)) {
        snprintf(why, server_why_size, "--listen %s is neither host:port nor the path of a socket",
                 options->listen);
        return STATUS_USAGE;
    }
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(why, server_why_size, "out of memory");
        return STATUS_NO_MEMORY;
    }
    server->options = *options;
    server->is_unix = where.is_unix;
    snprintf(server->unix_path, sizeof server->unix_path, "%s", where.text);
    server->connections_max = connections_for(options->threads);
    enum status s = listen_open(&where, options->threads, server->fds, address, why);
    if (s == STATUS_OK)
        *out = server;
    else
        free(server);
    return s;
}

enum status server_start(struct server *server, const struct api *api, char why[static server_why_size]) {
    server->api = api;
    while (server->count < server->options.threads) {
        struct loop *loop = loop_new(server, server->count);
        if (!loop) {
            snprintf(why, server_why_size, "not enough memory for %zu threads; give a smaller --threads",
                     server->options.threads);
            return STATUS_NO_MEMORY;
        }
        server->loops[server->count++] = loop;
    }
    return STATUS_OK;
}
