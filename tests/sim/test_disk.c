/* The disk itself: what it keeps, and that SQLite and Till's files are on it. */
#include "disk.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH(name) DISK_ROOT "/" name

static int disk_setup(void **state) {
    (void)state;
    disk_begin(1);
    return 0;
}

static void put(const char *path, const char *text, bool sync) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
    if (sync)
        assert_int_equal(fsync(fd), 0);
    close(fd);
}

static void sync_folder(void) {
    int fd = open(DISK_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(fsync(fd), 0);
    close(fd);
}

/* "-": no such file. */
static void assert_content(const char *path, const char *want) {
    char got[4096] = "-";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        got[read(fd, got, sizeof got - 1)] = '\0';
        close(fd);
    }
    assert_string_equal(got, want);
}

static void test_a_file_is_durable_with_its_name_and_its_bytes(void **state) {
    (void)state;
    put(PATH("synced"), "old", true);
    put(PATH("unsynced"), "old", false);
    sync_folder();
    put(PATH("nameless"), "old", true);
    put(PATH("synced"), "new", false);
    assert_content(PATH("synced"), "new");
    assert_int_equal(disk_restart(DISK_SYNCED, 1), 0);
    assert_content(PATH("synced"), "old");
    assert_content(PATH("unsynced"), "");
    assert_content(PATH("nameless"), "-");
}

static void test_a_name_changes_wholly_or_not_at_all(void **state) {
    (void)state;
    int seen[2] = {0};
    for (uint64_t seed = 0; seed < 32; seed++) {
        disk_begin(seed);
        put(PATH("a"), "A", true);
        put(PATH("b"), "B", true);
        sync_folder();
        assert_int_equal(rename(PATH("a"), PATH("b")), 0);
        disk_restart(DISK_WRITES, seed);
        bool renamed = access(PATH("a"), F_OK) != 0;
        assert_content(PATH("b"), renamed ? "A" : "B");
        seen[renamed]++;
    }
    assert_true(seen[0] > 0 && seen[1] > 0);
}

static void test_sectors_are_torn_in_their_model_only(void **state) {
    (void)state;
    char text[2049] = "";
    memset(text, 'x', 2048);
    int whole = 0, parts = 0;
    for (uint64_t seed = 0; seed < 64; seed++) {
        disk_begin(seed);
        put(PATH("a"), "", true);
        sync_folder();
        put(PATH("a"), text, false);
        disk_restart(seed % 2 ? DISK_WRITES : DISK_SECTORS, seed);
        char got[2049] = "";
        int fd = open(PATH("a"), O_RDONLY | O_CLOEXEC);
        ssize_t size = read(fd, got, 2048);
        close(fd);
        bool is_whole = size == 0 || (size == 2048 && strcmp(got, text) == 0);
        whole += is_whole;
        parts += !is_whole;
        assert_true(is_whole || seed % 2 == 0);
    }
    assert_true(whole > 0 && parts > 0);
}

static void test_a_cut_stops_the_disk_until_it_is_restarted(void **state) {
    (void)state;
    put(PATH("a"), "old", true);
    sync_folder();
    disk_cut_at(1);
    int fd = open(PATH("a"), O_RDWR | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "new", 3, 0), -1);
    assert_int_equal(errno, EIO);
    assert_true(disk_is_cut());
    assert_int_equal(fsync(fd), -1);
    assert_int_equal(open(PATH("b"), O_RDWR | O_CREAT | O_CLOEXEC, 0600), -1);
    close(fd);
    disk_restart(DISK_SYNCED, 1);
    assert_content(PATH("a"), "old");
}

static void test_a_failed_sync_leaves_nothing_for_the_next(void **state) {
    (void)state;
    int lost = 0;
    for (uint64_t seed = 0; seed < 16; seed++) {
        disk_begin(seed);
        put(PATH("a"), "old", true);
        sync_folder();
        int fd = open(PATH("a"), O_RDWR | O_CLOEXEC);
        disk_fail_at(DISK_SYNC, 1, false);
        assert_int_equal(pwrite(fd, "new", 3, 0), 3);
        assert_int_equal(fsync(fd), -1);
        assert_int_equal(fsync(fd), 0);
        close(fd);
        assert_content(PATH("a"), "new");
        disk_restart(DISK_SYNCED, seed);
        fd = open(PATH("a"), O_RDONLY | O_CLOEXEC);
        char got[4] = "";
        assert_int_equal(read(fd, got, 3), 3);
        close(fd);
        lost += strcmp(got, "old") == 0;
    }
    assert_true(lost > 0 && lost < 16);
}

static void test_locks_are_the_process_s_or_the_open_file_s(void **state) {
    (void)state;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5}, seen = lock;
    int one = open(PATH("a"), O_RDWR | O_CREAT | O_CLOEXEC, 0600), two = open(PATH("a"), O_RDWR | O_CLOEXEC);
    assert_int_equal(fcntl(one, F_OFD_SETLK, &lock), 0);
    assert_int_equal(fcntl(two, F_OFD_SETLK, &lock), -1);
    assert_int_equal(fcntl(two, F_SETLK, &lock), -1);
    assert_int_equal(fcntl(two, F_OFD_GETLK, &seen), 0);
    assert_int_equal(seen.l_type, F_WRLCK);
    close(one);
    assert_int_equal(fcntl(two, F_SETLK, &lock), 0);
    one = open(PATH("a"), O_RDWR | O_CLOEXEC);
    assert_int_equal(fcntl(one, F_OFD_SETLK, &lock), -1);
    close(two); /* any descriptor of it gives up the process's locks */
    assert_int_equal(fcntl(one, F_OFD_SETLK, &lock), 0);
    close(one);
}

static sqlite3 *database(void) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(PATH("x.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static int count_rows(sqlite3 *db) {
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int count = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return count;
}

/* The last answered row is there after a cut at each step, in each model; with one connection more that reads. */
static void test_sqlite_keeps_what_it_has_committed(void **state) {
    (void)state;
    sqlite3 *db = database();
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(disk_open_count(), 0);
    struct disk_image *image = disk_save();
    bool cut = true;
    for (uint64_t k = 1; cut; k++)
        for (int model = 0; model < DISK_MODELS; model++) {
            disk_load(image);
            sqlite3 *reader = database();
            db = database();
            count_rows(reader);
            disk_cut_at(k);
            int done = 0;
            while (done < 3 &&
                   sqlite3_exec(db, "INSERT INTO t VALUES (randomblob(5000))", NULL, NULL, NULL) == SQLITE_OK)
                done++;
            sqlite3_close(db);
            sqlite3_close(reader);
            cut = disk_is_cut();
            assert_int_equal(disk_restart((enum disk_model)model, k), 0);
            db = database();
            int count = count_rows(db);
            sqlite3_close(db);
            assert_in_range(count, done, done + 1);
        }
    disk_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_file_is_durable_with_its_name_and_its_bytes, disk_setup),
        cmocka_unit_test_setup(test_a_name_changes_wholly_or_not_at_all, disk_setup),
        cmocka_unit_test_setup(test_sectors_are_torn_in_their_model_only, disk_setup),
        cmocka_unit_test_setup(test_a_cut_stops_the_disk_until_it_is_restarted, disk_setup),
        cmocka_unit_test_setup(test_a_failed_sync_leaves_nothing_for_the_next, disk_setup),
        cmocka_unit_test_setup(test_locks_are_the_process_s_or_the_open_file_s, disk_setup),
        cmocka_unit_test_setup(test_sqlite_keeps_what_it_has_committed, disk_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
