/* Copying a whole database into another one, whichever engines the two have. */
#pragma once

#include "db/db.h"

/* Reports progress: how many of a table's rows were copied, or, if `checking`, read back. */
typedef void copy_progress(void *context, const char *table, bool checking, int64_t done, int64_t total);

enum { copy_left_out_size = 1024 };

struct copied {
    int64_t rows;
    size_t tables;
    char left_out
        [copy_left_out_size]; /* "table a, view b": in the source and not of its schema; empty: nothing */
};

/* Copies every table of the schema of `from`, as it was at one moment, into `to`, which must be empty. Reads the
 * copy back: each table must have as many rows in it and the same content by SHA-256. All of it is one
 * transaction of `to`; on failure nothing of it was changed, and `error` says what is wrong. `progress` may
 * be NULL. */
MUST_CHECK enum status copy_database(struct db *from, struct db *to, copy_progress *progress, void *context,
                                     struct copied *out, char error[static db_error_size]);
