/* The mock's Stripe-shaped port: a table of endpoints of its own, for api_options.groups. The API's provider
 * must be a mock (pay/mock.h). */
#pragma once

#include "api/endpoint.h"

extern const struct endpoint_group *const mock_stripe_endpoints[];
