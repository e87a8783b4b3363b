/* till import: products from a file into a database, all or none. */
#include "cli/catalogue_file.h"
#include "cli/command.h"

#include "base/buf.h"
#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { arena_bytes_max = 512 * 1024 * 1024 };

static bool read_all(FILE *file, struct buf *out) {
    char block[64 * 1024];
    size_t size;
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        buf_put(out, (struct str){block, size});
    return !ferror(file) && buf_ok(out);
}

static bool read_file(const char *path, struct buf *out) {
    if (strcmp(path, "-") == 0)
        return read_all(stdin, out);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool whole = read_all(file, out);
    fclose(file);
    return whole;
}

static int import_into(struct db *db, struct arena *arena, struct str text, const char *path) {
    struct tx tx = {.db = db, .arena = arena, .clock = &clock_system, .random = &random_system};
    char why[catalogue_why_size] = "";
    size_t count = 0;
    enum status s = db_begin(db, true);
    if (s == STATUS_OK)
        s = catalogue_read_json(&tx, text, &count, why);
    if (s == STATUS_OK)
        s = db_commit(db);
    if (s != STATUS_OK) {
        db_rollback(db);
        fprintf(stderr, "till: %s: %s; nothing was imported\n", path, why[0] ? why : status_text(s));
        return exit_failed;
    }
    printf("%zu products imported\n", count);
    return exit_done;
}

static int run(const char *const values[], const char *operand) {
    char why[db_why_size];
    struct db *db;
    struct arena arena;
    arena_init(&arena, arena_bytes_max);
    struct buf text = buf_new(&arena);
    int code = exit_failed;
    if (!read_file(operand, &text)) {
        fprintf(stderr, "till: %s cannot be read\n", operand);
    } else if (db_open(values[0], DB_CREATE, &db, why) != STATUS_OK) {
        fprintf(stderr, "till: %s\n", why);
    } else {
        code = import_into(db, &arena, buf_str(&text), operand);
        db_close(db);
    }
    arena_free(&arena);
    return code;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command import_command = {
    .name = "import",
    .summary = "Add the products of a JSON array; an id in it is kept",
    .operand = "FILE",
    .flags = flags,
    .run = run,
};
