#include "shop/search_page.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* What a document is ordered by: the smaller comes first, and of equal ones the newest. */
struct candidate {
    uint64_t major, minor;
    int64_t seq;
};

static bool before(const struct candidate *a, const struct candidate *b) {
    if (a->major != b->major)
        return a->major < b->major;
    if (a->minor != b->minor)
        return a->minor < b->minor;
    return a->seq > b->seq;
}

/* The first `room` candidates among those that were put in, as a heap with the last of them on top. Those
 * that tie with the last and found no room are kept too, up to name_ties_max of them, where `ties` is there:
 * which of them belongs on the page only their whole names can tell. */
struct top {
    struct candidate *at, *ties;
    size_t count, room, tie_count; /* tie_count goes on counting past name_ties_max */
    enum search_sort sort;
    bool by_score;
    int64_t total;
};

static bool tie(const struct candidate *a, const struct candidate *b) {
    return a->major == b->major && a->minor == b->minor;
}

static void sink(struct top *top, size_t at) {
    struct candidate c = top->at[at];
    for (size_t child; (child = 2 * at + 1) < top->count; at = child) {
        if (child + 1 < top->count && before(&top->at[child], &top->at[child + 1]))
            child++;
        if (!before(&c, &top->at[child]))
            break;
        top->at[at] = top->at[child];
    }
    top->at[at] = c;
}

/* One that is left out ties with the last of those that are in, or comes after it for good. */
static void leave_out(struct top *top, const struct candidate *c) {
    if (!top->ties || !tie(c, &top->at[0]))
        return;
    if (top->tie_count < name_ties_max)
        top->ties[top->tie_count] = *c;
    top->tie_count++;
}

static void top_put(struct top *top, const struct candidate *c) {
    if (top->count == top->room) {
        struct candidate last = top->at[0];
        if (!before(c, &last)) {
            leave_out(top, c);
            return;
        }
        top->at[0] = *c;
        sink(top, 0);
        if (!tie(&last, &top->at[0]))
            top->tie_count = 0;
        leave_out(top, &last);
        return;
    }
    size_t at = top->count++;
    for (; at > 0 && before(&top->at[(at - 1) / 2], c); at = (at - 1) / 2)
        top->at[at] = top->at[(at - 1) / 2];
    top->at[at] = *c;
}

/* Eight bytes as a number that orders as they do. */
static uint64_t big_endian(const char *bytes) {
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return be64toh(number);
}

/* The last eight of the name's bytes, without the one that is the first eight's last. */
static uint64_t second_part(const char *name) {
    _Static_assert(name_key_bytes == 15, "two parts of eight bytes share one");
    return big_endian(name + 7) & (UINT64_MAX >> 8);
}

/* The two parts of a name's key. */
static void set_name(struct candidate *c, const struct selected_block *block, size_t i) {
    assert(block->names);
    c->major = big_endian(block->names + i * name_key_bytes);
    c->minor = second_part(block->names + i * name_key_bytes);
}

static struct candidate candidate_of(const struct top *top, const struct selected_block *block, size_t i) {
    struct candidate c = {.seq = block->first + (int64_t)i};
    switch (top->sort) {
    case SORT_RELEVANCE:
        c.major = top->by_score ? (uint64_t)(UINT16_MAX - block->scores[i]) << 8 | block->lengths[i] : 0;
        break;
    case SORT_PRICE_ASC:
        c.major = (uint64_t)block->prices[i];
        break;
    case SORT_PRICE_DESC:
        c.major = ~(uint64_t)block->prices[i];
        break;
    case SORT_NAME_ASC:
        set_name(&c, block, i);
        break;
    case SORT_NAME_DESC:
        set_name(&c, block, i);
        c.major = ~c.major, c.minor = ~c.minor;
        break;
    case SORT_NEWEST:
        break;
    }
    return c;
}

static void visit_top(void *context, const struct selected_block *block) {
    struct top *top = context;
    for (size_t i = 0; i < block->count; i++) {
        struct candidate c = candidate_of(top, block, block->places[i]);
        top_put(top, &c);
        top->total++;
    }
}

static int compare(const void *a, const void *b) {
    return before(a, b) ? -1 : 1; /* no two have the same seq */
}

struct named {
    struct str name;
    struct candidate candidate;
};

static int compare_texts(struct str a, struct str b) {
    int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_names(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    int order = compare_texts(x->name, y->name);
    return order ? order : compare(&x->candidate, &y->candidate);
}

static int compare_names_down(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    int order = compare_texts(y->name, x->name);
    return order ? order : compare(&x->candidate, &y->candidate);
}

static enum status read_name(struct tx *tx, int64_t seq, struct str *out) {
    static const struct sql sql = {"SELECT name FROM products WHERE seq = $1", NULL};
    bool no_memory = false;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(seq)));
    *out = STR("");
    if (db_step(rows)) {
        struct str name = db_column_bytes(rows, 0);
        size_t room =
            name.size * 2 + fold_bytes_max; /* nearly all letters fold to fewer bytes; the rest is cut */
        char *folded = arena_grow(tx->arena, NULL, 0, room);
        no_memory = !folded;
        if (folded)
            *out = (struct str){folded, text_fold(name, folded, room)};
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && no_memory ? STATUS_NO_MEMORY : s;
}

/* Orders candidates that tie by their whole names. */
static enum status order_ties(struct tx *tx, enum search_sort sort, struct candidate *at, size_t count) {
    struct named *named = arena_array(tx->arena, count, sizeof *named);
    if (!named)
        return STATUS_NO_MEMORY;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < count && s == STATUS_OK; i++) {
        named[i].candidate = at[i];
        s = read_name(tx, at[i].seq, &named[i].name);
    }
    qsort(named, count, sizeof *named, sort == SORT_NAME_ASC ? compare_names : compare_names_down);
    for (size_t i = 0; i < count; i++)
        at[i] = named[i].candidate;
    return s;
}

/* Orders by whole names what the keys left open, as far as the page from `offset` on shows it. There is room
 * for the ties behind the others. Of too many ties none is moved, on whichever page, so that pages fit
 * together. */
static enum status sort_by_whole_names(struct tx *tx, struct top *top, size_t offset) {
    if (offset >= top->count)
        return STATUS_OK;
    bool whole = top->tie_count <= name_ties_max;
    if (whole) {
        memcpy(top->at + top->count, top->ties, top->tie_count * sizeof *top->at);
        top->count += top->tie_count;
    }
    enum status s = STATUS_OK;
    size_t first = offset;
    while (first > 0 && tie(&top->at[first - 1], &top->at[first]))
        first--;
    for (size_t end; first < top->count && s == STATUS_OK; first = end) {
        for (end = first + 1; end < top->count && tie(&top->at[first], &top->at[end]);)
            end++;
        size_t ties = end - first;
        if (ties > 1 && ties <= name_ties_max && (whole || end < top->count))
            s = order_ties(tx, top->sort, top->at + first, end - first);
    }
    return s;
}

static bool is_by_name(enum search_sort sort) {
    return sort == SORT_NAME_ASC || sort == SORT_NAME_DESC;
}

enum status select_page(struct tx *tx, const struct selection *selection, enum search_sort sort,
                        int64_t limit, int64_t offset, int64_t **out, size_t *count, int64_t *total) {
    struct top top = {.room = (size_t)(limit + offset), .sort = sort, .by_score = selection->hits != NULL};
    bool by_name = is_by_name(sort);
    top.at = arena_array(tx->arena, top.room + (by_name ? name_ties_max : 0), sizeof *top.at);
    top.ties = by_name ? arena_array(tx->arena, name_ties_max, sizeof *top.ties) : NULL;
    *out = arena_array(tx->arena, (size_t)limit, sizeof **out);
    if (!top.at || !*out || (by_name && !top.ties))
        return STATUS_NO_MEMORY;
    enum status s = select_blocks(tx, selection, by_name, visit_top, &top);
    if (s != STATUS_OK)
        return s;
    qsort(top.at, top.count, sizeof *top.at, compare);
    if (by_name)
        s = sort_by_whole_names(tx, &top, (size_t)offset);
    *count = 0;
    for (size_t i = (size_t)offset; i < top.count && *count < (size_t)limit; i++)
        (*out)[(*count)++] = top.at[i].seq;
    *total = top.total;
    return s;
}
