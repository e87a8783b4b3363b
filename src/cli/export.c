/* till export: the catalogue as one moment left it, in a file that till import takes.
 *
 * It has the products that shoppers see, with their ids, oldest first, so that importing them into an empty
 * shop makes the same shop, and exporting that the same bytes. (All that a database holds is what till backup
 * copies.) A file grows as FILE.part and takes its name when it is whole. */
#include "cli/format.h"
#include "cli/product_rows.h"
#include "cli/progress.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    products_at_a_time = 500,
    export_arena_bytes_max = 64 * 1024 * 1024, /* 500 of the longest products, read and written */
};

/* One way to write the catalogue: what stands before, between and behind the products, and a product. */
struct writer {
    const char *head, *between, *tail;
    void (*put)(struct buf *out, const struct product *product);
};

/* A field of CSV: quoted only where it must be. */
static void put_csv_text(struct buf *out, struct str text) {
    bool plain = true;
    for (size_t i = 0; i < text.size; i++)
        plain = plain && !strchr("\",\r\n", text.at[i]);
    if (plain) {
        buf_put(out, text);
        return;
    }
    buf_put_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"')
            buf_put_char(out, '"');
        buf_put_char(out, text.at[i]);
    }
    buf_put_char(out, '"');
}

static void put_csv(struct buf *out, const struct product *p) {
    char id[uuid_text_size];
    uuid_format(&p->id, id);
    buf_put(out, (struct str){id, sizeof id});
    buf_put_char(out, ',');
    put_csv_text(out, p->name);
    buf_put_char(out, ',');
    put_csv_text(out, p->description);
    buf_put_char(out, ',');
    buf_put_int(out, p->price);
    buf_put_char(out, ',');
    buf_put_int(out, p->stock_quantity);
    buf_put_char(out, ',');
    put_csv_text(out, p->category);
    buf_put_char(out, ',');
    put_csv_text(out, p->image_url);
}

static void put_json(struct buf *out, const struct product *product) {
    model_encode(&product_row, product, out);
}

static const struct writer writers[FORMAT_COUNT] = {
    [FORMAT_CSV] = {"id,name,description,price,stock_quantity,category,image_url\r\n", "\r\n", "\r\n",
                    put_csv},
    [FORMAT_JSONL] = {"", "\n", "\n", put_json},
    [FORMAT_JSON] = {"[\n", ",\n", "\n]\n", put_json},
};

struct export {
    const struct writer *writer;
    FILE *file;
    int64_t done, all;
    struct progress progress;
};

static enum status write_products(struct export *ex, struct arena *arena, const struct list *products) {
    const struct product *at = products->at;
    struct buf out = buf_new(arena);
    for (size_t i = 0; i < products->count; i++) {
        if (ex->done++ > 0)
            buf_put_text(&out, ex->writer->between);
        ex->writer->put(&out, &at[i]);
    }
    if (!buf_ok(&out))
        return STATUS_NO_MEMORY;
    bool written = fwrite(out.at, 1, out.size, ex->file) == out.size;
    progress_show(&ex->progress, ex->all ? (double)ex->done / (double)ex->all : 1, "%" PRId64 " products",
                  ex->done);
    return written ? STATUS_OK : STATUS_STORAGE;
}

/* Everything, in the transaction that is open. */
static enum status write_all(struct export *ex, struct tx *tx) {
    struct list products = {.count = 1};
    int64_t after = 0;
    enum status s = product_count(tx, &ex->all);
    if (s == STATUS_OK && fputs(ex->writer->head, ex->file) < 0)
        s = STATUS_STORAGE;
    while (s == STATUS_OK && products.count > 0) {
        arena_reset(tx->arena);
        s = product_walk(tx, &after, products_at_a_time, &products);
        if (s == STATUS_OK && products.count > 0)
            s = write_products(ex, tx->arena, &products);
    }
    bool tail = ex->done > 0 || ex->writer->head[0] == '[';
    if (s == STATUS_OK && tail && fputs(ex->done ? ex->writer->tail : "]\n", ex->file) < 0)
        s = STATUS_STORAGE;
    return s == STATUS_OK && fflush(ex->file) != 0 ? STATUS_STORAGE : s;
}

static int export_to(struct export *ex, struct db *db, const char *path) {
    struct arena arena;
    arena_init(&arena, export_arena_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    errno = 0;
    enum status s = db_begin(db, false);
    if (s == STATUS_OK)
        s = write_all(ex, &tx);
    int why = errno;
    db_rollback(db);
    progress_wipe(&ex->progress);
    arena_free(&arena);
    if (s == STATUS_OK)
        return exit_done;
    fprintf(stderr, "till: %s: %s\n", path, s == STATUS_STORAGE && why ? strerror(why) : status_text(s));
    return exit_failed;
}

static int fail(const char *path, int why) {
    fprintf(stderr, "till: %s: %s\n", path, strerror(why));
    return exit_failed;
}

/* To the disk, and closed; 0 or the errno of what failed. */
static int finish_file(FILE *file) {
    int why = fsync(fileno(file)) == 0 ? 0 : errno;
    return fclose(file) == 0 || why ? why : errno;
}

static int export_to_file(struct export *ex, struct db *db, const char *path) {
    char part[PATH_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return fail(path, ENAMETOOLONG);
    ex->file = fopen(part, "wbe");
    if (!ex->file)
        return fail(part, errno);
    int code = export_to(ex, db, path), why = finish_file(ex->file);
    if (code == exit_done && why == 0 && rename(part, path) == 0)
        return exit_done;
    if (code == exit_done)
        code = fail(path, why ? why : errno);
    unlink(part);
    return code;
}

enum { FLAG_DB, FLAG_FORMAT };

static int run(const char *const values[], const char *operand) {
    char why[db_why_size];
    struct db *db;
    const char *path = operand && strcmp(operand, "-") != 0 ? operand : NULL;
    enum file_format format;
    if (!parse_format(values[FLAG_FORMAT], path ? path : "", &format))
        return exit_usage;
    if (format == FORMAT_COUNT)
        format = FORMAT_JSONL;
    if (db_is_private(values[FLAG_DB]))
        return usage_error("export needs a database that is in a file");
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    signal(SIGPIPE, SIG_IGN);
    enum status s = db_open(values[FLAG_DB], DB_READ, &db, why);
    if (s != STATUS_OK) {
        usage_error("%s", why);
        return s == STATUS_USAGE ? exit_usage : exit_failed;
    }
    struct export ex = {.writer = &writers[format], .file = stdout, .progress = progress_new()};
    int code = path ? export_to_file(&ex, db, path) : export_to(&ex, db, "standard output");
    db_close(db);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_FORMAT] = FORMAT_FLAG("; else by FILE's end, or jsonl"),
    {0},
};

const struct command export_command = {
    .name = "export",
    .summary = "Write the catalogue to a file (without one, or with -: to standard output), for till import",
    .operand = "[FILE]",
    .flags = flags,
    .run = run,
};
