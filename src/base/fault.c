#include "base/fault.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const char *armed;

void fault_arm(const char *name) {
    armed = name;
}

void fault_point(const char *name) {
    if (armed && strcmp(armed, name) == 0)
        raise(SIGKILL);
}
