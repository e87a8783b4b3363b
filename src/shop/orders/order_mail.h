/* The mails about an order, to its shopper. Each has a link to the order (order_link.h). Adding one takes a kind with two
 * templates (mail/template.h), and a call of order_mail_queue in the transaction of its cause. */
#pragma once

#include "base/buf.h"
#include "shop/outbox/mail.h"

struct shipped_mail_line {
    struct str name;
    int64_t quantity;
};

struct shipped_mail {
    struct str to; /* absent: the order has no address of mail, and nothing is written */
    const struct uuid *order;
    int64_t order_seq;
    bool is_part;             /* more is to follow */
    struct maybe_bool notify; /* as below */
    const struct shipped_mail_line *lines;
    size_t count;
    struct str carrier, tracking_number, tracking_url; /* absent: not known */
};

/* A mail that says what became of an order: its template has `number`, `what`, `amount` and `order_link`. */
struct order_mail {
    enum mail_kind kind;
    struct str to; /* absent: the order has no address of mail, and nothing is written */
    const struct uuid *order;
    int64_t order_seq;
    bool is_part;             /* of the order */
    struct maybe_bool notify; /* whether it is written; left out: as the setting `mails` has it */
    int64_t amount;           /* of money that goes back, in minor units of `currency` */
    struct str currency;      /* absent: the mail is about no money */
};

/* Whether a mail of this kind is to be written: as `notify` says, and if it says nothing, as the setting `mails` does. */
MUST_CHECK enum status order_mail_is_wanted(struct shop_ctx *ctx, enum mail_kind kind,
                                            struct maybe_bool notify, bool *out);

/* Appends an amount as a reader has it: `19.99 USD`. */
void order_mail_put_money(struct buf *out, int64_t amount, struct str currency);

/* Writes the mail in this transaction, if it is wanted. */
MUST_CHECK enum status order_mail_queue(struct shop_ctx *ctx, const struct order_mail *mail);

/* Writes the mail that says that a parcel is on its way, if it is wanted. */
MUST_CHECK enum status shipped_mail_queue(struct shop_ctx *ctx, const struct shipped_mail *mail);
