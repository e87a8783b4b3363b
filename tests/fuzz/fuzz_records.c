/* Files of products: a stream must give the same records however its reads are cut, and each product must keep
 * the limits of its model.
 *
 *     | format, and whose file | count | count × cut | bytes of the file … |
 *
 * Each cut says, in 256ths of what is left, how much the next read returns. The file is read once whole and once
 * cut; products, errors and line numbers are printed and compared. */
#include "files/rows.h"
#include "fuzz.h"

enum { cuts_max = 15, bytes_max = 64 * 1024 };

struct stream {
    struct str bytes;
    size_t data;
    const uint8_t *cuts;
    size_t cut_count;
};

static int64_t read_stream(void *context, char *out, size_t room) {
    struct stream *s = context;
    size_t size = s->bytes.size - s->data;
    if (s->cut_count > 0) {
        size_t part = 1 + size * *s->cuts / 256;
        size = part < size ? part : size;
        s->cuts++, s->cut_count--;
    }
    size = size < room ? size : room;
    memcpy(out, s->bytes.data + s->data, size);
    s->data += size;
    return (int64_t)size;
}

static void check_product(const struct product *p) {
    CHECK(utf8_valid(p->name) && utf8_valid(p->description) && utf8_valid(p->category) &&
          utf8_valid(p->image_url));
    CHECK(!p->key.data ||
          (utf8_valid(p->key) && p->key.size > 0 && utf8_length(p->key) <= product_key_bytes_max));
    CHECK(p->name.size > 0 && utf8_length(p->name) <= 200 && utf8_length(p->description) <= 10000);
    CHECK(p->category.size > 0 && utf8_length(p->category) <= 100 && utf8_length(p->image_url) <= 2000);
    CHECK(p->price >= 0 && p->price <= money_max && p->stock_quantity >= 0 && p->stock_quantity <= money_max);
}

/* Prints every product as JSON, and for every invalid row its line and the reason. */
static void read_all(enum file_format format, enum foreign_kind from, struct str bytes, const uint8_t cuts[],
                     size_t count, struct buf *out) {
    struct stream stream = {bytes, 0, cuts, count};
    struct product_rows *rows = malloc(sizeof *rows);
    struct product product;
    const struct row_settings settings = {
        .format = format,
        .price_digits = prices_in_minor_units,
        .from = from,
        .foreign = {STR("usd"), 2, 1000, "2026-11-28", 0},
    };
    CHECK(rows);
    enum status s = product_rows_open(rows, &settings, read_stream, &stream, NULL);
    bool more = s == STATUS_OK;
    while (more) {
        s = product_rows_next(rows, &product);
        more = s == STATUS_OK || s == STATUS_INVALID;
        if (s == STATUS_OK) {
            check_product(&product);
            model_encode(&product_row, &product, 0, out);
        } else if (more) {
            CHECK(rows->error[0]);
            buf_printf(out, "%lld: %s\n", (long long)rows->line, rows->error);
        }
    }
    CHECK(s == STATUS_NOT_FOUND || rows->error[0]);
    buf_printf(out, "%d at %lld", (int)s, (long long)rows->line);
    product_rows_close(rows);
    free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t count = size > 1 ? data[1] % (cuts_max + 1) : 0;
    if (size < 2 + count || size > bytes_max)
        return 0;
    enum file_format format = (enum file_format)(data[0] % (FORMAT_COUNT + 1));
    int system = data[0] / (FORMAT_COUNT + 1) % (FOREIGN_COUNT + 1); /* 0: by the head */
    enum foreign_kind from = (enum foreign_kind)(system ? system - 1 : FOREIGN_COUNT);
    struct str bytes = {(const char *)data + 2 + count, size - 2 - count};
    struct arena arena;
    arena_init(&arena, fuzz_arena_bytes_max);
    struct buf whole = buf_new(&arena), cut = buf_new(&arena);
    read_all(format, from, bytes, NULL, 0, &whole);
    read_all(format, from, bytes, data + 2, count, &cut);
    CHECK(buf_ok(&whole) && buf_ok(&cut));
    if (!str_equal(buf_str(&whole), buf_str(&cut))) {
        fprintf(stderr, "whole: %.*s\ncut: %.*s\n", (int)whole.size, whole.data, (int)cut.size, cut.data);
        abort();
    }
    arena_free(&arena);
    return 0;
}
