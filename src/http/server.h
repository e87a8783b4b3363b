/* The HTTP server: event loops on threads of their own, each with its own listening socket. */
#pragma once

#include "api/api.h"
#include "http/listen.h"
#include "http/options.h"

enum { server_error_size = listen_error_size, server_address_size = listen_address_size };

struct server;

/* Opens the listening sockets; clients that connect wait until server_start. Sets `address` to what to
 * connect to (`http://127.0.0.1:8000` or `unix:/path`). On failure `error` says in one line what is wrong and
 * what to do. The server must be stopped, started or not. It copies `options`, but not what they point at. */
MUST_CHECK enum status server_open(const struct server_options *options, struct server **out,
                                   char address[static server_address_size],
                                   char error[static server_error_size]);

/* Returns what clients of `admin_listen` connect to, empty without it. */
const char *server_admin_address(const struct server *server);

/* Starts the threads, which serve `api`, and on `admin_listen` `admin_api` (NULL without that), until server_stop. Call it
 * once. On failure `error` is set as above. */
MUST_CHECK enum status server_start(struct server *server, const struct api *api, const struct api *admin_api,
                                    char error[static server_error_size]);

/* Stops listening, answers what was accepted (for at most stop_ms), closes every connection, and frees the
 * server. NULL is fine. */
void server_stop(struct server *server);
