/* When orders of older databases were closed and refunded: the times of their stock's movements. For both engines. */
#pragma once

#define MOVEMENT_TIMES                                                                                       \
    "SELECT order_seq, max(CASE kind WHEN 'sold' THEN created_at END) AS sold_at,"                           \
    " max(CASE kind WHEN 'returned' THEN created_at END) AS returned_at FROM stock_movements"                \
    " GROUP BY order_seq"

/* Of an order `o` and its MOVEMENT_TIMES `m`. */
#define CLOSED_AT                                                                                            \
    "CASE WHEN o.status IN ('paid', 'refunded') THEN m.sold_at"                                              \
    " WHEN o.status IN ('cancelled', 'expired') THEN m.returned_at END"
#define REFUNDED_AT "CASE o.status WHEN 'refunded' THEN m.returned_at END"
