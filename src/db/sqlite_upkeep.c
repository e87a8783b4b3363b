#include "db/sqlite_upkeep.h"

#include <stdio.h>
#include <string.h>

enum {
    line_size = 512,
    broken_keys_max = 100, /* told; integrity_check has the same bound of its own */
    step_pages = 256,      /* copied between two words about the progress: 1 MiB */
};

static enum status ended(sqlite3 *handle, int code, db_report *report, void *context) {
    char line[line_size];
    if (code == SQLITE_DONE || code == SQLITE_OK)
        return STATUS_OK;
    if (code == SQLITE_INTERRUPT)
        return STATUS_STOPPING;
    snprintf(line, sizeof line, "database: cannot be read to its end: %s", sqlite3_errmsg(handle));
    report(context, line);
    return STATUS_STORAGE;
}

/* Tells each line of a text that may have several; what it says is about "database main" is known. */
static void tell_lines(const char *text, db_report *report, void *context) {
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

static enum status check_integrity(sqlite3 *handle, db_report *report, void *context) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(handle, "PRAGMA integrity_check(100)", -1, &stmt, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(stmt);
        const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (text && strcmp(text, "ok") != 0)
            tell_lines(text, report, context);
    }
    enum status s = ended(handle, code, report, context);
    sqlite3_finalize(stmt);
    return s;
}

static enum status check_keys(sqlite3 *handle, db_report *report, void *context) {
    char line[line_size];
    sqlite3_stmt *stmt = NULL;
    int told = 0, code = sqlite3_prepare_v2(handle, "PRAGMA foreign_key_check", -1, &stmt, NULL);
    while ((code == SQLITE_OK || code == SQLITE_ROW) && told < broken_keys_max) {
        code = sqlite3_step(stmt);
        if (code != SQLITE_ROW)
            break;
        const char *row = (const char *)sqlite3_column_text(stmt, 1); /* its rowid, where it has one */
        snprintf(line, sizeof line, "database: %s%s of %s points at a row that is not in %s",
                 row ? "row " : "a row", row ? row : "", (const char *)sqlite3_column_text(stmt, 0),
                 (const char *)sqlite3_column_text(stmt, 2));
        report(context, line);
        told++;
    }
    enum status s = told == broken_keys_max ? STATUS_OK : ended(handle, code, report, context);
    sqlite3_finalize(stmt);
    return s;
}

enum status sqlite_check(sqlite3 *handle, db_report *report, void *context) {
    enum status s = check_integrity(handle, report, context);
    return s == STATUS_OK ? check_keys(handle, report, context) : s;
}

/* Copies page by page. The transaction that is open on the source keeps its pages as they are, so that what
 * others commit meanwhile neither changes the copy nor makes it begin again. */
static int copy_pages(sqlite3 *from, sqlite3 *to, db_progress *progress, void *context) {
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

enum status sqlite_backup(sqlite3 *handle, const char *path, db_progress *progress, void *context,
                          char why[static db_why_size]) {
    sqlite3 *copy = NULL;
    enum status s = STATUS_STORAGE;
    int code =
        sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    /* Half a copy is of no use to anybody: no journal, and one flush by the caller at the end. */
    if (code == SQLITE_OK)
        code = sqlite3_exec(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        snprintf(why, db_why_size, "%s: %s", path, sqlite3_errmsg(copy));
        goto done;
    }
    code = sqlite3_exec(handle, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        snprintf(why, db_why_size, "%s", sqlite3_errmsg(handle));
        goto done;
    }
    code = copy_pages(handle, copy, progress, context);
    if (code == SQLITE_OK)
        s = STATUS_OK;
    else
        snprintf(why, db_why_size, "%s: %s", path, sqlite3_errstr(code));
done:
    if (!sqlite3_get_autocommit(handle))
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(copy);
    return s;
}
