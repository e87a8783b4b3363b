/* What several resources say of orders. */
#pragma once

#include "api/call.h"

#define EXAMPLE_ORDER_ID "\"0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e\""

extern const struct model order_read, order_event_read, fulfillment_read, refund_read;

/* The session whose order an endpoint of shoppers and the staff may read; NULL: the staff reads any. */
const struct uuid *order_reader(const struct call *call);

/* Whether the caller may see an order's email address: its shopper, and the staff with customers:read. */
bool order_shows_mail(const struct call *call);
