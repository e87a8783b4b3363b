/* What the owner sets while the shop runs: rows of `settings`, as texts that a person can read and type.
 *
 *     shop.name            Ann's lamps                shown to shoppers
 *     shop.address         1 High St\nLondon          lines, with a newline between them
 *     shop.email           ann@example.com
 *     checkout.requires    email,address,shipping     what an order must have; none of them by default
 *     prices.include_tax   true                       false: tax is added to prices
 *     ship_to              *                          countries with commas between, or all of them
 *     payments.receipts    true                       the provider mails a receipt; false: it does not
 *     stock.low_at         0                          so few left are reported as low stock; 0: they are not
 *     mails                order_confirmed,low_stock  the mails that go out by themselves, of mail_chosen_names
 *
 * An order needs the last six each time, so they are kept in memory (struct settings_memory) and read again only
 * after a commit that may have changed them, on any node: the change clock's topic TOPIC_SETTINGS says so. */
#pragma once

#include "mail/template.h"
#include "shop/checkout/countries.h"
#include "shop/shop_ctx.h"

#include <pthread.h>

enum setting {
    SETTING_SHOP_NAME,
    SETTING_SHOP_ADDRESS,
    SETTING_SHOP_EMAIL,
    SETTING_CHECKOUT_REQUIRES,
    SETTING_PRICES_INCLUDE_TAX,
    SETTING_SHIP_TO,
    SETTING_PAYMENTS_RECEIPTS,
    SETTING_STOCK_LOW_AT,
    SETTING_MAILS,
    SETTING_COUNT
};

/* `shop.name`, by enum setting; NULL ends them. */
extern const char *const setting_names[SETTING_COUNT + 1];

/* A text for each setting. Where it describes a change, an absent one stays as it is. */
struct setting_texts {
    struct str values[SETTING_COUNT];
};

/* What an order must have; bits of checkout_settings.required. */
enum {
    REQUIRES_EMAIL = 1 << 0,
    REQUIRES_ADDRESS = 1 << 1,
    REQUIRES_SHIPPING = 1 << 2,
};

/* `email`, by the number of the bit; NULL ends them. */
extern const char *const requires_names[4];

enum {
    stock_low_at_max = 1000000,
    low_stock_default = 5, /* less than that is low if the setting says nothing */
};

/* What the desk counts as low stock with a setting stock.low_at: less than this. */
static inline int64_t low_stock_below(int64_t low_at) {
    return low_at > 0 ? low_at + 1 : low_stock_default;
}

struct checkout_settings {
    unsigned required;
    bool includes_tax, receipts;
    unsigned mails; /* that go out by themselves: a bit for each enum mail_kind below MAIL_CHOSEN_COUNT */
    int64_t low_at; /* product.low_stock is recorded when so few are left; 0: never */
    struct country_set ship_to;
};

/* Whether a mail of a kind below MAIL_CHOSEN_COUNT goes out by itself. */
static inline bool checkout_settings_mail(const struct checkout_settings *settings, enum mail_kind kind) {
    return settings->mails >> kind & 1;
}

/* Returns what a text must be in order to be a setting's value (`is true or false`), or NULL if it is one. */
const char *setting_refusal(enum setting setting, struct str value);

/* Reads all settings; one that was never set has its default. */
MUST_CHECK enum status settings_read(struct shop_ctx *ctx, struct setting_texts *out);

/* Writes settings, whose texts setting_refusal has let through. */
MUST_CHECK enum status settings_write(struct shop_ctx *ctx, const struct setting_texts *change);

/* Gets what an order needs: from memory, or from the database if that has changed since. */
MUST_CHECK enum status checkout_settings_get(struct shop_ctx *ctx, struct checkout_settings *out);

/* ---- Memory, which the threads of a process share. */

struct settings_memory {
    uint64_t (*changed)(const void *context, unsigned topics); /* the change clock's (executor_changed) */
    const void *context;
    pthread_mutex_t lock; /* of the rest */
    uint64_t commits;     /* that `value` has, at least; no_commits: nothing is kept */
    unsigned changing;    /* transactions that change settings and have not ended */
    struct checkout_settings value;
};

void settings_memory_init(struct settings_memory *memory,
                          uint64_t (*changed)(const void *context, unsigned topics), const void *context);
void settings_memory_free(struct settings_memory *memory);

/* Returns what goes into ctx->settings_commits: the latest commit that changed settings, asked for before a transaction
 * begins. `memory` may be NULL. */
uint64_t settings_memory_commits(const struct settings_memory *memory);

/* Between these, which surround a change of settings and its commit, nothing is put into memory: a step of the same
 * transaction as the change would read what may yet be undone. */
void settings_memory_hold(struct settings_memory *memory);
void settings_memory_release(struct settings_memory *memory);
