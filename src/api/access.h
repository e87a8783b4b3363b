/* Who may use an endpoint of the staff: the owner's token, a key, or a session of somebody who signed in, with the row's
 * scope.
 *
 * A browser sends a cookie also if another site's page makes the request. So a request that changes something and has
 * its access from a cookie must come from a page of the shop: its Origin must be the host that it goes to, or one of
 * --cors-origin; without an Origin, Sec-Fetch-Site must not say that the page is another site's. */
#pragma once

#include "api/call.h"
#include "password/hash.h"

enum { admin_hash_size = 32 };

/* What access is checked against. What it points at outlives the API. */
struct access_rules {
    uint8_t admin_hash[admin_hash_size];  /* SHA-256 of the admin's token, as it was at the start */
    bool is_token_stored;                 /* it may be another by now: the database has the one that counts */
    struct failure_counts *wrong_logins;  /* NULL: they are not counted, as the next */
    struct failure_counts *wrong_lookups; /* of orders by number and email address */
    struct failure_counts *wrong_keys;    /* of keys and sessions that do not exist */
    /* Those that were right count as one too many here, so that a flood from their network does not keep them out. */
    struct failure_counts *right_keys;
    struct pepper pepper;      /* of the passwords of the staff */
    const struct str *origins; /* whose pages may change something with a cookie of the staff */
    size_t origin_count;
    bool hides_staff; /* no credentials of the staff are taken: for a listener of shoppers */
    /* Of owners and managers, for what is not their own account's. A request that a proxy passed on always needs it. */
    bool needs_second_factor;
    bool second_factor_for_all; /* of every member, and of every request */
};

/* Checks the bearer token or the cookie of a call before its inputs are read. A key, a session or a token that is stored
 * needs the database: then access_is_pending, and access_check_database decides.
 * STATUS_NOT_AUTHENTICATED; STATUS_WRONG_TOKEN; STATUS_CROSS_SITE; STATUS_TOO_MANY. */
MUST_CHECK enum status access_check(struct call *call);

bool access_is_pending(const struct call *call);

/* Whether the staff acts, on an endpoint that takes shoppers and the staff: from access_check on as far as the credentials
 * say, and from access_check_database on for certain. */
bool call_is_staff(const struct call *call);

/* Refuses a network from which many wrong keys and tokens came, but not a credential that was right before:
 * STATUS_TOO_MANY. */
MUST_CHECK enum status access_check_flood(struct call *call, struct str credential);

/* Counts a credential that was looked up, for access_check_flood. */
void access_count(const struct call *call, struct str credential, enum status found);

/* Looks up the key or the session of a call, if it has one, in the transaction of its first step, and sets call->actor.
 * Then returns call->refusal, what the inputs were refused with: without access, a call does not learn that.
 * STATUS_WRONG_TOKEN; STATUS_NOT_AUTHENTICATED; STATUS_SCOPE; STATUS_SECOND_FACTOR_NEEDED. */
MUST_CHECK enum status access_check_database(struct call *call);

/* Looks up the key or the session of a stream once more, and sets call->actor. This does not count as a use of the session: it
 * ends in time even while a stream of it is open. STATUS_WRONG_TOKEN; STATUS_NOT_AUTHENTICATED. */
MUST_CHECK enum status access_check_again(struct call *call);

/* The name of the cookie that has a session of the staff. A name that begins with __Host- is only accepted over TLS, and
 * no other host can set it. */
struct str staff_cookie_name(const struct request *request);
