/* The people who run the shop. Each has a role, which is a fixed set of scopes (scopes.h). */
#pragma once

#include "shop/shop_ctx.h"
#include "shop/staff/scopes.h"
#include "shop/staff/totp.h"

enum {
    staff_email_bytes_max = 254,
    staff_name_length_max = 100, /* code points */
};

enum staff_status {
    STAFF_INVITED, /* has no password yet */
    STAFF_ACTIVE,
    STAFF_DISABLED,
    STAFF_STATUS_COUNT
};

/* Names by enum staff_status; NULL ends them. */
extern const char *const staff_status_names[STAFF_STATUS_COUNT + 1];

struct staff_member {
    int64_t seq; /* when added: 0 */
    struct uuid id;
    struct str email;     /* as typed */
    struct str email_key; /* of email_key(): no two members have the same */
    struct str name;
    struct str password; /* how password_hash stored it; absent: not chosen yet */
    bool has_totp;
    uint8_t totp_secret[totp_secret_size]; /* if has_totp */
    struct maybe_int totp_step;            /* of the last code that was taken */
    enum role role;                        /* never ROLE_CUSTOM */
    enum staff_status status;
    int64_t created_at; /* microseconds, as the next */
    struct maybe_int password_changed_at;
};

/* Reads a member by address, as email_key() folds it, or by id. Texts are in the arena. STATUS_NOT_FOUND. */
MUST_CHECK enum status staff_find_by_email(struct shop_ctx *ctx, struct str email_key,
                                           struct staff_member *out);
MUST_CHECK enum status staff_find(struct shop_ctx *ctx, const struct uuid *id, struct staff_member *out);

/* Adds a member with the email, name, password, role and status of `member`, and fills in the rest. STATUS_CONFLICT if
 * another has the address: on PostgreSQL the transaction cannot go on then. */
MUST_CHECK enum status staff_add(struct shop_ctx *ctx, struct staff_member *member);

/* Stores another hash of the password that `member` has, unless it was changed meanwhile. */
MUST_CHECK enum status staff_rehash(struct shop_ctx *ctx, const struct staff_member *member, struct str hash);

/* Counts the members whose password was hashed with another pepper than the one of `mark` (password/hash.h; empty: no
 * pepper): they could not sign in. */
MUST_CHECK enum status staff_count_other_peppers(struct shop_ctx *ctx, struct str mark, int64_t *count);

/* Lists members, the oldest first. `total` gets the number of all. */
MUST_CHECK enum status staff_list(struct shop_ctx *ctx, int64_t limit, int64_t offset, struct list *out,
                                  int64_t *total);

/* Stores another password of a member, as password_hash made it. STATUS_WRONG_PROOF if it is not member->password any
 * more that is stored. */
MUST_CHECK enum status staff_set_password(struct shop_ctx *ctx, const struct staff_member *member,
                                          struct str password);
