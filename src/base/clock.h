/* The time, injected so that a shop can be replayed and a test can let its reservations expire. */
#pragma once

#include <pthread.h>
#include <stdint.h>
#include <time.h>

struct clock {
    int64_t (*now_us)(void *context);
    void *context; /* for now_us; owned by the clock's maker */
};

/* Microseconds since 1970 in UTC. */
static inline int64_t clock_now_us(const struct clock *clock) {
    return clock->now_us(clock->context);
}

/* The machine's own clock. */
extern const struct clock clock_system;

/* Microseconds of a clock that never goes back, for measuring durations; not injected. */
int64_t monotonic_us(void);

/* Sleeps for the whole time, through signals. */
void sleep_us(int64_t us);

/* For pthread_cond_timedwait by that clock: makes a condition that uses it, and the deadline `ms` from
 * now. */
void cond_init_monotonic(pthread_cond_t *cond);
struct timespec monotonic_in_ms(int64_t ms);

enum { time_text_size = 27, http_date_size = 29 };

/* Writes ISO 8601 as Pydantic does: `2026-11-23T02:03:29.123456Z`; no NUL. Years 1 to 9999. */
void time_format(int64_t us, char out[static time_text_size]);

/* Writes an IMF-fixdate (RFC 9110 §5.6.7): `Mon, 23 Nov 2026 02:03:29 GMT`; no NUL. */
void http_date_format(int64_t us, char out[static http_date_size]);
