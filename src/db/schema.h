/* What an application hands to db_open: its tables in both engines, and the topics that its data has. The
 * database layer itself does not know their names. */
#pragma once

#include "db/db.h"

enum { db_table_columns_max = 32 };

/* A table as db/copy carries it. Everything a copy runs is here, since statements are never put together. */
struct db_table {
    const char *name;
    const char *columns; /* with ", " between; `seq` first if rows are numbered */
    bool starts_filled;  /* a new schema puts a row into it, which a copy replaces */
    bool stays;          /* a copy leaves its rows out: they mean nothing in another database */
    struct sql read;     /* every row, ordered by its key; both engines sort alike */
    struct sql write;    /* for db_bulk_begin */
    struct sql count, clear;
    /* For PostgreSQL alone. */
    struct sql hold;   /* locks the table and turns its triggers off */
    struct sql let_go; /* turns its triggers on again */
    struct sql number; /* sets the sequence behind the highest number; NULL: rows are not numbered */
    struct sql sample; /* gathers the planner's statistics */
};

/* The steps that bring an engine's schema to the program's version: step i brings version i to i + 1. Each
 * step is a list of runs of statements, with NULL after the last; all of a step are in one transaction. */
struct db_migrations {
    const char *const *const *steps;
    int count; /* and so the program's version */
};

/* Something that commits change, and that other nodes must hear of. Topic number i is the bit 1 << i in a
 * set. */
struct topic {
    const char *name; /* lower-case letters: it travels between nodes */
    /* Notified in the transaction of the change, so that no node misses it. Otherwise a node notifies the
     * others ten times a second at most, because NOTIFY makes transactions commit one after the other. */
    bool is_urgent;
};

enum { topics_max = 8, topics_all = (1 << topics_max) - 1 };

struct db_schema {
    /* Marks a file of SQLite's as one of this kind, so that another program's database, or another of ours, is
     * refused and not migrated. */
    int application_id;
    const char *file_hint; /* the end of the error for another file, behind "FILE is not " */
    const struct db_migrations *sqlite, *postgres;
    const struct db_table *tables; /* each after those that it refers to */
    size_t table_count;
    const char *others;         /* names of its views, triggers, indexes and functions, with ", " between */
    const struct topic *topics; /* at most topics_max */
    size_t topic_count;
};

/* The table of a name; NULL: the schema has no such table. */
const struct db_table *db_schema_table(const struct db_schema *schema, struct str name);

/* The set of topics whose is_urgent is `urgent`. */
static inline unsigned schema_topics(const struct db_schema *schema, bool urgent) {
    unsigned topics = 0;
    for (size_t i = 0; i < schema->topic_count; i++)
        topics |= schema->topics[i].is_urgent == urgent ? 1u << i : 0;
    return topics;
}
