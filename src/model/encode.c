#include "model/model.h"

#include <assert.h>

static void encode_uuid(const struct uuid *id, struct buf *out) {
    char *to = buf_space(out, uuid_text_size + 2);
    if (!to)
        return;
    to[0] = to[uuid_text_size + 1] = '"';
    uuid_format(id, to + 1);
}

static void encode_list_field(const struct field *f, const struct list *list, struct buf *out) {
    if (f->item == KIND_MODEL) {
        model_encode_list(f->of, list, out);
        return;
    }
    assert(f->item == KIND_UUID);
    const struct uuid *ids = list->at;
    buf_put_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_put_char(out, ',');
        encode_uuid(&ids[i], out);
    }
    buf_put_char(out, ']');
}

static void encode_time(int64_t us, struct buf *out) {
    char *to = buf_space(out, time_text_size + 2);
    if (!to)
        return;
    to[0] = to[time_text_size + 1] = '"';
    time_format(us, to + 1);
}

static void encode_field(const struct field *f, const void *member, struct buf *out) {
    switch (f->kind) {
    case KIND_TEXT: {
        const struct str *text = member;
        if (text->at)
            buf_put_json(out, *text);
        else
            buf_put(out, STR("null"));
        break;
    }
    case KIND_INT:
        buf_put_int(out, *(const int64_t *)member);
        break;
    case KIND_MAYBE_INT: {
        const struct maybe_int *maybe = member;
        if (maybe->given)
            buf_put_int(out, maybe->value);
        else
            buf_put(out, STR("null"));
        break;
    }
    case KIND_MAYBE_BOOL: {
        const struct maybe_bool *maybe = member;
        buf_put_text(out, !maybe->given ? "null" : maybe->value ? "true" : "false");
        break;
    }
    case KIND_UUID:
        encode_uuid(member, out);
        break;
    case KIND_TIME:
        encode_time(*(const int64_t *)member, out);
        break;
    case KIND_ENUM:
        buf_put_json(out, str_from(f->names[*(const int *)member]));
        break;
    case KIND_MODEL:
        model_encode(f->of, member, out);
        break;
    case KIND_LIST:
        encode_list_field(f, member, out);
        break;
    case KIND_COUNT:
        assert(!"no such kind");
    }
}

void model_encode(const struct model *model, const void *in, struct buf *out) {
    char before = '{';
    for (size_t i = 0; i < model->count; i++) {
        const struct field *f = &model->fields[i];
        buf_put_char(out, before);
        before = ',';
        buf_put_char(out, '"'); /* a field's name is an identifier: nothing in it needs escaping */
        buf_put_text(out, f->name);
        buf_put(out, STR("\":"));
        encode_field(f, (const char *)in + f->offset, out);
    }
    buf_put_char(out, '}');
}

void model_encode_list(const struct model *model, const struct list *list, struct buf *out) {
    buf_put_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_put_char(out, ',');
        model_encode(model, (const char *)list->at + i * model->size, out);
    }
    buf_put_char(out, ']');
}
