/* Decoding: a loop over the model's table. For each field, the input's member of that name goes to the
 * decoder of the field's kind, which writes the C member or appends an error. The loop goes on after an
 * error, so that one answer reports all of them.
 *
 * The path of an error (`loc`: body, items, 3, name) is a linked list on the C stack, from the field to the
 * root. It is only written out for an error. */
#include "model/decode_value.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void decode_field(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, void *member);
static void decode_model(struct decoding *d, const struct model *model, const struct loc *loc,
                         const struct json *value, void *out);

size_t field_item_size(const struct field *f) {
    switch (f->item) {
    case KIND_UUID:
        return sizeof(struct uuid);
    case KIND_ENUM:
        return sizeof(int);
    case KIND_TEXT:
        return sizeof(struct str);
    default:
        return f->of->size;
    }
}

static void put_list_length(struct decoding *d, const struct loc *loc, const struct json *input,
                            bool is_short, int64_t limit) {
    char ctx[96];
    snprintf(ctx, sizeof ctx, "{\"field_type\":\"List\",\"%s_length\":%lld,\"actual_length\":%zu}",
             is_short ? "min" : "max", (long long)limit, input->count);
    error_put(d->errors, is_short ? "too_short" : "too_long", loc, input, ctx,
              "List should have at %s %lld item%s after validation, not %zu", is_short ? "least" : "most",
              (long long)limit, limit == 1 ? "" : "s", input->count);
}

/* Decodes each item into its element; an error's path then ends with the item's index. */
static void decode_items(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, struct list *out) {
    const struct field each = field_item(f);
    size_t size = field_item_size(f), i = 0;
    char *items = arena_array(d->arena, in->count, size);
    if (!items) {
        d->no_memory = true;
        return;
    }
    for (const struct json *item = in->first; item; item = item->next, i++) {
        struct loc at = {.parent = loc, .index = i};
        decode_field(d, &each, &at, item, items + i * size);
    }
    *out = (struct list){items, in->count};
}

/* As in Pydantic, too many items are refused before any is decoded, too few only if all that there are
 * fit. */
static void decode_list(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, struct list *out) {
    size_t errors_before = d->errors->count;
    if (in->kind != JSON_ARRAY) {
        error_put(d->errors, "list_type", loc, in, NULL, "Input should be a valid list");
    } else if (f->has_max && (int64_t)in->count > f->max) {
        put_list_length(d, loc, in, false, f->max);
    } else {
        decode_items(d, f, loc, in, out);
        if (d->errors->count == errors_before && f->has_min && (int64_t)in->count < f->min)
            put_list_length(d, loc, in, true, f->min);
    }
}

/* Decodes all values that a query gives a parameter; empty ones are left out. The path of an error ends with the
 * value's index only if there are several, so that a parameter given once gets the error of a plain one. */
static void decode_texts(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *query, struct list *out) {
    size_t given = 0, index = 0, count = 0;
    for (const struct json *m = query->first; m; m = m->next)
        given += str_equal(m->name, loc->name);
    struct str *texts = arena_array(d->arena, given, sizeof *texts);
    if (!texts) {
        d->no_memory = true;
        return;
    }
    for (const struct json *m = query->first; m; m = m->next) {
        struct loc at = {.parent = loc, .index = index};
        if (!str_equal(m->name, loc->name))
            continue;
        texts[count] = (struct str){0};
        if (m->text.size > 0)
            decode_text(d, f, given > 1 ? &at : loc, m, &texts[count]);
        count += texts[count].data != NULL;
        index++;
    }
    *out = (struct list){texts, count};
}

/* Decodes all lists of names that a query gives a parameter; empty names are left out. It ends at the first that is
 * wrong, because a short query has room for thousands of them. */
static void decode_name_set(struct decoding *d, const struct field *f, const struct loc *loc,
                            const struct json *query, uint32_t *out) {
    for (const struct json *m = query->first; m; m = m->next) {
        struct str rest = str_equal(m->name, loc->name) ? m->text : (struct str){NULL, 0};
        while (rest.size > 0) {
            struct json name = {.kind = JSON_STRING, .text = str_cut(&rest, ',')};
            int i = name.text.size > 0 ? decode_name(d, f, loc, &name) : 0;
            if (i < 0)
                return;
            if (name.text.size > 0)
                *out |= UINT32_C(1) << i;
        }
    }
}

static void decode_maybe_model(struct decoding *d, const struct field *f, const struct loc *loc,
                               const struct json *in, void *member) {
    void *inner = arena_alloc(d->arena, f->of->size);
    if (!inner) {
        d->no_memory = true;
        return;
    }
    decode_model(d, f->of, loc, in, inner);
    memcpy(member, &inner, sizeof inner); /* the member is a pointer of another type */
}

static void decode_field(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, void *member) {
    switch (f->kind) {
    case KIND_TEXT:
        decode_text(d, f, loc, in, member);
        break;
    case KIND_INT:
        decode_integer(d, f, loc, in, member);
        break;
    case KIND_MAYBE_INT: {
        struct maybe_int *out = member;
        out->is_set = decode_integer(d, f, loc, in, &out->value);
        break;
    }
    case KIND_MAYBE_BOOL:
        decode_bool(d, loc, in, member);
        break;
    case KIND_UUID:
        decode_uuid(d, loc, in, member);
        break;
    case KIND_MAYBE_UUID: {
        struct maybe_uuid *out = member;
        out->is_set = decode_uuid(d, loc, in, &out->value);
        break;
    }
    case KIND_EMAIL:
        decode_email(d, loc, in, member);
        break;
    case KIND_MAYBE_TIME:
        decode_maybe_time(d, loc, in, member);
        break;
    case KIND_ENUM:
        decode_enum(d, f, loc, in, member);
        break;
    case KIND_MODEL:
        decode_model(d, f->of, loc, in, member);
        break;
    case KIND_MAYBE_MODEL:
        decode_maybe_model(d, f, loc, in, member);
        break;
    case KIND_LIST:
        decode_list(d, f, loc, in, member);
        break;
    case KIND_TEXTS:
    case KIND_NAME_SET:
    case KIND_TIME:
    case KIND_COUNT:
        assert(!"a kind for output only is in an input's table");
    }
}

/* Other kinds need no default: the zeroed struct says that they are absent. */
static void field_set_default(const struct field *f, void *member) {
    if (f->has_default && f->kind == KIND_INT)
        *(int64_t *)member = f->default_value;
    else if (f->has_default && f->kind == KIND_ENUM)
        *(int *)member = (int)f->default_value;
}

/* Members that are not in the table are ignored, as Pydantic does by default. A field that is missing echoes
 * the whole object as its input. */
static void decode_model(struct decoding *d, const struct model *model, const struct loc *loc,
                         const struct json *value, void *out) {
    if (value->kind != JSON_OBJECT) {
        error_put(d->errors, "model_attributes_type", loc, value, NULL,
                  "Input should be a valid dictionary or object to extract fields from");
        return;
    }
    for (size_t i = 0; i < model->count; i++) {
        const struct field *f = &model->fields[i];
        struct loc at = {.parent = loc, .name = str_from(f->name)};
        const struct json *input = json_member(value, at.name);
        void *member = (char *)out + f->offset;
        if (input && f->may_be_empty && input->kind == JSON_STRING && input->text.size == 0)
            input = NULL;
        if (input && f->may_be_null && input->kind == JSON_NULL)
            input = NULL;
        if (input && f->kind == KIND_TEXTS)
            decode_texts(d, f, &at, value, member);
        else if (input && f->kind == KIND_NAME_SET)
            decode_name_set(d, f, &at, value, member);
        else if (input)
            decode_field(d, f, &at, input, member);
        else if (f->optional)
            field_set_default(f, member);
        else
            error_put(d->errors, "missing", &at, value, NULL, "Field required");
    }
}

static const struct str source_names[] = {
    [SOURCE_BODY] = {"body", 4},
    [SOURCE_QUERY] = {"query", 5},
    [SOURCE_PATH] = {"path", 4},
};

/* Whether an input of the model may hold a secret. A model inside another has none: the outer one says so. */
static bool model_is_secret(const struct model *model) {
    for (size_t i = 0; i < model->count; i++)
        if (model->fields[i].secret)
            return true;
    return false;
}

enum status model_decode(const struct model *model, enum source source, const struct json *value, void *out,
                         struct arena *arena, struct errors *errors) {
    struct decoding d = {.arena = arena, .errors = errors};
    struct loc root = {.name = source_names[source]};
    size_t before = errors->count;
    errors->hides_input = model_is_secret(model);
    if (value)
        decode_model(&d, model, &root, value, out);
    else
        error_put(errors, "missing", &root, NULL, NULL, "Field required");
    errors->hides_input = false;
    if (d.no_memory || !buf_ok(&errors->text))
        return STATUS_NO_MEMORY;
    return errors->count > before ? STATUS_INVALID : STATUS_OK;
}

/* Appends FastAPI's error for a malformed body: `{"type": "json_invalid", "loc": ["body", 17], …}`. */
static void put_json_invalid(struct errors *errors, const struct json_error *error) {
    struct loc body = {.name = source_names[SOURCE_BODY]}, at = {.parent = &body, .index = error->position};
    char ctx[128];
    snprintf(ctx, sizeof ctx, "{\"error\":\"%s\"}", error->reason);
    struct json empty = {.kind = JSON_OBJECT, .raw = STR("{}")};
    error_put(errors, "json_invalid", &at, &empty, ctx, "JSON decode error");
}

enum status body_read(struct arena *arena, struct str body, bool is_json, struct json **out,
                      struct errors *errors) {
    struct json_error error;
    *out = NULL;
    if (body.size == 0)
        return STATUS_OK;
    if (is_json) {
        struct str bom = STR("\xEF\xBB\xBF");
        enum status s =
            json_read(arena, str_starts(body, bom) ? str_skip(body, bom.size) : body, out, &error);
        if (s == STATUS_INVALID && !utf8_valid(body))
            return STATUS_BODY_UNREADABLE;
        if (s == STATUS_INVALID)
            put_json_invalid(errors, &error);
        return s;
    }
    struct str text = utf8_repair(arena, body);
    *out = ARENA_NEW(arena, struct json);
    if (!*out || !text.data)
        return STATUS_NO_MEMORY;
    **out = (struct json){.kind = JSON_STRING, .text = text};
    return STATUS_OK;
}
