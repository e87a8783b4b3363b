/* How it works, as the reconciler does (serve/reconciler.c):
 *
 *     take a due delivery (a transaction)  →  POST it (no transaction)  →  write the result (a transaction)
 *
 * A receiver may take 15 seconds to answer, so there are several threads with a delivery each, and one of them leads:
 * it looks for the next one. A webhook has at most one delivery under way, so one that hangs holds up a single
 * thread, and the events of the others go on. So it is with mails: one is under way at a time. */
#include "serve/outbox/outbox_sender.h"

#include "base/buf.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/thread/idle_gate.h"
#include "base/thread/waiter.h"
#include "hooks/schedule.h"
#include "hooks/webhook_call.h"
#include "mail/mail_sender.h"
#include "shop/outbox/delivery.h"
#include "shop/outbox/mail.h"

#include <stdlib.h>
#include <string.h>

enum {
    threads = 4, /* so many receivers may hang at a time without holding up the others */
    arena_bytes_max = 1024 * 1024,
};

struct sender_thread {
    struct outbox_sender *owner;
    struct arena arena; /* of a delivery or mail */
    bool has_mail;      /* it has taken `mail`, not `delivery` */
    struct delivery delivery;
    struct webhook_result result;
    struct mail_due mail;
    pthread_t thread;
};

struct outbox_sender {
    struct outbox_sender_options options;
    pthread_mutex_t leading;         /* held by the thread that leads */
    pthread_mutex_t lock;            /* of `busy`, `is_mailing` and the metrics */
    struct waiter waiter;            /* the leader's */
    _Atomic bool stopping;           /* ends the calls under way */
    struct idle_gate gate;           /* the leader's */
    int64_t next_due_us;             /* the leader's: when the next delivery is due */
    int64_t busy[busy_webhooks_max]; /* the webhook that thread i sends to; 0: none */
    bool is_mailing;                 /* some thread sends a mail */
    size_t started;
    struct sender_thread threads[threads];
};

static struct shop_ctx sender_ctx(struct sender_thread *t, struct db *db) {
    return (struct shop_ctx){.db = db,
                             .arena = &t->arena,
                             .clock = t->owner->options.clock,
                             .random = &random_system,
                             .interest = t->owner->options.interest,
                             .mails = t->owner->options.mails};
}

/* Notes what a thread sends: its mail, or its delivery. */
static void sender_begin(struct sender_thread *t) {
    struct outbox_sender *o = t->owner;
    pthread_mutex_lock(&o->lock);
    if (t->has_mail)
        o->is_mailing = true;
    else
        o->busy[t - o->threads] = t->delivery.webhook;
    pthread_mutex_unlock(&o->lock);
}

/* Notes that a thread sends nothing more. */
static void sender_end(struct sender_thread *t) {
    struct outbox_sender *o = t->owner;
    pthread_mutex_lock(&o->lock);
    if (t->has_mail)
        o->is_mailing = false;
    o->busy[t - o->threads] = 0;
    pthread_mutex_unlock(&o->lock);
}

static enum status sender_take_job(void *context, struct db *db, unsigned *changes) {
    struct sender_thread *t = context;
    struct shop_ctx ctx = sender_ctx(t, db);
    int64_t busy[busy_webhooks_max];
    (void)changes;
    arena_reset(&t->arena); /* of a try before this one */
    pthread_mutex_lock(&t->owner->lock);
    memcpy(busy, t->owner->busy, sizeof busy);
    bool may_mail = ctx.mails->is_sent && !t->owner->is_mailing;
    pthread_mutex_unlock(&t->owner->lock);
    TRY(delivery_read_interest(&ctx));
    enum status s = may_mail ? mail_take(&ctx, &t->mail) : STATUS_NOT_FOUND;
    t->has_mail = s == STATUS_OK;
    if (s == STATUS_NOT_FOUND)
        s = delivery_take(&ctx, busy, &t->delivery);
    if (s == STATUS_NOT_FOUND)
        TRY(outbox_next_due(&ctx, &t->owner->next_due_us));
    return s;
}

/* The event as its receiver gets it. */
static struct str delivery_body(struct arena *arena, const struct delivery *d) {
    struct buf out = buf_new(arena);
    char id[uuid_text_size], time[time_text_size];
    uuid_format(&d->subject, id);
    time_format(d->created_at, time);
    buf_printf(&out, "{\"type\":\"%.*s\",\"timestamp\":\"%.*s\",\"sequence\":%lld,\"data\":{\"id\":\"%.*s\"",
               (int)d->type.size, d->type.data, (int)sizeof time, time, (long long)d->sequence,
               (int)sizeof id, id);
    if (d->status.data)
        buf_printf(&out, ",\"status\":\"%.*s\",\"total_amount\":%lld,\"currency\":\"%.*s\"",
                   (int)d->status.size, d->status.data, (long long)d->amount, (int)d->currency.size,
                   d->currency.data);
    buf_put(&out, STR("}}"));
    return buf_ok(&out) ? buf_str(&out) : (struct str){NULL, 0};
}

/* What a try came to, and when the next one is due. */
static struct delivery_result delivery_judge(const struct delivery *d, const struct webhook_result *result) {
    struct delivery_result out = {.http_status = result->http_status,
                                  .answer = result->body,
                                  .problem = str_from(result->problem),
                                  .is_gone = result->http_status == 410};
    uint32_t jitter;
    random_fill(&random_system, &jitter, sizeof jitter);
    out.next_try_us.is_set =
        !out.is_gone &&
        schedule_wait(&webhook_schedule, d->attempts, result->retry_after_ms, jitter, &out.next_try_us.value);
    return out;
}

struct sender_finish {
    struct sender_thread *thread;
    struct delivery_result result;
    bool disabled;
};

static enum status sender_finish_job(void *context, struct db *db, unsigned *changes) {
    struct sender_finish *finish = context;
    struct shop_ctx ctx = sender_ctx(finish->thread, db);
    (void)changes;
    return delivery_finish(&ctx, &finish->thread->delivery, &finish->result, &finish->disabled);
}

static enum status sender_put_back_job(void *context, struct db *db, unsigned *changes) {
    struct sender_thread *t = context;
    struct shop_ctx ctx = sender_ctx(t, db);
    (void)changes;
    return t->has_mail ? mail_put_back(&ctx, &t->mail) : delivery_put_back(&ctx, &t->delivery);
}

/* Another node, or the next start, is to send it at once. If that cannot be written, it is due after the lease. */
static void sender_put_back(struct sender_thread *t) {
    enum status s = executor_call(t->owner->options.executor, sender_put_back_job, t);
    if (s != STATUS_OK)
        log_warning("outbox: %s", status_text(s));
}

static void sender_count(struct outbox_sender *o, const struct sender_finish *finish) {
    bool is_sent = finish->result.http_status >= 200 && finish->result.http_status <= 299;
    pthread_mutex_lock(&o->lock);
    metric_add(o->options.shard, is_sent ? METRIC_WEBHOOKS_SENT : METRIC_WEBHOOKS_REFUSED, 1);
    if (finish->disabled)
        metric_add(o->options.shard, METRIC_WEBHOOKS_DISABLED, 1);
    pthread_mutex_unlock(&o->lock);
}

/* Tells the owner, who may look at nothing but the log. */
static void sender_log(const struct sender_thread *t, const struct sender_finish *finish) {
    char id[uuid_text_size];
    uuid_format(&t->delivery.webhook_id, id);
    if (finish->disabled)
        log_warning("webhook %.*s was switched off: %s", (int)sizeof id, id,
                    finish->result.is_gone ? "it answered 410 Gone" : "it has taken nothing for five days");
    else if (!finish->result.next_try_us.is_set && t->delivery.attempts >= webhook_schedule.tries)
        log_warning("webhook %.*s did not take event %lld in %d tries", (int)sizeof id, id,
                    (long long)t->delivery.sequence, (int)webhook_schedule.tries);
}

static void sender_send(struct sender_thread *t) {
    struct outbox_sender *o = t->owner;
    struct delivery *d = &t->delivery;
    struct webhook_call call = {.url = d->url,
                                .event = d->event,
                                .at_us = clock_now_us(o->options.clock),
                                .body = delivery_body(&t->arena, d),
                                .secret = d->secret,
                                .secret_before = d->secret_before,
                                .insecure = o->options.insecure,
                                .stop = &o->stopping};
    struct sender_finish finish = {.thread = t};
    kill_point("outbox-before-send");
    enum status s = call.body.data ? webhook_call_run(&t->arena, &call, &t->result) : STATUS_NO_MEMORY;
    kill_point("outbox-after-send");
    if (s == STATUS_OK && t->result.is_stopped) {
        sender_put_back(t);
        return;
    }
    if (s == STATUS_OK) {
        finish.result = delivery_judge(d, &t->result);
        s = executor_call(o->options.executor, sender_finish_job, &finish);
    }
    if (s != STATUS_OK) {
        log_warning("outbox: %s", status_text(s)); /* it is due again after the lease */
        return;
    }
    sender_count(o, &finish);
    sender_log(t, &finish);
}

/* ---- Mails. */

struct sender_mail_finish {
    struct sender_thread *thread;
    struct mail_result result;
};

static enum status sender_finish_mail_job(void *context, struct db *db, unsigned *changes) {
    const struct sender_mail_finish *finish = context;
    struct shop_ctx ctx = sender_ctx(finish->thread, db);
    (void)changes;
    return mail_finish(&ctx, &finish->thread->mail, &finish->result);
}

/* What a try came to, and when the next one is due. */
static struct mail_result sender_judge_mail(const struct mail_due *mail, const struct smtp_result *result) {
    struct mail_result out = {.is_sent = result->is_taken};
    uint32_t jitter;
    random_fill(&random_system, &jitter, sizeof jitter);
    if (!out.is_sent)
        out.error = str_from(result->problem);
    out.next_try_us.is_set =
        !out.is_sent && !result->is_refused &&
        schedule_wait(&mail_schedule, mail->attempts, -1, jitter, &out.next_try_us.value);
    return out;
}

/* The mail is named by its id: an address never goes into the log, and so do not the relay's words. */
static void sender_note_mail(struct sender_thread *t, const struct mail_result *result) {
    struct outbox_sender *o = t->owner;
    char id[uuid_text_size];
    bool has_failed = !result->is_sent && !result->next_try_us.is_set;
    uuid_format(&t->mail.id, id);
    if (has_failed)
        log_warning("mail %.*s was not taken by the relay: see till mail %.*s", (int)sizeof id, id,
                    (int)sizeof id, id);
    pthread_mutex_lock(&o->lock);
    metric_add(o->options.shard, METRIC_MAILS_SENT, result->is_sent);
    metric_add(o->options.shard, METRIC_MAILS_FAILED, has_failed);
    metric_add(o->options.shard, METRIC_MAIL_TRIES_FAILED, !result->is_sent);
    pthread_mutex_unlock(&o->lock);
}

static void sender_mail(struct sender_thread *t) {
    struct outbox_sender *o = t->owner;
    const struct mail_due *m = &t->mail;
    struct mail_message message = {.id = m->id,
                                   .to = m->to,
                                   .subject = m->subject,
                                   .text = m->text,
                                   .html = m->html,
                                   .at_us = m->created_at};
    struct smtp_result result;
    struct sender_mail_finish finish = {.thread = t};
    kill_point("mail-before-send");
    enum status s = mail_send(o->options.mail_sender, &t->arena, &message, &o->stopping, &result);
    kill_point("mail-after-send");
    if (s == STATUS_OK && result.is_stopped) {
        sender_put_back(t);
        return;
    }
    if (s == STATUS_OK) {
        finish.result = sender_judge_mail(m, &result);
        s = executor_call(o->options.executor, sender_finish_mail_job, &finish);
    }
    if (s == STATUS_OK)
        sender_note_mail(t, &finish.result);
    else
        log_warning("outbox: %s", status_text(s)); /* it is due again after the lease */
}

/* Counts the mails that were held since the last time. */
static void sender_count_held(struct outbox_sender *o) {
    if (!o->options.mails->held)
        return;
    pthread_mutex_lock(&o->lock);
    metric_add(o->options.shard, METRIC_MAILS_HELD, atomic_exchange(o->options.mails->held, 0));
    pthread_mutex_unlock(&o->lock);
}

/* Looks for a delivery or a mail, if there is a reason to. */
static enum status sender_look(struct sender_thread *t) {
    struct outbox_sender *o = t->owner;
    int64_t now_us = clock_now_us(o->options.clock);
    uint64_t activity = executor_activity(o->options.executor, TOPIC_SETTINGS); /* webhooks are settings */
    if (!idle_gate_opens(&o->gate, activity, now_us))
        return STATUS_NOT_FOUND;
    o->gate.is_closed = false;
    enum status s = executor_call(o->options.executor, sender_take_job, t);
    if (s == STATUS_NOT_FOUND)
        idle_gate_close(&o->gate, activity, now_us, o->next_due_us);
    return s;
}

/* Leads until a delivery or a mail is taken. False: the thread is to end. */
static bool sender_lead(struct sender_thread *t) {
    struct outbox_sender *o = t->owner;
    enum status s = STATUS_NOT_FOUND;
    pthread_mutex_lock(&o->leading);
    bool goes_on = !waiter_is_stopping(&o->waiter);
    while (goes_on && (s = sender_look(t)) != STATUS_OK) {
        if (s != STATUS_NOT_FOUND)
            log_warning("outbox: %s", status_text(s));
        sender_count_held(o);
        goes_on = waiter_sleep(&o->waiter, o->options.poll_ms);
    }
    if (goes_on)
        sender_begin(t);
    pthread_mutex_unlock(&o->leading);
    return goes_on;
}

static void *sender_main(void *context) {
    struct sender_thread *t = context;
    while (sender_lead(t)) {
        if (t->has_mail)
            sender_mail(t);
        else
            sender_send(t);
        sender_end(t);
        /* The leader does not know when it is due again. */
        executor_note_activity(t->owner->options.executor);
        arena_reset(&t->arena);
    }
    return NULL;
}

static enum status sender_interest_job(void *context, struct db *db, unsigned *changes) {
    struct outbox_sender *o = context;
    struct shop_ctx ctx = {.db = db, .interest = o->options.interest};
    (void)changes;
    return delivery_read_interest(&ctx);
}

/* Before the first request, so that its events are recorded. If the table cannot be read now, the leader tries again. */
static void sender_read_interest(struct outbox_sender *o) {
    enum status s = executor_call(o->options.executor, sender_interest_job, o);
    if (s != STATUS_OK)
        event_interest_set(o->options.interest, event_types_all);
}

_Static_assert(threads <= (int)busy_webhooks_max, "each has a place among the busy ones");

struct outbox_sender *outbox_sender_start(const struct outbox_sender_options *options) {
    struct outbox_sender *o = calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->options = *options;
    sender_read_interest(o);
    pthread_mutex_init(&o->leading, NULL);
    pthread_mutex_init(&o->lock, NULL);
    waiter_init(&o->waiter);
    for (bool runs = true; o->started < threads && runs; o->started += runs) {
        struct sender_thread *t = &o->threads[o->started];
        t->owner = o;
        arena_init(&t->arena, arena_bytes_max);
        runs = pthread_create(&t->thread, NULL, sender_main, t) == 0;
    }
    if (o->started == threads)
        return o;
    outbox_sender_stop(o);
    return NULL;
}

void outbox_sender_stop(struct outbox_sender *o) {
    if (!o)
        return;
    atomic_store(&o->stopping, true);
    waiter_stop(&o->waiter);
    for (size_t i = 0; i < o->started; i++)
        pthread_join(o->threads[i].thread, NULL);
    for (size_t i = 0; i < threads; i++)
        arena_free(&o->threads[i].arena);
    waiter_free(&o->waiter);
    pthread_mutex_destroy(&o->lock);
    pthread_mutex_destroy(&o->leading);
    free(o);
}
