/* The query parameters that all lists share. */
#pragma once

#include "model/model.h"

enum { page_limit_max = 500, page_limit = 100, page_offset_max = 10000 };

/* The two fields of a page, for a struct that has them. */
#define PAGE_FIELDS(type)                                                                                    \
    INT_FIELD(type, limit, BETWEEN(1, page_limit_max), DEFAULT(page_limit), .doc = "How many at most"),      \
        INT_FIELD(type, offset, BETWEEN(0, page_offset_max), DEFAULT(0), .doc = "How many to skip")

struct page {
    int64_t limit, offset;
};

extern const struct model page_query;
