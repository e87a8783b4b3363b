/* till export: writes the catalogue, as it is at one moment, to a file that till import takes.
 *
 * It has the products that shoppers see, with their ids, oldest first. So importing them into an empty shop
 * makes the same catalogue, and exporting that gives the same bytes. (till backup copies everything else
 * too.) A file grows as FILE.part, and takes its name when it is whole. */
#include "cli/command.h"
#include "cli/format_flag.h"
#include "console/progress.h"
#include "files/product_writer.h"

#include "base/clock.h"
#include "base/file/folder.h"
#include "shop/schema/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The catalogue is walked in pages, all of them in one read transaction, so it is as it was at one moment
 * although the shop goes on. The arena is emptied before each page, so the memory does not grow with the
 * catalogue. */
enum {
    products_at_a_time = 500,
    export_arena_bytes_max =
        64 * 1024 * 1024, /* products_at_a_time of the longest products, read and written */
};

struct export {
    const struct product_writer *writer;
    FILE *file;
    int64_t done, all;
    struct progress progress;
};

/* Writes a page of products, with what the format has between two of them. */
static enum status export_write_products(struct export *ex, struct arena *arena,
                                         const struct list *products) {
    const struct product *at = products->data;
    struct buf out = buf_new(arena);
    for (size_t i = 0; i < products->count; i++) {
        if (ex->done++ > 0)
            buf_put_text(&out, ex->writer->between);
        ex->writer->put(&out, &at[i]);
    }
    if (!buf_ok(&out))
        return STATUS_NO_MEMORY;
    bool written = fwrite(out.data, 1, out.size, ex->file) == out.size;
    progress_show(&ex->progress, ex->all ? (double)ex->done / (double)ex->all : 1, "%" PRId64 " products",
                  ex->done);
    return written ? STATUS_OK : STATUS_STORAGE;
}

/* Writes the whole catalogue, in the transaction that is open, a page of products at a time. JSON gets its
 * brackets for an empty catalogue too; the other formats then have only their head. */
static enum status export_write_all(struct export *ex, struct shop_ctx *ctx) {
    struct list products = {.count = 1};
    int64_t after = 0;
    enum status s = product_count(ctx, &ex->all);
    if (s == STATUS_OK && fputs(ex->writer->head, ex->file) < 0)
        s = STATUS_STORAGE;
    while (s == STATUS_OK && products.count > 0) {
        arena_reset(ctx->arena);
        s = product_walk(ctx, &after, products_at_a_time, &products);
        if (s == STATUS_OK && products.count > 0)
            s = export_write_products(ex, ctx->arena, &products);
    }
    bool tail = ex->done > 0 || ex->writer->head[0] == '[';
    if (s == STATUS_OK && tail && fputs(ex->done ? ex->writer->tail : "]\n", ex->file) < 0)
        s = STATUS_STORAGE;
    return s == STATUS_OK && fflush(ex->file) != 0 ? STATUS_STORAGE : s;
}

/* Writes everything to the file that is open; `path` is what messages call it. */
static int export_to(struct export *ex, struct db *db, const char *path) {
    struct arena arena;
    arena_init(&arena, export_arena_bytes_max);
    struct shop_ctx ctx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    errno = 0;
    enum status s = db_begin(db, false);
    if (s == STATUS_OK)
        s = export_write_all(ex, &ctx);
    int error = errno;
    db_rollback(db);
    progress_wipe(&ex->progress);
    arena_free(&arena);
    if (s == STATUS_OK)
        return exit_done;
    fprintf(stderr, "till: %s: %s\n", path, s == STATUS_STORAGE && error ? strerror(error) : status_text(s));
    return exit_failed;
}

static int export_error(const char *path, int error) {
    fprintf(stderr, "till: %s: %s\n", path, strerror(error));
    return exit_failed;
}

/* Flushes the file to the disk and closes it. Returns 0, or the errno of what failed. */
static int export_close_file(FILE *file) {
    int error = fsync(fileno(file)) == 0 ? 0 : errno;
    return fclose(file) == 0 || error ? error : errno;
}

/* Writes FILE.part, and renames it when all of it is on the disk; removes it if anything failed. A file that
 * was at `path` is replaced. */
static int export_to_file(struct export *ex, struct db *db, const char *path) {
    char part[PATH_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return export_error(path, ENAMETOOLONG);
    ex->file = fopen(part, "wbe");
    if (!ex->file)
        return export_error(part, errno);
    int code = export_to(ex, db, path), error = export_close_file(ex->file);
    if (code == exit_done && error == 0 && rename(part, path) == 0) {
        if (folder_sync(path))
            return exit_done;
        print_error(
            "%s is there and whole, but a power cut may take it back: its folder cannot be synced: %s", path,
            strerror(errno));
        return exit_failed;
    }
    if (code == exit_done)
        code = export_error(path, error ? error : errno);
    unlink(part);
    return code;
}

enum { FLAG_DB, FLAG_FORMAT, FLAG_FOR_SPREADSHEET };

static int export_command_run(const char *const values[], const char *operand) {
    char error[db_error_size];
    struct db *db;
    const char *path = operand && strcmp(operand, "-") != 0 ? operand : NULL;
    enum file_format format;
    if (!format_flag_read(values[FLAG_FORMAT], path ? path : "", &format))
        return exit_usage;
    bool for_spreadsheet = values[FLAG_FOR_SPREADSHEET] != NULL;
    if (format == FORMAT_COUNT)
        format = for_spreadsheet ? FORMAT_CSV : FORMAT_JSONL;
    if (for_spreadsheet && format != FORMAT_CSV)
        return usage_error("--for-spreadsheet writes CSV, not %s", file_format_names[format]);
    if (db_is_private(values[FLAG_DB]))
        return usage_error("export needs a database that is in a file");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    signal(SIGPIPE, SIG_IGN);
    enum status s = shop_db_open(values[FLAG_DB], DB_READ, &db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    struct export ex = {.writer = for_spreadsheet ? &product_writer_spreadsheet : &product_writers[format],
                        .file = stdout,
                        .progress = progress_new()};
    int code = path ? export_to_file(&ex, db, path) : export_to(&ex, db, "standard output");
    db_close(db);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_FORMAT] = FORMAT_FLAG("; else by FILE's end, or jsonl"),
    [FLAG_FOR_SPREADSHEET] = {"for-spreadsheet", NULL, NULL,
                              "CSV that Excel and others open as it is meant: no text is run as a formula"},
    {0},
};

const struct command export_command = {
    .name = "export",
    .summary = "Write the catalogue to a file (without one, or with -: to standard output), for till import",
    .operand = "[FILE]",
    .flags = flags,
    .run = export_command_run,
};
