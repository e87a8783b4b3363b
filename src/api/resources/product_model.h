/* The models of a product that several resources show. */
#pragma once

#include "model/model.h"
#include "shop/catalogue/catalogue.h"

#define EXAMPLE_PRODUCT_ID "\"5d9dc9f8-1818-4811-892f-902bd23f0824\""

/* The fields of a product but its id. `type` is a struct that has them all. */
#define PRODUCT_FIELDS(type)                                                                                 \
    TEXT_FIELD(type, name, LENGTH(1, 200), .doc = "Shown to shoppers", .example = "\"Desk lamp\""),          \
        TEXT_FIELD(type, description, AT_MOST(10000), .doc = "Plain text",                                   \
                   .example = "\"Warm light, and a switch that is found in the dark.\""),                    \
        INT_FIELD(type, price, BETWEEN(0, money_max), .doc = "In minor units (cents)", .example = "2999"),   \
        INT_FIELD(type, stock_quantity, BETWEEN(0, money_max), .doc = "What can still be bought",            \
                  .example = "12"),                                                                          \
        TEXT_FIELD(type, category, LENGTH(1, 100), .doc = "What the shop's menu lists it under",             \
                   .example = "\"lighting\""),                                                               \
        TEXT_FIELD(type, image_url, AT_MOST(2000), .doc = "An absolute URL, or a path of this server",       \
                   .example = "\"/media/desk-lamp.svg\"")

/* What a product needs to be sent and taxed: in inputs optional, in answers only where `include` asks for it. */
#define SHIPPING_FIELDS(type, ...)                                                                           \
    MAYBE_INT_FIELD(type, weight_grams, BETWEEN(0, weight_grams_max), .may_be_null = true,                   \
                    .doc = "With its package; null: not known", .example = "850", __VA_ARGS__),              \
        MAYBE_BOOL_FIELD(type, ships, .never_null = true,                                                    \
                         .doc = "false: nothing is sent, as of a download or a voucher", .example = "true",  \
                         __VA_ARGS__),                                                                       \
        TEXT_FIELD(type, tax_class, LENGTH(1, tax_class_length_max), .optional = true, .never_null = true,   \
                   .doc = "Which tax rates count (/admin/tax-rates); `standard` unless you say so",          \
                   .example = "\"standard\"", __VA_ARGS__)

/* The field `include` of a query whose answer has products. */
#define INCLUDE_FIELD(type)                                                                                  \
    NAME_SET_FIELD(type, include, .names = include_names,                                                    \
                   .doc = "What products are to have beside their other fields; several with commas",        \
                   .example = "[\"created_at\"]")

extern const char *const include_names[]; /* name i stands for the bit i of INCLUDE_… */

/* The query of an endpoint that has no other field. */
struct include_query {
    uint32_t include;
};

extern const char *const sort_names[]; /* by enum search_sort */

extern const struct model product_read, category_read, include_query, product_image_read, image_size_read;
