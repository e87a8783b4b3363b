/* pay/mock: what the books hold after a restart, a crash, or a full disk, and that they have one owner. */
#include "files.h"
#include "mock_shop.h"

#include "db/db.h"
#include "pay/mock/books.h"
#include "shop/schema/schema.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Closes and opens the shop. Returns the old arena, which still holds earlier results: the caller frees it. */
static struct arena reopen(struct shop *s) {
    struct arena kept = s->arena;
    s->p->calls->close(s->p);
    open_with(s, NULL);
    return kept;
}

/* Reads one number from closed books. */
static int64_t count_in(const char *path, const struct sql *sql) {
    char error[db_error_size];
    struct db *db;
    int64_t count = -1;
    assert_int_equal(db_open(path, DB_READ, &books_schema, &db, error), STATUS_OK);
    struct db_rows *rows = db_query(db, sql, NO_ARGS);
    while (db_step(rows))
        count = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    db_close(db);
    return count;
}

static const struct sql creations_sql = SQL("SELECT count(*) FROM changes WHERE operation = 'create'");
static const struct sql charges_sql =
    SQL("SELECT count(*) FROM changes WHERE operation = 'confirm' AND status = 'succeeded'");

static void the_books_are_there_after_a_restart(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, paid, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(create(&s, 2, 700, &paid), STATUS_OK);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_chargeDeclined", 1, &i), STATUS_OK);
    assert_int_equal(confirm(&s, 2, paid.id, NULL, 1, &i), STATUS_OK);
    assert_int_equal(refund(&s, 2, paid.id, 300), STATUS_OK);
    struct arena kept = reopen(&s);
    assert_int_equal(create(&s, 1, 500, &i), STATUS_OK); /* the same key, the same answer */
    assert_str(i.id, made.id);
    assert_str(i.client_secret, made.client_secret);
    assert_null(i.failure_code.data);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_chargeDeclined", 1, &i), STATUS_OK);
    assert_text(i.failure_code, "card_declined");
    assert_int_equal(retrieve(&s, paid.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_int_equal(i.refunded, 300);
    assert_int_equal(refund(&s, 2, paid.id, 300), STATUS_OK);
    CHECK_REFUNDS(&s, paid.id, 300);
    close_shop(&s);
    arena_free(&kept);
}

static void the_books_keep_what_they_are_told_of_the_shopper(void **state) {
    struct shop s = {.ledger = file_in(*state, "told")};
    const struct intent_contact ann = {{[CONTACT_RECEIPT_EMAIL] = STR("ann@example.com"),
                                        [CONTACT_NAME] = STR("Ann"),
                                        [CONTACT_COUNTRY] = STR("GB")}};
    struct intent_contact other = ann;
    struct intent made, i;
    other.fields[CONTACT_NAME] = STR("Bob");
    open_with(&s, NULL);
    assert_int_equal(create_for(&s, 1, 500, &ann, &made), STATUS_OK);
    struct arena kept = reopen(&s);
    assert_int_equal(create_for(&s, 1, 500, &ann, &i), STATUS_OK); /* the same key, the same parameters */
    assert_str(i.id, made.id);
    assert_int_equal(create_for(&s, 1, 500, &other, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE);
    close_shop(&s);
    arena_free(&kept);
    static const struct sql sql =
        SQL("SELECT count(*) FROM intents WHERE receipt_email = 'ann@example.com' AND shipping_name = 'Ann'"
            " AND shipping_country = 'GB' AND shipping_city IS NULL");
    assert_int_equal(count_in(s.ledger, &sql), 1);
    assert_int_equal(count_in(s.ledger, &creations_sql), 1);
}

/* More changes than a bounded queue or a batch of the writer holds. */
static void books_in_memory_are_never_full(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent made, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    for (int64_t attempt = 1; attempt <= 10000; attempt++) {
        struct arena mine;
        struct uuid payment = number(1);
        arena_init(&mine, test_arena_bytes_max);
        assert_int_equal(
            s.p->calls->confirm(s.p, &mine, &payment, made.id, STR("pm_card_chargeDeclined"), attempt, &i),
            STATUS_OK);
        arena_free(&mine);
    }
    close_shop(&s);
}

static off_t size_of(const char *path, const char *suffix) {
    char whole[600];
    struct stat file;
    snprintf(whole, sizeof whole, "%s%s", path, suffix);
    assert_int_equal(stat(whole, &file), 0);
    return file.st_size;
}

/* The disk is full for a while: a charge that was not reported did not happen, and later happens once. */
static void a_full_disk_loses_nothing_that_was_answered(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, i;
    struct rlimit limit, small;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){.rlim_cur = (rlim_t)size_of(s.ledger, "-wal"), .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int64_t attempt = 1; attempt <= 2; attempt++)
        assert_int_equal(confirm(&s, 1, made.id, "pm_card_visa", attempt, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(retrieve(&s, made.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_visa", 1, &i), STATUS_OK);
    assert_int_equal(i.received, 500);
    struct arena kept = reopen(&s);
    assert_int_equal(retrieve(&s, made.id, &i), STATUS_OK);
    assert_int_equal(i.received, 500);
    close_shop(&s);
    assert_int_equal(count_in(s.ledger, &charges_sql), 1);
    arena_free(&kept);
}

/* Copies a file of the books as it is now, `size` bytes of it, with zeros in place of those from `gap` on to
 * the next 4 KiB. */
static void copy_part(const char *from, const char *to, const char *suffix, off_t size, off_t gap) {
    char source[600], target[600];
    snprintf(source, sizeof source, "%s%s", from, suffix);
    snprintf(target, sizeof target, "%s%s", to, suffix);
    FILE *in = fopen(source, "r"), *out = fopen(target, "w");
    assert_non_null(in);
    assert_non_null(out);
    for (off_t at = 0; at < size; at++) {
        int byte = fgetc(in);
        assert_int_equal(fputc(at >= gap && at < gap + 4096 ? 0 : byte, out) != EOF, true);
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* Books as a power cut may leave them: an intent that was created, and a confirm of which the last bytes did
 * not reach the disk, or a page did not that lies before others. */
static void check_torn(void **state, off_t cut, bool gap) {
    char copy[600];
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, i;
    snprintf(copy, sizeof copy, "%s-copy", s.ledger);
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    off_t created = size_of(s.ledger, "-wal");
    assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &i), STATUS_OK);
    off_t confirmed = size_of(s.ledger, "-wal");
    assert_true(confirmed > created + 4096);
    copy_part(s.ledger, copy, "", size_of(s.ledger, ""), INT32_MAX);
    copy_part(s.ledger, copy, "-wal", confirmed - cut, gap ? created : INT32_MAX);
    struct arena kept = s.arena;
    s.p->calls->close(s.p);
    s.ledger = copy;
    open_with(&s, NULL);
    assert_int_equal(retrieve(&s, made.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD);
    for (int n = 0; n < 2; n++) { /* the second time with other changes in the place of the torn ones */
        assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_SUCCEEDED);
        struct arena old = reopen(&s);
        arena_free(&old);
    }
    close_shop(&s);
    assert_int_equal(count_in(copy, &charges_sql), 1);
    arena_free(&kept);
}

static void a_torn_last_change_never_happened(void **state) {
    check_torn(state, 100, false);
}

static void a_change_behind_a_gap_never_happened(void **state) {
    check_torn(state, 0, true);
}

static void files_that_hold_something_else_are_not_touched(void **state) {
    static const char *const rows[] = {"hello\n", "no line at all",
                                       "{\"op\":\"open\",\"version\":1,\"seed\":\"00\"}\n"};
    const char *path = file_in(*state, "ledger");
    for (size_t n = 0; n < COUNT(rows); n++) {
        char error[mock_error_size], text[100] = "";
        struct provider *p;
        struct mock_options options = {.ledger = path, .clock = &clock_system, .random = &random_system};
        write_file(path, rows[n]);
        assert_number_of(rows[n], mock_open(&options, &p, error), STATUS_STORAGE);
        assert_non_null(strstr(error, "not a database"));
        assert_non_null(strstr(error, path));
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_non_null(fgets(text, sizeof text, file));
        fclose(file);
        assert_string_equal(text, rows[n]);
    }
}

/* Neither is taken for the other: both are SQLite's files, and each would be migrated by the other's steps. */
static void books_and_a_shops_database_are_told_apart(void **state) {
    char error[mock_error_size];
    struct provider *p;
    struct db *db;
    struct shop s = {.ledger = file_in(*state, "ledger")};
    open_with(&s, NULL);
    close_shop(&s);
    assert_int_equal(shop_db_open(s.ledger, DB_CREATE, &db, error), STATUS_USAGE);
    assert_non_null(strstr(error, "is not Till's database"));
    const char *path = file_in(*state, "till.db");
    assert_int_equal(shop_db_open(path, DB_CREATE, &db, error), STATUS_OK);
    db_close(db);
    struct mock_options options = {.ledger = path, .clock = &clock_system, .random = &random_system};
    assert_int_equal(mock_open(&options, &p, error), STATUS_USAGE);
    assert_non_null(strstr(error, "is not the mock's books"));
}

static void books_have_one_owner(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct mock_options options = {.ledger = s.ledger, .clock = &clock_system, .random = &random_system};
    struct provider *second;
    char error[mock_error_size];
    open_with(&s, NULL);
    assert_int_equal(mock_open(&options, &second, error), STATUS_STORAGE);
    assert_non_null(strstr(error, "in use"));
    close_shop(&s);
}

enum { payers = 8, payments_each = 40 };

/* Each payer shares its payments with another one: the second of the two gets the answer of the first. */
struct payer {
    pthread_t thread;
    struct shop *shop;
    uint8_t first;
    char ids[payments_each][32];
};

static void *pay(void *context) {
    struct payer *payer = context;
    struct shop mine = *payer->shop;
    arena_init(&mine.arena, test_arena_bytes_max);
    for (uint8_t n = 0; n < payments_each; n++) {
        struct intent i;
        uint8_t payment = (uint8_t)(payer->first + n);
        assert_int_equal(create(&mine, payment, 500, &i), STATUS_OK);
        snprintf(payer->ids[n], sizeof payer->ids[n], "%.*s", (int)i.id.size, i.id.data);
        assert_int_equal(confirm(&mine, payment, i.id, NULL, 1, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_SUCCEEDED);
        assert_int_equal(i.received, 500);
    }
    arena_free(&mine.arena);
    return NULL;
}

static void many_threads_pay_and_each_payment_is_charged_once(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct payer *all = calloc(payers, sizeof *all);
    assert_non_null(all);
    open_with(&s, NULL);
    for (uint8_t i = 0; i < payers; i++) {
        all[i].shop = &s;
        all[i].first = (uint8_t)(i / 2 * payments_each);
        assert_int_equal(pthread_create(&all[i].thread, NULL, pay, &all[i]), 0);
    }
    for (size_t i = 0; i < payers; i++)
        pthread_join(all[i].thread, NULL);
    for (size_t i = 0; i < payers; i += 2)
        assert_memory_equal(all[i].ids, all[i + 1].ids, sizeof all[i].ids);
    close_shop(&s);
    assert_int_equal(count_in(s.ledger, &creations_sql), payers / 2 * payments_each);
    assert_int_equal(count_in(s.ledger, &charges_sql), payers / 2 * payments_each);
    free(all);
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_in_memory_are_never_full),
        WITH_FOLDER(the_books_are_there_after_a_restart),
        WITH_FOLDER(the_books_keep_what_they_are_told_of_the_shopper),
        WITH_FOLDER(a_full_disk_loses_nothing_that_was_answered),
        WITH_FOLDER(a_torn_last_change_never_happened),
        WITH_FOLDER(a_change_behind_a_gap_never_happened),
        WITH_FOLDER(files_that_hold_something_else_are_not_touched),
        WITH_FOLDER(books_and_a_shops_database_are_told_apart),
        WITH_FOLDER(books_have_one_owner),
        WITH_FOLDER(many_threads_pay_and_each_payment_is_charged_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
