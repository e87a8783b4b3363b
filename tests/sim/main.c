/* Runs the simulator:
 *
 *     till_sim [--seed N] [--steps N] [--operations N] [--jobs N]   runs seed after seed, until there are so many operations
 *     till_sim --seed N [--steps N] --story                         one run, and all that happens in it
 *     till_sim --seed N [--steps N] --twice                         one run twice: both must be the same
 *     till_sim --seed N [--steps N] --as-it-is                      one run; a failure is not made shorter
 *
 * Exit 0: all held. 1: something did not; then the steps that it needs and the story are printed. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { steps_default = 3000, jobs_max = 64 };

struct options {
    uint64_t seed;
    uint32_t steps;
    int64_t operations;
    int jobs;
    bool story, twice, as_it_is;
};

static struct sim sim;

/* ---- A failure. */

static void print_replay(const struct run_order *order) {
    printf("replay: make sim SEED=%llu STEPS=%u\n", (unsigned long long)order->seed, order->count);
}

static void print_failure(const struct run_order *order, const struct run_result *failed) {
    uint32_t *steps = calloc(order->count, sizeof *steps);
    if (!steps)
        abort();
    printf("seed %llu, step %u: %s\n", (unsigned long long)order->seed, failed->step, failed->breach);
    print_replay(order);
    uint32_t count = shrink(&sim, order, failed, steps);
    printf("the same with %u steps:\n", count);
    struct run_order shorter = {.seed = order->seed, .steps = steps, .count = count, .tells = true};
    struct run_result last = run_apart(&sim, &shorter);
    printf("  BREACH: %s\n", last.breach);
    free(steps);
}

/* ---- Many runs. */

struct total {
    struct sim_counts counts;
    int64_t runs;
    uint64_t digest;
};

static void total_add(struct total *total, const struct run_result *r) {
    total->runs++;
    total->digest = dice_mix(total->digest, r->digest);
    total->counts.operations += r->counts.operations;
    total->counts.requests += r->counts.requests;
    total->counts.crashes += r->counts.crashes;
    total->counts.cuts += r->counts.cuts;
    total->counts.faults += r->counts.faults;
    total->counts.events += r->counts.events;
    total->counts.settles += r->counts.settles;
}

static void print_total(const struct total *total, uint64_t seed) {
    const struct sim_counts *c = &total->counts;
    printf(
        "%lld operations in %lld runs from seed %llu: %lld requests, %lld events, %lld power cuts, %lld faults of "
        "the disk, %lld restarts, %lld times at rest; digest %016llx\n",
        (long long)c->operations, (long long)total->runs, (unsigned long long)seed, (long long)c->requests,
        (long long)c->events, (long long)c->cuts, (long long)c->faults, (long long)c->crashes,
        (long long)c->settles, (unsigned long long)total->digest);
}

static void print_progress(const struct options *o, const struct total *total) {
    if (isatty(2))
        fprintf(stderr, "\r%lld of %lld operations, %lld runs, %lld restarts ",
                (long long)total->counts.operations, (long long)o->operations, (long long)total->runs,
                (long long)total->counts.crashes);
}

/* Reads the results in the order of the seeds, so that the total does not depend on which process is faster. */
static int run_many(const struct options *o) {
    struct total total = {0};
    int children[jobs_max], fds[jobs_max];
    uint64_t next = o->seed, read = o->seed;
    while (total.counts.operations < o->operations) {
        for (; next < read + (uint64_t)o->jobs; next++) {
            struct run_order order = {.seed = next, .count = o->steps};
            children[next % (uint64_t)o->jobs] = run_start(&sim, &order, &fds[next % (uint64_t)o->jobs]);
        }
        struct run_result result =
            run_read(children[read % (uint64_t)o->jobs], fds[read % (uint64_t)o->jobs]);
        struct run_order order = {.seed = read++, .count = o->steps};
        total_add(&total, &result);
        print_progress(o, &total);
        if (result.breach[0]) {
            print_failure(&order, &result);
            return 1;
        }
    }
    for (; read < next; read++)
        (void)run_read(children[read % (uint64_t)o->jobs], fds[read % (uint64_t)o->jobs]);
    print_total(&total, o->seed);
    return 0;
}

/* ---- One run. */

static int run_one(const struct options *o) {
    struct run_order order = {.seed = o->seed, .count = o->steps, .tells = o->story};
    struct run_result first = run_apart(&sim, &order);
    printf("seed %llu, %u steps, %lld operations: digest %016llx\n", (unsigned long long)o->seed, o->steps,
           (long long)first.counts.operations, (unsigned long long)first.digest);
    if (first.breach[0]) {
        if (o->as_it_is)
            printf("step %u: %s\n", first.step, first.breach);
        else
            print_failure(&order, &first);
        return 1;
    }
    struct run_result second = o->twice ? run_apart(&sim, &order) : first;
    if (second.digest != first.digest)
        printf("the second time the digest is %016llx\n", (unsigned long long)second.digest);
    return second.digest == first.digest ? 0 : 1;
}

/* ---- Options. */

static int64_t number_of(const char *text) {
    char *end;
    long long number = strtoll(text, &end, 10);
    if (*end || number < 1) {
        fprintf(stderr, "till_sim: %s is no number above 0\n", text);
        exit(2);
    }
    return number;
}

static struct options options_read(int argc, char **argv) {
    struct options o = {.seed = 1, .steps = steps_default, .jobs = 1};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--story") == 0)
            o.story = true;
        else if (strcmp(argv[i], "--twice") == 0)
            o.twice = true;
        else if (strcmp(argv[i], "--as-it-is") == 0)
            o.as_it_is = true;
        else if (strcmp(argv[i], "--seed") == 0)
            o.seed = (uint64_t)number_of(value), i++;
        else if (strcmp(argv[i], "--steps") == 0)
            o.steps = (uint32_t)number_of(value), i++;
        else if (strcmp(argv[i], "--operations") == 0)
            o.operations = number_of(value), i++;
        else if (strcmp(argv[i], "--jobs") == 0)
            o.jobs = (int)number_of(value), i++;
        else {
            fprintf(stderr, "till_sim: %s is unknown; see the head of tests/sim/main.c\n", argv[i]);
            exit(2);
        }
    }
    o.jobs = o.jobs < jobs_max ? o.jobs : jobs_max;
    return o;
}

int main(int argc, char **argv) {
    struct options o = options_read(argc, argv);
    sim_prepare(&sim);
    if (sim.breach[0]) {
        printf("the shop cannot be made: %s\n", sim.breach);
        return 1;
    }
    return o.operations > 0 ? run_many(&o) : run_one(&o);
}
