/* Accepting: uv_poll reports that clients wait, and they are accepted here, not by libuv (uv_listen), because libuv does
 * not bear that something is missing:
 *
 *     missing                   with libuv                            here
 *     a descriptor, or memory   accept() is called again at once,     the listener rests until the next tick; the
 *     for a socket              and the loop does nothing else        clients wait in the kernel's queue
 *     memory for epoll          it aborts if epoll_ctl() fails        the descriptor is added first, without events.
 *                                                                     libuv finds it there (EEXIST), and changes its
 *                                                                     events, which takes no memory
 *     memory for a connection   it reports no other client            it is taken before the client is accepted
 *
 * If accept() fails because of one client, the next one is accepted, as if the first had hung up. */
#include "http/accept.h"

#include "base/log.h"
#include "http/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

enum { accepts_max = 64 }; /* in one turn of the loop, so that its connections get their turn too */

/* Returns a client's descriptor, or -1 with errno. */
static int client_accept(int fd, struct sockaddr_storage *from) {
    socklen_t size = sizeof *from;
    memset(from, 0, sizeof *from);
#ifdef __linux__
    return accept4(fd, (struct sockaddr *)from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    int client = accept(fd, (struct sockaddr *)from, &size);
    if (client >= 0)
        fcntl(client, F_SETFD, FD_CLOEXEC);
    return client;
#endif
}

/* Adds a descriptor to those that the loop waits for. Returns false with errno. */
static bool client_register(struct loop *loop, int fd) {
#ifdef __linux__
    return epoll_ctl(uv_backend_fd(&loop->uv), EPOLL_CTL_ADD, fd, &(struct epoll_event){.data.fd = fd}) == 0;
#else
    (void)loop, (void)fd;
    return true;
#endif
}

/* Serves a client. Returns false with errno; it is closed then. */
static bool client_serve(struct listener *listener, int fd, const struct sockaddr_storage *from) {
    bool is_registered = client_register(listener->loop, fd);
    if (is_registered && connection_open(listener, fd, from))
        return true;
    int error = is_registered ? ENOMEM : errno;
    close(fd);
    errno = error;
    return false;
}

/* Whether accept() failed for want of something that all clients need, and not because of one client. */
static bool is_lack(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS || error == ENOSPC;
}

static void listener_on_clients(uv_poll_t *readable, int error, int events);

/* Waits for clients, or for the next tick. */
static void listener_rest(struct listener *listener, bool rests) {
    if (rests == listener->rests)
        return;
    listener->rests = rests;
    if (rests)
        uv_poll_stop(&listener->readable);
    else
        uv_poll_start(&listener->readable, UV_READABLE, listener_on_clients);
}

/* Says once that clients must wait, until one is accepted again. */
static void listener_warn(struct listener *listener, int error) {
    if (!listener->warned)
        log_warning("clients cannot be accepted, and are tried again: %s", strerror(error));
    listener->warned = true;
}

/* Accepts clients until none waits. Rests if the last of many could not be served either: that may last. */
static void listener_accept(struct listener *listener) {
    struct sockaddr_storage from;
    bool waits = true, rests = false, served = true;
    for (int i = 0; i < accepts_max && waits && !rests; i++) {
        int fd = -1;
        errno = ENOMEM;
        if (connection_reserve(listener->loop))
            fd = client_accept(listener->fd, &from);
        waits = fd >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
        served = fd >= 0 && client_serve(listener, fd, &from);
        rests = !served && is_lack(errno);
        if (rests)
            listener_warn(listener, errno);
        else if (served)
            listener->warned = false;
    }
    listener_rest(listener, waits && !served);
}

static void listener_on_clients(uv_poll_t *readable, int error, int events) {
    struct listener *listener = readable->data;
    (void)events;
    if (error == 0)
        listener_accept(listener);
    else
        listener_rest(listener, true);
}

int listener_open(struct listener *listener, struct loop *loop, int fd) {
    listener->loop = loop;
    listener->fd = fd;
    listener->readable.data = listener;
    int error = uv_poll_init(&loop->uv, &listener->readable, fd);
    if (error) {
        close(fd);
        listener->fd = -1;
        return error;
    }
    return uv_poll_start(&listener->readable, UV_READABLE, listener_on_clients);
}

void listener_tick(struct listener *listener) {
    if (listener->rests && listener->fd >= 0)
        listener_accept(listener);
}

void listener_close(struct listener *listener) {
    if (listener->fd < 0)
        return;
    uv_close((uv_handle_t *)&listener->readable, NULL);
    close(listener->fd);
    listener->fd = -1;
}
