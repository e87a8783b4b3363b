#include "api/page.h"

static const struct field fields[] = {PAGE_FIELDS(struct page)};
const struct model page_query = MODEL("Page", struct page, fields);
