/* The order of the first products by their names.
 *
 * A score knows which words a name has, and not their order. So for `bike` the `Bike seat` comes before the
 * `Children's bike, 16 inch`: both have the word in the name, and the seat's name is shorter. The names of the first
 * products are read and say more:
 *
 *     Children's bike , 16 inch          Bike seat for children
 *                ↑ head                       ↑ head              the last word of what the name begins with: the thing
 *
 * - A name whose head is the query's head, or a synonym of it, gets rerank_head_points.
 * - Each two neighbours of the query that are neighbours in the name, in this order, get rerank_pair_points.
 *
 * Points are added to the score. Documents that lead stay before the tail. */
#pragma once

#include "shop/catalogue/catalogue.h"
#include "shop/search/query.h"

enum {
    /* Two pages of a usual shop. Every page that shows one of these ranks reads all of them, so that pages fit together. */
    rerank_count = 50,
    /* More than a stem (0.9) or a category (60) makes in a score, and less than a word in a name makes. */
    rerank_head_points = 200,
    rerank_pair_points = 100,
};

/* The points of a name. */
uint32_t rerank_points(struct stemmer *stemmer, const struct query *query, struct str name);

/* Orders the first rerank_count products by their scores and points. Of equal ones, those come last that are sold out,
 * and otherwise the order stays. `products` and `scores` have `count` elements, the best first. */
MUST_CHECK enum status rerank_products(const struct query *query, const uint16_t *scores,
                                       struct product *products, size_t count);
