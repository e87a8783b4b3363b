/* Files of products: the records of a stream are the same however it is cut, each product that is read holds
 * to the limits of its model. The input is the format, a number of cuts, their places, and then the bytes. */
#include "cli/product_rows.h"
#include "fuzz.h"

enum { cuts_max = 15, bytes_max = 64 * 1024 };

struct stream {
    struct str bytes;
    size_t at;
    const uint8_t *cuts;
    size_t cut_count;
};

static int64_t read_stream(void *context, char *out, size_t room) {
    struct stream *s = context;
    size_t size = s->bytes.size - s->at;
    if (s->cut_count > 0) {
        size_t part = 1 + size * *s->cuts / 256;
        size = part < size ? part : size;
        s->cuts++, s->cut_count--;
    }
    size = size < room ? size : room;
    memcpy(out, s->bytes.at + s->at, size);
    s->at += size;
    return (int64_t)size;
}

static void check_product(const struct product *p) {
    CHECK(utf8_valid(p->name) && utf8_valid(p->description) && utf8_valid(p->category) &&
          utf8_valid(p->image_url));
    CHECK(p->name.size > 0 && utf8_length(p->name) <= 200 && utf8_length(p->description) <= 10000);
    CHECK(p->category.size > 0 && utf8_length(p->category) <= 100 && utf8_length(p->image_url) <= 2000);
    CHECK(p->price >= 0 && p->price <= money_max && p->stock_quantity >= 0 && p->stock_quantity <= money_max);
}

/* Every product as JSON, and every wrong row's line and reason. */
static void read_all(enum file_format format, struct str bytes, const uint8_t cuts[], size_t count,
                     struct buf *out) {
    struct stream stream = {bytes, 0, cuts, count};
    struct product_rows *rows = malloc(sizeof *rows);
    struct product product;
    CHECK(rows);
    enum status s = product_rows_open(rows, format, read_stream, &stream, NULL);
    bool more = s == STATUS_OK;
    while (more) {
        s = product_rows_next(rows, &product);
        more = s == STATUS_OK || s == STATUS_INVALID;
        if (s == STATUS_OK) {
            check_product(&product);
            model_encode(&product_row, &product, out);
        } else if (more) {
            CHECK(rows->why[0]);
            buf_printf(out, "%lld: %s\n", (long long)rows->line, rows->why);
        }
    }
    CHECK(s == STATUS_NOT_FOUND || rows->why[0]);
    buf_printf(out, "%d at %lld", (int)s, (long long)rows->line);
    product_rows_close(rows);
    free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t count = size > 1 ? data[1] % (cuts_max + 1) : 0;
    if (size < 2 + count || size > bytes_max)
        return 0;
    enum file_format format = (enum file_format)(data[0] % (FORMAT_COUNT + 1));
    struct str bytes = {(const char *)data + 2 + count, size - 2 - count};
    struct arena arena;
    arena_init(&arena, fuzz_arena_bytes_max);
    struct buf whole = buf_new(&arena), cut = buf_new(&arena);
    read_all(format, bytes, NULL, 0, &whole);
    read_all(format, bytes, data + 2, count, &cut);
    CHECK(buf_ok(&whole) && buf_ok(&cut));
    if (!str_equal(buf_str(&whole), buf_str(&cut))) {
        fprintf(stderr, "whole: %.*s\ncut: %.*s\n", (int)whole.size, whole.at, (int)cut.size, cut.at);
        abort();
    }
    arena_free(&arena);
    return 0;
}
