/* The reader's side of an import: rows of the file go into the spool, and what is wrong with them to the listener. */
#include "files/import/internal.h"

#include <errno.h>

static int64_t import_read_source(void *context, char *out, size_t room) {
    struct import_run *run = context;
    return run->source(run->source_context, out, room);
}

/* Reports a column that a product has not. */
static void import_remark_column(void *context, struct str column) {
    import_remark(context, REMARK_COLUMN, 0, "%.*s", (int)column.size, column.data);
}

/* Reads the rows into the spool, until the file ends or enough of them are bad. */
static enum status import_read_rows(struct import_run *run, struct product_rows *rows) {
    struct spooled row;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && !atomic_load(&run->stop_reading)) {
        s = product_rows_next(rows, &row.product);
        row.line = rows->line;
        row.at_bytes = rows->records.taken_bytes;
        if (s == STATUS_OK && !atomic_load(&run->stop_writing))
            s = spool_put(&run->spool, &row);
        else if (s == STATUS_INVALID) {
            if (!run->only_checks) /* a check counts the good ones too */
                atomic_store(&run->stop_writing, true);
            s = import_remark_bad_row(run, rows->line, rows->error) ? STATUS_OK : STATUS_INVALID;
        }
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

void *import_reader_main(void *context) {
    struct import_run *run = context;
    struct product_rows *rows = &run->rows;
    enum status s = product_rows_open(rows, &run->settings, import_read_source, run, import_remark_column);
    if (s == STATUS_INVALID)
        s = STATUS_USAGE;
    else if (s == STATUS_OK)
        s = import_read_rows(run, rows);
    if (s != STATUS_OK)
        atomic_store(&run->stop_writing, true);
    int error = errno;
    enum status end = spool_end(&run->spool);
    if (s == STATUS_OK) {
        s = end;
        error = errno;
    }
    if (s == STATUS_USAGE)
        import_remark(run, REMARK_FILE,
                      rows->records.format == FORMAT_JSON || rows->line > 1 ? rows->line : 0, "%s",
                      rows->error);
    run->read_error = error;
    run->read_status = s;
    return NULL;
}
