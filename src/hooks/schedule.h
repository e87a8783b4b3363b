/* When what was not taken is sent again. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct schedule {
    const int64_t *seconds; /* after each try but the last one */
    int64_t tries;
};

/* Webhooks, as Standard Webhooks 1.0.0 advises ("Deliverability and reliability"): at once, after 5 seconds, 5 minutes,
 * 30 minutes, 2, 5, 10, 14, 20 and 24 hours. That is ten tries in a little over three days. */
extern const struct schedule webhook_schedule;

/* Mails: at once, after 1, 5 and 30 minutes, 2, 6, 12 and 24 hours, eight tries in two days. A relay that greylists asks
 * for some minutes. */
extern const struct schedule mail_schedule;

/* Finds how long to wait after so many tries (1 for the first one) have failed, in microseconds. False if there was the
 * last one. `jitter` is random: it moves the time by a tenth at most, so that receivers that were down together are not
 * asked again together. A receiver may ask for a longer wait (Retry-After, -1 if it did not), which is heeded up to a
 * day. */
bool schedule_wait(const struct schedule *schedule, int64_t tries, int64_t retry_after_ms, uint32_t jitter,
                   int64_t *wait_us);
