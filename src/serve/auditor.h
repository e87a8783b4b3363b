/* Audits a whole database: for `till audit`, and every hour on a thread of the server. */
#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "db/db.h"
#include "shop/audit/audit.h"

/* Runs db_check and audit_run in one transaction of its own, and reports each breach as a line. `out` counts
 * the breaches of both. Any status but STATUS_OK means that not everything could be checked; that is not a
 * breach. */
MUST_CHECK enum status audit_database(struct db *db, audit_report *report, void *context, struct audit *out);

struct auditor_thread;

/* Starts the server's thread. An hour after the start, and then every hour of `clock`, which it reads every
 * `poll_ms`, it audits the database on a read-only connection. Breaches are logged, and counted in `shard`,
 * which only this thread writes. A private database (`:memory:`) is not audited. NULL if there is no memory
 * or thread. All that is given outlives it. */
struct auditor_thread *auditor_start(const char *url, const struct clock *clock, int poll_ms,
                                     struct metrics_shard *shard);

/* Interrupts an audit that runs, waits for the thread to end, and frees. NULL is allowed. */
void auditor_stop(struct auditor_thread *auditor);
