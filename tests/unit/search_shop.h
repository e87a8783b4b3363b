/* A shop whose products are made of few words, so that many share them: for tests of the search and its index. */
#pragma once

#include "shop.h"

#include "base/buf.h"
#include "shop/search/facets.h"
#include "shop/suggest/suggest.h"

static inline struct product product_of(const char *name, const char *category, const char *description,
                                        int64_t price) {
    return (struct product){
        .name = str_from(name),
        .description = str_from(description),
        .price = price,
        .stock_quantity = 12,
        .category = str_from(category),
        .image_url = STR(""),
    };
}

static inline struct uuid add(struct shop *shop, const char *name, const char *category,
                              const char *description, int64_t price) {
    struct product given = product_of(name, category, description, price), out = {0};
    assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
    return out.id;
}

/* Random words of a list in which some share a prefix or a stem. */
static inline struct str random_words(struct shop *shop, size_t words) {
    static const char *const list[] = {"lamp",
                                       "lamps",
                                       "Lampshade",
                                       "desk",
                                       "oak",
                                       "caf\xC3\xA9",
                                       "USB-C",
                                       "mug",
                                       "grinder",
                                       "grinding",
                                       "wireless",
                                       "20,000",
                                       "of",
                                       "the",
                                       ("Kn\xC3\xB6"
                                        "del")};
    struct buf text = buf_new(&shop->arena);
    for (size_t i = 0; i < words; i++) {
        uint32_t dice;
        random_fill(&shop->world.random, &dice, sizeof dice);
        buf_put_text(&text, i ? " " : "");
        buf_put_text(&text, list[dice % COUNT(list)]);
    }
    buf_put_text(&text, "");
    return text.size ? buf_str(&text) : STR("");
}

static inline uint32_t roll(struct shop *shop, uint32_t sides) {
    uint32_t dice;
    random_fill(&shop->world.random, &dice, sizeof dice);
    return dice % sides;
}

static inline struct product random_product(struct shop *shop) {
    static const char *const categories[] = {"light", "kitchen things", "oak", "caf\xC3\xA9"};
    return (struct product){
        .name = random_words(shop, 1 + roll(shop, 3)),
        .description = random_words(shop, roll(shop, 12)),
        .price = roll(shop, 3) ? roll(shop, 5000) : (int64_t)roll(shop, 100000) * 1000000,
        .category = str_from(categories[roll(shop, COUNT(categories))]),
        .image_url = STR(""),
    };
}

static inline struct search_found find(struct shop *shop, const struct search *search) {
    struct search_found found;
    assert_int_equal(product_search(&shop->ctx, search, &found), STATUS_OK);
    return found;
}

/* The names of the products that a text finds, in order, separated by commas; behind a semicolon, the tail. */
static inline struct str found_names(struct shop *shop, const char *q) {
    struct search search = {.q = str_from(q), .limit = 100};
    struct search_found found = find(shop, &search);
    struct buf names = buf_new(&shop->arena);
    buf_put_text(&names, "");
    const struct product *products = found.products.data;
    for (size_t i = 0; i < found.products.count; i++) {
        buf_put_text(&names, i == 0 ? "" : i == (size_t)found.total ? "; " : ",");
        buf_put(&names, products[i].name);
    }
    assert_int_equal(found.total + found.further, found.products.count);
    return names.size ? buf_str(&names) : STR("");
}
