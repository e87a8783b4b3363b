/* The mails about an order, to its shopper. Each has a link to the order (order_link.h). Adding one takes a kind with two
 * templates (mail/template.h), and a call of order_mail_queue in the transaction of its cause. */
#pragma once

#include "shop/outbox/mail.h"

struct shipped_mail_line {
    struct str name;
    int64_t quantity;
};

struct shipped_mail {
    struct str to;
    const struct uuid *order;
    int64_t order_seq;
    bool is_part; /* more is to follow */
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
    bool is_part;        /* of the order */
    int64_t amount;      /* of money that goes back, in minor units of `currency` */
    struct str currency; /* absent: the mail is about no money */
};

/* Writes the mail in this transaction. */
MUST_CHECK enum status order_mail_queue(struct shop_ctx *ctx, const struct order_mail *mail);

/* Writes the mail that says that a parcel is on its way. */
MUST_CHECK enum status shipped_mail_queue(struct shop_ctx *ctx, const struct shipped_mail *mail);
