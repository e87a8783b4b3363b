/* The reader's side of an import: rows of the file go into the spool, and messages to the terminal. */
#include "cli/import/import_job.h"
#include "console/errors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void import_print(struct import_command *im, int64_t line, const char *format, ...) {
    char text[error_line_size];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    line_clean(text);
    pthread_mutex_lock(&im->lock);
    progress_wipe(&im->progress);
    fprintf(stderr, "till: %s: ", im->path);
    if (line)
        fprintf(stderr, "line %" PRId64 ": ", line);
    fprintf(stderr, "%s\n", text);
    pthread_mutex_unlock(&im->lock);
}

bool import_print_bad_row(struct import_command *im, int64_t line, const char *error) {
    int number = atomic_fetch_add(&im->bad_rows, 1) + 1;
    if (number <= bad_rows_max)
        import_print(im, line, "%s", error);
    return number < bad_rows_max;
}

static int64_t import_read_file(void *context, char *out, size_t room) {
    struct import_command *im = context;
    ssize_t size;
    do
        size = read(im->fd, out, room);
    while (size < 0 && errno == EINTR);
    return size;
}

static void import_print_ignored(void *context, struct str column) {
    import_print(context, 0, "the column '%.*s' is none of a product's, and is left out", (int)column.size,
                 column.data);
}

/* Reads the rows into the spool, until the file ends or enough of them are bad. */
static enum status import_read_rows(struct import_command *im, struct product_rows *rows) {
    struct spooled row;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && !atomic_load(&im->stop_reading)) {
        s = product_rows_next(rows, &row.product);
        row.line = rows->line;
        row.at_bytes = rows->records.taken_bytes;
        if (s == STATUS_OK && !atomic_load(&im->stop_writing))
            s = spool_put(&im->spool, &row);
        else if (s == STATUS_INVALID) {
            atomic_store(&im->stop_writing, true);
            s = import_print_bad_row(im, rows->line, rows->error) ? STATUS_OK : STATUS_INVALID;
        }
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

void *import_reader_main(void *context) {
    struct import_command *im = context;
    struct product_rows *rows = &im->rows;
    enum status s = product_rows_open(rows, &im->settings, import_read_file, im, import_print_ignored);
    if (s == STATUS_INVALID)
        s = STATUS_USAGE;
    else if (s == STATUS_OK)
        s = import_read_rows(im, rows);
    if (s != STATUS_OK)
        atomic_store(&im->stop_writing, true);
    int error = errno;
    enum status end = spool_end(&im->spool);
    if (s == STATUS_OK) {
        s = end;
        error = errno;
    }
    if (s == STATUS_USAGE)
        import_print(im, rows->records.format == FORMAT_JSON || rows->line > 1 ? rows->line : 0, "%s",
                     rows->error);
    else if (s == STATUS_STORAGE)
        import_print(im, 0, "%s", strerror(error));
    im->read_status = s;
    return NULL;
}
