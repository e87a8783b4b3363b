/* The page that is shown of what is selected: its order, and how many there are in all. */
#pragma once

#include "shop/search_select.h"

enum search_sort {
    SORT_RELEVANCE, /* best match, then shorter name, then newest; without words, newest */
    SORT_PRICE_ASC,
    SORT_PRICE_DESC,
    SORT_NAME_ASC, /* by the folded names' bytes */
    SORT_NAME_DESC,
    SORT_NEWEST,
};

enum {
    /* Of documents whose folded names start with the same bytes (name_key_bytes) at most this many are put in
     * order by their whole names; more than that stand newest first. A name takes some 3 us to read. */
    name_ties_max = 4096,
};

/* The `seq` of the documents from `offset` on, at most `limit`, in order; `total` gets how many are selected
 * in all. */
MUST_CHECK enum status select_page(struct tx *tx, const struct selection *selection, enum search_sort sort,
                                   int64_t limit, int64_t offset, int64_t **out, size_t *count,
                                   int64_t *total);
