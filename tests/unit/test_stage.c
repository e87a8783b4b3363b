/* Imports: nothing of one is seen before it is published, all of it is afterwards, and nothing is left of one
 * that was broken off; whatever others do with the shop meanwhile. */
#include "files.h"
#include "search_shop.h"

#include "shop/audit.h"
#include "shop/stage.h"

/* Two connections to one file: the shop's own, and the import's. */
struct two {
    struct folder *folder;
    struct shop shop;
    struct arena arena;
    struct tx import;
    struct stage stage;
};

static void open_import(struct two *two) {
    char why[db_why_size];
    two->import = two->shop.tx;
    two->import.arena = &two->arena;
    assert_int_equal(db_open(file_in(two->folder, "till.db"), DB_WRITE, &two->import.db, why), STATUS_OK);
}

static int two_open(void **state) {
    char why[db_why_size];
    struct two *two = calloc(1, sizeof *two);
    if (!two || folder_make((void **)&two->folder) != 0)
        return -1;
    *state = two;
    struct shop *shop = &two->shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, (size_t)256 * 1024 * 1024);
    arena_init(&two->arena, test_arena_bytes_max);
    shop->tx = (struct tx){.arena = &shop->arena, .clock = &shop->world.clock, .random = &shop->world.random};
    if (db_open(file_in(two->folder, "till.db"), DB_CREATE, &shop->tx.db, why) != STATUS_OK)
        return -1;
    open_import(two);
    return 0;
}

static int two_close(void **state) {
    struct two *two = *state;
    db_close(two->import.db);
    db_close(two->shop.tx.db);
    arena_free(&two->shop.arena);
    arena_free(&two->arena);
    folder_remove((void **)&two->folder);
    free(two);
    return 0;
}

/* All that a shopper can ask, as text. */
static struct str shown(struct shop *shop) {
    static const char *const texts[] = {"lamp", "lampp", "l", "desk lamp", "unheard", "unhearrd", "oak mug"};
    struct buf out = buf_new(&shop->arena);
    struct list list;
    struct product_page page = {INT64_MAX, 500, 0};
    int64_t next, total, count;
    assert_int_equal(product_list(&shop->tx, &page, &list, &next, &total), STATUS_OK);
    assert_int_equal(product_count(&shop->tx, &count), STATUS_OK);
    buf_printf(&out, "%d of %d, %d:", (int)list.count, (int)total, (int)count);
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&out, " %.*s", (int)((const struct product *)list.at)[i].name.size,
                   ((const struct product *)list.at)[i].name.at);
    assert_int_equal(category_list(&shop->tx, &list), STATUS_OK);
    for (size_t i = 0; i < list.count; i++) {
        const struct category *c = &((const struct category *)list.at)[i];
        buf_printf(&out, "\n%.*s %d", (int)c->category.size, c->category.at, (int)c->product_count);
    }
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct search_found found;
        struct facets facets;
        struct search search = {.q = str_from(texts[i]), .limit = 20};
        assert_int_equal(product_search(&shop->tx, &search, &found), STATUS_OK);
        assert_int_equal(product_facets(&shop->tx, &search, &facets), STATUS_OK);
        assert_int_equal(product_suggest(&shop->tx, str_from(texts[i]), &list), STATUS_OK);
        buf_printf(&out, "\n%s: %d, %d in %d categories;", texts[i], (int)found.total, (int)facets.total,
                   (int)facets.categories.count);
        for (size_t p = 0; p < found.products.count; p++)
            buf_printf(&out, " %.*s", (int)((const struct product *)found.products.at)[p].name.size,
                       ((const struct product *)found.products.at)[p].name.at);
        for (size_t p = 0; p < list.count; p++)
            buf_printf(&out, " +%.*s", (int)((const struct suggestion *)list.at)[p].text.size,
                       ((const struct suggestion *)list.at)[p].text.at);
    }
    struct search all = {.category = STR("light"), .limit = 3};
    struct search_found found;
    assert_int_equal(product_search(&shop->tx, &all, &found), STATUS_OK);
    buf_printf(&out, "\nlight: %d", (int)found.total);
    return buf_str(&out);
}

static void fail_audit(void *context, const char *line) {
    (void)context;
    print_error("%s\n", line);
}

static void assert_sound(struct shop *shop) {
    struct audit audit;
    struct arena arena; /* of its own, since an audit resets it */
    struct tx tx = shop->tx;
    arena_init(&arena, test_arena_bytes_max * 4);
    tx.arena = &arena;
    assert_int_equal(audit_run(&tx, fail_audit, NULL, &audit), STATUS_OK);
    arena_free(&arena);
    assert_int_equal(audit.breaches, 0);
    assert_int_equal(db_check(shop->tx.db, fail_audit, NULL), STATUS_OK);
}

/* The whole index and its counts, to be held against one made anew from the products. */
static struct str dump_index(struct shop *shop) {
    static const struct sql terms_sql = {
        "SELECT term, id, documents + staged_documents, words + staged_words, titles + staged_titles FROM search_terms"
        " ORDER BY term",
        NULL};
    static const struct sql sql = {"SELECT key, data FROM search_postings WHERE key >> 24 = $1 ORDER BY key",
                                   NULL};
    struct buf out = buf_new(&shop->arena);
    struct db_rows *terms = db_query(shop->tx.db, &terms_sql, NO_ARGS);
    buf_put_text(&out, "");
    while (db_step(terms)) {
        struct str term = db_column_bytes(terms, 0);
        buf_printf(&out, "%.*s %d/%d/%d:", (int)term.size, term.at, (int)db_column_int(terms, 2),
                   (int)db_column_int(terms, 3), (int)db_column_int(terms, 4));
        struct db_rows *rows = db_query(shop->tx.db, &sql, ARGS(db_int(db_column_int(terms, 1))));
        while (db_step(rows)) {
            struct str data = db_column_bytes(rows, 1);
            buf_printf(&out, " %d:", (int)(db_column_int(rows, 0) & 0xFFFFFF));
            for (size_t at = 0; at < data.size; at += 2)
                buf_printf(&out, " %u", entry_at(data.at + at));
        }
        assert_int_equal(db_finish(rows), STATUS_OK);
        buf_put_char(&out, '\n');
    }
    assert_int_equal(db_finish(terms), STATUS_OK);
    return out.size ? buf_str(&out) : STR("");
}

static void assert_in_step(struct shop *shop) {
    struct str kept = dump_index(shop);
    assert_int_equal(search_index_rebuild(&shop->tx), STATUS_OK);
    assert_str(kept, dump_index(shop));
}

static void stage_products(struct two *two, int count) {
    for (int i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "Unheard lamp %d", i);
        struct product p = product_of(name, i % 2 ? "light" : "brought in", "Lamps of oak", i);
        assert_int_equal(stage_add(&two->stage, &two->import, &p), STATUS_OK);
    }
}

/* Commits what there is, as the end of a turn does: others can write then. */
static void let_others(struct two *two) {
    assert_int_equal(turns_end(&two->stage.turns, &two->import), STATUS_OK);
}

static void go_on(struct two *two) {
    assert_int_equal(turns_begin(&two->stage.turns, &two->import), STATUS_OK);
}

/* Does to the shop what an admin may do while an import is under way. */
static void change_shop(struct shop *shop, struct uuid *kept) {
    struct product out;
    struct product_change change = {.name = STR("Desk lamps"), .price = {true, 5}};
    struct uuid gone = add(shop, "Unheard mug", "kitchen", "gone again", 3);
    add(shop, "Meanwhile", "light", "unheard of", 4);
    assert_int_equal(product_delete(&shop->tx, &gone), STATUS_OK);
    assert_int_equal(product_change(&shop->tx, kept, &change, &out), STATUS_OK);
}

static void nothing_is_seen_before_it_is_published(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    add(shop, "Lamp", "light", "", 1);
    add(shop, "Mug", "kitchen", "oak", 2);
    struct str before = shown(shop);
    assert_int_equal(stage_begin(&two->stage, &two->import, 300), STATUS_OK);
    stage_products(two, 300);
    let_others(two);
    assert_str(shown(shop), before);
    go_on(two);
    assert_int_equal(search_bulk_flush(&two->stage.bulk, &two->import), STATUS_OK);
    let_others(two);
    assert_str(shown(shop), before);
    assert_sound(shop);
    go_on(two);
    assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
    stage_close(&two->stage, &two->import);
    struct str after = shown(shop);
    assert_has(after, "302 of 302, 302: Unheard lamp 299 Unheard lamp 298");
    assert_has(after, "Unheard lamp 0 Mug Lamp\nbrought in 150\nkitchen 1\nlight 151");
    assert_has(after, "lamp: 301, 301 in 2 categories;");
    assert_has(after, "unheard: 300, 300 in 2 categories;");
    assert_has(after, "light: 151");
    assert_sound(shop);
    assert_in_step(shop);
}

static void a_staged_product_is_not_found_by_its_id(void **state) {
    struct two *two = *state;
    struct tx *tx = &two->shop.tx;
    struct product given = product_of("Lamp", "light", "", 1), out;
    struct product_change change = {.price = {true, 5}};
    given.id = (struct uuid){{1, 2, 3}};
    assert_int_equal(stage_begin(&two->stage, &two->import, 1), STATUS_OK);
    assert_int_equal(stage_add(&two->stage, &two->import, &given), STATUS_OK);
    let_others(two);
    assert_int_equal(product_get(tx, &given.id, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_change(tx, &given.id, &change, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_delete(tx, &given.id), STATUS_PRODUCT_NOT_FOUND);
    go_on(two);
    assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
    stage_close(&two->stage, &two->import);
    assert_int_equal(product_get(tx, &given.id, &out), STATUS_OK);
    assert_int_equal(out.price, 1);
}

static void what_the_admin_does_meanwhile_is_seen_at_once_and_stays(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct uuid kept = add(shop, "Lamp", "light", "", 1);
    assert_int_equal(stage_begin(&two->stage, &two->import, 300), STATUS_OK);
    stage_products(two, 200);
    let_others(two);
    change_shop(shop, &kept);
    assert_has(shown(shop), "2 of 2, 2: Meanwhile Desk lamps\nlight 2\n");
    go_on(two);
    assert_int_equal(search_bulk_flush(&two->stage.bulk, &two->import), STATUS_OK);
    let_others(two);
    change_shop(shop, &kept);
    struct str before = shown(shop);
    assert_has(before, "3 of 3, 3: Meanwhile Meanwhile Desk lamps\nlight 3\n");
    go_on(two);
    stage_products(two, 100);
    assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
    stage_close(&two->stage, &two->import);
    assert_has(shown(shop), "303 of 303, 303: Unheard lamp 99");
    assert_has(shown(shop), "Unheard lamp 0 Meanwhile Meanwhile Desk lamps\n");
    change_shop(shop, &kept);
    assert_has(shown(shop), "304 of 304, 304: Meanwhile Unheard lamp 99");
    assert_sound(shop);
    assert_in_step(shop);
}

static void a_published_product_can_be_changed_and_deleted(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    assert_int_equal(stage_begin(&two->stage, &two->import, 3), STATUS_OK);
    stage_products(two, 3);
    assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
    stage_close(&two->stage, &two->import);
    struct list list;
    struct product_page page = {INT64_MAX, 500, 0};
    int64_t next, total;
    assert_int_equal(product_list(&shop->tx, &page, &list, &next, &total), STATUS_OK);
    const struct product *products = list.at;
    struct product_change change = {.name = STR("Changed"), .category = STR("elsewhere")};
    struct product out;
    assert_int_equal(product_change(&shop->tx, &products[0].id, &change, &out), STATUS_OK);
    assert_int_equal(product_delete(&shop->tx, &products[1].id), STATUS_OK);
    assert_has(shown(shop), "2 of 2, 2: Changed Unheard lamp 0\nbrought in 1\nelsewhere 1\n");
    assert_sound(shop);
    assert_in_step(shop);
}

static void any_number_of_categories_is_counted(void **state) {
    enum { categories = stage_categories_max + 10 };
    struct two *two = *state;
    add(&two->shop, "Lamp", "c7", "", 1);
    assert_int_equal(stage_begin(&two->stage, &two->import, 3), STATUS_OK);
    for (int i = 0; i < 3 * categories; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i % categories);
        struct product p = product_of("Lamp", name, "", 1);
        assert_int_equal(stage_add(&two->stage, &two->import, &p), STATUS_OK);
    }
    assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
    stage_close(&two->stage, &two->import);
    struct list list;
    assert_int_equal(category_list(&two->shop.tx, &list), STATUS_OK);
    assert_int_equal(list.count, categories);
    for (size_t i = 0; i < list.count; i++) {
        const struct category *c = &((const struct category *)list.at)[i];
        assert_int_equal(c->product_count, str_equal(c->category, STR("c7")) ? 4 : 3);
    }
    assert_sound(&two->shop);
}

static void imports_follow_each_other(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stage_begin(&two->stage, &two->import, 100), STATUS_OK);
        stage_products(two, 100);
        assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
        stage_close(&two->stage, &two->import);
    }
    assert_has(shown(shop), "300 of 300, 300:");
    assert_has(shown(shop), "unheard: 300, 300 in 2 categories;");
    assert_sound(shop);
    assert_in_step(shop);
}

/* As kill -9: the connection is gone in the middle of a turn. */
static void break_off(struct two *two) {
    search_bulk_end(&two->stage.bulk);
    db_close(two->import.db);
    open_import(two);
}

static void a_broken_import_is_never_seen_and_is_removed(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct uuid kept = add(shop, "Lamp", "light", "oak", 1);
    struct str before = shown(shop);
    for (int flushed = 0; flushed < 2; flushed++) {
        bool left;
        assert_int_equal(stage_begin(&two->stage, &two->import, 5000), STATUS_OK);
        stage_products(two, 5000);
        if (flushed)
            assert_int_equal(search_bulk_flush(&two->stage.bulk, &two->import), STATUS_OK);
        let_others(two);
        break_off(two);
        assert_str(shown(shop), before);
        assert_int_equal(stage_left(&shop->tx, &left), STATUS_OK);
        assert_true(left);
        change_shop(shop, &kept);
        before = shown(shop);
        assert_sound(shop);
        struct turns turns = {.go_on = NULL};
        assert_true(db_claim(two->import.db, DB_IMPORTING));
        assert_int_equal(stage_sweep(&turns, &two->import), STATUS_OK);
        db_unclaim(two->import.db, DB_IMPORTING);
        assert_int_equal(stage_left(&shop->tx, &left), STATUS_OK);
        assert_false(left);
        assert_str(shown(shop), before);
        assert_sound(shop);
        assert_in_step(shop);
    }
}

static bool stop_sweeping(void *context) {
    (void)context;
    return false;
}

static void the_next_import_goes_on_where_removing_ended(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    add(shop, "Lamp", "light", "oak", 1);
    assert_int_equal(stage_begin(&two->stage, &two->import, 5000), STATUS_OK);
    stage_products(two, 5000);
    assert_int_equal(search_bulk_flush(&two->stage.bulk, &two->import), STATUS_OK);
    let_others(two);
    break_off(two);
    assert_true(db_claim(shop->tx.db, DB_SERVING)); /* so turns are short */
    struct turns turns = {.go_on = stop_sweeping};
    assert_true(db_claim(two->import.db, DB_IMPORTING));
    assert_int_equal(stage_sweep(&turns, &two->import), STATUS_STOPPING);
    db_unclaim(two->import.db, DB_IMPORTING);
    two->stage.turns = (struct turns){.go_on = NULL};
    assert_int_equal(stage_begin(&two->stage, &two->import, 10), STATUS_OK);
    stage_products(two, 10);
    assert_int_equal(stage_publish(&two->stage, &two->import), STATUS_OK);
    stage_close(&two->stage, &two->import);
    assert_has(shown(shop), "11 of 11, 11:");
    assert_sound(shop);
    assert_in_step(shop);
}

static void an_import_that_is_closed_leaves_nothing(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct product taken = product_of("Taken", "light", "", 1), out;
    assert_int_equal(product_add(&shop->tx, &taken, &out), STATUS_OK);
    struct str before = shown(shop);
    assert_int_equal(stage_begin(&two->stage, &two->import, 10), STATUS_OK);
    stage_products(two, 10);
    assert_int_equal(stage_add(&two->stage, &two->import, &out), STATUS_PRODUCT_EXISTS);
    stage_products(two, 10);
    stage_close(&two->stage, &two->import);
    assert_str(shown(shop), before);
    bool left;
    assert_int_equal(stage_left(&shop->tx, &left), STATUS_OK);
    assert_false(left);
    assert_in_step(shop);
}

static void there_is_one_import_at_a_time(void **state) {
    struct two *two = *state;
    struct stage other = {.number = 0};
    assert_int_equal(stage_begin(&two->stage, &two->import, 10), STATUS_OK);
    let_others(two);
    assert_int_equal(stage_begin(&other, &two->shop.tx, 10), STATUS_CONFLICT);
    stage_close(&other, &two->shop.tx);
    stage_close(&two->stage, &two->import);
    assert_int_equal(stage_begin(&other, &two->shop.tx, 10), STATUS_OK);
    stage_close(&other, &two->shop.tx);
}

/* The room before an import's products is not without end; what is past it would not be seen. */
static void a_product_for_which_there_is_no_room_is_refused(void **state) {
    static const struct sql sql = {"UPDATE catalogue SET staged_seq = 3", NULL};
    struct two *two = *state;
    struct product p = product_of("Lamp", "light", "", 1), out;
    assert_int_equal(stage_begin(&two->stage, &two->import, 10), STATUS_OK);
    assert_int_equal(db_exec(two->import.db, &sql, NO_ARGS, NULL), STATUS_OK);
    let_others(two);
    assert_int_equal(product_add(&two->shop.tx, &p, &out), STATUS_OK);
    assert_int_equal(product_add(&two->shop.tx, &p, &out), STATUS_OK);
    assert_int_equal(product_add(&two->shop.tx, &p, &out), STATUS_QUEUE_FULL);
    stage_close(&two->stage, &two->import);
    assert_int_equal(product_add(&two->shop.tx, &p, &out), STATUS_OK);
}

#define WITH_TWO(test) cmocka_unit_test_setup_teardown(test, two_open, two_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_TWO(nothing_is_seen_before_it_is_published),
        WITH_TWO(a_staged_product_is_not_found_by_its_id),
        WITH_TWO(what_the_admin_does_meanwhile_is_seen_at_once_and_stays),
        WITH_TWO(a_published_product_can_be_changed_and_deleted),
        WITH_TWO(any_number_of_categories_is_counted),
        WITH_TWO(imports_follow_each_other),
        WITH_TWO(a_broken_import_is_never_seen_and_is_removed),
        WITH_TWO(the_next_import_goes_on_where_removing_ended),
        WITH_TWO(an_import_that_is_closed_leaves_nothing),
        WITH_TWO(there_is_one_import_at_a_time),
        WITH_TWO(a_product_for_which_there_is_no_room_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
