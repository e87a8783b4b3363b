/* The model engine: one static table for each JSON model drives decoding, validation, encoding and OpenAPI.
 *
 *     static const struct field fields[] = {
 *         TEXT_FIELD(struct product_new, name, LENGTH(1, 200), .doc = "Shown to shoppers", .example = "\"Lamp\""),
 *         INT_FIELD(struct product_new, price, BETWEEN(0, money_max), .doc = "In minor units", .example = "2999"),
 *     };
 *     const struct model product_create = MODEL("ProductCreate", struct product_new, fields);
 *
 *                           +-- decode.c --> struct product_new --> encode.c --> JSON
 *     JSON, query, path  ---+                     ^
 *                           +-- errors.c          |  offset and kind of each member
 *                                            the table --> schema.c --> OpenAPI
 *
 * A field macro names the C type that its member must have, and does not compile if it has another.
 * Coercions, error types, messages and their order are those of Pydantic v2 in its lax mode
 * (docs.pydantic.dev, "Conversion Table" and "Validation Errors"). Rules across fields are not table
 * language: they are C in the shop. */
#pragma once

#include "base/buf.h"
#include "base/json.h"
#include "base/uuid.h"

enum kind {
    KIND_TEXT,        /* struct str; min and max count code points */
    KIND_INT,         /* int64_t */
    KIND_MAYBE_INT,   /* struct maybe_int */
    KIND_MAYBE_BOOL,  /* struct maybe_bool */
    KIND_UUID,        /* struct uuid */
    KIND_MAYBE_UUID,  /* struct maybe_uuid */
    KIND_EMAIL,       /* struct str: an address of mail, without white space around it (email.h) */
    KIND_TIME,        /* int64_t, microseconds since 1970; for output only */
    KIND_MAYBE_TIME,  /* struct maybe_int, as KIND_TIME; an input is read as time.h says */
    KIND_ENUM,        /* int, the index in `names` */
    KIND_MODEL,       /* the struct of the model `of`, inside this one */
    KIND_MAYBE_MODEL, /* a pointer to the struct of `of`, in the arena; NULL: absent */
    KIND_LIST,        /* struct list of elements of kind `item`; min and max count them */
    KIND_TEXTS,       /* struct list of struct str: a parameter that a query may have several times */
    KIND_NAME_SET, /* uint32_t, bit i stands for names[i]: in a query, a list with commas, or several of them */
    KIND_COUNT
};

struct model;

struct field {
    const char *name;
    enum kind kind;
    uint32_t offset;   /* of the member, in bytes */
    bool optional;     /* may be left out of an input; null in an output if absent */
    bool never_null;   /* always there in an output, although it is optional in an input */
    bool may_be_empty; /* an empty parameter of a query is read as one that was left out */
    bool may_be_null;  /* null in an input is read as left out; the field is optional */
    bool secret;       /* of an input: no error of its model echoes an input, since that may be in a log */
    bool has_min, has_max, has_default;
    int64_t min, max;           /* inclusive; of the value, the number of code points or of items */
    int64_t default_value;      /* of an absent KIND_INT or KIND_ENUM; of an enum -1: not given */
    enum kind item;             /* of a list: KIND_UUID, KIND_ENUM, KIND_TEXT or KIND_MODEL */
    int64_t item_min, item_max; /* code points of a text in a list; item_max is set */
    const struct model *of;
    const char *const *names; /* of an enum or a set of at most 32, NULL at the end */
    uint32_t asked;           /* an output has the field only if one of these bits is asked for; 0: always */
    const char *doc;
    const char *example; /* as JSON text */
};

/* The field that each item of a list is. */
static inline struct field field_item(const struct field *list) {
    bool is_text = list->item == KIND_TEXT;
    return (struct field){
        .name = list->name,
        .kind = list->item,
        .has_min = is_text,
        .has_max = is_text,
        .min = list->item_min,
        .max = list->item_max,
        .of = list->of,
        .names = list->names,
    };
}

/* The size of such an item in memory. */
size_t field_item_size(const struct field *list);

struct model {
    const char *name; /* in the OpenAPI document */
    const char *doc;
    size_t size; /* of the C struct, bytes */
    const struct field *fields;
    size_t count;
};

#define MODEL(title, type, table, ...)                                                                       \
    {.name = (title),                                                                                        \
     .size = sizeof(type),                                                                                   \
     .fields = (table),                                                                                      \
     .count = sizeof(table) / sizeof *(table),                                                               \
     __VA_ARGS__}

/* offsetof that does not compile if the member is of another C type than `wanted`: _Generic then has no
 * match. */
#define MEMBER_OF(type, member, wanted)                                                                      \
    (uint32_t)(offsetof(type, member) + 0 * sizeof(_Generic(((type *)0)->member, wanted: 1)))

#define FIELD(type, member, wanted, kind_, ...)                                                              \
    {.name = #member, .kind = (kind_), .offset = MEMBER_OF(type, member, wanted), __VA_ARGS__}
#define TEXT_FIELD(type, member, ...) FIELD(type, member, struct str, KIND_TEXT, __VA_ARGS__)
#define INT_FIELD(type, member, ...) FIELD(type, member, int64_t, KIND_INT, __VA_ARGS__)
#define MAYBE_INT_FIELD(type, member, ...)                                                                   \
    FIELD(type, member, struct maybe_int, KIND_MAYBE_INT, .optional = true, __VA_ARGS__)
#define MAYBE_BOOL_FIELD(type, member, ...)                                                                  \
    FIELD(type, member, struct maybe_bool, KIND_MAYBE_BOOL, .optional = true, __VA_ARGS__)
#define UUID_FIELD(type, member, ...) FIELD(type, member, struct uuid, KIND_UUID, __VA_ARGS__)
#define MAYBE_UUID_FIELD(type, member, ...)                                                                  \
    FIELD(type, member, struct maybe_uuid, KIND_MAYBE_UUID, .optional = true, __VA_ARGS__)
#define EMAIL_FIELD(type, member, ...) FIELD(type, member, struct str, KIND_EMAIL, __VA_ARGS__)
#define TIME_FIELD(type, member, ...) FIELD(type, member, int64_t, KIND_TIME, __VA_ARGS__)
#define MAYBE_TIME_FIELD(type, member, ...)                                                                  \
    FIELD(type, member, struct maybe_int, KIND_MAYBE_TIME, .optional = true, __VA_ARGS__)
#define ENUM_FIELD(type, member, ...) FIELD(type, member, int, KIND_ENUM, __VA_ARGS__)
#define MODEL_FIELD(type, member, inner, ...) FIELD(type, member, inner, KIND_MODEL, __VA_ARGS__)
#define MAYBE_MODEL_FIELD(type, member, inner, ...)                                                          \
    FIELD(type, member, inner *, KIND_MAYBE_MODEL, .optional = true, __VA_ARGS__)
#define LIST_FIELD(type, member, ...) FIELD(type, member, struct list, KIND_LIST, __VA_ARGS__)
#define TEXTS_FIELD(type, member, ...)                                                                       \
    FIELD(type, member, struct list, KIND_TEXTS, .optional = true, __VA_ARGS__)
#define NAME_SET_FIELD(type, member, ...)                                                                    \
    FIELD(type, member, uint32_t, KIND_NAME_SET, .optional = true, __VA_ARGS__)

#define AT_LEAST(n) .has_min = true, .min = (n)
#define AT_MOST(n) .has_max = true, .max = (n)
#define BETWEEN(a, b) AT_LEAST(a), AT_MOST(b)
#define LENGTH(a, b) BETWEEN(a, b)
#define ITEM_LENGTH(a, b) .item_min = (a), .item_max = (b)
#define DEFAULT(n) .optional = true, .has_default = true, .default_value = (n)

/* The part of the request that an input came from: the first entry of an error's `loc`. */
enum source { SOURCE_BODY, SOURCE_QUERY, SOURCE_PATH };

/* The errors of one request, as the JSON text of `detail` without its brackets. */
struct errors {
    struct buf text;
    size_t count;
    bool hides_input; /* null is echoed for it, whatever it is */
};

struct errors errors_new(struct arena *arena);

/* Decodes `value` (NULL: the body is missing) into `out`, a zeroed struct of model->size bytes. Its texts and
 * lists then point into the arena or into the source of `value`. STATUS_INVALID if it does not fit, with
 * every error appended in the order of the fields; STATUS_NO_MEMORY. */
MUST_CHECK enum status model_decode(const struct model *model, enum source source, const struct json *value,
                                    void *out, struct arena *arena, struct errors *errors);

/* Reads a body into `out`: as JSON if its media type says so, else as one string, as FastAPI does; NULL if it
 * is empty. A byte order mark before JSON is skipped. STATUS_INVALID, with the one error appended, if it should be
 * JSON and is not; STATUS_BODY_UNREADABLE if it is not even UTF-8; STATUS_NO_MEMORY. */
MUST_CHECK enum status body_read(struct arena *arena, struct str body, bool is_json, struct json **out,
                                 struct errors *errors);

/* Reads `a=1&b=2` (application/x-www-form-urlencoded) as an object of strings: percent-decoded once, `+` is a
 * space, malformed UTF-8 becomes U+FFFD. STATUS_NO_MEMORY; STATUS_TOO_MANY_PARAMETERS above query_fields_max
 * fields. */
enum { query_fields_max = 100 };
MUST_CHECK enum status query_read(struct arena *arena, struct str query, struct json **out);

/* Replaces malformed UTF-8 in text by U+FFFD; absent if there is no memory. */
struct str utf8_repair(struct arena *arena, struct str text);

/* Percent-decodes and repairs; `plus` says whether `+` is a space. A malformed escape stays as it is. Absent
 * if there is no memory. */
struct str percent_decode(struct arena *arena, struct str text, bool plus);

/* Writes the struct at `in` as a JSON object, with the fields that are always there and those that the bits of
 * `asked` ask for, also in the models inside. */
void model_encode(const struct model *model, const void *in, uint32_t asked, struct buf *out);

/* Writes a list of structs as a JSON array. */
void model_encode_list(const struct model *model, const struct list *list, uint32_t asked, struct buf *out);

/* Writes the JSON Schema of a model, or of one field, in OpenAPI 3.1's dialect. `is_output` says whether the
 * model is an answer, in which every field is present that need not be asked for. */
void model_schema(const struct model *model, bool is_output, struct buf *out);
void field_schema(const struct field *field, bool is_output, struct buf *out);
