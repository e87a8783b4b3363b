/* A server for the probes of HTTP/1.1 parsing (tests/api/test_http11probe.py).
 *
 * The probes send GET and POST to `/` and expect 200, but the shop has no such path. So this program runs the
 * real src/http and src/api with endpoints of its own: `/` answers every method with a constant. It listens on
 * a free port of 127.0.0.1, prints the address on standard output, and stops on SIGTERM. */
#include "api/api.h"
#include "db/exec/executor.h"
#include "http/server.h"
#include "shop/schema/schema.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { loops = 2 };

static enum status probe_answer(struct call *call) {
    call_text(call, STR("text/plain"), STR("OK"));
    return STATUS_OK;
}

#define ROW(method_)                                                                                         \
    {.method = (method_),                                                                                    \
     .path = "/",                                                                                            \
     .summary = "Probe",                                                                                     \
     .raw_body = "application/octet-stream",                                                                 \
     .http_status = 200,                                                                                     \
     .handle = probe_answer}

static const struct endpoint rows[] = {ROW(METHOD_GET), ROW(METHOD_POST), ROW(METHOD_PUT), ROW(METHOD_PATCH),
                                       ROW(METHOD_DELETE)};
static const struct endpoint_group probe_endpoints = {
    .tag = "probe", .doc = "What the probes ask for", .rows = rows, .count = sizeof rows / sizeof *rows};
static const struct endpoint_group *const groups[] = {&probe_endpoints, NULL};

/* Serves until a signal of the set `stop` comes. It must be blocked in every thread. */
static int probe_serve(const struct server_options *options, const struct api *api, const sigset_t *stop) {
    char address[server_address_size], error[server_error_size];
    struct server *server = NULL;
    int received;
    enum status s = server_open(options, &server, address, error);
    if (s == STATUS_OK)
        s = server_start(server, api, NULL, error);
    if (s != STATUS_OK) {
        fprintf(stderr, "probe_server: %s\n", error);
        server_stop(server);
        return EXIT_FAILURE;
    }
    printf("listening on %s\n", address);
    fflush(stdout);
    sigwait(stop, &received);
    server_stop(server);
    return EXIT_SUCCESS;
}

int main(void) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);

    char error[db_error_size] = "out of memory";
    struct metrics *metrics = metrics_new(loops + 1);
    struct api_options api_options = {
        .groups = groups, .clock = &clock_system, .random = &random_system, .metrics = metrics};
    struct api *api = api_open(&api_options);
    struct server_options options = {
        .listen = "127.0.0.1:0", .threads = loops, .metrics = metrics, .random = &random_system};
    struct executor_options executor = {
        .url = ":memory:", .schema = &shop_schema, .readers = loops, .searchers = 1};
    if (!metrics || !api || executor_open(&executor, &options.executor, error) != STATUS_OK) {
        fprintf(stderr, "probe_server: %s\n", error);
        return EXIT_FAILURE;
    }
    int code = probe_serve(&options, api, &stop);
    executor_close(options.executor);
    api_close(api);
    metrics_free(metrics);
    return code;
}
