/* Products that nobody had to write, for trying out and measuring a shop of any size: names of a brand, a
 * word or two, a thing and a model; descriptions of common words and of several thousand made-up ones, used
 * as unevenly as words are (Zipf); 40 categories; prices spread evenly over their orders of magnitude. */
#pragma once

#include "shop/catalogue.h"

/* The next product of the catalogue that `random` (a seeded one) stands for; its texts live in the arena. */
MUST_CHECK enum status made_up_product(struct arena *arena, const struct random *random, struct product *out);
