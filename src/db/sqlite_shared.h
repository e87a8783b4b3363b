/* What lets several of Till's processes write one file of SQLite's: waiting for its lock, checkpoints,
 * claims. For sqlite.c; private to src/db.
 *
 * Checkpoints. SQLite's WAL up to 3.51.2 can damage a database where one connection commits while another
 * checkpoints (sqlite.org/wal.html, "The WAL-Reset Bug"), and its own automatic checkpoint runs without the
 * lock that keeps writers away. So here a connection that has committed takes that lock again, on a
 * connection kept for it, and checkpoints under it; where the lock is not free at once, whoever has it will.
 *
 * Claims are locks on the bytes of FILE-claims, which is there while somebody has one. The system gives them
 * back when a process ends, however it ends. */
#pragma once

#include "db/db.h"

#include <sqlite3.h>

struct sqlite_shared {
    sqlite3 *guard; /* holds the write lock while the other checkpoints; NULL until it is needed */
    int claims;     /* FILE-claims; -1 until it is needed */
    sqlite3 *handle;
    bool waiting; /* DB_WAITING was claimed */
    int64_t waiting_since_us;
};

/* Makes a connection to a file wait for locks, and where it writes, checkpoint. `shared` is the connection's
 * own and stays where it is. */
void sqlite_shared_open(struct sqlite_shared *shared, sqlite3 *handle);
/* Before the connection itself is closed. */
void sqlite_shared_close(struct sqlite_shared *shared, sqlite3 *handle);

/* After a statement: no lock is waited for any more. */
void sqlite_shared_waited(struct sqlite_shared *shared);

/* As db_claim, db_unclaim and db_is_claimed. */
bool sqlite_claim(struct sqlite_shared *shared, sqlite3 *handle, enum db_claim what);
void sqlite_unclaim(struct sqlite_shared *shared, enum db_claim what);
bool sqlite_is_claimed(struct sqlite_shared *shared, sqlite3 *handle, enum db_claim what);
