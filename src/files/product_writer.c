#include "files/product_writer.h"

#include "shop/catalogue/product_csv.h"

static void product_put_json(struct buf *out, const struct product *product) {
    model_encode(&product_row, product, 0, out);
}

const struct product_writer product_writers[FORMAT_COUNT] = {
    [FORMAT_CSV] = {PRODUCT_CSV_HEAD, PRODUCT_CSV_END, PRODUCT_CSV_END, product_put_csv},
    [FORMAT_JSONL] = {"", "\n", "\n", product_put_json},
    [FORMAT_JSON] = {"[\n", ",\n", "\n]\n", product_put_json},
};

const struct product_writer product_writer_spreadsheet = {PRODUCT_CSV_MARK PRODUCT_CSV_HEAD, PRODUCT_CSV_END,
                                                          PRODUCT_CSV_END, product_put_guarded_csv};
