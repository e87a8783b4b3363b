/* WooCommerce's product CSV, with English heads.
 *
 * A variable product has the texts that its variations share, and is not sold itself. A variation names it in `Parent`,
 * by its SKU or as `id:12`:
 *
 *     ID │ Type      │ SKU     │ Name   │ Regular price │ Parent │ Attribute 1 value(s)
 *     7  │ variable  │ tee     │ Tee    │               │        │ Red, Blue
 *     9  │ variation │ tee-red │ Tee    │ 20            │ tee    │ Red                    Tee – Red
 *
 * Variable products are kept, in a table by both names. A variation that comes before its product waits in a list until
 * the end of the file. */
#include "files/foreign/html_text.h"
#include "files/foreign/internal.h"

#include "model/number.h"

#include <string.h>

enum { kept_buckets = 4096 };

struct foreign_kept {
    struct foreign_kept *next;    /* in its bucket; of a variation: the next that waits */
    struct foreign_kept *product; /* of an entry by SKU: the entry by id, which has the rest */
    struct str name;              /* `id:12`, or the SKU */
    struct foreign_row row;
    enum foreign_note reason; /* why it is not brought over; NOTE_COUNT if it is */
    bool has_variations;
};

static const struct foreign_column woocommerce_columns[] = {
    {"ID", FIELD_ID, NULL},
    {"Type", FIELD_TYPE, NULL},
    {"SKU", FIELD_SKU, "SKUs"},
    {"Name", FIELD_TITLE, NULL},
    {"Published", FIELD_PUBLISHED, NULL},
    {"Visibility in catalog*", FIELD_VISIBILITY, NULL},
    {"Short description", FIELD_SUMMARY, NULL},
    {"Description", FIELD_BODY, NULL},
    {"Date sale price starts", FIELD_SALE_STARTS, NULL},
    {"Date sale price ends", FIELD_SALE_ENDS, NULL},
    {"Regular price", FIELD_PRICE, NULL},
    {"Sale price", FIELD_SALE_PRICE, NULL},
    {"In stock?", FIELD_IN_STOCK, NULL},
    {"Stock", FIELD_STOCK, NULL},
    {"Categories", FIELD_CATEGORY, NULL},
    {"Images", FIELD_IMAGE, NULL},
    {"Parent", FIELD_PARENT, NULL},
    {"Attribute # value(s)", FIELD_OPTION, NULL},
    {"Attribute # *", FIELD_NONE, NULL},
    {"GTIN*", FIELD_NONE, "barcodes"},
    {"Is featured?", FIELD_NONE, "featured products"},
    {"Tax status", FIELD_NONE, NULL},
    {"Tax class", FIELD_NONE, "tax classes"},
    {"Low stock amount", FIELD_NONE, "low-stock amounts"},
    {"Backorders allowed?", FIELD_NONE, "products that could be sold without stock"},
    {"Sold individually?", FIELD_NONE, "products sold one in an order"},
    {"Weight*", FIELD_NONE, "weights"},
    {"Length*", FIELD_NONE, "dimensions"},
    {"Width*", FIELD_NONE, "dimensions"},
    {"Height*", FIELD_NONE, "dimensions"},
    {"Allow customer reviews?", FIELD_NONE, NULL},
    {"Purchase note", FIELD_NONE, "purchase notes"},
    {"Tags", FIELD_NONE, "tags"},
    {"Shipping class", FIELD_NONE, "shipping classes"},
    {"Download limit", FIELD_NONE, NULL},
    {"Download expiry days", FIELD_NONE, NULL},
    {"Download # URL", FIELD_NONE, "files to download"},
    {"Download # *", FIELD_NONE, NULL},
    {"Grouped products", FIELD_NONE, "links between products"},
    {"Upsells", FIELD_NONE, "links between products"},
    {"Cross-sells", FIELD_NONE, "links between products"},
    {"External URL", FIELD_NONE, NULL},
    {"Button text", FIELD_NONE, NULL},
    {"Position", FIELD_NONE, NULL},
    {"Brands", FIELD_NONE, "brands"},
    {"Meta: *", FIELD_NONE, "meta fields"},
};

static size_t woocommerce_bucket(struct str name) {
    uint32_t hash = 2166136261;
    for (size_t i = 0; i < name.size; i++)
        hash = (hash ^ (unsigned char)name.data[i]) * 16777619;
    return hash % kept_buckets;
}

/* Returns the variable product of this name; NULL if none was kept so far. */
static struct foreign_kept *woocommerce_find(const struct foreign *f, struct str name) {
    struct foreign_kept *k = f->kept ? f->kept[woocommerce_bucket(name)] : NULL;
    while (k && !str_equal(k->name, name))
        k = k->next;
    return k && k->product ? k->product : k;
}

/* Copies a row to keep it until the end of the file. */
static struct foreign_kept *woocommerce_copy(struct foreign *f, const struct foreign_row *row) {
    struct foreign_kept *k = ARENA_NEW(&f->arena, struct foreign_kept);
    for (int i = 0; k && i < foreign_field_count; i++) {
        k->row.values[i] = arena_copy(&f->arena, row->values[i]);
        if (row->values[i].data && !k->row.values[i].data)
            return NULL;
    }
    if (k)
        k->row.line = row->line;
    return k;
}

static void woocommerce_insert(struct foreign *f, struct foreign_kept *k, struct str name) {
    struct foreign_kept **bucket = &f->kept[woocommerce_bucket(name)];
    k->name = name;
    k->next = *bucket;
    *bucket = k;
}

/* Returns the name that variations give a product by its id; absent without memory. */
static struct str woocommerce_id_name(struct foreign *f, struct str id) {
    struct buf name = buf_new(&f->arena);
    buf_put(&name, STR("id:"));
    buf_put(&name, id);
    return buf_ok(&name) ? buf_str(&name) : (struct str){0};
}

/* Keeps a variable product. */
static enum status woocommerce_keep(struct foreign *f, const struct foreign_row *row,
                                    enum foreign_note reason) {
    if (!f->kept)
        f->kept = arena_array(&f->arena, kept_buckets, sizeof(struct foreign_kept *));
    struct foreign_kept *k = f->kept ? woocommerce_copy(f, row) : NULL,
                        *by_sku = ARENA_NEW(&f->arena, struct foreign_kept);
    struct str name = woocommerce_id_name(f, row->values[FIELD_ID]);
    if (!k || !by_sku || !name.data)
        return STATUS_NO_MEMORY;
    k->reason = reason;
    woocommerce_insert(f, k, name);
    if (k->row.values[FIELD_SKU].data) {
        by_sku->product = k;
        woocommerce_insert(f, by_sku, k->row.values[FIELD_SKU]);
    }
    return STATUS_OK;
}

/* Returns a description with the line breaks that the export writes as `\n`. */
static struct str woocommerce_lines(struct arena *arena, struct str text) {
    struct buf out = buf_new(arena);
    for (size_t i = 0; i < text.size; i++) {
        bool escape = text.data[i] == '\\' && i + 1 < text.size;
        bool is_line = escape && text.data[i + 1] == 'n';
        bool is_literal = escape && i + 2 < text.size && text.data[i + 1] == '\\' && text.data[i + 2] == 'n';
        i += is_line || is_literal;
        buf_put_char(&out, is_line ? '\n' : text.data[i]);
    }
    return buf_ok(&out) ? buf_str(&out) : (struct str){0};
}

/* Makes plain text of a row's texts. A short description comes before the long one. */
static enum status woocommerce_texts(struct arena *arena, struct foreign_row *row) {
    static const int fields[] = {FIELD_TITLE, FIELD_SUMMARY, FIELD_BODY};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct str *text = &row->values[fields[i]];
        if (!text->data)
            continue;
        *text = html_to_text(arena, woocommerce_lines(arena, *text), true);
        if (!text->data)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

/* Returns the short description and the description; absent if both are. */
static enum status woocommerce_description(struct arena *arena, struct str summary, struct str body,
                                           struct str *out) {
    struct buf text = buf_new(arena);
    buf_put(&text, summary);
    if (summary.size > 0 && body.size > 0)
        buf_put(&text, STR("\n\n"));
    buf_put(&text, body);
    *out = text.size > 0 && buf_ok(&text) ? buf_str(&text) : (struct str){0};
    return buf_ok(&text) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum foreign_note woocommerce_reason(const struct foreign_row *row) {
    struct str published = row->values[FIELD_PUBLISHED];
    if (str_starts(published, STR("-1")))
        return NOTE_DRAFT;
    if (published.data && !foreign_is_true(published))
        return NOTE_UNPUBLISHED;
    return str_equal_nocase(row->values[FIELD_VISIBILITY], STR("hidden")) ? NOTE_HIDDEN : NOTE_COUNT;
}

/* Returns the sale price if it holds today, else the regular one. Dates are 2026-11-28 or longer. */
static struct str woocommerce_price(struct foreign *f, const struct str values[]) {
    struct str today = str_from(f->settings.today), start = values[FIELD_SALE_STARTS],
               end = values[FIELD_SALE_ENDS];
    start.size = start.size > today.size ? today.size : start.size;
    end.size = end.size > today.size ? today.size : end.size;
    bool holds =
        (!start.data || str_compare(start, today) <= 0) && (!end.data || str_compare(end, today) >= 0);
    if (!values[FIELD_SALE_PRICE].data || !holds)
        return values[FIELD_PRICE];
    f->notes[NOTE_SALE_PRICE]++;
    return values[FIELD_SALE_PRICE];
}

static enum status woocommerce_stock(struct foreign *f, struct arena *arena, const struct str values[],
                                     const struct str product[], struct foreign_product *out) {
    struct str stock = values[FIELD_STOCK], in_stock = values[FIELD_IN_STOCK];
    if (str_equal_nocase(stock, STR("parent"))) {
        f->notes[NOTE_SHARED_STOCK]++;
        stock = product[FIELD_STOCK];
    }
    if (!stock.data && in_stock.data && !foreign_is_true(in_stock) &&
        !str_equal_nocase(in_stock, STR("backorder")))
        stock = STR("0");
    return foreign_stock(f, arena, stock, stock.data, out);
}

/* Makes a product of a simple one, or of a variation and its variable product. */
static enum status woocommerce_product(struct foreign *f, struct arena *arena, struct foreign_row *row,
                                       const struct foreign_row *product, struct foreign_product *out) {
    struct str *values = row->values, price = woocommerce_price(f, values);
    const struct str *shared = product->values;
    struct str category = values[FIELD_CATEGORY].data ? values[FIELD_CATEGORY] : shared[FIELD_CATEGORY];
    struct str images = values[FIELD_IMAGE].data ? values[FIELD_IMAGE] : shared[FIELD_IMAGE];
    bool is_variation = row != product;
    int64_t count;
    if (!price.data)
        return foreign_leave_out(f, NOTE_NO_PRICE);
    out->name = is_variation ? foreign_variant_name(arena, shared[FIELD_TITLE], row) : values[FIELD_TITLE];
    if (is_variation && str_equal(out->name, shared[FIELD_TITLE]) && values[FIELD_TITLE].data)
        out->name = values[FIELD_TITLE]; /* of all values of its attributes */
    if (values[FIELD_ID].data)
        out->key = foreign_key(arena, "woocommerce", values[FIELD_ID], NULL);
    else
        out->key = foreign_key(arena, values[FIELD_SKU].data ? "woocommerce:sku" : "woocommerce:name",
                               values[FIELD_SKU].data ? values[FIELD_SKU] : out->name, NULL);
    out->category = foreign_path_end(foreign_list_first(arena, category, &count));
    if (out->category.data)
        out->category = html_to_text(arena, out->category, false);
    out->image_url = foreign_list_first(arena, images, &count);
    f->notes[NOTE_IMAGES] += count > 1 && values[FIELD_IMAGE].data ? count - 1 : 0;
    out->price = foreign_price(f, arena, price);
    TRY(woocommerce_description(arena, shared[FIELD_SUMMARY],
                                values[FIELD_BODY].data ? values[FIELD_BODY] : shared[FIELD_BODY],
                                &out->description));
    return woocommerce_stock(f, arena, values, shared, out);
}

/* Makes a product of a variation whose product is known. */
static enum status woocommerce_variation(struct foreign *f, struct arena *arena, struct foreign_row *row,
                                         struct foreign_kept *product, struct foreign_product *out) {
    enum foreign_note reason = woocommerce_reason(row);
    product->has_variations = true;
    if (reason == NOTE_COUNT)
        reason = product->reason;
    if (reason != NOTE_COUNT)
        return foreign_leave_out(f, reason);
    TRY(woocommerce_texts(arena, row));
    return woocommerce_product(f, arena, row, &product->row, out);
}

static enum status woocommerce_wait(struct foreign *f, const struct foreign_row *row) {
    struct foreign_kept *k = woocommerce_copy(f, row);
    if (!k)
        return STATUS_NO_MEMORY;
    if (!f->waiting)
        f->waiting_end = &f->waiting;
    *f->waiting_end = k;
    f->waiting_end = &k->next;
    return STATUS_NOT_FOUND;
}

static enum status woocommerce_simple(struct foreign *f, struct arena *arena, struct foreign_row *row,
                                      struct foreign_product *out) {
    enum foreign_note reason = woocommerce_reason(row);
    if (reason != NOTE_COUNT)
        return foreign_leave_out(f, reason);
    if (!row->values[FIELD_TITLE].data)
        return foreign_fail(f, "no name");
    TRY(woocommerce_texts(arena, row));
    for (int i = 0; i < foreign_options_max; i++)
        f->notes[NOTE_ATTRIBUTES] += row->values[FIELD_OPTION + i].data != NULL;
    return woocommerce_product(f, arena, row, row, out);
}

static enum status woocommerce_read(struct foreign *f, struct arena *arena, struct foreign_row *row,
                                    struct foreign_product *out) {
    struct str types = row->values[FIELD_TYPE], parent = row->values[FIELD_PARENT];
    struct str type = white_space_trim(str_cut(&types, ','));
    bool is_variation = str_equal_nocase(type, STR("variation")) || (type.size == 0 && parent.data);
    if (is_variation) {
        if (!parent.data)
            return foreign_fail(f, "a variation without a parent");
        struct foreign_kept *product = woocommerce_find(f, parent);
        f->counts_row = !product;
        return product ? woocommerce_variation(f, arena, row, product, out) : woocommerce_wait(f, row);
    }
    if (str_equal_nocase(type, STR("variable"))) {
        enum foreign_note reason = woocommerce_reason(row);
        int64_t images;
        if (!row->values[FIELD_TITLE].data)
            return foreign_fail(f, "no name");
        TRY(woocommerce_texts(arena, row));
        TRY(woocommerce_keep(f, row, reason));
        foreign_list_first(arena, row->values[FIELD_IMAGE], &images);
        f->counts_row = reason == NOTE_COUNT;
        f->notes[NOTE_IMAGES] += f->counts_row && images > 1 ? images - 1 : 0;
        return STATUS_NOT_FOUND;
    }
    if (str_equal_nocase(type, STR("grouped")))
        return foreign_leave_out(f, NOTE_GROUPED);
    if (str_equal_nocase(type, STR("external")))
        return foreign_leave_out(f, NOTE_EXTERNAL);
    if (type.size > 0 && !str_equal_nocase(type, STR("simple")))
        return foreign_leave_out(f, NOTE_OTHER_TYPE);
    return woocommerce_simple(f, arena, row, out);
}

/* Counts variable products that no variation has named. Done once, since `kept` is given up. */
static void woocommerce_count_unused(struct foreign *f) {
    for (size_t i = 0; f->kept && i < kept_buckets; i++)
        for (const struct foreign_kept *k = f->kept[i]; k; k = k->next)
            f->notes[NOTE_NO_VARIATIONS] += !k->product && !k->has_variations;
    f->kept = NULL;
}

static enum status woocommerce_read_waiting(struct foreign *f, struct arena *arena,
                                            struct foreign_product *out) {
    while (f->waiting) {
        struct foreign_kept *k = f->waiting;
        struct str parent = k->row.values[FIELD_PARENT];
        struct foreign_kept *product = woocommerce_find(f, parent);
        f->waiting = k->next;
        out->line = k->row.line;
        if (!product)
            return foreign_fail(f, "its parent '%.*s' is not a variable product of this file",
                                (int)(parent.size < 100 ? parent.size : 100), parent.data);
        enum status s = woocommerce_variation(f, arena, &k->row, product, out);
        if (s != STATUS_NOT_FOUND)
            return s;
    }
    woocommerce_count_unused(f);
    return STATUS_NOT_FOUND;
}

const struct foreign_system foreign_woocommerce = {
    .title = "WooCommerce",
    .columns = woocommerce_columns,
    .column_count = sizeof woocommerce_columns / sizeof *woocommerce_columns,
    .marks = (const char *const[]){"Type", "SKU", "Name", "Regular price", NULL, NULL},
    .hint = " if it is exported in English",
    .needed = (const int[]){FIELD_TYPE, FIELD_TITLE, FIELD_PRICE, -1},
    .read = woocommerce_read,
    .read_waiting = woocommerce_read_waiting,
};
