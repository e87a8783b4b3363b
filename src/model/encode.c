/* Encoding: a loop over the model's table that writes each member at its offset. Every field is written, an
 * absent one as null, but for those that were not asked for. This is a hot path (a page may have 500 products), so values are written into the
 * buffer without a copy in between, and numbers without printf. */
#include "model/model.h"

#include <assert.h>
#include <string.h>

/* Writes into the buffer itself: the quotes first, the digits between them. */
static void encode_uuid(const struct uuid *id, struct buf *out) {
    char *to = buf_space(out, uuid_text_size + 2);
    if (!to)
        return;
    to[0] = to[uuid_text_size + 1] = '"';
    uuid_format(id, to + 1);
}

static void encode_time(int64_t us, struct buf *out) {
    char *to = buf_space(out, time_text_size + 2);
    if (!to)
        return;
    to[0] = to[time_text_size + 1] = '"';
    time_format(us, to + 1);
}

static void encode_text(struct str text, struct buf *out) {
    if (text.data)
        buf_put_json(out, text);
    else
        buf_put(out, STR("null"));
}

static void encode_maybe_int(const struct maybe_int *maybe, struct buf *out) {
    if (maybe->is_set)
        buf_put_int(out, maybe->value);
    else
        buf_put(out, STR("null"));
}

static void encode_maybe_bool(const struct maybe_bool *maybe, struct buf *out) {
    buf_put_text(out, !maybe->is_set ? "null" : maybe->value ? "true" : "false");
}

static void encode_field(const struct field *f, const void *member, uint32_t asked, struct buf *out);

/* Not inlined, because its frame would make encode_field dearer for every field. */
__attribute__((noinline)) static void encode_items(const struct field *f, const struct list *list,
                                                   uint32_t asked, struct buf *out) {
    const struct field each = field_item(f);
    size_t size = field_item_size(f);
    if (f->item == KIND_MODEL) {
        model_encode_list(f->of, list, asked, out);
        return;
    }
    buf_put_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_put_char(out, ',');
        encode_field(&each, (const char *)list->data + i * size, asked, out);
    }
    buf_put_char(out, ']');
}

static void encode_maybe_uuid(const struct maybe_uuid *maybe, struct buf *out) {
    if (maybe->is_set)
        encode_uuid(&maybe->value, out);
    else
        buf_put(out, STR("null"));
}

static void encode_maybe_model(const struct field *f, const void *member, uint32_t asked, struct buf *out) {
    const void *inner;
    memcpy(&inner, member, sizeof inner); /* the member is a pointer of another type */
    if (inner)
        model_encode(f->of, inner, asked, out);
    else
        buf_put(out, STR("null"));
}

static void encode_field(const struct field *f, const void *member, uint32_t asked, struct buf *out) {
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_EMAIL:
        encode_text(*(const struct str *)member, out);
        break;
    case KIND_INT:
        buf_put_int(out, *(const int64_t *)member);
        break;
    case KIND_MAYBE_INT:
        encode_maybe_int(member, out);
        break;
    case KIND_MAYBE_BOOL:
        encode_maybe_bool(member, out);
        break;
    case KIND_UUID:
        encode_uuid(member, out);
        break;
    case KIND_MAYBE_UUID:
        encode_maybe_uuid(member, out);
        break;
    case KIND_TIME:
        encode_time(*(const int64_t *)member, out);
        break;
    case KIND_MAYBE_TIME: {
        const struct maybe_int *time = member;
        if (time->is_set)
            encode_time(time->value, out);
        else
            buf_put(out, STR("null"));
        break;
    }
    case KIND_ENUM:
        buf_put_json(out, str_from(f->names[*(const int *)member]));
        break;
    case KIND_MODEL:
        model_encode(f->of, member, asked, out);
        break;
    case KIND_MAYBE_MODEL:
        encode_maybe_model(f, member, asked, out);
        break;
    case KIND_LIST:
        encode_items(f, member, asked, out);
        break;
    case KIND_TEXTS:
    case KIND_NAME_SET:
    case KIND_COUNT:
        assert(!"no kind of an answer");
    }
}

void model_encode(const struct model *model, const void *in, uint32_t asked, struct buf *out) {
    char separator = '{';
    for (size_t i = 0; i < model->count; i++) {
        const struct field *f = &model->fields[i];
        if (f->asked && !(f->asked & asked))
            continue;
        buf_put_char(out, separator);
        separator = ',';
        buf_put_char(out, '"'); /* the name is a C identifier: it needs no escapes */
        buf_put_text(out, f->name);
        buf_put(out, STR("\":"));
        encode_field(f, (const char *)in + f->offset, asked, out);
    }
    buf_put_char(out, '}');
}

void model_encode_list(const struct model *model, const struct list *list, uint32_t asked, struct buf *out) {
    buf_put_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_put_char(out, ',');
        model_encode(model, (const char *)list->data + i * model->size, asked, out);
    }
    buf_put_char(out, ']');
}
