/* Names, keys, prices and stocks out of the texts of other systems. */
#include "files/foreign/internal.h"

#include "model/number.h"

#include <string.h>

enum { name_max = 200, category_max = 100, description_max = 10000, url_max = 2000 }; /* characters */

bool foreign_is_true(struct str value) {
    return str_equal_nocase(value, STR("true")) || str_equal(value, STR("1")) ||
           str_equal_nocase(value, STR("yes"));
}

struct str foreign_path_end(struct str path) {
    struct str end = path;
    while (path.size > 0)
        end = white_space_trim(str_cut(&path, '>'));
    return end.size > 0 ? end : (struct str){0};
}

struct str foreign_list_first(struct arena *arena, struct str list, int64_t *count) {
    struct buf first = buf_new(arena);
    bool more = false;
    *count = list.size > 0;
    for (size_t i = 0; i < list.size; i++) {
        bool escaped = list.data[i] == '\\' && i + 1 < list.size && list.data[i + 1] == ',';
        i += escaped;
        more = more || (list.data[i] == ',' && !escaped);
        *count += list.data[i] == ',' && !escaped;
        if (!more)
            buf_put_char(&first, list.data[i]);
    }
    return first.size > 0 ? white_space_trim(buf_str(&first)) : (struct str){0};
}

/* Whether an option is the one that a product without variants has. */
static bool foreign_option_is_default(struct str option) {
    static const char *const defaults[] = {"Default Title", "Default", "Default variant",
                                           "Default option value"};
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (str_equal_nocase(option, str_from(defaults[i])))
            return true;
    return option.size == 0;
}

struct str foreign_variant_name(struct arena *arena, struct str title, const struct foreign_row *row) {
    struct buf name = buf_new(arena);
    const char *between = " – ";
    buf_put(&name, title);
    for (int i = 0; i < foreign_options_max; i++) {
        struct str option = row->values[FIELD_OPTION + i];
        if (foreign_option_is_default(option))
            continue;
        buf_put_text(&name, between);
        buf_put(&name, option);
        between = " / ";
    }
    return buf_ok(&name) ? buf_str(&name) : (struct str){0};
}

/* Appends a part of a key; `%`, `/` and `:` are escaped, so that two products cannot have the same key. */
static void foreign_key_put(struct buf *key, struct str part) {
    for (size_t i = 0; i < part.size; i++)
        if (strchr("%/:", part.data[i]))
            buf_printf(key, "%%%02X", (unsigned char)part.data[i]);
        else
            buf_put_char(key, part.data[i]);
}

/* Replaces the end of a key that is too long by a number that stands for it (FNV-1a, 64 bits). */
static struct str foreign_key_shorten(struct arena *arena, struct str key) {
    enum { kept = foreign_key_bytes_max - 17 };
    uint64_t hash = 0xcbf29ce484222325;
    struct buf out = buf_new(arena);
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 0x100000001b3;
    size_t size = 0;
    while (size + utf8_sequence(str_skip(key, size)) <= kept)
        size += utf8_sequence(str_skip(key, size));
    buf_put(&out, (struct str){key.data, size});
    buf_printf(&out, "#%016llx", (unsigned long long)hash);
    return buf_ok(&out) ? buf_str(&out) : (struct str){0};
}

struct str foreign_key(struct arena *arena, const char *prefix, struct str part,
                       const struct foreign_row *row) {
    struct buf key = buf_new(arena);
    const char *between = ":";
    buf_put_text(&key, prefix);
    buf_put_char(&key, ':');
    foreign_key_put(&key, part);
    for (int i = 0; row && i < foreign_options_max; i++) {
        struct str option = row->values[FIELD_OPTION + i];
        if (foreign_option_is_default(option))
            continue;
        buf_put_text(&key, between);
        foreign_key_put(&key, option);
        between = "/";
    }
    if (!buf_ok(&key))
        return (struct str){0};
    return key.size > foreign_key_bytes_max ? foreign_key_shorten(arena, buf_str(&key)) : buf_str(&key);
}

static bool foreign_is_zeros(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '0')
            return false;
    return true;
}

struct str foreign_price(struct foreign *f, struct arena *arena, struct str price) {
    struct buf out = buf_new(arena);
    size_t point = str_find(price, '.'), comma = str_find(price, ',');
    /* A comma groups thousands, and is refused, unless fewer than three digits follow. */
    bool is_comma = point == price.size && comma < price.size && price.size - comma <= 3;
    point = is_comma ? comma : point;
    size_t digits = (size_t)f->settings.currency_digits;
    struct str whole = {price.data, point};
    struct str fraction = point < price.size ? str_skip(price, point + 1) : STR("");
    bool is_group = fraction.size == 3; /* 1.000 may be a thousand */
    if (fraction.size > digits && !is_group && foreign_is_zeros(str_skip(fraction, digits)))
        fraction.size = digits;
    buf_put(&out, whole.size > 0 ? whole : STR("0"));
    if (fraction.size > 0 || (point + 1 == price.size)) {
        buf_put_char(&out, '.');
        buf_put(&out, fraction);
    }
    return buf_ok(&out) ? buf_str(&out) : (struct str){0};
}

static enum status foreign_stock_put(struct arena *arena, int64_t stock, struct foreign_product *out) {
    struct buf text = buf_new(arena);
    buf_put_int(&text, stock);
    out->stock_quantity = buf_ok(&text) ? buf_str(&text) : (struct str){0};
    return out->stock_quantity.data ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status foreign_stock(struct foreign *f, struct arena *arena, struct str stock, bool tracked,
                          struct foreign_product *out) {
    bool negative = str_starts(stock, STR("-"));
    struct str number = str_skip(stock, negative);
    size_t point = str_find(number, '.');
    int64_t count = 0;
    struct str fraction = str_skip(number, point < number.size ? point + 1 : point);
    if (fraction.size == 3 || !foreign_is_zeros(fraction))
        point = 0; /* a thousand, or half a piece: not a number */
    if (stock.size > 0 && !str_to_int((struct str){number.data, point}, INT64_MAX / 2, &count))
        return foreign_fail(f, "the stock '%.*s' is not a whole number",
                            (int)(stock.size < 40 ? stock.size : 40), stock.data);
    if (!tracked && (count == 0 || negative)) {
        f->notes[NOTE_UNTRACKED]++;
        return foreign_stock_put(arena, f->settings.untracked_stock, out);
    }
    f->notes[NOTE_UNKNOWN_STOCK] += stock.size == 0;
    f->notes[NOTE_NEGATIVE_STOCK] += negative && count > 0;
    return foreign_stock_put(arena, negative ? 0 : count, out);
}

/* Cuts a text after `max` characters, and counts that. */
static void foreign_cut(struct foreign *f, struct str *text, size_t max, enum foreign_note note) {
    size_t size = 0;
    for (size_t i = 0; i < max && size < text->size; i++)
        size += utf8_sequence(str_skip(*text, size));
    f->notes[note] += size < text->size;
    text->size = size;
}

enum status foreign_complete(struct foreign *f, struct arena *arena, struct foreign_product *out) {
    (void)arena;
    if (!out->key.data || !out->name.data || !out->price.data || !out->stock_quantity.data)
        return STATUS_NO_MEMORY;
    if (!out->category.data || out->category.size == 0) {
        out->category = STR("Other");
        f->notes[NOTE_NO_CATEGORY]++;
    }
    if (!out->description.data)
        out->description = STR("");
    if (out->image_url.data && utf8_length(out->image_url) > url_max) {
        out->image_url = STR("");
        f->notes[NOTE_LONG_URL]++;
    }
    if (!out->image_url.data)
        out->image_url = STR("");
    foreign_cut(f, &out->name, name_max, NOTE_LONG_NAME);
    foreign_cut(f, &out->category, category_max, NOTE_LONG_CATEGORY);
    foreign_cut(f, &out->description, description_max, NOTE_LONG_DESCRIPTION);
    return STATUS_OK;
}

bool foreign_keep_product(struct foreign *f, const struct foreign_row *row) {
    struct foreign_row kept = {.line = row->line};
    arena_reset(&f->product_arena);
    for (int i = 0; i < foreign_field_count; i++) {
        if (!row->values[i].data)
            continue;
        kept.values[i] = arena_copy(&f->product_arena, row->values[i]);
        if (!kept.values[i].data)
            return false;
    }
    f->product = kept;
    return true;
}
