/* One request, something that goes wrong in it, and what must hold afterwards (DESIGN §5):
 *
 *     1  what was answered with 2xx is there, wholly
 *     2  what was not answered happened up to a commit of its steps: the state is that before, or after one of them
 *     3  the shop starts, and its audit and SQLite's own check find nothing
 *     4  the same request with the same key succeeds then, and gives the answer that it would have given; if it has one
 *        transaction, the state is then the same as if nothing had gone wrong
 *     5  a request that reads answers wholly, or with an error
 *
 * The states are known from a run in which nothing goes wrong: clock, random bytes and ids are the same in every run. */
#pragma once

#include "lab.h"

enum { steps_max = 2000 };

/* What goes wrong: at most one of `cut_at`, `fault_at`, `memory_at`, `arena_at`, `statement_at` and `provider_at` is not 0,
 * the number of the step or call, counted from 1. */
struct trouble {
    uint64_t cut_at;
    enum disk_model model; /* of the power cut, or of the one that follows the request */
    uint64_t seed;         /* of what that leaves */
    enum disk_fault fault;
    uint64_t fault_at, memory_at, arena_at, statement_at, provider_at;
    bool forever;
    bool is_unreached;  /* the provider's call does not happen */
    int64_t jump_us;    /* of the clock, in the middle of the request */
    uint64_t lost_sync; /* this sync is forgotten, beside everything else; 0: all are made */
};

struct trial {
    const struct lab_request *request;
    struct lab_answer answer; /* of the run in which nothing goes wrong */
    struct lab_state states[states_max];
    size_t state_count;
    uint64_t steps;          /* that it takes */
    bool is_sync[steps_max]; /* of each, from 1 */
};

/* What came of a try. */
struct tried {
    bool happened; /* the trouble: false if the request had no such step or call any more */
    int breaches;  /* each is printed on standard output */
    int http_status;
};

/* Runs the request without trouble. False: it does not succeed. */
bool trial_begin(struct trial *t, const struct lab_request *request);

struct tried trial_run(const struct trial *t, const struct trouble *trouble);

/* Prints what goes wrong, as the end of a line. */
void trouble_print(const struct trial *t, const struct trouble *trouble);
