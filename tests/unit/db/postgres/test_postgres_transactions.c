/* What a transaction on PostgreSQL sees and may do. Without TILL_TEST_DB_URL (tools/with_postgres.py) there is nothing to test:
 * test_db.c tests the same on SQLite. */
#include "database.h"

static const struct sql insert = SQL("INSERT INTO settings VALUES ($1, $2)");
static const struct sql count = SQL("SELECT count(*) FROM settings");
static const struct sql change = SQL("UPDATE settings SET value = $1 WHERE name = 'a'");

struct connections {
    struct db *writer, *reader;
};

/* Opens two connections to one empty shop. */
static int connections_open(void **state) {
    static struct connections both;
    const char *server = getenv("TILL_TEST_DB_URL");
    char url[database_url_size], error[db_error_size];
    *state = NULL;
    if (!server)
        return 0;
    *state = &both;
    snprintf(url, sizeof url, "%s?options=-csearch_path%%3Dunit_%d", server, (int)getpid());
    return database_open(&both.writer) == STATUS_OK &&
                   shop_db_open(url, DB_WRITE, &both.reader, error) == STATUS_OK
               ? 0
               : -1;
}

static int connections_close(void **state) {
    struct connections *both = *state;
    if (both) {
        db_close(both->reader);
        db_close(both->writer);
    }
    return 0;
}

static enum status put(struct db *db, const char *name) {
    return db_exec(db, &insert, ARGS(db_text(str_from(name)), db_blob(STR("x"))), NULL);
}

static int64_t rows_of(struct db *db) {
    int64_t rows = -1;
    assert_int_equal(db_get_int(db, &count, NO_ARGS, &rows), STATUS_OK);
    return rows;
}

static void a_reader_sees_one_moment_until_it_ends_its_transaction(void **state) {
    struct connections *both = *state;
    if (!both)
        skip();
    int64_t before = rows_of(both->writer);
    assert_int_equal(db_begin(both->reader, false), STATUS_OK);
    assert_int_equal(rows_of(both->reader), before);
    assert_int_equal(put(both->writer, "a"), STATUS_OK);
    assert_int_equal(rows_of(both->reader), before);
    assert_int_equal(db_commit(both->reader), STATUS_OK);
    assert_int_equal(rows_of(both->reader), before + 1);
}

static void a_writer_sees_what_others_have_committed(void **state) {
    struct connections *both = *state;
    if (!both)
        skip();
    int64_t before = rows_of(both->writer);
    assert_int_equal(db_begin(both->reader, true), STATUS_OK);
    assert_int_equal(rows_of(both->reader), before);
    assert_int_equal(put(both->writer, "a"), STATUS_OK);
    assert_int_equal(rows_of(both->reader), before + 1);
    assert_int_equal(db_commit(both->reader), STATUS_OK);
}

/* The connections of readers could write: what keeps them from it is their transaction. */
static void a_reader_cannot_write(void **state) {
    struct connections *both = *state;
    if (!both)
        skip();
    int64_t before = rows_of(both->writer);
    assert_int_equal(db_begin(both->reader, false), STATUS_OK);
    assert_int_not_equal(put(both->reader, "a"), STATUS_OK);
    db_rollback(both->reader);
    assert_int_equal(rows_of(both->writer), before);
}

static void nothing_succeeds_behind_a_failed_statement(void **state) {
    struct connections *both = *state;
    if (!both)
        skip();
    int64_t before = rows_of(both->writer);
    assert_int_equal(db_begin(both->writer, true), STATUS_OK);
    assert_int_equal(put(both->writer, "a"), STATUS_OK);
    assert_int_equal(put(both->writer, "a"), STATUS_CONFLICT);
    assert_int_equal(put(both->writer, "b"), STATUS_CONFLICT);
    assert_int_equal(db_commit(both->writer), STATUS_CONFLICT);
    db_rollback(both->writer);
    assert_int_equal(rows_of(both->writer), before);
}

static void a_deferred_change_of_nothing_fails_its_transaction(void **state) {
    struct connections *both = *state;
    if (!both)
        skip();
    int64_t before = rows_of(both->writer);
    assert_int_equal(db_begin(both->writer, true), STATUS_OK);
    assert_int_equal(db_exec_deferred_or(both->writer, &change, ARGS(db_blob(STR("y"))), STATUS_NOT_FOUND),
                     STATUS_OK);
    assert_int_equal(put(both->writer, "b"), STATUS_NOT_FOUND);
    assert_int_equal(db_commit(both->writer), STATUS_NOT_FOUND);
    db_rollback(both->writer);
    assert_int_equal(rows_of(both->writer), before);
}

#define ON_TWO(test) cmocka_unit_test_setup_teardown(test, connections_open, connections_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_TWO(a_reader_sees_one_moment_until_it_ends_its_transaction),
        ON_TWO(a_writer_sees_what_others_have_committed),
        ON_TWO(a_reader_cannot_write),
        ON_TWO(nothing_succeeds_behind_a_failed_statement),
        ON_TWO(a_deferred_change_of_nothing_fails_its_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
