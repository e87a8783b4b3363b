/* Many rows into a table by COPY, in its binary format:
 *
 *     "PGCOPY\n\377\r\n\0"  flags = 0  header extension = 0                (19 bytes)
 *     a row:   column count (2)   then for each column   size (4)  bytes   NULL: size -1, no bytes
 *     the end: -1 (2)
 *
 * Sizes and counts have their most significant byte first. PostgreSQL documents the format at COPY, "Binary
 * Format".
 *
 * Rows are gathered in a block and handed to libpq when it is full. libpq's pipeline mode has no COPY.
 * postgres_bulk_begin() leaves that mode and postgres_bulk_end() enters it again; between the two the
 * connection is a blocking one. The transaction stays open throughout. COPY does not report the types of its
 * columns, so they are learnt by describing a SELECT of the same columns. */
#include "base/log.h"
#include "db/postgres/postgres.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { bulk_block_bytes = 64 * 1024, bulk_columns_max = parameters_max };

struct bulk {
    int column_count;
    Oid column_types[bulk_columns_max];
    size_t used;
    char block[bulk_block_bytes];
};

/* Clears a command's result; its status if it is another than the wanted one. */
static enum status bulk_result(struct postgres_db *db, PGresult *result, ExecStatusType wanted) {
    enum status s = STATUS_OK;
    if (PQresultStatus(result) != wanted)
        s = wire_status(db, result);
    if (PQstatus(db->conn) != CONNECTION_OK)
        s = wire_broken(db);
    PQclear(result);
    return s;
}

/* ---- The stream. */

static enum status bulk_flush(struct postgres_db *db) {
    struct bulk *b = db->bulk;
    if (b->used > 0 && PQputCopyData(db->conn, b->block, (int)b->used) != 1)
        return wire_broken(db);
    b->used = 0;
    return STATUS_OK;
}

static enum status bulk_put(struct postgres_db *db, const void *data, size_t size) {
    struct bulk *b = db->bulk;
    for (const char *from = data; size > 0;) {
        size_t room = sizeof b->block - b->used, part = size < room ? size : room;
        memcpy(b->block + b->used, from, part);
        b->used += part;
        from += part;
        size -= part;
        TRY(b->used == sizeof b->block ? bulk_flush(db) : STATUS_OK);
    }
    return STATUS_OK;
}

static enum status bulk_put_int16(struct postgres_db *db, int value) {
    uint16_t wide = htobe16((uint16_t)value);
    return bulk_put(db, &wide, sizeof wide);
}

static enum status bulk_put_int32(struct postgres_db *db, int value) {
    uint32_t wide = htobe32((uint32_t)value);
    return bulk_put(db, &wide, sizeof wide);
}

enum status postgres_bulk_row(struct db *base, const struct db_value *values, size_t count) {
    struct postgres_db *db = postgres_of(base);
    struct encoded encoded;
    assert(db->bulk && (size_t)db->bulk->column_count == count);
    enum status s = bulk_put_int16(db, (int)count);
    for (size_t i = 0; i < count && s == STATUS_OK; i++) {
        if (!type_encode(db->bulk->column_types[i], &values[i], &encoded)) {
            log_warning("database: column %zu of a row that is copied does not fit its type", i + 1);
            return STATUS_FAULT;
        }
        s = bulk_put_int32(db, encoded.data ? encoded.size : -1);
        if (s == STATUS_OK && encoded.data)
            s = bulk_put(db, encoded.data, (size_t)encoded.size);
    }
    return s;
}

/* ---- Beginning and ending. */

/* Prepares `read` as the nameless statement, without running it, and keeps the types of its columns. */
static enum status bulk_learn_columns(struct postgres_db *db, const char *read) {
    struct bulk *b = db->bulk;
    TRY(bulk_result(db, PQprepare(db->conn, "", read, 0, NULL), PGRES_COMMAND_OK));
    PGresult *result = PQdescribePrepared(db->conn, "");
    b->column_count = PQnfields(result);
    assert(b->column_count <= bulk_columns_max);
    for (int i = 0; i < b->column_count; i++)
        b->column_types[i] = PQftype(result, i);
    return bulk_result(db, result, PGRES_COMMAND_OK);
}

static enum status bulk_start(struct postgres_db *db, const struct sql *sql, const struct sql *read) {
    static const char head[19] = "PGCOPY\n\377\r\n"; /* the NUL is a part of it; then two zeros of 4 bytes */
    TRY(bulk_learn_columns(db, postgres_text(read)));
    TRY(bulk_result(db, PQexec(db->conn, sql->postgres), PGRES_COPY_IN));
    return bulk_put(db, head, sizeof head);
}

/* Returns to pipeline mode; a failure becomes the transaction's, as wire.c would have recorded it. */
static void bulk_leave(struct postgres_db *db, enum status s) {
    free(db->bulk);
    db->bulk = NULL;
    if (s != STATUS_OK)
        db->failed = s;
    if (!db->is_lost && (PQenterPipelineMode(db->conn) != 1 || PQsetnonblocking(db->conn, 1) != 0))
        wire_broken(db);
}

enum status postgres_bulk_begin(struct db *base, const struct sql *sql, const struct sql *read) {
    struct postgres_db *db = postgres_of(base);
    wire_wait_all(db);
    if (db->is_lost)
        return STATUS_STORAGE;
    if (db->failed != STATUS_OK)
        return db->failed;
    db->bulk = calloc(1, sizeof *db->bulk);
    if (!db->bulk)
        return STATUS_NO_MEMORY;
    bool is_plain = PQexitPipelineMode(db->conn) == 1 && PQsetnonblocking(db->conn, 0) == 0;
    enum status s = is_plain ? bulk_start(db, sql, read) : wire_broken(db);
    if (s != STATUS_OK)
        bulk_leave(db, s);
    return s;
}

/* If `keep` is false, an error is sent in place of the end, and the server drops the rows. The loop reads up
 * to the NULL that ends the command's results: pipeline mode cannot be entered before. */
enum status postgres_bulk_end(struct db *base, bool keep) {
    struct postgres_db *db = postgres_of(base);
    enum status s = db->is_lost ? STATUS_STORAGE : STATUS_OK;
    if (s == STATUS_OK && keep)
        s = bulk_put_int16(db, -1);
    if (s == STATUS_OK && keep)
        s = bulk_flush(db);
    if (s == STATUS_OK && PQputCopyEnd(db->conn, keep ? NULL : "given up") != 1)
        s = wire_broken(db);
    if (s == STATUS_OK && keep)
        s = bulk_result(db, PQgetResult(db->conn), PGRES_COMMAND_OK);
    for (PGresult *rest; !db->is_lost && (rest = PQgetResult(db->conn));)
        PQclear(rest);
    bulk_leave(db, keep ? s : STATUS_FAULT);
    return s;
}
