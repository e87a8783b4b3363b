/* Keys of the staff's programs: `till_sk_`, 8 characters by which the key is found, 43 that are secret.
 *
 *     till_sk_ 4fJx0_Qa 7Yk…43 characters of 6 random bits
 *              └ prefix, in lists and logs of the shopkeeper
 *
 * A key is shown once. The table has its SHA-256, because a slow hash would add nothing to 258 random bits. No
 * server keeps a key in memory: each request of one reads its row on the primary database, so that a revoked key
 * is refused by all servers from the next request on. */
#pragma once

#include "shop/shop_ctx.h"
#include "shop/staff/actor.h"

enum { key_prefix_size = 8, key_text_size = 8 + key_prefix_size + 43 };

struct api_key {
    struct uuid id;
    struct str name, prefix;
    scope_set scopes;
    struct str created_by; /* the id of a key or a member as text; absent: the admin's token */
    int64_t created_at;    /* microseconds, as the others */
    struct maybe_int expires_at, last_used_at, revoked_at;
};

/* Writes the names of scopes with a blank between. Absent without memory. */
struct str scopes_text(struct arena *arena, scope_set scopes);

/* Whether a bearer token has the form of a key. */
bool key_has_form(struct str token);

/* Finds the key that `token` is, and notes its use once an hour. STATUS_WRONG_TOKEN if there is no such key, or it
 * is over or revoked. The time that this takes says nothing about the secret. */
MUST_CHECK enum status key_find(struct shop_ctx *ctx, struct str token, struct actor *out);

/* Makes a key with a name and scopes, which `maker` must all have (STATUS_SCOPE). `expires_at` may be absent.
 * `text` gets the key and a NUL. */
struct key_wish {
    struct str name;
    scope_set scopes;
    struct maybe_int expires_at;
};
MUST_CHECK enum status key_make(struct shop_ctx *ctx, const struct actor *maker, const struct key_wish *wish,
                                struct api_key *out, char text[static key_text_size + 1]);

/* Lists keys, newest first, those that are revoked too. `total` gets the number of all. */
MUST_CHECK enum status key_list(struct shop_ctx *ctx, int64_t limit, int64_t offset, struct list *out,
                                int64_t *total);

/* Revokes all keys that an actor made, whose id as text is `maker`. */
MUST_CHECK enum status key_revoke_of(struct shop_ctx *ctx, struct str maker);

/* Revokes those of them, and of the keys that they made, that may do more than `allowed`. */
MUST_CHECK enum status key_revoke_beyond(struct shop_ctx *ctx, struct str maker, scope_set allowed);

/* Revokes a key, and the keys that it made, and theirs: who has stolen it may have made them. `out` gets the key, and
 * `made` how many others. STATUS_KEY_NOT_FOUND if there is none, or it is revoked. */
MUST_CHECK enum status key_revoke(struct shop_ctx *ctx, const struct uuid *id, struct api_key *out,
                                  int64_t *made);
