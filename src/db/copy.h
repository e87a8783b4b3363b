/* A whole shop from one database into another, of whichever engine. */
#pragma once

#include "db/db.h"

/* How far it has come: a table, and how many of its rows are there. `checking`: they are read back. */
typedef void copy_progress(void *context, const char *table, bool checking, int64_t done, int64_t total);

struct copied {
    int64_t rows;
    size_t tables;
};

/* Copies every table (tables.h) of `from`, as one moment left it, into `to`, which has nothing in it yet, and
 * reads it back: each table must have as many rows there and the same content by SHA-256. One transaction of
 * `to`: on failure nothing of it was changed, and `why` says what is wrong. */
MUST_CHECK enum status copy_database(struct db *from, struct db *to, copy_progress *progress, void *context,
                                     struct copied *out, char why[static db_why_size]);
