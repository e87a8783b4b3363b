/* The staff's list of products.
 *
 * How it works: with a million products each way to look for them has its own bound.
 *
 *     without words           doc values (shop/index/doc_values.h), which products that are withdrawn have too: a scan
 *                             filters and ranks them in some milliseconds, whatever is asked for, and counts them
 *     low stock, newest       `scarce` by seq, downwards, or the products themselves from SCARCE_BELOW on: a page looks
 *                             at desk_looked_max of them at most
 *     low stock, other order  few scarce products are a filter of the scan. If they are many, the page looks through
 *                             the first thousand products of that order
 *     words                   the shop's search; behind what it finds, products that are withdrawn: whose name begins
 *                             with the words, or is among the newest and has them in it
 *     a key of an import      that product first
 *
 * So with low stock a page may be short, and its cursor leads on. Stock is no doc value and has no index, since each sale
 * would have to write it.
 *
 * A cursor is the last product's seq if the newest come first and there are no words, so that a list goes to its end. In
 * other orders it is an offset, which must not be beyond desk_offset_max: a client may send any number. */
#include "shop/desk/product_list.h"

#include "base/buf.h"
#include "shop/schema/scarce.h"

/* Products of an order that a page looks through for low stock. Their rows are in memory: of 40 KB at most, and mostly of
 * less than 1 KB. */
enum { low_looked_max = 1000 };

static bool desk_has_words(const struct desk_filter *f) {
    return str_trim(f->q).size > 0;
}

/* A cursor that is an offset is one more, because there is no cursor 0. */
static int64_t desk_offset(const struct desk_filter *f) {
    return f->cursor.is_set ? f->cursor.value - 1 : f->offset;
}

/* The cursor that an offset is; 0 beyond the last one. */
static int64_t desk_next_offset(int64_t offset) {
    return offset <= desk_offset_max ? offset + 1 : 0;
}

/* The search that a list without low stock is. */
static enum status desk_search_of(struct shop_ctx *ctx, const struct desk_filter *f, struct search *out) {
    struct str *category = ARENA_NEW(ctx->arena, struct str);
    if (!category)
        return STATUS_NO_MEMORY;
    *category = f->category;
    *out = (struct search){
        .q = f->q,
        .category = {category, f->category.size > 0},
        .sort = f->sort,
        .limit = f->limit,
        .offset = desk_offset(f),
        .include = INCLUDE_DESK,
        .side = !f->is_active.is_set ? SIDE_ANY
                : f->is_active.value ? SIDE_ACTIVE
                                     : SIDE_WITHDRAWN,
        .always_scans = true,
    };
    if (desk_has_words(f))
        out->side = SIDE_ACTIVE;
    return STATUS_OK;
}

/* How far a list has come in the order of its search. */
struct desk_progress {
    int64_t offset; /* of the next product to look at */
    int64_t total;  /* products of the order */
    bool ended;     /* nothing is behind */
};

/* Puts the products of a list that are low on the page, as far as it has room. Returns how many it has looked at. */
static size_t desk_keep_low(const struct list *found, const struct desk_filter *f, struct list *out) {
    int64_t skip = f->cursor.is_set ? 0 : f->offset; /* of those of low stock, so many are before the page */
    const struct product *products = found->data;
    struct product *kept = (struct product *)out->data;
    size_t i = 0;
    for (; i < found->count && out->count < (size_t)f->limit; i++)
        if (products[i].stock_quantity < f->stock_below.value && skip-- <= 0)
            kept[out->count++] = products[i];
    return i;
}

/* Looks for products of low stock in an order that has no index of stock: with a cursor from where `progress` is, and otherwise
 * from the beginning, because an offset counts those of low stock alone. */
static enum status desk_look_through(struct shop_ctx *ctx, const struct desk_filter *f, struct search *search,
                                     struct list *out, struct desk_progress *progress) {
    struct search_found found;
    int64_t offset = f->cursor.is_set ? progress->offset : 0;
    search->limit = low_looked_max;
    search->offset = offset;
    TRY(product_search(ctx, search, &found));
    size_t looked = desk_keep_low(&found.products, f, out);
    *progress = (struct desk_progress){
        .offset = offset + (int64_t)looked,
        .total = found.total + found.further,
        .ended = looked == found.products.count && found.products.count < low_looked_max,
    };
    return STATUS_OK;
}

/* Reads the active side of a list, or all of one without words, from `search->offset` on, which is that of `progress`. */
static enum status desk_search(struct shop_ctx *ctx, const struct desk_filter *f, struct search *search,
                               struct desk_products *out, struct desk_progress *progress) {
    struct search_found found;
    struct sold_out low;
    bool are_few = false;
    bool is_low = f->stock_below.is_set;
    if (is_low && f->stock_below.value <= SCARCE_BELOW_NUMBER)
        TRY(scarce_read(ctx, f->stock_below.value, &low, &are_few));
    if (is_low && !are_few)
        return desk_look_through(ctx, f, search, &out->products, progress);
    search->low = is_low ? &low : NULL;
    enum status s = product_search(ctx, search, &found);
    search->low = NULL; /* it ends with this function */
    TRY(s);
    out->products = found.products;
    progress->offset = search->offset + (int64_t)found.products.count;
    progress->total = found.total + found.further;
    progress->ended = progress->offset >= progress->total || (int64_t)found.products.count < search->limit;
    out->total = (struct maybe_int){!found.at_least, progress->total};
    return STATUS_OK;
}

/* ---- Newest first, of low stock. */

/* clang-format off */
#define LOW_OF(source)                                                                                       \
    SQL("SELECT l.seq FROM " source " l.seq < $1 AND l.seq >= $2"                                            \
        " AND (SELECT count(*) FROM products AS p"                                                           \
        " WHERE p.seq = l.seq AND p.stock_quantity < $3 AND ($4 < 0 OR p.is_active = $4)"                    \
        " AND ($5 = '' OR p.category = $5)) = 1 ORDER BY l.seq DESC LIMIT $6 OFFSET $7")
#define LAST_OF(source)                                                                                      \
    SQL("SELECT l.seq FROM " source " l.seq < $1 ORDER BY l.seq DESC LIMIT 1 OFFSET 9999")
enum desk_source { SOURCE_SCARCE, SOURCE_WITHDRAWN, SOURCE_PRODUCTS };
static const struct sql low_sql[] = {LOW_OF("scarce AS l WHERE"),
                                     LOW_OF("products AS l WHERE l.is_active = 0 AND"),
                                     LOW_OF("products AS l WHERE")};
static const struct sql last_sql[] = {LAST_OF("scarce AS l WHERE"),
                                      LAST_OF("products AS l WHERE l.is_active = 0 AND")};
/* clang-format on */
_Static_assert(desk_looked_max == 10000, "the statements have it too");

/* Finds where a page stops to look: at seqs from `before` downwards to `last`. Of all products it is told by their seqs, which
 * have few gaps. */
static enum status desk_find_last(struct shop_ctx *ctx, enum desk_source source, int64_t before,
                                  int64_t *last) {
    *last = 0;
    if (source == SOURCE_PRODUCTS)
        *last = before > desk_looked_max ? before - desk_looked_max : 0;
    else
        TRY(db_get_int(ctx->db, &last_sql[source], ARGS(db_int(before)), last));
    return STATUS_OK;
}

/* Reads the seqs of a statement, at most `limit`, and finishes it. */
static enum status desk_read_seqs(struct db_rows *rows, int64_t limit, int64_t *seqs, size_t *count) {
    for (*count = 0; *count < (size_t)limit && db_step(rows);)
        seqs[(*count)++] = db_column_int(rows, 0);
    return db_finish(rows);
}

/* Reads the products of these seqs. */
static enum status desk_read_products(struct shop_ctx *ctx, const int64_t *seqs, size_t count,
                                      struct product *out) {
    return products_by_seqs(ctx, seqs, count, INCLUDE_DESK, out);
}

static int64_t desk_active_number(const struct desk_filter *f) {
    return f->is_active.is_set ? f->is_active.value : -1;
}

static struct db_value desk_category(const struct desk_filter *f) {
    return db_text(f->category.data ? f->category : STR(""));
}

static enum status desk_list_low(struct shop_ctx *ctx, const struct desk_filter *f,
                                 struct desk_products *out) {
    enum desk_source source = f->is_active.is_set && !f->is_active.value    ? SOURCE_WITHDRAWN
                              : f->stock_below.value <= SCARCE_BELOW_NUMBER ? SOURCE_SCARCE
                                                                            : SOURCE_PRODUCTS;
    int64_t *seqs = arena_array(ctx->arena, (size_t)f->limit, sizeof *seqs);
    int64_t newest, last;
    size_t count;
    if (!seqs)
        return STATUS_NO_MEMORY;
    TRY(product_newest_seq(ctx, &newest));
    int64_t before = f->cursor.is_set && f->cursor.value <= newest ? f->cursor.value : newest + 1;
    TRY(desk_find_last(ctx, source, before, &last));
    TRY(desk_read_seqs(db_query(ctx->db, &low_sql[source],
                                ARGS(db_int(before), db_int(last), db_int(f->stock_below.value),
                                     db_int(desk_active_number(f)), desk_category(f), db_int(f->limit),
                                     db_int(f->cursor.is_set ? 0 : f->offset))),
                       f->limit, seqs, &count));
    TRY(desk_read_products(ctx, seqs, count, (struct product *)out->products.data));
    out->products.count = count;
    out->next = count == (size_t)f->limit ? seqs[count - 1] : last;
    return STATUS_OK;
}

/* ---- Words. */

/* The product whose id or key of an import the text is; a seq of 0: no product. */
static enum status desk_find_named(struct shop_ctx *ctx, const struct desk_filter *f, struct product *out) {
    static const struct sql id_sql = SQL("SELECT seq FROM products WHERE id = $1 AND " VISIBLE_PRODUCT);
    static const struct sql key_sql =
        SQL("SELECT seq FROM products WHERE import_key = $1 AND " VISIBLE_PRODUCT);
    struct str q = str_trim(f->q);
    struct uuid id;
    int64_t seq = 0;
    if (uuid_parse(q, &id, NULL))
        TRY(db_get_int(ctx->db, &id_sql, ARGS(db_uuid(&id)), &seq));
    if (seq == 0)
        TRY(db_get_int(ctx->db, &key_sql, ARGS(db_text(q)), &seq));
    *out = (struct product){.seq = 0};
    if (seq == 0)
        return STATUS_OK;
    TRY(desk_read_products(ctx, &seq, 1, out));
    bool fits = (!f->is_active.is_set || f->is_active.value == out->is_active.value) &&
                (!f->stock_below.is_set || out->stock_quantity < f->stock_below.value) &&
                (f->category.size == 0 || str_equal(f->category, out->category));
    if (!fits)
        out->seq = 0;
    return STATUS_OK;
}

/* Folds the ASCII letters, as lower() does on both engines. The texts that begin with it are from it to `end`. */
static enum status desk_prefix(struct shop_ctx *ctx, struct str q, struct str *from, struct str *end) {
    struct buf text = buf_new(ctx->arena);
    q = str_trim(q);
    for (size_t i = 0; i < q.size; i++)
        buf_put_char(&text, (char)(q.data[i] >= 'A' && q.data[i] <= 'Z' ? q.data[i] + 'a' - 'A' : q.data[i]));
    size_t size = text.size;
    buf_put(&text, STR("\xF4\x8F\xBF\xBF")); /* the last code point, that no text has */
    *from = (struct str){text.data, size};
    *end = buf_str(&text);
    return buf_ok(&text) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* clang-format off */
#define WITHDRAWN_NAMED(find)                                                                                \
    "SELECT f.seq FROM (SELECT seq FROM (SELECT seq, name FROM products WHERE is_active = 0"                 \
    " ORDER BY seq DESC LIMIT 5000) AS r WHERE " find "(lower(name), $1) > 0"                                \
    " UNION SELECT seq FROM (SELECT seq FROM products WHERE is_active = 0 AND lower(name) >= $1"             \
    " AND lower(name) < $2 ORDER BY lower(name) LIMIT 5000) AS b) AS f WHERE (SELECT count(*)"               \
    " FROM products AS p WHERE p.seq = f.seq AND (CAST($3 AS bigint) < 0 OR p.stock_quantity < $3)"          \
    " AND ($4 = '' OR p.category = $4)) = 1 ORDER BY f.seq DESC LIMIT $5 OFFSET $6"
/* clang-format on */
_Static_assert(desk_withdrawn_max == 5000, "the statement has it too");

/* Adds products that are withdrawn and match the words, from `offset` on, as far as the page has room. */
static enum status desk_add_withdrawn(struct shop_ctx *ctx, const struct desk_filter *f, int64_t offset,
                                      struct desk_products *out, size_t *added) {
    static const struct sql sql = {WITHDRAWN_NAMED("instr"), WITHDRAWN_NAMED("strpos")};
    int64_t room = f->limit - (int64_t)out->products.count;
    int64_t *seqs = arena_array(ctx->arena, (size_t)room, sizeof *seqs);
    struct product *products = (struct product *)out->products.data;
    struct str from, end;
    if (!seqs)
        return STATUS_NO_MEMORY;
    TRY(desk_prefix(ctx, f->q, &from, &end));
    TRY(desk_read_seqs(
        db_query(ctx->db, &sql,
                 ARGS(db_text(from), db_text(end), db_int(f->stock_below.is_set ? f->stock_below.value : -1),
                      desk_category(f), db_int(room), db_int(offset))),
        room, seqs, added));
    TRY(desk_read_products(ctx, seqs, *added, products + out->products.count));
    out->products.count += *added;
    return STATUS_OK;
}

/* Puts the product that was named first on the first page, in the place of its last one if that is full, and takes it out
 * of all others. Returns whether a product had to leave. */
static bool desk_put_first(const struct product *named, bool is_first, int64_t limit, struct list *list) {
    struct product *products = (struct product *)list->data;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (products[i].seq != named->seq)
            products[kept++] = products[i];
    list->count = kept;
    bool is_full = is_first && kept == (size_t)limit;
    if (!is_first)
        return false;
    if (is_full)
        list->count--;
    memmove(products + 1, products, list->count++ * sizeof *products);
    products[0] = *named;
    return is_full;
}

static enum status desk_list_words(struct shop_ctx *ctx, const struct desk_filter *f,
                                   struct desk_products *out) {
    struct search search;
    struct product named;
    struct desk_progress progress = {.offset = desk_offset(f), .ended = true};
    bool is_first = progress.offset == 0 && !f->cursor.is_set;
    if (progress.offset > desk_offset_max)
        return STATUS_OK;
    TRY(desk_find_named(ctx, f, &named));
    TRY(desk_search_of(ctx, f, &search));
    struct product *room = (struct product *)out->products.data;
    if (!f->is_active.is_set || f->is_active.value) {
        TRY(desk_search(ctx, f, &search, out, &progress));
        if (out->products.count > 0)
            memmove(room, out->products.data, out->products.count * sizeof *room);
        out->products.data = room;
    }
    if (progress.ended && !(f->is_active.is_set && f->is_active.value)) {
        size_t added = 0, wanted = (size_t)f->limit - out->products.count;
        int64_t active = progress.total;
        int64_t skip = progress.offset > active ? progress.offset - active : 0;
        TRY(desk_add_withdrawn(ctx, f, skip, out, &added));
        progress.offset = active + skip + (int64_t)added;
        progress.ended = added < wanted;
    }
    if (named.seq)
        progress.offset -= desk_put_first(&named, is_first, f->limit, &out->products);
    /* Withdrawn products with the words are not counted, and a product that was named may be without them. */
    out->total.is_set &= f->is_active.is_set && named.seq == 0;
    out->next = progress.ended ? 0 : desk_next_offset(progress.offset);
    return STATUS_OK;
}

/* ---- A list. */

static enum status desk_list_all(struct shop_ctx *ctx, const struct desk_filter *f,
                                 struct desk_products *out) {
    bool is_newest = f->sort == SORT_NEWEST || f->sort == SORT_RELEVANCE;
    struct search search;
    struct desk_progress progress = {.offset = desk_offset(f)};
    TRY(desk_search_of(ctx, f, &search));
    if (!is_newest && progress.offset > desk_offset_max)
        return STATUS_OK;
    if (is_newest && f->cursor.is_set) {
        search.before = f->cursor.value;
        search.offset = 0;
    }
    TRY(desk_search(ctx, f, &search, out, &progress));
    const struct product *products = out->products.data;
    bool is_full = out->products.count == (size_t)f->limit;
    if (is_newest)
        out->next = is_full ? products[out->products.count - 1].seq : 0;
    else
        out->next = progress.ended ? 0 : desk_next_offset(progress.offset);
    return STATUS_OK;
}

enum status desk_products_list(struct shop_ctx *ctx, const struct desk_filter *f, struct desk_products *out) {
    bool is_newest = f->sort == SORT_NEWEST || f->sort == SORT_RELEVANCE;
    struct product *room = arena_array(ctx->arena, (size_t)f->limit, sizeof *room);
    *out = (struct desk_products){.products = {room, 0}};
    if (!room)
        return STATUS_NO_MEMORY;
    if (desk_has_words(f))
        return desk_list_words(ctx, f, out);
    return is_newest && f->stock_below.is_set ? desk_list_low(ctx, f, out) : desk_list_all(ctx, f, out);
}
