#include "pay/mock_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool add_chunk(struct rows *rows) {
    if (rows->chunk_count == rows->chunk_room) {
        size_t room = rows->chunk_room ? rows->chunk_room * 2 : 8;
        unsigned char **chunks = realloc(rows->chunks, room * sizeof *chunks);
        if (!chunks)
            return false;
        rows->chunks = chunks;
        rows->chunk_room = room;
    }
    unsigned char *chunk = calloc(rows_in_chunk, rows->row_size);
    if (chunk)
        rows->chunks[rows->chunk_count++] = chunk;
    return chunk != NULL;
}

void *rows_add(struct rows *rows) {
    if (rows->count == INT32_MAX)
        return NULL;
    if (rows->count == rows->chunk_count * rows_in_chunk && !add_chunk(rows))
        return NULL;
    void *row = rows_at(rows, rows->count++);
    memset(row, 0, rows->row_size);
    return row;
}

void rows_drop(struct rows *rows) {
    rows->count--;
}

void *rows_at(const struct rows *rows, size_t number) {
    return rows->chunks[number / rows_in_chunk] + number % rows_in_chunk * rows->row_size;
}

void rows_free(struct rows *rows) {
    for (size_t i = 0; i < rows->chunk_count; i++)
        free(rows->chunks[i]);
    free(rows->chunks);
}

/* A slot keeps 32 bits, which are enough to move it when the slots are doubled. */
static uint32_t fold(uint64_t hash) {
    return (uint32_t)(hash ^ hash >> 32);
}

int64_t index_next(const struct table_index *index, struct table_search *search) {
    uint32_t hash = fold(search->hash);
    while (search->step < index->room) {
        const struct table_slot *slot = &index->slots[(hash + search->step++) & (index->room - 1)];
        if (slot->row == 0)
            return row_none;
        if (slot->hash == hash)
            return slot->row - 1;
    }
    return row_none;
}

static void put(struct table_index *index, struct table_slot slot) {
    size_t at = slot.hash & (index->room - 1);
    while (index->slots[at].row)
        at = (at + 1) & (index->room - 1);
    index->slots[at] = slot;
}

bool index_reserve(struct table_index *index) {
    if (index->used + 1 <= index->room / 3 * 2)
        return true;
    struct table_index larger = {.room = index->room ? index->room * 2 : 64, .used = index->used};
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < index->room; i++)
        if (index->slots[i].row)
            put(&larger, index->slots[i]);
    free(index->slots);
    *index = larger;
    return true;
}

void index_put(struct table_index *index, uint64_t hash, size_t row) {
    assert(index->used < index->room);
    put(index, (struct table_slot){fold(hash), (int32_t)row + 1});
    index->used++;
}

void index_free(struct table_index *index) {
    free(index->slots);
}

uint64_t bytes_hash(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    hash = hash ? hash : UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}
