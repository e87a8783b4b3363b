/* What goes wrong between a shop and its provider, to be switched on in tests.
 *
 * One text says all of it: items with commas between, each
 * `[create.|confirm.|cancel.|refund.|retrieve.]NAME=N`. Without a kind an item counts for the calls of every
 * kind together.
 *
 *   latency=MS        every call takes so many milliseconds more
 *   lost-reply=N      the first N calls are done, but their answer never arrives
 *   conflict=N        the first N calls meet another one at work on the same thing (Stripe: 409)
 *   rate-limit=N      the first N calls are too many (429)
 *   error=N           the first N calls meet a fault of the provider's own (500); none of the three is done
 *   webhook=HOW       duplicate: each event is delivered twice; late: a second after it happened, or so many
 *                     milliseconds as late=MS says; reorder: every other event is overtaken by the next; may
 *                     be given several times
 */
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

enum { faults_any_kind = CALL_KIND_COUNT, latency_ms_max = 60000, faults_why_size = 200 };

struct faults {
    _Atomic int64_t left[CALL_KIND_COUNT + 1][FAULT_COUNT]; /* the last row: of any kind */
    int64_t latency_ms[CALL_KIND_COUNT + 1];
    int64_t late_ms;
    bool duplicate, reorder;
};

/* Reads the text; NULL or empty: no faults. STATUS_USAGE, with `why` (faults_why_size) filled. */
MUST_CHECK enum status faults_parse(const char *text, struct faults *out, char *why);

/* What a call of this kind meets; counts it. Waits out the latency. Safe from any thread. */
enum fault faults_meet(struct faults *f, enum call_kind kind);
