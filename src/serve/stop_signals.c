#include "serve/stop_signals.h"

#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

sigset_t stop_signals_block(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (isatty(STDIN_FILENO))
        sigaddset(&set, SIGHUP);
    else
        signal(SIGHUP, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return set;
}

void stop_signals_wait(const sigset_t *stop) {
    int received;
    sigwait(stop, &received);
}
