/* Shared by the bare loops over SQLite: a connection with Till's settings, statements, and the measurement. Every
 * error ends the program. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

extern sqlite3 *db;

_Noreturn void fail(const char *what);

void open_database(const char *path);
sqlite3_stmt *prepare(const char *sql);

/* Binds the parameters from the first on. `kinds` has a letter for each: i for an int64_t, b for a pointer to 16
 * bytes, t for a string. */
void bind_values(sqlite3_stmt *stmt, const char *kinds, ...);

/* Reads the current row's texts and blobs, as the shop does. */
void read_columns(sqlite3_stmt *stmt);

/* Runs a statement to its end and resets it. Returns the first column of its first row, or 0. It must have
 * rows_wanted rows. */
int64_t finish(sqlite3_stmt *stmt, int rows_wanted);

/* Reads a blob of 16 bytes from the statement's first row. Not for measured statements. */
void look_up(sqlite3_stmt *stmt, unsigned char out[static 16]);

/* Makes an id that starts with the time, as version 7 of UUIDs does, so that ids lie together in their index. */
void new_id(unsigned char id[static 16]);

/* Makes a key of a number; keys are spread over their index as the shop's hashes are. */
void session_key(uint64_t number, unsigned char key[static 16]);

/* Calls `commit` with first = 0, batch, 2 × batch, … up to `count`, until `seconds` have passed. Prints one line
 * of JSON; its latencies are those of single calls. */
typedef void commit_function(int64_t first, int64_t batch, int64_t now_us);
void measure(commit_function *commit, int64_t count, int64_t batch, double seconds);

/* Begin and end a transaction. */
void begin(void);
void commit(void);
