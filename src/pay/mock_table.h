/* Rows that are never taken out, and indexes over them: what the mock keeps of each intent, in little memory
 * and with addresses that stay.
 *
 * An index maps a 64-bit hash to row numbers; its owner compares the rows it finds. Its slots are doubled
 * when two thirds are taken. Not safe for two threads at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { rows_in_chunk = 4096, row_none = -1 };

struct rows {
    size_t row_size; /* set by its owner; all else is zero at first */
    size_t count, chunk_count, chunk_room;
    unsigned char **chunks;
};

/* A zeroed row at the end, whose number is rows->count - 1; NULL without memory or past 2^31 - 1 rows. */
void *rows_add(struct rows *rows);
/* Takes the last row away again. */
void rows_drop(struct rows *rows);
void *rows_at(const struct rows *rows, size_t number);
void rows_free(struct rows *rows);

struct table_slot {
    uint32_t hash; /* 32 bits of it */
    int32_t row;   /* and 1 more; 0 where the slot is free */
};

struct table_index {
    struct table_slot *slots;
    size_t room, used; /* room: a power of 2, or 0 */
};

/* Where a search in an index stands; start with the hash and zeros. */
struct table_search {
    uint64_t hash;
    size_t step;
};

/* The next row that was put in with this hash, or one that happens to look like it; row_none after the last.
 */
int64_t index_next(const struct table_index *index, struct table_search *search);

/* Makes room for one more, so that the next index_put cannot fail. False without memory. */
bool index_reserve(struct table_index *index);
void index_put(struct table_index *index, uint64_t hash, size_t row);
void index_free(struct table_index *index);

/* FNV-1a, 64 bits; `hash` is 0 at first, or that of what came before. */
uint64_t bytes_hash(uint64_t hash, const void *bytes, size_t size);
