/* The signals that stop a server: SIGTERM and SIGINT, and SIGHUP if it runs in a terminal, which sends it when
 * it is closed. Otherwise SIGHUP does nothing: it asks daemons to open their files again, and Till has none
 * to open. Every thread has them blocked; the main thread waits
 * for them. */
#pragma once

#include <signal.h>

/* Blocks them, so that no thread that is started later is interrupted by one. Also ignores SIGPIPE, so that
 * writing to a socket that was closed is an error, and SIGXFSZ, so that a file at its size limit is a failed
 * write, and thus a 503. */
sigset_t stop_signals_block(void);

/* Waits for one of them. */
void stop_signals_wait(const sigset_t *stop);
