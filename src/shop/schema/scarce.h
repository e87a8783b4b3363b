/* Of how many units on a product's stock no longer counts as scarce: a table has those below, so that the few that run out
 * are found among a million (shop/search/sold_out.h). A product crosses it once on its way down, while most shops look
 * for less than that. */
#pragma once

#define SCARCE_BELOW_NUMBER 50

/* The same as a text, for the schemas. */
#define SCARCE_BELOW_OF(number) #number
#define SCARCE_BELOW_IN(number) SCARCE_BELOW_OF(number)
#define SCARCE_BELOW SCARCE_BELOW_IN(SCARCE_BELOW_NUMBER)
