/* Runs in processes of their own, and the search for fewer steps that still fail.
 *
 * ddmin (Zeller and Hildebrandt 2002) on the list of steps: leave out one half, then the other, then quarters, and so on down
 * to single steps; what still fails in the same way is the new list.
 *
 *     ████████ fails     ████░░░░ holds    ░░░░████ fails    ░░░░░░██ holds    ░░░░██░░ fails …
 *
 * A step decides by its own number what it does, so those that stay do the same as before, as far as the shop lets them. */
#include "sim.h"

#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { run_seconds_max = 600, shrink_runs_max = 250 };

/* ---- A process. */

static void result_write(int fd, const struct run_result *result) {
    const char *from = (const char *)result;
    size_t left = sizeof *result;
    while (left > 0) {
        ssize_t n = write(fd, from, left);
        if (n < 0 && errno != EINTR)
            return;
        from += n > 0 ? n : 0;
        left -= n > 0 ? (size_t)n : 0;
    }
}

_Noreturn static void run_child(struct sim *sim, const struct run_order *order, int fd) {
    struct run_result result = {0};
    alarm(run_seconds_max);
    sim->tells = order->tells;
    sim_run(sim, order->seed, order->steps, order->count);
    result.digest = sim->digest;
    result.counts = sim->counts;
    result.step = sim->step;
    result.kind = (uintptr_t)sim->breach_kind;
    memcpy(result.breach, sim->breach, sizeof result.breach);
    fflush(stdout);
    result_write(fd, &result);
    counters_write();
    quick_exit(0); /* no check for leaks: the shop is still open */
}

int run_start(struct sim *sim, const struct run_order *order, int *fd) {
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0)
        abort();
    int child = fork();
    if (child < 0)
        abort();
    if (child == 0) {
        close(ends[0]);
        run_child(sim, order, ends[1]);
    }
    close(ends[1]);
    *fd = ends[0];
    return child;
}

struct run_result run_read(int child, int fd) {
    struct run_result result = {0};
    size_t size = 0;
    int status = 0;
    for (ssize_t n = 1; n != 0 && size < sizeof result; size += n > 0 ? (size_t)n : 0)
        if ((n = read(fd, (char *)&result + size, sizeof result - size)) < 0 && errno != EINTR)
            break;
    close(fd);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (size < sizeof result) {
        result = (struct run_result){.step = UINT32_MAX, .kind = (uintptr_t)status};
        snprintf(result.breach, sizeof result.breach, "the program ended with %s %d",
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return result;
}

struct run_result run_apart(struct sim *sim, const struct run_order *order) {
    int fd, child = run_start(sim, order, &fd);
    return run_read(child, fd);
}

/* ---- Fewer steps. */

/* Whether the same breach follows without `size` steps from `first` on. Then `steps` is that list. */
static bool shrink_without(struct sim *sim, const struct run_order *order, uintptr_t kind, uint32_t *steps,
                           uint32_t *count, uint32_t first, uint32_t size) {
    uint32_t *fewer = malloc(*count * sizeof *fewer), left = *count - size;
    if (!fewer)
        abort();
    memcpy(fewer, steps, first * sizeof *fewer);
    memcpy(fewer + first, steps + first + size, (left - first) * sizeof *fewer);
    struct run_order shorter = {.seed = order->seed, .steps = fewer, .count = left};
    struct run_result result = run_apart(sim, &shorter);
    bool is_same = result.breach[0] && result.kind == kind;
    if (is_same) {
        memcpy(steps, fewer, left * sizeof *fewer);
        *count = left;
    }
    free(fewer);
    return is_same;
}

uint32_t shrink(struct sim *sim, const struct run_order *order, const struct run_result *failed,
                uint32_t *steps) {
    uint32_t count = failed->step < order->count ? failed->step + 1 : order->count;
    int runs = 0;
    for (uint32_t i = 0; i < count; i++)
        steps[i] = i;
    for (uint32_t size = count / 2; size > 0; size /= 2)
        for (uint32_t first = 0; first + size <= count && runs < shrink_runs_max; runs++)
            if (!shrink_without(sim, order, failed->kind, steps, &count, first, size))
                first += size;
    return count;
}
