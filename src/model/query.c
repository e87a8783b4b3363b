/* A query string becomes the same tree as a JSON object, so that model_decode() reads both: `a=1&b=x` is read
 * as {"a": "1", "b": "x"}. All values are strings; the lax mode makes numbers of them. A name may be given
 * several times: the last one counts (json_member). Empty pairs, as in `a=1&&b=2`, are skipped. */
#include "model/model.h"

#include <string.h>

struct str utf8_repair(struct arena *arena, struct str text) {
    if (utf8_valid(text))
        return text.data ? text : STR("");
    /* At worst every byte is malformed and becomes the three bytes of U+FFFD. */
    char *out = arena_array(arena, text.size, 3);
    if (!out)
        return (struct str){0};
    size_t size = 0;
    while (text.size > 0) {
        size_t n = utf8_sequence(text);
        if (n)
            memcpy(out + size, text.data, n);
        size += n ? n : utf8_put(0xFFFD, out + size);
        n = n ? n : utf8_malformed(text);
        text = str_skip(text, n);
    }
    return (struct str){out, size};
}

/* A decoded text is never longer than the encoded one. Repairing comes last, because a character's bytes may
 * be escaped one by one. */
struct str percent_decode(struct arena *arena, struct str text, bool plus) {
    char *out = arena_alloc(arena, text.size);
    if (!out)
        return (struct str){0};
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        int high = c == '%' && text.size - i > 2 ? hex_value(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.data[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[size++] = c;
    }
    return utf8_repair(arena, (struct str){out, size});
}

/* `a` without `=` is read as `a=`, the value being empty. */
static struct json *query_member(struct arena *arena, struct str pair) {
    struct str name = str_cut(&pair, '='), value = pair;
    struct json *member = ARENA_NEW(arena, struct json);
    if (!member)
        return NULL;
    member->kind = JSON_STRING;
    member->name = percent_decode(arena, name, true);
    member->text = percent_decode(arena, value, true);
    return member->name.data && member->text.data ? member : NULL;
}

enum status query_read(struct arena *arena, struct str query, struct json **out) {
    struct json *object = ARENA_NEW(arena, struct json);
    if (!object)
        return STATUS_NO_MEMORY;
    object->kind = JSON_OBJECT;
    struct json **last = &object->first;
    while (query.size > 0) {
        struct str pair = str_cut(&query, '&');
        if (pair.size == 0)
            continue;
        if (object->count++ == query_fields_max)
            return STATUS_TOO_MANY_PARAMETERS;
        if (!(*last = query_member(arena, pair)))
            return STATUS_NO_MEMORY;
        last = &(*last)->next;
    }
    *out = object;
    return STATUS_OK;
}
