#include "model/json.h"

#include <string.h>

struct reader {
    struct arena *arena;
    const char *start, *at, *end;
    size_t values;
    unsigned depth;
    enum status status;
    struct json_error *error;
};

static bool read_value(struct reader *r, struct json *into);

/* Remembers the first thing that is wrong, at byte `where`. */
static bool fail(struct reader *r, const char *where, const char *reason) {
    if (r->status == STATUS_OK) {
        r->status = STATUS_INVALID;
        r->error->reason = reason;
        r->error->at = utf8_length((struct str){r->start, (size_t)(where - r->start)});
    }
    return false;
}

static bool no_memory(struct reader *r) {
    if (r->status == STATUS_OK)
        r->status = STATUS_NO_MEMORY;
    return false;
}

static void skip_blank(struct reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool next_is(const struct reader *r, char c) {
    return r->at < r->end && *r->at == c;
}

static bool digit(const struct reader *r) {
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static void skip_digits(struct reader *r) {
    while (digit(r))
        r->at++;
}

static bool read_number(struct reader *r, struct json *into) {
    const char *start = r->at;
    into->kind = JSON_NUMBER;
    if (next_is(r, '-'))
        r->at++;
    if (!digit(r))
        return fail(r, start, "Expecting value");
    if (next_is(r, '0'))
        r->at++;
    else
        skip_digits(r);
    if (next_is(r, '.')) {
        r->at++;
        if (!digit(r))
            return fail(r, r->at - 1, "Extra data");
        skip_digits(r);
    }
    if (next_is(r, 'e') || next_is(r, 'E')) {
        const char *exponent = r->at++;
        if (next_is(r, '+') || next_is(r, '-'))
            r->at++;
        if (!digit(r))
            return fail(r, exponent, "Extra data");
        skip_digits(r);
    }
    return true;
}

static bool read_hex4(struct reader *r, uint32_t *unit) {
    if (r->end - r->at < 4)
        return fail(r, r->at, "Invalid uXXXX escape");
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int nibble = hex_value(*r->at++);
        if (nibble < 0)
            return fail(r, r->at - 1, "Invalid uXXXX escape");
        *unit = *unit << 4 | (uint32_t)nibble;
    }
    return true;
}

/* After `\u`: one code point, from one unit or from a pair of surrogates. */
static bool read_code(struct reader *r, uint32_t *code) {
    const char *start = r->at;
    if (!read_hex4(r, code))
        return false;
    if (*code < 0xD800 || *code > 0xDFFF)
        return true;
    uint32_t low = 0;
    bool pair = *code < 0xDC00 && r->end - r->at >= 2 && r->at[0] == '\\' && r->at[1] == 'u';
    if (pair) {
        r->at += 2;
        if (!read_hex4(r, &low))
            return false;
    }
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(r, start, "Lone surrogate");
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* One escape, r->at on the byte after the backslash; writes its bytes at *to and moves it on. */
static bool read_escape(struct reader *r, char **to) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = *r->at++;
    if (c == 'u') {
        uint32_t code;
        if (!read_code(r, &code))
            return false;
        *to += utf8_put(code, *to);
        return true;
    }
    const char *found = c ? strchr(letters, c) : NULL;
    if (!found)
        return fail(r, r->at - 1, "Invalid escape");
    *(*to)++ = meanings[found - letters];
    return true;
}

/* Finds the closing quote of a string whose opening quote is at r->at, and leaves r->at behind it. `escapes`
 * says whether there is anything to decode between. */
static bool skip_string(struct reader *r, bool *escapes) {
    const char *open = r->at++;
    *escapes = false;
    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < 0x20)
            return fail(r, r->at, "Invalid control character at");
        if (*r->at == '\\') {
            *escapes = true;
            if (++r->at == r->end)
                break;
        }
        r->at++;
    }
    if (r->at >= r->end)
        return fail(r, open, "Unterminated string starting at");
    r->at++;
    return true;
}

static bool read_string(struct reader *r, struct str *out) {
    const char *open = r->at;
    bool escapes;
    if (!skip_string(r, &escapes))
        return false;
    const char *close = r->at - 1;
    *out = (struct str){open + 1, (size_t)(close - open - 1)};
    if (!escapes)
        return true;
    char *text = arena_alloc(r->arena, out->size); /* an escape is never shorter than what it stands for */
    if (!text)
        return no_memory(r);
    char *to = text;
    struct reader inside = *r;
    inside.at = open + 1;
    inside.end = close;
    while (inside.at < inside.end) {
        char c = *inside.at++;
        if (c != '\\')
            *to++ = c;
        else if (!read_escape(&inside, &to)) {
            r->status = inside.status;
            return false;
        }
    }
    *out = (struct str){text, (size_t)(to - text)};
    return true;
}

/* Appends a new value to a list of siblings. */
static struct json *append(struct reader *r, struct json *parent, struct json ***last) {
    if (++r->values > json_values_max) {
        fail(r, r->at, "Too many values");
        return NULL;
    }
    struct json *value = ARENA_NEW(r->arena, struct json);
    if (!value) {
        no_memory(r);
        return NULL;
    }
    **last = value;
    *last = &value->next;
    parent->count++;
    return value;
}

static bool read_array(struct reader *r, struct json *into) {
    struct json **last = &into->first;
    into->kind = JSON_ARRAY;
    r->at++;
    skip_blank(r);
    if (next_is(r, ']')) {
        r->at++;
        return true;
    }
    for (;;) {
        struct json *value = append(r, into, &last);
        if (!value || !read_value(r, value))
            return false;
        skip_blank(r);
        if (next_is(r, ']')) {
            r->at++;
            return true;
        }
        if (!next_is(r, ','))
            return fail(r, r->at, "Expecting ',' delimiter");
        r->at++;
    }
}

/* `"name" :` of a member. */
static bool read_name(struct reader *r, const struct json *object, struct json *member) {
    skip_blank(r);
    const char *start = r->at;
    if (!next_is(r, '"'))
        return fail(r, r->at, "Expecting property name enclosed in double quotes");
    struct str name;
    if (!read_string(r, &name))
        return false;
    if (json_member(object, name))
        return fail(r, start, "Duplicate name in an object");
    member->name = name;
    skip_blank(r);
    if (!next_is(r, ':'))
        return fail(r, r->at, "Expecting ':' delimiter");
    r->at++;
    return true;
}

static bool read_object(struct reader *r, struct json *into) {
    struct json **last = &into->first;
    into->kind = JSON_OBJECT;
    r->at++;
    skip_blank(r);
    if (next_is(r, '}')) {
        r->at++;
        return true;
    }
    for (;;) {
        if (into->count == json_members_max)
            return fail(r, r->at, "Too many names in an object");
        struct json *member = append(r, into, &last);
        if (!member || !read_name(r, into, member) || !read_value(r, member))
            return false;
        skip_blank(r);
        if (next_is(r, '}')) {
            r->at++;
            return true;
        }
        if (!next_is(r, ','))
            return fail(r, r->at, "Expecting ',' delimiter");
        r->at++;
    }
}

static bool read_word(struct reader *r, struct json *into, const char *word, enum json_kind kind) {
    size_t size = strlen(word);
    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size) != 0)
        return fail(r, r->at, "Expecting value");
    r->at += size;
    into->kind = kind;
    return true;
}

static bool read_kind(struct reader *r, struct json *into) {
    switch (r->at < r->end ? *r->at : '\0') {
    case '{':
        return read_object(r, into);
    case '[':
        return read_array(r, into);
    case '"':
        into->kind = JSON_STRING;
        return read_string(r, &into->text);
    case 't':
        return read_word(r, into, "true", JSON_TRUE);
    case 'f':
        return read_word(r, into, "false", JSON_FALSE);
    case 'n':
        return read_word(r, into, "null", JSON_NULL);
    default:
        return read_number(r, into);
    }
}

static bool read_value(struct reader *r, struct json *into) {
    skip_blank(r);
    const char *start = r->at;
    bool nests = next_is(r, '{') || next_is(r, '[');
    if (nests && r->depth == json_depth_max)
        return fail(r, start, "Nested too deeply");
    r->depth += nests;
    if (!read_kind(r, into))
        return false;
    r->depth -= nests;
    into->raw = (struct str){start, (size_t)(r->at - start)};
    return true;
}

enum status json_read(struct arena *arena, struct str source, struct json **out, struct json_error *error) {
    struct reader r = {
        .arena = arena, .start = source.at, .at = source.at, .end = source.at + source.size, .error = error};
    *out = ARENA_NEW(arena, struct json);
    if (!*out)
        return STATUS_NO_MEMORY;
    if (!utf8_valid(source)) {
        *error = (struct json_error){.reason = "Invalid UTF-8"};
        return STATUS_INVALID;
    }
    if (read_value(&r, *out)) {
        skip_blank(&r);
        if (r.at < r.end)
            fail(&r, r.at, "Extra data");
    }
    return r.status;
}

const struct json *json_member(const struct json *object, struct str name) {
    const struct json *found = NULL;
    for (const struct json *m = object->first; m; m = m->next)
        if (m->name.at && str_equal(m->name, name))
            found = m;
    return found;
}

bool json_is_integer(const struct json *number) {
    for (size_t i = 0; i < number->raw.size; i++)
        if (number->raw.at[i] == '.' || number->raw.at[i] == 'e' || number->raw.at[i] == 'E')
            return false;
    return true;
}
