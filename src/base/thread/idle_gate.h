/* Whether a background worker has a reason to ask the database again. An idle server asks seldom:
 *
 *     something happened here      at the worker's next turn
 *     what is due next is due      at the worker's next turn
 *     otherwise                    after gate_pause_us: another node, or a command, may have written something
 *
 *     uint64_t activity = (what the server has done so far);
 *     if (idle_gate_opens(&gate, activity, now))
 *         (look; then) idle_gate_close(&gate, activity, now, next);
 *
 * Times are those of the injected clock, in microseconds. Plain data of one thread at a time; all zero: open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define gate_pause_us (INT64_C(30) * 1000000)

struct idle_gate {
    bool is_closed;
    uint64_t activity;
    int64_t since_us, until_us;
};

/* Returns whether to look. A clock that was set back opens it too. */
bool idle_gate_opens(const struct idle_gate *gate, uint64_t activity, int64_t now_us);

/* Notes a look that found nothing to do. `activity` is from before the look, and `next_us` when something is due that it
 * knows of; INT64_MAX: nothing. */
void idle_gate_close(struct idle_gate *gate, uint64_t activity, int64_t now_us, int64_t next_us);
