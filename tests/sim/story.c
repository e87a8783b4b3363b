/* What happens, told in plain English: one line for each request, event and fault. */
#include "sim.h"

#include <stdarg.h>
#include <string.h>

const char *const shopper_names[] = {"Ann", "Ben", "Cleo", "Dan", "Eve", "the staff"};
const char *const product_names[] = {"lamp", "chair", "mug", "rug", "clock", "vase"};

const char *visit_sender(const struct visit *v) {
    return v->is_bank ? "the provider" : shopper_names[v->actor];
}

void tell(struct sim *sim, const char *format, ...) {
    if (!sim->tells)
        return;
    char time[time_text_size + 1] = "";
    va_list args;
    va_start(args, format);
    time_format(sim->now_us, time);
    printf("  %6u  %.*s  ", sim->step, 15, time + 8);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

void breach(struct sim *sim, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(sim->breach, sizeof sim->breach, format, args);
    va_end(args);
    sim->breach_kind = format;
    tell(sim, "BREACH: %s", sim->breach);
    longjmp(sim->broken, 1);
}
