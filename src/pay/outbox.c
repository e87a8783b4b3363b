#include "pay/outbox.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/nap.h"
#include "pay/shapes.h"
#include "pay/signature.h"
#include "pay/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    event_arena_bytes_max = 1024 * 1024,
    idle_ms = 3600 * 1000, /* where nothing waits; what comes wakes the thread */
};

struct delivery {
    struct delivery *next;
    int64_t due_us; /* of monotonic_us */
    int tries;
    size_t size;
    char body[];
};

struct outbox {
    struct outbox_options options;
    struct web *web;
    pthread_t thread;
    struct nap nap;
    pthread_mutex_t lock;
    struct delivery *first; /* in the order in which they are due; this and the rest under the lock */
    size_t count, taken;
};

/* With the lock: puts it where its time is. */
static void insert(struct outbox *o, struct delivery *d) {
    struct delivery **link = &o->first;
    while (*link && (*link)->due_us <= d->due_us)
        link = &(*link)->next;
    d->next = *link;
    *link = d;
    o->count++;
}

static struct delivery *delivery_new(struct str body, int64_t due_us) {
    struct delivery *d = malloc(sizeof *d + body.size);
    if (!d)
        return NULL;
    *d = (struct delivery){.due_us = due_us, .size = body.size};
    memcpy(d->body, body.at, body.size);
    return d;
}

/* ---- in ---- */

static void take(struct outbox *o, struct str body, struct str id) {
    const struct faults *f = o->options.faults;
    struct delivery *copies[2];
    size_t count = f->duplicate ? 2 : 1;
    pthread_mutex_lock(&o->lock);
    bool held_back = f->reorder && o->taken++ % 2 == 0;
    int64_t due_us = monotonic_us() + f->late_ms * 1000 + (held_back ? outbox_reorder_ms * 1000 : 0);
    bool room = o->count < outbox_events_max;
    for (size_t i = 0; i < count && room; i++)
        if ((copies[i] = delivery_new(body, due_us)))
            insert(o, copies[i]);
    pthread_mutex_unlock(&o->lock);
    nap_wake(&o->nap);
    if (!room)
        log_warning("mock: %d events wait to be delivered; %.*s is dropped", outbox_events_max, (int)id.size,
                    id.at);
}

void outbox_event(struct outbox *o, enum mock_event event, const struct mock_intent *intent) {
    struct arena arena;
    char id[4 + mock_id_size] = {'e', 'v', 't', '_'};
    arena_init(&arena, event_arena_bytes_max);
    struct buf body = buf_new(&arena);
    mock_make_id(o->options.random, id + 4);
    struct str id_text = {id, sizeof id};
    shape_event(id_text, event, intent, clock_now_us(o->options.clock) / 1000000, &body);
    if (buf_ok(&body))
        take(o, buf_str(&body), id_text);
    arena_free(&arena);
}

/* ---- out ---- */

/* Whether the webhook took it. */
static bool post(struct outbox *o, const struct delivery *d) {
    struct arena arena;
    struct str body = {d->body, d->size};
    char signature[signature_text_size], field[sizeof "Stripe-Signature: " + signature_text_size];
    struct web_reply reply;
    arena_init(&arena, event_arena_bytes_max);
    signature_make(body, o->options.secret, clock_now_us(o->options.clock), signature);
    snprintf(field, sizeof field, "Stripe-Signature: %s", signature);
    struct web_request request = {
        .path = "",
        .body = body,
        .fields = {"Content-Type: application/json", field},
        .limit_ms = outbox_post_ms_max,
    };
    bool taken = web_call(o->web, &arena, &request, &reply) == STATUS_OK && reply.http_status >= 200 &&
                 reply.http_status < 300;
    arena_free(&arena);
    return taken;
}

/* What is due now; NULL where nothing is, and then `wait_ms` says when something will be. */
static struct delivery *take_due(struct outbox *o, int64_t *wait_ms) {
    pthread_mutex_lock(&o->lock);
    int64_t now_us = monotonic_us();
    struct delivery *d = o->first;
    *wait_ms = d ? (d->due_us - now_us) / 1000 + 1 : idle_ms;
    if (d && d->due_us > now_us)
        d = NULL;
    if (d) {
        o->first = d->next;
        o->count--;
    }
    pthread_mutex_unlock(&o->lock);
    return d;
}

/* The next that is due, waiting for it; NULL where the outbox stops. */
static struct delivery *next_due(struct outbox *o) {
    struct delivery *d = NULL;
    for (int64_t wait_ms = 0; !d && nap(&o->nap, wait_ms);)
        d = take_due(o, &wait_ms);
    return d;
}

/* Once more, or never. */
static void put_back(struct outbox *o, struct delivery *d) {
    if (++d->tries == outbox_tries_max) {
        log_warning("mock: the webhook did not take an event in %d tries", outbox_tries_max);
        free(d);
        return;
    }
    d->due_us = monotonic_us() + ((int64_t)outbox_wait_ms_first << (d->tries - 1)) * 1000;
    pthread_mutex_lock(&o->lock);
    insert(o, d);
    pthread_mutex_unlock(&o->lock);
}

static void *deliver(void *context) {
    struct outbox *o = context;
    struct delivery *d;
    while ((d = next_due(o))) {
        if (post(o, d))
            free(d);
        else
            put_back(o, d);
    }
    return NULL;
}

/* ---- opening and closing ---- */

static void outbox_free(struct outbox *o) {
    for (struct delivery *d = o->first, *next; d; d = next) {
        next = d->next;
        free(d);
    }
    web_close(o->web);
    pthread_mutex_destroy(&o->lock);
    nap_free(&o->nap);
    free(o);
}

enum status outbox_open(const struct outbox_options *options, struct outbox **out, char *why) {
    struct outbox *o = calloc(1, sizeof *o);
    if (!o)
        return STATUS_NO_MEMORY;
    o->options = *options;
    struct web_options web = {.url = options->url, .http_anywhere = true};
    enum status s = web_open(&web, &o->web, why);
    if (s != STATUS_OK) {
        free(o);
        return s;
    }
    nap_init(&o->nap);
    pthread_mutex_init(&o->lock, NULL);
    if (pthread_create(&o->thread, NULL, deliver, o) != 0) {
        outbox_free(o);
        return STATUS_NO_MEMORY;
    }
    *out = o;
    return STATUS_OK;
}

void outbox_close(struct outbox *o) {
    if (!o)
        return;
    nap_stop(&o->nap);
    pthread_join(o->thread, NULL);
    outbox_free(o);
}
