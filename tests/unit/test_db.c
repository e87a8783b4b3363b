/* The database layer on SQLite: opening, statements, transactions. The executor has a test of its own. */
#include "files.h"
#include "test.h"

#include "db/engine.h"

#include <sqlite3.h>

static const struct sql insert = {"INSERT INTO settings VALUES ($1, $2)", NULL};
static const struct sql count = {"SELECT count(*) FROM settings", NULL};
static const struct sql value_of = {"SELECT value FROM settings WHERE name = $1", NULL};

static struct db *open_private(void) {
    struct db *db = NULL;
    char why[db_why_size];
    assert_int_equal(db_open(":memory:", DB_CREATE, &db, why), STATUS_OK);
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

static void check_open(const char *path, enum db_mode mode, enum status wanted, const char *why_part) {
    struct db *db = NULL;
    char why[db_why_size] = "";
    assert_number_of(path, db_open(path, mode, &db, why), wanted);
    if (why_part)
        assert_has(str_from(why), why_part);
    db_close(db);
}

static void a_file_is_made_where_it_may_be(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    check_open(path, DB_READ, STATUS_STORAGE, "cannot be opened");
    check_open(path, DB_WRITE, STATUS_STORAGE, "cannot be opened");
    check_open(path, DB_CREATE, STATUS_OK, NULL);
    check_open(path, DB_CREATE, STATUS_OK, NULL); /* and is there the second time */
    check_open(path, DB_WRITE, STATUS_OK, NULL);
    check_open(path, DB_READ, STATUS_OK, NULL);
    check_open(file_in(folder, "no/folder/till.db"), DB_CREATE, STATUS_STORAGE, "cannot be opened");
    check_open("postgresql://shop", DB_CREATE, STATUS_USAGE, "PostgreSQL");
}

static void what_was_written_is_there_after_a_restart(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    struct db *db;
    char why[db_why_size];
    assert_int_equal(db_open(path, DB_CREATE, &db, why), STATUS_OK);
    assert_int_equal(put(db, "kept"), STATUS_OK);
    db_close(db);
    assert_int_equal(db_open(path, DB_READ, &db, why), STATUS_OK);
    assert_int_equal(rows_of(db), 1);
    assert_int_equal(put(db, "more"), STATUS_STORAGE); /* it was opened to read */
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

/* The step that brought payments makes the orders' table anew under two others that refer to it. */
static void orders_from_before_payments_are_brought_up(void **state) {
    static const struct sql orders = {
        "SELECT count(*) FROM orders AS o JOIN order_items AS l ON l.order_seq = o.seq"
        " JOIN stock_movements AS m ON m.order_seq = o.seq"
        " WHERE o.total_amount = 500 AND o.retaken = 0 AND o.expires_at = 12",
        NULL};
    static const struct sql refund = {"UPDATE orders SET status = 'refunded'", NULL};
    static const struct sql orphan = {"INSERT INTO order_items VALUES (7, 0, 1, 1, 0)", NULL};
    const char *path = file_in(*state, "till.db");
    struct db *db;
    char why[db_why_size];
    alter(path, sqlite_migrations[0]);
    alter(path, sqlite_migrations[1]);
    alter(path,
          "INSERT INTO products VALUES (1, zeroblob(16), 'Lamp', '', 500, 3, 'home', '', 1, 0, 4);"
          "INSERT INTO orders VALUES (5, zeroblob(16), zeroblob(16), 500, 'usd', 'pending', 11, 12);"
          "INSERT INTO order_items VALUES (5, 0, 1, 1, 500);"
          "INSERT INTO stock_movements VALUES (1, 1, 5, 'reserved', 1, 11);"
          "PRAGMA user_version=2; PRAGMA application_id=0x54696C6C");
    assert_int_equal(db_open(path, DB_CREATE, &db, why), STATUS_OK);
    struct db_rows *rows = db_query(db, &orders, NO_ARGS);
    assert_true(db_step(rows));
    assert_int_equal(db_column_int(rows, 0), 1);
    assert_int_equal(db_finish(rows), STATUS_OK);
    assert_int_equal(db_exec(db, &refund, NO_ARGS, NULL), STATUS_OK);
    assert_int_equal(db_exec(db, &orphan, NO_ARGS, NULL), STATUS_FAULT); /* keys hold again */
    db_close(db);
}

static void rows_that_refer_to_none_are_not_brought_up(void **state) {
    const char *path = file_in(*state, "till.db");
    alter(path, sqlite_migrations[0]);
    alter(path, sqlite_migrations[1]);
    alter(path,
          "INSERT INTO order_items VALUES (5, 0, 1, 1, 500);"
          "PRAGMA user_version=2; PRAGMA application_id=0x54696C6C");
    check_open(path, DB_CREATE, STATUS_STORAGE, "restore a backup");
    check_open(path, DB_READ, STATUS_STORAGE, "of an older Till"); /* as it was */
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

static void a_file_that_is_no_database_is_refused(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "notes.txt");
    char why[db_why_size];
    struct db *db = NULL;
    write_file(path,
               "This is no database, but a text that is longer than the hundred bytes of SQLite's head.  "
               "It must be refused and not be written over.\n");
    assert_int_not_equal(db_open(path, DB_CREATE, &db, why), STATUS_OK);
    assert_has(str_from(why), "notes.txt");
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
    static const struct sql all = {"SELECT $1, $2, $3, $4, $5, $6, $7, $8", NULL};
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
    assert_str(db_column_text(rows, 2, &a), STR("")); /* empty, and not absent */
    assert_null(db_column_text(rows, 3, &a).at);
    assert_str(db_column_text(rows, 4, &a), BYTES("\xFF\0"));
    struct uuid back = db_column_uuid(rows, 5);
    assert_true(uuid_equal(&back, &id));
    assert_int_equal(db_column_int(rows, 6), 7);
    assert_null(db_column_text(rows, 7, &a).at);
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
    static const struct sql one = {"SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3", NULL},
                            two = {"SELECT 10 UNION ALL SELECT 20", NULL};
    struct db *db = open_private();
    struct db_rows *first = db_query(db, &one, NO_ARGS), *second = db_query(db, &two, NO_ARGS);
    assert_true(db_step(first) && db_step(second) && db_step(first) && db_step(second));
    assert_int_equal(db_column_int(first, 0) + db_column_int(second, 0), 22);
    assert_int_equal(db_finish(first), STATUS_OK); /* before its end */
    assert_false(db_step(second));
    assert_int_equal(db_finish(second), STATUS_OK);
    first = db_query(db, &one, NO_ARGS);
    assert_true(db_step(first));
    assert_int_equal(db_column_int(first, 0), 1); /* from its start again */
    assert_int_equal(db_finish(first), STATUS_OK);
    db_close(db);
}

static void a_full_arena_is_told_at_the_end(void **state) {
    (void)state;
    struct arena a;
    struct db *db = open_private();
    arena_init(&a, 0);
    assert_int_equal(put(db, "name"), STATUS_OK);
    struct db_rows *rows = db_query(db, &value_of, ARGS(db_text(STR("name"))));
    assert_true(db_step(rows));
    assert_null(db_column_text(rows, 0, &a).at);
    assert_int_equal(db_finish(rows), STATUS_NO_MEMORY);
    db_close(db);
}

static void a_key_that_is_taken_is_a_conflict(void **state) {
    (void)state;
    struct db *db = open_private();
    assert_int_equal(put(db, "name"), STATUS_OK);
    assert_int_equal(put(db, "name"), STATUS_CONFLICT);
    assert_int_equal(put(db, "other"), STATUS_OK); /* the statement is of use again */
    assert_int_equal(rows_of(db), 2);
    db_close(db);
}

static void what_the_schema_forbids_is_a_fault(void **state) {
    (void)state;
    static const struct sql negative = {
        "INSERT INTO products (id, name, description, price, stock_quantity, category, image_url, created_at)"
        " VALUES (zeroblob(16), 'a', 'b', -1, 0, 'c', 'd', 0)",
        NULL};
    static const struct sql untyped = {"INSERT INTO settings VALUES (x'00', 'not a blob')", NULL};
    struct db *db = open_private();
    assert_int_equal(db_exec(db, &negative, NO_ARGS, NULL), STATUS_FAULT);
    assert_int_equal(db_exec(db, &untyped, NO_ARGS, NULL), STATUS_FAULT);
    db_close(db);
}

static void a_statement_that_cannot_be_prepared_is_a_fault_each_time(void **state) {
    (void)state;
    static const struct sql wrong = {"SELECT * FROM nowhere", NULL};
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
    static const struct sql update = {"UPDATE settings SET value = $1 WHERE name >= $2", NULL};
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
    db_rollback(db); /* nothing to do */
    assert_int_equal(db_begin(db, true), STATUS_OK);
    assert_int_equal(put(db, "kept"), STATUS_OK);
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

static void a_reader_sees_one_moment_until_it_ends_its_transaction(void **state) {
    struct folder *folder = *state;
    const char *path = file_in(folder, "till.db");
    struct db *writer, *reader;
    char why[db_why_size];
    assert_int_equal(db_open(path, DB_CREATE, &writer, why), STATUS_OK);
    assert_int_equal(db_open(path, DB_READ, &reader, why), STATUS_OK);
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

int main(void) {
    static const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_file_is_made_where_it_may_be),
        WITH_FOLDER(what_was_written_is_there_after_a_restart),
        WITH_FOLDER(orders_from_before_payments_are_brought_up),
        WITH_FOLDER(rows_that_refer_to_none_are_not_brought_up),
        WITH_FOLDER(a_database_of_a_newer_till_is_refused),
        WITH_FOLDER(another_programs_database_is_refused_and_left_alone),
        WITH_FOLDER(a_file_that_is_no_database_is_refused),
        WITH_FOLDER(an_empty_database_becomes_tills),
        cmocka_unit_test(values_come_back_as_they_went_in),
        cmocka_unit_test(a_statement_is_prepared_once_and_run_often),
        cmocka_unit_test(two_statements_are_stepped_in_turn),
        cmocka_unit_test(a_full_arena_is_told_at_the_end),
        cmocka_unit_test(a_key_that_is_taken_is_a_conflict),
        cmocka_unit_test(what_the_schema_forbids_is_a_fault),
        cmocka_unit_test(a_statement_that_cannot_be_prepared_is_a_fault_each_time),
        cmocka_unit_test(changed_rows_are_counted),
        cmocka_unit_test(a_transaction_is_kept_or_undone_whole),
        cmocka_unit_test(a_savepoint_is_kept_or_undone_alone),
        WITH_FOLDER(a_reader_sees_one_moment_until_it_ends_its_transaction),
        cmocka_unit_test(only_a_private_database_is_private),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
