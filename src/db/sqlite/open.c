/* Opening a file.
 *
 *     file         made if the mode allows it. If something of it cannot be written, it is opened to be read alone
 *                  (file_open_to_read)
 *     log          refused if it is that of another file
 *     settings     WAL with synchronous=FULL, so that a COMMIT that returned is on the disk
 *     recovery     the log is made durable, unless another process serves the file (durability.h)
 *     schema       checked, and migrated in one transaction
 *
 * application_id says what wrote a file, so that another program's database is refused and not migrated.
 * user_version is the schema's version. */
#include "db/sqlite/durability.h"
#include "db/sqlite/full_disk.h"
#include "db/sqlite/replace.h"
#include "db/sqlite/sqlite.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Runs statements without parameters; `error` is filled on failure. */
static enum status sqlite_run(struct sqlite_db *db, const char *statements, char *error) {
    int code = sqlite3_exec(db->handle, statements, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return STATUS_OK;
    snprintf(error, db_error_size, "%s: %s", sqlite3_db_filename(db->handle, "main"),
             sqlite3_errmsg(db->handle));
    return STATUS_STORAGE;
}

/* Returns the one integer that a query gives; -1 on failure. */
static int64_t sqlite_read_int(struct sqlite_db *db, const char *query) {
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(db->handle, query, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

/* Checks that a file is empty or of this schema, and not of a newer version. */
static enum status file_check_schema(struct sqlite_db *db, const char *path, char *error) {
    int64_t version = sqlite_read_int(db, "PRAGMA user_version"),
            id = sqlite_read_int(db, "PRAGMA application_id");
    int64_t objects = sqlite_read_int(db, "SELECT count(*) FROM sqlite_schema");
    if (version < 0 || objects < 0) {
        snprintf(error, db_error_size, "%s: %s", path, sqlite3_errmsg(db->handle));
        return STATUS_STORAGE;
    }
    if (objects > 0 && id != db->base.schema->application_id) {
        snprintf(error, db_error_size, "%s is not %s", path, db->base.schema->file_hint);
        return STATUS_USAGE;
    }
    if (version > sqlite_schema_version(db)) {
        snprintf(error, db_error_size,
                 "%s was written by a newer Till (its schema is %lld, this program's is %d); use that one",
                 path, (long long)version, sqlite_schema_version(db));
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

/* Whether every row of Till's tables refers to one that is there. Other tables may hold what they like. */
static bool file_keys_hold(struct sqlite_db *db) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA foreign_key_check", -1, &stmt, NULL);
    bool ours = code != SQLITE_OK;
    while (!ours && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        ours = db_schema_table(db->base.schema, str_from((const char *)sqlite3_column_text(stmt, 0))) != NULL;
    sqlite3_finalize(stmt);
    return !ours && code == SQLITE_DONE;
}

/* Runs the steps that a database lacks, in the open transaction. */
static enum status file_run_steps(struct sqlite_db *db, const char *path, char *error) {
    enum status s =
        file_check_schema(db, path, error); /* again: another process may have migrated it before the lock */
    int64_t version = sqlite_read_int(db, "PRAGMA user_version");
    for (; s == STATUS_OK && version < sqlite_schema_version(db); version++)
        for (const char *const *part = db->base.schema->sqlite->steps[version]; *part && s == STATUS_OK;
             part++)
            s = sqlite_run(db, *part, error);
    char pragmas[96]; /* PRAGMA takes no parameters; both are this program's own numbers */
    snprintf(pragmas, sizeof pragmas, "PRAGMA user_version=%d; PRAGMA application_id=%d",
             sqlite_schema_version(db), db->base.schema->application_id);
    if (s == STATUS_OK)
        s = sqlite_run(db, pragmas, error);
    if (s == STATUS_OK && !file_keys_hold(db)) {
        snprintf(error, db_error_size,
                 "%s has rows that refer to rows that are not there; restore a backup of it", path);
        s = STATUS_STORAGE;
    }
    return s;
}

/* Brings the schema to this program's version in one transaction. Foreign keys are off meanwhile and are
 * checked at its end, because a table may be made anew under others that refer to it
 * (www.sqlite.org/lang_altertable.html §7). legacy_alter_table lets it be renamed into its place also while a view
 * reads it: one of Till's, or of the shopkeeper's own. */
static enum status file_migrate(struct sqlite_db *db, const char *path, char *error) {
    enum status s =
        sqlite_run(db, "PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON; BEGIN IMMEDIATE", error);
    if (s == STATUS_OK)
        s = file_run_steps(db, path, error);
    if (s == STATUS_OK)
        s = sqlite_run(db, "COMMIT", error);
    if (s != STATUS_OK)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    char ignored[db_error_size];
    enum status on = sqlite_run(db, "PRAGMA legacy_alter_table=OFF; PRAGMA foreign_keys=ON",
                                s == STATUS_OK ? error : ignored);
    return s == STATUS_OK ? on : s;
}

/* Makes the connection's settings. secure_delete is on in Debian's SQLite, and doubles what a DELETE
 * writes. */
static enum status file_configure(struct sqlite_db *db, char *error) {
    sqlite_shared_open(&db->shared, db->handle);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_extended_result_codes(db->handle, 1);
    return sqlite_run(db, "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA cache_size=-32768",
                      error);
}

/* Makes the log durable. A process that serves the file syncs its log before it answers; if there is no
 * such process, what the log holds may never have reached the disk. */
static enum status file_recover(struct sqlite_db *db, const char *path, char *error) {
    int code = durability_recover(db->handle);
    if (code == SQLITE_OK)
        return STATUS_OK;
    snprintf(error, db_error_size, "%s-wal cannot be made durable: %s", path, sqlite3_errstr(code));
    return STATUS_STORAGE;
}

static enum status file_sync_names(struct sqlite_db *db, const char *path, char *error) {
    if (durability_sync_names(db->handle) == SQLITE_OK)
        return STATUS_OK;
    snprintf(error, db_error_size, "the folder of %s cannot be synced: %s", path, strerror(errno));
    return STATUS_STORAGE;
}

/* Refuses a backup beside the log of the database whose place it took (replace.h). */
static enum status file_check_log(struct sqlite_db *db, const char *path, char *error) {
    if (!sqlite_log_is_foreign(db->handle))
        return STATUS_OK;
    snprintf(error, db_error_size,
             "%.120s was put in the place of another database, whose log is still there; "
             "move %.120s-wal away and start again (till restore does so by itself)",
             path, path);
    return STATUS_USAGE;
}

/* Configures the connection, and checks or migrates the schema as the mode allows. */
static enum status file_open_schema(struct sqlite_db *db, const char *path, enum db_mode mode, char *error) {
    TRY(file_check_log(db, path, error));
    if (mode == DB_CREATE && db_writable(&db->base))
        durability_empty_unwritten(db->handle);
    TRY(file_configure(db, error));
    TRY(file_check_schema(db, path, error));
    bool old = sqlite_read_int(db, "PRAGMA user_version") < sqlite_schema_version(db);
    if (mode == DB_COPY)
        return STATUS_OK;
    if (mode == DB_READ || !db_writable(&db->base)) {
        if (old && mode == DB_READ)
            snprintf(error, db_error_size, "%s is of an older Till; till serve brings it up to date", path);
        else if (old)
            snprintf(error, db_error_size,
                     "%s is of an older Till and cannot be written, so it cannot be brought up", path);
        return old ? STATUS_STORAGE : STATUS_OK;
    }
    enum status s = sqlite_run(
        db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864", error);
    if (s == STATUS_OK && !sqlite_is_claimed(&db->shared, DB_SERVING))
        s = file_recover(db, path, error);
    if (s == STATUS_OK && old)
        s = file_migrate(db, path, error);
    return s == STATUS_OK ? file_sync_names(db, path, error) : s;
}

/* Returns a URI for `path`, to be freed, that promises that the file never changes, so that SQLite needs
 * no files beside it. */
static char *file_immutable_uri(const char *path) {
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

/* Turns off SQLite's counting of memory, which takes one lock of the whole process for each allocation.
 * Without effect if the process has opened a connection before, as a test may. */
static void memory_count_off(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct sqlite_db *file_allocate(const struct db_schema *schema) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, memory_count_off);
    struct sqlite_db *db = calloc(1, sizeof *db);
    if (!db)
        return NULL;
    db->base = (struct db){.engine = &sqlite_engine, .schema = schema};
    db->shared.claims = -1; /* before anything can fail: 0 is a descriptor */
    return db;
}

/* Opens `name`, a URI if it is not `path` itself. With `is_alone`, the connection takes no locks and keeps the index
 * of the log in its own memory. `code` gets SQLite's code. */
static enum status file_open(const char *name, const char *path, enum db_mode mode, bool is_alone,
                             const struct db_schema *schema, struct db **out, char *error, int *code) {
    static const int flags[] = {
        [DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [DB_WRITE] = SQLITE_OPEN_READWRITE,
        [DB_READ] = SQLITE_OPEN_READONLY,
        [DB_COPY] = SQLITE_OPEN_READONLY,
    };
    struct sqlite_db *db = file_allocate(schema);
    snprintf(error, db_error_size, "out of memory");
    if (!db)
        return STATUS_NO_MEMORY;
    enum status s = STATUS_STORAGE;
    int uri = name == path ? 0 : SQLITE_OPEN_URI;
    if (sqlite3_open_v2(name, &db->handle, flags[mode] | uri | SQLITE_OPEN_NOMUTEX,
                        is_alone ? "unix-none" : NULL) == SQLITE_OK) {
        s = is_alone ? sqlite_run(db, "PRAGMA locking_mode=EXCLUSIVE", error) : STATUS_OK;
        if (s == STATUS_OK)
            s = file_open_schema(db, path, mode, error);
    } else
        snprintf(error, db_error_size, "%s cannot be opened: %s", path, sqlite3_errmsg(db->handle));
    *code = sqlite3_errcode(db->handle) & 0xFF;
    if (s == STATUS_OK)
        *out = &db->base;
    else
        sqlite_close_db(&db->base);
    return s;
}

/* Whether a file beside the database can be written, or made in its folder. */
static bool file_beside_writable(const char *path, const char *suffix) {
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s%s", path, suffix) >= (int)sizeof name)
        return false;
    if (access(name, F_OK) == 0)
        return access(name, W_OK) == 0;
    char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
    last[0] = '.'; /* the folder; the suffix left room for both */
    last[1] = '\0';
    return access(name, W_OK) == 0;
}

bool sqlite_files_writable(const char *path) {
    return access(path, W_OK) == 0 && file_beside_writable(path, "-wal") &&
           file_beside_writable(path, "-shm");
}

static bool file_has_log(const char *path) {
    char name[PATH_MAX];
    return snprintf(name, sizeof name, "%s-wal", path) >= (int)sizeof name || access(name, F_OK) == 0;
}

static bool file_system_is_read_only(const char *path) {
    struct statvfs info;
    return statvfs(path, &info) == 0 && (info.f_flag & ST_RDONLY);
}

/* Opens a database of which something cannot be written, to be read. SQLite needs an index of the log, which it
 * keeps in FILE-shm:
 *
 *     no log                    none is needed: the file alone is the database, and is opened as immutable
 *     a read-only file system   nothing can change, so locks are not needed. Each connection makes an index of its
 *                               own in memory (EXCLUSIVE locking, sqlite.org/wal.html#noshm). Its end gives up all
 *                               locks of this process on the file, so it must not stay beside one that takes locks
 *     otherwise                 the index that is there is read: another process may be writing */
static enum status file_open_to_read(const char *path, const struct db_schema *schema, struct db **out,
                                     char *error) {
    int code;
    if (file_has_log(path))
        return file_open(path, path, DB_READ, file_system_is_read_only(path), schema, out, error, &code);
    char *uri = file_immutable_uri(path);
    enum status s = uri ? file_open(uri, path, DB_READ, false, schema, out, error, &code) : STATUS_NO_MEMORY;
    free(uri);
    return s;
}

enum status sqlite_open(const char *path, enum db_mode mode, const struct db_schema *schema, struct db **out,
                        char error[static db_error_size]) {
    int code = SQLITE_OK;
    full_disk_catch(path);
    enum status s = file_open(path, path, mode, false, schema, out, error, &code);
    if (s == STATUS_STORAGE && (code == SQLITE_IOERR || code == SQLITE_FULL))
        full_disk_explain(path, error);
    if (s != STATUS_STORAGE || (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) ||
        access(path, R_OK) != 0)
        return s;
    return file_open_to_read(path, schema, out, error);
}
