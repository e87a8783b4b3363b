/* What an executor does, by engine: single_writer.c for SQLite, pg_pool.c for PostgreSQL. Private to
 * db/exec. */
#pragma once

#include "db/exec/change_clock.h"
#include "db/exec/executor.h"

struct executor_ops {
    /* The kind of a job says on which threads it runs. `force`: executor_continue. */
    enum status (*put)(struct executor *ex, struct job *job, enum job_kind kind, bool force);
    /* NULL: reads are jobs. */
    struct db *(*reader)(struct executor *ex, size_t i, uint64_t *commits, enum status *status);
    void (*reader_release)(struct executor *ex, size_t i);
    bool (*step)(struct executor *ex); /* NULL unless it is stepped */
    void (*close)(struct executor *ex);
};

/* Each engine's executor starts with this. */
struct executor {
    const struct executor_ops *ops;
    struct change_clock clock;
    _Atomic uint64_t activity; /* executor_activity */
};

/* Gives a job back to its owner, once what it wrote is durable. */
void executor_job_done(struct executor *ex, struct job *job, enum status status);

MUST_CHECK enum status single_writer_open(const struct executor_options *options, struct executor **out,
                                          char error[static db_error_size]);

MUST_CHECK enum status pg_pool_open(const struct executor_options *options, struct executor **out,
                                    char error[static db_error_size]);
