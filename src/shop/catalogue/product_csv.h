/* Products as rows of CSV, which an import takes again. */
#pragma once

#include "base/buf.h"
#include "shop/catalogue/catalogue.h"

/* What each row ends with, and the first row. */
#define PRODUCT_CSV_END "\r\n"
#define PRODUCT_CSV_HEAD                                                                                     \
    "id,name,description,price,stock_quantity,category,image_url,weight_grams,ships,tax_class" PRODUCT_CSV_END

/* In front of the first row of a file for spreadsheets: without this mark of UTF-8 they guess the encoding. */
#define PRODUCT_CSV_MARK "\xEF\xBB\xBF"

/* Writes a product's row without its end. The guarded one is for spreadsheets, which run none of its texts as a formula
 * (csv_put_guarded). */
void product_put_csv(struct buf *out, const struct product *product);
void product_put_guarded_csv(struct buf *out, const struct product *product);
