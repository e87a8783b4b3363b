/* The time, injected so that a shop can be replayed and its reservations can be made to expire in a test. */
#pragma once

#include <pthread.h>
#include <stdint.h>
#include <time.h>

struct clock {
    int64_t (*now_us)(void *context);
    void *context; /* whatever now_us wants; owned by whoever made the clock */
};

/* Microseconds since 1970 in UTC. */
static inline int64_t clock_now_us(const struct clock *clock) {
    return clock->now_us(clock->context);
}

/* The machine's own clock. */
extern const struct clock clock_system;

/* Microseconds of a clock that never goes back, for measuring how long a thing took; not injected. */
int64_t monotonic_us(void);

/* To wait by that clock, with pthread_cond_timedwait: a condition that counts by it, and when `ms` are over.
 */
void cond_init_monotonic(pthread_cond_t *cond);
struct timespec monotonic_in_ms(int64_t ms);

enum { time_text_size = 27, http_date_size = 29 };

/* ISO 8601 as Pydantic writes it: `2026-11-23T02:03:29.123456Z`; no NUL. Years 1970 to 9999. */
void time_format(int64_t us, char out[static time_text_size]);

/* IMF-fixdate (RFC 9110 §5.6.7): `Mon, 23 Nov 2026 02:03:29 GMT`; no NUL. */
void http_date_format(int64_t us, char out[static http_date_size]);
