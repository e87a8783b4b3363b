#include "cli/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { bar_width = 30, line_width = 78, every_us = 100 * 1000 };

struct progress progress_new(void) {
    return (struct progress){.terminal = isatty(STDERR_FILENO)};
}

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
