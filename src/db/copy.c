/* Copying a shop. The source is read table by table in one snapshot, each row hashed as it goes by; the
 * target takes them in one transaction, which is committed when what was read back of it has the same hashes.
 *
 * Memory: a row at a time, and what the engines buffer of theirs. */
#include "db/copy.h"

#include "db/digest.h"
#include "db/tables.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    progress_rows = 4096, /* between two reports */
    tables_max = 32,
};

struct content {
    int64_t rows;
    unsigned char hash[digest_size];
};

struct copy {
    struct db *from, *to;
    copy_progress *progress;
    void *context;
    struct digest digest;
    struct content contents[tables_max]; /* of tables[i] */
    char *why;
};

__attribute__((format(printf, 3, 4))) static enum status refuse(const struct copy *c, enum status s,
                                                                const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(c->why, db_why_size, format, args);
    va_end(args);
    return s;
}

static enum status fail(const struct copy *c, enum status s, const char *doing, const struct table *t) {
    return s == STATUS_OK ? s : refuse(c, s, "%s %s: %s", doing, t->name, status_text(s));
}

/* ---- Whether the list is that of the schema. */

static const struct table *find_table(struct str name) {
    for (size_t i = 0; i < table_count; i++)
        if (str_equal(name, str_from(tables[i].name)))
            return &tables[i];
    return NULL;
}

/* Whether `column` stands in a list with ", " between. */
static bool has_column(const char *columns, struct str column) {
    for (const char *at = columns; *at;) {
        size_t size = strcspn(at, ",");
        if (size == column.size && memcmp(at, column.at, size) == 0)
            return true;
        at += size;
        at += strspn(at, ", ");
    }
    return false;
}

static size_t count_columns(const char *columns) {
    size_t count = 1;
    for (; *columns; columns++)
        count += *columns == ',';
    return count;
}

static enum status check_list(const struct copy *c, struct db *db) {
    static const struct sql sql = {
        "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        "SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
        " AND c.relname <> 'till' AND a.attnum > 0 AND NOT a.attisdropped"};
    size_t found = 0, listed = 0;
    enum status unknown = STATUS_OK;
    struct db_rows *rows = db_query(db, &sql, NO_ARGS);
    while (unknown == STATUS_OK && db_step(rows)) {
        struct str table = db_column_bytes(rows, 0), column = db_column_bytes(rows, 1);
        const struct table *t = find_table(table);
        if (!t || !has_column(t->columns, column))
            unknown = refuse(c, STATUS_FAULT, "%.*s.%.*s is not among what is copied; nothing was copied",
                             (int)table.size, table.at, (int)column.size, column.at);
        found++;
    }
    enum status s = db_finish(rows);
    for (size_t i = 0; i < table_count; i++)
        listed += count_columns(tables[i].columns);
    if (s == STATUS_OK && unknown == STATUS_OK && found != listed)
        return refuse(c, STATUS_FAULT, "the schema has %zu columns and %zu are copied; nothing was copied",
                      found, listed);
    return s == STATUS_OK ? unknown : s;
}

/* ---- Before. */

static enum status count_rows(struct db *db, const struct table *t, int64_t *out) {
    struct db_rows *rows = db_query(db, &t->count, NO_ARGS);
    *out = db_step(rows) ? db_column_int(rows, 0) : 0;
    return db_finish(rows);
}

/* Keeps others from writing to the target, and looks whether it is empty. */
static enum status take_target(const struct copy *c) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < table_count && s == STATUS_OK; i++)
        s = fail(c, db_exec_later(c->to, &tables[i].hold, NO_ARGS), "taking", &tables[i]);
    for (size_t i = 0; i < table_count && s == STATUS_OK; i++) {
        int64_t there = 0;
        s = fail(c, count_rows(c->to, &tables[i], &there), "looking into", &tables[i]);
        if (s == STATUS_OK && there > 0 && !tables[i].starts_filled)
            s = refuse(c, STATUS_USAGE,
                       "the target is not empty: it has %lld rows in %s; give --to a new database, on which"
                       " nothing was served or imported yet",
                       (long long)there, tables[i].name);
        if (s == STATUS_OK && tables[i].starts_filled)
            s = fail(c, db_exec(c->to, &tables[i].clear, NO_ARGS, NULL), "clearing", &tables[i]);
    }
    return s;
}

/* ---- Rows. */

static void report(const struct copy *c, const struct table *t, bool checking, int64_t done, int64_t total) {
    if (c->progress && done % progress_rows == 0)
        c->progress(c->context, t->name, checking, done, total);
}

/* Reads a table's rows, hashes them, and writes them to the target (not where they are its own). */
static enum status pass_rows(struct copy *c, struct db *db, const struct table *t, int64_t total,
                             struct content *out) {
    struct db_value values[table_columns_max];
    size_t count = count_columns(t->columns);
    bool checking = db == c->to;
    enum status s = STATUS_OK;
    *out = (struct content){0};
    digest_start(&c->digest);
    struct db_rows *rows = db_stream(db, &t->read);
    while (s == STATUS_OK && db_step(rows)) {
        for (size_t i = 0; i < count; i++)
            values[i] = db_column_value(rows, (int)i);
        digest_row(&c->digest, values, count);
        if (!checking)
            s = db_bulk_row(c->to, &t->write, values, count);
        report(c, t, checking, out->rows++, total);
    }
    enum status read = db_finish(rows);
    if (!digest_end(&c->digest, out->hash) && s == STATUS_OK)
        s = STATUS_NO_MEMORY;
    if (s != STATUS_OK)
        return fail(c, s, "writing", t);
    return fail(c, read, "reading", t);
}

static enum status copy_table(struct copy *c, const struct table *t, struct content *out) {
    int64_t total = 0;
    enum status s = fail(c, count_rows(c->from, t, &total), "counting", t);
    if (s == STATUS_OK)
        s = fail(c, db_bulk_begin(c->to, &t->write, &t->read), "writing", t);
    if (s != STATUS_OK)
        return s;
    s = pass_rows(c, c->from, t, total, out);
    enum status end = db_bulk_end(c->to, s == STATUS_OK);
    return s == STATUS_OK ? fail(c, end, "writing", t) : s;
}

static enum status check_table(struct copy *c, const struct table *t, const struct content *source) {
    struct content there;
    enum status s = pass_rows(c, c->to, t, source->rows, &there);
    if (s != STATUS_OK)
        return s;
    if (there.rows != source->rows)
        return refuse(c, STATUS_FAULT, "%s has %lld rows in the source and %lld in the copy", t->name,
                      (long long)source->rows, (long long)there.rows);
    if (memcmp(there.hash, source->hash, sizeof there.hash) != 0)
        return refuse(c, STATUS_FAULT, "%s has another content in the copy than in the source", t->name);
    return STATUS_OK;
}

static enum status finish_table(const struct copy *c, const struct table *t) {
    enum status s = t->number.postgres ? db_exec_later(c->to, &t->number, NO_ARGS) : STATUS_OK;
    if (s == STATUS_OK)
        s = db_exec_later(c->to, &t->let_go, NO_ARGS);
    if (s == STATUS_OK)
        s = db_exec_later(c->to, &t->sample, NO_ARGS);
    return fail(c, s, "finishing", t);
}

/* ---- The whole. */

static enum status copy_all(struct copy *c) {
    enum status s = take_target(c);
    for (size_t i = 0; i < table_count && s == STATUS_OK; i++)
        s = copy_table(c, &tables[i], &c->contents[i]);
    db_rollback(c->from); /* its snapshot is needed no more */
    for (size_t i = 0; i < table_count && s == STATUS_OK; i++)
        s = finish_table(c, &tables[i]);
    for (size_t i = 0; i < table_count && s == STATUS_OK; i++)
        s = check_table(c, &tables[i], &c->contents[i]);
    return s;
}

static enum status begin(const struct copy *c) {
    enum status s = check_list(c, c->from);
    if (s == STATUS_OK)
        s = check_list(c, c->to);
    if (s == STATUS_OK)
        s = db_begin(c->from, false);
    if (s == STATUS_OK)
        s = db_triggers(c->to, false);
    if (s == STATUS_OK)
        s = db_begin(c->to, true);
    return s;
}

enum status copy_database(struct db *from, struct db *to, copy_progress *progress, void *context,
                          struct copied *out, char why[static db_why_size]) {
    struct copy c = {.from = from, .to = to, .progress = progress, .context = context, .why = why};
    assert(table_count <= tables_max);
    *out = (struct copied){.tables = table_count};
    why[0] = '\0';
    enum status s = begin(&c);
    if (s == STATUS_OK)
        s = copy_all(&c);
    if (s == STATUS_OK)
        s = db_commit(to);
    if (s != STATUS_OK) {
        db_rollback(to);
        db_rollback(from);
        if (!why[0])
            snprintf(why, db_why_size, "%s", status_text(s));
    }
    for (size_t i = 0; i < table_count; i++)
        out->rows += c.contents[i].rows;
    enum status on = db_triggers(to, true);
    return s == STATUS_OK ? on : s;
}
