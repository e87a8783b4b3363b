/* Values between the shop's kinds (db.h) and PostgreSQL's types, in the protocol's binary formats. */
#include "base/uuid.h"
#include "db/postgres.h"

#include <endian.h>
#include <string.h>

/* From server/catalog/pg_type_d.h, which is not part of libpq. They never change. */
enum {
    type_bool = 16,
    type_bytea = 17,
    type_int8 = 20,
    type_int2 = 21,
    type_int4 = 23,
    type_timestamptz = 1184,
    type_uuid = 2950,
};

/* From 1970 to 2000, which PostgreSQL counts its microseconds from. */
#define epoch_us (INT64_C(946684800) * 1000000)

static bool encode_int(Oid type, int64_t value, struct encoded *out) {
    uint64_t wide = htobe64((uint64_t)(type == type_timestamptz ? value - epoch_us : value));
    out->at = out->room;
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
        return encode_int(type, value->integer, out);
    case DB_TEXT:
    case DB_BLOB:
        break;
    }
    if ((type == type_uuid && value->bytes.size != sizeof(struct uuid)) || value->bytes.size > INT32_MAX)
        return false;
    out->at = value->bytes.at;
    out->size = (int)value->bytes.size;
    return type != type_bool && type != type_int2 && type != type_int4 && type != type_int8 &&
           type != type_timestamptz && (value->kind == DB_BLOB) == (type == type_uuid || type == type_bytea);
}

bool type_is_int(Oid type) {
    return type == type_bool || type == type_int2 || type == type_int4 || type == type_int8 ||
           type == type_timestamptz;
}

enum db_kind type_kind(Oid type) {
    return type_is_int(type) ? DB_INT : type == type_bytea || type == type_uuid ? DB_BLOB : DB_TEXT;
}

int64_t type_decode_int(Oid type, const char *at, int size) {
    uint64_t wide = 0;
    if (size > 8)
        return 0;
    memcpy((char *)&wide + 8 - size, at, (size_t)size);
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
