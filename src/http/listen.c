#include "http/listen.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { backlog = 1024 }; /* clients that the kernel holds until a loop accepts them */

bool listen_parse(const char *text, struct listen_address *out) {
    memset(out, 0, sizeof *out);
    out->mode = listen_mode_default;
    if (strchr(text, '/')) {
        out->is_unix = true;
        return (size_t)snprintf(out->text, sizeof out->text, "%s", text) < sizeof out->text;
    }
    const char *colon = strrchr(text, ':');
    int64_t port;
    if (!colon || colon == text || strlen(colon + 1) >= sizeof out->port ||
        !str_to_int(str_from(colon + 1), UINT16_MAX, &port))
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

/* Describes errno in `error`. */
static enum status listen_failed(const struct listen_address *where, const char *doing, char *error) {
    const char *hint =
        errno == EADDRINUSE ? "; another server is there: stop it, or give another --listen" : "";
    snprintf(error, listen_error_size, "cannot %s %s%s%s: %s%s", doing, where->text,
             where->is_unix ? "" : ":", where->port, strerror(errno), hint);
    return STATUS_USAGE;
}

/* One address that a name has. */
struct resolved {
    struct addrinfo *info;
    bool only_v6; /* the name has IPv4 addresses too, which get sockets of their own */
};

/* Returns a bound TCP socket, or -1 with errno. `share` lets more sockets of this user bind to the same
 * port. */
static int listen_bind_tcp(const struct resolved *at, bool share) {
    int on = 1, fd = socket(at->info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (share)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (at->only_v6 && at->info->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, at->info->ai_addr, at->info->ai_addrlen) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* With SO_REUSEPORT a second server of the same user would share our port without an error. So a socket without
 * it is bound first, which fails if another server listens. Returns 0 or errno. */
static int listen_probe(const struct resolved *at) {
    int probe = listen_bind_tcp(at, false);
    int error = probe >= 0 && listen(probe, 1) == 0 ? 0 : errno;
    if (probe >= 0)
        close(probe);
    return error;
}

/* Opens the sockets of one address, number `slot` of each loop. Returns 0 or errno. If port 0 was asked for,
 * `info` has the port that was picked. */
static int listen_open_tcp(struct resolved *at, size_t slot, size_t count, struct listen_sockets sockets[]) {
    int error = listen_probe(at);
    for (size_t i = 0; i < count && error == 0; i++) {
        int fd = sockets[i].fds[slot] = listen_bind_tcp(at, true);
        if (fd < 0 || listen(fd, backlog) != 0)
            error = errno;
        else if (i == 0)
            getsockname(fd, at->info->ai_addr, &at->info->ai_addrlen);
    }
    return error;
}

static bool is_listed_before(const struct addrinfo *first, const struct addrinfo *info) {
    for (; first != info; first = first->ai_next)
        if (first->ai_addrlen == info->ai_addrlen &&
            memcmp(first->ai_addr, info->ai_addr, info->ai_addrlen) == 0)
            return true;
    return false;
}

static void addrinfo_set_port(struct addrinfo *info, const struct addrinfo *from) {
    in_port_t port = from->ai_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)from->ai_addr)->sin6_port
                                                 : ((struct sockaddr_in *)(void *)from->ai_addr)->sin_port;
    if (info->ai_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)info->ai_addr)->sin6_port = port;
    else
        ((struct sockaddr_in *)(void *)info->ai_addr)->sin_port = port;
}

/* Opens the sockets of all addresses of a name, on one port. Returns the first that has sockets, or NULL with
 * errno. A name may have an address of another machine, or of a family that this machine does not speak. */
static struct addrinfo *listen_open_addresses(struct addrinfo *first, size_t count,
                                              struct listen_sockets sockets[]) {
    struct addrinfo *opened = NULL;
    size_t slot = 0;
    int error = 0, missing = 0;
    for (struct addrinfo *info = first; info && slot < listen_addresses_max && error == 0;
         info = info->ai_next) {
        struct resolved at = {info, first->ai_next != NULL};
        if (opened)
            addrinfo_set_port(info, opened);
        if (is_listed_before(first, info))
            continue;
        error = listen_open_tcp(&at, slot, count, sockets);
        if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) {
            missing = error;
            error = 0;
        } else if (error == 0) {
            opened = opened ? opened : info;
            slot++;
        }
    }
    errno = error ? error : missing;
    return error ? NULL : opened;
}

static enum status listen_tcp(const struct listen_address *where, size_t count,
                              struct listen_sockets sockets[], char *address, char *error) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *first = NULL;
    int code = getaddrinfo(where->text, where->port, &hints, &first);
    if (code != 0) {
        snprintf(error, listen_error_size, "cannot listen on %s: %s", where->text, gai_strerror(code));
        return STATUS_USAGE;
    }
    const struct addrinfo *opened = listen_open_addresses(first, count, sockets);
    enum status s = opened ? STATUS_OK : listen_failed(where, "listen on", error);
    char port[8] = "";
    bool v6 = strchr(where->text, ':') != NULL;
    if (opened)
        getnameinfo(opened->ai_addr, opened->ai_addrlen, NULL, 0, port, sizeof port, NI_NUMERICSERV);
    freeaddrinfo(first);
    snprintf(address, listen_address_size, "http://%s%.200s%s:%s", v6 ? "[" : "", where->text, v6 ? "]" : "",
             port);
    return s;
}

/* Removes the file of a socket that has no listener, as a crash leaves it behind. Other files stay. */
static void listen_remove_stale(const struct sockaddr_un *name) {
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

/* Gives the socket's file its permissions and group. No client can connect before listen(). */
static bool listen_set_access(const struct listen_address *where) {
    if ((!where->has_group || chown(where->text, (uid_t)-1, where->group) == 0) &&
        chmod(where->text, where->mode) == 0)
        return true;
    int error = errno;
    unlink(where->text);
    errno = error;
    return false;
}

static enum status listen_unix(const struct listen_address *where, size_t count,
                               struct listen_sockets sockets[], char *address, char *error) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(where->text) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return listen_failed(where, "listen on", error);
    }
    memcpy(name.sun_path, where->text, strlen(where->text) + 1);
    listen_remove_stale(&name);
    int fd = sockets[0].fds[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&name, sizeof name) != 0 || !listen_set_access(where) ||
        listen(fd, backlog) != 0)
        return listen_failed(where, "listen on", error);
    for (size_t i = 1; i < count; i++)
        if ((sockets[i].fds[0] = dup(fd)) < 0)
            return listen_failed(where, "share", error);
    snprintf(address, listen_address_size, "unix:%.200s", where->text);
    return STATUS_OK;
}

/* ---- Sockets that a supervisor holds: sd_listen_fds(3). */

enum { inherited_first = 3 };

size_t listen_inherited(void) {
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    int64_t for_pid, count;
    return pid && fds && str_to_int(str_from(pid), INT32_MAX, &for_pid) && for_pid == getpid() &&
                   str_to_int(str_from(fds), INT32_MAX, &count)
               ? (size_t)count
               : 0;
}

/* Returns the family of a stream socket that listens, else AF_UNSPEC. Its address goes to `name`. */
static int listen_family(int fd, struct sockaddr_storage *name) {
    int type = 0, listens = 0;
    socklen_t size = sizeof type, name_size = sizeof *name;
    memset(name, 0, sizeof *name);
    bool usable = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
                  getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens &&
                  getsockname(fd, (struct sockaddr *)name, &name_size) == 0;
    int family = usable ? name->ss_family : AF_UNSPEC;
    return family == AF_UNIX || family == AF_INET || family == AF_INET6 ? family : AF_UNSPEC;
}

static void listen_write_address(const struct sockaddr_storage *name, char *address) {
    char host[INET6_ADDRSTRLEN] = "", port[8] = "";
    bool v6 = name->ss_family == AF_INET6;
    socklen_t size = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (name->ss_family == AF_UNIX) {
        snprintf(address, listen_address_size, "unix:%.107s",
                 ((const struct sockaddr_un *)(const void *)name)->sun_path);
        return;
    }
    getnameinfo((const struct sockaddr *)name, size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(address, listen_address_size, "http://%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

/* Takes descriptor `fd` as number `slot` of each loop. The loops share its one queue. */
static bool listen_share(int fd, size_t slot, size_t count, struct listen_sockets sockets[]) {
    sockets[0].fds[slot] = fd;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    for (size_t i = 1; i < count; i++)
        if ((sockets[i].fds[slot] = fcntl(fd, F_DUPFD_CLOEXEC, inherited_first)) < 0)
            return false;
    return true;
}

enum status listen_inherit(size_t inherited, size_t count, struct listen_sockets sockets[], bool *is_unix,
                           char address[static listen_address_size], char error[static listen_error_size]) {
    struct sockaddr_storage name;
    bool usable = inherited <= listen_addresses_max;
    *is_unix = listen_family(inherited_first, &name) == AF_UNIX;
    listen_write_address(&name, address);
    for (size_t i = 0; i < count; i++)
        memset(&sockets[i], 0xff, sizeof sockets[i]); /* each -1 */
    for (size_t slot = 0; slot < inherited && usable; slot++) {
        int fd = inherited_first + (int)slot, family = listen_family(fd, &name);
        usable =
            family != AF_UNSPEC && (family == AF_UNIX) == *is_unix && listen_share(fd, slot, count, sockets);
    }
    if (usable)
        return STATUS_OK;
    snprintf(
        error, listen_error_size,
        "the %zu sockets that LISTEN_FDS passes are not 1 to %d listening stream sockets, all TCP or all Unix",
        inherited, listen_addresses_max);
    for (size_t i = 0; i < count; i++)
        listen_close(&sockets[i]);
    return STATUS_USAGE;
}

static bool listen_fd_is_loopback(int fd) {
    struct sockaddr_storage name;
    switch (listen_family(fd, &name)) {
    case AF_INET:
        return ntohl(((const struct sockaddr_in *)(const void *)&name)->sin_addr.s_addr) >> 24 ==
               IN_LOOPBACKNET;
    case AF_INET6:
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)&name)->sin6_addr);
    default:
        return false;
    }
}

bool listen_is_loopback(const char *listen) {
    size_t inherited = listen_inherited();
    for (size_t slot = 0; slot < inherited && slot < listen_addresses_max; slot++)
        if (!listen_fd_is_loopback(inherited_first + (int)slot))
            return false;
    return inherited > 0 || listen_text_is_loopback(listen);
}

bool listen_text_is_loopback(const char *text) {
    struct listen_address where;
    if (!listen_parse(text, &where) || where.is_unix)
        return false;
    struct str host = str_from(where.text);
    return str_starts(host, STR("127.")) || str_equal_nocase(host, STR("localhost")) ||
           str_equal(host, STR("::1"));
}

void listen_close(struct listen_sockets *sockets) {
    for (size_t i = 0; i < listen_addresses_max; i++) {
        if (sockets->fds[i] >= 0)
            close(sockets->fds[i]);
        sockets->fds[i] = -1;
    }
}

enum status listen_open(const struct listen_address *where, size_t count, struct listen_sockets sockets[],
                        char address[static listen_address_size], char error[static listen_error_size]) {
    for (size_t i = 0; i < count; i++)
        memset(&sockets[i], 0xff, sizeof sockets[i]); /* each -1 */
    enum status s = where->is_unix ? listen_unix(where, count, sockets, address, error)
                                   : listen_tcp(where, count, sockets, address, error);
    for (size_t i = 0; s != STATUS_OK && i < count; i++)
        listen_close(&sockets[i]);
    return s;
}
