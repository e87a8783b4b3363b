/* The caller's own account, of who signed in as a member of the staff. */
#pragma once

#include "api/call.h"
#include "shop/staff/members.h"

/* Reads the member who calls. STATUS_NO_ACCOUNT if a key or the admin's token calls. */
MUST_CHECK enum status account_member(struct call *call, struct staff_member *out);

/* Counts a try to prove something (a password, a code) in this transaction, before it is looked at. Sets `may` to
 * whether the caller may try it; if not, the call fails with STATUS_TOO_MANY. */
MUST_CHECK enum status account_try(struct call *call, bool *may);

/* Takes what a try came to: a wrong one is counted and noted in the audit log, although the call fails; after a right one, tries are forgotten.
 * Returns STATUS_OK in both cases, with `right` set. */
MUST_CHECK enum status account_tried(struct call *call, enum status outcome, bool *right);

/* Notes a change of the caller's account in the audit log. */
MUST_CHECK enum status account_note(struct call *call, const char *field, const char *before,
                                    const char *after);
