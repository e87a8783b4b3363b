/* JSON Schema from the same table. FastAPI's documents are the model: a title made of the name, the
 * description, then examples. A model has two schemas: as an input its optional fields may be missing and
 * have defaults; as an output all fields are required but those that must be asked for, and an optional one may be null. Nested models are
 * referred to, so that openapi.c writes each once. */
#include "model/email.h"
#include "model/model.h"

#include <assert.h>
#include <ctype.h>

/* FastAPI's titles: `Stock Quantity` for `stock_quantity`. */
static void put_title(const char *name, struct buf *out) {
    buf_put(out, STR("\"title\":\""));
    bool start = true;
    for (; *name; name++) {
        buf_put_char(out, *name == '_' ? ' ' : start ? (char)toupper((unsigned char)*name) : *name);
        start = *name == '_';
    }
    buf_put_char(out, '"');
}

static void put_ref(const struct model *model, struct buf *out) {
    buf_printf(out, "\"$ref\":\"#/components/schemas/%s\"", model->name);
}

/* The names of the limits depend on the type: a text has lengths, a list numbers of items. */
static void put_bounds(const struct field *f, const char *min, const char *max, struct buf *out) {
    if (f->has_min)
        buf_printf(out, ",\"%s\":%lld", min, (long long)f->min);
    if (f->has_max)
        buf_printf(out, ",\"%s\":%lld", max, (long long)f->max);
}

/* Whether no value is beyond 32 bits. Generated clients in Java, C# and Rust take 32 for an integer without a
 * format. */
static bool fits_int32(const struct field *f) {
    return f->has_min && f->min >= INT32_MIN && f->has_max && f->max <= INT32_MAX;
}

static void put_enum(const struct field *f, struct buf *out) {
    buf_put(out, STR("\"type\":\"string\",\"enum\":["));
    for (size_t i = 0; f->names[i]; i++)
        buf_printf(out, "%s\"%s\"", i ? "," : "", f->names[i]);
    buf_put_char(out, ']');
}

static void put_text(const struct field *f, struct buf *out) {
    buf_put(out, f->secret ? STR("\"type\":\"string\",\"format\":\"password\"") : STR("\"type\":\"string\""));
    put_bounds(f, "minLength", "maxLength", out);
}

/* One text, or a list of them. */
static void put_texts(const struct field *f, struct buf *out) {
    buf_put(out, STR("\"anyOf\":[{"));
    put_text(f, out);
    buf_put(out, STR("},{\"type\":\"array\",\"items\":{"));
    put_text(f, out);
    buf_put(out, STR("}}]"));
}

static void put_type(const struct field *f, struct buf *out);

static void put_items(const struct field *item, struct buf *out) {
    buf_put(out, STR("\"type\":\"array\",\"items\":{"));
    put_type(item, out);
    buf_put_char(out, '}');
}

static void put_type(const struct field *f, struct buf *out) {
    struct field item = field_item(f);
    switch (f->kind) {
    case KIND_TEXT:
        put_text(f, out);
        break;
    case KIND_TEXTS:
        put_texts(f, out);
        break;
    case KIND_INT:
    case KIND_MAYBE_INT:
        buf_put(out, fits_int32(f) ? STR("\"type\":\"integer\"")
                                   : STR("\"type\":\"integer\",\"format\":\"int64\""));
        put_bounds(f, "minimum", "maximum", out);
        break;
    case KIND_MAYBE_BOOL:
        buf_put(out, STR("\"type\":\"boolean\""));
        break;
    case KIND_UUID:
    case KIND_MAYBE_UUID:
        buf_put(out, STR("\"type\":\"string\",\"format\":\"uuid\""));
        break;
    case KIND_EMAIL:
        buf_printf(out, "\"type\":\"string\",\"format\":\"email\",\"maxLength\":%d", email_size_max);
        break;
    case KIND_TIME:
    case KIND_MAYBE_TIME:
        buf_put(out, STR("\"type\":\"string\",\"format\":\"date-time\""));
        break;
    case KIND_ENUM:
        put_enum(f, out);
        break;
    case KIND_MODEL:
    case KIND_MAYBE_MODEL:
        put_ref(f->of, out);
        break;
    case KIND_LIST:
        put_items(&item, out);
        put_bounds(f, "minItems", "maxItems", out);
        break;
    case KIND_NAME_SET:
        item.kind = KIND_ENUM;
        put_items(&item, out);
        break;
    case KIND_COUNT:
        assert(!"no such kind");
    }
}

static void put_default(const struct field *f, struct buf *out) {
    if (!f->has_default || (f->kind == KIND_ENUM && f->default_value < 0))
        return;
    if (f->kind == KIND_ENUM)
        buf_printf(out, ",\"default\":\"%s\"", f->names[f->default_value]);
    else
        buf_printf(out, ",\"default\":%lld", (long long)f->default_value);
}

void field_schema(const struct field *f, bool is_output, struct buf *out) {
    bool nullable = is_output ? f->optional && !f->never_null && !f->has_default : f->may_be_null;
    buf_put(out, nullable ? STR("{\"anyOf\":[{") : STR("{"));
    put_type(f, out);
    if (nullable)
        buf_put(out, STR("},{\"type\":\"null\"}]"));
    if (!is_output)
        put_default(f, out);
    buf_put_char(out, ',');
    put_title(f->name, out);
    if (f->doc) {
        buf_put(out, STR(",\"description\":"));
        buf_put_json(out, str_from(f->doc));
    }
    if (f->example)
        buf_printf(out, ",\"examples\":[%s]", f->example);
    buf_put_char(out, '}');
}

/* An output has every field but those that must be asked for; an input needs those that may not be left out. */
static void put_required(const struct model *model, bool is_output, struct buf *out) {
    size_t required = 0;
    for (size_t i = 0; i < model->count; i++)
        if (is_output ? !model->fields[i].asked : !model->fields[i].optional)
            buf_printf(out, "%s\"%s\"", required++ ? "," : ",\"required\":[", model->fields[i].name);
    if (required)
        buf_put_char(out, ']');
}

void model_schema(const struct model *model, bool is_output, struct buf *out) {
    buf_put(out, STR("{\"type\":\"object\",\"properties\":{"));
    for (size_t i = 0; i < model->count; i++) {
        buf_printf(out, "%s\"%s\":", i ? "," : "", model->fields[i].name);
        field_schema(&model->fields[i], is_output, out);
    }
    buf_put_char(out, '}');
    put_required(model, is_output, out);
    buf_printf(out, ",\"title\":\"%s\"", model->name);
    if (model->doc) {
        buf_put(out, STR(",\"description\":"));
        buf_put_json(out, str_from(model->doc));
    }
    buf_put_char(out, '}');
}
