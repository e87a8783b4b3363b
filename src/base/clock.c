#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t us_of(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_now_us(void *context) {
    (void)context;
    return us_of(CLOCK_REALTIME);
}

const struct clock clock_system = {.now_us = system_now_us};

int64_t monotonic_us(void) {
    return us_of(CLOCK_MONOTONIC);
}

void cond_init_monotonic(pthread_cond_t *cond) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct timespec monotonic_in_ms(int64_t ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += ms / 1000 + ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

static struct tm calendar(int64_t us) {
    time_t seconds = (time_t)(us / 1000000);
    struct tm t;
    memset(&t, 0, sizeof t);
    gmtime_r(&seconds, &t);
    return t;
}

void time_format(int64_t us, char out[static time_text_size]) {
    struct tm t = calendar(us);
    char text[96];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", t.tm_year + 1900, t.tm_mon + 1,
             t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)(us % 1000000));
    memcpy(out, text, time_text_size);
}

void http_date_format(int64_t us, char out[static http_date_size]) {
    /* Not strftime: its names follow the locale. */
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm t = calendar(us);
    char text[96];
    snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
             months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    memcpy(out, text, http_date_size);
}
