/* What a start makes of the log of a process that died, while another process has the file open. That its frames reach the disk
 * is tested by tests/api/test_disk.py. */
#include "files.h"
#include "test.h"

#include "db/db.h"
#include "shop/schema/schema.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <unistd.h>

/* nBackfill in the index of the log: how many of its frames count as copied into the database. */
static uint32_t backfill_of(struct folder *folder) {
    enum { backfill_offset = 96 };
    uint32_t frames = UINT32_MAX;
    int fd = open(file_in(folder, "till.db-shm"), O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &frames, sizeof frames, backfill_offset), sizeof frames);
    close(fd);
    return frames;
}

/* Pages that were copied and not synced are lost with the power, so a start must copy the whole log again. */
static void a_start_counts_no_frame_of_the_log_as_copied(void **state) {
    static const struct sql insert = SQL("INSERT INTO settings VALUES ('a', $1)");
    struct folder *folder = *state;
    struct db *first, *second;
    sqlite3 *other;
    char error[db_error_size];
    assert_int_equal(shop_db_open(file_in(folder, "till.db"), DB_CREATE, &first, error), STATUS_OK);
    assert_int_equal(sqlite3_open(file_in(folder, "till.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "SELECT count(*) FROM settings", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(db_exec(first, &insert, ARGS(db_blob(STR("x"))), NULL), STATUS_OK);
    assert_int_equal(sqlite3_wal_checkpoint_v2(other, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL),
                     SQLITE_OK);
    assert_true(backfill_of(folder) > 0);
    assert_int_equal(shop_db_open(file_in(folder, "till.db"), DB_WRITE, &second, error), STATUS_OK);
    assert_int_equal(backfill_of(folder), 0);
    db_close(second);
    sqlite3_close(other);
    db_close(first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_start_counts_no_frame_of_the_log_as_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
