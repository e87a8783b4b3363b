/* Power cuts in every request that writes, and failing calls in every request.
 *
 *     cuts power    the power is cut in step 1, 2, … of each request until it completes, in the three models of damage
 *     cuts commands the same in each command that writes
 *     cuts calls    call 1, 2, … of each kind fails, once and from then on: reads, writes, syncs, locks, opened files,
 *                   allocations, statements, the provider; and the clock is turned by hours
 *     cuts reading  the same in each request that reads
 *     cuts failing  the same in each command: reads, writes, syncs, locks, opened files, allocations
 *     cuts bite     the same power cuts with synchronous=OFF, and with each sync left out: they must find breaches
 *
 * Without --all some of the steps and calls are left out, so that it takes seconds; --seeds N repeats with other random
 * damage, and a word leaves out the requests without it in their path. What must hold is in trial.h.
 *
 * With synced writes only, two cuts leave the same disk if no sync is between them, so only the steps that sync are cut.
 *
 * Each request has a process of its own, so that a crash is one more breach, and the others go on. */
#include "commands.h"
#include "counters.h"
#include "trial.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { breaches_max = 10 }; /* of a request, then it is given up */

static struct options {
    bool all, verbose;
    uint64_t seeds;
    const char *word;
} options = {.seeds = 1};

/* What the process of a request is about, for its parent. */
static struct shared {
    struct trouble trouble;
    uint64_t tries;
    int breaches;
} *shared;

static bool try_one(const struct trial *t, struct trouble trouble) {
    shared->trouble = trouble;
    shared->tries++;
    struct tried tried = trial_run(t, &trouble);
    shared->breaches += tried.breaches;
    return tried.happened && shared->breaches < breaches_max;
}

/* ---- Power cuts. */

static bool is_left_out(const struct trial *t, enum disk_model model, uint64_t k) {
    if (model == DISK_SYNCED)
        return k <= t->steps && !t->is_sync[k];
    return !options.all && k % 3 != (uint64_t)model % 3 && k <= t->steps;
}

static void cut_everywhere(const struct trial *t) {
    for (uint64_t seed = 0; seed < options.seeds; seed++)
        for (int model = 0; model < DISK_MODELS; model++)
            for (uint64_t k = 1; k <= t->steps + 1; k++) {
                struct trouble trouble = {
                    .cut_at = k, .model = (enum disk_model)model, .seed = seed * steps_max + k};
                if (!is_left_out(t, trouble.model, k) && !try_one(t, trouble) &&
                    shared->breaches >= breaches_max)
                    return;
            }
}

/* ---- Failing calls. */

/* The next number to try: each one, or, further on, some. */
static uint64_t call_next(uint64_t k) {
    return options.all ? k + 1 : k + 1 + k / 2;
}

/* Each statement and each block of an arena that the request takes, because they are few; some, if all after it fail too. */
static void fail_statements(const struct trial *t, bool forever) {
    for (uint64_t k = 1; try_one(t, (struct trouble){.statement_at = k, .forever = forever});)
        k = forever ? call_next(k) : k + 1;
    for (uint64_t k = 1; try_one(t, (struct trouble){.arena_at = k, .forever = forever});)
        k = forever ? call_next(k) : k + 1;
}

static void fail_everywhere(const struct trial *t) {
    for (int forever = 0; forever < 2; forever++) {
        for (int fault = 0; fault < DISK_FAULTS; fault++)
            for (uint64_t k = 1; fault != DISK_SYNC_LOST; k = call_next(k))
                if (!try_one(t, (struct trouble){
                                    .fault = (enum disk_fault)fault, .fault_at = k, .forever = forever}))
                    break;
        for (int unreached = 0; unreached < 2; unreached++)
            for (uint64_t k = 1;; k++)
                if (!try_one(
                        t, (struct trouble){.provider_at = k, .is_unreached = unreached, .forever = forever}))
                    break;
        for (uint64_t k = 1;; k = call_next(k))
            if (!try_one(t, (struct trouble){.memory_at = k, .forever = forever}))
                break;
        fail_statements(t, forever);
    }
    for (int hours = -6; hours <= 6 && t->request->method != METHOD_GET; hours += 12)
        try_one(t, (struct trouble){.jump_us = hours * INT64_C(3600000000)});
}

/* ---- Each request in its own process. */

typedef void work(const struct trial *t);

static void child_run(const struct lab_request *request, work *run) {
    static struct trial trial;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (!options.verbose)
        dup2(null, STDERR_FILENO); /* the shop's log */
    if (trial_begin(&trial, request))
        run(&trial);
    else
        shared->breaches++;
    fflush(stdout);
    counters_write();
    _exit(0);
}

static void request_run(const struct lab_request *request, work *run) {
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        child_run(request, run);
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    if (status == 0)
        return;
    struct trial t = {.request = request};
    shared->breaches++;
    printf("BREACH ");
    trouble_print(&t, &shared->trouble);
    printf(": the process ends with %s %d\n", WIFSIGNALED(status) ? "signal" : "status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* Runs these requests. Returns how many breaches there were. */
static int requests_run(const struct lab_request *requests, work *run) {
    size_t count = 0;
    *shared = (struct shared){0};
    int breaches = 0;
    for (const struct lab_request *r = requests; r->path; r++) {
        if (options.word && !strstr(r->path, options.word))
            continue;
        fflush(stdout);
        shared->breaches = 0;
        request_run(r, run);
        breaches += shared->breaches;
        count++;
    }
    printf("%zu requests, %" PRIu64 " tries, %d breaches\n", count, shared->tries, breaches);
    return breaches;
}

/* ---- That it bites. */

static uint64_t forgotten;

static void cut_with_forgotten(const struct trial *t) {
    for (uint64_t k = 1; k <= t->steps + 1; k++)
        for (int model = 0; model < DISK_MODELS; model++)
            if (!try_one(t, (struct trouble){.cut_at = k,
                                             .model = (enum disk_model)model,
                                             .seed = k,
                                             .lost_sync = forgotten}) &&
                shared->breaches >= breaches_max)
                return;
}

/* Returns whether both find breaches: no sync at all, and one sync that is forgotten, the order's commit. */
static bool bite(void) {
    options.word = "/orders/{order_id}/notes";
    options.verbose = false;
    lab_sync_is_off = true;
    bool bites = requests_run(lab_cases, cut_everywhere) > 0;
    lab_sync_is_off = false;
    bool one_bites = false;
    for (forgotten = 1; forgotten <= 6 && !one_bites; forgotten++) {
        printf("without sync %" PRIu64 ": ", forgotten);
        one_bites = requests_run(lab_cases, cut_with_forgotten) > 0;
    }
    printf("synchronous=OFF %s, and one sync left out %s\n", bites ? "is found" : "is NOT found",
           one_bites ? "is found" : "is NOT found");
    return bites && one_bites;
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--all") == 0)
            options.all = true;
        else if (strcmp(argv[i], "--verbose") == 0)
            options.verbose = true;
        else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
            options.seeds = strtoull(argv[++i], NULL, 10);
        else
            options.word = argv[i];
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || lab_count_missing() > 0 || !lab_prepare())
        return 1;
    if (strcmp(mode, "power") == 0)
        return requests_run(lab_cases, cut_everywhere) > 0;
    if (strcmp(mode, "commands") == 0)
        return commands_cut(options.word, options.all, options.verbose) > 0;
    if (strcmp(mode, "failing") == 0)
        return commands_fail(options.word, options.all, options.verbose) > 0;
    if (strcmp(mode, "calls") == 0)
        return requests_run(lab_cases, fail_everywhere) > 0;
    if (strcmp(mode, "reading") == 0)
        return requests_run(lab_reads, fail_everywhere) > 0;
    if (strcmp(mode, "bite") == 0)
        return !bite();
    fprintf(stderr,
            "usage: cuts power|commands|calls|reading|failing|bite [--all] [--seeds N] [--verbose] [WORD]\n");
    return 2;
}
