/* Every table that holds a shop, in both engines: what till copy carries. The schemas are in migrations.c and
 * postgres_schema.c; a table or a column that is in one of them and not here stops every copy (copy.c). */
#pragma once

#include "db/db.h"

enum { table_columns_max = 20 };

struct table {
    const char *name;
    const char *columns; /* with ", " between; `seq` first where it is numbered */
    bool starts_filled;  /* a new schema has a row in it, which gives way to the one that is copied */
    struct sql read;     /* every row, in the order of its key, which is the same in both engines */
    struct sql write;    /* for db_bulk_begin */
    struct sql count, clear;
    /* For PostgreSQL alone. */
    struct sql hold;   /* lets nobody else write from now on, and no trigger run */
    struct sql let_go; /* lets triggers run again */
    struct sql number; /* sets the sequence behind the highest number; NULL: there is none */
    struct sql sample; /* for the planner */
};

/* A table comes behind those that it refers to. */
extern const struct table tables[];
extern const size_t table_count;
