/* The search: what it finds, in which order, and that no text breaks it. */
#include "search_shop.h"

static void queries_find_the_right_products_in_order(void **state) {
    static const struct {
        const char *q, *names;
    } rows[] = {
        /* a name before a category before a description; then the shorter name; then the newest */
        {"oak", "Oak lamp,Shelf,Mug"},
        {"lamp", "Oak lamp,Desk lamp,Lampshade"},
        {"LAMPS", "Oak lamp,Desk lamp,Lampshade"},
        {"lam", "Oak lamp,Desk lamp,Lampshade"},
        {"desk lamp", "Desk lamp; Oak lamp,Lampshade"},
        {"lamp desk", "Desk lamp; Oak lamp,Lampshade"},
        {"shade", ""},
        {"lampe", "Oak lamp,Desk lamp"},
        {"gamp", "Oak lamp,Desk lamp"},
        {"zzffee grinder", "Coffee grinder"},
        {"grnider", "Coffee grinder"},
        {"cafetiere", "Caf\xC3\xA9ti\xC3\xA8re"},
        {"caf\xC3\xA9", "Caf\xC3\xA9ti\xC3\xA8re"},
        {"coffeegrinder", "Coffee grinder"},
        {"lamp shade", "Lampshade; Oak lamp,Desk lamp"},
        {"the lamp for a desk", "Desk lamp; Oak lamp,Lampshade"},
        {"the", "Mug"},
        {"lamp xyzzyplugh", "Oak lamp,Desk lamp,Lampshade"},
        {"xyzzyplugh", ""},
        {"500ml", "Kettle"},
        {"!!!", ""},
        {"\"oak\" OR lamp*", "Oak lamp; Desk lamp,Lampshade,Shelf,Mug"},
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

/* A reference implementation: filters and sorts a copy of all products, without the index. It ignores the text. */
struct reference_row {
    struct product product;
    size_t seq;
    int sort;
};

static int reference_compare(const void *a, const void *b) {
    const struct reference_row *x = a, *y = b;
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

static void assert_equals_reference(struct shop *shop, const struct search *search,
                                    const struct product *products, size_t count) {
    struct reference_row *rows = calloc(count, sizeof *rows);
    size_t selected = 0;
    for (size_t i = 0; i < count; i++) {
        const struct str *categories = search->category.data;
        bool in_category = search->category.count == 0;
        for (size_t c = 0; c < search->category.count; c++)
            in_category |= str_equal(categories[c], products[i].category);
        bool in_stock = products[i].stock_quantity > 0;
        bool in = in_category && (!search->in_stock.is_set || search->in_stock.value == in_stock) &&
                  (!search->min_price.is_set || products[i].price >= search->min_price.value) &&
                  (!search->max_price.is_set || products[i].price <= search->max_price.value);
        if (in)
            rows[selected++] = (struct reference_row){products[i], i, search->sort};
    }
    qsort(rows, selected, sizeof *rows, reference_compare);
    struct search_found found = find(shop, search);
    assert_int_equal(found.total, selected);
    const struct product *got = found.products.data;
    size_t offset = (size_t)search->offset < selected ? (size_t)search->offset : selected;
    size_t want = selected - offset < (size_t)search->limit ? selected - offset : (size_t)search->limit;
    assert_int_equal(found.products.count, want);
    for (size_t i = 0; i < want; i++)
        assert_memory_equal(&got[i].id, &rows[offset + i].product.id, sizeof got[i].id);
    free(rows);
}

static void filters_and_orders_equal_those_of_the_reference(void **state) {
    enum { products_count = 700 };
    struct shop *shop = *state;
    struct product *products = calloc(products_count, sizeof *products);
    for (size_t i = 0; i < products_count; i++) {
        struct product given = random_product(shop);
        given.price = roll(shop, 50);
        given.stock_quantity =
            i < 300 ? roll(shop, 3) : 1; /* the newest blocks have nothing that is sold out */
        if (roll(shop, 2))               /* longer than the name key, with the same key */
            given.name =
                str_from(roll(shop, 2) ? "Wireless lampshade of oak" : "wireless lampshade for a mug");
        assert_int_equal(product_add(&shop->ctx, &given, &products[i]), STATUS_OK);
    }
    for (size_t i = 0; i < 300; i++) {
        struct search search = {.sort = (int)roll(shop, SORT_NEWEST + 1),
                                .limit = 1 + roll(shop, 60),
                                .offset = roll(shop, 3) ? 0 : roll(shop, 800)};
        static const struct str categories[] = {{"none", 4}, {"oak", 3}, {"light", 5}, {"oak", 3}};
        if (roll(shop, 2)) {
            uint32_t first = roll(shop, 4);
            search.category = (struct list){categories + first, 1 + roll(shop, 4 - first)};
        }
        if (roll(shop, 2))
            search.in_stock = (struct maybe_bool){true, roll(shop, 2)};
        if (roll(shop, 2))
            search.min_price = (struct maybe_int){true, roll(shop, 40)};
        if (roll(shop, 2))
            search.max_price = (struct maybe_int){true, roll(shop, 60)};
        assert_equals_reference(shop, &search, products, products_count);
    }
    free(products);
}

static void pages_follow_each_other_without_gap_or_overlap(void **state) {
    struct shop *shop = *state;
    for (size_t i = 0; i < 120; i++) {
        struct product given = random_product(shop), out;
        assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
    }
    for (int sort = SORT_RELEVANCE; sort <= SORT_NEWEST; sort++) {
        struct search search = {.q = STR("lamp"), .sort = sort, .limit = 500};
        struct search_found whole = find(shop, &search);
        const struct product *all = whole.products.data;
        assert_int_equal(whole.total, whole.products.count);
        search.limit = 7;
        for (search.offset = 0; search.offset < whole.total; search.offset += 7) {
            struct search_found page = find(shop, &search);
            for (size_t i = 0; i < page.products.count; i++)
                assert_memory_equal(&((const struct product *)page.products.data)[i].id,
                                    &all[(size_t)search.offset + i].id, 16);
            assert_int_equal(page.total, whole.total);
        }
    }
}

/* Compares the pages of two searches. */
static void assert_same_pages(struct shop *shop, struct search *a, struct search *b) {
    for (int64_t offset = 0; offset < 200; offset += 60) {
        a->offset = b->offset = offset;
        a->limit = b->limit = 60;
        struct search_found x = find(shop, a), y = find(shop, b);
        const struct product *left = x.products.data, *right = y.products.data;
        assert_int_equal(x.total, y.total);
        assert_int_equal(x.products.count, y.products.count);
        for (size_t i = 0; i < x.products.count; i++)
            assert_memory_equal(&left[i].id, &right[i].id, sizeof left->id);
    }
}

/* Each price is the length of the name. */
static void of_equal_scores_the_shorter_names_come_first(void **state) {
    static const char letters[] = "lamp xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    struct shop *shop = *state;
    for (int i = 0; i < 800; i++) {
        char name[sizeof letters];
        int64_t length = 7 + roll(shop, 40);
        snprintf(name, sizeof name, "%.*s", (int)length, letters);
        add(shop, name, "light", "", length);
    }
    struct search by_relevance = {.q = STR("lamp")}, by_price = {.q = STR("lamp"), .sort = SORT_PRICE_ASC};
    assert_same_pages(shop, &by_relevance, &by_price);
}

static void other_sorts_leave_the_tail_out(void **state) {
    struct shop *shop = *state;
    for (int i = 0; i < 1200; i++)
        add(shop, i % 300 == 0 ? "Oak lamp" : "Lamp", "light", "", i % 300 == 0 ? i : 1200);
    for (int sort = SORT_PRICE_ASC; sort <= SORT_NEWEST; sort++) {
        struct search search = {.q = STR("oak lamp"), .sort = sort, .limit = 2};
        struct search_found found = find(shop, &search);
        const struct product *products = found.products.data;
        assert_int_equal(found.total, 4);
        assert_int_equal(found.further, 0);
        assert_int_equal(products[0].price, sort == SORT_PRICE_ASC ? 0 : 900);
        assert_int_equal(products[1].price, sort == SORT_PRICE_ASC ? 300 : 600);
        search.limit = 60;
        assert_int_equal(find(shop, &search).products.count, 4);
    }
}

/* Makes the next product get this seq. */
static void skip_to(struct shop *shop, int64_t seq) {
    static const struct sql sql = {
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, randomblob(16), 'gone', '', 0, 0, 'gone', '', 0, 0)",
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, gen_random_uuid(), 'gone', '', 0, 0, 'gone', '', 0, now())"};
    static const struct sql counter = {NULL, "SELECT setval(pg_get_serial_sequence('products', 'seq'), $1)"};
    assert_int_equal(db_exec(shop->ctx.db, &sql, ARGS(db_int(seq - 1)), NULL), STATUS_OK);
    assert_int_equal(db_exec_deferred(shop->ctx.db, &counter, ARGS(db_int(seq - 1))), STATUS_OK);
}

static void if_too_many_match_the_newest_are_found_and_the_count_says_so(void **state) {
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
    assert_int_equal(((const struct product *)found.products.data)->price, hit_blocks_max + 2);
    search.q = STR("");
    search.max_price = (struct maybe_int){true, money_max};
    found = find(shop, &search);
    assert_false(found.at_least);
    assert_int_equal(found.total, hit_blocks_max + 2);
}

static void pages_fit_together_if_too_many_names_share_their_key(void **state) {
    enum { products_count = name_ties_max + 200 };
    struct shop *shop = *state;
    struct bulk_index bulk;
    bulk_index_begin(&bulk, NULL);
    for (int i = 0; i < products_count; i++) {
        char name[64];
        struct product out;
        snprintf(name, sizeof name, "a name that begins alike %d", (int)roll(shop, 1000));
        struct product given = product_of(name, "c", "", 1);
        assert_int_equal(product_add_bulk(&shop->ctx, &bulk, &given, &out), STATUS_OK);
    }
    assert_int_equal(bulk_index_flush(&bulk, &shop->ctx), STATUS_OK);
    bulk_index_end(&bulk);
    struct search search = {.sort = SORT_NAME_ASC, .limit = 500};
    char *seen = calloc(products_count + 1, 1);
    for (; search.offset < products_count; search.offset += 500) {
        struct search_found page = find(shop, &search);
        const struct product *products = page.products.data;
        for (size_t i = 0; i < page.products.count; i++) {
            static const struct sql sql = SQL("SELECT seq FROM products WHERE id = $1");
            struct db_rows *rows = db_query(shop->ctx.db, &sql, ARGS(db_uuid(&products[i].id)));
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
    assert_int_equal(product_facets(&shop->ctx, &search, &facets), STATUS_OK);
    assert_int_equal(facets.total, 3);
    const struct category *categories = facets.categories.data;
    assert_int_equal(facets.categories.count, 2);
    assert_text(categories[0].category, "light");
    assert_int_equal(categories[0].product_count, 2);
    const struct price_band *bands = facets.price_bands.data;
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
    assert_int_equal(product_facets(&shop->ctx, &search, &facets), STATUS_OK);
    const struct price_band *bands = facets.price_bands.data;
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

/* The suggestions for a text, separated by bars. */
static struct str suggested(struct shop *shop, const char *q) {
    struct list list;
    assert_int_equal(product_suggest(&shop->ctx, str_from(q), &list), STATUS_OK);
    struct buf text = buf_new(&shop->arena);
    const struct suggestion *suggestions = list.data;
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

static void suggestions_follow_the_words_before(void **state) {
    static const struct {
        const char *q, *suggestions;
    } rows[] = {
        {"usb c",
         "usb cable|USB cable|Pocket USB hub"}, /* the shop's seventeen commonest words with c are others */
        {"light b", "light bulb|light brass|Light by Brass & Co|Light bulb"}, /* not `by` */
        {"lights bu", "lights bulb|Light bulb"},
        {"the bu", "the bulb|Light bulb"},
        {"lihgt bu", "lihgt bulb|Light bulb"},
        {"light by", "Light by Brass & Co|Light bulb|Wi-Fi light|Wi, wireless light"},
        {"usb ", "usb cable|usb hub|USB cable|Pocket USB hub"},
        {"hub ", "Pocket USB hub"},
        {"pocket u", "pocket usb|Pocket USB hub"},
        {"wi-", "wi-fi|Wi-Fi light|Wi, wireless light|Pocket USB hub"},
        {"wi-f", "wi-fi|Wi-Fi light"},
        {"wi ", "wi fi|Wi-Fi light|Wi, wireless light|Pocket USB hub"}, /* nothing goes on behind the comma */
        {"ca", "cart|cart0|cart1|cart10|cart11|USB cable|Cart cart4 8|Cart cart3 6"}, /* not `carts` */
        {"hub z", "Pocket USB hub"},
    };
    struct shop *shop = *state;
    for (int i = 0; i < 34; i++) {
        char name[40];
        snprintf(name, sizeof name, i % 2 ? "Cart carts cart%d %d" : "Cart cart%d %d", i / 2, i);
        add(shop, name, "wheels", "", 100);
    }
    add(shop, "Wi, wireless light", "home", "", 100);
    add(shop, "Wi-Fi light", "home", "", 100);
    add(shop, "Pocket USB hub", "office", "With cables.", 100);
    add(shop, "USB cable", "parts", "", 100);
    add(shop, "Light bulb", "home", "", 100);
    add(shop, "Light by Brass & Co", "home", "", 100);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_text(suggested(shop, rows[i].q), str_from(rows[i].suggestions), rows[i].q, __FILE__, __LINE__);
}

/* Searches random texts made of pieces that are special somewhere: to FTS queries, LIKE, SQL, Unicode. */
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
        struct product given = random_product(shop), out;
        assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
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
        assert_int_equal(product_facets(&shop->ctx, &search, &facets), STATUS_OK);
        assert_int_equal(facets.total, total);
        assert_int_equal(product_suggest(&shop->ctx, search.q, &list), STATUS_OK);
        if (i % 100 == 99)
            arena_reset(&shop->arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(queries_find_the_right_products_in_order),
        IN_SHOP(a_blank_text_is_no_filter),
        IN_SHOP(filters_and_orders_equal_those_of_the_reference),
        IN_SHOP(pages_follow_each_other_without_gap_or_overlap),
        IN_SHOP(of_equal_scores_the_shorter_names_come_first),
        IN_SHOP(other_sorts_leave_the_tail_out),
        IN_SHOP(if_too_many_match_the_newest_are_found_and_the_count_says_so),
        IN_SHOP(pages_fit_together_if_too_many_names_share_their_key),
        IN_SHOP(facets_count_what_is_found),
        IN_SHOP(bands_are_at_most_eight_and_hold_every_price),
        IN_SHOP(suggestions_complete_the_last_word),
        IN_SHOP(suggestions_follow_the_words_before),
        IN_SHOP(any_text_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
