/* Cards' numbers, which must never reach a shop: a page gives them to the provider and gets an id. */
#pragma once

#include "base/uuid.h"
#include "model/json.h"

/* Whether some string or number in `value` (NULL: nothing) holds what is, by its length and its check digit,
 * the number of a card. */
bool card_in(const struct json *value);
