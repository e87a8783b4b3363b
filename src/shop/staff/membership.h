/* Who is a member of the staff, and as what: changes that must keep an owner, and that end what somebody may no longer
 * do. */
#pragma once

#include "shop/staff/actor.h"
#include "shop/staff/members.h"

/* Makes others wait who change members, until this transaction ends: so that of two owners, who each disable the other,
 * one stays. */
MUST_CHECK enum status staff_lock(struct shop_ctx *ctx);

/* What to change of a member. */
struct staff_change {
    struct str name;           /* absent: it stays */
    bool has_role, has_status; /* else these stay: */
    enum role role;            /* never ROLE_CUSTOM */
    enum staff_status status;  /* STAFF_ACTIVE or STAFF_DISABLED */
};

/* Changes a member; `before` and `out` get it as it was and is. A member who is disabled loses all sessions, invitations
 * and the keys that they made; one whose new role may do less, the keys that may do more than it. STATUS_STAFF_NOT_FOUND;
 * STATUS_SCOPE if `maker` may not do all that the member may, before or after; STATUS_STAFF_UNFINISHED if one without a
 * password should be active; STATUS_LAST_OWNER if no active owner would be left. With the admin's token, which opens
 * everything itself, the last one may go. As actor_hold for `maker`. */
MUST_CHECK enum status staff_change(struct shop_ctx *ctx, const struct actor *maker, const struct uuid *id,
                                    const struct staff_change *change, struct staff_member *before,
                                    struct staff_member *out);

/* Ends the invitation of a member, if there is one. */
MUST_CHECK enum status staff_end_invitations(struct shop_ctx *ctx, int64_t seq);
