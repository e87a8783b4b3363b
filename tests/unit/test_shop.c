/* The shop's rules on a database in memory, with a clock and random bytes of the test's own: the catalogue,
 * and the admin's token. */
#include "shop.h"

#include "shop/catalogue.h"
#include "shop/settings.h"

static struct product lamp(const char *name, const char *category) {
    return (struct product){
        .name = str_from(name),
        .description = STR("Warm light."),
        .price = 2999,
        .stock_quantity = 12,
        .category = str_from(category),
        .image_url = STR("/media/lamp.svg"),
    };
}

static struct uuid add(struct shop *shop, const char *name, const char *category) {
    struct product given = lamp(name, category), out = {0};
    assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    return out.id;
}

/* The names of a page, with commas: `c,b,a`. */
static struct str names(struct shop *shop, int64_t limit, int64_t offset, int64_t *total) {
    struct list list;
    struct product_page page = {INT64_MAX, limit, offset};
    int64_t next;
    assert_int_equal(product_list(&shop->tx, &page, &list, &next, total), STATUS_OK);
    struct buf text = buf_new(&shop->arena);
    const struct product *products = list.at;
    for (size_t i = 0; i < list.count; i++) {
        buf_put(&text, i ? STR(",") : STR(""));
        buf_put(&text, products[i].name);
    }
    return buf_str(&text);
}

/* The menu: `home 2,office 1`. */
static struct str menu(struct shop *shop) {
    struct list list;
    assert_int_equal(category_list(&shop->tx, &list), STATUS_OK);
    struct buf text = buf_new(&shop->arena);
    const struct category *categories = list.at;
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&text, "%s%.*s %lld", i ? "," : "", (int)categories[i].category.size,
                   categories[i].category.at, (long long)categories[i].product_count);
    return buf_str(&text);
}

/* ---- adding and reading ---- */

static void a_product_comes_back_as_it_was_added(void **state) {
    struct shop *shop = *state;
    struct product given = lamp("L\"é\n😀", "home"), out = {0}, back = {0};
    given.price = money_max;
    given.stock_quantity = 0;
    given.description = STR("");
    assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    assert_int_equal(product_get(&shop->tx, &out.id, &back), STATUS_OK);
    assert_true(uuid_equal(&back.id, &out.id));
    assert_str(back.name, given.name);
    assert_str(back.description, STR(""));
    assert_true(back.price == money_max && back.stock_quantity == 0);
    assert_text(back.category, "home");
    assert_text(back.image_url, "/media/lamp.svg");
}

static void an_id_is_minted_from_the_clock_where_none_is_given(void **state) {
    struct shop *shop = *state;
    struct uuid first = add(shop, "a", "home"), second = add(shop, "b", "home");
    assert_int_equal(first.bytes[6] >> 4, 7);
    assert_true(memcmp(first.bytes, second.bytes, sizeof first.bytes) < 0);
}

static void an_id_that_is_given_is_kept_and_is_taken_once(void **state) {
    struct shop *shop = *state;
    struct product given = lamp("a", "home"), out;
    given.id = (struct uuid){{1, 2, 3}};
    assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    assert_true(uuid_equal(&out.id, &given.id));
    assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_PRODUCT_EXISTS);
    assert_text(menu(shop), "home 1");
}

static void an_unknown_product_is_not_found(void **state) {
    struct shop *shop = *state;
    struct uuid id = {{9}};
    struct product out;
    struct product_change change = {.name = STR("x")};
    add(shop, "a", "home");
    assert_int_equal(product_get(&shop->tx, &id, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_change(&shop->tx, &id, &change, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_PRODUCT_NOT_FOUND);
}

static void when_a_product_was_made_is_kept(void **state) {
    static const struct sql sql = {"SELECT created_at FROM products", NULL};
    struct shop *shop = *state;
    add(shop, "a", "home");
    struct db_rows *rows = db_query(shop->tx.db, &sql, NO_ARGS);
    assert_true(db_step(rows));
    int64_t made = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    assert_true(made > WORLD_START_US && made <= shop->world.now_us);
}

/* ---- lists ---- */

static void a_list_is_newest_first_in_pages(void **state) {
    struct shop *shop = *state;
    int64_t total = -1;
    assert_text(names(shop, 10, 0, &total), "");
    assert_int_equal(total, 0);
    for (char name[] = "a"; *name < 'h'; ++*name)
        add(shop, name, "home");
    assert_text(names(shop, 3, 0, &total), "g,f,e");
    assert_int_equal(total, 7);
    assert_text(names(shop, 3, 3, &total), "d,c,b");
    assert_text(names(shop, 3, 6, &total), "a");
    assert_text(names(shop, 3, 7, &total), "");
    assert_int_equal(total, 7);
}

static void the_order_does_not_hang_on_the_clock(void **state) {
    struct shop *shop = *state;
    int64_t total;
    add(shop, "a", "home");
    shop->world.now_us -= 3600 * INT64_C(1000000);
    add(shop, "b", "home");
    assert_text(names(shop, 10, 0, &total), "b,a");
}

static void the_menu_counts_active_products_by_category(void **state) {
    struct shop *shop = *state;
    assert_text(menu(shop), "");
    add(shop, "a", "office");
    add(shop, "b", "home");
    struct uuid id = add(shop, "c", "office");
    add(shop, "d", "Office"); /* another one: a category is what was written */
    assert_text(menu(shop), "Office 1,home 1,office 2");
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_OK);
    assert_text(menu(shop), "Office 1,home 1,office 1");
}

static void a_menu_of_many_categories_is_whole(void **state) {
    enum { n = 200 };
    struct shop *shop = *state;
    struct list list;
    for (int i = 0; i < n; i++) {
        char category[8];
        snprintf(category, sizeof category, "%03d", i);
        add(shop, "a", category);
    }
    assert_int_equal(category_list(&shop->tx, &list), STATUS_OK);
    assert_int_equal(list.count, n);
    assert_text(((const struct category *)list.at)[n - 1].category, "199");
}

/* ---- changing and deleting ---- */

static void what_a_change_leaves_out_stays(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change change = {.price = {true, 0}, .description = STR("")};
    struct product out;
    assert_int_equal(product_change(&shop->tx, &id, &change, &out), STATUS_OK);
    assert_text(out.name, "a");
    assert_text(out.description, "");
    assert_int_equal(out.price, 0);
    assert_int_equal(out.stock_quantity, 12);
    assert_text(out.category, "home");
    assert_int_equal(product_get(&shop->tx, &id, &out), STATUS_OK);
    assert_int_equal(out.price, 0);
}

static void a_change_of_all_is_kept(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change change = {.name = STR("n"),
                                    .description = STR("d"),
                                    .price = {true, 1},
                                    .stock_quantity = {true, 2},
                                    .category = STR("office"),
                                    .image_url = STR("i"),
                                    .is_active = {true, true}};
    struct product out;
    assert_int_equal(product_change(&shop->tx, &id, &change, &out), STATUS_OK);
    assert_int_equal(product_get(&shop->tx, &id, &out), STATUS_OK);
    assert_text(out.name, "n");
    assert_text(out.description, "d");
    assert_int_equal(out.price, 1);
    assert_int_equal(out.stock_quantity, 2);
    assert_text(out.image_url, "i");
    assert_text(menu(shop), "office 1");
}

static void a_deleted_product_is_not_there_and_can_be_brought_back(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change rename = {.name = STR("b")}, back = {.is_active = {true, true}};
    struct product out;
    int64_t total;
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_OK);
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_get(&shop->tx, &id, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_text(names(shop, 10, 0, &total), "");
    assert_int_equal(total, 0);
    assert_text(menu(shop), "");
    assert_int_equal(product_change(&shop->tx, &id, &rename, &out), STATUS_OK); /* it can be changed */
    assert_text(menu(shop), "");
    assert_int_equal(product_change(&shop->tx, &id, &back, &out), STATUS_OK);
    assert_text(names(shop, 10, 0, &total), "b");
    assert_text(menu(shop), "home 1");
}

static void a_deleted_product_moves_between_categories_unseen(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change away = {.is_active = {true, false}}, move = {.category = STR("office")},
                          both = {.is_active = {true, true}, .category = STR("garden")};
    struct product out;
    assert_int_equal(product_change(&shop->tx, &id, &away, &out), STATUS_OK);
    assert_int_equal(product_change(&shop->tx, &id, &move, &out), STATUS_OK);
    assert_text(menu(shop), "");
    assert_int_equal(product_change(&shop->tx, &id, &both, &out), STATUS_OK);
    assert_text(menu(shop), "garden 1");
}

/* Many changes by chance: the counts that triggers keep are what counting anew gives. */
static void the_menu_is_right_after_any_changes(void **state) {
    static const struct sql recount = {
        "SELECT count(*) FROM (SELECT category, count(*) FROM products WHERE "
        "is_active = 1 GROUP BY category EXCEPT SELECT * FROM categories) AS wrong",
        NULL};
    static const char *const categories[] = {"a", "b", "c"};
    struct shop *shop = *state;
    struct uuid ids[6];
    for (size_t i = 0; i < COUNT(ids); i++)
        ids[i] = add(shop, "x", categories[i % 3]);
    for (int i = 0; i < 500; i++) {
        unsigned char dice[4];
        struct product out;
        random_fill(&shop->world.random, dice, sizeof dice);
        struct product_change change = {.category =
                                            dice[0] % 2 ? str_from(categories[dice[1] % 3]) : (struct str){0},
                                        .is_active = {dice[2] % 2, dice[2] % 4 > 1}};
        assert_int_equal(product_change(&shop->tx, &ids[dice[3] % 6], &change, &out), STATUS_OK);
        struct db_rows *rows = db_query(shop->tx.db, &recount, NO_ARGS);
        assert_true(db_step(rows));
        assert_int_equal(db_column_int(rows, 0), 0);
        assert_int_equal(db_finish(rows), STATUS_OK);
    }
    struct list list;
    int64_t total = 0, sum = 0;
    assert_int_equal(category_list(&shop->tx, &list), STATUS_OK);
    for (size_t i = 0; i < list.count; i++)
        sum += ((const struct category *)list.at)[i].product_count;
    assert_int_equal(product_count(&shop->tx, &total), STATUS_OK);
    assert_int_equal(total, sum);
}

static void every_rule_that_writes_says_what_it_changes(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change change = {.name = STR("b")};
    struct product out;
    int64_t total;
    assert_int_equal(shop->tx.changes, CHANGES_CATALOGUE);
    shop->tx.changes = CHANGES_NOTHING;
    names(shop, 1, 0, &total);
    menu(shop);
    assert_int_equal(product_get(&shop->tx, &id, &out), STATUS_OK);
    assert_int_equal(shop->tx.changes, CHANGES_NOTHING);
    assert_int_equal(product_change(&shop->tx, &id, &change, &out), STATUS_OK);
    assert_true(shop->tx.changes & CHANGES_CATALOGUE);
    shop->tx.changes = CHANGES_NOTHING;
    assert_int_equal(product_delete(&shop->tx, &id), STATUS_OK);
    assert_true(shop->tx.changes & CHANGES_CATALOGUE);
}

/* ---- lack of memory ---- */

static void every_lack_of_memory_is_told(void **state) {
    struct shop *shop = *state;
    enum status s = STATUS_NO_MEMORY;
    for (int i = 0; i < 70; i++) {
        char category[8];
        snprintf(category, sizeof category, "%d", i);
        add(shop, "a name that takes some room", category);
    }
    for (size_t bound = 0; s == STATUS_NO_MEMORY; bound += 64) {
        struct arena small;
        struct list list;
        int64_t next, total;
        arena_init(&small, bound);
        struct tx tx = shop->tx;
        tx.arena = &small;
        s = product_list(&tx, &(struct product_page){INT64_MAX, 50, 0}, &list, &next, &total);
        if (s == STATUS_OK)
            s = category_list(&tx, &list);
        assert_true(s == STATUS_OK || s == STATUS_NO_MEMORY);
        assert_true(bound < 1000000);
        arena_free(&small);
    }
}

/* ---- the admin's token ---- */

static void a_token_is_url_safe_and_never_the_same(void **state) {
    struct shop *shop = *state;
    char one[token_text_size + 1], two[token_text_size + 1];
    token_mint(&shop->world.random, one);
    token_mint(&shop->world.random, two);
    assert_int_equal(strlen(one), token_text_size);
    assert_int_equal(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     token_text_size);
    assert_string_not_equal(one, two);
}

static void a_token_is_known_by_its_hash(void **state) {
    struct shop *shop = *state;
    uint8_t hash[token_hash_size], loaded[token_hash_size];
    token_hash(STR("secret"), hash);
    assert_true(token_matches(STR("secret"), hash));
    assert_false(token_matches(STR("Secret"), hash));
    assert_false(token_matches(STR(""), hash));
    assert_false(token_matches(BYTES("secret\0"), hash));
    assert_int_equal(token_load(&shop->tx, loaded), STATUS_NOT_FOUND);
    assert_int_equal(token_store(&shop->tx, hash), STATUS_OK);
    assert_int_equal(token_load(&shop->tx, loaded), STATUS_OK);
    assert_memory_equal(loaded, hash, sizeof hash);
    token_hash(STR("another"), hash);
    assert_int_equal(token_store(&shop->tx, hash), STATUS_OK); /* in place of the first */
    assert_int_equal(token_load(&shop->tx, loaded), STATUS_OK);
    assert_true(token_matches(STR("another"), loaded));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(a_product_comes_back_as_it_was_added),
        IN_SHOP(an_id_is_minted_from_the_clock_where_none_is_given),
        IN_SHOP(an_id_that_is_given_is_kept_and_is_taken_once),
        IN_SHOP(an_unknown_product_is_not_found),
        IN_SHOP(when_a_product_was_made_is_kept),
        IN_SHOP(a_list_is_newest_first_in_pages),
        IN_SHOP(the_order_does_not_hang_on_the_clock),
        IN_SHOP(the_menu_counts_active_products_by_category),
        IN_SHOP(a_menu_of_many_categories_is_whole),
        IN_SHOP(what_a_change_leaves_out_stays),
        IN_SHOP(a_change_of_all_is_kept),
        IN_SHOP(a_deleted_product_is_not_there_and_can_be_brought_back),
        IN_SHOP(a_deleted_product_moves_between_categories_unseen),
        IN_SHOP(the_menu_is_right_after_any_changes),
        IN_SHOP(every_rule_that_writes_says_what_it_changes),
        IN_SHOP(every_lack_of_memory_is_told),
        IN_SHOP(a_token_is_url_safe_and_never_the_same),
        IN_SHOP(a_token_is_known_by_its_hash),
    };
    return cmocka_run_group_tests_name("shop", tests, NULL, NULL);
}
