/* till mock-stripe: serves the mock provider as Stripe's API, so that a client of Stripe's can be tried
 * without an account. It is the shop's own server with other endpoints (api/mock_stripe). */
#include "cli/command.h"
#include "serve/provider.h"
#include "serve/stop_signals.h"

#include "api/mock_stripe/mock_stripe.h"
#include "base/log.h"
#include "http/server.h"
#include "pay/mock/mock.h"

#include <stdio.h>
#include <stdlib.h>

enum { loops = 2, connections = 16 };

enum { FLAG_LISTEN, FLAG_LEDGER, FLAG_FAULTS, FLAG_WEBHOOK_URL, FLAG_WEBHOOK_SECRET_FILE, FLAG_API_VERSION };

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
    [FLAG_API_VERSION] = {"api-version", "VERSION", NULL,
                          "of Stripe's API, as events name it: that of your client's library"},
    {0},
};

/* Serves until a signal comes. The server's writer is that of the mock's books, so that a request is a
 * transaction on them. */
static enum status mock_stripe_serve(struct server_options *options, struct provider *mock,
                                     const sigset_t *stop) {
    struct provider_workers_options workers = {.calls = connections};
    struct api_options api_options = {
        .groups = mock_stripe_endpoints,
        .clock = &clock_system,
        .random = &random_system,
        .metrics = options->metrics,
        .provider = mock,
        .write_error = mock_stripe_write_error,
    };
    char address[server_address_size], error[server_error_size] = "out of memory";
    struct server *server = NULL;
    options->executor = mock_executor_of(mock);
    struct api *api = options->metrics ? api_open(&api_options) : NULL;
    enum status s = api ? provider_workers_open(&workers, &options->provider) : STATUS_NO_MEMORY;
    if (s == STATUS_OK)
        s = server_open(options, &server, address, error);
    if (s == STATUS_OK)
        s = server_start(server, api, NULL, error);
    if (s == STATUS_OK) {
        printf("Stripe's API, mocked; any key such as sk_test_123 will do\nlistening on %s\n", address);
        fflush(stdout);
        stop_signals_wait(stop);
    } else {
        print_error("%s", error);
    }
    server_stop(server);
    provider_workers_close(options->provider);
    api_close(api);
    return s;
}

static int mock_stripe_command_run(const char *const values[], const char *operand) {
    (void)operand;
    struct provider_options provider = {
        .mock_ledger = values[FLAG_LEDGER],
        .mock_faults = values[FLAG_FAULTS],
        .mock_webhook_url = values[FLAG_WEBHOOK_URL],
        .webhook_secret_file = values[FLAG_WEBHOOK_SECRET_FILE],
        .mock_api_version = values[FLAG_API_VERSION],
        .db = ":memory:",
        .clock = &clock_system,
    };
    struct provider *mock;
    const char *secret = getenv("TILL_WEBHOOK_SECRET");
    bool has_secret = values[FLAG_WEBHOOK_SECRET_FILE] || (secret && *secret);
    if (values[FLAG_WEBHOOK_URL] && !has_secret)
        return usage_error(
            "--webhook-url needs the secret that the shop has: --webhook-secret-file FILE, or "
            "TILL_WEBHOOK_SECRET");
    struct str version = str_from(values[FLAG_API_VERSION]); /* it goes into JSON as it is */
    if (version.data && (version.size == 0 || version.size > 64 || !str_is_alnum(version, ".-_")))
        return usage_error("--api-version takes a version such as 2025-08-27.basil");
    sigset_t stop = stop_signals_block();
    log_open(LOG_NONE); /* of requests; errors are still logged */
    enum status s = provider_open(&provider, &mock);
    if (s != STATUS_OK)
        return exit_code(s);
    struct server_options options = {.listen = values[FLAG_LISTEN],
                                     .threads = loops,
                                     .metrics = metrics_new(loops),
                                     .random = &random_system};
    s = mock_stripe_serve(&options, mock, &stop);
    metrics_free(options.metrics);
    mock->calls->close(mock);
    return exit_code(s);
}

const struct command mock_stripe_command = {
    .name = "mock-stripe",
    .summary = "Serve Stripe's API out of the mock, to try clients of Stripe's with",
    .flags = flags,
    .serves = true,
    .run = mock_stripe_command_run,
};
