/* The executor for a database that is a server's (PostgreSQL): a team of threads with a connection each.
 *
 * Every job is a transaction of its own, and writes run side by side: what must hold is held by conditional
 * updates, constraints and row locks (docs/ARCHITECTURE.md). One that another got in the way of, or whose
 * connection was lost before it committed, is run again from its start. A COMMIT whose answer was lost is
 * looked up on another connection: what cannot be told is STATUS_UNKNOWN, and never done twice.
 *
 * Half of the threads write, a quarter reads and a quarter searches, so that none of these holds up another.
 */
#pragma once

#include "db/commits.h"

enum {
    team_connections_min = 3, /* one of each kind */
    team_connections_max = 256,
    job_attempts_max = 8,
    transaction_ms_max = 5000, /* of one statement; a server that is silent is given up 2 s later */
    settle_ms_max = 8000,      /* until what came of a COMMIT is called unknown */
};

struct team;

struct team_options {
    const char *url;         /* outlives the team */
    const char *standby_url; /* NULL: there is none; outlives the team */
    int standby_lag_ms;
    size_t connections;            /* to each of the two */
    size_t jobs_max, searches_max; /* that wait or run */
    struct metrics_shard *shard;   /* NULL: nothing is counted */
    struct commits *commits;       /* outlives the team */
};

/* Opens the first connection, making or migrating the schema, and starts the threads. */
MUST_CHECK enum status team_open(const struct team_options *options, struct team **out,
                                 char why[static db_why_size]);

/* As executor_write and the like; from any thread. */
MUST_CHECK enum status team_put(struct team *team, struct job *job, enum job_kind kind);

/* As executor_write_on. */
MUST_CHECK enum status team_put_over(struct team *team, struct job *job);

/* Finishes every job that was taken, then closes. */
void team_close(struct team *team);
