/* The mock: a provider inside this process that behaves as Stripe does with a key for tests. It is the
 * default, so that a shop can be tried out whole; no money moves. */
#pragma once

#include "pay/mock/account.h"
#include "pay/mock/faults.h"
#include "pay/mock/mock_options.h"

struct executor;

enum { mock_error_size = 600 };

/* Opens the mock. As a provider it differs from Stripe in one thing: `confirm` without a payment method takes
 * pm_card_visa, so that the shortest flow pays. On failure `error` (at least
 * mock_error_size) holds a sentence about it: STATUS_USAGE, STATUS_STORAGE or STATUS_NO_MEMORY. */
MUST_CHECK enum status mock_open(const struct mock_options *options, struct provider **out, char *error);

/* For the mock's Stripe-shaped port (api/mock_stripe). The executor runs jobs on the books. */
struct executor *mock_executor_of(struct provider *mock);
struct faults *mock_faults_of(struct provider *mock);

/* Sends the call's event, if it has one and there is a webhook. Its transaction has been committed. */
void mock_send_event(struct provider *mock, const struct mock_call *call);
