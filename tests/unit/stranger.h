/* A server of a test's own on 127.0.0.1, which answers whatever it is told to, sense or nonsense. */
#pragma once

#include "test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers every connection with the same bytes, once something was asked. */
struct stranger {
    int listener;
    char url[64];
    struct str answer; /* absent: hangs up at once */
    bool stays;        /* and then says nothing more, without hanging up */
    bool resets;
    char asked[4096]; /* what came last */
    _Atomic int calls;
    _Atomic bool stopping;
    pthread_t thread;
};

static inline void *answer_all(void *context) {
    struct stranger *s = context;
    int held[64], count = 0, fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0 && !s->stopping) {
        ssize_t size = recv(fd, s->asked, sizeof s->asked - 1, 0);
        s->asked[size > 0 ? size : 0] = '\0';
        s->calls++;
        for (size_t at = 0; at < s->answer.size;) {
            ssize_t sent = send(fd, s->answer.at + at, s->answer.size - at, MSG_NOSIGNAL);
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

static inline void stranger_start(struct stranger *s) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->listener, 64), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &size), 0);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, answer_all, s), 0);
}

static inline void stranger_stop(struct stranger *s) {
    s->stopping = true;
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

/* What was asked last. */
static inline struct str stranger_asked(struct stranger *s) {
    assert_true(s->calls > 0); /* the thread counts a call behind what it was asked */
    return str_from(s->asked);
}
