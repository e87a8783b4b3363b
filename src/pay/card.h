/* Finds the numbers of payment cards. They must never reach a shop: the page gives a number to the provider
 * and gets an id for it. A shop that stores or logs one has to meet the card industry's rules (PCI DSS). */
#pragma once

#include "base/json.h"
#include "base/uuid.h"

/* Returns whether a string, number or name in `value` contains the number of a card, judged by its length (12
 * to 19 digits) and its check digit. False for NULL. */
bool card_in(const struct json *value);
