#include "shop/staff/scopes.h"

const char *const scope_names[SCOPE_COUNT + 1] = {"",
#define SCOPE_NAME(member, name) name,
                                                  SCOPE_LIST(SCOPE_NAME)
#undef SCOPE_NAME
};

const char *const role_names[ROLE_COUNT + 1] = {
    [ROLE_CUSTOM] = "custom",       [ROLE_OWNER] = "owner",           [ROLE_MANAGER] = "manager",
    [ROLE_CATALOGUE] = "catalogue", [ROLE_FULFILMENT] = "fulfilment", [ROLE_SUPPORT] = "support",
};

#define BIT(member) ((scope_set)1 << SCOPE_##member)

scope_set role_scopes(enum role role) {
    static const scope_set scopes[ROLE_COUNT] = {
        [ROLE_OWNER] = scopes_all,
        [ROLE_MANAGER] = scopes_all & ~BIT(STAFF_WRITE),
        [ROLE_CATALOGUE] = BIT(PRODUCTS_READ) | BIT(PRODUCTS_WRITE),
        [ROLE_FULFILMENT] = BIT(ORDERS_READ) | BIT(ORDERS_FULFIL),
        [ROLE_SUPPORT] = BIT(ORDERS_READ) | BIT(ORDERS_WRITE) | BIT(ORDERS_REFUND) | BIT(CUSTOMERS_READ) |
                         BIT(REVIEWS_MODERATE),
    };
    return scopes[role];
}

enum role role_of(scope_set scopes) {
    for (int role = ROLE_OWNER; role < ROLE_COUNT; role++)
        if (role_scopes((enum role)role) == scopes)
            return (enum role)role;
    return ROLE_CUSTOM;
}
