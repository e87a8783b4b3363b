/* Feeds bytes to the HTTP parser in pieces, as a connection does. For tests and fuzzers. */
#pragma once

#include "base/buf.h"
#include "http/parse/parser.h"

#include <stdlib.h>
#include <string.h>

struct feeder {
    struct parser parser;
    struct message message;
    struct arena arena; /* of one message */
    bool begun;         /* a message has begun and is not complete yet */
    bool closed;        /* after an error, or after a message that ends its connection */
    enum status status; /* why it closed; STATUS_OK if nothing was wrong */
    void (*on_message)(void *context, const struct message *message);
    void *context;
};

enum { feeder_arena_bytes_max = 8 * 1024 * 1024 };

static const struct header_names feeder_headers = {
    .names = {{"idempotency-key", 15}, {"stripe-signature", 16}}, .count = 2};

/* Peers on Unix sockets, as the feeder is, and 10.0.0.0/8. */
static const struct trusted_proxies feeder_trusted = {
    .is_set = true,
    .unix_sockets = true,
    .ranges = {{.base.bytes = {[10] = 0xFF, [11] = 0xFF, [12] = 10}, .bits = 104}},
    .count = 1,
};

static inline void feeder_init(struct feeder *f, void (*on_message)(void *, const struct message *),
                               void *context) {
    memset(f, 0, sizeof *f);
    f->on_message = on_message;
    f->context = context;
    parser_init(&f->parser, &feeder_headers, &feeder_trusted);
    f->parser.peer = (struct client_address){.is_unix = true};
    arena_init(&f->arena, feeder_arena_bytes_max);
}

static inline void feeder_free(struct feeder *f) {
    arena_free(&f->arena);
}

static inline void feeder_finish_message(struct feeder *f) {
    f->on_message(f->context, &f->message);
    f->closed = !f->message.keep_alive;
    f->begun = false;
    arena_reset(&f->arena);
}

/* Reads as much as it can of one message, as a connection does in one turn. Returns the number of bytes used. */
static inline size_t feeder_turn(struct feeder *f, const char *data, size_t size) {
    size_t used = 0, more = 0;
    if (!f->begun) {
        memset(&f->message, 0, sizeof f->message);
        parser_begin(&f->parser, &f->message, &f->arena);
        f->begun = true;
    }
    enum parse_result result = parser_feed(&f->parser, data, size, &used);
    if (result == PARSE_HEAD)
        result = parser_feed(&f->parser, data + used, size - used, &more);
    if (result == PARSE_BAD) {
        f->closed = true;
        f->status = f->parser.status;
    } else if (result == PARSE_DONE) {
        feeder_finish_message(f);
    }
    return used + more;
}

/* Feeds one piece out of memory that is freed at once: the parser must keep no pointer into it. */
static inline void feeder_feed(struct feeder *f, const char *data, size_t size) {
    char *piece = malloc(size ? size : 1);
    size_t at = 0;
    if (!piece)
        abort();
    memcpy(piece, data, size);
    while (at < size && !f->closed)
        at += feeder_turn(f, piece + at, size - at);
    free(piece);
}

static inline void feeder_put_field(struct buf *out, const char *name, struct str value) {
    if (value.data)
        buf_printf(out, " %s=%.*s", name, (int)value.size, value.data);
}

static inline void feeder_put_flag(struct buf *out, const char *name, bool flag) {
    if (flag)
        buf_printf(out, " %s", name);
}

/* An on_message that prints `POST /path query=… body=… close` and a newline to the buffer `context`. */
static inline void feeder_print(void *context, const struct message *m) {
    static const char *const methods[METHOD_COUNT] = {"GET",    "POST",    "PUT",  "PATCH",
                                                      "DELETE", "OPTIONS", "OTHER"};
    struct buf *out = context;
    buf_put_text(out, m->is_head ? "HEAD" : methods[m->request.method]);
    feeder_put_flag(out, "*", m->asterisk);
    buf_printf(out, " %.*s", (int)m->request.path.size, m->request.path.size ? m->request.path.data : "");
    feeder_put_field(out, "query", m->request.query);
    feeder_put_field(out, "type", m->request.content_type);
    feeder_put_field(out, "authorization", m->request.authorization);
    if (m->request.body.size > 100)
        buf_printf(out, " body of %zu", m->request.body.size);
    else
        feeder_put_field(out, "body", m->request.body);
    feeder_put_field(out, "session", m->request.session_id);
    feeder_put_field(out, "cookies", m->request.cookies);
    feeder_put_field(out, "key", request_header(&m->request, STR("idempotency-key")));
    feeder_put_field(out, "origin", m->request.origin);
    feeder_put_field(out, "site", m->request.sec_fetch_site);
    feeder_put_field(out, "agent", m->request.user_agent);
    feeder_put_field(out, "preflight", m->preflight_method);
    feeder_put_field(out, "id", m->request_id);
    if (!m->request.client.is_unix) {
        char client[ip_text_size];
        client_address_format(&m->request.client, client);
        buf_printf(out, " client=%s", client);
    }
    feeder_put_flag(out, "secure", m->request.secure);
    feeder_put_flag(out, "1.0", m->http10);
    feeder_put_flag(out, "continue", m->expects_continue);
    feeder_put_flag(out, "close", !m->keep_alive);
    buf_put_char(out, '\n');
}
