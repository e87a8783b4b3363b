/* The mock's Stripe-shaped port: a table of endpoints of its own, for api_options.groups. The API's provider
 * must be a mock, and the server's executor that mock's (pay/mock/mock.h). */
#pragma once

#include "api/endpoint.h"

extern const struct endpoint_group *const mock_stripe_endpoints[];

/* For api_options.write_error: errors of HTTP, such as an unknown path, in Stripe's shape. Its clients take an answer
 * without `error` for a success. */
void mock_stripe_write_error(struct buf *out, const struct call *call);
