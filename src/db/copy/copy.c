/* Copying a whole database into an empty one, whichever engines the two have.
 *
 *     source                              target
 *     one snapshot (BEGIN, read only)     one transaction
 *     1. are the columns of both the listed ones (db_schema)?
 *                                         2. lock each table; is it empty?
 *     3. read a table in key order  ----> bulk insert or COPY
 *        hash each row as it passes
 *     ROLLBACK: the snapshot ends
 *                                         4. triggers on again, sequences set, statistics sampled
 *                                         5. read every table back, count and hash it
 *                                         6. equal? COMMIT, else ROLLBACK
 *
 * Step 1 makes a column that was added by a migration and forgotten in db_schema.tables stop every copy. Tables, views,
 * triggers, indexes and functions that are not the schema's are somebody else's: they are named and left out. A forgotten table would be
 * one of them, so a test copies a new shop and expects that nothing is.
 * Step 5 compares the rows that the target returns, so that a value which its engine changes is found before
 * the commit. Triggers are off while rows come in, because their results are copied too.
 *
 * Memory: one row at a time, and the engines' own buffers. */
#include "db/copy/copy.h"

#include "db/copy/digest.h"
#include "db/schema.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    progress_rows = 4096, /* between two reports of progress */
    tables_max = 64,
};

struct content {
    int64_t rows;
    uint8_t hash[sha256_size];
};

struct copy {
    const struct db_schema *schema; /* of both databases */
    struct db *from, *to;
    copy_progress *progress;
    void *context;
    struct digest digest;
    struct content contents[tables_max]; /* of schema->tables[i] */
    char *error;
};

/* Fills the caller's error message and returns s. */
__attribute__((format(printf, 3, 4))) static enum status copy_error(const struct copy *c, enum status s,
                                                                    const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(c->error, db_error_size, format, args);
    va_end(args);
    return s;
}

/* Passes s through; if it is a failure, the message names the step and the table. */
static enum status copy_step(const struct copy *c, enum status s, const char *doing,
                             const struct db_table *t) {
    return s == STATUS_OK ? s : copy_error(c, s, "%s %s: %s", doing, t->name, status_text(s));
}

/* ---- Step 1: are all tables and columns listed? */

/* Whether `column` is in a list of names with ", " between. */
static bool columns_have(const char *columns, struct str column) {
    for (const char *next = columns; *next; next += strspn(next, ", ")) {
        size_t size = strcspn(next, ",");
        if (size == column.size && memcmp(next, column.data, size) == 0)
            return true;
        next += size;
    }
    return false;
}

static size_t columns_count(const char *columns) {
    size_t count = 1;
    for (; *columns; columns++)
        count += *columns == ',';
    return count;
}

/* Compares a table's columns with the listed ones. Every one found is listed and their numbers are equal, so
 * the two sets are the same. */
static enum status table_check_columns(const struct copy *c, struct db *db, const struct db_table *t) {
    static const struct sql sql = {
        "SELECT name FROM pragma_table_info($1)",
        "SELECT a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
        " AND c.relname::text = $1 AND a.attnum > 0 AND NOT a.attisdropped"};
    size_t found = 0, listed = columns_count(t->columns);
    enum status unknown = STATUS_OK;
    struct db_rows *rows = db_query(db, &sql, ARGS(db_text(str_from(t->name))));
    while (unknown == STATUS_OK && db_step(rows)) {
        struct str column = db_column_bytes(rows, 0);
        if (!columns_have(t->columns, column))
            unknown = copy_error(c, STATUS_FAULT, "%s.%.*s is not among what is copied; nothing was copied",
                                 t->name, (int)column.size, column.data);
        found++;
    }
    enum status s = db_finish(rows);
    if (s == STATUS_OK && unknown == STATUS_OK && found != listed)
        return copy_error(c, STATUS_FAULT, "%s has %zu columns and %zu are copied; nothing was copied",
                          t->name, found, listed);
    return s == STATUS_OK ? unknown : s;
}

static enum status copy_check_schema(const struct copy *c, struct db *db) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < c->schema->table_count && s == STATUS_OK; i++)
        s = table_check_columns(c, db, &c->schema->tables[i]);
    return s;
}

/* Adds "kind name" to a list, or "…" if it does not fit. After that nothing is added. Before it `used` is below
 * copy_left_out_size - sizeof more, so that `room` is positive. */
static void left_out_add(char list[static copy_left_out_size], struct str kind, struct str name) {
    static const char more[] = ", …";
    size_t used = strlen(list), mark = sizeof more - 1;
    const char *dots = used ? more : more + strlen(", ");
    if (strcmp(list, more + strlen(", ")) == 0 || (used >= mark && strcmp(list + used - mark, more) == 0))
        return;
    size_t room = copy_left_out_size - sizeof more - used;
    if (kind.size + name.size + sizeof ", " < room)
        snprintf(list + used, room, "%s%.*s %.*s", used ? ", " : "", (int)kind.size, kind.data,
                 (int)name.size, name.data);
    else
        memcpy(list + used, dots, strlen(dots) + 1);
}

/* Lists what others keep in the source: a replicator's tables, or a person's own. It is not copied. */
static enum status copy_list_left_out(const struct copy *c, char list[static copy_left_out_size]) {
    static const struct sql sql = {
        "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2",
        "SELECT CASE relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence'"
        "   WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END,"
        "   relname::text FROM pg_class"
        " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm', 'i', 'I', 'S')"
        " AND relname <> 'till' AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = pg_class.oid)"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass"
        "   AND objid = pg_class.oid AND relkind = 'S' AND deptype IN ('a', 'i'))"
        " UNION ALL SELECT 'trigger', tgname::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal"
        " UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass"
        "   AND objid = pg_proc.oid AND deptype = 'e')"
        " UNION ALL SELECT 'extension', extname::text FROM pg_extension"
        " WHERE extnamespace = current_schema()::regnamespace ORDER BY 1, 2"};
    struct db_rows *rows = db_query(c->from, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct str kind = db_column_bytes(rows, 0), name = db_column_bytes(rows, 1);
        bool is_table = str_equal(kind, STR("table"));
        if (is_table ? !db_schema_table(c->schema, name) : !columns_have(c->schema->others, name))
            left_out_add(list, kind, name);
    }
    line_clean(list);
    return db_finish(rows);
}

/* ---- Step 2: the target. */

static enum status table_count_rows(struct db *db, const struct db_table *t, int64_t *out) {
    struct db_rows *rows = db_query(db, &t->count, NO_ARGS);
    *out = db_step(rows) ? db_column_int(rows, 0) : 0;
    return db_finish(rows);
}

/* Locks the target's tables, so that nothing is written to them meanwhile, and checks that they are empty. A
 * table that a new schema fills is cleared. */
static enum status target_lock(const struct copy *c) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < c->schema->table_count && s == STATUS_OK; i++)
        s = copy_step(c, db_exec_deferred(c->to, &c->schema->tables[i].hold, NO_ARGS), "taking",
                      &c->schema->tables[i]);
    for (size_t i = 0; i < c->schema->table_count && s == STATUS_OK; i++) {
        const struct db_table *t = &c->schema->tables[i];
        int64_t rows = 0;
        s = copy_step(c, table_count_rows(c->to, t, &rows), "looking into", t);
        if (s == STATUS_OK && rows > 0 && !t->starts_filled)
            s = copy_error(
                c, STATUS_USAGE,
                "the target is not empty: it has %lld rows in %s; give --to a new database, on which"
                " nothing was served or imported yet",
                (long long)rows, t->name);
        if (s == STATUS_OK && t->starts_filled)
            s = copy_step(c, db_exec(c->to, &t->clear, NO_ARGS, NULL), "clearing", t);
    }
    return s;
}

/* ---- Steps 3 and 5: rows. */

static void copy_report(const struct copy *c, const struct db_table *t, bool checking, int64_t done,
                        int64_t total) {
    if (c->progress && done % progress_rows == 0)
        c->progress(c->context, t->name, checking, done, total);
}

/* Reads a table's rows and hashes them. Rows of the source are written to the target; the target's own are
 * only checked. */
static enum status table_pass_rows(struct copy *c, struct db *db, const struct db_table *t, int64_t total,
                                   struct content *out) {
    struct db_value values[db_table_columns_max];
    size_t count = columns_count(t->columns);
    assert(count <= db_table_columns_max);
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
        copy_report(c, t, checking, out->rows++, total);
    }
    enum status read = db_finish(rows);
    digest_end(&c->digest, out->hash);
    if (s != STATUS_OK)
        return copy_step(c, s, "writing", t);
    return copy_step(c, read, "reading", t);
}

static enum status copy_table(struct copy *c, const struct db_table *t, struct content *out) {
    int64_t total = 0;
    if (t->stays)
        return STATUS_OK;
    TRY(copy_step(c, table_count_rows(c->from, t, &total), "counting", t));
    TRY(copy_step(c, db_bulk_begin(c->to, &t->write, &t->read), "writing", t));
    enum status s = table_pass_rows(c, c->from, t, total, out);
    enum status end = db_bulk_end(c->to, s == STATUS_OK);
    return s == STATUS_OK ? copy_step(c, end, "writing", t) : s;
}

static enum status copy_check_table(struct copy *c, const struct db_table *t, const struct content *source) {
    struct content copied;
    if (t->stays)
        return STATUS_OK;
    TRY(table_pass_rows(c, c->to, t, source->rows, &copied));
    if (copied.rows != source->rows)
        return copy_error(c, STATUS_FAULT, "%s has %lld rows in the source and %lld in the copy", t->name,
                          (long long)source->rows, (long long)copied.rows);
    if (memcmp(copied.hash, source->hash, sizeof copied.hash) != 0)
        return copy_error(c, STATUS_FAULT, "%s has another content in the copy than in the source", t->name);
    return STATUS_OK;
}

/* Step 4 for one table. */
static enum status target_finish_table(const struct copy *c, const struct db_table *t) {
    enum status s = t->number.postgres ? db_exec_deferred(c->to, &t->number, NO_ARGS) : STATUS_OK;
    if (s == STATUS_OK)
        s = db_exec_deferred(c->to, &t->let_go, NO_ARGS);
    if (s == STATUS_OK)
        s = db_exec_deferred(c->to, &t->sample, NO_ARGS);
    return copy_step(c, s, "finishing", t);
}

/* ---- The whole. */

static enum status copy_all(struct copy *c) {
    enum status s = target_lock(c);
    for (size_t i = 0; i < c->schema->table_count && s == STATUS_OK; i++)
        s = copy_table(c, &c->schema->tables[i], &c->contents[i]);
    db_rollback(c->from); /* its snapshot is needed no more */
    for (size_t i = 0; i < c->schema->table_count && s == STATUS_OK; i++)
        s = target_finish_table(c, &c->schema->tables[i]);
    for (size_t i = 0; i < c->schema->table_count && s == STATUS_OK; i++)
        s = copy_check_table(c, &c->schema->tables[i], &c->contents[i]);
    return s;
}

static enum status copy_begin(const struct copy *c, char left_out[static copy_left_out_size]) {
    TRY(copy_check_schema(c, c->from));
    TRY(copy_list_left_out(c, left_out));
    TRY(copy_check_schema(c, c->to));
    TRY(db_begin(c->from, false));
    TRY(db_triggers(c->to, false));
    return db_begin(c->to, true);
}

enum status copy_database(struct db *from, struct db *to, copy_progress *progress, void *context,
                          struct copied *out, char error[static db_error_size]) {
    struct copy c = {.schema = db_schema(from),
                     .from = from,
                     .to = to,
                     .progress = progress,
                     .context = context,
                     .error = error};
    assert(db_schema(to) == c.schema && c.schema->table_count <= tables_max);
    *out = (struct copied){.tables = c.schema->table_count};
    error[0] = '\0';
    enum status s = copy_begin(&c, out->left_out);
    if (s == STATUS_OK)
        s = copy_all(&c);
    if (s == STATUS_OK)
        s = db_commit(to);
    if (s != STATUS_OK) {
        db_rollback(to);
        db_rollback(from);
        if (!error[0])
            snprintf(error, db_error_size, "%s", status_text(s));
    }
    for (size_t i = 0; i < c.schema->table_count; i++)
        out->rows += c.contents[i].rows;
    enum status on = db_triggers(to, true);
    return s == STATUS_OK ? on : s;
}
