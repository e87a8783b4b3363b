/* Deliveries wait in a list that is sorted by the time when they are due:
 *
 *     first ──▶ due 10:00:01.2 ──▶ due 10:00:01.4 (try 2) ──▶ due 10:00:03.0 ──▶ NULL
 *
 * The thread sleeps until the first is due. One that the webhook does not take comes back into the list, due
 * after a wait that doubles with each try. The faults are just other due times: `late` adds to all,
 * `reorder` to every other one, and `duplicate` puts two into the list. */
#include "pay/mock/webhook_sender.h"

#include "base/log.h"
#include "base/thread/waiter.h"
#include "net/http_client.h"
#include "pay/intent_json.h"
#include "pay/mock/account.h"
#include "pay/mock/stripe_json.h"
#include "pay/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    event_arena_bytes_max = 1024 * 1024, /* an event is 2 KB, an answer at most http_reply_bytes_max */
    idle_ms = 3600 * 1000,               /* if nothing waits; a new delivery wakes the thread */
};

struct delivery {
    struct delivery *next;
    int64_t due_us; /* of monotonic_us */
    int tries;
    size_t size;
    char body[];
};

struct webhook_sender {
    const struct mock_options *options;
    struct str secret;
    const struct faults *faults; /* its duplicate, late and reorder */
    struct http_client *http_client;
    pthread_t thread;
    struct waiter waiter;
    pthread_mutex_t lock;
    struct delivery *first; /* the one that came last; this and the rest under the lock */
    size_t count;           /* in the list */
    size_t sent;            /* events so far, for `reorder` */
};

/* Under the lock. */
static void delivery_insert(struct webhook_sender *s, struct delivery *d) {
    d->next = s->first;
    s->first = d;
    s->count++;
}

/* Puts the event into the list, once or twice. Without memory it is lost, as when the process ends. */
static void webhook_queue(struct webhook_sender *s, struct str body) {
    const struct faults *f = s->faults;
    struct delivery *d;
    pthread_mutex_lock(&s->lock);
    bool held_back = f->reorder && s->sent++ % 2 == 0;
    int64_t due_us = monotonic_us() + f->late_ms * 1000 + (held_back ? webhook_reorder_ms * 1000 : 0);
    bool room = s->count < webhook_events_max;
    for (int i = 0; i < (f->duplicate ? 2 : 1) && room && (d = malloc(sizeof *d + body.size)); i++) {
        *d = (struct delivery){.due_us = due_us, .size = body.size};
        memcpy(d->body, body.data, body.size);
        delivery_insert(s, d);
    }
    pthread_mutex_unlock(&s->lock);
    waiter_wake(&s->waiter);
    if (!room)
        log_warning("mock: %d events wait to be delivered; one more is dropped", webhook_events_max);
}

void webhook_sender_send(struct webhook_sender *s, const char *type, const struct mock_intent *intent) {
    struct arena arena;
    arena_init(&arena, event_arena_bytes_max);
    struct buf body = buf_new(&arena);
    const char *version = s->options->api_version ? s->options->api_version : STRIPE_VERSION;
    struct str id = mock_make_id(s->options->random, &arena, "evt_");
    stripe_json_event(&body, id, version, type, intent, clock_now_us(s->options->clock) / 1000000);
    if (id.data && buf_ok(&body))
        webhook_queue(s, buf_str(&body));
    arena_free(&arena);
}

/* POSTs the event, signed now, as Stripe signs each try anew. Whether the webhook took it. */
static bool delivery_post(struct webhook_sender *s, const struct delivery *d) {
    struct arena arena;
    struct str body = {d->body, d->size};
    char signature[signature_text_size], field[sizeof "Stripe-Signature: " + signature_text_size];
    struct http_client_reply reply;
    arena_init(&arena, event_arena_bytes_max);
    signature_make(body, s->secret, clock_now_us(s->options->clock), signature);
    snprintf(field, sizeof field, "Stripe-Signature: %s", signature);
    struct http_client_request request = {
        .path = "",
        .body = body,
        .fields = {"Content-Type: application/json", field},
        .limit_ms = webhook_post_ms_max,
    };
    bool taken = http_client_call(s->http_client, &arena, &request, &reply) == STATUS_OK &&
                 reply.http_status >= 200 && reply.http_status < 300;
    arena_free(&arena);
    return taken;
}

/* Takes the delivery that is due first, if it is due by now; of several that are due at the same time, the one that came
 * first. Otherwise NULL, and `wait_ms` is the time until one will be due. */
static struct delivery *delivery_take_due(struct webhook_sender *s, int64_t *wait_ms) {
    pthread_mutex_lock(&s->lock);
    int64_t now_us = monotonic_us();
    struct delivery **first = &s->first;
    for (struct delivery **link = &s->first; *link; link = &(*link)->next)
        if ((*link)->due_us <= (*first)->due_us)
            first = link;
    struct delivery *d = *first;
    *wait_ms = d ? (d->due_us - now_us) / 1000 + 1 : idle_ms;
    if (d && d->due_us > now_us)
        d = NULL;
    if (d) {
        *first = d->next;
        s->count--;
    }
    pthread_mutex_unlock(&s->lock);
    return d;
}

/* Puts a delivery that was not taken back into the list, or gives it up. */
static void delivery_retry(struct webhook_sender *s, struct delivery *d) {
    if (++d->tries == webhook_tries_max) {
        log_warning("mock: the webhook did not take an event in %d tries", webhook_tries_max);
        free(d);
        return;
    }
    d->due_us = monotonic_us() + ((int64_t)webhook_wait_ms_first << (d->tries - 1)) * 1000;
    pthread_mutex_lock(&s->lock);
    delivery_insert(s, d);
    pthread_mutex_unlock(&s->lock);
}

static void *webhook_sender_main(void *context) {
    struct webhook_sender *s = context;
    for (int64_t wait_ms = 0; waiter_sleep(&s->waiter, wait_ms);) {
        struct delivery *d = delivery_take_due(s, &wait_ms);
        if (!d)
            continue;
        wait_ms = 0;
        if (delivery_post(s, d))
            free(d);
        else
            delivery_retry(s, d);
    }
    return NULL;
}

static void webhook_sender_free(struct webhook_sender *s) {
    for (struct delivery *d = s->first, *next; d; d = next) {
        next = d->next;
        free(d);
    }
    http_client_close(s->http_client);
    pthread_mutex_destroy(&s->lock);
    waiter_free(&s->waiter);
    free(s);
}

enum status webhook_sender_open(const struct mock_options *options, struct str secret,
                                const struct faults *faults, struct webhook_sender **out, char *error) {
    struct webhook_sender *s = calloc(1, sizeof *s);
    if (!s)
        return STATUS_NO_MEMORY;
    s->options = options;
    s->secret = secret;
    s->faults = faults;
    waiter_init(&s->waiter);
    pthread_mutex_init(&s->lock, NULL);
    struct http_client_options http_client = {.url = options->webhook_url, .http_anywhere = true};
    enum status status = http_client_open(&http_client, &s->http_client, error);
    if (status == STATUS_OK && pthread_create(&s->thread, NULL, webhook_sender_main, s) != 0)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        *out = s;
    else
        webhook_sender_free(s);
    return status;
}

void webhook_sender_close(struct webhook_sender *s) {
    if (!s)
        return;
    waiter_stop(&s->waiter);
    pthread_join(s->thread, NULL);
    webhook_sender_free(s);
}
