/* Listening sockets. */
#pragma once

#include "http/server.h"

struct listen_address {
    bool is_unix;
    char text[server_address_size]; /* the host without brackets, or the path */
    char port[8];
};

/* Splits a --listen; false where it is neither `host:port` nor a path. */
bool listen_parse(const char *text, struct listen_address *out);

/* Opens `count` non-blocking listening sockets of one address: with SO_REUSEPORT one queue each for TCP, the
 * same queue for a Unix socket. STATUS_USAGE with `why` where the address is taken or is not ours. */
MUST_CHECK enum status listen_open(const struct listen_address *where, size_t count, int fds[],
                                   char address[static server_address_size],
                                   char why[static server_why_size]);
