/* Google's product feed (Merchant Center), which many systems write: text with tabs or commas, or XML (feed_xml.h). Names
 * of columns may have `_` or blanks. Variants are products of their own with an `item_group_id` in common. */
#include "files/foreign/html_text.h"
#include "files/foreign/internal.h"

#include "model/number.h"

#include <string.h>

static const struct foreign_column google_columns[] = {
    {"id", FIELD_ID, NULL},
    {"title", FIELD_TITLE, NULL},
    {"description", FIELD_BODY, NULL},
    {"price", FIELD_PRICE, NULL},
    {"sale price", FIELD_SALE_PRICE, NULL},
    {"sale price effective date", FIELD_SALE_STARTS, NULL},
    {"availability", FIELD_IN_STOCK, NULL},
    {"quantity*", FIELD_STOCK, NULL},
    {"sell on google quantity", FIELD_STOCK, NULL},
    {"image link", FIELD_IMAGE, NULL},
    {"additional image link*", FIELD_IMAGE_2, NULL},
    {"product type", FIELD_CATEGORY, NULL},
    {"google product category", FIELD_CATEGORY_2, NULL},
    {"item group id", FIELD_PARENT, NULL},
    {"color", FIELD_OPTION, NULL},
    {"size", FIELD_OPTION + 1, NULL},
    {"material", FIELD_OPTION + 2, NULL},
    {"pattern", FIELD_OPTION + 3, NULL},
    {"link", FIELD_NONE, NULL},
    {"mobile link", FIELD_NONE, NULL},
    {"condition", FIELD_NONE, NULL},
    {"identifier exists", FIELD_NONE, NULL},
    {"brand", FIELD_NONE, "brands"},
    {"gtin", FIELD_NONE, "barcodes"},
    {"mpn", FIELD_NONE, "barcodes"},
    {"shipping weight", FIELD_NONE, "weights"},
    {"shipping*", FIELD_NONE, "shipping"},
    {"custom label *", FIELD_NONE, "custom labels"},
};

/* Returns the number of a price such as `19.99 USD`, which must be in the shop's currency. */
static enum status google_price(struct foreign *f, struct arena *arena, struct str price, struct str *out) {
    size_t blank = str_find(price, ' ');
    struct str code = blank < price.size ? white_space_trim(str_skip(price, blank)) : (struct str){0};
    if (!code.data && price.size > 3 && ascii_is_letter(price.data[price.size - 1])) {
        blank = price.size - 3;
        code = str_skip(price, blank);
    }
    if (code.data && !str_equal_nocase(code, f->settings.currency))
        return foreign_fail(f, "the price '%.*s' is not in %.*s, the shop's currency",
                            (int)(price.size < 40 ? price.size : 40), price.data,
                            (int)f->settings.currency.size, f->settings.currency.data);
    *out = foreign_price(f, arena, (struct str){price.data, blank});
    return out->data ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Whether a sale price holds today: `2026-11-01T00:00+0100/2026-11-30T23:59+0100`. */
static bool google_sale_holds(const struct foreign *f, struct str dates) {
    struct str today = str_from(f->settings.today);
    struct str start = str_cut(&dates, '/');
    start.size = start.size > today.size ? today.size : start.size;
    dates.size = dates.size > today.size ? today.size : dates.size;
    return (start.size == 0 || str_compare(start, today) <= 0) &&
           (dates.size == 0 || str_compare(dates, today) >= 0);
}

static bool google_is_word_byte(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || (unsigned char)c >= 0x80;
}

/* Whether a title has an option as a word of its own. */
static bool google_title_has(struct str title, struct str option) {
    for (size_t i = 0; i + option.size <= title.size; i++) {
        size_t end = i + option.size;
        if (str_equal_nocase((struct str){str_skip(title, i).data, option.size}, option) &&
            (i == 0 || !google_is_word_byte(title.data[i - 1])) &&
            (end == title.size || !google_is_word_byte(title.data[end])))
            return true;
    }
    return false;
}

/* Drops the options of a product without a group, and those that its title already has. */
static void google_options(struct foreign_row *row) {
    for (int i = 0; i < foreign_options_max; i++) {
        struct str *option = &row->values[FIELD_OPTION + i];
        if (option->data &&
            (!row->values[FIELD_PARENT].data || google_title_has(row->values[FIELD_TITLE], *option)))
            *option = (struct str){0};
    }
}

static enum status google_read(struct foreign *f, struct arena *arena, struct foreign_row *row,
                               struct foreign_product *out) {
    struct str *values = row->values, category = values[FIELD_CATEGORY], price = values[FIELD_PRICE];
    struct str stock = values[FIELD_STOCK], availability = values[FIELD_IN_STOCK];
    int64_t number;
    if (!values[FIELD_ID].data || !values[FIELD_TITLE].data)
        return foreign_fail(f, "no %s", values[FIELD_ID].data ? "title" : "id");
    if (values[FIELD_SALE_PRICE].data && google_sale_holds(f, values[FIELD_SALE_STARTS])) {
        price = values[FIELD_SALE_PRICE];
        f->notes[NOTE_SALE_PRICE]++;
    }
    if (!price.data)
        return foreign_leave_out(f, NOTE_NO_PRICE);
    TRY(google_price(f, arena, price, &out->price));
    google_options(row);
    out->key = foreign_key(arena, "google", values[FIELD_ID], NULL);
    out->name = foreign_variant_name(arena, values[FIELD_TITLE], row);
    out->description = html_to_text(arena, values[FIELD_BODY], false);
    if (!category.data && !foreign_match("#", values[FIELD_CATEGORY_2], &number))
        category = values[FIELD_CATEGORY_2]; /* a number stands for a name in a list of Google's */
    out->category = foreign_path_end(category);
    out->image_url = values[FIELD_IMAGE];
    foreign_list_first(arena, values[FIELD_IMAGE_2], &number);
    f->notes[NOTE_IMAGES] += number;
    if (!stock.data && availability.data && !foreign_match("in stock", availability, &number))
        stock = STR("0");
    return foreign_stock(f, arena, stock, stock.data, out);
}

const struct foreign_system foreign_google = {
    .title = "Google",
    .columns = google_columns,
    .column_count = sizeof google_columns / sizeof *google_columns,
    .marks = (const char *const[]){"id", "title", "price", "availability", NULL, "id", "title", "price",
                                   "image link", NULL, NULL},
    .needed = (const int[]){FIELD_ID, FIELD_TITLE, FIELD_PRICE, -1},
    .read = google_read,
};
