/* Stock: the one place where it moves.
 *
 * `stock_quantity` is what can still be bought. An order takes it when it is placed (reserved), and gives it
 * back once if it comes to nothing (returned) or keeps it for good when it is paid (sold). Each is written
 * down as a movement. */
#pragma once

#include "shop/tx.h"

/* Takes `quantity` (≥ 1) of an active product. `price` gets the product's price. STATUS_INSUFFICIENT_STOCK
 * where there is not that much, or the product is no longer sold. stock_reserved must follow in the same
 * transaction. */
MUST_CHECK enum status stock_take(struct tx *tx, int64_t product_seq, int64_t quantity, int64_t *price);

/* Says that stock_take of this follows. */
void stock_take_ahead(struct tx *tx, int64_t product_seq, int64_t quantity);

/* Writes down that the lines of an order hold what was taken for them. */
MUST_CHECK enum status stock_reserved(struct tx *tx, int64_t order_seq);

/* Takes once more what an order gave back, all of its lines, and writes that down. STATUS_INSUFFICIENT_STOCK
 * where some of it cannot be had; the caller rolls back. */
MUST_CHECK enum status stock_take_order(struct tx *tx, int64_t order_seq);

/* What can be bought of a product now; 0 where it is not sold any more. */
MUST_CHECK enum status stock_available(struct tx *tx, int64_t product_seq, int64_t *out);

/* Gives back all that an order holds. To be called once an order, by the change of its status. */
MUST_CHECK enum status stock_return(struct tx *tx, int64_t order_seq);

/* Writes down that what an order holds is sold. As above. */
MUST_CHECK enum status stock_sell(struct tx *tx, int64_t order_seq);
