/* pay/stripe: against servers in Stripe's place, which answer whatever a test wants or have another's certificate. */
#include "fake_server.h"
#include "files.h"
#include "stripe_shop.h"

#include "base/log.h"
#include "net/http_client.h"
#include "pay/stripe/stripe_client.h"

#include <signal.h>
#include <sys/wait.h>

#define OK_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n"
#define SOME_INTENT                                                                                          \
    "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":500,\"currency\":\"usd\","                    \
    "\"amount_received\":500,\"status\":\"succeeded\"}"

static void an_answer_that_is_not_stripes_concludes_nothing(void **state) {
    (void)state;
    static const char *const rows[] = {
        OK_HEAD,
        OK_HEAD "garbage",
        OK_HEAD "null",
        OK_HEAD "[" SOME_INTENT "]",
        OK_HEAD "{\"object\":\"payment_intent\"}",
        OK_HEAD "{\"id\":7,\"object\":\"payment_intent\",\"amount\":\"500\",\"currency\":[],\"status\":{}}",
        OK_HEAD
        "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":500,\"currency\":\"usd\","
        "\"amount_received\":-500,\"status\":\"succeeded\"}",
        OK_HEAD SOME_INTENT SOME_INTENT,
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"error\":\"no object\"}",
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n<html>not here</html>",
        "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"
        "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Invalid API Key\"}}",
        "HTTP/1.1 500 Oops\r\nStripe-Should-Retry: false\r\nConnection: close\r\n\r\n" SOME_INTENT,
        "HTTP/1.1 429 Slow\r\nRetry-After: 86400\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 099 What\r\nStripe-Should-Retry: false\r\n\r\n",
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct fake_server server = {.answer = str_from(rows[n])};
        struct shop s;
        struct intent i;
        fake_server_start(&server);
        open_stripe(&s, server.url);
        assert_number_of(rows[n], confirm(&s, 1, STR("pi_1"), "pm_card_visa", 1, &i),
                         STATUS_PROVIDER_UNAVAILABLE);
        close_shop(&s);
        fake_server_stop(&server);
    }
}

static void a_broken_answer_is_retried_and_then_reported(void **state) {
    (void)state;
    static const struct {
        const char *what, *answer;
        bool stays, resets;
    } rows[] = {
        {"hangs up", NULL, false, false},
        {"resets", NULL, false, true},
        {"says nothing", NULL, true, false},
        {"stops in the head", "HTTP/1.1 200 OK\r\nConten", true, false},
        {"stops in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"id\":", false, false},
        {"is no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", false, false},
        {"stops in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{}", false, false},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct fake_server server = {
            .answer = str_from(rows[n].answer), .stays = rows[n].stays, .resets = rows[n].resets};
        struct shop s;
        struct intent i;
        char error[stripe_error_size];
        struct stripe_options options = {
            .key = STR("sk_test_unit"), .random = &random_system, .try_ms = 30, .wait_ms = 1};
        fake_server_start(&server);
        options.url = server.url;
        arena_init(&s.arena, test_arena_bytes_max);
        assert_int_equal(stripe_open(&options, &s.p, error), STATUS_OK);
        assert_number_of(rows[n].what, create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE);
        assert_in_range(server.connections, stripe_tries_max, 2 * stripe_tries_max);
        close_shop(&s);
        fake_server_stop(&server);
    }
}

static void an_endless_answer_is_cut_off(void **state) {
    (void)state;
    static char endless[sizeof OK_HEAD + http_reply_bytes_max + 1];
    size_t head = sizeof OK_HEAD - 1;
    memset(endless, ' ', sizeof endless);
    memcpy(endless, OK_HEAD, head);
    struct fake_server server = {.answer = {endless, sizeof endless}};
    struct shop s;
    struct intent i;
    fake_server_start(&server);
    open_stripe(&s, server.url);
    assert_int_equal(retrieve(&s, STR("pi_1"), &i), STATUS_PROVIDER_UNAVAILABLE);
    close_shop(&s);
    fake_server_stop(&server);
}

static void a_call_carries_the_headers_that_stripe_expects(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(OK_HEAD SOME_INTENT)};
    struct shop s;
    struct intent i;
    fake_server_start(&server);
    open_stripe(&s, server.url);
    assert_int_equal(create(&s, 1, 500, &i), STATUS_OK);
    struct str asked = fake_server_request(&server);
    assert_has(asked, "POST /v1/payment_intents HTTP/1.1\r\n");
    assert_has(asked, "Authorization: Bearer sk_test_unit\r\n");
    assert_has(asked, "Stripe-Version: " STRIPE_VERSION "\r\n");
    assert_has(asked, "Idempotency-Key: till-01010000-0000-0000-0000-000000000000-create\r\n");
    assert_has(asked,
               "\r\n\r\namount=500&currency=usd&automatic_payment_methods%5Benabled%5D=true&"
               "automatic_payment_methods%5Ballow_redirects%5D=never&"
               "metadata%5Btill_payment%5D=01010000-0000-0000-0000-000000000000&"
               "metadata%5Btill_order%5D=c8010000-0000-0000-0000-000000000000&"
               "expand%5B%5D=latest_charge");
    assert_has_not(asked, "latest_charge&"); /* and nothing about a shopper of whom nothing is known */
    assert_int_equal(confirm(&s, 1, STR("pi_1"), "pm&x=y", 7, &i), STATUS_OK);
    asked = fake_server_request(&server);
    assert_has(asked, "POST /v1/payment_intents/pi_1/confirm HTTP/1.1\r\n");
    assert_has(asked, "-confirm-7\r\n");
    assert_has(asked, "payment_method=pm%26x%3Dy&");
    assert_int_equal(confirm(&s, 1, STR("pi_1"), NULL, 8, &i), STATUS_OK);
    assert_has(fake_server_request(&server),
               "GET /v1/payment_intents/pi_1?expand[]=latest_charge HTTP/1.1\r\n");
    close_shop(&s);
    fake_server_stop(&server);
}

static const struct intent_contact ann = {{
    [CONTACT_RECEIPT_EMAIL] = {"ann+1@example.com", 17},
    [CONTACT_NAME] = {"Ann & \xC3\xA9", 8},
    [CONTACT_LINE1] = {"1=2", 3},
    [CONTACT_LINE2] = {"", 0},
    [CONTACT_COUNTRY] = {"GB", 2},
}};
#define ANN_SENT                                                                                             \
    "&receipt_email=ann%2B1%40example.com&shipping%5Bname%5D=Ann%20%26%20%C3%A9"                             \
    "&shipping%5Baddress%5D%5Bline1%5D=1%3D2&shipping%5Baddress%5D%5Bcountry%5D=GB"

static void a_creation_tells_stripe_of_the_shopper(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(OK_HEAD SOME_INTENT)};
    struct shop s;
    struct intent i;
    fake_server_start(&server);
    open_stripe(&s, server.url);
    assert_int_equal(create_for(&s, 1, 500, &ann, &i), STATUS_OK);
    struct str asked = fake_server_request(&server);
    assert_has(asked, "-create\r\n");
    assert_has(asked, "expand%5B%5D=latest_charge" ANN_SENT);
    assert_has_not(asked, "line2");
    close_shop(&s);
    fake_server_stop(&server);
}

#define REFUSED_FOR(members)                                                                                 \
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"                                                  \
    "{\"error\":{\"type\":\"invalid_request_error\"," members "}}"

/* Stripe knows fewer addresses than parcels reach. The order is paid without telling it. */
static void a_shopper_whom_stripe_refuses_to_know_can_pay(void **state) {
    (void)state;
    static const struct {
        const char *refusal;
        enum status want;
        int calls;
    } rows[] = {
        {REFUSED_FOR("\"code\":\"email_invalid\",\"param\":\"receipt_email\""), STATUS_OK, 2},
        {REFUSED_FOR("\"code\":\"email_invalid\""), STATUS_OK, 2},
        {REFUSED_FOR("\"param\":\"shipping[address][country]\""), STATUS_OK, 2},
        {REFUSED_FOR("\"param\":\"amount\""), STATUS_PAYMENT_REFUSED, 1},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct fake_server server = {.first = str_from(rows[n].refusal), .answer = STR(OK_HEAD SOME_INTENT)};
        struct shop s;
        struct intent i;
        fake_server_start(&server);
        open_stripe(&s, server.url);
        assert_number_of(rows[n].refusal, create_for(&s, 1, 500, &ann, &i), rows[n].want);
        assert_number_of(rows[n].refusal, server.connections, rows[n].calls);
        struct str asked = fake_server_request(&server);
        assert_number_of(rows[n].refusal, text_has(asked, ANN_SENT), rows[n].calls == 1);
        assert_number_of(rows[n].refusal, text_has(asked, "-create-no-contact\r\n"), rows[n].calls == 2);
        close_shop(&s);
        fake_server_stop(&server);
    }
}

/* A path with `..` in it could lead to another call: nothing is asked, so that a port without a listener does not matter. */
static void an_id_that_is_not_stripes_gets_into_no_path(void **state) {
    (void)state;
    struct shop s;
    struct intent i;
    open_stripe(&s, "http://127.0.0.1:1");
    assert_int_equal(retrieve(&s, STR("pi_1/../../charges"), &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(confirm(&s, 1, STR("pi_1?x=y"), NULL, 1, &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(confirm(&s, 1, STR("ch_1"), NULL, 1, &i), STATUS_PAYMENT_REFUSED);
    close_shop(&s);
}

static void a_url_that_cannot_be_called_is_reported_at_once(void **state) {
    (void)state;
    static const struct {
        const char *key, *url, *want;
    } rows[] = {
        {NULL, NULL, "TILL_STRIPE_KEY"},
        {"", NULL, "TILL_STRIPE_KEY"},
        {"pk_test_1", NULL, "TILL_STRIPE_KEY"},
        {"sk_test_1\r\nX: y", NULL, "TILL_STRIPE_KEY"},
        {"sk_test_1", "http://stripe.example", "https://"},
        {"sk_test_1", "http://127.0.0.1.example", "https://"},
        {"sk_test_1", "ftp://127.0.0.1", "https://"},
        {"sk_test_1", "https://user:word@stripe.example", "https://"},
        {"sk_test_1", "https://stripe.example/?a=b", "https://"},
        {"sk_test_1", "stripe.example:80:80", "https://"},
        {"sk_test_1", "", "https://"},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        char error[stripe_error_size] = "";
        struct provider *p;
        struct stripe_options options = {
            .key = str_from(rows[n].key), .url = rows[n].url, .random = &random_system};
        assert_number_of(rows[n].url, stripe_open(&options, &p, error), STATUS_USAGE);
        assert_has(str_from(error), rows[n].want);
        assert_null(strstr(error, "sk_test_1"));
    }
}

/* ---- TLS ---- */

/* A server with TLS, by openssl's command: it serves the files of a folder, each a whole answer. */
struct tls_server {
    FILE *output;
    pid_t pid;
    char url[64];
};

static void run_in(const char *folder, const char *command) {
    char line[2048];
    snprintf(line, sizeof line, "cd %s && { %s; } >/dev/null 2>&1", folder, command);
    assert_int_equal(system(line), 0);
}

/* `name` is the certificate's; the folder gets it as cert.pem. */
static void tls_start(struct tls_server *s, const char *folder, const char *name) {
    char line[1024];
    int port = 0;
    snprintf(line, sizeof line,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem "
             "-out cert.pem -days 1 -subj /CN=till -addext subjectAltName=%s",
             name);
    run_in(folder, line);
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    s->pid = fork();
    if (s->pid == 0) {
        dup2(pipe_ends[1], STDOUT_FILENO);
        close(pipe_ends[0]);
        if (chdir(folder) == 0)
            execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key",
                   "key.pem", "-HTTP", "-naccept", "100", (char *)NULL);
        _exit(1);
    }
    close(pipe_ends[1]);
    s->output = fdopen(pipe_ends[0], "r");
    assert_non_null(s->output);
    while (!port && fgets(line, sizeof line, s->output))
        sscanf(line, "ACCEPT 127.0.0.1:%d", &port);
    assert_int_not_equal(port, 0);
    snprintf(s->url, sizeof s->url, "https://127.0.0.1:%d", port);
}

static void tls_stop(struct tls_server *s) {
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    fclose(s->output);
}

static void only_a_verified_certificate_is_trusted(void **state) {
    static const struct {
        const char *name;
        bool trusted;
        enum status want;
    } rows[] = {
        {"IP:127.0.0.1", true, STATUS_OK},
        {"IP:127.0.0.1", false, STATUS_PROVIDER_UNAVAILABLE},      /* no authority has signed it */
        {"DNS:api.stripe.com", true, STATUS_PROVIDER_UNAVAILABLE}, /* another host's */
    };
    struct folder *folder = *state;
    char certificate[300];
    snprintf(certificate, sizeof certificate, "%s/cert.pem", folder->path);
    run_in(folder->path, "mkdir -p v1/payment_intents");
    write_file(file_in(folder, "v1/payment_intents/pi_1?expand[]=latest_charge"), OK_HEAD SOME_INTENT);
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct tls_server server;
        struct shop s;
        struct intent i;
        char error[stripe_error_size];
        tls_start(&server, folder->path, rows[n].name);
        struct stripe_options options = {.key = STR("sk_test_unit"),
                                         .url = server.url,
                                         .ca_file = rows[n].trusted ? certificate : NULL,
                                         .random = &random_system,
                                         .wait_ms = 1};
        arena_init(&s.arena, test_arena_bytes_max);
        assert_int_equal(stripe_open(&options, &s.p, error), STATUS_OK);
        assert_number_of(rows[n].name, retrieve(&s, STR("pi_1"), &i), rows[n].want);
        close_shop(&s);
        tls_stop(&server);
    }
    run_in(folder->path, "rm -r v1");
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    log_open(LOG_NONE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_is_not_stripes_concludes_nothing),
        cmocka_unit_test(a_broken_answer_is_retried_and_then_reported),
        cmocka_unit_test(an_endless_answer_is_cut_off),
        cmocka_unit_test(a_call_carries_the_headers_that_stripe_expects),
        cmocka_unit_test(a_creation_tells_stripe_of_the_shopper),
        cmocka_unit_test(a_shopper_whom_stripe_refuses_to_know_can_pay),
        cmocka_unit_test(an_id_that_is_not_stripes_gets_into_no_path),
        cmocka_unit_test(a_url_that_cannot_be_called_is_reported_at_once),
        WITH_FOLDER(only_a_verified_certificate_is_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
