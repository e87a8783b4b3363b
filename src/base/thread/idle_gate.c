#include "base/thread/idle_gate.h"

bool idle_gate_opens(const struct idle_gate *gate, uint64_t activity, int64_t now_us) {
    return !gate->is_closed || activity != gate->activity || now_us < gate->since_us ||
           now_us >= gate->until_us;
}

void idle_gate_close(struct idle_gate *gate, uint64_t activity, int64_t now_us, int64_t next_us) {
    int64_t pause_end_us = now_us + gate_pause_us;
    *gate = (struct idle_gate){.is_closed = true,
                               .activity = activity,
                               .since_us = now_us,
                               .until_us = next_us < pause_end_us ? next_us : pause_end_us};
}
