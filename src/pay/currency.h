/* How a currency counts its amounts, and which of them can be charged, by Stripe's rules. */
#pragma once

#include "base/str.h"

#include <stdint.h>

/* The digits behind the point of an amount: 19.99 usd is 1999 minor units, 1999 jpy is 1999 of them, and 1.999 kwd is
 * 1999. Two if the currency is not known.
 *
 * These are Stripe's digits (docs.stripe.com/currencies, "Zero-decimal", "Three-decimal" and "Special cases"), not ISO
 * 4217's. Krónur and Ugandan shillings have no cents, and Stripe lists ugx as zero-decimal; yet its API takes both with
 * two digits, which must be 00: 5 isk is 500, and 5 ugx is 500. Forints and Taiwan dollars have two digits in a charge,
 * and none only in a payout. The last of three digits must be 0. */
int currency_digits(struct str code);

/* The smallest and the largest amount that one payment may have, in minor units. The minimum is Stripe's if the shop is
 * paid out in the same currency, and 1 for a currency without one. */
int64_t currency_amount_min(struct str code);
int64_t currency_amount_max(struct str code);
