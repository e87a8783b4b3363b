/* till mock-stripe: the mock as a server of its own that speaks Stripe's API. */
#include "cli/command.h"
#include "cli/provider.h"

#include "api/mock_stripe.h"
#include "base/log.h"
#include "db/executor.h"
#include "http/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { loops = 2, connections = 16 };

enum { FLAG_LISTEN, FLAG_LEDGER, FLAG_FAULTS, FLAG_WEBHOOK_URL, FLAG_WEBHOOK_SECRET_FILE };

static const struct flag flags[] = {
    [FLAG_LISTEN] = {"listen", "ADDRESS", "127.0.0.1:12111",
                     "host:port (port 0 picks one) or the path of a Unix socket"},
    [FLAG_LEDGER] = {"ledger", "FILE", NULL, "its books; without a file they are kept in memory"},
    [FLAG_FAULTS] = {"faults", "LIST", NULL,
                     "what goes wrong, such as latency=50,confirm.lost-reply=1,webhook=duplicate"},
    [FLAG_WEBHOOK_URL] = {"webhook-url", "URL", NULL,
                          "where events are sent, such as the shop's /payments/webhook"},
    [FLAG_WEBHOOK_SECRET_FILE] = {"webhook-secret-file", "FILE", NULL,
                                  "what they are signed with; or TILL_WEBHOOK_SECRET has it"},
    {0},
};

/* Serves until a signal of `stop` comes. */
static enum status serve(const struct server_options *options, const struct api *api, const sigset_t *stop) {
    char address[server_address_size], why[server_why_size] = "out of memory";
    struct server *server = NULL;
    int received;
    enum status s = server_open(options, &server, address, why);
    if (s == STATUS_OK)
        s = server_start(server, api, why);
    if (s == STATUS_OK) {
        printf("Stripe's API, mocked; any key such as sk_test_123 will do\nlistening on %s\n", address);
        fflush(stdout);
        sigwait(stop, &received);
    } else {
        usage_error("%s", why);
    }
    server_stop(server);
    return s;
}

/* The layers under the port need a database, and get one that holds nothing. */
static enum status serve_mock(struct server_options *options, struct provider *mock, const sigset_t *stop) {
    char why[db_why_size] = "out of memory";
    struct api_options api_options = {
        .groups = mock_stripe_endpoints,
        .clock = &clock_system,
        .random = &random_system,
        .metrics = options->metrics,
        .provider = mock,
    };
    struct executor_options executor = {.url = ":memory:", .readers = loops, .searchers = 1};
    enum status s = executor_open(&executor, &options->executor, why);
    if (s != STATUS_OK) {
        usage_error("%s", why);
        return s;
    }
    struct api *api = api_open(&api_options);
    s = api ? job_pool_open(&(struct job_pool_options){.calls = connections}, &options->provider)
            : STATUS_NO_MEMORY;
    if (s == STATUS_OK) {
        s = serve(options, api, stop);
        job_pool_close(options->provider);
    } else {
        s = no_memory("what answers");
    }
    executor_close(options->executor);
    api_close(api);
    return s;
}

static int run(const char *const values[], const char *operand) {
    (void)operand;
    struct provider_options provider = {
        .mock_ledger = values[FLAG_LEDGER],
        .mock_faults = values[FLAG_FAULTS],
        .mock_webhook_url = values[FLAG_WEBHOOK_URL],
        .webhook_secret_file = values[FLAG_WEBHOOK_SECRET_FILE],
        .db = ":memory:",
        .clock = &clock_system,
    };
    struct provider *mock;
    sigset_t stop;
    if (values[FLAG_WEBHOOK_URL] && !values[FLAG_WEBHOOK_SECRET_FILE] && !getenv("TILL_WEBHOOK_SECRET"))
        return usage_error(
            "--webhook-url needs the secret that the shop has: --webhook-secret-file FILE, or "
            "TILL_WEBHOOK_SECRET");
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    log_open(LOG_NONE); /* of requests; faults are told */
    enum status s = provider_open(&provider, &mock);
    if (s != STATUS_OK)
        return s == STATUS_USAGE ? exit_usage : exit_failed;
    struct server_options options = {.listen = values[FLAG_LISTEN],
                                     .threads = loops,
                                     .metrics = metrics_new(loops),
                                     .random = &random_system};
    s = options.metrics ? serve_mock(&options, mock, &stop) : no_memory("the metrics");
    metrics_free(options.metrics);
    mock->calls->close(mock);
    return s == STATUS_OK ? exit_done : s == STATUS_USAGE ? exit_usage : exit_failed;
}

const struct command mock_stripe_command = {
    .name = "mock-stripe",
    .summary = "Serve Stripe's API out of the mock, to try clients of Stripe's with",
    .flags = flags,
    .run = run,
};
