/*
 * The yardstick for HTTP: the least that a server on libuv and llhttp can honestly do for a request.
 *
 * It parses every request with a strict llhttp, keeps connections alive, and copes with pipelining and slow
 * readers. It answers each request, whatever its path, with one constant reply read from a file: head and body
 * as they go on the wire. run.py writes the bytes that Till itself answered to that file, so that both sides move
 * the same number of bytes. It has no routes, reads no header's value and allocates only per connection. So the
 * difference to Till is Till's own work.
 *
 * Usage: bare REPLY_FILE [PORT]. Port 0, the default, picks a free one; the address is printed. SIGTERM and
 * SIGINT end it.
 */
#include <inttypes.h>
#include <llhttp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum {
    /* One buffer for the whole loop, because a read is parsed to its end before the next one starts. libuv suggests
       the same size. */
    read_bytes_max = 64 * 1024,
    /* A list of 500 products is some 250 KB. */
    reply_bytes_max = 8 * 1024 * 1024,
    /* Replies in one write. libuv keeps up to four buffers inside the request itself, so that no write ever
       allocates. */
    write_replies_max = 4,
    /* The kernel caps it at net.core.somaxconn; idle.py opens connections in bursts of 64. */
    backlog_connections = 1024,
};

struct reply {
    char *bytes;
    size_t length;
};

/* `data` of the parser and of both libuv members points to the connection. */
struct connection {
    uv_tcp_t socket;
    uv_write_t write;
    llhttp_t parser;
    size_t owed_replies;  /* requests that were parsed and are not answered in full yet */
    size_t sent_bytes;    /* of the first owed reply */
    size_t writing_bytes; /* given to uv_write and not confirmed; until then nothing is read */
    bool last;            /* close the connection after the owed replies */
};

static struct reply reply;
static llhttp_settings_t parser_settings;
static char read_buffer[read_bytes_max];

static void must(int result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "bare: %s: %s\n", what, uv_strerror(result));
        exit(1);
    }
}

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

static void connection_close(struct connection *c) {
    if (!uv_is_closing((uv_handle_t *)&c->socket)) {
        uv_close((uv_handle_t *)&c->socket, on_closed);
    }
}

static int on_message_complete(llhttp_t *parser) {
    struct connection *c = parser->data;
    c->owed_replies++;
    if (!llhttp_should_keep_alive(parser)) {
        c->last = true;
    }
    return HPE_OK;
}

/* Points buffers at the next bytes to send, one for each reply. Returns the number of buffers. */
static unsigned next_buffers(const struct connection *c, uv_buf_t buffers[static write_replies_max]) {
    unsigned count = 0;
    size_t skip = c->sent_bytes;
    while (count < write_replies_max && count < c->owed_replies) {
        buffers[count] = uv_buf_init(reply.bytes + skip, (unsigned)(reply.length - skip));
        skip = 0;
        count++;
    }
    return count;
}

static size_t total_bytes(const uv_buf_t *buffers, unsigned count) {
    size_t total = 0;
    for (unsigned i = 0; i < count; i++) {
        total += buffers[i].len;
    }
    return total;
}

static void mark_sent(struct connection *c, size_t bytes) {
    c->sent_bytes += bytes;
    while (c->sent_bytes >= reply.length && c->owed_replies > 0) {
        c->sent_bytes -= reply.length;
        c->owed_replies--;
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(read_buffer, read_bytes_max);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer);
static void on_written(uv_write_t *request, int result);

/* Sends the owed replies: as much as the socket takes at once, and the rest through uv_write. Stops reading until
 * that is done, so that a slow reader's replies do not pile up. */
static void send_owed(struct connection *c) {
    uv_stream_t *stream = (uv_stream_t *)&c->socket;
    while (c->owed_replies > 0) {
        uv_buf_t buffers[write_replies_max];
        unsigned count = next_buffers(c, buffers);
        int sent = uv_try_write(stream, buffers, count);
        if (sent >= 0 && (size_t)sent == total_bytes(buffers, count)) {
            mark_sent(c, (size_t)sent);
            continue;
        }
        if (sent < 0 && sent != UV_EAGAIN) {
            connection_close(c);
            return;
        }
        mark_sent(c, sent > 0 ? (size_t)sent : 0);
        count = next_buffers(c, buffers);
        c->writing_bytes = total_bytes(buffers, count);
        uv_read_stop(stream);
        must(uv_write(&c->write, stream, buffers, count, on_written), "write");
        return;
    }
    if (c->last) {
        connection_close(c);
    }
}

static void on_written(uv_write_t *request, int result) {
    struct connection *c = request->data;
    if (result < 0) {
        connection_close(c);
        return;
    }
    mark_sent(c, c->writing_bytes);
    c->writing_bytes = 0;
    send_owed(c);
    uv_handle_t *handle = (uv_handle_t *)&c->socket;
    if (c->writing_bytes == 0 && !uv_is_closing(handle)) {
        must(uv_read_start((uv_stream_t *)&c->socket, on_alloc, on_read), "read");
    }
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    struct connection *c = stream->data;
    if (length < 0) {
        connection_close(c);
        return;
    }
    if (llhttp_execute(&c->parser, buffer->base, (size_t)length) != HPE_OK) {
        c->last = true; /* requests that were complete before the error are still answered */
    }
    send_owed(c);
}

static void on_connection(uv_stream_t *listener, int result) {
    struct connection *c = result < 0 ? NULL : calloc(1, sizeof *c);
    if (c == NULL) {
        return;
    }
    must(uv_tcp_init(listener->loop, &c->socket), "socket");
    c->socket.data = c;
    c->write.data = c;
    llhttp_init(&c->parser, HTTP_REQUEST, &parser_settings);
    c->parser.data = c;
    if (uv_accept(listener, (uv_stream_t *)&c->socket) < 0) {
        connection_close(c);
        return;
    }
    uv_tcp_nodelay(&c->socket, 1);
    must(uv_read_start((uv_stream_t *)&c->socket, on_alloc, on_read), "read");
}

static void on_signal(uv_signal_t *signal, int number) {
    (void)number;
    uv_stop(signal->loop);
}

static void reply_load(const char *path) {
    FILE *file = fopen(path, "rb");
    reply.bytes = malloc(reply_bytes_max);
    if (file == NULL || reply.bytes == NULL) {
        perror(path);
        exit(1);
    }
    reply.length = fread(reply.bytes, 1, reply_bytes_max, file);
    if (reply.length == 0 || reply.length == reply_bytes_max) {
        fprintf(stderr, "bare: %s must hold a whole reply of 1 to %d bytes\n", path, reply_bytes_max - 1);
        exit(1);
    }
    fclose(file);
}

static void listen_on(uv_loop_t *loop, uv_tcp_t *listener, int port) {
    struct sockaddr_in address;
    must(uv_ip4_addr("127.0.0.1", port, &address), "address");
    must(uv_tcp_init(loop, listener), "socket");
    must(uv_tcp_bind(listener, (const struct sockaddr *)&address, 0), "bind");
    must(uv_listen((uv_stream_t *)listener, backlog_connections, on_connection), "listen");
    int size = sizeof address;
    must(uv_tcp_getsockname(listener, (struct sockaddr *)&address, &size), "port");
    printf("listening on http://127.0.0.1:%" PRIu16 "\n", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv) {
    char *end = NULL;
    long port = argc > 2 ? strtol(argv[2], &end, 10) : 0;
    if (argc < 2 || argc > 3 || port < 0 || port > UINT16_MAX || (end != NULL && *end != '\0')) {
        fprintf(stderr, "usage: bare REPLY_FILE [PORT]\n");
        return 2;
    }
    reply_load(argv[1]);
    llhttp_settings_init(&parser_settings);
    parser_settings.on_message_complete = on_message_complete;

    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t listener;
    uv_signal_t terminate;
    uv_signal_t interrupt;
    must(uv_signal_init(loop, &terminate), "signal");
    must(uv_signal_init(loop, &interrupt), "signal");
    must(uv_signal_start(&terminate, on_signal, SIGTERM), "signal");
    must(uv_signal_start(&interrupt, on_signal, SIGINT), "signal");
    listen_on(loop, &listener, (int)port);
    /* After uv_stop handles are still open. The process ends here, and the kernel closes them. */
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}
