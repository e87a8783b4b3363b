#include "db/sqlite/full_disk.h"

#include "db/db.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { index_bytes = 64 * 1024 }; /* FILE-shm begins with 32 KiB, and the log needs some pages too */

static char message[db_error_size];

static void message_write(const char *path) {
    snprintf(
        message, sizeof message,
        "till: %s: its disk is full or failing (SIGBUS in %s-shm); free some space and start again. What was "
        "answered is kept\n",
        path, path);
}

/* Only functions that are safe in a handler (signal-safety(7)). A SIGBUS for another reason than a file's missing
 * block takes its ordinary way: the instruction is run again. */
static void bus_error_handle(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    signal(signal_number, SIG_DFL);
    if (info->si_code != BUS_ADRERR)
        return;
    (void)!write(STDERR_FILENO, message, strlen(message));
    _exit(1);
}

void full_disk_catch(const char *path) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct sigaction before, action = {.sa_sigaction = bus_error_handle, .sa_flags = SA_SIGINFO};
    pthread_mutex_lock(&lock);
    if (!message[0] && sigaction(SIGBUS, NULL, &before) == 0 && before.sa_handler == SIG_DFL) {
        message_write(path);
        sigaction(SIGBUS, &action, NULL);
    }
    pthread_mutex_unlock(&lock);
}

void full_disk_explain(const char *path, char *error) {
    struct statvfs disk;
    if (statvfs(path, &disk) == 0 && disk.f_bavail * disk.f_frsize < index_bytes)
        snprintf(error, db_error_size, "%s: its disk is full; free some space and start again", path);
}
