/* Imports: an import is invisible before it is published and wholly visible afterwards, and one that was
 * broken off leaves nothing behind, whichever changes an admin makes meanwhile. */
#include "files.h"
#include "index_dump.h"

#include "shop/audit/audit.h"
#include "shop/catalogue/import.h"
#include "shop/schema/schema.h"

#include <sys/stat.h>

/* Two connections to one file: the shop's own, and the import's. */
struct two {
    struct folder *folder;
    struct shop shop;
    struct arena arena;
    struct shop_ctx import_ctx;
    struct import import;
};

static void open_import(struct two *two) {
    char error[db_error_size];
    two->import_ctx = two->shop.ctx;
    two->import_ctx.arena = &two->arena;
    assert_int_equal(shop_db_open(file_in(two->folder, "till.db"), DB_WRITE, &two->import_ctx.db, error),
                     STATUS_OK);
}

static int two_open(void **state) {
    char error[db_error_size];
    struct two *two = calloc(1, sizeof *two);
    if (!two || folder_make((void **)&two->folder) != 0)
        return -1;
    *state = two;
    struct shop *shop = &two->shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, (size_t)256 * 1024 * 1024);
    arena_init(&two->arena, test_arena_bytes_max);
    shop->ctx =
        (struct shop_ctx){.arena = &shop->arena, .clock = &shop->world.clock, .random = &shop->world.random};
    if (shop_db_open(file_in(two->folder, "till.db"), DB_CREATE, &shop->ctx.db, error) != STATUS_OK)
        return -1;
    open_import(two);
    return 0;
}

static int two_close(void **state) {
    struct two *two = *state;
    db_close(two->import_ctx.db);
    db_close(two->shop.ctx.db);
    arena_free(&two->shop.arena);
    arena_free(&two->arena);
    folder_remove((void **)&two->folder);
    free(two);
    return 0;
}

/* Prints all that a shopper can ask for. */
static struct str shown(struct shop *shop) {
    static const char *const texts[] = {"lamp", "lampp", "l", "desk lamp", "unheard", "unhearrd", "oak mug"};
    struct buf out = buf_new(&shop->arena);
    struct list list;
    struct product_page page = {INT64_MAX, 500, 0, 0};
    int64_t next, total, count;
    assert_int_equal(product_list(&shop->ctx, &page, &list, &next, &total), STATUS_OK);
    assert_int_equal(product_count(&shop->ctx, &count), STATUS_OK);
    buf_printf(&out, "%d of %d, %d:", (int)list.count, (int)total, (int)count);
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&out, " %.*s", (int)((const struct product *)list.data)[i].name.size,
                   ((const struct product *)list.data)[i].name.data);
    assert_int_equal(category_list(&shop->ctx, &list), STATUS_OK);
    for (size_t i = 0; i < list.count; i++) {
        const struct category *c = &((const struct category *)list.data)[i];
        buf_printf(&out, "\n%.*s %d", (int)c->category.size, c->category.data, (int)c->product_count);
    }
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct search_found found;
        struct facets facets;
        struct search search = {.q = str_from(texts[i]), .limit = 20};
        assert_int_equal(product_search(&shop->ctx, &search, &found), STATUS_OK);
        assert_int_equal(product_facets(&shop->ctx, &search, &facets), STATUS_OK);
        assert_int_equal(product_suggest(&shop->ctx, str_from(texts[i]), &list), STATUS_OK);
        buf_printf(&out, "\n%s: %d, %d in %d categories;", texts[i], (int)found.total, (int)facets.total,
                   (int)facets.categories.count);
        for (size_t p = 0; p < found.products.count; p++)
            buf_printf(&out, " %.*s", (int)((const struct product *)found.products.data)[p].name.size,
                       ((const struct product *)found.products.data)[p].name.data);
        for (size_t p = 0; p < list.count; p++)
            buf_printf(&out, " +%.*s", (int)((const struct suggestion *)list.data)[p].text.size,
                       ((const struct suggestion *)list.data)[p].text.data);
    }
    struct search all = {.category = {&STR("light"), 1}, .limit = 3};
    struct search_found found;
    assert_int_equal(product_search(&shop->ctx, &all, &found), STATUS_OK);
    buf_printf(&out, "\nlight: %d", (int)found.total);
    return buf_str(&out);
}

static void fail_audit(void *context, const char *line) {
    (void)context;
    print_error("%s\n", line);
}

static void assert_sound(struct shop *shop) {
    struct audit audit;
    struct arena arena; /* of its own, because an audit resets it */
    struct shop_ctx ctx = shop->ctx;
    arena_init(&arena, test_arena_bytes_max * 4);
    ctx.arena = &arena;
    assert_int_equal(audit_run(&ctx, fail_audit, NULL, &audit), STATUS_OK);
    arena_free(&arena);
    assert_int_equal(audit.breaches, 0);
    assert_int_equal(db_check(shop->ctx.db, fail_audit, NULL), STATUS_OK);
}

static void stage_products(struct two *two, int count) {
    for (int i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "Unheard lamp %d", i);
        struct product p = product_of(name, i % 2 ? "light" : "brought in", "Lamps of oak", i);
        assert_int_equal(import_add(&two->import, &two->import_ctx, &p), STATUS_OK);
    }
}

/* Commits, as the end of a slice does, so that other connections can write. */
static void commit_slice(struct two *two) {
    assert_int_equal(sliced_tx_end(&two->import.sliced_tx, &two->import_ctx), STATUS_OK);
}

static void begin_slice(struct two *two) {
    assert_int_equal(sliced_tx_begin(&two->import.sliced_tx, &two->import_ctx), STATUS_OK);
}

/* Makes the changes that an admin may make while an import is under way. */
static void change_shop(struct shop *shop, struct uuid *kept) {
    struct product out;
    struct product_change change = {.name = STR("Desk lamps"), .price = {true, 5}};
    struct uuid gone = add(shop, "Unheard mug", "kitchen", "gone again", 3);
    add(shop, "Meanwhile", "light", "unheard of", 4);
    assert_int_equal(product_delete(&shop->ctx, &gone, NULL), STATUS_OK);
    assert_int_equal(product_change(&shop->ctx, kept, &change, NULL, &out), STATUS_OK);
}

static void an_import_is_invisible_before_it_is_published(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    add(shop, "Lamp", "light", "", 1);
    add(shop, "Mug", "kitchen", "oak", 2);
    struct str before = shown(shop);
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 300), STATUS_OK);
    stage_products(two, 300);
    commit_slice(two);
    assert_str(shown(shop), before);
    begin_slice(two);
    assert_int_equal(bulk_index_flush(&two->import.bulk, &two->import_ctx), STATUS_OK);
    commit_slice(two);
    assert_str(shown(shop), before);
    assert_sound(shop);
    begin_slice(two);
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
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
    struct shop_ctx *ctx = &two->shop.ctx;
    struct product given = product_of("Lamp", "light", "", 1), out;
    struct product_change change = {.price = {true, 5}};
    given.id = (struct uuid){{1, 2, 3}};
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 1), STATUS_OK);
    assert_int_equal(import_add(&two->import, &two->import_ctx, &given), STATUS_OK);
    commit_slice(two);
    assert_int_equal(product_get(ctx, &given.id, 0, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_change(ctx, &given.id, &change, NULL, &out), STATUS_PRODUCT_NOT_FOUND);
    assert_int_equal(product_delete(ctx, &given.id, NULL), STATUS_PRODUCT_NOT_FOUND);
    begin_slice(two);
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
    assert_int_equal(product_get(ctx, &given.id, 0, &out), STATUS_OK);
    assert_int_equal(out.price, 1);
}

static void an_admins_changes_meanwhile_are_visible_at_once_and_stay(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct uuid kept = add(shop, "Lamp", "light", "", 1);
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 300), STATUS_OK);
    stage_products(two, 200);
    commit_slice(two);
    change_shop(shop, &kept);
    assert_has(shown(shop), "2 of 2, 2: Meanwhile Desk lamps\nlight 2\n");
    begin_slice(two);
    assert_int_equal(bulk_index_flush(&two->import.bulk, &two->import_ctx), STATUS_OK);
    commit_slice(two);
    change_shop(shop, &kept);
    struct str before = shown(shop);
    assert_has(before, "3 of 3, 3: Meanwhile Meanwhile Desk lamps\nlight 3\n");
    begin_slice(two);
    stage_products(two, 100);
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
    assert_has(shown(shop), "303 of 303, 303: Unheard lamp 99");
    assert_has(shown(shop), "Unheard lamp 0 Meanwhile Meanwhile Desk lamps\n");
    change_shop(shop, &kept);
    assert_has(shown(shop), "304 of 304, 304: Meanwhile Unheard lamp 99");
    assert_sound(shop);
    assert_in_step(shop);
}

static int64_t count_found(struct shop *shop, const char *text) {
    struct search_found found;
    struct search search = {.q = str_from(text), .limit = 20};
    assert_int_equal(product_search(&shop->ctx, &search, &found), STATUS_OK);
    return found.total;
}

/* A word that only staged products have is not there yet, so a word like it is a misspelling. */
static void a_staged_word_hides_no_misspelling(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct product staged = product_of("Lampo", "light", "", 1);
    add(shop, "Lamp", "light", "", 1);
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 5000), STATUS_OK);
    for (int i = 0; i < 5000; i++) /* of this block of postings and of later ones */
        assert_int_equal(import_add(&two->import, &two->import_ctx, &staged), STATUS_OK);
    assert_int_equal(bulk_index_flush(&two->import.bulk, &two->import_ctx), STATUS_OK);
    commit_slice(two);
    assert_int_equal(count_found(shop, "lampo"), 1);
    assert_int_equal(count_found(shop, "lampoh"), 0);
    add(shop, "Lampo", "light", "", 1);
    assert_int_equal(count_found(shop, "lampo"), 1);
    begin_slice(two);
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
    assert_int_equal(count_found(shop, "lampo"), 5001);
    assert_int_equal(count_found(shop, "lampoh"), 5001);
    assert_in_step(shop);
}

static void a_published_product_can_be_changed_and_deleted(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 3), STATUS_OK);
    stage_products(two, 3);
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
    struct list list;
    struct product_page page = {INT64_MAX, 500, 0, 0};
    int64_t next, total;
    assert_int_equal(product_list(&shop->ctx, &page, &list, &next, &total), STATUS_OK);
    const struct product *products = list.data;
    struct product_change change = {.name = STR("Changed"), .category = STR("elsewhere")};
    struct product out;
    assert_int_equal(product_change(&shop->ctx, &products[0].id, &change, NULL, &out), STATUS_OK);
    assert_int_equal(product_delete(&shop->ctx, &products[1].id, NULL), STATUS_OK);
    assert_has(shown(shop), "2 of 2, 2: Changed Unheard lamp 0\nbrought in 1\nelsewhere 1\n");
    assert_sound(shop);
    assert_in_step(shop);
}

static void any_number_of_categories_is_counted(void **state) {
    enum { categories = import_categories_max + 10 };
    struct two *two = *state;
    add(&two->shop, "Lamp", "c7", "", 1);
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 3), STATUS_OK);
    for (int i = 0; i < 3 * categories; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i % categories);
        struct product p = product_of("Lamp", name, "", 1);
        assert_int_equal(import_add(&two->import, &two->import_ctx, &p), STATUS_OK);
    }
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
    struct list list;
    assert_int_equal(category_list(&two->shop.ctx, &list), STATUS_OK);
    assert_int_equal(list.count, categories);
    for (size_t i = 0; i < list.count; i++) {
        const struct category *c = &((const struct category *)list.data)[i];
        assert_int_equal(c->product_count, str_equal(c->category, STR("c7")) ? 4 : 3);
    }
    assert_sound(&two->shop);
}

static void imports_follow_each_other(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(import_begin(&two->import, &two->import_ctx, 100), STATUS_OK);
        stage_products(two, 100);
        assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
        import_close(&two->import, &two->import_ctx);
    }
    assert_has(shown(shop), "300 of 300, 300:");
    assert_has(shown(shop), "unheard: 300, 300 in 2 categories;");
    assert_sound(shop);
    assert_in_step(shop);
}

/* Ends the import as kill -9 does: the connection is gone in the middle of a slice. */
static void kill_import(struct two *two) {
    bulk_index_end(&two->import.bulk);
    db_close(two->import_ctx.db);
    open_import(two);
}

static void a_broken_import_is_never_visible_and_is_removed(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct uuid kept = add(shop, "Lamp", "light", "oak", 1);
    for (int i = 0; i < 6; i++) /* `lamp` ranks first anyway: staged products count in how words are ranked */
        add(shop, "Lamp", "kitchen", "", 1);
    struct str before = shown(shop);
    for (int flushed = 0; flushed < 2; flushed++) {
        bool left;
        assert_int_equal(import_begin(&two->import, &two->import_ctx, 5000), STATUS_OK);
        stage_products(two, 5000);
        if (flushed)
            assert_int_equal(bulk_index_flush(&two->import.bulk, &two->import_ctx), STATUS_OK);
        commit_slice(two);
        kill_import(two);
        assert_str(shown(shop), before);
        assert_int_equal(import_has_leftovers(&shop->ctx, &left), STATUS_OK);
        assert_true(left);
        change_shop(shop, &kept);
        before = shown(shop);
        assert_sound(shop);
        struct sliced_tx sliced_tx = {.should_continue = NULL};
        assert_true(db_claim(two->import_ctx.db, DB_IMPORTING));
        assert_int_equal(import_cleanup(&sliced_tx, &two->import_ctx), STATUS_OK);
        db_unclaim(two->import_ctx.db, DB_IMPORTING);
        assert_int_equal(import_has_leftovers(&shop->ctx, &left), STATUS_OK);
        assert_false(left);
        assert_str(shown(shop), before);
        assert_sound(shop);
        assert_in_step(shop);
    }
}

static bool stop_cleanup(void *context) {
    (void)context;
    return false;
}

static void the_next_import_continues_an_interrupted_cleanup(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    add(shop, "Lamp", "light", "oak", 1);
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 5000), STATUS_OK);
    stage_products(two, 5000);
    assert_int_equal(bulk_index_flush(&two->import.bulk, &two->import_ctx), STATUS_OK);
    commit_slice(two);
    kill_import(two);
    assert_true(db_claim(shop->ctx.db, DB_SERVING)); /* so that slices are short */
    struct sliced_tx sliced_tx = {.should_continue = stop_cleanup};
    assert_true(db_claim(two->import_ctx.db, DB_IMPORTING));
    assert_int_equal(import_cleanup(&sliced_tx, &two->import_ctx), STATUS_STOPPING);
    db_unclaim(two->import_ctx.db, DB_IMPORTING);
    two->import.sliced_tx = (struct sliced_tx){.should_continue = NULL};
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 10), STATUS_OK);
    stage_products(two, 10);
    assert_int_equal(import_publish(&two->import, &two->import_ctx), STATUS_OK);
    import_close(&two->import, &two->import_ctx);
    assert_has(shown(shop), "11 of 11, 11:");
    assert_sound(shop);
    assert_in_step(shop);
}

static bool stop_after_some_slices(void *context) {
    int *slices = context;
    return --*slices > 0;
}

/* The counts of terms match their postings at the end of each slice. */
static void an_import_that_is_killed_while_it_indexes_is_removed(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    add(shop, "Unheard lamp", "light", "Lamps of oak", 1);
    for (int flushed = 1; flushed <= 3; flushed++) {
        int slices = flushed;
        struct sliced_tx sliced_tx = {.should_continue = NULL};
        two->import.sliced_tx = sliced_tx;
        assert_int_equal(import_begin(&two->import, &two->import_ctx, 5000), STATUS_OK);
        stage_products(two, 5000);
        two->import.sliced_tx.should_continue = stop_after_some_slices;
        two->import.sliced_tx.context = &slices;
        assert_true(db_claim(shop->ctx.db, DB_WAITING)); /* so that slices are short */
        assert_int_equal(bulk_index_flush(&two->import.bulk, &two->import_ctx), STATUS_STOPPING);
        db_unclaim(shop->ctx.db, DB_WAITING);
        kill_import(two);
        add(shop, "Unheard lamp", "light", "Lamps of oak", 1);
        assert_true(db_claim(two->import_ctx.db, DB_IMPORTING));
        assert_int_equal(import_cleanup(&sliced_tx, &two->import_ctx), STATUS_OK);
        db_unclaim(two->import_ctx.db, DB_IMPORTING);
        assert_sound(shop);
        assert_in_step(shop);
    }
}

static void an_import_that_is_closed_leaves_nothing(void **state) {
    struct two *two = *state;
    struct shop *shop = &two->shop;
    struct product taken = product_of("Taken", "light", "", 1), out;
    assert_int_equal(product_add(&shop->ctx, &taken, &out), STATUS_OK);
    struct str before = shown(shop);
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 10), STATUS_OK);
    stage_products(two, 10);
    assert_int_equal(import_add(&two->import, &two->import_ctx, &out), STATUS_PRODUCT_EXISTS);
    stage_products(two, 10);
    import_close(&two->import, &two->import_ctx);
    assert_str(shown(shop), before);
    bool left;
    assert_int_equal(import_has_leftovers(&shop->ctx, &left), STATUS_OK);
    assert_false(left);
    assert_in_step(shop);
}

static void there_is_one_import_at_a_time(void **state) {
    struct two *two = *state;
    struct import other = {.open = false};
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 10), STATUS_OK);
    commit_slice(two);
    assert_int_equal(import_begin(&other, &two->shop.ctx, 10), STATUS_CONFLICT);
    import_close(&other, &two->shop.ctx);
    import_close(&two->import, &two->import_ctx);
    assert_int_equal(import_begin(&other, &two->shop.ctx, 10), STATUS_OK);
    import_close(&other, &two->shop.ctx);
}

/* The room below an import's products has an end, and a product past it would be invisible. */
static void a_product_without_room_below_the_import_is_refused(void **state) {
    static const struct sql sql = SQL("UPDATE catalogue SET staged_seq = 3");
    struct two *two = *state;
    struct product p = product_of("Lamp", "light", "", 1), out;
    assert_int_equal(import_begin(&two->import, &two->import_ctx, 10), STATUS_OK);
    assert_int_equal(db_exec(two->import_ctx.db, &sql, NO_ARGS, NULL), STATUS_OK);
    commit_slice(two);
    assert_int_equal(product_add(&two->shop.ctx, &p, &out), STATUS_OK);
    assert_int_equal(product_add(&two->shop.ctx, &p, &out), STATUS_OK);
    assert_int_equal(product_add(&two->shop.ctx, &p, &out), STATUS_QUEUE_FULL);
    import_close(&two->import, &two->import_ctx);
    assert_int_equal(product_add(&two->shop.ctx, &p, &out), STATUS_OK);
}

/* Writes 2,000 pages, in several transactions, and returns how many bytes the database has without its log. */
static int64_t write_pages(struct two *two, int64_t name) {
    static const struct sql sql = SQL("INSERT INTO settings VALUES ($1, $2)");
    static char text[400 * 1024];
    struct stat file;
    memset(text, 'x', sizeof text);
    for (int64_t i = 0; i < 20; i++) {
        struct buf key = buf_new(&two->arena);
        buf_put_int(&key, name * 100 + i);
        assert_int_equal(db_exec(two->import_ctx.db, &sql,
                                 ARGS(db_text(buf_str(&key)), db_blob((struct str){text, sizeof text})),
                                 NULL),
                         STATUS_OK);
    }
    assert_int_equal(stat(file_in(two->folder, "till.db"), &file), 0);
    return file.st_size;
}

static void an_import_alone_seldom_copies_its_log(void **state) {
    enum { written = 20 * 400 * 1024 };
    struct two *two = *state;
    assert_true(db_claim(two->import_ctx.db, DB_IMPORTING));
    assert_true(write_pages(two, 1) < written / 2);
    assert_true(db_claim(two->shop.ctx.db, DB_SERVING));
    assert_true(write_pages(two, 2) > written * 3 / 2);
    db_unclaim(two->shop.ctx.db, DB_SERVING);
    assert_true(write_pages(two, 3) < written * 5 / 2);
    db_unclaim(two->import_ctx.db, DB_IMPORTING);
    assert_true(write_pages(two, 4) > written * 7 / 2);
}

#define WITH_TWO(test) cmocka_unit_test_setup_teardown(test, two_open, two_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_TWO(an_import_is_invisible_before_it_is_published),
        WITH_TWO(a_staged_product_is_not_found_by_its_id),
        WITH_TWO(an_admins_changes_meanwhile_are_visible_at_once_and_stay),
        WITH_TWO(a_staged_word_hides_no_misspelling),
        WITH_TWO(a_published_product_can_be_changed_and_deleted),
        WITH_TWO(any_number_of_categories_is_counted),
        WITH_TWO(imports_follow_each_other),
        WITH_TWO(a_broken_import_is_never_visible_and_is_removed),
        WITH_TWO(the_next_import_continues_an_interrupted_cleanup),
        WITH_TWO(an_import_that_is_killed_while_it_indexes_is_removed),
        WITH_TWO(an_import_that_is_closed_leaves_nothing),
        WITH_TWO(there_is_one_import_at_a_time),
        WITH_TWO(an_import_alone_seldom_copies_its_log),
        WITH_TWO(a_product_without_room_below_the_import_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
