/* Commands that run until a signal, started without the memory or the threads for it: at every place where
 * the main thread asks for some, one after the other. */
#include "files.h"
#include "test.h"

#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

enum { places_max = 2000, said_size = 4096 };

static pthread_t main_thread;
static int64_t refused_at, asked; /* of what the main thread asks for; refused_at 0: nothing is refused */

static bool refuses(void) {
    return pthread_equal(pthread_self(), main_thread) && ++asked == refused_at;
}

/* What stands in for the C library's (the linker's --wrap). */
// NOLINTBEGIN(bugprone-reserved-identifier)
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *context);

void *__wrap_malloc(size_t size) {
    return refuses() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return refuses() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return refuses() ? NULL : __real_realloc(old, size);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *context) {
    return refuses() ? EAGAIN : __real_pthread_create(thread, how, run, context);
}
// NOLINTEND(bugprone-reserved-identifier)

/* Puts a file in the place of a descriptor; gives what to hand to `put_back`. */
static int put_file(int fd, const char *path) {
    int kept = dup(fd), file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && file >= 0 && dup2(file, fd) == fd);
    close(file);
    return kept;
}

static void put_back(int fd, int kept) {
    assert_int_equal(dup2(kept, fd), fd);
    close(kept);
}

static void read_file(const char *path, char out[static said_size]) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, said_size - 1, file)] = '\0';
    fclose(file);
}

/* Runs a command that finds, once it waits for a signal, that one has come. */
static int run(struct folder *folder, char **argv, int64_t refuse_at, char said[static said_size]) {
    char path[sizeof folder->file];
    int argc = 0;
    while (argv[argc])
        argc++;
    snprintf(path, sizeof path, "%s", file_in(folder, "said"));
    fflush(stdout);
    int out = put_file(STDOUT_FILENO, "/dev/null"), err = put_file(STDERR_FILENO, path);
    kill(getpid(), SIGTERM);
    asked = 0;
    refused_at = refuse_at;
    int code = command_main(argc, argv);
    refused_at = 0;
    fflush(stdout);
    put_back(STDOUT_FILENO, out);
    put_back(STDERR_FILENO, err);
    read_file(path, said);
    return code;
}

/* A line that begins with the program's name, with something behind it. */
static bool says_why(const char *said) {
    const char *line = strstr(said, "till: ");
    return line && (line == said || line[-1] == '\n') && line[sizeof "till: " - 1] > ' ';
}

static void try_every_place(struct folder *folder, char **argv) {
    char said[said_size];
    int64_t failed = 0, places = 0;
    assert_int_equal(run(folder, argv, 0, said), exit_done);
    places = asked;
    assert_in_range(places, 1, places_max);
    for (int64_t at = 1; at <= places; at++) {
        int code = run(folder, argv, at, said);
        failed += code != exit_done;
        if (code != exit_done && !says_why(said))
            fail_msg("refused at place %lld of %lld: exit code %d, and it said '%s'", (long long)at,
                     (long long)places, code, said);
    }
    assert_true(failed > 0);
}

static void a_shop_that_cannot_start_says_why_since_an_exit_code_is_no_help(void **state) {
    struct folder *folder = *state;
    char db[sizeof folder->file + sizeof "--db="];
    snprintf(db, sizeof db, "--db=%s", file_in(folder, "till.db"));
    char *argv[] = {"till",
                    "serve",
                    db,
                    "--listen=127.0.0.1:0",
                    "--threads=2",
                    "--log=none",
                    "--provider-connections=2",
                    "--mock-webhook-url=http://127.0.0.1:1/",
                    NULL};
    try_every_place(folder, argv);
}

static void a_mock_that_cannot_start_says_why_since_an_exit_code_is_no_help(void **state) {
    char *argv[] = {"till", "mock-stripe", "--listen=127.0.0.1:0", NULL};
    try_every_place(*state, argv);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_shop_that_cannot_start_says_why_since_an_exit_code_is_no_help),
        WITH_FOLDER(a_mock_that_cannot_start_says_why_since_an_exit_code_is_no_help),
    };
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    main_thread = pthread_self();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
