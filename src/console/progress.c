#include "console/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* A line is `[##########....................]  33 % text`, drawn over the line before by a carriage return:
 * two brackets, the bar and ` 100 % ` are bar_width + 9 characters, and the text gets the rest. The line is
 * padded, so that it covers what was there, and is shorter than a terminal of 80 columns, so that it does not
 * wrap. */
enum { bar_width = 30, line_width = 78, every_us = 100 * 1000 };

struct progress progress_new(void) {
    return (struct progress){.terminal = isatty(STDERR_FILENO)};
}

/* Looks at the clock first, because the text is only formatted when it is shown: a caller may call this for
 * each of a million rows. */
void progress_show(struct progress *progress, double part, const char *format, ...) {
    char words[line_width - bar_width - 9], bar[bar_width + 1];
    int64_t now = progress->terminal ? monotonic_us() : 0;
    if (!progress->terminal || now < progress->next_us)
        return;
    progress->next_us = now + every_us;
    progress->shown = true;
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    part = part > 1 ? 1 : part;
    for (int i = 0; i < bar_width; i++)
        bar[i] = (double)i < part * bar_width ? '#' : '.';
    bar[bar_width] = '\0';
    if (part < 0)
        fprintf(stderr, "\r%-*s", line_width, words);
    else
        fprintf(stderr, "\r[%s] %3d %% %-*s", bar, (int)(part * 100), (int)sizeof words, words);
    fflush(stderr);
}

void progress_wipe(struct progress *progress) {
    if (progress->shown)
        fprintf(stderr, "\r%*s\r", line_width, "");
    progress->shown = false;
    progress->next_us = 0;
}
