#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static enum log_format chosen = LOG_TEXT;

void log_open(enum log_format format) {
    chosen = format;
}

enum log_format log_format(void) {
    return chosen;
}

void log_write(struct str lines) {
    while (lines.size > 0) {
        ssize_t n = write(STDERR_FILENO, lines.at, lines.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return; /* nowhere to say it; serving goes on */
        lines.at += n, lines.size -= (size_t)n;
    }
}

__attribute__((format(printf, 2, 0))) static void event(const char *level, const char *format, va_list args) {
    char message[1024], stamp[time_text_size];
    vsnprintf(message, sizeof message, format, args);
    time_format(clock_now_us(&clock_system), stamp);
    enum { line_bytes_max = 16 << 10 };
    struct arena arena;
    arena_init(&arena, line_bytes_max);
    struct buf line = buf_new(&arena);
    if (chosen == LOG_JSON) {
        buf_printf(&line, "{\"time\":\"%.*s\",\"level\":\"%s\",\"message\":", time_text_size, stamp, level);
        buf_put_json(&line, str_from(message));
        buf_put_text(&line, "}\n");
    } else {
        buf_printf(&line, "%.*s %s: %s\n", time_text_size, stamp, level, message);
    }
    log_write(buf_str(&line));
    arena_free(&arena);
}

void log_info(const char *format, ...) {
    va_list args;
    va_start(args, format);
    event("info", format, args);
    va_end(args);
}

void log_warning(const char *format, ...) {
    va_list args;
    va_start(args, format);
    event("warning", format, args);
    va_end(args);
}
