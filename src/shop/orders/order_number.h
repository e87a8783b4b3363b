/* The number of an order for people, `K7QF9-29XM4`: the last 50 bits of its id, which are random, in Crockford's base 32.
 * So it is stored nowhere, and an order without any contact has one too. */
#pragma once

#include "base/uuid.h"

enum { order_number_size = 11 };

/* Writes the number of an id, or of 50 bits. */
void order_number_format(const struct uuid *id, char out[static order_number_size]);

void order_number_write(uint64_t bits, char out[static order_number_size]);

/* Reads a number in any way of writing: lower case, without its dash or with blanks, O for 0, I and L for 1.
 * `bits` gets its 50 bits. False if `text` is no number. */
bool order_number_parse(struct str text, uint64_t *bits);
