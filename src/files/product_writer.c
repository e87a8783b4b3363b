#include "files/product_writer.h"

#include "base/file/csv.h"

typedef void csv_field_writer(struct buf *out, struct str text);

static void product_put_fields(struct buf *out, const struct product *p, csv_field_writer *put) {
    char id[uuid_text_size];
    uuid_format(&p->id, id);
    buf_put(out, (struct str){id, sizeof id});
    buf_put_char(out, ',');
    put(out, p->name);
    buf_put_char(out, ',');
    put(out, p->description);
    buf_put_char(out, ',');
    buf_put_int(out, p->price);
    buf_put_char(out, ',');
    buf_put_int(out, p->stock_quantity);
    buf_put_char(out, ',');
    put(out, p->category);
    buf_put_char(out, ',');
    put(out, p->image_url);
    buf_put_char(out, ',');
    if (p->weight_grams.is_set)
        buf_put_int(out, p->weight_grams.value);
    buf_put_text(out, p->ships.value ? ",true," : ",false,");
    put(out, p->tax_class);
}

static void product_put_csv(struct buf *out, const struct product *p) {
    product_put_fields(out, p, csv_put_field);
}

static void product_put_guarded(struct buf *out, const struct product *p) {
    product_put_fields(out, p, csv_put_guarded);
}

static void product_put_json(struct buf *out, const struct product *product) {
    model_encode(&product_row, product, 0, out);
}

#define CSV_HEAD                                                                                             \
    "id,name,description,price,stock_quantity,category,image_url,weight_grams,ships,tax_class\r\n"

const struct product_writer product_writers[FORMAT_COUNT] = {
    [FORMAT_CSV] = {CSV_HEAD, "\r\n", "\r\n", product_put_csv},
    [FORMAT_JSONL] = {"", "\n", "\n", product_put_json},
    [FORMAT_JSON] = {"[\n", ",\n", "\n]\n", product_put_json},
};

/* The mark of UTF-8 in front: without it a spreadsheet guesses the encoding. */
const struct product_writer product_writer_spreadsheet = {"\xEF\xBB\xBF" CSV_HEAD, "\r\n", "\r\n",
                                                          product_put_guarded};
