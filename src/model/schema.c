#include "model/model.h"

#include <assert.h>
#include <ctype.h>

/* `stock_quantity` as `Stock Quantity`, FastAPI's titles. */
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

static void put_bounds(const struct field *f, const char *min, const char *max, struct buf *out) {
    if (f->has_min)
        buf_printf(out, ",\"%s\":%lld", min, (long long)f->min);
    if (f->has_max)
        buf_printf(out, ",\"%s\":%lld", max, (long long)f->max);
}

static void put_enum(const struct field *f, struct buf *out) {
    buf_put(out, STR("\"type\":\"string\",\"enum\":["));
    for (size_t i = 0; f->names[i]; i++)
        buf_printf(out, "%s\"%s\"", i ? "," : "", f->names[i]);
    buf_put_char(out, ']');
}

static void put_type(const struct field *f, struct buf *out) {
    switch (f->kind) {
    case KIND_TEXT:
        buf_put(out, STR("\"type\":\"string\""));
        put_bounds(f, "minLength", "maxLength", out);
        break;
    case KIND_INT:
    case KIND_MAYBE_INT:
        buf_put(out, STR("\"type\":\"integer\""));
        put_bounds(f, "minimum", "maximum", out);
        break;
    case KIND_MAYBE_BOOL:
        buf_put(out, STR("\"type\":\"boolean\""));
        break;
    case KIND_UUID:
        buf_put(out, STR("\"type\":\"string\",\"format\":\"uuid\""));
        break;
    case KIND_TIME:
        buf_put(out, STR("\"type\":\"string\",\"format\":\"date-time\""));
        break;
    case KIND_ENUM:
        put_enum(f, out);
        break;
    case KIND_MODEL:
        put_ref(f->of, out);
        break;
    case KIND_LIST:
        buf_put(out, STR("\"type\":\"array\",\"items\":{"));
        if (f->item == KIND_MODEL)
            put_ref(f->of, out);
        else
            buf_put(out, STR("\"type\":\"string\",\"format\":\"uuid\""));
        buf_put_char(out, '}');
        put_bounds(f, "minItems", "maxItems", out);
        break;
    case KIND_COUNT:
        assert(!"no such kind");
    }
}

static void put_preset(const struct field *f, struct buf *out) {
    if (!f->has_preset)
        return;
    if (f->kind == KIND_ENUM)
        buf_printf(out, ",\"default\":\"%s\"", f->names[f->preset]);
    else
        buf_printf(out, ",\"default\":%lld", (long long)f->preset);
}

void field_schema(const struct field *f, bool written, struct buf *out) {
    bool nullable = written && f->optional;
    buf_put(out, nullable ? STR("{\"anyOf\":[{") : STR("{"));
    put_type(f, out);
    if (nullable)
        buf_put(out, STR("},{\"type\":\"null\"}]"));
    if (!written)
        put_preset(f, out);
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

static void put_required(const struct model *model, bool written, struct buf *out) {
    size_t required = 0;
    for (size_t i = 0; i < model->count; i++)
        if (written || !model->fields[i].optional)
            buf_printf(out, "%s\"%s\"", required++ ? "," : ",\"required\":[", model->fields[i].name);
    if (required)
        buf_put_char(out, ']');
}

void model_schema(const struct model *model, bool written, struct buf *out) {
    buf_put(out, STR("{\"type\":\"object\",\"properties\":{"));
    for (size_t i = 0; i < model->count; i++) {
        buf_printf(out, "%s\"%s\":", i ? "," : "", model->fields[i].name);
        field_schema(&model->fields[i], written, out);
    }
    buf_put_char(out, '}');
    put_required(model, written, out);
    buf_printf(out, ",\"title\":\"%s\"", model->name);
    if (model->doc) {
        buf_put(out, STR(",\"description\":"));
        buf_put_json(out, str_from(model->doc));
    }
    buf_put_char(out, '}');
}
