/* The log: one line for each event, on standard error, as JSON or as text.
 *
 * No secret belongs in a line: no token, cookie, card or body. Safe from any thread. A line is written whole,
 * or dropped and counted if standard error does not take it at once: the shop never waits for its log. */
#pragma once

#include "base/str.h"

enum log_format { LOG_TEXT, LOG_JSON, LOG_NONE };

/* Chooses the format and opens the sink (log_sink.h), once, before the first thread starts. LOG_NONE silences requests only: faults are
 * always logged. */
void log_open(enum log_format format);
enum log_format log_format(void);

/* Logs an event that an operator should know of; with `warning`, one that may need an action. printf's
 * format. */
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
