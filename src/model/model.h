/* The model engine: one static table for each JSON model drives decoding, validation, encoding and OpenAPI.
 *
 *     static const struct field fields[] = {
 *         TEXT_FIELD(struct product_new, name, LENGTH(1, 200), .doc = "Shown to shoppers", .example =
 * "\"Lamp\""), INT_FIELD(struct product_new, price, BETWEEN(0, money_max), .doc = "In minor units", .example
 * = "2999"),
 *     };
 *     const struct model product_create = MODEL("ProductCreate", struct product_new, fields);
 *
 * A field macro names the C type that its member must have, and does not compile against another. Coercions,
 * error types, messages and their order are those of Pydantic v2 in its lax mode (docs.pydantic.dev,
 * "Conversion Table" and "Validation Errors"). Rules across fields are not table language: they are C in the
 * shop. */
#pragma once

#include "base/buf.h"
#include "base/uuid.h"
#include "model/json.h"

enum kind {
    KIND_TEXT,       /* struct str; min and max count code points */
    KIND_INT,        /* int64_t */
    KIND_MAYBE_INT,  /* struct maybe_int */
    KIND_MAYBE_BOOL, /* struct maybe_bool */
    KIND_UUID,       /* struct uuid */
    KIND_TIME,       /* int64_t, microseconds since 1970; written only */
    KIND_ENUM,       /* int, the place in `names` */
    KIND_MODEL,      /* the struct of the model `of`, inside this one */
    KIND_LIST,       /* struct list of things of kind `item`; min and max count them */
    KIND_COUNT
};

struct model;

struct field {
    const char *name;
    enum kind kind;
    uint32_t offset; /* of the member, in bytes */
    bool optional;   /* may be left out of an input; is null in an output where absent */
    bool has_min, has_max, has_preset;
    int64_t min, max; /* both inclusive; of the value, the code points or the items */
    int64_t preset;   /* what an absent KIND_INT or KIND_ENUM becomes */
    enum kind item;   /* of a list: KIND_UUID or KIND_MODEL */
    const struct model *of;
    const char *const *names; /* of an enum, ended by NULL */
    const char *doc;
    const char *example; /* as JSON text */
};

struct model {
    const char *name; /* in the OpenAPI document */
    const char *doc;
    size_t size; /* of the C struct, bytes */
    const struct field *fields;
    size_t count;
};

#define MODEL(title, type, table, ...)                                                                       \
    {                                                                                                        \
        .name = (title), .size = sizeof(type), .fields = (table), .count = sizeof(table) / sizeof *(table),  \
        __VA_ARGS__                                                                                          \
    }

/* offsetof that does not compile where the member is not of C type `wanted`. */
#define MEMBER_OF(type, member, wanted)                                                                      \
    (uint32_t)(offsetof(type, member) + 0 * sizeof(_Generic(((type *)0)->member, wanted : 1)))

#define FIELD(type, member, wanted, kind_, ...)                                                              \
    { .name = #member, .kind = (kind_), .offset = MEMBER_OF(type, member, wanted), __VA_ARGS__ }
#define TEXT_FIELD(type, member, ...) FIELD(type, member, struct str, KIND_TEXT, __VA_ARGS__)
#define INT_FIELD(type, member, ...) FIELD(type, member, int64_t, KIND_INT, __VA_ARGS__)
#define MAYBE_INT_FIELD(type, member, ...)                                                                   \
    FIELD(type, member, struct maybe_int, KIND_MAYBE_INT, .optional = true, __VA_ARGS__)
#define MAYBE_BOOL_FIELD(type, member, ...)                                                                  \
    FIELD(type, member, struct maybe_bool, KIND_MAYBE_BOOL, .optional = true, __VA_ARGS__)
#define UUID_FIELD(type, member, ...) FIELD(type, member, struct uuid, KIND_UUID, __VA_ARGS__)
#define TIME_FIELD(type, member, ...) FIELD(type, member, int64_t, KIND_TIME, __VA_ARGS__)
#define ENUM_FIELD(type, member, ...) FIELD(type, member, int, KIND_ENUM, __VA_ARGS__)
#define MODEL_FIELD(type, member, inner, ...) FIELD(type, member, inner, KIND_MODEL, __VA_ARGS__)
#define LIST_FIELD(type, member, ...) FIELD(type, member, struct list, KIND_LIST, __VA_ARGS__)

#define AT_LEAST(n) .has_min = true, .min = (n)
#define AT_MOST(n) .has_max = true, .max = (n)
#define BETWEEN(a, b) AT_LEAST(a), AT_MOST(b)
#define LENGTH(a, b) BETWEEN(a, b)
#define PRESET(n) .optional = true, .has_preset = true, .preset = (n)

/* Where an input came from: the first entry of an error's `loc`. */
enum source { SOURCE_BODY, SOURCE_QUERY, SOURCE_PATH };

/* The list of errors of one request, as the JSON text of `detail` without its brackets. */
struct errors {
    struct buf text;
    size_t count;
};

struct errors errors_new(struct arena *arena);

/* Decodes `value` (NULL: the body is missing) into `out`, a zeroed struct of model->size bytes whose texts
 * and lists then point into the arena or into the source of `value`. STATUS_INVALID where it does not fit,
 * with every error appended in the order of the fields; STATUS_NO_MEMORY. */
MUST_CHECK enum status model_decode(const struct model *model, enum source source, const struct json *value,
                                    void *out, struct arena *arena, struct errors *errors);

/* Reads a body into `out`: as JSON where its media type says so, else as one string, as FastAPI does; NULL
 * where it is empty. STATUS_INVALID with the one error appended where it should be JSON and is not;
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status body_read(struct arena *arena, struct str body, bool is_json, struct json **out,
                                 struct errors *errors);

/* An object of strings from `a=1&b=2` (application/x-www-form-urlencoded): percent-decoded once, `+` is a
 * blank, malformed UTF-8 becomes U+FFFD. STATUS_NO_MEMORY; STATUS_TOO_MANY_PARAMETERS past query_fields_max
 * fields. */
enum { query_fields_max = 100 };
MUST_CHECK enum status query_read(struct arena *arena, struct str query, struct json **out);

/* utf8_repair: text with U+FFFD for what is malformed in it; `at` is NULL without memory.
 * percent_decode: percent-decodes; `plus` says whether `+` is a blank. Malformed UTF-8 becomes U+FFFD, a
 * malformed escape stays as it is. `at` is NULL without memory. */
struct str utf8_repair(struct arena *arena, struct str text);
struct str percent_decode(struct arena *arena, struct str text, bool plus);

/* Writes the struct at `in` as a JSON object. */
void model_encode(const struct model *model, const void *in, struct buf *out);

/* Writes a list of structs as a JSON array. */
void model_encode_list(const struct model *model, const struct list *list, struct buf *out);

/* Writes the JSON Schema of the model (OpenAPI 3.1's dialect), and of one field. `written` says whether the
 * model is an answer, in which every field is always there. */
void model_schema(const struct model *model, bool written, struct buf *out);
void field_schema(const struct field *field, bool written, struct buf *out);
