#include "trial.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const model_names[] = {"synced only", "any writes", "any sectors"};
static const char *const fault_names[] = {"EIO",    "half a read",   "EIO",     "half a write",
                                          "ENOSPC", "EIO of a sync", "no sync", "EIO",
                                          "ENOLCK", "EMFILE",        "EIO",     "ENOMEM of a map"};
static const char *const method_names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

static const char key[] = "the-key-of-the-trial";

void trouble_print(const struct trial *t, const struct trouble *trouble) {
    printf("%s %s", method_names[t->request->method], t->request->path);
    if (trouble->cut_at)
        printf(", power cut in step %" PRIu64 " (%s, seed %" PRIu64 ")", trouble->cut_at,
               model_names[trouble->model], trouble->seed);
    if (trouble->fault_at)
        printf(", %s of call %" PRIu64, fault_names[trouble->fault], trouble->fault_at);
    if (trouble->memory_at)
        printf(", no memory in allocation %" PRIu64, trouble->memory_at);
    if (trouble->arena_at)
        printf(", no memory for block %" PRIu64 " of the arena", trouble->arena_at);
    if (trouble->statement_at)
        printf(", statement call %" PRIu64, trouble->statement_at);
    if (trouble->provider_at)
        printf(", %s the provider's call %" PRIu64, trouble->is_unreached ? "no line for" : "no answer to",
               trouble->provider_at);
    if (trouble->jump_us)
        printf(", clock turned by %" PRId64 " s", trouble->jump_us / 1000000);
    if (trouble->lost_sync)
        printf(", sync %" PRIu64 " forgotten", trouble->lost_sync);
    printf("%s", trouble->forever ? ", and in all after it" : "");
}

/* Prints a breach, as one line with what went wrong. */
__attribute__((format(printf, 4, 5))) static void trial_breach(const struct trial *t,
                                                               const struct trouble *trouble,
                                                               struct tried *tried, const char *format, ...) {
    va_list args;
    va_start(args, format);
    printf("BREACH ");
    trouble_print(t, trouble);
    printf(": ");
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    tried->breaches++;
}

/* Notes which step is a sync. */
static void trial_note_step(void *context) {
    struct trial *t = context;
    static uint64_t syncs;
    uint64_t now = disk_calls(DISK_SYNC);
    if (++t->steps < steps_max)
        t->is_sync[t->steps] = t->steps == 1 ? now > 0 : now > syncs;
    syncs = now;
}

bool trial_begin(struct trial *t, const struct lab_request *request) {
    char error[700] = "";
    *t = (struct trial){.request = request};
    lab_reset();
    disk_on_step(trial_note_step, t);
    if (lab_boot(2, error) && lab_read_state(&t->states[0]) && lab_audit()) {
        t->state_count = 1;
        lab_send(request, key, &t->answer, t->states, &t->state_count);
    }
    lab_close();
    disk_on_step(NULL, NULL);
    if (t->answer.http_status / 100 == 2 && t->answer.is_sound)
        return true;
    printf("%s %s does not succeed: %d %s %s\n", method_names[request->method], request->path,
           t->answer.http_status, t->answer.body, error);
    return false;
}

static void trouble_begin(const struct trouble *trouble) {
    disk_cut_at(trouble->cut_at);
    if (trouble->fault_at)
        disk_fail_at(trouble->fault, trouble->fault_at, trouble->forever);
    if (trouble->lost_sync)
        disk_fail_at(DISK_SYNC_LOST, trouble->lost_sync, false);
    lab_provider_fail_at(trouble->provider_at, trouble->forever, trouble->is_unreached);
    memory_fail_at(trouble->memory_at, trouble->forever);
    arena_fail_at(trouble->arena_at, trouble->forever);
    statement_fail_at(trouble->statement_at, trouble->forever);
    lab_clock_jump(trouble->jump_us);
}

static bool trouble_happened(const struct trouble *trouble) {
    return trouble->cut_at         ? disk_is_cut()
           : trouble->fault_at     ? disk_calls(trouble->fault) >= trouble->fault_at
           : trouble->memory_at    ? memory_has_failed()
           : trouble->arena_at     ? arena_has_failed()
           : trouble->statement_at ? statement_has_failed()
           : trouble->provider_at  ? lab_provider_calls() >= trouble->provider_at
                                   : true;
}

static void trouble_end(void) {
    memory_fail_at(0, false);
    arena_fail_at(0, false);
    statement_fail_at(0, false);
    disk_fail_never();
    lab_provider_fail_at(0, false, false);
    lab_clock_jump(0);
}

/* Returns the state's number, or -1 if it is none that the request goes through. */
static int trial_state(const struct trial *t) {
    struct lab_state now;
    if (!lab_read_state(&now))
        return -1;
    for (size_t i = 0; i < t->state_count; i++)
        if (memcmp(&now, &t->states[i], sizeof now) == 0)
            return (int)i;
    return -1;
}

/* Checks what the restarted shop holds, and returns its state's number. A known state has been audited before; its pages and
 * indexes have not. */
static int trial_check_state(const struct trial *t, const struct trouble *trouble, struct tried *tried) {
    int state = trial_state(t), last = (int)t->state_count - 1;
    /* A step that is tried again, or that learns that the provider does not answer, writes other rows and times. */
    bool is_other = state < 0 && (trouble->jump_us || (lab_has_steps(t->request) && !trouble->cut_at));
    if (is_other)
        state = last;
    else if (state < 0)
        trial_breach(t, trouble, tried, "half done: a state that the request never goes through");
    else if (tried->http_status / 100 == 2 && state != last)
        trial_breach(t, trouble, tried, "answered %d and lost: state %d of %d", tried->http_status, state,
                     last);
    else if (tried->http_status >= 400 && !lab_has_steps(t->request) && state != 0)
        trial_breach(t, trouble, tried, "answered %d, and happened all the same", tried->http_status);
    if (is_other || state < 0 ? !lab_audit() : !lab_check_database())
        trial_breach(t, trouble, tried, "the audit finds breaches");
    return state;
}

static bool trial_reads(const struct trial *t) {
    return t->request->method == METHOD_GET;
}

/* Tries again with the same key. A request whose key was not kept may be refused if it has happened. */
static void trial_retry(const struct trial *t, const struct trouble *trouble, int state,
                        struct tried *tried) {
    static struct lab_answer answer;
    int last = (int)t->state_count - 1;
    lab_begin_again(state == 0 ? 2 : 3);
    if (state != 0 && !lab_recover())
        trial_breach(t, trouble, tried, "the shop does not recover");
    lab_send(t->request, key, &answer, NULL, NULL);
    if (answer.http_status / 100 != 2 && (state == 0 || answer.http_status >= 500 || answer.http_status == 0))
        trial_breach(t, trouble, tried, "tried again from state %d of %d: %d %s", state, last,
                     answer.http_status, answer.body);
    if (trial_reads(t) && strcmp(answer.body, t->answer.body) != 0)
        trial_breach(t, trouble, tried, "tried again, it answers %s", answer.body);
    bool is_exact = state == 0 && last <= 1;
    if (is_exact && trial_state(t) != last)
        trial_breach(t, trouble, tried, "tried again, it made something else");
    if (!is_exact && (trouble->jump_us || state != last || last > 1) && !lab_audit())
        trial_breach(t, trouble, tried, "tried again, the audit finds breaches");
}

/* The shop on what the power cut left. */
static void trial_restart(const struct trial *t, const struct trouble *trouble, struct tried *tried) {
    char error[700] = "";
    size_t open = disk_restart(trouble->model, trouble->seed);
    if (open > 0)
        trial_breach(t, trouble, tried, "%zu descriptors were not closed", open);
    if (!lab_boot(2, error)) {
        trial_breach(t, trouble, tried, "the shop does not start: %s", error);
        return;
    }
    int state = trial_check_state(t, trouble, tried);
    trial_retry(t, trouble, state, tried);
    lab_close();
}

struct tried trial_run(const struct trial *t, const struct trouble *trouble) {
    static struct lab_answer answer;
    struct tried tried = {0};
    char error[700];
    answer.http_status = 0;
    lab_reset();
    trouble_begin(trouble);
    if (lab_boot(2, error))
        lab_send(t->request, key, &answer, NULL, NULL);
    tried.http_status = disk_is_cut() ? 0 : answer.http_status;
    lab_close();
    tried.happened = trouble_happened(trouble);
    trouble_end();
    if (trial_reads(t) && tried.http_status / 100 == 2 && strcmp(answer.body, t->answer.body) != 0)
        trial_breach(t, trouble, &tried, "answered %d, but not all: %s", tried.http_status, answer.body);
    trial_restart(t, trouble, &tried);
    return tried;
}
