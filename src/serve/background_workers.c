/* What each of them does, and how often (poll_ms is a second; with a test's clock it is 20 ms). The first three skip a
 * turn unless there is a reason to look (base/thread/idle_gate.h):
 *
 *   chores       every poll_ms   one write transaction: expired orders, old keys and sessions, carts that
 *                                were looked at; once more at once if a batch was full. Then, if a broken
 *                                import was seen, its removal.
 *   reconciler   every poll_ms   the payments that are due: asks the provider about each of them, four at a
 *                                time, and applies its answer
 *   sender       every poll_ms   the deliveries to webhooks that are due, four at a time, and the mails, one
 *                                at a time
 *   feed         each 100 ms     while there are live streams: the outbox's new events, if there are any
 *   importer     when woken      the files that the staff has sent, one after the other, on connections of its own: the
 *                                chores wake it
 *   auditor      every hour      audits the whole database, on a read-only connection of its own
 *
 * They end in the opposite order. The auditor is interrupted in the middle of its statement. The reconciler
 * finishes the payments that it has begun. The chores finish their batch; the importer and the removal of an import stop
 * between two of its transactions. */
#include "serve/background_workers.h"

#include "serve/auditor.h"
#include "serve/chores.h"
#include "serve/import/importer.h"
#include "serve/outbox/event_feed.h"
#include "serve/outbox/outbox_sender.h"
#include "serve/reconciler.h"

static struct event_feed *workers_start_feed(struct background_workers *w, const struct serve_options *o) {
    const struct event_feed_options feed = {
        .executor = o->server.executor,
        .broadcast = o->server.events,
        .interest = &w->interest,
        .clock = &o->clock,
        .is_shared = db_is_shared(o->db),
    };
    return event_feed_start(&feed);
}

bool background_workers_start(struct background_workers *w, const struct serve_options *o,
                              struct provider *provider, struct settings_memory *memory) {
    struct reconciler_options reconciler = {
        .executor = o->server.executor,
        .provider = provider,
        .clock = &o->clock,
        .interest = &w->interest,
        .settings_memory = memory,
        .mails = &o->mail_setup.settings,
        .shard = serve_shard(o, SHARD_RECONCILER),
        .poll_ms = o->poll_ms,
    };
    struct outbox_sender_options sender = {
        .executor = o->server.executor,
        .interest = &w->interest,
        .clock = &o->clock,
        .shard = serve_shard(o, SHARD_OUTBOX),
        .mails = &o->mail_setup.settings,
        .mail_sender = &o->mail_setup.sender,
        .insecure = o->webhook_insecure,
        .poll_ms = o->poll_ms,
    };
    bool takes_imports = !db_is_private(o->db);
    w->importer = takes_imports ? importer_start(o->db, &o->clock, &o->settings) : NULL;
    struct chores_options chores = {
        .executor = o->server.executor,
        .url = o->db,
        .clock = &o->clock,
        .cart_touches = &w->cart_touches,
        .lost_keys = &w->lost_keys,
        .interest = &w->interest,
        .mails = &o->mail_setup.settings,
        .importer = w->importer,
        .every_ms = o->poll_ms,
    };
    w->interest = (struct event_interest){0};
    cart_touches_init(&w->cart_touches);
    lost_keys_init(&w->lost_keys);
    w->chores = chores_start(&chores);
    w->reconciler = reconciler_start(&reconciler);
    w->sender = outbox_sender_start(&sender);
    w->feed = workers_start_feed(w, o);
    w->auditor = auditor_start(o->db, &o->clock, o->poll_ms, serve_shard(o, SHARD_AUDITOR));
    return (w->importer || !takes_imports) && w->chores && w->reconciler && w->sender && w->feed &&
           w->auditor;
}

void background_workers_stop(struct background_workers *w) {
    auditor_stop(w->auditor);
    event_feed_stop(w->feed);
    outbox_sender_stop(w->sender);
    reconciler_stop(w->reconciler);
    chores_stop(w->chores);
    importer_stop(w->importer);
    lost_keys_free(&w->lost_keys);
    cart_touches_free(&w->cart_touches);
}
