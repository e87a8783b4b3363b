/* Statements that fail: the engine that sqlite_open() gives out, with its `query` and `step` in front of the real ones.
 * Each counts, from any connection, and the k-th fails with STATUS_STORAGE, as after EIO.
 *
 * A query that fails leaves rows that cannot be stepped; a step that fails ends the rows in the middle. So a caller that
 * takes the end of the rows for the end of the list is noticed. */
#include "db/engine.h"
#include "lab.h"

static uint64_t calls, fail_at;
static bool fails_forever, has_failed;
static const struct db_engine *real;

void statement_fail_at(uint64_t k, bool forever) {
    fail_at = k;
    fails_forever = forever;
    calls = 0;
    has_failed = false;
}

bool statement_has_failed(void) {
    return has_failed;
}

static bool statement_fails(void) {
    calls++;
    bool fails = fail_at > 0 && (calls == fail_at || (fails_forever && calls > fail_at));
    has_failed |= fails;
    return fails;
}

static struct db_rows *failing_query(struct db *db, const struct sql *sql, const struct db_value *args,
                                     size_t count) {
    struct db_rows *rows = real->query(db, sql, args, count);
    if (rows->status == STATUS_OK && statement_fails())
        rows->status = STATUS_STORAGE;
    return rows;
}

static bool failing_step(struct db_rows *rows) {
    if (!statement_fails())
        return real->step(rows);
    rows->status = STATUS_STORAGE;
    return false;
}

enum status __real_sqlite_open(const char *path, enum db_mode mode, const struct db_schema *schema,
                               struct db **out, char error[static db_error_size]);
enum status __wrap_sqlite_open(const char *path, enum db_mode mode, const struct db_schema *schema,
                               struct db **out, char error[static db_error_size]);

enum status __wrap_sqlite_open(const char *path, enum db_mode mode, const struct db_schema *schema,
                               struct db **out, char error[static db_error_size]) {
    static struct db_engine failing;
    enum status s = __real_sqlite_open(path, mode, schema, out, error);
    if (s != STATUS_OK)
        return s;
    real = (*out)->engine;
    failing = *real;
    failing.query = failing_query;
    failing.step = failing_step;
    (*out)->engine = &failing;
    return STATUS_OK;
}
