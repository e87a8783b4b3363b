/* Rows into a table by COPY, in its binary format. libpq's pipeline mode has no COPY, so that it is left
 * meanwhile; the transaction goes on. */
#include "base/log.h"
#include "db/postgres.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { bulk_block_bytes = 64 * 1024, bulk_columns_max = parameters_max };

struct bulk {
    int column_count;
    Oid columns[bulk_columns_max];
    size_t used;
    char block[bulk_block_bytes];
};

/* Waits for a command's result and the end of its results. */
static enum status take(struct postgres_db *db, PGresult *result, ExecStatusType wanted) {
    enum status s = STATUS_OK;
    if (PQresultStatus(result) != wanted)
        s = wire_status(db, result);
    if (PQstatus(db->conn) != CONNECTION_OK) {
        wire_lose(db, PQerrorMessage(db->conn));
        s = STATUS_STORAGE;
    }
    PQclear(result);
    return s;
}

/* ---- The stream. */

static enum status flush(struct postgres_db *db) {
    struct bulk *b = db->bulk;
    if (b->used > 0 && PQputCopyData(db->conn, b->block, (int)b->used) != 1) {
        wire_lose(db, PQerrorMessage(db->conn));
        return STATUS_STORAGE;
    }
    b->used = 0;
    return STATUS_OK;
}

static enum status put(struct postgres_db *db, const void *at, size_t size) {
    struct bulk *b = db->bulk;
    for (const char *from = at; size > 0;) {
        size_t room = sizeof b->block - b->used, part = size < room ? size : room;
        memcpy(b->block + b->used, from, part);
        b->used += part;
        from += part;
        size -= part;
        if (b->used == sizeof b->block) {
            enum status s = flush(db);
            if (s != STATUS_OK)
                return s;
        }
    }
    return STATUS_OK;
}

static enum status put_int16(struct postgres_db *db, int value) {
    uint16_t wide = htobe16((uint16_t)value);
    return put(db, &wide, sizeof wide);
}

static enum status put_int32(struct postgres_db *db, int value) {
    uint32_t wide = htobe32((uint32_t)value);
    return put(db, &wide, sizeof wide);
}

enum status postgres_bulk_row(struct db *base, const struct db_value *values, size_t count) {
    struct postgres_db *db = postgres_of(base);
    struct encoded encoded;
    assert(db->bulk && (size_t)db->bulk->column_count == count);
    enum status s = put_int16(db, (int)count);
    for (size_t i = 0; i < count && s == STATUS_OK; i++) {
        if (!type_encode(db->bulk->columns[i], &values[i], &encoded)) {
            log_warning("database: column %zu of a row that is copied does not fit its type", i + 1);
            return STATUS_FAULT;
        }
        s = put_int32(db, encoded.at ? encoded.size : -1);
        if (s == STATUS_OK && encoded.at)
            s = put(db, encoded.at, (size_t)encoded.size);
    }
    return s;
}

/* ---- Beginning and ending. */

static enum status learn_columns(struct postgres_db *db, const char *read) {
    struct bulk *b = db->bulk;
    enum status s = take(db, PQprepare(db->conn, "", read, 0, NULL), PGRES_COMMAND_OK);
    if (s != STATUS_OK)
        return s;
    PGresult *result = PQdescribePrepared(db->conn, "");
    b->column_count = PQnfields(result);
    assert(b->column_count <= bulk_columns_max);
    for (int i = 0; i < b->column_count; i++)
        b->columns[i] = PQftype(result, i);
    return take(db, result, PGRES_COMMAND_OK);
}

static enum status start(struct postgres_db *db, const struct sql *sql, const struct sql *read) {
    static const char head[] = "PGCOPY\n\377\r\n"; /* and its zero; then flags and extensions: none */
    enum status s = learn_columns(db, read->postgres ? read->postgres : read->text);
    if (s == STATUS_OK)
        s = take(db, PQexec(db->conn, sql->postgres), PGRES_COPY_IN);
    if (s == STATUS_OK)
        s = put(db, head, sizeof head);
    if (s == STATUS_OK)
        s = put_int32(db, 0);
    return s == STATUS_OK ? put_int32(db, 0) : s;
}

/* Back to how every other statement finds the connection. */
static void resume(struct postgres_db *db, enum status s) {
    free(db->bulk);
    db->bulk = NULL;
    if (s != STATUS_OK)
        db->failed = s;
    if (!db->lost && (PQenterPipelineMode(db->conn) != 1 || PQsetnonblocking(db->conn, 1) != 0))
        wire_lose(db, PQerrorMessage(db->conn));
}

enum status postgres_bulk_begin(struct db *base, const struct sql *sql, const struct sql *read) {
    struct postgres_db *db = postgres_of(base);
    wire_wait_all(db);
    if (db->lost)
        return STATUS_STORAGE;
    if (db->failed != STATUS_OK)
        return db->failed;
    db->bulk = calloc(1, sizeof *db->bulk);
    if (!db->bulk)
        return STATUS_NO_MEMORY;
    enum status s = STATUS_OK;
    if (PQexitPipelineMode(db->conn) != 1 || PQsetnonblocking(db->conn, 0) != 0) {
        wire_lose(db, PQerrorMessage(db->conn));
        s = STATUS_STORAGE;
    }
    if (s == STATUS_OK)
        s = start(db, sql, read);
    if (s != STATUS_OK)
        resume(db, s);
    return s;
}

enum status postgres_bulk_end(struct db *base, bool keep) {
    struct postgres_db *db = postgres_of(base);
    enum status s = db->lost ? STATUS_STORAGE : STATUS_OK;
    if (s == STATUS_OK && keep)
        s = put_int16(db, -1);
    if (s == STATUS_OK && keep)
        s = flush(db);
    if (s == STATUS_OK && PQputCopyEnd(db->conn, keep ? NULL : "given up") != 1) {
        wire_lose(db, PQerrorMessage(db->conn));
        s = STATUS_STORAGE;
    }
    if (s == STATUS_OK && keep)
        s = take(db, PQgetResult(db->conn), PGRES_COMMAND_OK);
    for (PGresult *rest; !db->lost && (rest = PQgetResult(db->conn));)
        PQclear(rest);
    resume(db, keep ? s : STATUS_FAULT);
    return s;
}
