/* What an address of mail is found by. */
#pragma once

#include "base/arena.h"

/* Folds an address for comparison: lower case whole, and no dot or plus taken out. Addresses are ASCII (model/email.h), so
 * they are in NFC already. In the arena; absent without memory, and for an absent address. */
struct str email_key(struct arena *arena, struct str email);
