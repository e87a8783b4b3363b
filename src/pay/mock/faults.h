/* Faults between a shop and its provider, which tests switch on.
 *
 * One text holds them all: items with commas between, each
 * `[create.|confirm.|cancel.|refund.|retrieve.]NAME=N`. An item without a kind counts calls of every kind.
 *
 *   latency=MS        every call takes MS milliseconds longer
 *   lost-reply=N      the first N calls are done, but their answer never arrives
 *   conflict=N        the first N calls meet another call at work on the same object (Stripe's 409)
 *   rate-limit=N      the first N calls are too many (429)
 *   error=N           the first N calls meet a fault of the provider's own (500)
 *   webhook=duplicate each event is delivered twice
 *   webhook=reorder   the next event overtakes every other one
 *   late=MS           an event comes MS milliseconds after the change
 *
 * A call with a conflict, a rate limit or an error is not done. */
#pragma once

#include "base/status.h"
#include "base/str.h"

#include <stdatomic.h>

enum call_kind { CALL_CREATE, CALL_CONFIRM, CALL_CANCEL, CALL_REFUND, CALL_RETRIEVE, CALL_KIND_COUNT };

enum fault {
    FAULT_NONE,
    FAULT_LOST_REPLY,
    FAULT_CONFLICT,
    FAULT_RATE_LIMIT,
    FAULT_ERROR,
    FAULT_COUNT,
};

enum { faults_any_kind = CALL_KIND_COUNT, latency_ms_max = 60000, faults_error_size = 200 };

struct faults {
    _Atomic int64_t left[CALL_KIND_COUNT + 1][FAULT_COUNT]; /* the last row: of any kind */
    int64_t latency_ms[CALL_KIND_COUNT + 1];
    int64_t late_ms;
    bool duplicate, reorder;
};

/* Reads the text; NULL or empty: no faults. STATUS_USAGE, and then `error` (at least faults_error_size) holds
 * a sentence about it. */
MUST_CHECK enum status faults_parse(const char *text, struct faults *out, char *error);

/* Takes the fault that the next call of this kind meets: the items are used up in the order of the enum, those
 * of the kind before those of any kind. Safe from any thread, as is faults_wait. */
enum fault faults_take(struct faults *f, enum call_kind kind);

/* Whether a call that meets this fault is not done. */
static inline bool fault_prevents(enum fault fault) {
    return fault != FAULT_NONE && fault != FAULT_LOST_REPLY;
}

/* Sleeps for the latency of this kind of call. */
void faults_wait(const struct faults *f, enum call_kind kind);
