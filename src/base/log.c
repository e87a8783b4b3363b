/* Each line is put together in memory and given to the sink whole, so that the lines of several threads do not
 * mix. A message is cut at 1,023 bytes. Lines of requests come finished from http/, many at once. */
#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log_sink.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_format current_format = LOG_TEXT;

void log_open(enum log_format format) {
    current_format = format;
    log_sink_open();
}

enum log_format log_format(void) {
    return current_format;
}

__attribute__((format(printf, 2, 0))) static void log_event(const char *level, const char *format,
                                                            va_list args) {
    char message[1024], stamp[time_text_size];
    vsnprintf(message, sizeof message, format, args);
    line_clean(message);
    time_format(clock_now_us(&clock_system), stamp);
    enum { line_bytes_max = 16 << 10 }; /* 1,023 bytes of message, each escaped as \u00XX, take 6 KiB */
    struct arena arena;
    arena_init(&arena, line_bytes_max);
    struct buf line = buf_new(&arena);
    if (current_format == LOG_JSON) {
        buf_printf(&line, "{\"time\":\"%.*s\",\"level\":\"%s\",\"message\":", time_text_size, stamp, level);
        buf_put_json(&line, str_from(message));
        buf_put_text(&line, "}\n");
    } else {
        buf_printf(&line, "%.*s %s: %s\n", time_text_size, stamp, level, message);
    }
    log_sink_write(buf_str(&line));
    arena_free(&arena);
}

void log_info(const char *format, ...) {
    va_list args;
    va_start(args, format);
    log_event("info", format, args);
    va_end(args);
}

void log_warning(const char *format, ...) {
    va_list args;
    va_start(args, format);
    log_event("warning", format, args);
    va_end(args);
}
