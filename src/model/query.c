#include "model/model.h"

#include <string.h>

struct str utf8_repair(struct arena *arena, struct str text) {
    if (utf8_valid(text))
        return text.at ? text : STR("");
    /* A malformed byte becomes three. */
    char *out = arena_array(arena, text.size, 3);
    if (!out)
        return (struct str){0};
    size_t size = 0;
    while (text.size > 0) {
        size_t n = utf8_sequence(text);
        if (n)
            memcpy(out + size, text.at, n);
        size += n ? n : utf8_put(0xFFFD, out + size);
        n = n ? n : utf8_malformed(text);
        text.at += n, text.size -= n;
    }
    return (struct str){out, size};
}

struct str percent_decode(struct arena *arena, struct str text, bool plus) {
    char *out = arena_alloc(arena, text.size);
    if (!out)
        return (struct str){0};
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        int high = c == '%' && text.size - i > 2 ? hex_value(text.at[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.at[i + 2]) : -1;
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

static struct json *query_member(struct arena *arena, struct str pair) {
    size_t equals = str_find(pair, '=');
    struct str value = {pair.at + equals, 0};
    if (equals < pair.size)
        value = (struct str){pair.at + equals + 1, pair.size - equals - 1};
    struct json *member = ARENA_NEW(arena, struct json);
    if (!member)
        return NULL;
    member->kind = JSON_STRING;
    member->name = percent_decode(arena, (struct str){pair.at, equals}, true);
    member->text = percent_decode(arena, value, true);
    return member->name.at && member->text.at ? member : NULL;
}

enum status query_read(struct arena *arena, struct str query, struct json **out) {
    struct json *object = ARENA_NEW(arena, struct json);
    if (!object)
        return STATUS_NO_MEMORY;
    object->kind = JSON_OBJECT;
    struct json **last = &object->first;
    while (query.size > 0) {
        size_t end = str_find(query, '&');
        struct str pair = {query.at, end};
        size_t skip = end < query.size ? end + 1 : end;
        query.at += skip, query.size -= skip;
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
