/* A server whose libraries fail it or let it wait at the wrong moment. */
#include "test.h"

#include "api/api.h"
#include "base/log.h"
#include "db/executor.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_t main_thread;
static sem_t stopped;
static atomic_bool no_memory;   /* for the next calloc of another thread */
static atomic_bool rang_nobody; /* what was rung had been closed */

/* The C library's own, and what stands in for it (the linker's --wrap). */
ssize_t __real_write(int fd, const void *bytes, size_t size); // NOLINT(bugprone-reserved-identifier)
ssize_t __wrap_write(int fd, const void *bytes, size_t size); // NOLINT(bugprone-reserved-identifier)

/* A thread that gives a job back is held up while it rings, after the loop has heard it: until the server has
 * stopped, or for as long as it would wait for this very thread. */
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
    atomic_store(&rang_nobody, written != 1);
    return written;
}

void *__real_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier)
void *__wrap_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier)

void *__wrap_calloc(size_t count, size_t size) {
    bool other = !pthread_equal(pthread_self(), main_thread);
    return other && atomic_exchange(&no_memory, false) ? NULL : __real_calloc(count, size);
}

static enum status answer(struct call *call) {
    call_text(call, STR("text/plain"), STR("done"));
    return STATUS_OK;
}

static const struct endpoint row = {.method = METHOD_GET,
                                    .path = "/",
                                    .runs = RUNS_WRITE,
                                    .undocumented = true,
                                    .http_status = 200,
                                    .handle = answer};
static const struct endpoint_group group = {.rows = &row, .count = 1};
static const struct endpoint_group *const groups[] = {&group, NULL};

/* Asks for `/` and reads up to the server's close. */
static void ask(const char *address, char *out, size_t room) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
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

/* A server with its executor, on a free port. */
struct running {
    struct metrics *metrics;
    struct api *api;
    struct server *server;
    struct server_options options;
    char address[server_address_size];
};

static void start(struct running *r) {
    char why[db_why_size];
    log_open(LOG_NONE);
    main_thread = pthread_self();
    sem_init(&stopped, 0, 0);
    r->metrics = metrics_new(2);
    struct api_options api_options = {
        .groups = groups, .clock = &clock_system, .random = &random_system, .metrics = r->metrics};
    struct executor_options executor = {.url = ":memory:", .readers = 1, .searchers = 1};
    r->api = api_open(&api_options);
    r->options = (struct server_options){
        .listen = "127.0.0.1:0", .threads = 1, .metrics = r->metrics, .random = &random_system};
    assert_int_equal(executor_open(&executor, &r->options.executor, why), STATUS_OK);
    assert_int_equal(server_open(&r->options, &r->server, r->address, why), STATUS_OK);
    assert_int_equal(server_start(r->server, r->api, why), STATUS_OK);
}

static void stop(struct running *r) {
    server_stop(r->server);
    sem_post(&stopped);
    executor_close(r->options.executor);
    api_close(r->api);
    metrics_free(r->metrics);
    sem_destroy(&stopped);
}

static void server_outlives_the_thread_that_gives_the_last_job_back(void **state) {
    (void)state;
    char said[1024];
    struct running running;
    start(&running);
    ask(running.address, said, sizeof said);
    assert_has(str_from(said), "\r\n\r\ndone");
    stop(&running);
    assert_false(atomic_load(&rang_nobody));
}

static void connection_without_memory_does_not_end_all_accepting(void **state) {
    (void)state;
    char said[1024];
    struct running running;
    start(&running);
    atomic_store(&no_memory, true);
    ask(running.address, said, sizeof said);
    assert_has(str_from(said), "\r\n\r\ndone");
    assert_false(atomic_load(&no_memory));
    stop(&running);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_outlives_the_thread_that_gives_the_last_job_back),
        cmocka_unit_test(connection_without_memory_does_not_end_all_accepting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
