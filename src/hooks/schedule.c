#include "hooks/schedule.h"

static const int64_t webhook_seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
static const int64_t mail_seconds[] = {60, 300, 1800, 7200, 21600, 43200, 86400};

#define TRIES(seconds) (sizeof(seconds) / sizeof *(seconds) + 1)
const struct schedule webhook_schedule = {webhook_seconds, TRIES(webhook_seconds)};
const struct schedule mail_schedule = {mail_seconds, TRIES(mail_seconds)};

bool schedule_wait(const struct schedule *schedule, int64_t tries, int64_t retry_after_ms, uint32_t jitter,
                   int64_t *wait_us) {
    const int64_t day_us = INT64_C(24) * 3600 * 1000000, second_us = 1000000;
    if (tries < 1 || tries >= schedule->tries)
        return false;
    int64_t wait = schedule->seconds[tries - 1] * second_us;
    int64_t asked = retry_after_ms < 0 ? 0 : retry_after_ms * 1000;
    wait += (wait / 10) * ((int64_t)(jitter % 2001) - 1000) / 1000;
    asked = asked < day_us ? asked : day_us;
    *wait_us = wait > asked ? wait : asked;
    return true;
}
