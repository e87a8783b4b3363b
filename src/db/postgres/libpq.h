/* Loads libpq before its first use. */
#pragma once

#include <stdbool.h>

/* Must have returned true before any function of libpq-fe.h is called; later calls cost nothing. From any thread.
 * Returns false, with `error` (db_error_size) filled, if this machine has no libpq. */
bool libpq_load(char *error);
