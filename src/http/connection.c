/* One connection: bytes in, requests one after the other, answers out.
 *
 * At most one request is worked on at a time. While the writer has it, nothing is read; what had come by then
 * lies in the stash. Answers to requests that came in one read are written in one go. A client that does not
 * read its answers is not read from either, so that what waits for it stays below unsent_bytes_max and one
 * answer. */
#include "http/answer.h"
#include "http/dispatch.h"
#include "http/loop.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t phase_ms[PHASE_COUNT] = {
    [PHASE_IDLE] = idle_ms,   [PHASE_HEAD] = head_ms,     [PHASE_BODY] = body_ms,
    [PHASE_WRITE] = write_ms, [PHASE_LINGER] = linger_ms,
};

static void input(struct connection *c, const char *data, size_t size);

static void leave_queue(struct connection *c) {
    if (c->phase == PHASE_WORK)
        return;
    struct queue *q = &c->loop->phases[c->phase];
    *(c->before ? &c->before->after : &q->first) = c->after;
    *(c->after ? &c->after->before : &q->last) = c->before;
    c->before = c->after = NULL;
}

/* Moves to the end of a phase's queue, with a new deadline. */
static void enter(struct connection *c, enum phase phase) {
    leave_queue(c);
    c->phase = phase;
    if (phase == PHASE_WORK)
        return;
    struct queue *q = &c->loop->phases[phase];
    c->deadline_ms = uv_now(&c->loop->uv) + phase_ms[phase];
    c->before = q->last;
    *(q->last ? &q->last->after : &q->first) = c;
    q->last = c;
}

enum { pool_max = 64 }; /* exchanges kept for the next requests: as many as a loop answers in one turn */

struct exchange *exchange_new(struct loop *loop) {
    struct exchange *x = loop->pool;
    if (x) {
        loop->pool = x->next;
        loop->pool_size--;
        return x;
    }
    x = malloc(sizeof *x);
    if (x) {
        memset(x, 0, sizeof *x);
        x->loop = loop;
        arena_init(&x->arena, request_arena_bytes_max);
    }
    return x;
}

void exchange_free(struct exchange *x) {
    struct loop *loop = x->loop;
    if (loop->pool_size == pool_max) {
        arena_free(&x->arena);
        free(x);
        return;
    }
    arena_reset(&x->arena);
    x->connection = NULL;
    x->next = loop->pool;
    loop->pool = x;
    loop->pool_size++;
}

static void on_closed(uv_handle_t *handle) {
    struct connection *c = handle->data;
    c->loop->connections--;
    metric_add(c->loop->metrics, METRIC_CONNECTIONS_OPEN, -1);
    free(c->stash);
    free(c);
}

void connection_close(struct connection *c) {
    if (c->closing)
        return;
    c->closing = true;
    leave_queue(c);
    c->phase = PHASE_WORK;
    if (c->exchange && c->working)
        c->exchange->connection = NULL; /* the writer has it: it is freed when it comes back */
    else if (c->exchange)
        exchange_free(c->exchange);
    c->exchange = NULL;
    uv_close(&c->uv.handle, on_closed);
}

struct unsent {
    uv_write_t request;
    size_t size;
    char bytes[];
};

static void after_flush(struct connection *c);

static void on_written(uv_write_t *request, int error) {
    struct unsent *u = (struct unsent *)request;
    struct connection *c = request->data;
    c->unsent -= u->size;
    free(u);
    if (c->closing)
        return;
    if (error)
        connection_close(c);
    else if (c->unsent == 0)
        after_flush(c);
}

/* What the kernel did not take at once waits in libuv, in memory of its own. */
static void write_later(struct connection *c, struct str rest) {
    struct unsent *u = malloc(sizeof *u + rest.size);
    if (!u) {
        connection_close(c);
        return;
    }
    u->size = rest.size;
    u->request.data = c;
    memcpy(u->bytes, rest.at, rest.size);
    uv_buf_t buf = uv_buf_init(u->bytes, (unsigned)rest.size);
    c->unsent += rest.size;
    if (uv_write(&u->request, &c->uv.stream, &buf, 1, on_written) != 0) {
        c->unsent -= rest.size;
        free(u);
        connection_close(c);
    }
}

/* Sends what loop->out holds. False where the connection was closed over it. */
static bool flush(struct connection *c) {
    struct loop *loop = c->loop;
    struct str out = buf_str(&loop->out);
    bool whole = buf_ok(&loop->out);
    metric_add(loop->metrics, METRIC_BYTES_OUT, (int64_t)out.size);
    if (!whole) {
        connection_close(
            c); /* an answer larger than all of its arena: nothing sensible can be sent any more */
    } else if (out.size > 0) {
        uv_buf_t buf = uv_buf_init((char *)out.at, (unsigned)out.size);
        int sent = c->unsent ? UV_EAGAIN : uv_try_write(&c->uv.stream, &buf, 1);
        if (sent < 0 && sent != UV_EAGAIN)
            connection_close(c);
        else if (sent < 0 || (size_t)sent < out.size) {
            size_t taken = sent < 0 ? 0 : (size_t)sent;
            write_later(c, (struct str){out.at + taken, out.size - taken});
        }
    }
    loop->out = buf_new(&loop->out_arena);
    arena_reset(&loop->out_arena);
    return !c->closing;
}

static void on_shut(uv_shutdown_t *request, int error) {
    struct connection *c = request->data;
    free(request);
    if (!c->closing && (error || c->ended))
        connection_close(c);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf);

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    (void)suggested;
    struct connection *c = handle->data;
    *buf = uv_buf_init(c->loop->read_buffer, read_bytes_max);
}

static void read_on(struct connection *c) {
    if (!c->reading && !c->ended)
        c->reading = uv_read_start(&c->uv.stream, on_alloc, on_read) == 0;
}

static void read_stop(struct connection *c) {
    if (c->reading)
        uv_read_stop(&c->uv.stream);
    c->reading = false;
}

/* Says that nothing more comes, and waits a little for the client to see it: a close with bytes unread would
 * make the kernel send a reset, which can wipe out the answer on its way. */
static void linger(struct connection *c) {
    uv_shutdown_t *request = malloc(sizeof *request);
    if (!request || c->ended) {
        free(request);
        connection_close(c);
        return;
    }
    request->data = c;
    if (uv_shutdown(request, &c->uv.stream, on_shut) != 0) {
        free(request);
        connection_close(c);
        return;
    }
    enter(c, PHASE_LINGER);
    read_on(c); /* what comes is thrown away */
}

/* Acknowledges what came of a request whose rest is to come: a client that sends head and body apart may hold
 * the body back until the head is acknowledged (Nagle), which the kernel otherwise puts off by 40 ms. */
static void acknowledge(struct connection *c) {
#ifdef TCP_QUICKACK /* Linux */
    uv_os_fd_t fd;
    if (!c->loop->server->is_unix && uv_fileno(&c->uv.handle, &fd) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
#else
    (void)c;
#endif
}

/* Decides what to wait for, once everything that could be answered has been written or left to libuv. */
static void settle(struct connection *c) {
    if (c->working) {
        enter(c, PHASE_WORK);
        if (c->stash_size > 0) /* few clients send on; to stop for all would be two system calls a request */
            read_stop(c);
    } else if (c->unsent > 0 && (c->close_after || c->unsent > unsent_bytes_max)) {
        if (c->phase != PHASE_WRITE)
            enter(c, PHASE_WRITE);
        c->unsent_before = c->unsent;
        read_stop(c);
    } else if (c->close_after) {
        linger(c);
    } else if (c->ended) {
        connection_close(c);
    } else {
        if (c->exchange)
            acknowledge(c);
        if (!c->exchange)
            enter(c, PHASE_IDLE);
        else if (c->phase == PHASE_WRITE) /* a request that had begun to come goes on to come */
            enter(c, c->parser.in_body ? PHASE_BODY : PHASE_HEAD);
        read_on(c);
    }
}

/* Everything was sent: goes on with what had to wait for it. */
static void after_flush(struct connection *c) {
    if (c->phase != PHASE_WRITE && !c->ended && (!c->close_after || c->phase == PHASE_LINGER))
        return;
    if (c->stash_size > 0 && !c->close_after && !c->working)
        input(c, NULL, 0);
    else
        settle(c);
}

static bool begin(struct connection *c) {
    struct exchange *x = exchange_new(c->loop);
    if (!x)
        return false;
    memset(&x->message, 0, sizeof x->message);
    x->connection = c;
    x->began_us = monotonic_us();
    c->exchange = x;
    parser_begin(&c->parser, &x->message, &x->arena);
    enter(c, PHASE_HEAD);
    return true;
}

/* Answers with an error, after which nothing more is read from this client. */
static void refuse(struct connection *c, enum status status) {
    c->close_after = true;
    if (!c->exchange && !begin(c))
        return; /* no memory even to say so */
    answer_refuse(c->loop, c->exchange, status);
    exchange_free(c->exchange);
    c->exchange = NULL;
}

/* Reads one request's bytes; false where the rest must wait. */
static bool input_some(struct connection *c, const char **data, size_t *size) {
    size_t used = 0;
    if (!c->exchange && !begin(c)) {
        refuse(c, STATUS_NO_MEMORY);
        return false;
    }
    enum parse_result result = parser_feed(&c->parser, *data, *size, &used);
    *data += used;
    *size -= used;
    if (result == PARSE_HEAD) {
        enter(c, PHASE_BODY);
        result = parser_feed(&c->parser, *data, *size, &used);
        *data += used;
        *size -= used;
        if (result == PARSE_MORE && c->exchange->message.expects_continue)
            buf_put(&c->loop->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    if (result == PARSE_BAD)
        refuse(c, c->parser.status);
    else if (result == PARSE_DONE)
        dispatch(c);
    return result != PARSE_BAD;
}

/* Keeps bytes for when the request under way has been answered. */
static bool keep(struct connection *c, const char *data, size_t size) {
    char *stash = size ? malloc(size) : NULL;
    if (size && !stash)
        return false;
    if (size)
        memcpy(stash, data, size);
    free(c->stash);
    c->stash = stash;
    c->stash_size = size;
    return true;
}

/* Works through new bytes, or through the stash where there are none. */
static void input(struct connection *c, const char *data, size_t size) {
    char *stash = c->stash;
    if (size == 0) {
        data = stash, size = c->stash_size;
        c->stash = NULL;
        c->stash_size = 0;
    } else {
        stash = NULL;
        assert(c->stash_size == 0);
    }
    bool open = true;
    while (size > 0 && open && !c->working && !c->close_after && c->unsent <= unsent_bytes_max) {
        if (!input_some(c, &data, &size))
            break;
        if (c->loop->out.size > read_bytes_max)
            open = flush(c);
    }
    if (open && !c->close_after && !keep(c, data, size))
        connection_close(c);
    free(stash);
    if (!c->closing && flush(c))
        settle(c);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf) {
    struct connection *c = stream->data;
    if (size == 0)
        return;
    if (size < 0) {
        c->ended = size == UV_EOF;
        read_stop(c);
        /* A client may close its side after its request and still wait for the answer. */
        if (!c->ended || (!c->working && c->unsent == 0) || c->phase == PHASE_LINGER)
            connection_close(c);
        return;
    }
    metric_add(c->loop->metrics, METRIC_BYTES_IN, (int64_t)size);
    if (c->phase != PHASE_LINGER)
        input(c, buf->base, (size_t)size);
}

void connection_resume(struct exchange *x) {
    struct connection *c = x->connection;
    x->loop->in_flight--;
    dispatch_count(x);
    if (!c) {
        exchange_free(x);
        return;
    }
    dispatch_answer(c);
    input(c, NULL, 0);
}

void connection_expire(struct connection *c) {
    switch (c->phase) {
    case PHASE_HEAD:
    case PHASE_BODY:
        refuse(c, STATUS_REQUEST_TIMEOUT);
        if (flush(c))
            settle(c);
        break;
    case PHASE_WRITE: {
        size_t left = uv_stream_get_write_queue_size(&c->uv.stream);
        if (left < c->unsent_before) /* slow, but reading */
            enter(c, PHASE_WRITE);
        else
            connection_close(c);
        c->unsent_before = left;
        break;
    }
    default:
        connection_close(c);
    }
}

void connection_stop(struct connection *c) {
    if (c->phase == PHASE_IDLE && c->unsent == 0)
        connection_close(c);
    else if (c->phase == PHASE_IDLE || c->phase == PHASE_WRITE)
        c->close_after = true;
    /* A request that is being read or answered closes with its answer. */
}

static struct connection *connection_new(struct loop *loop) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->loop = loop;
    c->phase = PHASE_WORK; /* in no queue yet */
    parser_init(&c->parser);
    if (loop->server->is_unix)
        uv_pipe_init(&loop->uv, &c->uv.pipe, 0);
    else
        uv_tcp_init(&loop->uv, &c->uv.tcp);
    c->uv.handle.data = c;
    loop->connections++;
    metric_add(loop->metrics, METRIC_CONNECTIONS_OPEN, 1);
    return c;
}

void connection_accept(struct loop *loop) {
    struct connection *c = connection_new(loop);
    loop->accept_again = !c;
    if (!c)
        return; /* until it is accepted, libuv brings no other */
    if (uv_accept(&loop->listener.stream, &c->uv.stream) != 0) {
        connection_close(c);
        return;
    }
    metric_add(loop->metrics, METRIC_CONNECTIONS_OPENED, 1);
    if (!loop->server->is_unix)
        uv_tcp_nodelay(&c->uv.tcp, 1);
    if (loop->connections > loop->server->connections_max) {
        metric_add(loop->metrics, METRIC_CONNECTIONS_REFUSED, 1);
        refuse(c, STATUS_TOO_MANY_CONNECTIONS);
        if (flush(c))
            settle(c);
        return;
    }
    enter(c, PHASE_IDLE);
    read_on(c);
}
