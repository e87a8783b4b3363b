/* A change of the shop by a command, in one transaction with its entry in the audit log. */
#pragma once

#include "shop/staff/audit_log.h"

struct shop_change {
    const char *action; /* `till synonyms` */
    /* Makes the change and says in `changes` what it was. Called again if it met another one at the same moment. */
    enum status (*run)(struct shop_ctx *ctx, void *context, struct change_list *changes);
    void *context;
    const struct uuid *target; /* the id of what is changed, from the end of `run` on; NULL: it has no id */
};

MUST_CHECK enum status shop_change_run(struct shop_ctx *ctx, const struct shop_change *change);
