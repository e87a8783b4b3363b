/* Carriers whose pages show where a parcel is. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

struct carrier {
    const char *code, *name; /* `dhl`, `DHL` */
    const char *url;         /* a number goes behind it */
};

/* Finds a carrier by its code or its name, in any case; NULL: it is not in the table. */
const struct carrier *carrier_find(struct str text);

/* Writes the link to the parcel with this number; absent if the carrier is not in the table, there is no number, or there
 * is no memory. */
struct str carrier_link(struct arena *arena, struct str carrier, struct str number);
