/* till import: products from a file into a database, all or none, also one that is being served.
 *
 * Two threads: one reads the file and holds each row to the rules, the other writes the database
 * (shop/stage.h); between them is a spool. Nothing is written before the reader is well ahead, so most files
 * with a wrong row in them never touch the database. */
#include "cli/format.h"
#include "cli/product_rows.h"
#include "cli/progress.h"
#include "cli/spool.h"

#include "shop/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    bad_rows_max = 20,  /* told; after that nobody wants to know */
    ahead_rows = 20000, /* read before the first is written: a quarter of a second */
    import_arena_bytes_max = 16 * 1024 * 1024,
};

struct import {
    const char *path; /* as it is told */
    int fd;
    enum file_format format;
    int64_t size_bytes; /* of the file; 0: not known */
    struct spool spool;
    pthread_t reader;
    pthread_mutex_t lock; /* of what is told */
    struct progress progress;
    _Atomic int bad_rows;
    _Atomic bool stop_reading, stop_writing; /* what there may be further on is of no use */
    enum status read_status;                 /* the reader's; to be looked at when it has ended */
    int64_t added;
    struct stage stage;
};

/* Says on standard error what is wrong with a line (0: the file). */
__attribute__((format(printf, 3, 4))) static void say(struct import *im, int64_t line, const char *format,
                                                      ...) {
    va_list args;
    pthread_mutex_lock(&im->lock);
    progress_wipe(&im->progress);
    fprintf(stderr, "till: %s: ", im->path);
    if (line)
        fprintf(stderr, "line %" PRId64 ": ", line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    pthread_mutex_unlock(&im->lock);
}

/* Tells of a bad row; false where it was the last that is told. */
static bool say_bad_row(struct import *im, int64_t line, const char *why) {
    int number = atomic_fetch_add(&im->bad_rows, 1) + 1;
    if (number <= bad_rows_max)
        say(im, line, "%s", why);
    return number < bad_rows_max;
}

static int64_t read_file(void *context, char *out, size_t room) {
    struct import *im = context;
    ssize_t size;
    do
        size = read(im->fd, out, room);
    while (size < 0 && errno == EINTR);
    return size;
}

static void say_ignored(void *context, struct str column) {
    say(context, 0, "the column '%.*s' is none of a product's, and is left out", (int)column.size, column.at);
}

/* Reads row after row until the end, or until enough of them are bad. */
static enum status read_rows(struct import *im, struct product_rows *rows) {
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
            s = say_bad_row(im, rows->line, rows->why) ? STATUS_OK : STATUS_INVALID;
        }
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static void *reader_main(void *context) {
    struct import *im = context;
    struct product_rows rows;
    enum status s = product_rows_open(&rows, im->format, read_file, im, say_ignored);
    if (s == STATUS_INVALID)
        s = STATUS_USAGE;
    else if (s == STATUS_OK)
        s = read_rows(im, &rows);
    if (s == STATUS_USAGE)
        say(im, rows.records.format == FORMAT_JSON || rows.line > 1 ? rows.line : 0, "%s", rows.why);
    else if (s == STATUS_STORAGE)
        say(im, 0, "%s", strerror(errno));
    product_rows_close(&rows);
    im->read_status = s;
    if (s != STATUS_OK)
        atomic_store(&im->stop_writing, true);
    if (spool_end(&im->spool) != STATUS_OK && s == STATUS_OK)
        im->read_status = STATUS_STORAGE;
    return NULL;
}

static bool is_spoilt(const struct import *im) {
    return atomic_load(&im->bad_rows) > 0 || atomic_load(&im->stop_writing);
}

static void show_rows(struct import *im, const struct spooled *row) {
    enum { every = 256 };
    if (!im->progress.terminal || im->added % every != 0)
        return;
    double part = im->size_bytes ? 0.9 * (double)row->at_bytes / (double)im->size_bytes : -1;
    pthread_mutex_lock(&im->lock);
    progress_show(&im->progress, part, "%" PRId64 " products", im->added);
    pthread_mutex_unlock(&im->lock);
}

static bool show_turn(void *context) {
    struct import *im = context;
    pthread_mutex_lock(&im->lock);
    progress_show(&im->progress, im->size_bytes ? 0.95 : -1, "%" PRId64 " products, writing the index",
                  im->added);
    pthread_mutex_unlock(&im->lock);
    return true;
}

/* Stages what comes through the spool. A row whose id is taken is a bad one. */
static enum status stage_rows(struct import *im, struct tx *tx) {
    struct spooled row;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && !atomic_load(&im->stop_writing)) {
        s = spool_take(&im->spool, &row);
        if (s != STATUS_OK)
            break;
        s = stage_add(&im->stage, tx, &row.product);
        im->added += s == STATUS_OK;
        if (s == STATUS_PRODUCT_EXISTS)
            s = say_bad_row(im, row.line, "a product with this id is there already, in the shop or above")
                    ? STATUS_OK
                    : STATUS_INVALID;
        show_rows(im, &row);
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Stages everything and publishes it, if nothing is wrong by then. */
static enum status stage(struct import *im, struct db *db, int64_t expected) {
    struct arena arena;
    arena_init(&arena, import_arena_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = stage_begin(&im->stage, &tx, expected);
    if (s == STATUS_CONFLICT)
        say(im, 0, "another import into this database is under way; try again when it is done");
    if (s == STATUS_OK)
        s = stage_rows(im, &tx);
    if (s == STATUS_OK && !is_spoilt(im)) {
        im->stage.turns.go_on = show_turn;
        im->stage.turns.context = im;
        s = stage_publish(&im->stage, &tx);
    } else if (s == STATUS_OK) {
        s = STATUS_INVALID;
    }
    stage_close(&im->stage, &tx);
    arena_free(&arena);
    return s;
}

/* Opens the database, which is left alone until the reader is ahead. */
static enum status write_database(struct import *im, const char *url) {
    char why[db_why_size];
    struct db *db;
    int64_t rows = spool_wait(&im->spool, ahead_rows);
    if (is_spoilt(im))
        return STATUS_INVALID;
    enum status s = db_open(url, DB_CREATE, &db, why);
    if (s != STATUS_OK) {
        usage_error("%s", why);
        return STATUS_USAGE;
    }
    s = stage(im, db, rows);
    db_close(db);
    return s;
}

static int import(struct import *im, const char *url) {
    if (pthread_create(&im->reader, NULL, reader_main, im) != 0) {
        say(im, 0, "no thread can be started to read it; nothing was imported");
        return exit_failed;
    }
    enum status s = write_database(im, url);
    int bad = atomic_load(&im->bad_rows);
    if (s != STATUS_OK && (bad == 0 || bad >= bad_rows_max))
        atomic_store(&im->stop_reading, true); /* otherwise there may be other bad rows to tell */
    pthread_join(im->reader, NULL);
    progress_wipe(&im->progress);
    if (s == STATUS_OK && im->read_status == STATUS_OK) {
        printf("%" PRId64 " products imported\n", im->added);
        return exit_done;
    }
    bad = atomic_load(&im->bad_rows);
    if (bad > 0)
        say(im, 0, "%s%d bad rows; nothing was imported", bad >= bad_rows_max ? "at least " : "", bad);
    else if (s == STATUS_INVALID || s == STATUS_CONFLICT)
        say(im, 0, "nothing was imported");
    else if (s != STATUS_USAGE)
        say(im, 0, "%s; nothing was imported", status_text(s));
    return exit_failed;
}

static bool open_file(struct import *im, const char *path) {
    struct stat stat;
    bool standard = strcmp(path, "-") == 0;
    im->path = standard ? "standard input" : path;
    im->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (im->fd < 0 || fstat(im->fd, &stat) != 0) {
        say(im, 0, "%s; nothing was imported", strerror(errno));
        return false;
    }
    if (S_ISDIR(stat.st_mode)) {
        say(im, 0, "is a folder; nothing was imported");
        return false;
    }
    im->size_bytes = S_ISREG(stat.st_mode) ? stat.st_size : 0;
    return true;
}

enum { FLAG_DB, FLAG_FORMAT };

static int run(const char *const values[], const char *operand) {
    struct import im = {.lock = PTHREAD_MUTEX_INITIALIZER, .progress = progress_new()};
    int code = exit_failed;
    if (!parse_format(values[FLAG_FORMAT], operand, &im.format))
        return exit_usage;
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    if (!open_file(&im, operand))
        return exit_failed;
    if (spool_open(&im.spool)) {
        code = import(&im, values[FLAG_DB]);
        spool_close(&im.spool);
    } else {
        say(&im, 0, "no temporary file (see TMPDIR): %s; nothing was imported", strerror(errno));
    }
    close(im.fd);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_FORMAT] = FORMAT_FLAG("; else by FILE's end or its start"),
    {0},
};

const struct command import_command = {
    .name = "import",
    .summary =
        "Add the products of a file (-: standard input), all or none, to a shop that may be served meanwhile",
    .operand = "FILE",
    .flags = flags,
    .run = run,
};
