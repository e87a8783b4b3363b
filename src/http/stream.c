#include "http/stream.h"

#include "base/thread/broadcast.h"
#include "http/answer.h"
#include "http/connection_parts.h"
#include "http/dispatch.h"

#include <stdlib.h>
#include <string.h>

struct stream {
    struct connection *connection;
    struct stream *before, *after; /* in loop->streams */
    struct broadcast_reader reader;
    struct stream_pass pass;
    bool is_chunked;
    size_t unsent_before; /* at the last beat */
};

static struct broadcast *stream_broadcast(const struct loop *loop) {
    return loop->server->options.events;
}

/* Makes the stream of an exchange that has a place among streams_max, which the stream has from then on. NULL without
 * memory. */
static struct stream *stream_new(struct exchange *x) {
    struct loop *loop = x->loop;
    struct stream *s = calloc(1, sizeof *s);
    if (!s) {
        atomic_fetch_sub(&loop->server->streams, 1);
        return NULL;
    }
    s->connection = x->connection;
    s->is_chunked = !x->message.http10;
    api_stream_pass(&x->call, &s->pass);
    s->reader.after = x->call.attempt.response.stream_after;
    s->reader.audience = x->call.actor.scopes;
    s->after = loop->streams;
    if (s->after)
        s->after->before = s;
    loop->streams = s;
    broadcast_join(stream_broadcast(loop), &s->reader);
    return s;
}

void stream_free(struct loop *loop, struct stream *s) {
    if (!s)
        return;
    *(s->before ? &s->before->after : &loop->streams) = s->after;
    if (s->after)
        s->after->before = s->before;
    broadcast_leave(stream_broadcast(loop));
    atomic_fetch_sub(&loop->server->streams, 1);
    free(s);
}

/* Appends a part of the answer to loop->out. */
static void stream_put(struct loop *loop, const struct stream *s, struct str text) {
    if (s->is_chunked)
        answer_put_chunk(text, &loop->out);
    else
        buf_put(&loop->out, text);
}

/* Appends the texts that are new. Returns false if the client has fallen behind, and its stream must end. */
static bool stream_fill(struct loop *loop, struct stream *s) {
    char text[broadcast_text_bytes_max];
    size_t size;
    enum broadcast_found found;
    while ((found = broadcast_next(stream_broadcast(loop), &s->reader, text, &size)) == BROADCAST_TEXT)
        stream_put(loop, s, (struct str){text, size});
    return found != BROADCAST_LOST;
}

/* Notes at a beat how many bytes the client has not taken. Returns false if it has taken nothing since the last one.
 * Heartbeats alone are a few bytes, so a queue that is not empty twice in a row and has not shrunk is a client that does
 * not read. */
static bool stream_is_read(struct stream *s, size_t unsent) {
    bool is_stuck = s->unsent_before > 0 && unsent >= s->unsent_before;
    s->unsent_before = unsent;
    return !is_stuck;
}

void stream_end(struct connection *c) {
    if (c->working)
        return;
    if (c->stream->is_chunked)
        buf_put(&c->loop->out, STR("0\r\n\r\n"));
    stream_free(c->loop, c->stream);
    c->stream = NULL;
    c->close_after = true;
    if (connection_flush(c))
        connection_wait(c);
}

/* Sends what was put into loop->out for a stream, and cuts off a client that has not taken what was sent before. */
static void stream_send(struct connection *c) {
    if (connection_flush(c) && c->unsent > stream_unsent_bytes_max)
        connection_close(c);
}

static void stream_pump(struct connection *c) {
    bool goes_on = stream_fill(c->loop, c->stream);
    if (c->loop->out.size > 0)
        stream_send(c);
    if (!goes_on && !c->closing)
        stream_end(c);
}

void streams_pump(struct loop *loop) {
    for (struct stream *s = loop->streams, *after; s; s = after) {
        after = s->after;
        stream_pump(s->connection);
    }
}

void stream_begin(struct connection *c, struct exchange *x) {
    c->stream = stream_new(x);
    if (!c->stream) {
        connection_close(c);
        return;
    }
    uv_send_buffer_size(&c->socket.handle, &(int){stream_socket_bytes});
    connection_enter_phase(c, PHASE_STREAM);
    stream_pump(c);
    if (c->stream && c->loop->stopping)
        stream_end(c);
}

/* Sends a comment, so that the client, and what is between, knows that the stream lives. */
static void stream_beat(struct connection *c) {
    if (!stream_is_read(c->stream, uv_stream_get_write_queue_size(&c->socket.stream))) {
        connection_close(c);
        return;
    }
    connection_enter_phase(c, PHASE_STREAM);
    stream_put(c->loop, c->stream, STR(":\n\n"));
    stream_send(c);
}

void stream_resume(struct exchange *x) {
    struct connection *c = x->connection;
    bool goes_on = x->call.status == STATUS_OK && !x->loop->stopping;
    uint32_t scopes = x->call.actor.scopes;
    x->loop->in_flight--;
    exchange_free(x);
    if (!c)
        return;
    c->exchange = NULL;
    c->working = false;
    c->stream->reader.audience &= scopes;
    if (goes_on)
        stream_beat(c);
    else
        stream_end(c);
}

void stream_recheck(struct connection *c) {
    if (c->stream->pass.size == 0) {
        stream_beat(c);
        return;
    }
    struct exchange *x = exchange_new(c->loop);
    if (!x) {
        stream_end(c);
        return;
    }
    memset(&x->message, 0, sizeof x->message);
    x->connection = c;
    x->is_recheck = true;
    x->is_admin = c->is_admin;
    c->exchange = x;
    c->working = true;
    c->loop->in_flight++;
    connection_enter_phase(c, PHASE_WORK);
    if (!dispatch_recheck(x, &c->stream->pass))
        stream_resume(x);
}
