/* What an import would do. Rows are compared with the shop as it is, in short read transactions, so that the log of a shop
 * that is served does not grow meanwhile. Whether a new product's id or key came in a row above is found in a table of
 * hashes of 64 bits:
 *
 *     id ──┐            slot = hash mod room; taken by another hash: the next one
 *     key ─┴─► hash ──► | 0 | h | 0 | h | h | 0 | …
 *
 * It takes 16 bytes for each id and key, so it has a bound: of files with more, the rows above it are not compared with each
 * other here, and the import itself finds what is there twice. */
#include "files/import/internal.h"

#include "base/clock.h"

#include <stdlib.h>

enum { slots_first = 1024, slots_max = 1 << 22, slice_rows = 4 * import_show_every };

struct seen_set {
    uint64_t *slots; /* 0: free */
    size_t room, count;
};

static uint64_t seen_hash(struct str bytes, uint64_t seed) {
    uint64_t h = 0xCBF29CE484222325u ^ seed; /* FNV-1a */
    for (size_t i = 0; i < bytes.size; i++)
        h = (h ^ (unsigned char)bytes.data[i]) * 0x100000001B3u;
    h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9u; /* its high bits would hardly depend on the last bytes */
    h ^= h >> 32;
    return h ? h : 1;
}

/* Puts a hash into a table that has room; returns whether it was there. */
static bool seen_put(struct seen_set *set, uint64_t hash) {
    size_t i = hash & (set->room - 1);
    while (set->slots[i] && set->slots[i] != hash)
        i = (i + 1) & (set->room - 1);
    bool was_there = set->slots[i] == hash;
    set->slots[i] = hash;
    set->count += !was_there;
    return was_there;
}

/* Doubles the room if half of it is taken. False if it is full, or without memory. */
static bool seen_make_room(struct seen_set *set) {
    struct seen_set larger = {.room = set->room ? 2 * set->room : slots_first};
    if (2 * set->count < set->room)
        return true;
    if (larger.room > slots_max)
        return false;
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < set->room; i++)
        if (set->slots[i])
            seen_put(&larger, set->slots[i]);
    free(set->slots);
    *set = larger;
    return true;
}

/* Whether a row above had the id or the key of a new product. */
static bool seen_before(struct seen_set *set, const struct product *product) {
    static const struct uuid nil;
    struct str id = {(const char *)product->id.bytes, sizeof product->id.bytes};
    bool found = false;
    if (!uuid_equal(&product->id, &nil) && seen_make_room(set))
        found |= seen_put(set, seen_hash(id, 1));
    if (product->key.data && seen_make_room(set))
        found |= seen_put(set, seen_hash(product->key, 2));
    return found;
}

/* Returns what is wrong with a row, or NULL, and counts it. */
static const char *import_check_row(struct import_run *run, struct shop_ctx *ctx, struct seen_set *set,
                                    const struct product *product, enum status *s) {
    enum import_match match = MATCH_NEW;
    const char *error = import_row_lacks_key(run, product);
    *s = STATUS_OK;
    if (error)
        return error;
    *s = import_update_compare(&run->update, ctx, product, run->updates, &match);
    if (*s == STATUS_OK && match == MATCH_NEW && seen_before(set, product))
        *s = STATUS_PRODUCT_EXISTS;
    run->added += *s == STATUS_OK && match == MATCH_NEW;
    if (*s != STATUS_PRODUCT_EXISTS)
        return NULL;
    *s = STATUS_OK;
    return import_row_exists(run);
}

/* Begins the next of the read transactions if this one has had its rows. The progress is reported in between, so that the
 * listener may write it down on the same connection. */
static enum status import_check_slice(struct import_run *run, struct shop_ctx *ctx, int64_t at_bytes) {
    if (run->row_count % slice_rows != 0)
        return STATUS_OK;
    db_rollback(ctx->db);
    import_show(run, run->size_bytes ? (double)at_bytes / (double)run->size_bytes : 0, run->row_count,
                " checked");
    return run->should_stop ? STATUS_STOPPING : db_begin(ctx->db, false);
}

static enum status import_check_rows(struct import_run *run, struct shop_ctx *ctx, struct seen_set *set) {
    struct spooled row;
    enum status s = STATUS_OK;
    for (; s == STATUS_OK && !atomic_load(&run->stop_writing); run->row_count++) {
        s = spool_take(&run->spool, &row);
        if (s == STATUS_OK)
            s = import_check_slice(run, ctx, row.at_bytes);
        if (s != STATUS_OK)
            break;
        const char *error = import_check_row(run, ctx, set, &row.product, &s);
        if (error && !import_remark_bad_row(run, row.line, error))
            s = STATUS_INVALID;
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

enum status import_check(struct import_run *run, const struct shop_ctx *ctx) {
    struct shop_ctx own = *ctx;
    struct seen_set set = {.slots = NULL};
    int64_t newest = 0;
    TRY(db_begin(own.db, false));
    enum status s = product_newest_seq(&own, &newest);
    if (s == STATUS_OK)
        s = import_update_open(&run->update, newest + 1);
    if (s == STATUS_OK)
        s = import_check_rows(run, &own, &set);
    db_rollback(own.db);
    import_update_close(&run->update);
    free(set.slots);
    return s == STATUS_OK && import_is_spoilt(run) ? STATUS_INVALID : s;
}
