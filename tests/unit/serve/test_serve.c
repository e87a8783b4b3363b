/* Commands that serve, started without enough memory or threads. They run once for each allocation that the
 * main thread makes while it starts, and that one allocation fails. Each time the command must print why it
 * ends. */
#include "files.h"
#include "test.h"

#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

enum { allocations_max = 2000, output_size = 4096 };

static pthread_t main_thread;
static int64_t allocations;        /* of memory and threads that the main thread has asked for */
static int64_t allocation_refused; /* the number of the one that fails; 0: all succeed */

static bool allocation_fails(void) {
    return pthread_equal(pthread_self(), main_thread) && ++allocations == allocation_refused;
}

/* The linker's --wrap puts these in the place of the C library's functions. */
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
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return allocation_fails() ? NULL : __real_realloc(old, size);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *context) {
    return allocation_fails() ? EAGAIN : __real_pthread_create(thread, how, run, context);
}
// NOLINTEND(bugprone-reserved-identifier)

/* Puts a file in the place of a descriptor. Returns a copy of the old one, for descriptor_restore. */
static int descriptor_replace(int fd, const char *path) {
    int kept = dup(fd), file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && file >= 0 && dup2(file, fd) == fd);
    close(file);
    return kept;
}

static void descriptor_restore(int fd, int kept) {
    assert_int_equal(dup2(kept, fd), fd);
    close(kept);
}

static void read_file(const char *path, char out[static output_size]) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, output_size - 1, file)] = '\0';
    fclose(file);
}

/* Runs a command that finds, when it waits for a signal, that one has come. Returns its exit code. */
static int command_run_once(struct folder *folder, char **argv, int64_t refused,
                            char output[static output_size]) {
    char path[sizeof folder->file];
    int argc = 0;
    while (argv[argc])
        argc++;
    snprintf(path, sizeof path, "%s", file_in(folder, "output"));
    fflush(stdout);
    int out = descriptor_replace(STDOUT_FILENO, "/dev/null"), err = descriptor_replace(STDERR_FILENO, path);
    kill(getpid(), SIGTERM);
    allocations = 0;
    allocation_refused = refused;
    int code = command_main(argc, argv);
    allocation_refused = 0;
    fflush(stdout);
    descriptor_restore(STDOUT_FILENO, out);
    descriptor_restore(STDERR_FILENO, err);
    read_file(path, output);
    return code;
}

/* Whether a line begins with the program's name, and has a reason behind it. */
static bool has_reason(const char *output) {
    const char *line = strstr(output, "till: ");
    return line && (line == output || line[-1] == '\n') && line[sizeof "till: " - 1] > ' ';
}

static void check_every_allocation(struct folder *folder, char **argv) {
    char output[output_size];
    int64_t failed = 0;
    assert_int_equal(command_run_once(folder, argv, 0, output), exit_done);
    int64_t count = allocations;
    assert_in_range(count, 1, allocations_max);
    for (int64_t i = 1; i <= count; i++) {
        int code = command_run_once(folder, argv, i, output);
        failed += code != exit_done;
        if (code != exit_done && !has_reason(output))
            fail_msg("allocation %lld of %lld failed: exit code %d, and it printed '%s'", (long long)i,
                     (long long)count, code, output);
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
                    "--sandbox=off",
                    "--as-root",
                    NULL};
    check_every_allocation(folder, argv);
}

static void a_mock_that_cannot_start_says_why_since_an_exit_code_is_no_help(void **state) {
    char *argv[] = {"till", "mock-stripe", "--listen=127.0.0.1:0", NULL};
    check_every_allocation(*state, argv);
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
