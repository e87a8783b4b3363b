/* The database layer, most of it on SQLite: opening, statements, transactions. test_executor.c tests the executor. */
#include "database.h"
#include "files.h"
#include "test.h"

#include "db/copy/copy.h"
#include "db/copy/digest.h"
#include "db/engine.h"
#include "shop/schema/schema.h"

#include <fcntl.h>
#include <sqlite3.h>

static const struct sql insert = SQL("INSERT INTO settings VALUES ($1, $2)");
static const struct sql count = SQL("SELECT count(*) FROM settings");
static const struct sql value_of = SQL("SELECT value FROM settings WHERE name = $1");

static struct db *open_private(void) {
    struct db *db = NULL;
    char error[db_error_size];
    assert_int_equal(shop_db_open(":memory:", DB_CREATE, &db, error), STATUS_OK);
    return db;
}

static enum status put(struct db *db, const char *name) {
    return db_exec(db, &insert, ARGS(db_text(str_from(name)), db_blob(STR("x"))), NULL);
}

static int64_t rows_of(struct db *db) {
    struct db_rows *rows = db_query(db, &count, NO_ARGS);
    assert_true(db_step(rows));
    int64_t n = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    return n;
}

/* ---- opening ---- */

/* Runs SQL on a file with SQLite alone. */
static void alter(const char *path, const char *sql) {
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

/* Makes a file with the schema of an older version. */
static void make_version(const char *path, int version) {
    for (int i = 0; i < version; i++)
        for (const char *const *part = shop_schema.sqlite->steps[i]; *part; part++)
            alter(path, *part);
}

static void check_open(const char *path, enum db_mode mode, enum status wanted, const char *error_part) {
    struct db *db = NULL;
    char error[db_error_size] = "";
    assert_number_of(path, shop_db_open(path, mode, &db, error), wanted);
    if (error_part)
        assert_has(str_from(error), error_part);
    db_close(db);
}

static void a_file_is_created_in_create_mode_only(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    check_open(path, DB_READ, STATUS_STORAGE, "cannot be opened");
    check_open(path, DB_WRITE, STATUS_STORAGE, "cannot be opened");
    check_open(path, DB_CREATE, STATUS_OK, NULL);
    check_open(path, DB_CREATE, STATUS_OK, NULL); /* the second time, it exists */
    check_open(path, DB_WRITE, STATUS_OK, NULL);
    check_open(path, DB_READ, STATUS_OK, NULL);
    check_open(file_in(folder, "no/folder/till.db"), DB_CREATE, STATUS_STORAGE, "cannot be opened");
    check_open("postgresql://127.0.0.1:1/shop", DB_CREATE, STATUS_STORAGE, "cannot be reached");
}

static void written_rows_are_there_after_a_restart(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    struct db *db;
    char error[db_error_size];
    assert_int_equal(shop_db_open(path, DB_CREATE, &db, error), STATUS_OK);
    assert_int_equal(put(db, "kept"), STATUS_OK);
    db_close(db);
    assert_int_equal(shop_db_open(path, DB_READ, &db, error), STATUS_OK);
    assert_int_equal(rows_of(db), 1);
    assert_int_equal(put(db, "more"), STATUS_STORAGE); /* the connection is read-only */
    db_close(db);
}

static void a_database_of_a_newer_till_is_refused(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    check_open(path, DB_CREATE, STATUS_OK, NULL);
    alter(path, "PRAGMA user_version=1000000");
    check_open(path, DB_CREATE, STATUS_USAGE, "newer Till");
    check_open(path, DB_READ, STATUS_USAGE, "newer Till");
}

/* It used to close descriptor 0: in a server, perhaps a client's socket. */
static void a_file_that_cannot_be_opened_closes_no_descriptor(void **state) {
    struct folder *folder = *state;
    int saved = dup(0), null = open("/dev/null", O_RDONLY);
    assert_int_equal(dup2(null, 0), 0);
    check_open(file_in(folder, "missing/till.db"), DB_CREATE, STATUS_STORAGE, "cannot be opened");
    assert_true(fcntl(0, F_GETFD) >= 0);
    assert_int_equal(dup2(saved, 0), 0);
    close(saved);
    close(null);
}

/* The migration to payments makes the orders' table anew under two others that refer to it. */
static void orders_from_before_payments_are_migrated(void **state) {
    static const struct sql orders =
        SQL("SELECT count(*) FROM orders AS o JOIN order_items AS l ON l.order_seq = o.seq"
            " JOIN stock_movements AS m ON m.order_seq = o.seq"
            " WHERE o.total_amount = 500 AND o.retaken = 0 AND o.expires_at = 12");
    static const struct sql refund = SQL("UPDATE orders SET status = 'refunded'");
    static const struct sql orphan = SQL("INSERT INTO order_items VALUES (7, 0, 1, 1, 0)");
    const char *path = file_in(*state, "till.db");
    struct db *db;
    char error[db_error_size];
    make_version(path, 2);
    alter(
        path,
        "INSERT INTO products VALUES (1, zeroblob(16), 'Lamp', '', 500, 3, 'home', '', 1, 0, 4);"
        "INSERT INTO orders VALUES (5, zeroblob(16), zeroblob(16), 500, 'usd', 'pending', 11, 12);"
        "INSERT INTO order_items VALUES (5, 0, 1, 1, 500);"
        "INSERT INTO stock_movements VALUES (1, 1, 5, 'reserved', 1, 11);"
        "CREATE VIEW theirs AS SELECT id FROM orders UNION SELECT term FROM search_terms;" /* a person's own */
        "CREATE TABLE notes (about INTEGER REFERENCES products (seq)); INSERT INTO notes VALUES (404);"
        "PRAGMA user_version=2; PRAGMA application_id=0x54696C6C");
    assert_int_equal(shop_db_open(path, DB_CREATE, &db, error), STATUS_OK);
    struct db_rows *rows = db_query(db, &orders, NO_ARGS);
    assert_true(db_step(rows));
    assert_int_equal(db_column_int(rows, 0), 1);
    assert_int_equal(db_finish(rows), STATUS_OK);
    assert_int_equal(db_exec(db, &refund, NO_ARGS, NULL), STATUS_OK);
    assert_int_equal(db_exec(db, &orphan, NO_ARGS, NULL), STATUS_FAULT); /* foreign keys are on again */
    db_close(db);
}

/* Terms had counts of their own for what an import had staged. Those of published imports are added up; an import that
 * was broken off has its entries removed later, and counts without entries are of no use. */
static void staged_counts_of_terms_are_migrated(void **state) {
    static const struct sql sql =
        SQL("SELECT group_concat(term || documents || words || titles, ' ')"
            " FROM (SELECT * FROM search_terms ORDER BY term)");
    const char *path = file_in(*state, "till.db");
    struct db *db;
    char error[db_error_size];
    make_version(path, 4);
    alter(
        path,
        "UPDATE catalogue SET published = 7, staged_by = 8, staged_seq = 4096;"
        "INSERT INTO search_terms VALUES ('desk', 1, 3, 2, 1, 0, 0, 0, 0), ('lamp', 2, 0, 0, 0, 6, 5, 4, 3),"
        " ('mug', 3, 1, 1, 1, 7, 1, 1, 1), ('oak', 4, 1, 1, 0, 8, 9, 9, 9),"
        " ('written', 5, 0, 0, 0, 8, 1, 1, 1), ('unwritten', 6, 0, 0, 0, 8, 1, 1, 1);"
        "INSERT INTO search_postings VALUES (5 << 24 | 1, x'0900'), (7 << 24, x'0900');"
        "PRAGMA user_version=4; PRAGMA application_id=0x54696C6C");
    assert_int_equal(shop_db_open(path, DB_CREATE, &db, error), STATUS_OK);
    struct db_rows *rows = db_query(db, &sql, NO_ARGS);
    assert_true(db_step(rows));
    assert_text(db_column_bytes(rows, 0), "desk321 lamp543 mug222 oak110 written000");
    assert_int_equal(db_finish(rows), STATUS_OK);
    db_close(db);
}

static void dangling_references_stop_a_migration(void **state) {
    const char *path = file_in(*state, "till.db");
    make_version(path, 2);
    alter(path,
          "INSERT INTO order_items VALUES (5, 0, 1, 1, 500);"
          "PRAGMA user_version=2; PRAGMA application_id=0x54696C6C");
    check_open(path, DB_CREATE, STATUS_STORAGE, "restore a backup");
    check_open(path, DB_READ, STATUS_STORAGE, "of an older Till"); /* the file still has its old version */
}

static void another_programs_database_is_refused_and_left_alone(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "other.db");
    alter(path, "CREATE TABLE theirs (a)");
    check_open(path, DB_CREATE, STATUS_USAGE, "not Till's database");
    alter(path, "INSERT INTO theirs VALUES (1)");
    alter(path, "PRAGMA application_id=7");
    check_open(path, DB_CREATE, STATUS_USAGE, "not Till's database");
}

static void a_file_that_is_not_a_database_is_refused(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "notes.txt");
    char error[db_error_size];
    struct db *db = NULL;
    write_file(path,
               "This is no database, but a text that is longer than the hundred bytes of SQLite's head.  "
               "It must be refused and not be written over.\n");
    assert_int_not_equal(shop_db_open(path, DB_CREATE, &db, error), STATUS_OK);
    assert_has(str_from(error), "notes.txt");
}

static void an_empty_database_becomes_tills(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "empty.db");
    write_file(path, "");
    check_open(path, DB_CREATE, STATUS_OK, NULL);
    alter(path, "SELECT * FROM products");
}

/* ---- statements ---- */

static void values_come_back_as_they_went_in(void **state) {
    (void)state;
    static const struct sql all = SQL("SELECT $1, $2, $3, $4, $5, $6, $7, $8");
    struct arena a;
    struct db *db = open_private();
    struct uuid id = {{1, 2, 3}};
    struct maybe_int some = {true, 7}, none = {false, 7};
    arena_init(&a, test_arena_bytes_max);
    struct db_rows *rows =
        db_query(db, &all,
                 ARGS(db_int(INT64_MIN), db_text(BYTES("a\0b")), db_text(STR("")), db_text((struct str){0}),
                      db_blob(BYTES("\xFF\0")), db_uuid(&id), db_maybe_int(some), db_maybe_int(none)));
    assert_true(db_step(rows));
    assert_true(db_column_int(rows, 0) == INT64_MIN);
    assert_str(db_column_text(rows, 1, &a), BYTES("a\0b"));
    assert_str(db_column_text(rows, 2, &a), STR("")); /* empty, not NULL */
    assert_null(db_column_text(rows, 3, &a).data);
    assert_str(db_column_text(rows, 4, &a), BYTES("\xFF\0"));
    struct uuid back = db_column_uuid(rows, 5);
    assert_true(uuid_equal(&back, &id));
    assert_int_equal(db_column_int(rows, 6), 7);
    assert_null(db_column_text(rows, 7, &a).data);
    assert_false(db_step(rows));
    assert_int_equal(db_finish(rows), STATUS_OK);
    db_close(db);
    arena_free(&a);
}

static void a_statement_is_prepared_once_and_run_often(void **state) {
    (void)state;
    struct db *db = open_private();
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(put(db, name), STATUS_OK);
    }
    assert_int_equal(rows_of(db), 1000);
    db_close(db);
}

static void two_statements_are_stepped_in_turn(void **state) {
    (void)state;
    static const struct sql one = SQL("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"),
                            two = {"SELECT 10 UNION ALL SELECT 20", NULL};
    struct db *db = open_private();
    struct db_rows *first = db_query(db, &one, NO_ARGS), *second = db_query(db, &two, NO_ARGS);
    assert_true(db_step(first) && db_step(second) && db_step(first) && db_step(second));
    assert_int_equal(db_column_int(first, 0) + db_column_int(second, 0), 22);
    assert_int_equal(db_finish(first), STATUS_OK); /* although it has more rows */
    assert_false(db_step(second));
    assert_int_equal(db_finish(second), STATUS_OK);
    first = db_query(db, &one, NO_ARGS);
    assert_true(db_step(first));
    assert_int_equal(db_column_int(first, 0), 1); /* the first row again */
    assert_int_equal(db_finish(first), STATUS_OK);
    db_close(db);
}

static void a_full_arena_is_reported_at_the_end(void **state) {
    (void)state;
    struct arena a;
    struct db *db = open_private();
    arena_init(&a, 0);
    assert_int_equal(put(db, "name"), STATUS_OK);
    struct db_rows *rows = db_query(db, &value_of, ARGS(db_text(STR("name"))));
    assert_true(db_step(rows));
    assert_null(db_column_text(rows, 0, &a).data);
    assert_int_equal(db_finish(rows), STATUS_NO_MEMORY);
    db_close(db);
}

static void a_key_that_is_taken_is_a_conflict(void **state) {
    (void)state;
    struct db *db = open_private();
    assert_int_equal(put(db, "name"), STATUS_OK);
    assert_int_equal(put(db, "name"), STATUS_CONFLICT);
    assert_int_equal(put(db, "other"), STATUS_OK); /* the statement can be used again */
    assert_int_equal(rows_of(db), 2);
    db_close(db);
}

static void a_value_that_the_schema_forbids_is_a_fault(void **state) {
    (void)state;
    static const struct sql negative = SQL(
        "INSERT INTO products (id, name, description, price, stock_quantity, category, image_url, created_at)"
        " VALUES (zeroblob(16), 'a', 'b', -1, 0, 'c', 'd', 0)");
    static const struct sql untyped = SQL("INSERT INTO settings VALUES (x'00', 'not a blob')");
    struct db *db = open_private();
    assert_int_equal(db_exec(db, &negative, NO_ARGS, NULL), STATUS_FAULT);
    assert_int_equal(db_exec(db, &untyped, NO_ARGS, NULL), STATUS_FAULT);
    db_close(db);
}

static void a_statement_that_cannot_be_prepared_is_a_fault_each_time(void **state) {
    (void)state;
    static const struct sql wrong = SQL("SELECT * FROM nowhere");
    struct db *db = open_private();
    for (int i = 0; i < 2; i++) {
        struct db_rows *rows = db_query(db, &wrong, NO_ARGS);
        assert_false(db_step(rows));
        assert_int_equal(db_finish(rows), STATUS_FAULT);
        assert_int_equal(rows_of(db), 0);
    }
    db_close(db);
}

static void changed_rows_are_counted(void **state) {
    (void)state;
    static const struct sql update = SQL("UPDATE settings SET value = $1 WHERE name >= $2");
    struct db *db = open_private();
    int64_t changed = -1;
    assert_int_equal(put(db, "a"), STATUS_OK);
    assert_int_equal(put(db, "b"), STATUS_OK);
    assert_int_equal(db_exec(db, &update, ARGS(db_blob(STR("y")), db_text(STR("a"))), &changed), STATUS_OK);
    assert_int_equal(changed, 2);
    assert_int_equal(db_exec(db, &update, ARGS(db_blob(STR("z")), db_text(STR("c"))), &changed), STATUS_OK);
    assert_int_equal(changed, 0);
    db_close(db);
}

/* ---- transactions ---- */

static void a_transaction_is_kept_or_undone_whole(void **state) {
    (void)state;
    struct db *db = open_private();
    assert_false(db_in_transaction(db));
    assert_int_equal(db_begin(db, true), STATUS_OK);
    assert_true(db_in_transaction(db));
    assert_int_equal(put(db, "undone"), STATUS_OK);
    db_rollback(db);
    assert_false(db_in_transaction(db));
    db_rollback(db); /* without a transaction, does nothing */
    assert_int_equal(db_begin(db, true), STATUS_OK);
    assert_int_equal(put(db, "kept"), STATUS_OK);
    assert_int_equal(db_commit(db), STATUS_OK);
    assert_int_equal(rows_of(db), 1);
    db_close(db);
}

/* On PostgreSQL the failure comes later, and its ROLLBACK is prepared in a transaction that has failed. */
static void a_deferred_change_of_nothing_fails_its_transaction(void **state) {
    static const struct sql change = SQL("UPDATE settings SET value = $1 WHERE name = $2");
    (void)state;
    struct db *db = NULL;
    assert_int_equal(database_open(&db), STATUS_OK);
    const struct db_value one[] = {db_blob(STR("y")), db_text(STR("a"))};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(db_begin(db, true), STATUS_OK);
        enum status s = db_exec_deferred_or(db, &change, one, COUNT(one), STATUS_RETRY);
        if (s == STATUS_OK)
            s = i == 0 ? db_commit(db) : put(db, "b");
        assert_int_equal(s, STATUS_RETRY);
        db_rollback(db);
    }
    assert_int_equal(db_begin(db, true), STATUS_OK);
    assert_int_equal(put(db, "a"), STATUS_OK);
    assert_int_equal(db_exec_deferred_or(db, &change, one, COUNT(one), STATUS_RETRY), STATUS_OK);
    assert_int_equal(db_check_deferred(db), STATUS_OK);
    assert_int_equal(db_commit(db), STATUS_OK);
    assert_int_equal(rows_of(db), 1);
    db_close(db);
}

static void a_savepoint_is_kept_or_undone_alone(void **state) {
    (void)state;
    struct db *db = open_private();
    assert_int_equal(db_begin(db, true), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        char name[] = {(char)('a' + i), '\0'};
        assert_int_equal(db_savepoint(db), STATUS_OK);
        assert_int_equal(put(db, name), STATUS_OK);
        assert_int_equal(i % 2 ? db_release(db) : db_rollback_to(db), STATUS_OK);
    }
    assert_int_equal(db_savepoint(db), STATUS_OK);
    assert_int_equal(put(db, "b"), STATUS_CONFLICT);
    assert_int_equal(db_rollback_to(db), STATUS_OK);
    assert_int_equal(db_commit(db), STATUS_OK);
    assert_int_equal(rows_of(db), 2);
    db_close(db);
}

static void a_reader_sees_one_snapshot_until_it_ends_its_transaction(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    struct db *writer, *reader;
    char error[db_error_size];
    assert_int_equal(shop_db_open(path, DB_CREATE, &writer, error), STATUS_OK);
    assert_int_equal(shop_db_open(path, DB_READ, &reader, error), STATUS_OK);
    assert_int_equal(db_begin(reader, false), STATUS_OK);
    assert_int_equal(rows_of(reader), 0);
    assert_int_equal(put(writer, "a"), STATUS_OK);
    assert_int_equal(rows_of(reader), 0);
    assert_int_equal(db_commit(reader), STATUS_OK);
    assert_int_equal(rows_of(reader), 1);
    db_close(reader);
    db_close(writer);
}

static void only_a_private_database_is_private(void **state) {
    (void)state;
    assert_true(db_is_private(":memory:"));
    assert_false(db_is_private("till.db"));
    struct db *one = open_private(), *two = open_private();
    assert_int_equal(put(one, "a"), STATUS_OK);
    assert_int_equal(rows_of(two), 0);
    db_close(one);
    db_close(two);
}

/* ---- copying ---- */

static void a_shop_is_copied_once_into_an_empty_database(void **state) {
    (void)state;
    struct db *from = open_private(), *to = open_private();
    struct copied copied;
    char error[db_error_size];
    assert_int_equal(put(from, "a"), STATUS_OK);
    assert_int_equal(copy_database(from, to, NULL, NULL, &copied, error), STATUS_OK);
    assert_int_equal(copied.rows, 3); /* and one each in search_state and catalogue */
    assert_string_equal(copied.left_out,
                        ""); /* what a migration makes is in shop/schema/schema.c: other_names */
    assert_int_equal(rows_of(to), 1);
    assert_int_equal(copy_database(from, to, NULL, NULL, &copied, error), STATUS_USAGE);
    assert_has(str_from(error), "1 rows in settings");
    assert_false(db_in_transaction(from) || db_in_transaction(to));
    db_close(to);
    db_close(from);
}

static void hash_of(uint8_t out[static sha256_size], const struct db_value *values, size_t size) {
    static struct digest digest;
    digest_start(&digest);
    digest_row(&digest, values, size);
    digest_end(&digest, out);
}

static void rows_that_differ_have_different_hashes(void **state) {
    (void)state;
    static const char large[100000] = "larger than a block";
    uint8_t hashes[10][sha256_size];
    size_t made = 0;
    hash_of(hashes[made++], ARGS(db_int(1)));
    hash_of(hashes[made++], ARGS(db_int(-1)));
    hash_of(hashes[made++], ARGS(db_text(STR("1"))));
    hash_of(hashes[made++], ARGS(db_blob(STR("1"))));
    hash_of(hashes[made++], ARGS(db_text(STR(""))));
    hash_of(hashes[made++], ARGS(db_text((struct str){0})));
    hash_of(hashes[made++], ARGS(db_text(STR("ab")), db_text(STR("c"))));
    hash_of(hashes[made++], ARGS(db_text(STR("a")), db_text(STR("bc"))));
    hash_of(hashes[made++], ARGS(db_blob((struct str){large, sizeof large})));
    hash_of(hashes[made++], ARGS(db_blob((struct str){large, sizeof large - 1})));
    for (size_t i = 0; i < made; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(hashes[i], hashes[j], sha256_size);
}

static void scratch_is_empty_bounded_and_kept_up_to_a_mebibyte(void **state) {
    (void)state;
    enum { mebibyte = 1024 * 1024 };
    struct db *db = open_private();
    assert_non_null(arena_alloc(db_scratch(db, 4 * mebibyte), 400 * 1024));
    struct arena *scratch = db_scratch(db, 4 * mebibyte);
#if !defined(__SANITIZE_ADDRESS__) /* there each block is one of its own */
    assert_in_range(scratch->bytes, 400 * 1024, mebibyte);
#endif
    assert_non_null(arena_alloc(scratch, 3 * mebibyte));
    assert_null(arena_alloc(scratch, 2 * mebibyte));
    assert_true(scratch->failed);
    scratch = db_scratch(db, mebibyte);
    assert_false(scratch->failed);
    assert_in_range(scratch->bytes, 0, mebibyte);
    assert_null(arena_alloc(scratch, 2 * mebibyte)); /* the bound is the last caller's */
    db_close(db);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_file_is_created_in_create_mode_only),
        WITH_FOLDER(a_file_that_cannot_be_opened_closes_no_descriptor),
        WITH_FOLDER(written_rows_are_there_after_a_restart),
        WITH_FOLDER(orders_from_before_payments_are_migrated),
        WITH_FOLDER(staged_counts_of_terms_are_migrated),
        WITH_FOLDER(dangling_references_stop_a_migration),
        WITH_FOLDER(a_database_of_a_newer_till_is_refused),
        WITH_FOLDER(another_programs_database_is_refused_and_left_alone),
        WITH_FOLDER(a_file_that_is_not_a_database_is_refused),
        WITH_FOLDER(an_empty_database_becomes_tills),
        cmocka_unit_test(values_come_back_as_they_went_in),
        cmocka_unit_test(a_statement_is_prepared_once_and_run_often),
        cmocka_unit_test(two_statements_are_stepped_in_turn),
        cmocka_unit_test(a_full_arena_is_reported_at_the_end),
        cmocka_unit_test(a_key_that_is_taken_is_a_conflict),
        cmocka_unit_test(a_value_that_the_schema_forbids_is_a_fault),
        cmocka_unit_test(a_statement_that_cannot_be_prepared_is_a_fault_each_time),
        cmocka_unit_test(changed_rows_are_counted),
        cmocka_unit_test(a_shop_is_copied_once_into_an_empty_database),
        cmocka_unit_test(rows_that_differ_have_different_hashes),
        cmocka_unit_test(a_transaction_is_kept_or_undone_whole),
        cmocka_unit_test(a_deferred_change_of_nothing_fails_its_transaction),
        cmocka_unit_test(a_savepoint_is_kept_or_undone_alone),
        WITH_FOLDER(a_reader_sees_one_snapshot_until_it_ends_its_transaction),
        cmocka_unit_test(only_a_private_database_is_private),
        cmocka_unit_test(scratch_is_empty_bounded_and_kept_up_to_a_mebibyte),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
