/* What the staff may do. A scope is one permission, and each endpoint of the staff names the scope that it needs.
 * A role is a fixed set of scopes. The list is the contract of keys: a name that was released is never renamed. */
#pragma once

#include "base/str.h"

#include <stdint.h>

/* X(member, name). New scopes go to the end, because a set of scopes is stored as names but used as bits. */
#define SCOPE_LIST(X)                                                                                        \
    X(PRODUCTS_READ, "products:read")                                                                        \
    X(PRODUCTS_WRITE, "products:write")                                                                      \
    X(ORDERS_READ, "orders:read")                                                                            \
    X(ORDERS_WRITE, "orders:write")                                                                          \
    X(ORDERS_FULFIL, "orders:fulfil")                                                                        \
    X(ORDERS_REFUND, "orders:refund")                                                                        \
    X(CUSTOMERS_READ, "customers:read")                                                                      \
    X(CUSTOMERS_WRITE, "customers:write")                                                                    \
    X(REVIEWS_MODERATE, "reviews:moderate")                                                                  \
    X(DISCOUNTS_WRITE, "discounts:write")                                                                    \
    X(SETTINGS_WRITE, "settings:write")                                                                      \
    X(WEBHOOKS_WRITE, "webhooks:write")                                                                      \
    X(STAFF_WRITE, "staff:write")                                                                            \
    X(ACCOUNTS_SIGN_IN, "accounts:sign_in")                                                                  \
    X(AUDIT_READ, "audit:read")

enum scope {
    SCOPE_NONE, /* of an endpoint that is not the staff's */
#define SCOPE_ENUM(member, name) SCOPE_##member,
    SCOPE_LIST(SCOPE_ENUM)
#undef SCOPE_ENUM
        SCOPE_COUNT
};

/* A set of scopes: bit n is scope n. */
typedef uint32_t scope_set;
_Static_assert(SCOPE_COUNT <= 32, "a set has a bit for each scope");

static inline scope_set scope_bit(enum scope scope) {
    return (scope_set)1 << scope;
}

/* All scopes, which the owner has. */
#define scopes_all ((scope_set)(((uint64_t)1 << SCOPE_COUNT) - 2))

/* ROLE_CUSTOM is a key's whose scopes are those of no role. */
enum role {
    ROLE_CUSTOM,
    ROLE_OWNER,
    ROLE_MANAGER,
    ROLE_CATALOGUE,
    ROLE_FULFILMENT,
    ROLE_SUPPORT,
    ROLE_COUNT
};

/* Names by enum scope (that of SCOPE_NONE is empty) and by enum role. NULL ends each list. */
extern const char *const scope_names[SCOPE_COUNT + 1];
extern const char *const role_names[ROLE_COUNT + 1];

/* Returns a role's scopes; none of ROLE_CUSTOM. */
scope_set role_scopes(enum role role);

/* Returns the role that has these scopes, or ROLE_CUSTOM. */
enum role role_of(scope_set scopes);
