/* A server on a free port of 127.0.0.1 that sends the same bytes to every connection, whatever they are: an
 * answer, half of one, or noise. For tests of HTTP clients. */
#pragma once

#include "test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* A test sets answer, stays and resets before it starts the server. */
struct fake_server {
    int listener;
    char url[64];
    struct str first;        /* sent to the first connection in place of `answer`; absent: `answer` is */
    struct str answer;       /* sent once a request has come; absent: the server hangs up at once */
    bool stays;              /* keeps the connection open behind the answer and sends nothing more */
    bool resets;             /* ends the connection with RST in place of FIN */
    char request[4096];      /* the latest request */
    _Atomic int connections; /* connections so far */
    _Atomic bool stopping;
    pthread_t thread;
};

static inline void *fake_server_run(void *context) {
    struct fake_server *s = context;
    int held[64], count = 0, fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0 && !s->stopping) {
        ssize_t size = recv(fd, s->request, sizeof s->request - 1, 0);
        s->request[size > 0 ? size : 0] = '\0';
        struct str answer = s->connections++ == 0 && s->first.data ? s->first : s->answer;
        for (size_t at = 0; at < answer.size;) {
            ssize_t sent = send(fd, answer.data + at, answer.size - at, MSG_NOSIGNAL);
            if (sent <= 0)
                break;
            at += (size_t)sent;
        }
        if (s->resets)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        if (s->stays && count < 64)
            held[count++] = fd;
        else
            close(fd);
    }
    if (fd >= 0)
        close(fd);
    while (count > 0)
        close(held[--count]);
    return NULL;
}

static inline void fake_server_start(struct fake_server *s) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s->listener, 64), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, fake_server_run, s), 0);
}

static inline void fake_server_stop(struct fake_server *s) {
    s->stopping = true;
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

/* The latest request. */
static inline struct str fake_server_request(struct fake_server *s) {
    assert_true(s->connections > 0); /* the thread counts a connection after it has stored the request */
    return str_from(s->request);
}
