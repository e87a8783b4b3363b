/* An order as the staff sees it. */
#pragma once

#include "api/call.h"

struct desk_order;
extern const struct model desk_order_read, desk_path;

struct desk_path {
    struct uuid order_id;
};

/* Fills in a struct of desk_order_read: any order. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status desk_order_show(struct call *call, const struct uuid *id, struct desk_order *out);
