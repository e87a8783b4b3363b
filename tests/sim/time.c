/* Time that passes at once: usleep() does not sleep, and turns the monotonic clock on instead. So a test in which SQLite
 * or Till waits for a lock until it gives up takes no longer than others. */
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t slept_us;

int usleep(useconds_t us) {
    slept_us += us;
    return 0;
}

int clock_gettime(clockid_t id, struct timespec *out) {
    int result = (int)syscall(SYS_clock_gettime, id, out);
    if (result == 0 && id == CLOCK_MONOTONIC) {
        int64_t ns = out->tv_nsec + slept_us % 1000000 * 1000;
        out->tv_sec += slept_us / 1000000 + ns / 1000000000;
        out->tv_nsec = ns % 1000000000;
    }
    return result;
}
