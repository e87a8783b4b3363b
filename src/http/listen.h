/* Listening sockets: TCP with a queue for each event loop, or a Unix socket with one queue for all. A supervisor
 * may pass sockets that it holds. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    listen_error_size = 512,
    listen_address_size = 256,
    listen_addresses_max = 8,   /* of one name; the rest is left out */
    listen_mode_default = 0660, /* a proxy of the socket's group may connect, others may not */
};

struct listen_address {
    bool is_unix;
    char text[listen_address_size]; /* the host without brackets, or the path */
    char port[8];
    unsigned mode; /* of a Unix socket */
    bool has_group;
    gid_t group; /* of a Unix socket, if has_group; listen_parse sets no group and listen_mode_default */
};

/* Listening sockets of one loop, a socket for each address; -1 for none. */
struct listen_sockets {
    int fds[listen_addresses_max];
};

/* Splits a --listen into its parts. Returns false if it is neither `host:port` nor a path. */
bool listen_parse(const char *text, struct listen_address *out);

/* Whether an address of --listen or --admin-listen is reached from this machine alone. A Unix socket is not: a proxy leads to
 * it. */
bool listen_text_is_loopback(const char *text);

/* The same of the shop's entrance: of the sockets that a supervisor has passed, if there are any, else of `listen`. */
bool listen_is_loopback(const char *listen);

/* Opens `count` times a non-blocking listening socket for each address that the name has, and sets `address`
 * to what clients connect to. With TCP each socket has an accept queue of its own (SO_REUSEPORT), so that the
 * kernel spreads connections over the loops; a Unix socket is duplicated and has one queue. An address that
 * this machine does not have is left out, if there is another one. STATUS_USAGE, with `error` set, if an
 * address is in use or none is ours; then nothing is left open. */
MUST_CHECK enum status listen_open(const struct listen_address *where, size_t count,
                                   struct listen_sockets sockets[], char address[static listen_address_size],
                                   char error[static listen_error_size]);

/* How many listening sockets systemd, or another supervisor of its protocol, has passed to this process (LISTEN_PID,
 * LISTEN_FDS); 0: none. They stay open while the process is replaced, so clients wait and are not refused. */
size_t listen_inherited(void);

/* Takes these `inherited` sockets in place of those that listen_open opens; each loop gets all of them. STATUS_USAGE,
 * with `error` set, if they are not up to listen_addresses_max stream sockets that listen, all TCP or all Unix. */
MUST_CHECK enum status listen_inherit(size_t inherited, size_t count, struct listen_sockets sockets[],
                                      bool *is_unix, char address[static listen_address_size],
                                      char error[static listen_error_size]);

/* Closes the descriptors that are not -1. */
void listen_close(struct listen_sockets *sockets);
