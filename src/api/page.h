/* The paging that lists share. */
#pragma once

#include "model/model.h"

struct page {
    int64_t limit, offset;
};

extern const struct model page_query;
