/* The server when a library call fails or is delayed at the worst moment. */
#include "test.h"

#include "api/api.h"
#include "base/log.h"
#include "db/exec/executor.h"
#include "http/server.h"
#include "shop/schema/schema.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_t main_thread;
static sem_t stopped;
static atomic_bool no_memory;    /* makes the next calloc of another thread fail */
static atomic_bool write_failed; /* the pipe that a worker's thread wrote to was closed */

/* The C library's functions, and those that replace them (the linker's --wrap). */
ssize_t __real_write(int fd, const void *bytes, size_t size); // NOLINT(bugprone-reserved-identifier)
ssize_t __wrap_write(int fd, const void *bytes, size_t size); // NOLINT(bugprone-reserved-identifier)

/* Holds up a thread that hands a job back while it wakes the loop: the first byte is written, so the loop
 * runs on, and the second is written only when the server has stopped, or after 300 ms if the server waits
 * for this thread. */
ssize_t __wrap_write(int fd, const void *bytes, size_t size) {
    struct timespec until;
    if (size != 1 || pthread_equal(pthread_self(), main_thread))
        return __real_write(fd, bytes, size);
    __real_write(fd, bytes, size);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 300 * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (sem_timedwait(&stopped, &until) != 0 && errno == EINTR)
        ;
    ssize_t written = __real_write(fd, bytes, size);
    atomic_store(&write_failed, written != 1);
    return written;
}

void *__real_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier)
void *__wrap_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier)

void *__wrap_calloc(size_t count, size_t size) {
    bool other = !pthread_equal(pthread_self(), main_thread);
    return other && atomic_exchange(&no_memory, false) ? NULL : __real_calloc(count, size);
}

/* `many.test` is a name with four addresses: 127.0.0.1 twice, one of another machine, and 127.0.0.2. */
int __real_getaddrinfo(const char *, const char *, const struct addrinfo *, // NOLINT
                       struct addrinfo **);
int __wrap_getaddrinfo(const char *, const char *, const struct addrinfo *, // NOLINT
                       struct addrinfo **);
void __real_freeaddrinfo(struct addrinfo *); // NOLINT(bugprone-reserved-identifier)
void __wrap_freeaddrinfo(struct addrinfo *); // NOLINT(bugprone-reserved-identifier)

enum { many_count = 4 };
static struct addrinfo many[many_count];

int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **out) {
    static const uint32_t hosts[many_count] = {0x7f000001, 0x7f000001, 0xcb007101, 0x7f000002};
    static struct sockaddr_in names[many_count];
    if (strcmp(host, "many.test") != 0)
        return __real_getaddrinfo(host, port, hints, out);
    for (size_t i = 0; i < many_count; i++) {
        names[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(hosts[i])};
        many[i] = (struct addrinfo){.ai_family = AF_INET,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_addr = (struct sockaddr *)&names[i],
                                    .ai_addrlen = sizeof names[i],
                                    .ai_next = i + 1 < many_count ? &many[i + 1] : NULL};
    }
    *out = many;
    return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *info) {
    if (info != many)
        __real_freeaddrinfo(info);
}

static enum status answer(struct call *call) {
    call_text(call, STR("text/plain"), STR("done"));
    return STATUS_OK;
}

static const struct endpoint row = {.method = METHOD_GET,
                                    .path = "/",
                                    .lane = LANE_WRITER,
                                    .undocumented = true,
                                    .http_status = 200,
                                    .handle = answer};
static const struct endpoint_group group = {.rows = &row, .count = 1};
static const struct endpoint_group *const groups[] = {&group, NULL};

/* Sends GET / to a host and reads the answer until the server closes. */
static void http_get_from(uint32_t host, const char *address, char *out, size_t room) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    where.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof where), 0);
    assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
    size_t size = 0;
    for (ssize_t n; size < room - 1 && (n = read(fd, out + size, room - 1 - size)) > 0;)
        size += (size_t)n;
    out[size] = '\0';
    close(fd);
}

static void http_get(const char *address, char *out, size_t room) {
    http_get_from(INADDR_LOOPBACK, address, out, room);
}

/* A server with its executor, on a free port. */
struct running {
    struct metrics *metrics;
    struct api *api;
    struct server *server;
    struct server_options options;
    char address[server_address_size];
};

static void start_on(struct running *r, const char *listen) {
    char error[db_error_size];
    log_open(LOG_NONE);
    main_thread = pthread_self();
    sem_init(&stopped, 0, 0);
    r->metrics = metrics_new(2);
    struct api_options api_options = {
        .groups = groups, .clock = &clock_system, .random = &random_system, .metrics = r->metrics};
    struct executor_options executor = {
        .url = ":memory:", .schema = &shop_schema, .readers = 1, .searchers = 1};
    r->api = api_open(&api_options);
    r->options = (struct server_options){
        .listen = listen, .threads = 1, .metrics = r->metrics, .random = &random_system};
    assert_int_equal(executor_open(&executor, &r->options.executor, error), STATUS_OK);
    assert_int_equal(server_open(&r->options, &r->server, r->address, error), STATUS_OK);
    assert_int_equal(server_start(r->server, r->api, NULL, error), STATUS_OK);
}

static void start(struct running *r) {
    start_on(r, "127.0.0.1:0");
}

static void stop(struct running *r) {
    server_stop(r->server);
    sem_post(&stopped);
    executor_close(r->options.executor);
    api_close(r->api);
    metrics_free(r->metrics);
    sem_destroy(&stopped);
}

static void server_stays_until_the_thread_that_hands_back_the_last_job_has_left(void **state) {
    (void)state;
    char answer_text[1024];
    struct running running;
    start(&running);
    http_get(running.address, answer_text, sizeof answer_text);
    assert_has(str_from(answer_text), "\r\n\r\ndone");
    stop(&running);
    assert_false(atomic_load(&write_failed));
}

static void connections_are_accepted_again_after_a_lack_of_memory(void **state) {
    (void)state;
    char answer_text[1024];
    struct running running;
    start(&running);
    atomic_store(&no_memory, true);
    http_get(running.address, answer_text, sizeof answer_text);
    assert_has(str_from(answer_text), "\r\n\r\ndone");
    assert_false(atomic_load(&no_memory));
    stop(&running);
}

static void every_address_of_a_name_is_listened_on_since_a_client_may_take_any(void **state) {
    (void)state;
    char answer_text[1024];
    struct running running;
    start_on(&running, "many.test:0");
    assert_memory_equal(running.address, "http://many.test:", 17);
    for (uint32_t host = 0x7f000001; host <= 0x7f000002; host++) {
        http_get_from(host, running.address, answer_text, sizeof answer_text);
        assert_has(str_from(answer_text), "\r\n\r\ndone");
    }
    stop(&running);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_stays_until_the_thread_that_hands_back_the_last_job_has_left),
        cmocka_unit_test(every_address_of_a_name_is_listened_on_since_a_client_may_take_any),
        cmocka_unit_test(connections_are_accepted_again_after_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
