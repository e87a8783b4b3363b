/* The search: words of texts, the index kept in step with the products, and what queries find. */
#include "test.h"
#include "world.h"

#include "base/buf.h"
#include "shop/search.h"
#include "shop/search_spell.h"

#include <stdlib.h>

struct shop {
    struct world world;
    struct arena arena;
    struct tx tx;
};

static int shop_open(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    char why[db_why_size];
    if (!shop)
        return -1;
    *state = shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, (size_t)256 * 1024 * 1024);
    shop->tx = (struct tx){.arena = &shop->arena, .clock = &shop->world.clock, .random = &shop->world.random};
    return db_open(":memory:", DB_CREATE, &shop->tx.db, why) == STATUS_OK ? 0 : -1;
}

static int shop_close(void **state) {
    struct shop *shop = *state;
    db_close(shop->tx.db);
    arena_free(&shop->arena);
    free(shop);
    return 0;
}

/* ---- words ---- */

static void a_text_is_split_into_folded_words(void **state) {
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", ""},
        {"  \t\n ", ""},
        {"!?;-\"'", ""},
        {"Desk lamp", "desk|lamp"},
        {"USB-C charger", "usb|c|charger"},
        {"Cafeti\xC3\xA8re, 1 L", "cafetiere|1|l"},
        {"Cafetie\xCC\x80re", "cafetiere"},
        {"CR\xC3\x88ME BR\xC3\x9BL\xC3\x89"
         "E",
         "creme|brulee"},
        {"Chef's knife", "chefs|knife"},
        {"Chef\xE2\x80\x99s", "chefs"},
        {"20,000 mAh", "20000|mah"},
        {"1.8 L, 3.5", "18|l|35"},
        {"sold out.", "sold|out"},
        {"stra\xC3\x9F"
         "e",
         "strasse"},
        {"Sm\xC3\xB8rrebr\xC3\xB8"
         "d",
         "smorrebrod"},
        {"\xC3\x86ther \xC5\x81\xC3\xB3"
         "d\xC5\xBA",
         "aether|lodz"},
        {"\xEF\xBC\xA1\xEF\xBC\xA2\xEF\xBC\x93", "ab3"},
        {"\xEF\xAC\x81lter", "filter"},
        {"co\xC2\xADoperate", "cooperate"},
        {"\xD0\x9B\xD0\x90\xD0\x9C\xD0\x9F\xD0\x90", "\xD0\xBB\xD0\xB0\xD0\xBC\xD0\xBF\xD0\xB0"},
        {"\xE8\x80\xB3\xE6\x9C\xBA", "\xE8\x80\xB3|\xE6\x9C\xBA"},
        {"mug\xF0\x9F\x98\x80mug", "mug|mug"},
        {"a\xFF"
         "b",
         "a|b"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "012345678901234567890123456789012345678901234567"},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str rest = str_from(rows[i].text);
        struct word word;
        struct buf got = buf_new(&shop->arena);
        buf_put_text(&got, "");
        while (word_next(&rest, &word)) {
            buf_put(&got, got.size ? STR("|") : STR(""));
            buf_put(&got, word_text(&word));
        }
        check_text(text_of(got.size ? got.at : "", got.size), str_from(rows[i].words), rows[i].text, __FILE__,
                   __LINE__);
    }
}

static void a_word_knows_how_it_was_written(void **state) {
    (void)state;
    struct str rest = STR(" - Cafeti\xC3\xA8re, (Chef's) ");
    struct word word;
    assert_true(word_next(&rest, &word));
    assert_text(word.written, "Cafeti\xC3\xA8re");
    assert_true(word_next(&rest, &word));
    assert_text(word.written, "Chef's");
    assert_false(word_next(&rest, &word));
}

static void words_of_one_stem_meet(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"lamps", "lamp"},        {"grinding", "grind"},      {"knives", "knife"},   {"lighting", "lights"},
        {"mice", "mouse"},        {"boxes", "box"},           {"folding", "folded"}, {"shelves", "shelf"},
        {"batteries", "battery"}, {"headphones", "headphone"}};
    struct stemmer *stemmer = stemmer_open();
    assert_non_null(stemmer);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char first[word_bytes_max];
        struct str a = stemmer_stem(stemmer, str_from(rows[i][0]), true);
        memcpy(first, a.at, a.size);
        struct str b = stemmer_stem(stemmer, str_from(rows[i][1]), true);
        check_text(text_of(first, a.size), b, rows[i][0], __FILE__, __LINE__);
    }
    assert_text(stemmer_stem(stemmer, STR("a5s"), false), "a5s");
    stemmer_close(stemmer);
}

static void spelling_is_measured_in_letters(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        size_t most, distance;
    } rows[] = {
        {"lamp", "lamp", 2, 0},
        {"hedphones", "headphones", 2, 1},
        {"keybord", "keyboard", 1, 1},
        {"teh", "the", 2, 1},
        {"lampp", "lamp", 2, 1},
        {"clamp", "lamp", 2, 1},
        {"lamp", "mug", 2, 3},
        {"lamp", "lame", 1, 1},
        {"kettle", "kitten", 2, 3},
        {"ca", "abc", 3, 3},
        {"", "ab", 2, 2},
        {"\xC3\xB8l", "ol", 2, 1},
        {"headphones", "lamp", 2, 3},
        {"bagpack", "backpack", 1, 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i].a, spelling_distance(str_from(rows[i].a), str_from(rows[i].b), rows[i].most),
                         rows[i].distance);
    assert_int_equal(spelling_distance_max(STR("mug")), 0);
    assert_int_equal(spelling_distance_max(STR("lamp")), 1);
    assert_int_equal(spelling_distance_max(STR("keyboard")), 2);
}

/* ---- the index in step with the products ---- */

static struct product product_of(const char *name, const char *category, const char *description,
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

static struct uuid add(struct shop *shop, const char *name, const char *category, const char *description,
                       int64_t price) {
    struct product given = product_of(name, category, description, price), out = {0};
    assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    return out.id;
}

/* Every term with its counts, documents and places: `lamp 2/2/1: 1*9 4*12`. */
static void dump_terms(struct shop *shop, struct buf *out) {
    static const struct sql terms_sql = {
        "SELECT id, documents, words, titles, term FROM search_terms ORDER BY term", NULL};
    static const struct sql sql = {"SELECT key, data FROM search_postings WHERE key >> 24 = $1 ORDER BY key",
                                   NULL};
    struct db_rows *terms = db_query(shop->tx.db, &terms_sql, NO_ARGS);
    while (db_step(terms)) {
        int64_t id = db_column_int(terms, 0);
        struct str term = db_column_bytes(terms, 4);
        buf_printf(out, "%.*s %d/%d/%d:", (int)term.size, term.at, (int)db_column_int(terms, 1),
                   (int)db_column_int(terms, 2), (int)db_column_int(terms, 3));
        struct db_rows *rows = db_query(shop->tx.db, &sql, ARGS(db_int(id)));
        while (db_step(rows)) {
            struct str data = db_column_bytes(rows, 1);
            int64_t block = db_column_int(rows, 0) - (id << posting_key_bits);
            for (size_t at = 0; at < data.size; at += 2) {
                uint32_t entry = entry_at(data.at + at);
                buf_printf(out, " %lld*%u",
                           (long long)(block << posting_block_bits | entry >> term_place_bits), entry & 15);
            }
        }
        assert_int_equal(db_finish(rows), STATUS_OK);
        buf_put_char(out, '\n');
    }
    assert_int_equal(db_finish(terms), STATUS_OK);
}

static int64_t count_orphans(struct shop *shop) {
    static const struct sql sql = {
        "SELECT count(*) FROM search_postings WHERE key >> 24 NOT IN (SELECT id FROM search_terms)", NULL};
    struct db_rows *rows = db_query(shop->tx.db, &sql, NO_ARGS);
    assert_true(db_step(rows));
    int64_t count = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    return count;
}

static struct str category_name(struct shop *shop, int64_t id) {
    static const struct sql sql = {"SELECT name FROM search_categories WHERE id = $1", NULL};
    struct db_rows *rows = db_query(shop->tx.db, &sql, ARGS(db_int(id)));
    struct str name = db_step(rows) ? db_column_text(rows, 0, &shop->arena) : STR("?");
    assert_int_equal(db_finish(rows), STATUS_OK);
    return name;
}

static void dump_columns(struct shop *shop, struct buf *out) {
    int64_t prices[column_block_documents], categories[column_block_documents];
    struct column_scan scan;
    scan_begin(&scan, &shop->tx, 0, 1 << 20, true);
    while (scan_next(&scan)) {
        column_unpack(scan.prices, prices);
        column_unpack(scan.categories, categories);
        for (size_t i = 0; i < column_block_documents; i++) {
            struct str category = scan.lengths[i] ? category_name(shop, categories[i]) : STR("");
            if (scan.lengths[i])
                buf_printf(out, "%lld %lld %.*s %d %.15s\n",
                           (long long)(scan.block << column_block_bits) + (long long)i, (long long)prices[i],
                           (int)category.size, category.at, scan.lengths[i], scan.names + i * name_key_bytes);
        }
    }
    assert_int_equal(scan_end(&scan), STATUS_OK);
}

static struct str dump(struct shop *shop) {
    struct buf out = buf_new(&shop->arena);
    dump_terms(shop, &out);
    dump_columns(shop, &out);
    assert_int_equal(count_orphans(shop), 0);
    return buf_str(&out);
}

static void assert_in_step(struct shop *shop) {
    struct str kept = dump(shop);
    assert_int_equal(search_index_rebuild(&shop->tx), STATUS_OK);
    assert_str(kept, dump(shop));
}

static void a_word_is_indexed_by_its_stem_and_itself(void **state) {
    struct shop *shop = *state;
    add(shop, "Lamps", "light", "A lamp. Lamps!", 100);
    add(shop, "Mug", "light", "", 200);
    assert_text(dump(shop),
                "a 1/1/0: 1*12\n"
                "lamp 1/1/1: 1*13\n"
                "lamps 1/1/1: 1*13\n"
                "light 2/2/2: 1*10 2*10\n"
                "mug 1/1/1: 2*9\n"
                "1 100 light 5 lamps\n"
                "2 200 light 3 mug\n");
}

static void what_is_deleted_leaves_nothing_behind(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "Lamps", "light", "A lamp.", 100);
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_OK);
    assert_text(dump(shop), "");
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_PRODUCT_NOT_FOUND);
    struct product out;
    struct product_change back = {.is_active = {true, true}};
    assert_int_equal(product_change(&shop->tx, &id, &back, &out), STATUS_OK);
    assert_has(dump(shop), "lamp 1/1/1: 1*13\n");
    assert_in_step(shop);
}

static void a_change_of_stock_or_picture_does_not_touch_the_index(void **state) {
    static const struct sql empty[] = {{"DELETE FROM search_terms", NULL},
                                       {"DELETE FROM search_postings", NULL},
                                       {"DELETE FROM search_columns", NULL},
                                       {"DELETE FROM search_names", NULL}};
    struct shop *shop = *state;
    struct uuid id = add(shop, "Lamp", "light", "", 100);
    struct product out;
    struct product_change change = {
        .name = STR("Lamp"), .price = {true, 100}, .stock_quantity = {true, 3}, .image_url = STR("/x.svg")};
    for (size_t i = 0; i < COUNT(empty); i++)
        assert_int_equal(db_exec(shop->tx.db, &empty[i], NO_ARGS, NULL), STATUS_OK);
    assert_int_equal(product_change(&shop->tx, &id, &change, &out), STATUS_OK);
    assert_text(dump(shop), "");
}

static void a_price_of_any_size_is_kept(void **state) {
    struct shop *shop = *state;
    static const int64_t prices[] = {0, 255, 256, 65535, 65536, 4294967295, 4294967296, money_max};
    for (size_t i = 0; i < COUNT(prices); i++) {
        char want[64];
        add(shop, "x", "c", "", prices[i]);
        snprintf(want, sizeof want, "\n%zu %lld c 1 x\n", i + 1, (long long)prices[i]);
        assert_has(dump(shop), want);
    }
    assert_in_step(shop);
}

/* Texts that share words, prefixes and stems. */
static struct str made_up_text(struct shop *shop, size_t words) {
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
                                       "Kn\xC3\xB6"
                                       "del"};
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

static uint32_t roll(struct shop *shop, uint32_t sides) {
    uint32_t dice;
    random_fill(&shop->world.random, &dice, sizeof dice);
    return dice % sides;
}

static struct product made_up(struct shop *shop) {
    static const char *const categories[] = {"light", "kitchen things", "oak", "caf\xC3\xA9"};
    return (struct product){
        .name = made_up_text(shop, 1 + roll(shop, 3)),
        .description = made_up_text(shop, roll(shop, 12)),
        .price = roll(shop, 3) ? roll(shop, 5000) : (int64_t)roll(shop, 100000) * 1000000,
        .category = str_from(categories[roll(shop, COUNT(categories))]),
        .image_url = STR(""),
    };
}

/* Puts the next product's seq just before a boundary of blocks. */
static void skip_to(struct shop *shop, int64_t seq) {
    static const struct sql sql = {
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, randomblob(16), 'gone', '', 0, 0, 'gone', '', 0, 0)",
        NULL};
    assert_int_equal(db_exec(shop->tx.db, &sql, ARGS(db_int(seq)), NULL), STATUS_OK);
}

enum { known_max = 400 };

static void change_something(struct shop *shop, struct uuid *known, size_t *count) {
    struct product given = made_up(shop), out = {0};
    const struct uuid *id = *count ? &known[roll(shop, (uint32_t)*count)] : NULL;
    struct product_change change = {0};
    switch (id ? roll(shop, 8) : 0) {
    case 0:
    case 1:
    case 2:
        assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
        known[(*count)++] = out.id;
        return;
    case 3:
        (void)!product_delete(&shop->tx, id);
        return;
    case 4:
        change.is_active = (struct maybe_bool){true, true};
        break;
    case 5:
        change.name = given.name, change.description = given.description;
        break;
    case 6:
        change.price = (struct maybe_int){true, given.price}, change.category = given.category;
        break;
    default:
        change = (struct product_change){.name = given.name, .is_active = {true, roll(shop, 2) == 0}};
    }
    assert_int_equal(product_change(&shop->tx, id, &change, &out), STATUS_OK);
}

static void the_index_is_what_a_rebuild_makes_of_the_products(void **state) {
    struct shop *shop = *state;
    struct uuid known[known_max];
    size_t count = 0;
    for (size_t round = 0; round < 12; round++) {
        if (round == 4)
            skip_to(shop, posting_block_documents - 4);
        if (round == 8)
            skip_to(shop, 3 * posting_block_documents + 250);
        for (size_t i = 0; i < 60 && count < known_max; i++)
            change_something(shop, known, &count);
        assert_in_step(shop);
    }
}

static void products_in_bulk_are_indexed_as_single_ones(void **state) {
    struct shop *shop = *state;
    struct uuid known[known_max];
    size_t count = 0;
    for (size_t round = 0; round < 4; round++) {
        struct search_bulk bulk;
        search_bulk_begin(&bulk);
        for (size_t i = 0; i < 50; i++) {
            struct product given = made_up(shop), out = {0};
            if (i == 20 && round == 2)
                skip_to(shop, 2 * posting_block_documents - 7);
            assert_int_equal(product_import(&shop->tx, &bulk, &given, &out), STATUS_OK);
            known[count++] = out.id;
            if (i % 20 == 19)
                assert_int_equal(search_bulk_flush(&bulk, &shop->tx), STATUS_OK);
        }
        assert_int_equal(search_bulk_flush(&bulk, &shop->tx), STATUS_OK);
        search_bulk_end(&bulk);
        for (size_t i = 0; i < 20 && count < known_max; i++)
            change_something(shop, known, &count);
        assert_in_step(shop);
    }
}

/* ---- what is found ---- */

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

#define IN_SHOP(test) cmocka_unit_test_setup_teardown(test, shop_open, shop_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(a_text_is_split_into_folded_words),
        cmocka_unit_test(a_word_knows_how_it_was_written),
        cmocka_unit_test(words_of_one_stem_meet),
        cmocka_unit_test(spelling_is_measured_in_letters),
        IN_SHOP(a_word_is_indexed_by_its_stem_and_itself),
        IN_SHOP(what_is_deleted_leaves_nothing_behind),
        IN_SHOP(a_change_of_stock_or_picture_does_not_touch_the_index),
        IN_SHOP(a_price_of_any_size_is_kept),
        IN_SHOP(the_index_is_what_a_rebuild_makes_of_the_products),
        IN_SHOP(products_in_bulk_are_indexed_as_single_ones),
        IN_SHOP(queries_find_what_they_should_in_order),
        IN_SHOP(a_blank_text_is_no_filter),
        IN_SHOP(filters_and_orders_are_those_of_a_slow_search),
        IN_SHOP(pages_follow_each_other_without_gap_or_overlap),
        IN_SHOP(facets_count_what_is_found),
        IN_SHOP(bands_are_at_most_eight_and_hold_every_price),
        IN_SHOP(suggestions_complete_the_last_word),
        IN_SHOP(any_text_is_safe),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
