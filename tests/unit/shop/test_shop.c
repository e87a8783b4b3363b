/* The catalogue's rules and the admin's token, on a database in memory, with a clock and random bytes that are
 * the same in every run. */
#include "shop.h"

#include "base/buf.h"

#include "shop/catalogue/catalogue.h"
#include "shop/idempotency.h"
#include "shop/lost_keys.h"
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
    assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
    return out.id;
}

/* Returns the names of a page, separated by commas: `c,b,a`. */
static struct str names(struct shop *shop, int64_t limit, int64_t offset, int64_t *total) {
    struct list list;
    struct product_page page = {INT64_MAX, limit, offset, 0};
    int64_t next;
    assert_int_equal(product_list(&shop->ctx, &page, &list, &next, total), STATUS_OK);
    struct buf text = buf_new(&shop->arena);
    const struct product *products = list.data;
    for (size_t i = 0; i < list.count; i++) {
        buf_put(&text, i ? STR(",") : STR(""));
        buf_put(&text, products[i].name);
    }
    return buf_str(&text);
}

/* Returns the menu as `home 2,office 1`. */
static struct str menu(struct shop *shop) {
    struct list list;
    assert_int_equal(category_list(&shop->ctx, &list), STATUS_OK);
    struct buf text = buf_new(&shop->arena);
    const struct category *categories = list.data;
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&text, "%s%.*s %lld", i ? "," : "", (int)categories[i].category.size,
                   categories[i].category.data, (long long)categories[i].product_count);
    return buf_str(&text);
}

/* ---- adding and reading ---- */

static void a_product_comes_back_as_it_was_added(void **state) {
    struct shop *shop = *state;
    struct product given = lamp("L\"é\n😀", "home"), out = {0}, back = {0};
    given.price = money_max;
    given.stock_quantity = 0;
    given.description = STR("");
    assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
    assert_int_equal(product_get(&shop->ctx, &out.id, 0, &back), STATUS_OK);
    assert_true(uuid_equal(&back.id, &out.id));
    assert_str(back.name, given.name);
    assert_str(back.description, STR(""));
    assert_true(back.price == money_max && back.stock_quantity == 0);
    assert_text(back.category, "home");
    assert_text(back.image_url, "/media/lamp.svg");
}

static void an_id_is_made_from_the_clock_if_none_is_given(void **state) {
    struct shop *shop = *state;
    struct uuid first = add(shop, "a", "home"), second = add(shop, "b", "home");
    assert_int_equal(first.bytes[6] >> 4, 7);
    assert_true(memcmp(first.bytes, second.bytes, sizeof first.bytes) < 0);
}

static void a_given_id_is_kept_and_can_be_used_once(void **state) {
    struct shop *shop = *state;
    struct product given = lamp("a", "home"), out;
    given.id = (struct uuid){{1, 2, 3}};
    assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_OK);
    assert_true(uuid_equal(&out.id, &given.id));
    assert_int_equal(product_add(&shop->ctx, &given, &out), STATUS_PRODUCT_EXISTS);
    assert_text(menu(shop), "home 1");
}

static void an_unknown_product_is_not_found(void **state) {
    struct shop *shop = *state;
    struct uuid id = {{9}};
    struct product out;
    struct product_change change = {.name = STR("x")};
    add(shop, "a", "home");
    assert_int_equal(product_get(&shop->ctx, &id, 0, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_change(&shop->ctx, &id, &change, NULL, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_PRODUCT_NOT_FOUND);
}

static void keep_name(void *context, size_t i, struct str name) {
    ((char *)context)[i] = name.data[0];
}

static void products_come_in_the_order_of_their_seqs(void **state) {
    static const int64_t seqs[] = {3, 1, 3, 7, 2, INT64_MAX};
    struct shop *shop = *state;
    struct product found[COUNT(seqs)] = {0};
    char names[COUNT(seqs) + 1] = "......";
    add(shop, "a", "home");
    add(shop, "b", "home");
    add(shop, "c", "home");
    assert_int_equal(products_by_seqs(&shop->ctx, seqs, COUNT(seqs), 0, found), STATUS_OK);
    assert_text(found[0].name, "c");
    assert_text(found[1].name, "a");
    assert_text(found[2].name, "c");
    assert_null(found[3].name.data);
    assert_text(found[4].name, "b");
    assert_null(found[5].name.data);
    assert_int_equal(product_names_by_seqs(&shop->ctx, seqs, COUNT(seqs), keep_name, names), STATUS_OK);
    assert_string_equal(names, "cac.b.");
    assert_int_equal(products_by_seqs(&shop->ctx, NULL, 0, 0, NULL), STATUS_OK);
}

static void the_creation_time_is_kept(void **state) {
    static const struct sql sql = SQL("SELECT created_at FROM products");
    struct shop *shop = *state;
    add(shop, "a", "home");
    struct db_rows *rows = db_query(shop->ctx.db, &sql, NO_ARGS);
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

static void the_order_does_not_depend_on_the_clock(void **state) {
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
    add(shop, "d", "Office"); /* another category: names compare bytewise */
    assert_text(menu(shop), "Office 1,home 1,office 2");
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_OK);
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
    assert_int_equal(category_list(&shop->ctx, &list), STATUS_OK);
    assert_int_equal(list.count, n);
    assert_text(((const struct category *)list.data)[n - 1].category, "199");
}

/* ---- changing and deleting ---- */

static void fields_left_out_of_a_change_stay(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change change = {.price = {true, 0}, .description = STR("")};
    struct product out;
    assert_int_equal(product_change(&shop->ctx, &id, &change, NULL, &out), STATUS_OK);
    assert_text(out.name, "a");
    assert_text(out.description, "");
    assert_int_equal(out.price, 0);
    assert_int_equal(out.stock_quantity, 12);
    assert_text(out.category, "home");
    assert_int_equal(product_get(&shop->ctx, &id, 0, &out), STATUS_OK);
    assert_int_equal(out.price, 0);
}

static void a_change_of_every_field_is_kept(void **state) {
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
    assert_int_equal(product_change(&shop->ctx, &id, &change, NULL, &out), STATUS_OK);
    assert_int_equal(product_get(&shop->ctx, &id, 0, &out), STATUS_OK);
    assert_text(out.name, "n");
    assert_text(out.description, "d");
    assert_int_equal(out.price, 1);
    assert_int_equal(out.stock_quantity, 2);
    assert_text(out.image_url, "i");
    assert_text(menu(shop), "office 1");
}

static void stock_is_adjusted_within_what_can_be_counted(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home"), nobody = {{1}};
    struct product out;
    static const struct {
        int64_t delta;
        enum status status;
        int64_t stock;
    } rows[] = {
        {5, STATUS_OK, 17},
        {-17, STATUS_OK, 0},
        {-1, STATUS_STOCK_OUT_OF_RANGE, 0},
        {money_max, STATUS_OK, money_max},
        {1, STATUS_STOCK_OUT_OF_RANGE, money_max},
        {0, STATUS_OK, money_max},
        {-money_max, STATUS_OK, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(product_adjust_stock(&shop->ctx, &id, rows[i].delta, STR("why"), &out),
                         rows[i].status);
        assert_int_equal(out.stock_quantity, rows[i].stock);
    }
    assert_int_equal(product_get(&shop->ctx, &id, 0, &out), STATUS_OK);
    assert_int_equal(out.stock_quantity, 0);
    assert_int_equal(product_adjust_stock(&shop->ctx, &nobody, 1, STR(""), &out), STATUS_PRODUCT_NOT_FOUND);
}

static enum status refuse_other_prices(void *context, const struct product *now, bool is_active) {
    (void)is_active;
    return now->price == *(const int64_t *)context ? STATUS_OK : STATUS_PRODUCT_CHANGED;
}

static void a_guard_sees_the_product_before_it_is_changed(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product before, out;
    int64_t price = 0;
    struct product_guard guard = {refuse_other_prices, &price};
    struct product_change change = {.price = {true, 7}, .stock_quantity = {true, 1}};
    assert_int_equal(product_change(&shop->ctx, &id, &change, &guard, &out), STATUS_PRODUCT_CHANGED);
    assert_int_equal(product_delete(&shop->ctx, &id, &guard), STATUS_PRODUCT_CHANGED);
    assert_int_equal(product_get(&shop->ctx, &id, 0, &before), STATUS_OK);
    assert_int_equal(before.stock_quantity, 12);
    price = before.price;
    assert_int_equal(product_change(&shop->ctx, &id, &change, &guard, &out), STATUS_OK);
    assert_int_equal(out.price, 7);
    assert_int_equal(product_delete(&shop->ctx, &id, &guard), STATUS_PRODUCT_CHANGED);
    price = 7;
    assert_int_equal(product_delete(&shop->ctx, &id, &guard), STATUS_OK);
}

static void a_deleted_product_is_not_found_and_can_be_restored(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change rename = {.name = STR("b")}, back = {.is_active = {true, true}};
    struct product out;
    int64_t total;
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_OK);
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_get(&shop->ctx, &id, 0, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_text(names(shop, 10, 0, &total), "");
    assert_int_equal(total, 0);
    assert_text(menu(shop), "");
    assert_int_equal(product_change(&shop->ctx, &id, &rename, NULL, &out), STATUS_OK); /* it can be changed */
    assert_text(menu(shop), "");
    assert_int_equal(product_change(&shop->ctx, &id, &back, NULL, &out), STATUS_OK);
    assert_text(names(shop, 10, 0, &total), "b");
    assert_text(menu(shop), "home 1");
}

static void a_deleted_product_changes_its_category_uncounted(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change away = {.is_active = {true, false}}, move = {.category = STR("office")},
                          both = {.is_active = {true, true}, .category = STR("garden")};
    struct product out;
    assert_int_equal(product_change(&shop->ctx, &id, &away, NULL, &out), STATUS_OK);
    assert_int_equal(product_change(&shop->ctx, &id, &move, NULL, &out), STATUS_OK);
    assert_text(menu(shop), "");
    assert_int_equal(product_change(&shop->ctx, &id, &both, NULL, &out), STATUS_OK);
    assert_text(menu(shop), "garden 1");
}

/* After each of many random changes, the counts that triggers keep equal a new count. */
static void the_menu_is_right_after_any_changes(void **state) {
    static const struct sql recount =
        SQL("SELECT count(*) FROM (SELECT category, count(*) FROM products WHERE "
            "is_active = 1 GROUP BY category EXCEPT SELECT * FROM categories) AS wrong");
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
        assert_int_equal(product_change(&shop->ctx, &ids[dice[3] % 6], &change, NULL, &out), STATUS_OK);
        struct db_rows *rows = db_query(shop->ctx.db, &recount, NO_ARGS);
        assert_true(db_step(rows));
        assert_int_equal(db_column_int(rows, 0), 0);
        assert_int_equal(db_finish(rows), STATUS_OK);
    }
    struct list list;
    int64_t total = 0, sum = 0;
    assert_int_equal(category_list(&shop->ctx, &list), STATUS_OK);
    for (size_t i = 0; i < list.count; i++)
        sum += ((const struct category *)list.data)[i].product_count;
    assert_int_equal(product_count(&shop->ctx, &total), STATUS_OK);
    assert_int_equal(total, sum);
}

static void every_write_reports_what_it_changes(void **state) {
    struct shop *shop = *state;
    struct uuid id = add(shop, "a", "home");
    struct product_change change = {.name = STR("b")};
    struct product out;
    int64_t total;
    assert_int_equal(shop->ctx.changes, TOPIC_CATALOGUE);
    shop->ctx.changes = 0;
    names(shop, 1, 0, &total);
    menu(shop);
    assert_int_equal(product_get(&shop->ctx, &id, 0, &out), STATUS_OK);
    assert_int_equal(shop->ctx.changes, 0);
    assert_int_equal(product_change(&shop->ctx, &id, &change, NULL, &out), STATUS_OK);
    assert_true(shop->ctx.changes & TOPIC_CATALOGUE);
    shop->ctx.changes = 0;
    assert_int_equal(product_delete(&shop->ctx, &id, NULL), STATUS_OK);
    assert_true(shop->ctx.changes & TOPIC_CATALOGUE);
}

/* ---- lack of memory ---- */

static void every_lack_of_memory_is_reported(void **state) {
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
        struct shop_ctx ctx = shop->ctx;
        ctx.arena = &small;
        s = product_list(&ctx, &(struct product_page){INT64_MAX, 50, 0, 0}, &list, &next, &total);
        if (s == STATUS_OK)
            s = category_list(&ctx, &list);
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

static void a_token_is_recognised_by_its_hash(void **state) {
    struct shop *shop = *state;
    uint8_t hash[token_hash_size], loaded[token_hash_size];
    token_hash(STR("secret"), hash);
    assert_true(token_matches(STR("secret"), hash));
    assert_false(token_matches(STR("Secret"), hash));
    assert_false(token_matches(STR(""), hash));
    assert_false(token_matches(BYTES("secret\0"), hash));
    assert_int_equal(token_load(&shop->ctx, loaded), STATUS_NOT_FOUND);
    assert_int_equal(token_store(&shop->ctx, hash), STATUS_OK);
    assert_int_equal(token_load(&shop->ctx, loaded), STATUS_OK);
    assert_memory_equal(loaded, hash, sizeof hash);
    token_hash(STR("another"), hash);
    assert_int_equal(token_store(&shop->ctx, hash), STATUS_OK); /* replaces the first */
    assert_int_equal(token_load(&shop->ctx, loaded), STATUS_OK);
    assert_true(token_matches(STR("another"), loaded));
}

/* ---- keys whose release was lost ---- */

static void a_lost_key_is_released_and_can_be_used_again(void **state) {
    struct shop *shop = *state;
    static struct lost_keys lost;
    struct uuid session = {{1}};
    uint8_t request[request_hash_size] = {2};
    struct stored_answer running = {.http_status = answer_running, .body = STR("")}, found;
    size_t count;
    lost_keys_init(&lost);
    assert_int_equal(idempotency_keep(&shop->ctx, &session, STR("key"), request, &running), STATUS_OK);
    lost_keys_put(&lost, &session, STR("key"));
    assert_int_equal(idempotency_find(&shop->ctx, &session, STR("key"), request, &found), STATUS_KEY_RUNNING);
    assert_int_equal(lost_keys_release(&lost, &shop->ctx, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(idempotency_find(&shop->ctx, &session, STR("key"), request, &found), STATUS_NOT_FOUND);
    lost_keys_forget(&lost, count);
    assert_int_equal(lost.count, 0);
    lost_keys_free(&lost);
}

static void more_lost_keys_than_there_is_room_for_are_left_to_their_lease(void **state) {
    (void)state;
    static struct lost_keys lost;
    struct uuid session = {{1}};
    lost_keys_init(&lost);
    for (int i = 0; i < lost_keys_max + 1; i++)
        lost_keys_put(&lost, &session, STR("key"));
    assert_int_equal(lost.count, lost_keys_max);
    lost_keys_free(&lost);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(a_product_comes_back_as_it_was_added),
        IN_SHOP(an_id_is_made_from_the_clock_if_none_is_given),
        IN_SHOP(a_given_id_is_kept_and_can_be_used_once),
        IN_SHOP(an_unknown_product_is_not_found),
        IN_SHOP(products_come_in_the_order_of_their_seqs),
        IN_SHOP(the_creation_time_is_kept),
        IN_SHOP(a_list_is_newest_first_in_pages),
        IN_SHOP(the_order_does_not_depend_on_the_clock),
        IN_SHOP(the_menu_counts_active_products_by_category),
        IN_SHOP(a_menu_of_many_categories_is_whole),
        IN_SHOP(fields_left_out_of_a_change_stay),
        IN_SHOP(a_change_of_every_field_is_kept),
        IN_SHOP(stock_is_adjusted_within_what_can_be_counted),
        IN_SHOP(a_guard_sees_the_product_before_it_is_changed),
        IN_SHOP(a_deleted_product_is_not_found_and_can_be_restored),
        IN_SHOP(a_deleted_product_changes_its_category_uncounted),
        IN_SHOP(the_menu_is_right_after_any_changes),
        IN_SHOP(every_write_reports_what_it_changes),
        IN_SHOP(every_lack_of_memory_is_reported),
        IN_SHOP(a_token_is_url_safe_and_never_the_same),
        IN_SHOP(a_token_is_recognised_by_its_hash),
        IN_SHOP(a_lost_key_is_released_and_can_be_used_again),
        IN_SHOP(more_lost_keys_than_there_is_room_for_are_left_to_their_lease),
    };
    return cmocka_run_group_tests_name("shop", tests, NULL, NULL);
}
