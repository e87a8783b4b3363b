/* What the bare loops over SQLite share: Till's own settings of a connection, statements, a clock. Whatever
 * goes wrong ends the program. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

extern sqlite3 *db;

_Noreturn void fail(const char *what);

void open_database(const char *path);
sqlite3_stmt *prepare(const char *sql);

/* Binds by a word of letters: i for an int64_t, b for 16 bytes, t for a text. */
void bind_values(sqlite3_stmt *stmt, const char *kinds, ...);

/* The shop reads texts and blobs too. */
void read_columns(sqlite3_stmt *stmt);

/* To the statement's end, with the first column of its first row. How many rows there were must be as wanted.
 */
int64_t finish(sqlite3_stmt *stmt, int rows_wanted);

/* The blob that a statement gives for what it is bound to; for what is not measured. */
void look_up(sqlite3_stmt *stmt, unsigned char out[static 16]);

/* A UUID of version 7: they lie together in their index, as the shop's do. */
void new_id(unsigned char id[static 16]);

/* A key for a number, spread over the index as the shop's hashes are. */
void session_key(uint64_t number, unsigned char key[static 16]);

/* Runs `commit` for the numbers 0, batch, 2 × batch, … up to `count`, as long as `seconds` have not passed,
 * and prints one line of JSON about it. A latency is that of one call. */
typedef void commit_function(int64_t first, int64_t batch, int64_t now_us);
void measure(commit_function *commit, int64_t count, int64_t batch, double seconds);

/* Around the statements of a transaction. */
void begin(void);
void commit(void);
