/* Texts that one thread sends to many readers, such as the live streams of an HTTP server.
 *
 *     sender ── broadcast_put ──►  ring: │ 1841 │ 1842 │ start 1842 │ 1843 │ …   ◄── broadcast_next ── readers
 *                                         └ from 1840 on nothing is missing
 *
 * Each text has a number, and the numbers rise. A reader begins behind a number that it knows (it resumes), or at the start
 * (broadcast_fresh). The sender begins when the first reader is there. It puts what those who resume have missed, and then
 * a start: a text for readers that begin here, because they are fresh or because what they have missed is not in the ring.
 *
 * The ring holds the latest texts. A reader that falls behind it is lost, and is to come again with its number. So memory
 * is bounded, however slow a reader is. */
#pragma once

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { broadcast_texts_max = 1024, broadcast_text_bytes_max = 640, broadcast_listeners_max = 64 };

#define broadcast_fresh INT64_C(-1)

struct broadcast;

/* NULL without memory. */
struct broadcast *broadcast_new(void);
void broadcast_free(struct broadcast *broadcast);

/* For the sender, one thread. */

/* Sleeps for `ms`, or until a first reader joins. Returns false once broadcast_stop was called. */
bool broadcast_wait(struct broadcast *broadcast, int64_t ms);

/* Returns whether there are readers. Without any, the ring is emptied, and the next ones need a start. */
bool broadcast_has_readers(struct broadcast *broadcast);

/* The lowest number that a reader without a start resumes behind; broadcast_fresh: all are fresh. */
int64_t broadcast_resume_from(struct broadcast *broadcast);

/* Puts a text of at most broadcast_text_bytes_max bytes, which is copied, for the readers that have a bit of `audience`. */
void broadcast_put(struct broadcast *broadcast, int64_t id, uint32_t audience, struct str text);

/* Puts a start. `from`: the number behind which nothing is missing, for readers that resume; INT64_MAX: something is
 * missing for all of them. */
void broadcast_put_start(struct broadcast *broadcast, int64_t from, int64_t id, struct str text);

/* Wakes the listeners: something was put. */
void broadcast_notify(struct broadcast *broadcast);

/* From any thread. */

/* Ends the sender's waiting. */
void broadcast_stop(struct broadcast *broadcast);

/* Returns the latest number that was put; broadcast_fresh if there was no start yet. */
int64_t broadcast_latest(struct broadcast *broadcast);

/* `wake` is called on the sender's thread when something was put; not after broadcast_unlisten has returned. */
void broadcast_listen(struct broadcast *broadcast, void (*wake)(void *context), void *context);
void broadcast_unlisten(struct broadcast *broadcast, const void *context);

/* A reader; of one thread at a time. */
struct broadcast_reader {
    int64_t after;     /* the number of the latest text that it knows, or broadcast_fresh */
    uint32_t audience; /* what it may read */
    uint64_t position; /* in the ring */
};

enum broadcast_found { BROADCAST_NOTHING, BROADCAST_TEXT, BROADCAST_LOST };

/* Joins with `after` and `audience` set; broadcast_leave ends it. */
void broadcast_join(struct broadcast *broadcast, struct broadcast_reader *reader);
void broadcast_leave(struct broadcast *broadcast);

/* Copies the next text for a reader, and gives its size in bytes; no NUL ends it. BROADCAST_NOTHING: there is no other text yet.
 * BROADCAST_LOST: the reader has fallen behind the ring; it is to leave, and to join again with its number. */
enum broadcast_found broadcast_next(struct broadcast *broadcast, struct broadcast_reader *reader,
                                    char text[static broadcast_text_bytes_max], size_t *size);
