/* Shopify's product CSV, with the heads of before and after 2025.
 *
 * The rows of one handle follow each other. The first has what belongs to the product; each row with an option, a SKU
 * or a price is a variant; the others are further pictures:
 *
 *     Handle │ Title │ Body  │ Option1 Value │ Variant Price │ Image Src
 *     shirt  │ Shirt │ <p>…  │ S             │ 19.00         │ a.jpg      Shirt – S
 *     shirt  │       │       │ M             │ 19.00         │ b.jpg      Shirt – M, a further picture
 *     shirt  │       │       │               │               │ c.jpg      a further picture */
#include "files/foreign/html_text.h"
#include "files/foreign/internal.h"

static const struct foreign_column shopify_columns[] = {
    {"Handle", FIELD_HANDLE, NULL},
    {"URL handle", FIELD_HANDLE, NULL},
    {"Title", FIELD_TITLE, NULL},
    {"Body (HTML)", FIELD_BODY, NULL},
    {"Description", FIELD_BODY, NULL},
    {"Type", FIELD_CATEGORY, NULL},
    {"Product Category", FIELD_CATEGORY_2, NULL},
    {"Status", FIELD_STATUS, NULL},
    {"Published", FIELD_PUBLISHED, NULL},
    {"Published on online store", FIELD_PUBLISHED, NULL},
    {"Gift Card", FIELD_GIFT_CARD, NULL},
    {"Option# Value", FIELD_OPTION, NULL},
    {"Option# *", FIELD_NONE, NULL},
    {"Variant SKU", FIELD_SKU, "SKUs"},
    {"SKU", FIELD_SKU, "SKUs"},
    {"Variant Price", FIELD_PRICE, NULL},
    {"Price", FIELD_PRICE, NULL},
    {"Variant Inventory Qty", FIELD_STOCK, NULL},
    {"Inventory quantity", FIELD_STOCK, NULL},
    {"Variant Inventory Tracker", FIELD_TRACKED, NULL},
    {"Inventory tracker", FIELD_TRACKED, NULL},
    {"Image Src", FIELD_IMAGE, NULL},
    {"Product image URL", FIELD_IMAGE, NULL},
    {"Variant Image", FIELD_VARIANT_IMAGE, NULL},
    {"Variant image URL", FIELD_VARIANT_IMAGE, NULL},
    {"Image Alt Text", FIELD_NONE, "texts of pictures"},
    {"Image Position", FIELD_NONE, NULL},
    {"Vendor", FIELD_NONE, "vendors"},
    {"Tags", FIELD_NONE, "tags"},
    {"Variant Compare At Price", FIELD_NONE, "compare-at prices"},
    {"Compare-at price", FIELD_NONE, "compare-at prices"},
    {"Cost per item", FIELD_NONE, "costs"},
    {"Variant Barcode", FIELD_NONE, "barcodes"},
    {"Barcode", FIELD_NONE, "barcodes"},
    {"Variant Grams", FIELD_NONE, "weights"},
    {"Weight value (grams)", FIELD_NONE, "weights"},
    {"Variant Weight Unit", FIELD_NONE, NULL},
    {"Weight unit for display", FIELD_NONE, NULL},
    {"Variant Inventory Policy", FIELD_NONE, "variants that could be sold without stock"},
    {"Continue selling when out of stock", FIELD_NONE, "variants that could be sold without stock"},
    {"Variant Fulfillment Service", FIELD_NONE, NULL},
    {"Fulfillment service", FIELD_NONE, NULL},
    {"Variant Requires Shipping", FIELD_NONE, NULL},
    {"Requires shipping", FIELD_NONE, NULL},
    {"Variant Taxable", FIELD_NONE, NULL},
    {"Charge tax", FIELD_NONE, NULL},
    {"Variant Tax Code", FIELD_NONE, "tax codes"},
    {"Tax code", FIELD_NONE, "tax codes"},
    {"Unit price *", FIELD_NONE, "unit prices"},
    {"SEO *", FIELD_NONE, "SEO texts"},
    {"Google Shopping / *", FIELD_NONE, "Google Shopping fields"},
    {"*(product.metafields.*", FIELD_NONE, "meta fields"},
    {"Metafield: *", FIELD_NONE, "meta fields"},
    {"Included / *", FIELD_NONE, NULL},
    {"Price / *", FIELD_NONE, "prices of other markets"},
    {"Compare At Price / *", FIELD_NONE, "prices of other markets"},
};

/* Reads the first row of a product. */
static enum status shopify_begin(struct foreign *f, struct arena *arena, struct foreign_row *row) {
    struct str handle = row->values[FIELD_HANDLE], *body = &row->values[FIELD_BODY];
    if (!row->values[FIELD_TITLE].data)
        return foreign_fail(f, "no title; the first row of the handle '%.*s' has one",
                            (int)(handle.size < 100 ? handle.size : 100), handle.data);
    if (body->data) {
        *body = html_to_text(arena, *body, false);
        if (!body->data)
            return STATUS_NO_MEMORY;
    }
    return foreign_keep_product(f, row) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Returns why a product is not brought over; NOTE_COUNT if it is. */
static enum foreign_note shopify_reason(const struct foreign_row *product) {
    struct str status = product->values[FIELD_STATUS], published = product->values[FIELD_PUBLISHED];
    if (foreign_is_true(product->values[FIELD_GIFT_CARD]))
        return NOTE_GIFT_CARD;
    if (str_equal_nocase(status, STR("archived")))
        return NOTE_ARCHIVED;
    if (str_equal_nocase(status, STR("unlisted")))
        return NOTE_HIDDEN;
    if (status.data && !str_equal_nocase(status, STR("active")))
        return NOTE_DRAFT;
    return published.data && !foreign_is_true(published) ? NOTE_UNPUBLISHED : NOTE_COUNT;
}

static enum status shopify_variant(struct foreign *f, struct arena *arena, const struct foreign_row *row,
                                   struct foreign_product *out) {
    const struct str *values = row->values, *product = f->product.values;
    bool tracked = values[FIELD_TRACKED].data || (!f->has_field[FIELD_TRACKED] && values[FIELD_STOCK].data);
    out->key = foreign_key(arena, "shopify", product[FIELD_HANDLE], row);
    out->name = foreign_variant_name(arena, product[FIELD_TITLE], row);
    out->description = product[FIELD_BODY];
    out->category =
        product[FIELD_CATEGORY].data ? product[FIELD_CATEGORY] : foreign_path_end(product[FIELD_CATEGORY_2]);
    out->image_url = values[FIELD_VARIANT_IMAGE].data ? values[FIELD_VARIANT_IMAGE] : product[FIELD_IMAGE];
    out->price = foreign_price(f, arena, values[FIELD_PRICE]);
    return foreign_stock(f, arena, values[FIELD_STOCK], tracked, out);
}

static enum status shopify_read(struct foreign *f, struct arena *arena, struct foreign_row *row,
                                struct foreign_product *out) {
    const struct str *values = row->values;
    struct str handle = values[FIELD_HANDLE], image = values[FIELD_IMAGE];
    if (!handle.data)
        return foreign_fail(f, "no handle");
    bool first = !f->product.values[FIELD_HANDLE].data || !str_equal(handle, f->product.values[FIELD_HANDLE]);
    if (first)
        TRY(shopify_begin(f, arena, row));
    bool variant = first || values[FIELD_SKU].data || values[FIELD_PRICE].data;
    for (int i = 0; i < foreign_options_max; i++)
        variant = variant || values[FIELD_OPTION + i].data;
    enum foreign_note reason = shopify_reason(&f->product);
    if (reason != NOTE_COUNT)
        return variant ? foreign_leave_out(f, reason) : STATUS_NOT_FOUND;
    f->notes[NOTE_IMAGES] += !first && image.data && !str_equal(image, values[FIELD_VARIANT_IMAGE]) &&
                             !str_equal(image, f->product.values[FIELD_IMAGE]);
    f->counts_row = true;
    if (!variant)
        return STATUS_NOT_FOUND;
    if (!values[FIELD_PRICE].data)
        return foreign_leave_out(f, NOTE_NO_PRICE);
    return shopify_variant(f, arena, row, out);
}

const struct foreign_system foreign_shopify = {
    .title = "Shopify",
    .columns = shopify_columns,
    .column_count = sizeof shopify_columns / sizeof *shopify_columns,
    .marks = (const char *const[]){"Handle", "Title", "Variant Price", NULL, "URL handle", "Title", "Price",
                                   NULL, NULL},
    .needed = (const int[]){FIELD_HANDLE, FIELD_TITLE, FIELD_PRICE, -1},
    .read = shopify_read,
};
