/* What the staff changed, through which key, and from which address: a row for each request that changed something,
 * written in the transaction of the change. Rows are only added: a trigger refuses to change them, or to delete them
 * before the days have passed that the shop keeps them (a setting; at first 1,095). They hold neither secrets nor what is
 * personal of a shopper. */
#pragma once

#include "base/buf.h"
#include "shop/shop_ctx.h"
#include "shop/staff/keys.h"

enum {
    audit_keep_days_min = 30, /* so that a slip does not empty the log */
    audit_keep_days_max = 36500,
    audit_window = 10000,    /* entries that one page looks through */
    audit_value_bytes = 500, /* of a value before or after; more is cut off */
};

struct audit_entry {
    int64_t seq;        /* when added: 0 */
    int64_t created_at; /* microseconds */
    enum actor_kind actor_kind;
    struct str actor;     /* the id of the key or the member; absent: the admin's token */
    struct str action;    /* `PATCH /products/{product_id}` */
    struct str target;    /* the id of what was changed */
    struct str changes;   /* JSON that the API writes and reads */
    struct str ip_prefix; /* of the client (base/ip/ip.h); older entries have its whole address */
    struct str request_id;
};

/* Adds an entry of now, by `actor`. Its outcome is that of a later statement or of the commit. */
MUST_CHECK enum status audit_log_add(struct shop_ctx *ctx, const struct actor *actor,
                                     const struct audit_entry *entry);

/* The changes of an entry, as they are put together. */
struct change_list {
    struct buf text;
    size_t count;
};

struct change_list change_list_new(struct arena *arena);

/* Adds a field if its two values differ. An absent text: the field had no value before, or has no value now. A long text is
 * cut off (audit_value_bytes). */
void change_list_put(struct change_list *changes, const char *field, struct str before, struct str after);

/* The same for numbers; NULL: absent. */
void change_list_put_int(struct change_list *changes, const char *field, const int64_t *before,
                         const int64_t *after);

/* Ends the text and returns it; absent without memory. */
struct str change_list_end(struct change_list *changes);

/* Adds an entry of a command of this machine (`till import`), if it has changes. `target` may be NULL. */
MUST_CHECK enum status audit_log_add_system(struct shop_ctx *ctx, const char *action,
                                            const struct uuid *target, struct change_list *changes);

/* What a page of the log must match; an empty text matches everything. */
struct audit_filter {
    struct str actor; /* a key's or a member's id, or `token` */
    struct str action, target;
    int64_t before, limit;  /* before: a cursor, or INT64_MAX */
    int64_t from_us, to_us; /* entries from the one time to before the other; 0 and INT64_MAX: all */
};

/* Reads a page, newest first. It looks through audit_window entries at most, so it may be short, or empty, although
 * there are more: then `next` is the cursor of the next page, else 0. */
MUST_CHECK enum status audit_log_list(struct shop_ctx *ctx, const struct audit_filter *filter,
                                      struct list *out, int64_t *next);

/* Sets how many days entries are kept. Of several nodes that differ, the one that starts last decides. */
MUST_CHECK enum status audit_log_keep(struct shop_ctx *ctx, int64_t days);

/* Deletes up to `limit` entries whose time is over. */
MUST_CHECK enum status audit_log_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
