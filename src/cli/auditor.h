/* A database audited whole: by `till audit`, and every hour by the server on a thread of its own. */
#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "db/db.h"
#include "shop/audit.h"

/* db_check and audit_run in one transaction that this opens; `out` counts what either found. Anything but
 * STATUS_OK means that not all could be looked at, and is no breach by itself. */
MUST_CHECK enum status audit_database(struct db *db, audit_report *report, void *context, struct audit *out);

struct auditor_thread;

/* Starts the server's thread: an hour after the start and then every hour of `clock`, at which it looks every
 * `look_ms`, it audits on a read-only connection that it opens for it. Breaches are logged and counted in
 * `shard`, which is the thread's own. A private database (`:memory:`) is not audited. NULL without memory.
 * All that is given outlives it. */
struct auditor_thread *auditor_start(const char *url, const struct clock *clock, int look_ms,
                                     struct metrics_shard *shard);

/* Breaks off what it does, waits for it, and frees; NULL is fine. */
void auditor_stop(struct auditor_thread *auditor);
