/* What other ways of signing in share with a password's (sign_in.c). */
#pragma once

#include "api/call.h"
#include "shop/staff/members.h"

/* The reply of what signs in. */
extern const struct model staff_me;

/* Refuses a call before its first step if too many from its network or device were wrong: STATUS_TOO_MANY. */
MUST_CHECK enum status sign_in_check(struct call *call);

/* Counts a call that was wrong. */
void sign_in_count_failure(struct call *call);

/* Begins a session of a member, or of the owner if it is NULL, in place of the one that the browser had; notes it in
 * the audit log, and answers with who that is. */
MUST_CHECK enum status sign_in_open(struct call *call, const struct staff_member *member);
