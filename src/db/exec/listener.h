/* What the nodes on one PostgreSQL tell each other: which topics have changed (db/schema.h).
 *
 * An urgent topic is notified in the transaction of its change, so that no node misses it. NOTIFY makes
 * transactions commit one after the other, so for the others a node collects what it changed and notifies ten
 * times a second at most. If a node dies in between, the rest assume a change within topic_unheard_ms. While
 * the connection is lost, nothing is known of the other nodes, and caches hold nothing.
 *
 * A notification is `<node> <topic>` on the channel `till`; a node ignores its own. An urgent topic is
 * taken for a change of every topic: such changes are rare, and a cache then does not depend on their
 * order. */
#pragma once

#include "db/exec/change_clock.h"

enum { topic_notify_ms = 100, topic_unheard_ms = 5000 };

struct listener;

/* Starts the node's thread, which publishes in `clock` what other nodes notify. What is given outlives it.
 * NULL without memory. */
struct listener *listener_start(const struct db_schema *schema, const char *url, struct change_clock *clock);

/* Notifies what is still collected, and ends. NULL is allowed. */
void listener_stop(struct listener *listener);

/* Notifies the other nodes of the urgent ones of `topics` when the transaction that is open commits. */
MUST_CHECK enum status listener_notify(struct listener *listener, struct db *db, unsigned topics);

/* This node has committed a change of `topics`: the other nodes hear of those that are not urgent soon.
 * From any thread. */
void listener_note(struct listener *listener, unsigned topics);
