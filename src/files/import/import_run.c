/* How it works: two threads, so that reading a file, which is quick, is done long before it is written.
 *
 *      source ──> reader thread ────────> spool ───────> caller's thread ─────> database
 *                 cuts it into records,   a temporary    import_add: stages     in slices: short
 *                 checks each             file           rows and index         transactions
 *
 * 1. import_run_begin() starts the reader, and import_run_wait() waits until ahead_rows are in the spool, or the file has
 *    ended. If a bad row was found by then, the database need not even be opened. A file with a mistake mostly has it in
 *    many rows.
 * 2. import_run_write() stages what comes through the spool (shop/catalogue/import.h): it writes rows that no reader of the
 *    shop can see yet. It commits every few milliseconds, so that a shop that is served can write in between.
 * 3. If every row of the file was good, one last transaction publishes all of them at once.
 * 4. import_run_end() waits for the reader.
 *
 * After the first bad row nothing will be published, so the writer stops (stop_writing), and removes what it has staged. The
 * reader goes on, so that the user sees all bad rows, or the first bad_rows_max of them. If the writer fails for a reason of
 * its own, nothing can be learnt from the rest of the file, and the reader stops too (stop_reading). If the process is
 * killed, the next import or the server removes what was staged.
 *
 * With `updates` the writer waits for the whole file before it begins, and goes through the spool a second time for the
 * products that differ (shop/catalogue/import_update.h). With `only_checks` nothing is written: the rows are compared with
 * the shop and with each other, and counted (import_check.c). */
#include "files/import/import_run.h"

#include "files/import/internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    ahead_rows = 20000, /* in the spool before the database is opened: about a quarter of a second */
    remark_size = 4096,
};

void import_remark(struct import_run *run, enum import_remark kind, int64_t line, const char *format, ...) {
    char text[remark_size];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    line_clean(text);
    pthread_mutex_lock(&run->lock);
    run->listener->remark(run->context, kind, line, text);
    pthread_mutex_unlock(&run->lock);
}

bool import_remark_bad_row(struct import_run *run, int64_t line, const char *error) {
    int number = atomic_fetch_add(&run->bad_rows, 1) + 1;
    if (number <= bad_rows_max)
        import_remark(run, REMARK_BAD_ROW, line, "%s", error);
    return number < bad_rows_max;
}

void import_show(struct import_run *run, double part, int64_t rows, const char *what) {
    if (rows % import_show_every != 0)
        return;
    pthread_mutex_lock(&run->lock);
    bool goes_on = run->listener->progress(run->context, run->size_bytes ? part : -1, rows, what);
    pthread_mutex_unlock(&run->lock);
    run->should_stop |= !goes_on;
}

enum status import_run_begin(struct import_run *run) {
    if (!spool_open(&run->spool))
        return STATUS_STORAGE;
    pthread_mutex_init(&run->lock, NULL);
    if (pthread_create(&run->reader, NULL, import_reader_main, run) == 0)
        return STATUS_OK;
    pthread_mutex_destroy(&run->lock);
    spool_close(&run->spool);
    return STATUS_NO_MEMORY;
}

bool import_is_spoilt(const struct import_run *run) {
    return atomic_load(&run->bad_rows) > 0 || atomic_load(&run->stop_writing);
}

enum status import_run_wait(struct import_run *run, int64_t *rows) {
    *rows = spool_wait(&run->spool, run->updates ? INT64_MAX : ahead_rows);
    bool is_of_use = run->only_checks ? !atomic_load(&run->stop_writing) : !import_is_spoilt(run);
    return is_of_use ? STATUS_OK : STATUS_INVALID;
}

enum status import_run_end(struct import_run *run, enum status s) {
    int bad = atomic_load(&run->bad_rows);
    if (s != STATUS_OK && (bad == 0 || bad >= bad_rows_max))
        atomic_store(&run->stop_reading, true); /* otherwise there may be more bad rows to report */
    pthread_join(run->reader, NULL);
    pthread_mutex_destroy(&run->lock);
    spool_close(&run->spool);
    return s == STATUS_OK ? run->read_status : s;
}

void import_run_free(struct import_run *run) {
    product_rows_close(&run->rows);
}
