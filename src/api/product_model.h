/* The models of a product that more than one resource shows. */
#pragma once

#include "model/model.h"
#include "shop/catalogue.h"

#define EXAMPLE_PRODUCT_ID "\"5d9dc9f8-1818-4811-892f-902bd23f0824\""

/* A product's fields but its id, for the struct that has them. */
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

extern const struct model product_read, category_read;
