/* What lets several processes of Till write to one SQLite file: waiting for its lock, checkpoints, claims.
 * Private to src/db/sqlite.
 *
 * Waiting. SQLite sleeps up to 100 ms between two attempts to lock the file, and an import pauses for less.
 * So a connection that waits tries every 0.25 ms, and claims DB_WAITING meanwhile, so that the process with
 * the lock can make way.
 *
 * Checkpoints. SQLite's WAL up to 3.51.2 can damage a database if one connection commits while another
 * checkpoints (sqlite.org/wal.html, "The WAL-Reset Bug"), and its own automatic checkpoint runs without the
 * lock that keeps writers away. So here a connection that has committed takes that lock again, on a second
 * connection that is kept for it (the guard), and checkpoints under it. If the lock is taken, the process
 * that has it will checkpoint.
 *
 * Claims. FILE-claims has a byte for each enum db_claim, and a claim is a lock on that byte: shared, or
 * exclusive for DB_IMPORTING. They are locks of open files (F_OFD_SETLK), so that the system gives them
 * back however the process ends, and two connections of one process count as two. The last one to leave
 * removes the file. */
#pragma once

#include "db/db.h"

#include <sqlite3.h>

/* A connection's part in sharing the file. `claims` is -1 before sqlite_shared_open(). */
struct sqlite_shared {
    sqlite3 *handle;   /* the connection */
    sqlite3 *guard;    /* holds the write lock while `handle` checkpoints; NULL until it is needed */
    int claims;        /* the descriptor of FILE-claims; -1 until it is needed */
    bool is_waiting;   /* DB_WAITING was claimed */
    bool is_importing; /* DB_IMPORTING was claimed */
    bool sync_failed;  /* in a checkpoint, so that there will be no other (durability.h) */
    int64_t waiting_since_us;
};

/* Makes a connection wait for locks, and checkpoint after its commits. `shared` is the connection's own
 * and stays where it is. */
void sqlite_shared_open(struct sqlite_shared *shared, sqlite3 *handle);

/* Gives everything back. Before the connection itself is closed. */
void sqlite_shared_close(struct sqlite_shared *shared);

/* Gives DB_WAITING back: after each statement, which has its lock by then. */
void sqlite_shared_waited(struct sqlite_shared *shared);

/* As db_claim, db_unclaim and db_is_claimed. */
bool sqlite_claim(struct sqlite_shared *shared, enum db_claim claim);
void sqlite_unclaim(struct sqlite_shared *shared, enum db_claim claim);
bool sqlite_is_claimed(struct sqlite_shared *shared, enum db_claim claim);
