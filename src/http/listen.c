#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { backlog = 1024 };

bool listen_parse(const char *text, struct listen_address *out) {
    memset(out, 0, sizeof *out);
    if (strchr(text, '/')) {
        out->is_unix = true;
        return (size_t)snprintf(out->text, sizeof out->text, "%s", text) < sizeof out->text;
    }
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || strlen(colon + 1) - 1 >= sizeof out->port - 1 ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return false;
    if (strtol(colon + 1, NULL, 10) > UINT16_MAX)
        return false;
    size_t size = (size_t)(colon - text);
    if (text[0] == '[' && text[size - 1] == ']')
        text++, size -= 2;
    if (size == 0 || size >= sizeof out->text)
        return false;
    memcpy(out->text, text, size);
    snprintf(out->port, sizeof out->port, "%s", colon + 1);
    return true;
}

static enum status failed(const struct listen_address *where, const char *doing, char *why) {
    const char *hint =
        errno == EADDRINUSE ? "; another server is there: stop it, or give another --listen" : "";
    snprintf(why, server_why_size, "cannot %s %s%s%s: %s%s", doing, where->text, where->is_unix ? "" : ":",
             where->port, strerror(errno), hint);
    return STATUS_USAGE;
}

/* A bound TCP socket, or -1. `share` lets others of ours be bound to the same port. */
static int bind_tcp(const struct addrinfo *info, bool share) {
    int on = 1, fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (share)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Opens the sockets of one resolved address. With SO_REUSEPORT a second server of the same user would quietly
 * share our port, so a bind without it first asks whether anybody else is there. */
static enum status open_tcp(const struct listen_address *where, struct addrinfo *info, size_t count,
                            int fds[], char *address, char *why) {
    int probe = bind_tcp(info, false);
    if (probe < 0 || listen(probe, 1) != 0) {
        enum status s = failed(where, "listen on", why);
        if (probe >= 0)
            close(probe);
        return s;
    }
    close(probe);
    for (size_t i = 0; i < count; i++) {
        fds[i] = bind_tcp(info, true);
        if (fds[i] < 0 || listen(fds[i], backlog) != 0)
            return failed(where, "listen on", why);
        if (i == 0) /* the port that 0 picked is that of all the others too */
            getsockname(fds[0], info->ai_addr, &info->ai_addrlen);
    }
    char port[8] = "";
    getnameinfo(info->ai_addr, info->ai_addrlen, NULL, 0, port, sizeof port, NI_NUMERICSERV);
    bool v6 = strchr(where->text, ':') != NULL;
    snprintf(address, server_address_size, "http://%s%.200s%s:%s", v6 ? "[" : "", where->text, v6 ? "]" : "",
             port);
    return STATUS_OK;
}

static enum status listen_tcp(const struct listen_address *where, size_t count, int fds[], char *address,
                              char *why) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *info = NULL;
    int code = getaddrinfo(where->text, where->port, &hints, &info);
    if (code != 0) {
        snprintf(why, server_why_size, "cannot listen on %s: %s", where->text, gai_strerror(code));
        return STATUS_USAGE;
    }
    enum status s = open_tcp(where, info, count, fds, address, why);
    freeaddrinfo(info);
    return s;
}

/* Removes a socket that nobody listens on any more, left behind by a crash; nothing else. */
static void remove_stale(const struct sockaddr_un *name) {
    struct stat info;
    if (lstat(name->sun_path, &info) != 0 || !S_ISSOCK(info.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)name, sizeof *name) != 0 && errno == ECONNREFUSED)
        unlink(name->sun_path);
    close(fd);
}

static enum status listen_unix(const struct listen_address *where, size_t count, int fds[], char *address,
                               char *why) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(where->text) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return failed(where, "listen on", why);
    }
    memcpy(name.sun_path, where->text, strlen(where->text) + 1);
    remove_stale(&name);
    fds[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fds[0] < 0 || bind(fds[0], (const struct sockaddr *)&name, sizeof name) != 0 ||
        listen(fds[0], backlog) != 0)
        return failed(where, "listen on", why);
    for (size_t i = 1; i < count; i++)
        if ((fds[i] = dup(fds[0])) < 0)
            return failed(where, "share", why);
    snprintf(address, server_address_size, "unix:%.200s", where->text);
    return STATUS_OK;
}

enum status listen_open(const struct listen_address *where, size_t count, int fds[],
                        char address[static server_address_size], char why[static server_why_size]) {
    for (size_t i = 0; i < count; i++)
        fds[i] = -1;
    enum status s = where->is_unix ? listen_unix(where, count, fds, address, why)
                                   : listen_tcp(where, count, fds, address, why);
    for (size_t i = 0; s != STATUS_OK && i < count; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return s;
}
