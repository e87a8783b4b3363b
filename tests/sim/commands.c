/* Power cuts and failing calls in the commands (command_cases.h). After a cut:
 *
 *     what it was to make is there wholly, or not at all; wholly if it has ended with success
 *     the shop starts, and its audit finds nothing
 *     the same command succeeds then. Where a cut may leave something for a person to remove (`FILE.part` of a backup),
 *     it is removed first
 *
 * After a failing call the same holds, and a command that has not done all of it says so in a line `till: …` and exits with
 * 1 or 2. One that only reads has printed all of it if it exits with 0. */
#include "commands.h"

#include "command_cases.h"
#include "counters.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { command_breaches_max = 10, try_seconds_max = 100 };

static FILE *report; /* standard output, which the commands do not get */

/* What a command is, as a line that prints it and its arguments. */
static void print_case(const struct command_case *c) {
    fprintf(report, "till %s", c->name);
    for (int i = 0; i < arguments_max && c->arguments[i]; i++)
        fprintf(report, " %s", c->arguments[i]);
}

/* Returns why what a command left is a breach; NULL: it is none. The command's second run begins with `left`; NULL: with the
 * disk as it is once the shop has started. `open`: the descriptors that it left. */
static const char *check_left(const struct command_case *c, const struct command_states *states,
                              bool succeeded, size_t open, const struct disk_image *left) {
    const char *why = command_check(c, states, succeeded);
    if (!why && !c->may_refuse && !command_shop_is_sound())
        why = "the shop does not start, or its audit finds breaches";
    if (left)
        disk_load(left);
    if (c->leftover)
        unlink(c->leftover);
    if (!why)
        why = command_check_again(c, states);
    return !why && open > 0 ? "it left descriptors open" : why;
}

/* ---- Power cuts. */

/* Cuts the power in a step. Returns whether there was such a step. */
static bool command_cut(const struct command_case *c, const struct disk_image *image,
                        const struct command_states *states, uint64_t k, enum disk_model model,
                        int *breaches) {
    disk_load(image);
    disk_cut_at(k);
    bool succeeded = command_run_case(c) == 0 && !disk_is_cut(), was_cut = disk_is_cut();
    size_t open = disk_restart(model, k);
    struct disk_image *left = disk_save();
    const char *why = check_left(c, states, succeeded, open, left);
    disk_image_free(left);
    if (why) {
        fprintf(report, "BREACH ");
        print_case(c);
        fprintf(report, ", power cut in step %" PRIu64 " (model %d): %s\n", k, (int)model, why);
    }
    *breaches += why != NULL;
    return was_cut;
}

static int command_cut_everywhere(const struct command_case *c, bool every_step) {
    static struct command_states states;
    int breaches = 0;
    uint64_t tries = 0;
    struct disk_image *image = command_image(report);
    if (!image || !command_begin(c, image, report, &states))
        return 1;
    for (int model = 0; model < DISK_MODELS; model++)
        for (uint64_t k = 1; breaches < command_breaches_max;
             k += every_step ? 1 : 1 + states.steps / 20, tries++)
            if (!command_cut(c, image, &states, k, (enum disk_model)model, &breaches))
                break;
    print_case(c);
    fprintf(report, ": %" PRIu64 " steps, %" PRIu64 " tries, %d breaches\n", states.steps, tries, breaches);
    return breaches;
}

/* ---- Failing calls. */

/* What fails: one of the disk's calls (enum disk_fault), an allocation of any, one of an arena, or a statement. */
enum { FAULT_MEMORY = DISK_FAULTS, FAULT_ARENA, FAULT_STATEMENT, COMMAND_FAULTS };

struct command_fault {
    int kind;
    bool forever;
    uint64_t at;
};

/* What came of a try: its process's exit code. */
enum { TRY_FINE, TRY_BREACH, TRY_NO_SUCH_CALL, TRY_ABORTED };

static void print_fault(const struct command_fault *f) {
    static const char *const names[COMMAND_FAULTS] = {
        [DISK_READ] = "EIO of read",           [DISK_READ_SHORT] = "half of read",
        [DISK_WRITE] = "EIO of write",         [DISK_WRITE_SHORT] = "half of write",
        [DISK_FULL] = "ENOSPC of write",       [DISK_SYNC] = "EIO of sync",
        [DISK_TRUNCATE] = "EIO of truncation", [DISK_LOCK] = "ENOLCK of lock",
        [DISK_OPEN] = "EMFILE of open",        [DISK_NAME] = "EIO of name",
        [DISK_MAP] = "ENOMEM of map",          [FAULT_MEMORY] = "no memory in allocation",
        [FAULT_ARENA] = "no memory for block", [FAULT_STATEMENT] = "statement call"};
    fprintf(report, ", %s %" PRIu64 "%s", names[f->kind], f->at, f->forever ? " and all after it" : "");
}

static void fault_begin(const struct command_fault *f) {
    if (f->kind == FAULT_MEMORY)
        memory_fail_at(f->at, f->forever);
    else if (f->kind == FAULT_ARENA)
        arena_fail_at(f->at, f->forever);
    else if (f->kind == FAULT_STATEMENT)
        statement_fail_at(f->at, f->forever);
    else
        disk_fail_at((enum disk_fault)f->kind, f->at, f->forever);
}

/* Ends the fault. Returns whether there was such a call. */
static bool fault_end(const struct command_fault *f) {
    bool happened = f->kind == FAULT_MEMORY      ? memory_has_failed()
                    : f->kind == FAULT_ARENA     ? arena_has_failed()
                    : f->kind == FAULT_STATEMENT ? statement_has_failed()
                                                 : disk_calls((enum disk_fault)f->kind) >= f->at;
    memory_fail_at(0, false);
    arena_fail_at(0, false);
    statement_fail_at(0, false);
    disk_fail_never();
    return happened;
}

/* Standard output and error of a command that runs, as files. */
struct command_output {
    int streams[2];
    char text[2][65536];
};

static void output_begin(struct command_output *o) {
    for (int i = 0; i < 2; i++) {
        o->streams[i] = memfd_create("output", MFD_CLOEXEC);
        if (dup2(o->streams[i], STDOUT_FILENO + i) < 0)
            abort();
    }
}

static void output_end(struct command_output *o) {
    for (int i = 0; i < 2; i++) {
        ssize_t size = pread(o->streams[i], o->text[i], sizeof o->text[i] - 1, 0);
        o->text[i][size > 0 ? size : 0] = '\0';
    }
}

/* Returns why the command's code and words are a breach; NULL: they are none. */
static const char *check_words(const struct command_case *c, int code, const struct command_output *o,
                               const struct command_output *usual) {
    if (code != 0 && code != 1 && code != 2)
        return "another exit code than 0, 1 and 2";
    if (code == 0)
        return c->reads && strcmp(o->text[0], usual->text[0]) != 0 ? "it has not printed all" : NULL;
    bool says = strncmp(o->text[1], "till: ", 6) == 0 || strstr(o->text[1], "\ntill: ");
    bool tells = c->reads && o->text[0][0] != '\0'; /* an audit that cannot read tells that as a breach */
    return says || tells ? NULL : "it does not say why";
}

/* Runs the command with the fault, in a process of its own, and ends that. */
static void command_try(const struct command_case *c, const struct disk_image *image,
                        const struct command_states *states, const struct command_output *usual,
                        const struct command_fault *f) {
    static struct command_output output;
    alarm(try_seconds_max);
    disk_load(image);
    output_begin(&output);
    fault_begin(f);
    int code = command_run_case(c);
    bool happened = fault_end(f);
    output_end(&output);
    const char *why = check_words(c, code, &output, usual);
    size_t open = disk_restart(DISK_SYNCED, f->at);
    if (!why)
        why = check_left(c, states, code == 0, open, NULL);
    if (why) {
        fprintf(report, "BREACH ");
        print_case(c);
        print_fault(f);
        fprintf(report, ": %s; exit %d, %s%s\n", why, code, output.text[0], output.text[1]);
    }
    fflush(report);
    counters_write();
    _exit(why ? TRY_BREACH : happened ? TRY_FINE : TRY_NO_SUCH_CALL);
}

static int command_try_apart(const struct command_case *c, const struct disk_image *image,
                             const struct command_states *states, const struct command_output *usual,
                             const struct command_fault *f) {
    int status = 0;
    fflush(report);
    pid_t child = fork();
    if (child == 0)
        command_try(c, image, states, usual, f);
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    if (WIFEXITED(status) && WEXITSTATUS(status) < TRY_ABORTED)
        return WEXITSTATUS(status);
    fprintf(report, "BREACH ");
    print_case(c);
    print_fault(f);
    fprintf(report, ": the process ends with %s %d\n", WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return TRY_BREACH;
}

static int command_fail_everywhere(const struct command_case *c, bool every_call) {
    static struct command_states states;
    static struct command_output usual;
    uint64_t tries = 0;
    int breaches = 0;
    struct disk_image *image = command_image(report);
    if (image)
        output_begin(&usual);
    if (!image || !command_begin(c, image, report, &states))
        return 1;
    fflush(stdout);
    output_end(&usual);
    for (int kind = 0; kind < COMMAND_FAULTS; kind++)
        for (int forever = 0; forever < 2 && kind != DISK_SYNC_LOST; forever++) {
            struct command_fault f = {.kind = kind, .forever = forever, .at = 1};
            for (int came = TRY_FINE; came != TRY_NO_SUCH_CALL && breaches < command_breaches_max; tries++) {
                came = command_try_apart(c, image, &states, &usual, &f);
                breaches += came == TRY_BREACH;
                f.at += every_call ? 1 : kind >= FAULT_ARENA ? 1 + f.at / 20 : 1 + 6 * f.at;
            }
        }
    print_case(c);
    fprintf(report, ": %" PRIu64 " tries, %d breaches\n", tries, breaches);
    return breaches;
}

/* ---- Each in its own process, as a command is. */

typedef int command_work(const struct command_case *c, bool every_call);

static int command_fork(const struct command_case *c, command_work *work, bool every_call, bool verbose) {
    int status = 0;
    fflush(report);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(null, STDOUT_FILENO);
        if (!verbose)
            dup2(null, STDERR_FILENO);
        int breaches = work(c, every_call);
        fflush(report);
        counters_write();
        _exit(breaches > 0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    if (WIFSIGNALED(status)) {
        fprintf(report, "BREACH ");
        print_case(c);
        fprintf(report, ": the process ends with signal %d\n", WTERMSIG(status));
    }
    return status != 0;
}

static int commands_run(const char *word, command_work *work, bool reads, bool every_call, bool verbose) {
    report = fdopen(dup(STDOUT_FILENO), "w");
    setenv("TMPDIR", DISK_ROOT, 1); /* an import's file of its own */
    int broken = command_count_missing(report);
    for (const struct command_case *c = command_cases; c->name; c++)
        if (c->measure && (reads || !c->reads) && (!word || strstr(c->name, word)))
            broken += command_fork(c, work, every_call, verbose);
    fprintf(report, "%d commands with breaches\n", broken);
    fflush(report);
    return broken;
}

int commands_cut(const char *word, bool every_step, bool verbose) {
    return commands_run(word, command_cut_everywhere, false, every_step, verbose);
}

int commands_fail(const char *word, bool every_call, bool verbose) {
    return commands_run(word, command_fail_everywhere, true, every_call, verbose);
}
