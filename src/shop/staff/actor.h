/* Who acts, on an endpoint of the staff. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/uuid.h"
#include "shop/shop_ctx.h"
#include "shop/staff/scopes.h"

enum actor_kind {
    ACTOR_TOKEN,  /* the owner, by the admin's token or by a session that it opened */
    ACTOR_KEY,    /* a program, by its key */
    ACTOR_SYSTEM, /* a command on the machine itself */
    ACTOR_STAFF,  /* a member of the staff, by a session */
    ACTOR_COUNT
};

/* Names by enum actor_kind; NULL ends them. */
extern const char *const actor_kind_names[ACTOR_COUNT + 1];

struct actor {
    enum actor_kind kind;
    struct uuid id; /* of the key or the member */
    scope_set scopes;
    bool has_second_factor;      /* of a member */
    struct maybe_int proved_at;  /* of a session: when its owner last proved who they are, microseconds */
    struct maybe_int expires_at; /* of a session: when it ends at the latest */
};

/* Writes the id of a key or a member as text into the arena; absent for the others. STATUS_NO_MEMORY. */
MUST_CHECK enum status actor_id_text(struct arena *arena, const struct actor *actor, struct str *out);

/* Keeps a key from being revoked, and a member from being disabled or given another role, until the transaction ends, so that
 * the one who does that finds what the actor makes now. STATUS_WRONG_TOKEN or STATUS_NOT_AUTHENTICATED if it has happened
 * since the request was let in. */
MUST_CHECK enum status actor_hold(struct shop_ctx *ctx, const struct actor *actor);
