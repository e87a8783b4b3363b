/* What a search finds, in which order, and that no text does harm. */
#include "search_shop.h"

static struct search_found find(struct shop *shop, const struct search *search) {
    struct search_found found;
    assert_int_equal(product_search(&shop->tx, search, &found), STATUS_OK);
    return found;
}

/* The names that a text finds, with commas. */
static struct str found_names(struct shop *shop, const char *q) {
    struct search search = {.q = str_from(q), .limit = 100};
    struct search_found found = find(shop, &search);
    struct buf names = buf_new(&shop->arena);
    buf_put_text(&names, "");
    const struct product *products = found.products.at;
    for (size_t i = 0; i < found.products.count; i++) {
        buf_put_text(&names, i ? "," : "");
        buf_put(&names, products[i].name);
    }
    assert_int_equal(found.total, found.products.count);
    return names.size ? buf_str(&names) : STR("");
}

static void queries_find_what_they_should_in_order(void **state) {
    static const struct {
        const char *q, *names;
    } rows[] = {
        /* name before category before description; the newest last among equals of one length */
        {"oak", "Oak lamp,Shelf,Mug"},
        {"lamp", "Oak lamp,Desk lamp,Lampshade"},
        {"LAMPS", "Oak lamp,Desk lamp,Lampshade"},
        {"lam", "Oak lamp,Desk lamp,Lampshade"},
        {"desk lamp", "Desk lamp"},
        {"lamp desk", "Desk lamp"},
        {"shade", ""},
        {"lampe", "Oak lamp,Desk lamp"},
        {"grnider", "Coffee grinder"},
        {"cafetiere", "Caf\xC3\xA9ti\xC3\xA8re"},
        {"caf\xC3\xA9", "Caf\xC3\xA9ti\xC3\xA8re"},
        {"coffeegrinder", "Coffee grinder"},
        {"lamp shade", "Lampshade"},
        {"the lamp for a desk", "Desk lamp"},
        {"the", "Mug"},
        {"lamp xyzzyplugh", "Oak lamp,Desk lamp,Lampshade"},
        {"xyzzyplugh", ""},
        {"500ml", "Kettle"},
        {"!!!", ""},
        {"\"oak\" OR lamp*", "Oak lamp"},
    };
    struct shop *shop = *state;
    add(shop, "Desk lamp", "light", "Bright.", 100);
    add(shop, "Lampshade", "light", "", 100);
    add(shop, "Oak lamp", "light", "", 100);
    add(shop, "Mug", "kitchen", "Not made of the oak.", 100);
    add(shop, "Shelf", "oak", "", 100);
    add(shop, "Coffee grinder", "kitchen", "", 100);
    add(shop, "Caf\xC3\xA9ti\xC3\xA8re", "kitchen", "", 100);
    add(shop, "Kettle", "kitchen", "Holds 500 ml", 100);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_text(found_names(shop, rows[i].q), str_from(rows[i].names), rows[i].q, __FILE__, __LINE__);
}

static void a_blank_text_is_no_filter(void **state) {
    struct shop *shop = *state;
    add(shop, "Lamp", "light", "", 100);
    add(shop, "Mug", "kitchen", "", 100);
    assert_text(found_names(shop, ""), "Mug,Lamp");
    assert_text(found_names(shop, " \t "), "Mug,Lamp");
}

/* What a search must give, worked out the slow way; the text is not looked at. */
struct slow {
    const struct search *search;
    struct product *products; /* oldest first */
    size_t count;
};

struct slow_row {
    struct product product;
    size_t seq;
    int sort;
};

static int compare_slow(const void *a, const void *b) {
    const struct slow_row *x = a, *y = b;
    char first[1024], second[1024];
    int order = 0;
    if (x->sort == SORT_PRICE_ASC || x->sort == SORT_PRICE_DESC)
        order = (x->product.price > y->product.price) - (x->product.price < y->product.price);
    if (x->sort == SORT_NAME_ASC || x->sort == SORT_NAME_DESC) {
        first[text_fold(x->product.name, first, sizeof first - 1)] = '\0';
        second[text_fold(y->product.name, second, sizeof second - 1)] = '\0';
        order = strcmp(first, second);
    }
    if (x->sort == SORT_PRICE_DESC || x->sort == SORT_NAME_DESC)
        order = -order;
    return order ? order : x->seq < y->seq ? 1 : -1;
}

static void assert_as_slow(struct shop *shop, const struct search *search, const struct product *products,
                           size_t count) {
    struct slow_row *rows = calloc(count, sizeof *rows);
    size_t selected = 0;
    for (size_t i = 0; i < count; i++) {
        bool in = (!search->category.at || str_equal(search->category, products[i].category)) &&
                  (!search->min_price.given || products[i].price >= search->min_price.value) &&
                  (!search->max_price.given || products[i].price <= search->max_price.value);
        if (in)
            rows[selected++] = (struct slow_row){products[i], i, search->sort};
    }
    qsort(rows, selected, sizeof *rows, compare_slow);
    struct search_found found = find(shop, search);
    assert_int_equal(found.total, selected);
    const struct product *got = found.products.at;
    size_t offset = (size_t)search->offset < selected ? (size_t)search->offset : selected;
    size_t want = selected - offset < (size_t)search->limit ? selected - offset : (size_t)search->limit;
    assert_int_equal(found.products.count, want);
    for (size_t i = 0; i < want; i++)
        assert_memory_equal(&got[i].id, &rows[offset + i].product.id, sizeof got[i].id);
    free(rows);
}

static void filters_and_orders_are_those_of_a_slow_search(void **state) {
    enum { products_count = 700 };
    struct shop *shop = *state;
    struct product *products = calloc(products_count, sizeof *products);
    for (size_t i = 0; i < products_count; i++) {
        struct product given = made_up(shop);
        given.price = roll(shop, 50);
        if (roll(shop, 2)) /* longer than the columns' key, and alike */
            given.name =
                str_from(roll(shop, 2) ? "Wireless lampshade of oak" : "wireless lampshade for a mug");
        assert_int_equal(product_add(&shop->tx, &given, &products[i]), STATUS_OK);
    }
    for (size_t i = 0; i < 300; i++) {
        struct search search = {.sort = (int)roll(shop, SORT_NEWEST + 1),
                                .limit = 1 + roll(shop, 60),
                                .offset = roll(shop, 3) ? 0 : roll(shop, 800)};
        if (roll(shop, 2))
            search.category = str_from(roll(shop, 4) ? "oak" : "none");
        if (roll(shop, 2))
            search.min_price = (struct maybe_int){true, roll(shop, 40)};
        if (roll(shop, 2))
            search.max_price = (struct maybe_int){true, roll(shop, 60)};
        assert_as_slow(shop, &search, products, products_count);
    }
    free(products);
}

static void pages_follow_each_other_without_gap_or_overlap(void **state) {
    struct shop *shop = *state;
    for (size_t i = 0; i < 120; i++) {
        struct product given = made_up(shop), out;
        assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    }
    for (int sort = SORT_RELEVANCE; sort <= SORT_NEWEST; sort++) {
        struct search search = {.q = STR("lamp"), .sort = sort, .limit = 500};
        struct search_found whole = find(shop, &search);
        const struct product *all = whole.products.at;
        assert_int_equal(whole.total, whole.products.count);
        search.limit = 7;
        for (search.offset = 0; search.offset < whole.total; search.offset += 7) {
            struct search_found page = find(shop, &search);
            for (size_t i = 0; i < page.products.count; i++)
                assert_memory_equal(&((const struct product *)page.products.at)[i].id,
                                    &all[(size_t)search.offset + i].id, 16);
            assert_int_equal(page.total, whole.total);
        }
    }
}

/* The next product's seq will be this one's. */
static void skip_to(struct shop *shop, int64_t seq) {
    static const struct sql sql = {
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, randomblob(16), 'gone', '', 0, 0, 'gone', '', 0, 0)",
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, gen_random_uuid(), 'gone', '', 0, 0, 'gone', '', 0, now())"};
    static const struct sql counter = {NULL, "SELECT setval(pg_get_serial_sequence('products', 'seq'), $1)"};
    assert_int_equal(db_exec(shop->tx.db, &sql, ARGS(db_int(seq - 1)), NULL), STATUS_OK);
    assert_int_equal(db_exec_later(shop->tx.db, &counter, ARGS(db_int(seq - 1))), STATUS_OK);
}

static void of_too_many_the_newest_are_found_and_the_count_says_so(void **state) {
    struct shop *shop = *state;
    struct search search = {.q = STR("lamp"), .limit = 1, .sort = SORT_NEWEST};
    for (int64_t block = 1; block <= hit_blocks_max + 2; block++) {
        skip_to(shop, block * posting_block_documents + 5);
        add(shop, "Lamp", "light", "", block);
        if (block % 100 == 0)
            arena_reset(&shop->arena);
        if (block == hit_blocks_max)
            assert_false(find(shop, &search).at_least);
    }
    struct search_found found = find(shop, &search);
    assert_true(found.at_least);
    assert_int_equal(found.total, hit_blocks_max);
    assert_int_equal(((const struct product *)found.products.at)->price, hit_blocks_max + 2);
    search.q = STR("");
    search.max_price = (struct maybe_int){true, money_max};
    found = find(shop, &search);
    assert_false(found.at_least);
    assert_int_equal(found.total, hit_blocks_max + 2);
}

static void pages_fit_together_where_too_many_names_begin_alike(void **state) {
    enum { products_count = name_ties_max + 200 };
    struct shop *shop = *state;
    struct search_bulk bulk;
    search_bulk_begin(&bulk, 0, NULL);
    for (int i = 0; i < products_count; i++) {
        char name[64];
        struct product out;
        snprintf(name, sizeof name, "a name that begins alike %d", (int)roll(shop, 1000));
        struct product given = product_of(name, "c", "", 1);
        assert_int_equal(product_import(&shop->tx, &bulk, &given, &out), STATUS_OK);
    }
    assert_int_equal(search_bulk_flush(&bulk, &shop->tx), STATUS_OK);
    search_bulk_end(&bulk);
    struct search search = {.sort = SORT_NAME_ASC, .limit = 500};
    char *seen = calloc(products_count + 1, 1);
    for (; search.offset < products_count; search.offset += 500) {
        struct search_found page = find(shop, &search);
        const struct product *products = page.products.at;
        for (size_t i = 0; i < page.products.count; i++) {
            static const struct sql sql = {"SELECT seq FROM products WHERE id = $1", NULL};
            struct db_rows *rows = db_query(shop->tx.db, &sql, ARGS(db_uuid(&products[i].id)));
            assert_true(db_step(rows));
            assert_int_equal(seen[db_column_int(rows, 0)]++, 0);
            assert_int_equal(db_finish(rows), STATUS_OK);
        }
    }
    assert_null(memchr(seen + 1, 0, products_count));
    free(seen);
}

static void facets_count_what_is_found(void **state) {
    struct shop *shop = *state;
    add(shop, "Oak lamp", "light", "", 100);
    add(shop, "Desk lamp", "light", "", 120);
    add(shop, "Lamp oil", "oil", "", 999);
    add(shop, "Mug", "kitchen", "", 5);
    struct search search = {.q = STR("lamp")};
    struct facets facets;
    assert_int_equal(product_facets(&shop->tx, &search, &facets), STATUS_OK);
    assert_int_equal(facets.total, 3);
    const struct category *categories = facets.categories.at;
    assert_int_equal(facets.categories.count, 2);
    assert_text(categories[0].category, "light");
    assert_int_equal(categories[0].product_count, 2);
    const struct price_band *bands = facets.price_bands.at;
    assert_int_equal(facets.price_bands.count, 2);
    assert_int_equal(bands[0].min_price, 100);
    assert_int_equal(bands[0].max_price, 249);
    assert_int_equal(bands[0].product_count, 2);
    assert_int_equal(bands[1].min_price, 500);
    assert_int_equal(bands[1].max_price, 999);
}

static void bands_are_at_most_eight_and_hold_every_price(void **state) {
    struct shop *shop = *state;
    int64_t price = 1, count = 0;
    for (; price < money_max / 3; price *= 3, count++)
        add(shop, "x", "c", "", price);
    add(shop, "x", "c", "", money_max);
    struct search search = {.limit = 1};
    struct facets facets;
    assert_int_equal(product_facets(&shop->tx, &search, &facets), STATUS_OK);
    const struct price_band *bands = facets.price_bands.at;
    assert_int_equal(facets.price_bands.count, price_bands_max);
    int64_t all = 0;
    for (size_t i = 0; i < price_bands_max; i++) {
        struct search in = {
            .min_price = {true, bands[i].min_price}, .max_price = {true, bands[i].max_price}, .limit = 1};
        assert_int_equal(find(shop, &in).total, bands[i].product_count);
        all += bands[i].product_count;
    }
    assert_int_equal(all, count + 1);
    assert_int_equal(bands[price_bands_max - 1].max_price, money_max);
}

/* The suggestions for a text, with bars. */
static struct str suggested(struct shop *shop, const char *q) {
    struct list list;
    assert_int_equal(product_suggest(&shop->tx, str_from(q), &list), STATUS_OK);
    struct buf text = buf_new(&shop->arena);
    const struct suggestion *suggestions = list.at;
    assert_true(list.count <= suggestions_max);
    for (size_t i = 0; i < list.count; i++) {
        buf_put_text(&text, i ? "|" : "");
        buf_put(&text, suggestions[i].text);
    }
    return text.size ? buf_str(&text) : STR("");
}

static void suggestions_complete_the_last_word(void **state) {
    static const struct {
        const char *q, *suggestions;
    } rows[] = {
        {"", ""},
        {"...", ""},
        {"lam", "lamp|lampshade|Oak lamp|Desk lamp|Lampshade"},
        {"Oak la", "Oak lamp"},
        {"caf", "caf\xC3\xA9ti\xC3\xA8re|Caf\xC3\xA9ti\xC3\xA8re"},
        {"bri", "Desk lamp"},
        {"xyzzy", ""},
    };
    struct shop *shop = *state;
    add(shop, "Desk lamp", "light", "Bright.", 100);
    add(shop, "Lampshade", "light", "", 100);
    add(shop, "Oak lamp", "light", "", 100);
    add(shop, "Caf\xC3\xA9ti\xC3\xA8re", "kitchen", "", 100);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_text(suggested(shop, rows[i].q), str_from(rows[i].suggestions), rows[i].q, __FILE__, __LINE__);
}

/* Any text, made of pieces that have broken searches before. */
static void any_text_is_safe(void **state) {
    static const char *const pieces[] = {"lamp",
                                         "\"",
                                         "'",
                                         "*",
                                         "(",
                                         ")",
                                         "-",
                                         "NOT ",
                                         " OR ",
                                         "%",
                                         "_",
                                         "\\",
                                         ";--",
                                         "\xF0\x9F\x98\x80",
                                         "\xCC\x81",
                                         "\xE2\x80\x8D",
                                         "\xC3\x9F",
                                         "\xEF\xB7\xBA",
                                         "\xFF",
                                         "\xED\xA0\x80",
                                         " ",
                                         "0",
                                         "1.5",
                                         "\x01",
                                         "a",
                                         "caf\xC3\xA9",
                                         "\xE8\x80\xB3",
                                         "\xF4\x8F\xBF\xBF"};
    struct shop *shop = *state;
    for (size_t i = 0; i < 60; i++) {
        struct product given = made_up(shop), out;
        assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    }
    for (size_t i = 0; i < 2000; i++) {
        char q[800];
        size_t size = 0;
        for (uint32_t n = roll(shop, 60); n > 0; n--) {
            const char *piece = pieces[roll(shop, COUNT(pieces))];
            memcpy(q + size, piece, strlen(piece));
            size += strlen(piece);
        }
        struct search search = {.q = text_of(q, size), .limit = 20, .sort = (int)roll(shop, SORT_NEWEST + 1)};
        struct facets facets;
        struct list list;
        int64_t total = find(shop, &search).total;
        assert_int_equal(product_facets(&shop->tx, &search, &facets), STATUS_OK);
        assert_int_equal(facets.total, total);
        assert_int_equal(product_suggest(&shop->tx, search.q, &list), STATUS_OK);
        if (i % 100 == 99)
            arena_reset(&shop->arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(queries_find_what_they_should_in_order),
        IN_SHOP(a_blank_text_is_no_filter),
        IN_SHOP(filters_and_orders_are_those_of_a_slow_search),
        IN_SHOP(pages_follow_each_other_without_gap_or_overlap),
        IN_SHOP(of_too_many_the_newest_are_found_and_the_count_says_so),
        IN_SHOP(pages_fit_together_where_too_many_names_begin_alike),
        IN_SHOP(facets_count_what_is_found),
        IN_SHOP(bands_are_at_most_eight_and_hold_every_price),
        IN_SHOP(suggestions_complete_the_last_word),
        IN_SHOP(any_text_is_safe),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
