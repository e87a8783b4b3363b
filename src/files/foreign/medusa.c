/* Medusa's product CSV. Each row is a variant, with its product's values.
 *
 *     version 1   Product Handle;…;Option 1 Value;Price USD            minor units
 *     version 2   Product Handle,…,Variant Option 1 Value,Variant Price USD   decimals */
#include "files/foreign/html_text.h"
#include "files/foreign/internal.h"

#include "model/number.h"

#include <stdio.h>

static const struct foreign_column medusa_columns[] = {
    {"Product Id", FIELD_NONE, NULL},
    {"Product Handle", FIELD_HANDLE, NULL},
    {"Product Title", FIELD_TITLE, NULL},
    {"Product Subtitle", FIELD_NONE, "subtitles"},
    {"Product Description", FIELD_BODY, NULL},
    {"Product Status", FIELD_STATUS, NULL},
    {"Product Is Giftcard", FIELD_GIFT_CARD, NULL},
    {"Product Thumbnail", FIELD_IMAGE, NULL},
    {"Image # Url", FIELD_IMAGE_2, "further pictures"},
    {"Product Image #*", FIELD_IMAGE_2, "further pictures"},
    {"Product Type", FIELD_CATEGORY, NULL},
    {"Product Collection Title", FIELD_CATEGORY_2, NULL},
    {"Variant Id", FIELD_ID, NULL},
    {"Variant SKU", FIELD_SKU, "SKUs"},
    {"Variant Title", FIELD_NONE, NULL},
    {"Variant Inventory Quantity", FIELD_STOCK, NULL},
    {"Variant Manage Inventory", FIELD_TRACKED, NULL},
    {"Variant Allow Backorder", FIELD_NONE, "variants that could be sold without stock"},
    {"Variant Option # Value", FIELD_OPTION, NULL},
    {"Option # Value", FIELD_OPTION, NULL},
    {"Variant Option # *", FIELD_NONE, NULL},
    {"Option # Name", FIELD_NONE, NULL},
    {"Variant Price *", FIELD_NONE, "prices in other currencies or regions"},
    {"Price *", FIELD_NONE, "prices in other currencies or regions"},
    /* An entry by which a missing price is reported: see medusa_open. */
    {"Variant Price USD (or of another --currency)", FIELD_PRICE, NULL},
    {"Product Collection *", FIELD_NONE, NULL},
    {"Product Type *", FIELD_NONE, NULL},
    {"Product Category *", FIELD_NONE, "categories, by their ids"},
    {"Product Tag*", FIELD_NONE, "tags"},
    {"Product Sales Channel *", FIELD_NONE, NULL},
    {"Sales Channel *", FIELD_NONE, NULL},
    {"Shipping Profile *", FIELD_NONE, NULL},
    {"Product Profile *", FIELD_NONE, NULL},
    {"Product Discountable", FIELD_NONE, NULL},
    {"Product Created At", FIELD_NONE, NULL},
    {"Product Updated At", FIELD_NONE, NULL},
    {"Product Deleted At", FIELD_NONE, NULL},
    {"Variant Created At", FIELD_NONE, NULL},
    {"Variant Updated At", FIELD_NONE, NULL},
    {"Variant Deleted At", FIELD_NONE, NULL},
    {"Variant Product Id", FIELD_NONE, NULL},
    {"Variant Variant Rank", FIELD_NONE, NULL},
    {"Product Weight", FIELD_NONE, "weights"},
    {"Variant Weight", FIELD_NONE, "weights"},
    {"Product Length", FIELD_NONE, "dimensions"},
    {"Product Width", FIELD_NONE, "dimensions"},
    {"Product Height", FIELD_NONE, "dimensions"},
    {"Variant Length", FIELD_NONE, "dimensions"},
    {"Variant Width", FIELD_NONE, "dimensions"},
    {"Variant Height", FIELD_NONE, "dimensions"},
    {"Variant Barcode", FIELD_NONE, "barcodes"},
    {"Variant EAN", FIELD_NONE, "barcodes"},
    {"Variant UPC", FIELD_NONE, "barcodes"},
};

/* Finds the column of the prices in the shop's currency. */
static enum status medusa_open(struct foreign *f, const struct str names[]) {
    char minor[16], decimal[24];
    snprintf(minor, sizeof minor, "Price %.3s", f->settings.currency.data);
    snprintf(decimal, sizeof decimal, "Variant Price %.3s", f->settings.currency.data);
    for (size_t i = 0; i < f->column_count; i++) {
        struct str name = white_space_trim(names[i]);
        bool is_minor = str_equal_nocase(name, str_from(minor));
        if (!is_minor && !str_equal_nocase(name, str_from(decimal)))
            continue;
        f->columns[i] = (struct foreign_head){.field = FIELD_PRICE};
        f->prices_are_minor = is_minor;
    }
    return STATUS_OK;
}

static enum status medusa_read(struct foreign *f, struct arena *arena, struct foreign_row *row,
                               struct foreign_product *out) {
    struct str *values = row->values;
    const struct str *product = f->product.values;
    if (!values[FIELD_HANDLE].data && !values[FIELD_TITLE].data)
        return foreign_fail(f, "no handle");
    if (values[FIELD_TITLE].data && !foreign_keep_product(f, row))
        return STATUS_NO_MEMORY;
    if (!product[FIELD_TITLE].data || !str_equal(product[FIELD_HANDLE], values[FIELD_HANDLE]))
        return foreign_fail(f, "no title");
    if (foreign_is_true(product[FIELD_GIFT_CARD]))
        return foreign_leave_out(f, NOTE_GIFT_CARD);
    if (product[FIELD_STATUS].data && !str_equal_nocase(product[FIELD_STATUS], STR("published")))
        return foreign_leave_out(f, NOTE_DRAFT);
    f->counts_row = true;
    if (!values[FIELD_PRICE].data)
        return foreign_leave_out(f, NOTE_NO_PRICE);
    out->key = values[FIELD_ID].data ? foreign_key(arena, "medusa", values[FIELD_ID], NULL)
                                     : foreign_key(arena, "medusa:handle", product[FIELD_HANDLE], row);
    out->name = foreign_variant_name(arena, product[FIELD_TITLE], row);
    out->description = html_to_text(arena, product[FIELD_BODY], false);
    out->category = product[FIELD_CATEGORY].data ? product[FIELD_CATEGORY] : product[FIELD_CATEGORY_2];
    out->image_url = product[FIELD_IMAGE].data ? product[FIELD_IMAGE] : product[FIELD_IMAGE_2];
    out->price = f->prices_are_minor ? values[FIELD_PRICE] : foreign_price(f, arena, values[FIELD_PRICE]);
    bool tracked = values[FIELD_TRACKED].data ? foreign_is_true(values[FIELD_TRACKED])
                                              : values[FIELD_STOCK].data != NULL;
    return foreign_stock(f, arena, values[FIELD_STOCK], tracked, out);
}

const struct foreign_system foreign_medusa = {
    .title = "Medusa",
    .columns = medusa_columns,
    .column_count = sizeof medusa_columns / sizeof *medusa_columns,
    .marks = (const char *const[]){"Product Handle", "Product Title", NULL, NULL},
    .needed = (const int[]){FIELD_HANDLE, FIELD_TITLE, FIELD_PRICE, -1},
    .open = medusa_open,
    .read = medusa_read,
};
