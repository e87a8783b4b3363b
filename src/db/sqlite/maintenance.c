#include "db/sqlite/sqlite.h"

#include "db/schema.h"
#include "db/sqlite/replace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    line_size = 512,
    broken_keys_max = 100, /* reported; integrity_check is given the same bound */
    step_pages = 256,      /* copied between two reports of progress: 1 MiB */
};

/* Maps the code with which a check ended to a status. If the check could not read everything, that is
 * reported. */
static enum status check_ended(sqlite3 *handle, int code, db_report *report, void *context) {
    char line[line_size];
    if (code == SQLITE_DONE || code == SQLITE_OK)
        return STATUS_OK;
    if (code == SQLITE_INTERRUPT)
        return STATUS_STOPPING;
    snprintf(line, sizeof line, "database: cannot be read to its end: %s", sqlite3_errmsg(handle));
    report(context, line);
    return STATUS_STORAGE;
}

/* Reports each line of a text, except for headings such as "*** in database main ***". */
static void check_report_lines(const char *text, db_report *report, void *context) {
    char line[line_size];
    while (text && *text) {
        int size = (int)strcspn(text, "\n");
        snprintf(line, sizeof line, "database: %.*s", size, text);
        if (size > 0 && strncmp(text, "***", 3) != 0)
            report(context, line);
        text += size;
        text += *text == '\n';
    }
}

static enum status check_pages(sqlite3 *handle, db_report *report, void *context) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(handle, "PRAGMA integrity_check(100)", -1, &stmt, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(stmt);
        const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (text && strcmp(text, "ok") != 0)
            check_report_lines(text, report, context);
    }
    enum status s = check_ended(handle, code, report, context);
    sqlite3_finalize(stmt);
    return s;
}

/* Only Till's own tables count: sqlite3's shell, with which people fill theirs, keeps no keys. */
static enum status check_keys(const struct db_schema *schema, sqlite3 *handle, db_report *report,
                              void *context) {
    char line[line_size];
    sqlite3_stmt *stmt = NULL;
    int reported = 0, code = sqlite3_prepare_v2(handle, "PRAGMA foreign_key_check", -1, &stmt, NULL);
    while ((code == SQLITE_OK || code == SQLITE_ROW) && reported < broken_keys_max) {
        code = sqlite3_step(stmt);
        if (code != SQLITE_ROW)
            break;
        if (!db_schema_table(schema, str_from((const char *)sqlite3_column_text(stmt, 0))))
            continue;
        const char *row =
            (const char *)sqlite3_column_text(stmt, 1); /* its rowid; NULL in a table without rowids */
        snprintf(line, sizeof line, "database: %s%s of %s points at a row that is not in %s",
                 row ? "row " : "a row", row ? row : "", (const char *)sqlite3_column_text(stmt, 0),
                 (const char *)sqlite3_column_text(stmt, 2));
        report(context, line);
        reported++;
    }
    enum status s = reported == broken_keys_max ? STATUS_OK : check_ended(handle, code, report, context);
    sqlite3_finalize(stmt);
    return s;
}

enum status sqlite_check(struct db *db, db_report *report, void *context) {
    sqlite3 *handle = sqlite_of(db)->handle;
    TRY(check_pages(handle, report, context));
    return check_keys(db->schema, handle, report, context);
}

/* Copies page by page. The transaction that is open on the source keeps its pages as they are, so that
 * commits of others neither change the copy nor make it begin again. */
static int backup_copy_pages(sqlite3 *from, sqlite3 *to, db_progress *progress, void *context) {
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code = backup ? SQLITE_OK : sqlite3_errcode(to);
    sqlite3_stmt *stmt = NULL;
    int64_t page_bytes = 4096;
    if (sqlite3_prepare_v2(from, "PRAGMA page_size", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        page_bytes = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, step_pages);
        int64_t total = sqlite3_backup_pagecount(backup), left = sqlite3_backup_remaining(backup);
        progress(context, (total - left) * page_bytes, total * page_bytes);
    }
    int finished = backup ? sqlite3_backup_finish(backup) : SQLITE_OK;
    return code == SQLITE_DONE ? finished : code;
}

enum status sqlite_backup(struct db *db, const char *path, db_progress *progress, void *context,
                          char error[static db_error_size]) {
    sqlite3 *handle = sqlite_of(db)->handle, *copy = NULL;
    enum status s = STATUS_STORAGE;
    int code =
        sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    /* Half a copy is useless, so there is no journal, and the caller syncs once at the end. */
    if (code == SQLITE_OK)
        code = sqlite3_exec(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        snprintf(error, db_error_size, "%s: %s", path, sqlite3_errmsg(copy));
        goto done;
    }
    code = sqlite3_exec(handle, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        snprintf(error, db_error_size, "%s", sqlite3_errmsg(handle));
        goto done;
    }
    code = backup_copy_pages(handle, copy, progress, context);
    if (code == SQLITE_OK)
        s = STATUS_OK;
    else
        snprintf(error, db_error_size, "%s: %s", path, sqlite3_errstr(code));
done:
    if (!sqlite3_get_autocommit(handle))
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(copy);
    if (s == STATUS_OK && !sqlite_mark_without_log(path)) {
        snprintf(error, db_error_size, "%s: %s", path, strerror(errno));
        s = STATUS_STORAGE;
    }
    return s;
}
