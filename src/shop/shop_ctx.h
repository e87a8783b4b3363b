/* What every rule of the shop gets: the connection of one transaction, memory for results, and the outside
 * world (time, random bytes) as the shop may see it. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "db/db.h"
#include "shop/limits.h"
#include "shop/schema/schema.h"

struct language;

/* What the owner of the shop chose. */
struct shop_settings {
    const struct language *language; /* of the index (shop/index/language.h); NULL: English */
    const char *currency;            /* ISO 4217 in lower case, `usd` (shop/catalogue/shop_currency.h) */
    int64_t reserve_us;              /* how long an unpaid order keeps its stock at most … */
    int64_t hold_us;                 /* … and until a payment of it is begun */
    int64_t order_quantity_max;      /* units of a product in one order; money_max: no limit */
    bool uses_stripe;                /* else payments are with the mock, and no money moves */
    int64_t hold_max; /* units of a product in all unpaid orders of a session; money_max: no limit */
};

struct cart_touches;
struct event_interest;
struct settings_memory;
struct mail_settings;

struct shop_ctx {
    struct db *db;
    struct arena *arena; /* results live here */
    const struct clock *clock;
    const struct random *random;
    const struct shop_settings *settings;    /* NULL in commands that place no orders */
    struct cart_touches *cart_touches;       /* NULL if no chores run that would store them */
    struct event_interest *interest;         /* NULL in commands: no events are recorded */
    struct settings_memory *settings_memory; /* NULL: settings are read each time (checkout_settings.h) */
    const struct mail_settings *mails;       /* NULL in commands: mails are held (shop/outbox/mail.h) */
    uint64_t settings_commits;               /* that the transaction has, at least; of that memory */
    unsigned changes;                        /* what this transaction changed: a set of enum topics */
    unsigned outcomes;                       /* what became of payments: a union of enum payment_outcome */
};
