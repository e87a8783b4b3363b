/* SQLite behind db.h: WAL with synchronous=FULL, so that a COMMIT that returned is on the disk.
 *
 * One connection in the process writes and checkpoints; the others are opened read-only (see executor.h). */
#include "base/log.h"
#include "db/engine.h"
#include "db/sqlite_shared.h"
#include "db/sqlite_upkeep.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Marks a file as Till's ("Till" in ASCII), so that another program's database is refused and not migrated.
 */
#define APPLICATION_ID 0x54696C6C

enum {
    /* Different statements of one connection; a power of two, at most half of it used. */
    statements_max = 256,
};

struct sqlite_rows {
    struct db_rows base;
    const struct sql *sql;
    sqlite3_stmt *stmt;
};

struct sqlite_db {
    struct db base;
    sqlite3 *handle;
    struct sqlite_shared shared;
    struct sqlite_rows cache[statements_max]; /* open addressing by the address of the sql */
    struct sqlite_rows broken;                /* what a statement that cannot be prepared gives */
};

static struct sqlite_db *of(struct db *db) {
    return (struct sqlite_db *)db;
}

/* A fault is logged with SQLite's own words; a conflict is the client's business. */
static enum status status_of(struct sqlite_db *db, int code) {
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
            return STATUS_CONFLICT;
        log_warning("database: %s", sqlite3_errmsg(db->handle));
        return STATUS_FAULT;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_INTERRUPT:
        return STATUS_STOPPING;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        log_warning("database: %s", sqlite3_errmsg(db->handle));
        return STATUS_FAULT;
    default:
        log_warning("database: %s (%s)", sqlite3_errmsg(db->handle), sqlite3_errstr(code));
        return STATUS_STORAGE;
    }
}

/* Parameters are bound by position, which holds only while $1, $2, … first appear in this order. */
static void check_parameters(sqlite3_stmt *stmt) {
    int count = sqlite3_bind_parameter_count(stmt);
    for (int i = 1; i <= count; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i);
        assert(strcmp(sqlite3_bind_parameter_name(stmt, i), name) == 0);
    }
}

static struct sqlite_rows *prepared(struct sqlite_db *db, const struct sql *sql) {
    size_t at = ((uintptr_t)sql >> 3) * 0x9E3779B1u % statements_max, tries = 0;
    while (db->cache[at].sql && db->cache[at].sql != sql) {
        at = (at + 1) % statements_max;
        tries++;
        assert(tries < statements_max / 2);
    }
    struct sqlite_rows *rows = &db->cache[at];
    if (rows->sql)
        return rows;
    int code = sqlite3_prepare_v3(db->handle, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &rows->stmt, NULL);
    if (code != SQLITE_OK) {
        db->broken.base = (struct db_rows){.db = &db->base, .status = status_of(db, code)};
        return &db->broken;
    }
    check_parameters(rows->stmt);
    rows->sql = sql;
    rows->base.db = &db->base;
    return rows;
}

static int bind(sqlite3_stmt *stmt, int at, const struct db_value *value) {
    switch (value->kind) {
    case DB_INT:
        return sqlite3_bind_int64(stmt, at, value->integer);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, at, value->bytes.at, value->bytes.size, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BLOB:
        return sqlite3_bind_blob64(stmt, at, value->bytes.at, value->bytes.size, SQLITE_STATIC);
    case DB_NULL:
        break;
    }
    return sqlite3_bind_null(stmt, at);
}

static struct db_rows *sqlite_query(struct db *base, const struct sql *sql, const struct db_value *args,
                                    size_t count) {
    struct sqlite_db *db = of(base);
    struct sqlite_rows *rows = prepared(db, sql);
    if (!rows->stmt)
        return &rows->base;
    assert(!sqlite3_stmt_busy(rows->stmt));
    assert((size_t)sqlite3_bind_parameter_count(rows->stmt) == count);
    rows->base.status = STATUS_OK;
    for (size_t i = 0; i < count && rows->base.status == STATUS_OK; i++)
        rows->base.status = status_of(db, bind(rows->stmt, (int)i + 1, &args[i]));
    return &rows->base;
}

static bool sqlite_step(struct db_rows *base) {
    struct sqlite_rows *rows = (struct sqlite_rows *)base;
    int code = sqlite3_step(rows->stmt);
    if (code == SQLITE_ROW)
        return true;
    base->status = status_of(of(base->db), code);
    return false;
}

static int64_t sqlite_column_int(struct db_rows *rows, int column) {
    return sqlite3_column_int64(((struct sqlite_rows *)rows)->stmt, column);
}

static struct str sqlite_column_bytes(struct db_rows *base, int column) {
    sqlite3_stmt *stmt = ((struct sqlite_rows *)base)->stmt;
    const char *at = sqlite3_column_blob(stmt, column);
    if (!at) /* NULL, or empty */
        return (struct str){sqlite3_column_type(stmt, column) == SQLITE_NULL ? NULL : "", 0};
    return (struct str){at, (size_t)sqlite3_column_bytes(stmt, column)};
}

static struct db_value sqlite_column_value(struct db_rows *base, int column) {
    int type = sqlite3_column_type(((struct sqlite_rows *)base)->stmt, column);
    if (type == SQLITE_NULL)
        return (struct db_value){.kind = DB_NULL};
    if (type == SQLITE_INTEGER)
        return db_int(sqlite_column_int(base, column));
    struct str bytes = sqlite_column_bytes(base, column);
    return type == SQLITE_BLOB ? db_blob(bytes) : db_text(bytes);
}

static enum status sqlite_finish(struct db_rows *base, int64_t *changed) {
    struct sqlite_rows *rows = (struct sqlite_rows *)base;
    if (changed)
        *changed = sqlite3_changes64(of(base->db)->handle);
    if (rows->stmt)
        sqlite3_reset(rows->stmt); /* its code is that of the last step, which has been seen */
    sqlite_shared_waited(&of(base->db)->shared);
    return base->status;
}

static bool sqlite_in_transaction(const struct db *db) {
    return !sqlite3_get_autocommit(((const struct sqlite_db *)db)->handle);
}

static bool sqlite_writable(const struct db *db) {
    return sqlite3_db_readonly(((const struct sqlite_db *)db)->handle, "main") == 0;
}

static void sqlite_close_db(struct db *base) {
    struct sqlite_db *db = of(base);
    for (size_t i = 0; i < statements_max; i++)
        sqlite3_finalize(db->cache[i].stmt);
    sqlite_shared_close(&db->shared, db->handle);
    sqlite3_close(db->handle);
    free(db);
}

static enum status check_db(struct db *db, db_report *report, void *context) {
    return sqlite_check(of(db)->handle, report, context);
}

static enum status backup_db(struct db *db, const char *path, db_progress *progress, void *context,
                             char *why) {
    return sqlite_backup(of(db)->handle, path, progress, context, why);
}

static void sqlite_interrupt_db(struct db *db) {
    sqlite3_interrupt(of(db)->handle);
}

static bool claim_db(struct db *db, enum db_claim what) {
    return sqlite_claim(&of(db)->shared, of(db)->handle, what);
}

static void unclaim_db(struct db *db, enum db_claim what) {
    sqlite_unclaim(&of(db)->shared, what);
}

static bool is_claimed_db(struct db *db, enum db_claim what) {
    return sqlite_is_claimed(&of(db)->shared, of(db)->handle, what);
}

static void trust_deletes_db(struct db *db) {
    sqlite3_db_config(of(db)->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0);
}

static enum status sqlite_triggers(struct db *db, bool on) {
    return status_of(of(db),
                     sqlite3_db_config(of(db)->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, (int)on, NULL));
}

static const struct db_engine engine = {
    .close = sqlite_close_db,
    .query = sqlite_query,
    .step = sqlite_step,
    .column_int = sqlite_column_int,
    .column_bytes = sqlite_column_bytes,
    .column_value = sqlite_column_value,
    .triggers = sqlite_triggers,
    .finish = sqlite_finish,
    .in_transaction = sqlite_in_transaction,
    .writable = sqlite_writable,
    .check = check_db,
    .backup = backup_db,
    .interrupt = sqlite_interrupt_db,
    .claim = claim_db,
    .unclaim = unclaim_db,
    .is_claimed = is_claimed_db,
    .trust_deletes = trust_deletes_db,
};

static enum status run(struct sqlite_db *db, const char *statements, char *why) {
    int code = sqlite3_exec(db->handle, statements, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return STATUS_OK;
    snprintf(why, db_why_size, "%s: %s", sqlite3_db_filename(db->handle, "main"), sqlite3_errmsg(db->handle));
    return STATUS_STORAGE;
}

static int64_t pragma_int(struct sqlite_db *db, const char *question) {
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(db->handle, question, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

static enum status check_version(struct sqlite_db *db, const char *path, char *why) {
    int64_t version = pragma_int(db, "PRAGMA user_version"), id = pragma_int(db, "PRAGMA application_id");
    int64_t objects = pragma_int(db, "SELECT count(*) FROM sqlite_schema");
    if (version < 0 || objects < 0) {
        snprintf(why, db_why_size, "%s: %s", path, sqlite3_errmsg(db->handle));
        return STATUS_STORAGE;
    }
    if (objects > 0 && id != APPLICATION_ID) {
        snprintf(why, db_why_size, "%s is not Till's database; give another file to --db", path);
        return STATUS_USAGE;
    }
    if (version > schema_version) {
        snprintf(why, db_why_size,
                 "%s was written by a newer Till (its schema is %lld, this program's is %d); use that one",
                 path, (long long)version, schema_version);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

/* Runs the steps that a database lacks, in the transaction that is open. */
static enum status migrate_steps(struct sqlite_db *db, const char *path, char *why) {
    enum status s = check_version(db, path, why); /* again: another process may have migrated in between */
    int64_t version = pragma_int(db, "PRAGMA user_version");
    for (; s == STATUS_OK && version < schema_version; version++)
        s = run(db, sqlite_migrations[version], why);
    char pragmas[96]; /* PRAGMA takes no parameters; both are this program's own numbers */
    snprintf(pragmas, sizeof pragmas, "PRAGMA user_version=%d; PRAGMA application_id=%d", schema_version,
             APPLICATION_ID);
    if (s == STATUS_OK)
        s = run(db, pragmas, why);
    if (s == STATUS_OK && pragma_int(db, "SELECT count(*) FROM pragma_foreign_key_check") != 0) {
        snprintf(why, db_why_size,
                 "%s has rows that refer to rows that are not there; restore a backup of it", path);
        s = STATUS_STORAGE;
    }
    return s;
}

/* Brings the schema to this program's version in one transaction. Foreign keys are off meanwhile and checked
 * at its end, so that a table can be made anew under others that refer to it
 * (www.sqlite.org/lang_altertable.html §7). */
static enum status migrate(struct sqlite_db *db, const char *path, char *why) {
    enum status s = run(db, "PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE", why);
    if (s == STATUS_OK)
        s = migrate_steps(db, path, why);
    if (s == STATUS_OK)
        s = run(db, "COMMIT", why);
    if (s != STATUS_OK)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    char ignored[db_why_size];
    enum status on = run(db, "PRAGMA foreign_keys=ON", s == STATUS_OK ? why : ignored);
    return s == STATUS_OK ? on : s;
}

/* Settings that hold for one connection. secure_delete is Debian's default and doubles what a DELETE writes.
 */
static enum status configure(struct sqlite_db *db, char *why) {
    sqlite_shared_open(&db->shared, db->handle);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_extended_result_codes(db->handle, 1);
    return run(db, "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA cache_size=-32768", why);
}

static enum status open_schema(struct sqlite_db *db, const char *path, enum db_mode mode, char *why) {
    enum status s = configure(db, why);
    if (s == STATUS_OK)
        s = check_version(db, path, why);
    if (s != STATUS_OK)
        return s;
    bool old = pragma_int(db, "PRAGMA user_version") < schema_version;
    if (mode == DB_COPY)
        return STATUS_OK;
    if (mode == DB_READ || !sqlite_writable(&db->base)) {
        if (old && mode == DB_READ)
            snprintf(why, db_why_size, "%s is of an older Till; till serve brings it up to date", path);
        else if (old)
            snprintf(why, db_why_size,
                     "%s is of an older Till and cannot be written, so it cannot be brought up", path);
        return old ? STATUS_STORAGE : STATUS_OK;
    }
    s = run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864", why);
    return s == STATUS_OK && old ? migrate(db, path, why) : s;
}

/* A URI for `path` that says that nobody changes the file, so that SQLite needs no files beside it. */
static char *immutable_uri(const char *path) {
    static const char before[] = "file:", after[] = "?immutable=1";
    char *uri = malloc(sizeof before + 3 * strlen(path) + sizeof after), *to = uri;
    if (!uri)
        return NULL;
    to += sprintf(to, "%s", before);
    for (; *path; path++)
        to += sprintf(to, strchr("%?#", *path) ? "%%%02X" : "%c", (unsigned char)*path);
    sprintf(to, "%s", after);
    return uri;
}

/* By itself SQLite counts every allocation under one lock that all connections share, and nobody asks.
 * Without effect where the process has opened a connection of its own before, as a test may. */
static void count_no_memory(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum status open_as(const char *name, const char *path, enum db_mode mode, struct db **out, char *why,
                           int *code) {
    static const int flags[] = {
        [DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [DB_WRITE] = SQLITE_OPEN_READWRITE,
        [DB_READ] = SQLITE_OPEN_READONLY,
        [DB_COPY] = SQLITE_OPEN_READONLY,
    };
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, count_no_memory);
    struct sqlite_db *db = calloc(1, sizeof *db);
    if (!db) {
        snprintf(why, db_why_size, "out of memory");
        return STATUS_NO_MEMORY;
    }
    db->base.engine = &engine;
    enum status s = STATUS_OK;
    int uri = name == path ? 0 : SQLITE_OPEN_URI;
    if (sqlite3_open_v2(name, &db->handle, flags[mode] | uri | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        snprintf(why, db_why_size, "%s cannot be opened: %s", path, sqlite3_errmsg(db->handle));
        s = STATUS_STORAGE;
    }
    if (s == STATUS_OK)
        s = open_schema(db, path, mode, why);
    *code = sqlite3_errcode(db->handle) & 0xFF;
    if (s == STATUS_OK)
        *out = &db->base;
    else
        sqlite_close_db(&db->base);
    return s;
}

enum status sqlite_open(const char *path, enum db_mode mode, struct db **out, char why[static db_why_size]) {
    int code = SQLITE_OK;
    enum status s = open_as(path, path, mode, out, why, &code);
    if (s != STATUS_STORAGE || (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) ||
        access(path, R_OK) != 0)
        return s;
    /* The file is there, but SQLite may not put its WAL's index beside it: a folder that cannot be written.
     * Where no WAL was left behind either, the file alone is the database. */
    char *uri = immutable_uri(path), wal[db_why_size];
    int size = snprintf(wal, sizeof wal, "%s-wal", path);
    if (uri && size > 0 && (size_t)size < sizeof wal && access(wal, F_OK) != 0)
        s = open_as(uri, path, DB_READ, out, why, &code);
    free(uri);
    return s;
}
