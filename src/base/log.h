/* What the program says while it runs: one line an event, on standard error, as JSON or as text.
 *
 * No secret belongs in a line: no token, cookie, card or body. Safe from any thread; a line is written whole.
 */
#pragma once

#include "base/str.h"

enum log_format { LOG_TEXT, LOG_JSON, LOG_NONE };

/* Set once, before the first thread starts. LOG_NONE silences requests only: faults are always told. */
void log_open(enum log_format format);
enum log_format log_format(void);

/* Something a person should know (`warning`: and may have to act on). printf's format. */
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);

/* Writes finished lines as they are. Waits for a reader that does not keep up, as standard error does. */
void log_write(struct str lines);
