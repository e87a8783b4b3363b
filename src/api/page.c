#include "api/page.h"

static const struct field fields[] = {
    INT_FIELD(struct page, limit, BETWEEN(1, 500), PRESET(100), .doc = "How many at most"),
    INT_FIELD(struct page, offset, BETWEEN(0, 10000), PRESET(0), .doc = "How many to skip"),
};
const struct model page_query = MODEL("Page", struct page, fields);
