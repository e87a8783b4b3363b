/* How much a shop takes: bounds that more than one room holds its data to. */
#pragma once

#include <stdint.h>

/* 2^53 - 1: the largest amount or count that a JavaScript client keeps exactly. */
#define money_max INT64_C(9007199254740991)

enum {
    cart_lines_max = 100,
    cart_quantity_max = 10000, /* of one line, in one request */
    order_lines_max = 100,     /* as many as a cart has, so that a whole cart can be ordered at once */
};
