#include "shop/catalogue/product_csv.h"

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

void product_put_csv(struct buf *out, const struct product *p) {
    product_put_fields(out, p, csv_put_field);
}

void product_put_guarded_csv(struct buf *out, const struct product *p) {
    product_put_fields(out, p, csv_put_guarded);
}
