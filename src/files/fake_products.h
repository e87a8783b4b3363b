/* Invents products, for trying out and measuring a shop of any size. Their texts are distributed as real ones
 * are, because a search index is as fast as its texts let it be: names of a brand, a word or two, a thing and
 * a model; descriptions of common words and of several thousand invented ones, some used far more often than
 * others (Zipf); 40 categories; prices spread evenly over their orders of magnitude. */
#pragma once

#include "shop/catalogue/catalogue.h"

/* Makes the next product of the catalogue that `random` (a seeded one) stands for: the same seed gives the
 * same catalogue. Its texts live in the arena. */
MUST_CHECK enum status fake_product(struct arena *arena, const struct random *random, struct product *out);
