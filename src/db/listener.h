/* What nodes on one PostgreSQL tell each other: that the catalogue, or stock, has changed.
 *
 * A change of the catalogue is told in its own transaction (listener_tell), so none is missed. Stock changes
 * with every order, and NOTIFY makes those who commit wait for each other; so a node tells at most ten times
 * a second that it has sold, and that a node died in between is made up for within stock_unheard_ms. While
 * the connection is lost nothing is known of the others, and caches hold nothing. */
#pragma once

#include "db/commits.h"

enum { stock_told_ms = 100, stock_unheard_ms = 5000 };

struct listener;

/* Starts the node's thread, which counts what others tell in `commits`. `url` and `commits` outlive it. NULL
 * without memory. */
struct listener *listener_start(const char *url, struct commits *commits);
void listener_stop(struct listener *listener);

/* Tells the other nodes once the transaction that is open commits; for CHANGES_CATALOGUE. */
MUST_CHECK enum status listener_tell(struct listener *listener, struct db *db);

/* This node has changed stock. From any thread. */
void listener_sold(struct listener *listener);
