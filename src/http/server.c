#include "http/server.h"

#include "http/loop.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { descriptors_spare = 64 }; /* for the database, the log, the listeners */

/* Raises the process's limit on descriptors as far as the system allows. Returns how many connections each
 * loop may have, so that all of them together leave descriptors_spare. */
static size_t server_connections_max(size_t loops) {
    struct rlimit limit;
    size_t most = connections_max;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_cur < most + descriptors_spare)
            most = limit.rlim_cur > (rlim_t)2 * descriptors_spare ? limit.rlim_cur - descriptors_spare
                                                                  : descriptors_spare;
    }
    return (most + loops - 1) / loops;
}

/* Closes the sockets that no loop has taken over. */
static void entrance_close(struct entrance *e, size_t threads) {
    for (size_t i = 0; i < threads && e->address[0]; i++)
        listen_close(&e->sockets[i]);
    if (e->unix_path[0])
        unlink(e->unix_path);
}

void server_stop(struct server *server) {
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    for (size_t i = 0; i < server->count; i++)
        loop_notify(server->loops[i]);
    for (size_t i = 0; i < server->count; i++)
        loop_join(server->loops[i]);
    for (size_t i = 0; i < server->count; i++)
        loop_free(server->loops[i]);
    entrance_close(&server->shop, server->options.threads);
    entrance_close(&server->admin, server->options.threads);
    free(server);
}

/* Opens the sockets of the address that a flag gives. `error` has server_error_size. */
static enum status entrance_open(struct entrance *e, const struct server_options *options, const char *flag,
                                 const char *text, char *error) {
    struct listen_address where;
    char address[listen_address_size];
    if (!listen_parse(text, &where)) {
        snprintf(error, server_error_size, "--%s %s is neither host:port nor the path of a socket", flag,
                 text);
        return STATUS_USAGE;
    }
    where.mode = options->listen_mode ? options->listen_mode : listen_mode_default;
    where.has_group = options->has_listen_group;
    where.group = options->listen_group;
    e->is_unix = where.is_unix;
    TRY(listen_open(&where, options->threads, e->sockets, address, error));
    snprintf(e->address, sizeof e->address, "%s", address);
    snprintf(e->unix_path, sizeof e->unix_path, "%s", where.is_unix ? where.text : "");
    return STATUS_OK;
}

static enum status entrance_inherit(struct entrance *e, size_t inherited, size_t threads, char *error) {
    char address[listen_address_size];
    TRY(listen_inherit(inherited, threads, e->sockets, &e->is_unix, address, error));
    snprintf(e->address, sizeof e->address, "%s", address);
    return STATUS_OK;
}

static enum status server_open_entrances(struct server *server, char *error) {
    const struct server_options *o = &server->options;
    size_t inherited = listen_inherited();
    if (inherited > 0)
        TRY(entrance_inherit(&server->shop, inherited, o->threads, error));
    else
        TRY(entrance_open(&server->shop, o, "listen", o->listen, error));
    return o->admin_listen ? entrance_open(&server->admin, o, "admin-listen", o->admin_listen, error)
                           : STATUS_OK;
}

enum status server_open(const struct server_options *options, struct server **out,
                        char address[static server_address_size], char error[static server_error_size]) {
    assert(options->threads >= 1 && options->threads <= threads_max);
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(error, server_error_size, "out of memory");
        return STATUS_NO_MEMORY;
    }
    server->options = *options;
    server->connections_max = server_connections_max(options->threads);
    enum status s = server_open_entrances(server, error);
    if (s != STATUS_OK) {
        server_stop(server);
        return s;
    }
    snprintf(address, server_address_size, "%s", server->shop.address);
    *out = server;
    return STATUS_OK;
}

const char *server_admin_address(const struct server *server) {
    return server->admin.address;
}

enum status server_start(struct server *server, const struct api *api, const struct api *admin_api,
                         char error[static server_error_size]) {
    server->api = api;
    server->admin_api = admin_api;
    while (server->count < server->options.threads) {
        struct loop *loop = loop_new(server, server->count);
        if (!loop) {
            snprintf(error, server_error_size, "not enough memory for %zu threads; give a smaller --threads",
                     server->options.threads);
            return STATUS_NO_MEMORY;
        }
        server->loops[server->count++] = loop;
    }
    return STATUS_OK;
}
