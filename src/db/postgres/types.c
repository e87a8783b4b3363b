/* Values between db.h's kinds and PostgreSQL's types, in the protocol's binary formats.
 *
 *     db.h       PostgreSQL              on the wire, most significant byte first
 *     DB_INT     bigint, integer,        8, 4 or 2 bytes
 *                smallint
 *                timestamptz             8 bytes: microseconds since 2000 (db.h counts from 1970)
 *                boolean                 1 byte: 0 or 1
 *     DB_TEXT    text and every other    the bytes themselves
 *     DB_BLOB    uuid, bytea             16 bytes; the bytes themselves
 *
 * The server reports the type of each parameter and column. A value out of its type's range is refused, not
 * cut off. A numeric is not read as an integer: sums of bigints are cast in the SQL. */
#include "base/uuid.h"
#include "db/postgres/postgres.h"

#include <endian.h>
#include <string.h>

/* OIDs of built-in types, which never change: server/catalog/pg_type_d.h, which is not part of libpq. */
enum {
    type_bool = 16,
    type_bytea = 17,
    type_int8 = 20,
    type_int2 = 21,
    type_int4 = 23,
    type_timestamptz = 1184,
    type_uuid = 2950,
};

/* From 1970 to 2000, PostgreSQL's epoch: 10,957 days of 86,400 s. */
#define epoch_us (INT64_C(946684800) * 1000000)

bool type_is_int(Oid type) {
    return type == type_bool || type == type_int2 || type == type_int4 || type == type_int8 ||
           type == type_timestamptz;
}

enum db_kind type_kind(Oid type) {
    return type_is_int(type) ? DB_INT : type == type_bytea || type == type_uuid ? DB_BLOB : DB_TEXT;
}

/* The value is swapped as 8 bytes; a shorter type takes the last of them. */
static bool type_encode_int(Oid type, int64_t value, struct encoded *out) {
    uint64_t wide = htobe64((uint64_t)(type == type_timestamptz ? value - epoch_us : value));
    out->data = out->room;
    switch (type) {
    case type_int8:
    case type_timestamptz:
        out->size = 8;
        memcpy(out->room, &wide, 8);
        return true;
    case type_int4:
        out->size = 4;
        memcpy(out->room, (const char *)&wide + 4, 4);
        return value >= INT32_MIN && value <= INT32_MAX;
    case type_int2:
        out->size = 2;
        memcpy(out->room, (const char *)&wide + 6, 2);
        return value >= INT16_MIN && value <= INT16_MAX;
    case type_bool:
        out->size = 1;
        out->room[0] = (char)value;
        return value == 0 || value == 1;
    default:
        return false;
    }
}

bool type_encode(Oid type, const struct db_value *value, struct encoded *out) {
    *out = (struct encoded){0};
    switch (value->kind) {
    case DB_NULL:
        return true;
    case DB_INT:
        return type_encode_int(type, value->integer, out);
    case DB_TEXT:
    case DB_BLOB:
        break;
    }
    if ((type == type_uuid && value->bytes.size != sizeof(struct uuid)) || value->bytes.size > INT32_MAX)
        return false;
    out->data = value->bytes.data;
    out->size = (int)value->bytes.size;
    return value->kind == type_kind(type);
}

int64_t type_decode_int(Oid type, const char *data, int size) {
    uint64_t wide = 0;
    if (size > 8)
        return 0;
    memcpy((char *)&wide + 8 - size, data, (size_t)size);
    wide = be64toh(wide);
    switch (type) {
    case type_bool:
    case type_int8:
        return (int64_t)wide;
    case type_timestamptz:
        return (int64_t)wide + epoch_us;
    case type_int4:
        return (int32_t)wide;
    case type_int2:
        return (int16_t)wide;
    default:
        return 0;
    }
}
