/* A connection's life: bytes in, requests one after the other, answers out.
 *
 * A connection is in one phase at a time. Each phase has a time limit (options.h), apart from WORK, whose
 * jobs have their own:
 *
 *     phase    waits for                                  next
 *     IDLE     a request's first byte                     HEAD; after the limit: close
 *     HEAD     the end of the head                        BODY; after the limit: answer 408, LINGER
 *     BODY     the end of the request                     answer, or WORK; after the limit: 408, LINGER
 *     WORK     other threads, if the request needs any    answer (connection_resume)
 *     WRITE    a slow client to read its answers          IDLE, HEAD or BODY; no progress in the limit: close
 *     LINGER   the client to close, after the last one    close
 *     STREAM   the next beat of an answer that goes on    WORK: is its caller still let in? Then STREAM again (stream.c)
 *
 * Deadlines. The limits are the same for all connections of a phase, so each phase has a list to whose end a
 * connection moves when it enters. The list is then in the order of deadlines, and entering, leaving and
 * finding what has expired cost O(1) per connection, without a timer for each.
 *
 * Pipelining. At most one request of a connection is worked on at a time, so answers keep the order of their
 * requests. All requests that came in one read are parsed and answered in one loop (connection_input); their
 * answers gather in loop->out and go out in one write. If one of them goes to another thread, the bytes
 * behind it lie in the stash until connection_resume.
 *
 * Back-pressure. While a request is with other threads and there is a stash, nothing is read. A client that
 * does not read its answers is not read from either, and its pipelined requests wait. So what one connection
 * can make the server hold is bounded by unsent_bytes_max, one answer, and a stash of one read.
 *
 * Closing. If a socket is closed while bytes from the client are unread, the kernel sends a reset, which may
 * destroy the last answer before the client has read it. So the server first shuts down its own side and
 * discards what comes until the client closes, for at most linger_ms. */
#include "http/connection.h"

#include "http/answer.h"
#include "http/dispatch.h"
#include "http/stream.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static const uint64_t phase_ms[PHASE_COUNT] = {
    [PHASE_IDLE] = idle_ms,   [PHASE_HEAD] = head_ms,     [PHASE_BODY] = body_ms,
    [PHASE_WRITE] = write_ms, [PHASE_LINGER] = linger_ms, [PHASE_STREAM] = stream_beat_ms,
};

static void connection_input(struct connection *c, const char *data, size_t size);

static void connection_leave_phase(struct connection *c) {
    if (c->phase == PHASE_WORK)
        return;
    struct connection_list *list = &c->loop->phases[c->phase];
    *(c->before ? &c->before->after : &list->first) = c->after;
    *(c->after ? &c->after->before : &list->last) = c->before;
    c->before = c->after = NULL;
}

void connection_enter_phase(struct connection *c, enum phase phase) {
    connection_leave_phase(c);
    c->phase = phase;
    if (phase == PHASE_WORK)
        return;
    struct connection_list *list = &c->loop->phases[phase];
    c->deadline_ms = uv_now(&c->loop->uv) + phase_ms[phase];
    c->before = list->last;
    *(list->last ? &list->last->after : &list->first) = c;
    list->last = c;
}

static void connection_on_closed(uv_handle_t *handle) {
    struct connection *c = handle->data;
    c->loop->connections--;
    metric_add(c->loop->metrics, METRIC_CONNECTIONS_OPEN, -1);
    free(c->stash);
    free(c);
}

/* Empties loop->out. */
static void connection_drop_output(struct loop *loop) {
    loop->out = buf_new(&loop->out_arena);
    arena_reset(&loop->out_arena);
}

/* What loop->out still holds is for this client, and the next connection that sends must not send it. */
void connection_close(struct connection *c) {
    if (c->closing)
        return;
    c->closing = true;
    connection_drop_output(c->loop);
    connection_leave_phase(c);
    c->phase = PHASE_WORK;
    if (c->exchange && c->working)
        c->exchange->connection = NULL; /* another thread owns it: connection_resume will free it */
    else if (c->exchange)
        exchange_free(c->exchange);
    c->exchange = NULL;
    stream_free(c->loop, c->stream);
    c->stream = NULL;
    uv_close(&c->socket.handle, connection_on_closed);
}

/* Bytes of answers that the kernel did not take at once. */
struct unsent {
    uv_write_t request;
    size_t size;
    char bytes[];
};

static void connection_after_flush(struct connection *c);

static void connection_on_written(uv_write_t *request, int error) {
    struct unsent *u = (struct unsent *)request;
    struct connection *c = request->data;
    c->unsent -= u->size;
    free(u);
    if (c->closing)
        return;
    if (error)
        connection_close(c);
    else if (c->unsent == 0)
        connection_after_flush(c);
}

/* Leaves a copy of `rest` to libuv, which writes it when the socket takes more. */
static void connection_write_later(struct connection *c, struct str rest) {
    struct unsent *u = malloc(sizeof *u + rest.size);
    if (!u) {
        connection_close(c);
        return;
    }
    u->size = rest.size;
    u->request.data = c;
    memcpy(u->bytes, rest.data, rest.size);
    uv_buf_t buf = uv_buf_init(u->bytes, (unsigned)rest.size);
    c->unsent += rest.size;
    if (uv_write((uv_write_t *)u, &c->socket.stream, &buf, 1, connection_on_written) != 0) {
        c->unsent -= rest.size;
        free(u);
        connection_close(c);
    }
}

bool connection_flush(struct connection *c) {
    struct loop *loop = c->loop;
    struct str out = buf_str(&loop->out);
    bool whole = buf_ok(&loop->out);
    metric_add(loop->metrics, METRIC_BYTES_OUT, (int64_t)out.size);
    if (!whole) {
        connection_close(c); /* an answer was larger than the arena, so only its beginning is there */
    } else if (out.size > 0) {
        uv_buf_t buf = uv_buf_init((char *)out.data, (unsigned)out.size);
        int sent = c->unsent ? UV_EAGAIN : uv_try_write(&c->socket.stream, &buf, 1);
        if (sent < 0 && sent != UV_EAGAIN)
            connection_close(c);
        else if (sent < 0 || (size_t)sent < out.size) {
            size_t taken = sent < 0 ? 0 : (size_t)sent;
            connection_write_later(c, str_skip(out, taken));
        }
    }
    connection_drop_output(loop);
    return !c->closing;
}

static void connection_on_shutdown(uv_shutdown_t *request, int error) {
    struct connection *c = request->data;
    free(request);
    if (!c->closing && (error || c->ended))
        connection_close(c);
}

static void connection_on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf);

static void connection_on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    (void)suggested;
    struct connection *c = handle->data;
    *buf = uv_buf_init(c->loop->read_buffer, read_bytes_max);
}

static void connection_read_start(struct connection *c) {
    if (!c->reading && !c->ended)
        c->reading = uv_read_start(&c->socket.stream, connection_on_alloc, connection_on_read) == 0;
}

static void connection_read_stop(struct connection *c) {
    if (c->reading)
        uv_read_stop(&c->socket.stream);
    c->reading = false;
}

/* Shuts down the sending side, and waits until the client closes (see Closing above). */
static void connection_linger(struct connection *c) {
    uv_shutdown_t *request = malloc(sizeof *request);
    if (!request || c->ended) {
        free(request);
        connection_close(c);
        return;
    }
    request->data = c;
    if (uv_shutdown(request, &c->socket.stream, connection_on_shutdown) != 0) {
        free(request);
        connection_close(c);
        return;
    }
    connection_enter_phase(c, PHASE_LINGER);
    connection_read_start(c); /* what comes is discarded */
}

/* Acknowledges the part of a request that has come. A client that sends head and body in two writes may hold
 * back the body until the head is acknowledged (Nagle's algorithm), which the kernel otherwise delays by 40
 * ms. */
static void connection_acknowledge(struct connection *c) {
#ifdef TCP_QUICKACK /* Linux */
    uv_os_fd_t fd;
    if (!c->is_unix && uv_fileno(&c->socket.handle, &fd) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
#else
    (void)c;
#endif
}

void connection_wait(struct connection *c) {
    if (c->stream)
        return; /* it is in PHASE_STREAM, or its caller is looked up */
    if (c->working) {
        connection_enter_phase(c, PHASE_WORK);
        /* Only if it sends on: to stop and start reading for every request would be two system calls each. */
        if (c->stash_size > 0)
            connection_read_stop(c);
    } else if (c->unsent > 0 && (c->close_after || c->unsent > unsent_bytes_max)) {
        if (c->phase != PHASE_WRITE)
            connection_enter_phase(c, PHASE_WRITE);
        c->unsent_before = c->unsent;
        connection_read_stop(c);
    } else if (c->close_after) {
        connection_linger(c);
    } else if (c->ended) {
        connection_close(c);
    } else {
        if (c->exchange)
            connection_acknowledge(c);
        if (!c->exchange)
            connection_enter_phase(c, PHASE_IDLE);
        else if (c->phase == PHASE_WRITE) /* the rest of a request that had begun to arrive */
            connection_enter_phase(c, c->parser.in_body ? PHASE_BODY : PHASE_HEAD);
        connection_read_start(c);
    }
}

/* Continues with what had to wait until everything was sent: the stash, or the close. */
static void connection_after_flush(struct connection *c) {
    if (c->phase != PHASE_WRITE && !c->ended && (!c->close_after || c->phase == PHASE_LINGER))
        return;
    if (c->stash_size > 0 && !c->close_after && !c->working)
        connection_input(c, NULL, 0);
    else
        connection_wait(c);
}

/* Makes the exchange of the next request. Returns false without memory. */
static bool connection_begin_request(struct connection *c) {
    struct exchange *x = exchange_new(c->loop);
    if (!x)
        return false;
    memset(&x->message, 0, sizeof x->message);
    x->connection = c;
    x->is_admin = c->is_admin;
    x->began_us = monotonic_us();
    c->exchange = x;
    c->asked = true;
    parser_begin(&c->parser, &x->message, &x->arena);
    connection_enter_phase(c, PHASE_HEAD);
    return true;
}

/* Writes the exchange's answer to loop->out and frees the exchange. */
static void connection_answer(struct connection *c) {
    struct exchange *x = c->exchange;
    const _Atomic bool *draining = c->loop->server->options.draining;
    c->working = false;
    bool close = !x->message.keep_alive || c->loop->stopping || (draining && atomic_load(draining));
    answer_write(c->loop, x, c->close_after || close || x->has_stream);
    c->exchange = NULL;
    if (x->has_stream)
        stream_begin(c, x);
    else
        c->close_after = c->close_after || close;
    exchange_free(x);
}

/* Answers with an error and reads nothing more from this client. */
static void connection_refuse(struct connection *c, enum status status) {
    c->close_after = true;
    if (!c->exchange && !connection_begin_request(c))
        return; /* there is no memory even for the answer */
    answer_refuse(c->loop, c->exchange, status);
    exchange_free(c->exchange);
    c->exchange = NULL;
}

/* Parses bytes of one request, and dispatches it if it is complete. Moves *data and *size past what was used.
 * Returns false if nothing more is to be read. */
static bool connection_parse_request(struct connection *c, const char **data, size_t *size) {
    size_t used = 0;
    if (!c->exchange && !connection_begin_request(c)) {
        connection_refuse(c, STATUS_NO_MEMORY);
        return false;
    }
    enum parse_result result = parser_feed(&c->parser, *data, *size, &used);
    *data += used;
    *size -= used;
    if (result == PARSE_HEAD) {
        connection_enter_phase(c, PHASE_BODY);
        result = parser_feed(&c->parser, *data, *size, &used);
        *data += used;
        *size -= used;
        if (result == PARSE_MORE && c->exchange->message.expects_continue)
            buf_put(&c->loop->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    if (result == PARSE_BAD) {
        connection_refuse(c, c->parser.status);
    } else if (result == PARSE_DONE && dispatch_start(c->exchange)) {
        connection_answer(c);
    } else if (result == PARSE_DONE) {
        c->working = true;
        c->loop->in_flight++;
    }
    return result != PARSE_BAD;
}

/* Keeps a copy of bytes until the request that is under way has been answered. Returns false without
 * memory. */
static bool connection_stash(struct connection *c, const char *data, size_t size) {
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

/* Works through new bytes, or through the stash if `size` is 0. */
static void connection_input(struct connection *c, const char *data, size_t size) {
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
    while (size > 0 && open && !c->working && !c->stream && !c->close_after &&
           c->unsent <= unsent_bytes_max) {
        if (!connection_parse_request(c, &data, &size))
            break;
        if (c->loop->out.size > read_bytes_max)
            open = connection_flush(c);
    }
    if (open && !c->close_after && !connection_stash(c, data, size))
        connection_close(c);
    free(stash);
    if (!c->closing && connection_flush(c))
        connection_wait(c);
}

static void connection_on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf) {
    struct connection *c = stream->data;
    if (size == 0)
        return;
    if (size < 0) {
        c->ended = size == UV_EOF;
        connection_read_stop(c);
        /* A client may close its side after its request and still wait for the answer. */
        if (!c->ended || (!c->working && c->unsent == 0) || c->phase == PHASE_LINGER || c->stream)
            connection_close(c);
        return;
    }
    metric_add(c->loop->metrics, METRIC_BYTES_IN, (int64_t)size);
    if (c->phase != PHASE_LINGER && !c->stream)
        connection_input(c, buf->base, (size_t)size);
}

void connection_resume(struct exchange *x) {
    struct connection *c = x->connection;
    if (x->is_recheck) {
        stream_resume(x);
        return;
    }
    x->loop->in_flight--;
    dispatch_finish(x);
    if (!c) { /* the client hung up */
        exchange_free(x);
        return;
    }
    connection_answer(c);
    if (!c->closing && !c->stream && c->phase != PHASE_LINGER)
        connection_input(c, NULL, 0);
}

void connection_expire(struct connection *c) {
    switch (c->phase) {
    case PHASE_STREAM:
        stream_recheck(c);
        break;
    case PHASE_HEAD:
    case PHASE_BODY:
        connection_refuse(c, STATUS_REQUEST_TIMEOUT);
        if (connection_flush(c))
            connection_wait(c);
        break;
    case PHASE_WRITE: {
        size_t left = uv_stream_get_write_queue_size(&c->socket.stream);
        if (left < c->unsent_before) /* the client is slow, but it reads */
            connection_enter_phase(c, PHASE_WRITE);
        else
            connection_close(c);
        c->unsent_before = left;
        break;
    }
    default:
        connection_close(c);
    }
}

/* Whether a request may be on its way: its bytes wait unread, or the client has connected and not asked yet. */
static bool connection_is_expectant(struct connection *c) {
    uv_os_fd_t fd;
    int waiting = 0;
    return !c->asked ||
           (uv_fileno(&c->socket.handle, &fd) == 0 && ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0);
}

void connection_stop(struct connection *c, bool at_once) {
    if (c->stream)
        stream_end(c);
    else if (c->phase == PHASE_IDLE && c->unsent == 0 && (at_once || !connection_is_expectant(c)))
        connection_close(c);
    else if (c->phase == PHASE_IDLE && c->unsent == 0)
        return; /* its next answer is the last */
    else if (c->phase == PHASE_IDLE || c->phase == PHASE_WRITE)
        c->close_after = true;
    /* In the other phases the next answer is the last, because the loop is stopping. */
}

bool connection_reserve(struct loop *loop) {
    if (!loop->spare)
        loop->spare = calloc(1, sizeof *loop->spare);
    return loop->spare != NULL;
}

static struct connection *connection_new(const struct listener *listener) {
    struct loop *loop = listener->loop;
    struct connection *c = loop->spare;
    loop->spare = NULL;
    c->loop = loop;
    c->is_admin = listener->is_admin;
    c->is_unix = listener->is_unix;
    c->phase = PHASE_WORK; /* in no list yet */
    parser_init(&c->parser, api_headers(loop->server->api), &loop->server->options.trusted);
    if (c->is_unix)
        uv_pipe_init(&loop->uv, &c->socket.pipe, 0);
    else
        uv_tcp_init(&loop->uv, &c->socket.tcp);
    c->socket.handle.data = c;
    loop->connections++;
    metric_add(loop->metrics, METRIC_CONNECTIONS_OPEN, 1);
    return c;
}

bool connection_open(struct listener *listener, int fd, const struct sockaddr_storage *from) {
    struct loop *loop = listener->loop;
    struct connection *c = connection_new(listener);
    if ((c->is_unix ? uv_pipe_open(&c->socket.pipe, fd) : uv_tcp_open(&c->socket.tcp, fd)) != 0) {
        connection_close(c);
        return false;
    }
    metric_add(loop->metrics, METRIC_CONNECTIONS_OPENED, 1);
    c->parser.peer.is_unix = c->is_unix;
    if (!c->is_unix) {
        ip_from_sockaddr(from, &c->parser.peer.ip);
        uv_tcp_nodelay(&c->socket.tcp, 1);
    }
    if (loop->connections > loop->server->connections_max) {
        metric_add(loop->metrics, METRIC_CONNECTIONS_REFUSED, 1);
        connection_refuse(c, STATUS_TOO_MANY_CONNECTIONS);
        if (connection_flush(c))
            connection_wait(c);
        return true;
    }
    connection_enter_phase(c, PHASE_IDLE);
    connection_read_start(c);
    return true;
}
