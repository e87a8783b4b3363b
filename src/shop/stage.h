/* Adding so many products that one transaction would hold the writer for too long: an import.
 *
 * What is added is staged: written in short turns where nobody sees it, and published by one last
 * transaction, which only says from when on it is there and adds up the categories. It costs the same whether
 * ten products are published or a million. Until then every read of the catalogue, the search and the
 * categories is as if nothing had been written, however the program ends.
 *
 * Where it is staged: in the tables themselves, from `staged_seq` on (catalogue.h). That lies a little above
 * the newest product, which leaves room for products that the admin adds in the meantime; the import's come
 * after them, since they are seen after them. Its terms are counted in columns of their own until they are
 * seen (search_store.h), and its categories in staged_categories.
 *
 * There is one import at a time: DB_IMPORTING is claimed by it and given back by the system when it is
 * killed. By that the next one, or a server, tells what was broken off, and removes it, in turns too. */
#pragma once

#include "shop/catalogue.h"
#include "shop/turns.h"

enum {
    stage_categories_max = 64, /* counted in memory before they are written */
    category_bytes_max = 400,  /* 100 characters */
    stage_room_min = 1024,     /* products that can be added meanwhile; and a quarter of what is imported */
};

struct stage {
    struct search_bulk bulk;
    struct turns turns;
    int64_t number;   /* the import's */
    int64_t next_seq; /* its next product's */
    bool open;
    struct staged_category {
        char name[category_bytes_max];
        size_t size;
        int64_t count;
    } categories[stage_categories_max];
    size_t category_count;
};

/* Starts staging some `expected` products, once what is left of a broken import is removed, and with it the
 * first turn. STATUS_CONFLICT where another import is under way. The connection is for this alone from now
 * on. A stage that was begun must be closed; `turns.go_on` may be set at any time. */
MUST_CHECK enum status stage_begin(struct stage *stage, struct tx *tx, int64_t expected);

/* Adds a product. STATUS_PRODUCT_EXISTS where its id is taken, and more can be added. */
MUST_CHECK enum status stage_add(struct stage *stage, struct tx *tx, const struct product *given);

/* Writes what the index still waits for, and lets everything be seen. */
MUST_CHECK enum status stage_publish(struct stage *stage, struct tx *tx);

/* Ends staging. What was not published is removed, if it can be. */
void stage_close(struct stage *stage, struct tx *tx);

/* Whether something staged is there: an import is under way or was broken off. */
MUST_CHECK enum status stage_left(struct tx *tx, bool *out);

/* Removes what a broken import left, in turns of its own. DB_IMPORTING must be the caller's: only then is it
 * broken. */
MUST_CHECK enum status stage_sweep(struct turns *turns, struct tx *tx);
