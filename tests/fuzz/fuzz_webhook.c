/* What the receiver of a webhook answers: a server on this machine sends the bytes as they are and hangs up. Whatever they
 * are, the result keeps its bounds and has either an answer or a problem. The first line of the bytes is also taken as the
 * URL of a webhook. */
#include "fuzz.h"

#include "hooks/webhook_call.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { retry_after_ms_max = 999999 * 1000, answer_bytes_max = 64 * 1024 };

static struct receiver {
    int listener;
    char url[64];
    pthread_mutex_t lock; /* of the answer: a connection may outlive the call that made it */
    size_t answer_size;
    char answer[answer_bytes_max];
} receiver = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *receiver_run(void *context) {
    static char request[4096], answer[answer_bytes_max];
    (void)context;
    for (int fd; (fd = accept(receiver.listener, NULL, NULL)) >= 0; close(fd)) {
        ssize_t size = recv(fd, request, sizeof request, 0);
        pthread_mutex_lock(&receiver.lock);
        struct str rest = {answer, size > 0 ? receiver.answer_size : 0};
        memcpy(answer, receiver.answer, rest.size);
        pthread_mutex_unlock(&receiver.lock);
        while (rest.size > 0 && (size = send(fd, rest.data, rest.size, MSG_NOSIGNAL)) > 0)
            rest = str_skip(rest, (size_t)size);
    }
    return NULL;
}

static void receiver_open(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    pthread_t thread;
    if (receiver.url[0])
        return;
    receiver.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(receiver.listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(receiver.listener, 64) == 0);
    CHECK(getsockname(receiver.listener, (struct sockaddr *)&address, &size) == 0);
    snprintf(receiver.url, sizeof receiver.url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    CHECK(pthread_create(&thread, NULL, receiver_run, NULL) == 0);
}

static bool str_starts_nocase(struct str text, const char *start) {
    size_t size = strlen(start);
    return text.size > size && str_equal_nocase((struct str){text.data, size}, str_from(start));
}

static void check_url(struct str line) {
    if (webhook_url_is_allowed(line, false)) {
        CHECK(line.size <= webhook_url_max && str_starts_nocase(line, "https://"));
    }
}

static void check_result(const struct webhook_result *result) {
    CHECK(result->http_status == 0 || (result->http_status >= 100 && result->http_status <= 999));
    CHECK((result->http_status == 0) == (result->problem != NULL));
    CHECK(result->body.size <= webhook_answer_max && utf8_valid(result->body));
    CHECK(result->retry_after_ms >= -1 && result->retry_after_ms <= retry_after_ms_max);
    CHECK(!result->is_stopped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    struct arena arena;
    struct webhook_result result;
    if (size > answer_bytes_max)
        return 0;
    receiver_open();
    pthread_mutex_lock(&receiver.lock);
    receiver.answer_size = size;
    if (size > 0)
        memcpy(receiver.answer, data, size);
    pthread_mutex_unlock(&receiver.lock);
    struct webhook_call call = {.url = str_from(receiver.url),
                                .at_us = INT64_C(1764369000000000),
                                .body = STR("{}"),
                                .secret = STR("0123456789abcdef0123456789abcdef"),
                                .insecure = true};
    arena_init(&arena, fuzz_arena_bytes_max);
    check_url((struct str){bytes.data, str_find(bytes, '\n')});
    enum status s = webhook_call_run(&arena, &call, &result);
    CHECK(s == STATUS_OK || s == STATUS_NO_MEMORY);
    if (s == STATUS_OK)
        check_result(&result);
    arena_free(&arena);
    return 0;
}
