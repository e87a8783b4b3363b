/* Invitations: a link with 256 random bits, by which a person chooses a password and so becomes a member of the staff.
 *
 *     invited ── accepts ──> active ── till staff reset ──> invited
 *
 * The token is shown once, to who invites; the table of proofs has its SHA-256. A newer link ends the one before. */
#pragma once

#include "shop/settings.h"
#include "shop/staff/membership.h"

enum { invitation_days = 7 };

/* Between the address of the page and the token: a fragment, because browsers keep it out of requests and logs. */
#define INVITATION_FRAGMENT "#accept="

struct staff_wish {
    struct str email, name;
    enum role role;
};

struct invitation {
    struct staff_member member;
    char token[token_text_size + 1];
    int64_t expires_at; /* microseconds */
};

/* Invites a person. One who was invited before and has not accepted is invited again, with the name and role of now.
 * STATUS_SCOPE if the role may do what `maker` may not; STATUS_STAFF_EXISTS. */
MUST_CHECK enum status staff_invite(struct shop_ctx *ctx, const struct actor *maker,
                                    const struct staff_wish *wish, struct invitation *out);

/* Invites a member again who is locked out: the password, the second factor and all sessions end. `email` is as typed.
 * STATUS_STAFF_NOT_FOUND. */
MUST_CHECK enum status staff_reset(struct shop_ctx *ctx, struct str email, struct invitation *out);

/* Finds the member who has the link of `token`. STATUS_LINK_OVER if it was used, ended or is over. */
MUST_CHECK enum status invitation_find(struct shop_ctx *ctx, struct str token, struct staff_member *out);

/* Uses the link of `token`: the member gets a name and a password, as password_hash stored it, and is active.
 * STATUS_LINK_OVER, as invitation_find. */
MUST_CHECK enum status invitation_accept(struct shop_ctx *ctx, struct str token, struct str name,
                                         struct str password, struct staff_member *out);
