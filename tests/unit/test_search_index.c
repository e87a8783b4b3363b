/* The search index: the words of texts, and that it is in step with the products whatever happens to them. */
#include "search_shop.h"

#include "shop/search_spell.h"

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

/* Puts the next product's seq just before a boundary of blocks. */
static void skip_to(struct shop *shop, int64_t seq) {
    static const struct sql sql = {
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, randomblob(16), 'gone', '', 0, 0, 'gone', '', 0, 0)",
        "INSERT INTO products (seq, id, name, description, price, stock_quantity, category, image_url, is_active,"
        " created_at) VALUES ($1, gen_random_uuid(), 'gone', '', 0, 0, 'gone', '', 0, now())"};
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
        search_bulk_begin(&bulk, 0, NULL);
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
    };
    return cmocka_run_group_tests_name("search_index", tests, NULL, NULL);
}
