/* How it works. Entries have positions that count on for ever; entry n is in slot n % broadcast_texts_max:
 *
 *     position   … 7   8   9  10  11  12        oldest = 8, next = 13: the ring holds 8 to 12
 *     number         510 512 512 513 517        position 10 is a start: `from` = 505, its number is that of the entry before
 *                             ▲
 *     reader A   after = 507: resumes, gets 510, 512, skips the start, gets 513, 517
 *     reader B   fresh: skips 510, 512 as everything in front of the start, gets the start, then 513, 517
 *     reader C   after = 100, which is in front of `from`: as B
 *     reader D   is at position 7: what it should have got is overwritten, so it is lost
 *
 * A reader joins at the oldest entry and not at the next one, because what was put between the time when it learned its
 * number and its joining is for it too. Numbers tell it what it knows already.
 *
 * One lock is enough: readers copy a few hundred bytes under it, and there are at most as many of them as streams. */
#include "base/thread/broadcast.h"

#include "base/thread/waiter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct broadcast_entry {
    int64_t id;
    int64_t from; /* of a start */
    uint32_t audience;
    bool is_start;
    uint16_t size;
    char text[broadcast_text_bytes_max];
};

struct broadcast_listener {
    void (*wake)(void *context);
    void *context;
};

struct broadcast {
    pthread_mutex_t lock; /* of the rest but the waiter */
    struct waiter waiter;
    size_t readers;
    bool has_start;
    int64_t from;        /* nothing behind this number is missing since the latest start */
    int64_t latest;      /* number */
    int64_t lost;        /* the highest number that fell out of the ring */
    int64_t resume_from; /* of those that joined without a start */
    uint64_t oldest, next;
    struct broadcast_listener listeners[broadcast_listeners_max];
    size_t listener_count;
    struct broadcast_entry entries[broadcast_texts_max];
};

static void broadcast_clear(struct broadcast *b) {
    b->has_start = false;
    b->oldest = b->next;
    b->from = b->latest = b->lost = b->resume_from = broadcast_fresh;
}

struct broadcast *broadcast_new(void) {
    struct broadcast *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    pthread_mutex_init(&b->lock, NULL);
    waiter_init(&b->waiter);
    broadcast_clear(b);
    return b;
}

void broadcast_free(struct broadcast *b) {
    if (!b)
        return;
    waiter_free(&b->waiter);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

bool broadcast_wait(struct broadcast *b, int64_t ms) {
    return waiter_sleep(&b->waiter, ms);
}

void broadcast_stop(struct broadcast *b) {
    waiter_stop(&b->waiter);
}

bool broadcast_has_readers(struct broadcast *b) {
    pthread_mutex_lock(&b->lock);
    bool has_readers = b->readers > 0;
    if (!has_readers)
        broadcast_clear(b);
    pthread_mutex_unlock(&b->lock);
    return has_readers;
}

int64_t broadcast_resume_from(struct broadcast *b) {
    pthread_mutex_lock(&b->lock);
    int64_t id = b->resume_from;
    pthread_mutex_unlock(&b->lock);
    return id;
}

int64_t broadcast_latest(struct broadcast *b) {
    pthread_mutex_lock(&b->lock);
    int64_t id = b->has_start ? b->latest : broadcast_fresh;
    pthread_mutex_unlock(&b->lock);
    return id;
}

/* Makes room for an entry, and returns it filled. */
static struct broadcast_entry *broadcast_append(struct broadcast *b, int64_t id, struct str text) {
    assert(text.size <= broadcast_text_bytes_max);
    if (b->next - b->oldest == broadcast_texts_max)
        b->lost = b->entries[b->oldest++ % broadcast_texts_max].id;
    struct broadcast_entry *e = &b->entries[b->next++ % broadcast_texts_max];
    e->id = b->latest = id;
    e->is_start = false;
    e->size = (uint16_t)text.size;
    memcpy(e->text, text.data, text.size);
    return e;
}

void broadcast_put(struct broadcast *b, int64_t id, uint32_t audience, struct str text) {
    pthread_mutex_lock(&b->lock);
    broadcast_append(b, id, text)->audience = audience;
    pthread_mutex_unlock(&b->lock);
}

void broadcast_put_start(struct broadcast *b, int64_t from, int64_t id, struct str text) {
    pthread_mutex_lock(&b->lock);
    struct broadcast_entry *e = broadcast_append(b, id, text);
    e->is_start = true;
    e->from = from;
    b->from = from == INT64_MAX ? id : from;
    b->has_start = true;
    pthread_mutex_unlock(&b->lock);
}

void broadcast_notify(struct broadcast *b) {
    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < b->listener_count; i++)
        b->listeners[i].wake(b->listeners[i].context);
    pthread_mutex_unlock(&b->lock);
}

void broadcast_listen(struct broadcast *b, void (*wake)(void *context), void *context) {
    pthread_mutex_lock(&b->lock);
    assert(b->listener_count < broadcast_listeners_max);
    b->listeners[b->listener_count++] = (struct broadcast_listener){wake, context};
    pthread_mutex_unlock(&b->lock);
}

void broadcast_unlisten(struct broadcast *b, const void *context) {
    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < b->listener_count; i++)
        if (b->listeners[i].context == context)
            b->listeners[i--] = b->listeners[--b->listener_count];
    pthread_mutex_unlock(&b->lock);
}

/* A reader starts at the oldest text, because some may have been put since it learned its number. If what it needs has left
 * the ring already, it starts in front of the oldest one and is found lost. */
void broadcast_join(struct broadcast *b, struct broadcast_reader *reader) {
    pthread_mutex_lock(&b->lock);
    bool is_lost = b->has_start && reader->after < b->lost;
    reader->position = is_lost ? b->oldest - 1 : b->oldest;
    if (!b->has_start && reader->after >= 0 && (b->resume_from < 0 || reader->after < b->resume_from))
        b->resume_from = reader->after;
    bool is_first = b->readers++ == 0;
    pthread_mutex_unlock(&b->lock);
    if (is_first)
        waiter_wake(&b->waiter);
}

void broadcast_leave(struct broadcast *b) {
    pthread_mutex_lock(&b->lock);
    b->readers--;
    pthread_mutex_unlock(&b->lock);
}

/* Whether an entry is for a reader. One that is in front of `from` has missed something, so it waits for the start. */
static bool broadcast_is_for(const struct broadcast *b, const struct broadcast_entry *e,
                             const struct broadcast_reader *reader) {
    if (e->is_start)
        return reader->after < e->from;
    return reader->after >= b->from && e->id > reader->after && (e->audience & reader->audience) != 0;
}

enum broadcast_found broadcast_next(struct broadcast *b, struct broadcast_reader *reader,
                                    char text[static broadcast_text_bytes_max], size_t *size) {
    enum broadcast_found found = BROADCAST_NOTHING;
    pthread_mutex_lock(&b->lock);
    if (reader->position < b->oldest)
        found = BROADCAST_LOST;
    while (found == BROADCAST_NOTHING && reader->position < b->next) {
        const struct broadcast_entry *e = &b->entries[reader->position++ % broadcast_texts_max];
        if (!broadcast_is_for(b, e, reader))
            continue;
        reader->after = e->id;
        *size = e->size;
        memcpy(text, e->text, e->size);
        found = BROADCAST_TEXT;
    }
    pthread_mutex_unlock(&b->lock);
    return found;
}
