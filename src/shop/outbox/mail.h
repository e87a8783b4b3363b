/* Mails: rows in the transaction of their cause, sent by the server's outbox threads (serve/outbox/outbox_sender.h).
 *
 *     held ──a server that sends mail runs, within a day──→ queued ──taken by the relay──→ sent
 *       └───────────────retry────────────────────────────────↑ │ └──not now: due again later (hooks/schedule.h)
 *                                                             └──refused for good, or the last try failed──→ failed ──retry──→ queued
 *
 * A shop without --mail holds its mails, where its owner can read them. A mail is sent by one node at a time: whoever
 * takes it puts it off by mail_lease_us. If that node dies before it has written the result, the mail is sent once more
 * with the same Message-ID.
 *
 * An address is personal data: it is in this table, and never in a log. The bodies go after 30 days, those of secret kinds
 * (mail_is_secret) once the mail is sent, as do the tokens of links to orders in the others, and the row after a year. */
#pragma once

#include "mail/template.h"
#include "shop/shop_ctx.h"

#include <stdatomic.h>

#define mail_lease_us (INT64_C(90) * 1000000)

enum mail_state { MAIL_HELD, MAIL_QUEUED, MAIL_SENT, MAIL_FAILED, MAIL_STATE_COUNT };
extern const char *const mail_state_names[];

enum { mail_address_max = 254, mail_error_max = 200, mails_counted_max = 100 * 1000 };

/* What the shop knows of its mails. */
struct mail_settings {
    bool is_sent;     /* --mail is given: mails are queued, not held */
    int64_t per_hour; /* so many are sent, by all nodes */
    struct str shop,
        shop_url;  /* its name, if the owner has set none; and its address without a slash at the end */
    bool is_apart; /* shop_url is --shop-url's, not the address that the server listens on */
    const struct mail_templates *templates; /* NULL: those that are built in */
    _Atomic int64_t *held;                  /* counts the mails that are held; NULL: they are not counted */
};

/* Limits as for mail_render, but for the values `shop` and `shop_url`, which every mail has. */
struct mail {
    enum mail_kind kind;
    struct str to; /* an address that EMAIL_FIELD or email_valid has taken */
    struct mail_value values[mail_values_max - 2];
    const struct uuid *id; /* of the mail; NULL: a new one */
};

/* Writes a mail in this transaction. Without ctx->mails it is held. */
MUST_CHECK enum status mail_queue(struct shop_ctx *ctx, const struct mail *mail);

/* The storefront's address, without a slash at the end: what links in mails begin with. */
struct str mail_shop_url(const struct shop_ctx *ctx);

/* Whether that is another address than the one that the server listens on. */
bool mail_shop_is_apart(const struct shop_ctx *ctx);

/* A mail that is about to be sent. */
struct mail_due {
    int64_t seq, attempts; /* attempts: the one about to be made included */
    struct uuid id;
    struct str to, subject, text, html;
    int64_t created_at;
};

/* Queues the mails that are held and younger than a day, then takes the mail that is due longest. STATUS_NOT_FOUND if
 * none is due, or ctx->mails->per_hour were sent within the hour. */
MUST_CHECK enum status mail_take(struct shop_ctx *ctx, struct mail_due *out);

/* Puts back a mail whose try was ended before its answer: it is due at once, and the try does not count. */
MUST_CHECK enum status mail_put_back(struct shop_ctx *ctx, const struct mail_due *mail);

struct mail_result {
    bool is_sent;
    struct str error;             /* absent if it is sent; is cut to mail_error_max bytes */
    struct maybe_int next_try_us; /* how long until the next try; absent: there is none */
};

/* Writes down what came of a try. Nothing is written if another node has taken the mail meanwhile. */
MUST_CHECK enum status mail_finish(struct shop_ctx *ctx, const struct mail_due *mail,
                                   const struct mail_result *result);

/* A mail as the owner sees it. */
struct mail_view {
    struct uuid id;
    int64_t seq; /* grows from mail to mail */
    struct str to, subject;
    int kind, state;       /* enum mail_kind, enum mail_state */
    struct str text, html; /* absent in a list, and once they are no longer kept */
    int64_t attempts, created_at;
    struct maybe_int due_at, done_at;
    struct str last_error; /* absent: none */
};

/* Whether the text of a kind lets its reader in: it has a link that only its receiver may open. */
bool mail_is_secret(enum mail_kind kind);

/* What stands in front of the token of a link that only its receiver may open, in texts that are kept. */
#define MAIL_LINK_MARK "/open#"

/* Returns a text with `…` in place of the tokens behind MAIL_LINK_MARK: the text itself if it has none. Absent without
 * memory, and if it was absent. */
struct str mail_hide_links(struct arena *arena, struct str text);

/* Reads a page of mails, newest first; `state` is an enum mail_state, or -1 for all. `total` gets how many there are, up to
 * mails_counted_max. */
MUST_CHECK enum status mail_list(struct shop_ctx *ctx, int state, int64_t limit, int64_t offset,
                                 struct list *out, int64_t *total);

/* How many of the newest mails mail_search() looks through. */
enum { mails_searched_max = 10000 };

/* As mail_list(), of the newest mails_searched_max mails: those whose address or subject has `q` in it, in letters of
 * either case. */
MUST_CHECK enum status mail_search(struct shop_ctx *ctx, int state, struct str q, int64_t limit,
                                   int64_t offset, struct list *out, int64_t *total);

/* Reads a mail with its bodies. STATUS_MAIL_NOT_FOUND. */
MUST_CHECK enum status mail_get(struct shop_ctx *ctx, const struct uuid *id, struct mail_view *out);

/* Makes a mail due at once that is held, failed, or waits for its next try for longer than any lease; all its tries are
 * before it. STATUS_MAIL_NOT_FOUND; STATUS_MAIL_IS_DONE if it is sent, on its way, or its text is no longer kept. */
MUST_CHECK enum status mail_retry(struct shop_ctx *ctx, const struct uuid *id);

/* Takes the bodies of up to `limit` mails that were sent, failed or held 30 days ago, and deletes mails of a year ago.
 * `purged` gets how many bodies. */
MUST_CHECK enum status mails_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *purged);
