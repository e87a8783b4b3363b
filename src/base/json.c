/* A recursive-descent parser in one pass over the source.
 *
 *     {"a": [1, "x"]}   object  first --> member "a" (array)  first --> 1  next --> "x"
 *
 * Each value is a node that knows its first child and its next sibling. `raw` is the stretch of the source
 * that the value was read from; a string's `text` too, unless it has escapes, which are decoded into the
 * arena.
 *
 * The first error ends the reading. Its reason and position are those of Python's json module, because
 * FastAPI shows both for a malformed body.
 *
 * Bounds: recursion is at most json_depth_max deep. Looking for a name given twice is quadratic in an
 * object's members, at most json_members_max comparisons for each. The reader never looks past the end:
 * the source needs no NUL. */
#include "base/json.h"

#include <string.h>

struct reader {
    struct arena *arena;
    const char *start, *next, *end;
    size_t values;
    unsigned depth;
    enum status status;
    struct json_error *error;
};

static bool json_read_value(struct reader *r, struct json *into);

/* Records the first error, at `wrong` in the source. Returns false for the caller to return. */
static bool json_fail(struct reader *r, const char *wrong, const char *reason) {
    if (r->status == STATUS_OK) {
        r->status = STATUS_INVALID;
        r->error->reason = reason;
        r->error->position = utf8_length((struct str){r->start, (size_t)(wrong - r->start)});
    }
    return false;
}

static bool json_no_memory(struct reader *r) {
    if (r->status == STATUS_OK)
        r->status = STATUS_NO_MEMORY;
    return false;
}

static void skip_whitespace(struct reader *r) {
    while (r->next < r->end && (*r->next == ' ' || *r->next == '\n' || *r->next == '\r' || *r->next == '\t'))
        r->next++;
}

static bool next_is(const struct reader *r, char c) {
    return r->next < r->end && *r->next == c;
}

static bool next_is_digit(const struct reader *r) {
    return r->next < r->end && ascii_is_digit(*r->next);
}

static void skip_digits(struct reader *r) {
    while (next_is_digit(r))
        r->next++;
}

/* `01` is read as 0, and the 1 is then refused as extra data, as Python does. */
static bool json_read_number(struct reader *r, struct json *into) {
    const char *start = r->next;
    into->kind = JSON_NUMBER;
    if (next_is(r, '-'))
        r->next++;
    if (!next_is_digit(r))
        return json_fail(r, start, "Expecting value");
    if (next_is(r, '0'))
        r->next++;
    else
        skip_digits(r);
    if (next_is(r, '.')) {
        r->next++;
        if (!next_is_digit(r))
            return json_fail(r, r->next - 1, "Extra data");
        skip_digits(r);
    }
    if (next_is(r, 'e') || next_is(r, 'E')) {
        const char *exponent = r->next++;
        if (next_is(r, '+') || next_is(r, '-'))
            r->next++;
        if (!next_is_digit(r))
            return json_fail(r, exponent, "Extra data");
        skip_digits(r);
    }
    return true;
}

static bool json_read_hex4(struct reader *r, uint32_t *unit) {
    if (r->end - r->next < 4)
        return json_fail(r, r->next, "Invalid uXXXX escape");
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int nibble = hex_value(*r->next++);
        if (nibble < 0)
            return json_fail(r, r->next - 1, "Invalid uXXXX escape");
        *unit = *unit << 4 | (uint32_t)nibble;
    }
    return true;
}

/* Reads a code point behind `\u`: from four hex digits, or from two such escapes that are a pair of
 * surrogates. */
static bool json_read_code(struct reader *r, uint32_t *code) {
    const char *start = r->next;
    if (!json_read_hex4(r, code))
        return false;
    if (*code < 0xD800 || *code > 0xDFFF)
        return true;
    uint32_t low = 0;
    bool pair = *code < 0xDC00 && r->end - r->next >= 2 && r->next[0] == '\\' && r->next[1] == 'u';
    if (pair) {
        r->next += 2;
        if (!json_read_hex4(r, &low))
            return false;
    }
    if (low < 0xDC00 || low > 0xDFFF)
        return json_fail(r, start, "Lone surrogate");
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* Reads an escape from the byte behind its backslash; writes its character to *to and moves *to on. */
static bool json_read_escape(struct reader *r, char **to) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = *r->next++;
    if (c == 'u') {
        uint32_t code;
        if (!json_read_code(r, &code))
            return false;
        *to += utf8_put(code, *to);
        return true;
    }
    const char *found = c ? strchr(letters, c) : NULL;
    if (!found)
        return json_fail(r, r->next - 1, "Invalid escape");
    *(*to)++ = meanings[found - letters];
    return true;
}

/* Moves r->next from a string's opening quote to behind its closing one. `escapes` says whether there is
 * anything to decode between the two. */
static bool json_skip_string(struct reader *r, bool *escapes) {
    const char *open = r->next++;
    *escapes = false;
    while (r->next < r->end && *r->next != '"') {
        if ((unsigned char)*r->next < 0x20)
            return json_fail(r, r->next, "Invalid control character at");
        if (*r->next == '\\') {
            *escapes = true;
            if (++r->next == r->end)
                break;
        }
        r->next++;
    }
    if (r->next >= r->end)
        return json_fail(r, open, "Unterminated string starting at");
    r->next++;
    return true;
}

static bool json_read_string(struct reader *r, struct str *out) {
    const char *open = r->next;
    bool escapes;
    if (!json_skip_string(r, &escapes))
        return false;
    const char *close = r->next - 1;
    *out = (struct str){open + 1, (size_t)(close - open - 1)};
    if (!escapes)
        return true;
    char *text = arena_alloc(r->arena, out->size); /* an escape is never shorter than its character */
    if (!text)
        return json_no_memory(r);
    char *to = text;
    struct reader inside = *r;
    inside.next = open + 1;
    inside.end = close;
    while (inside.next < inside.end) {
        char c = *inside.next++;
        if (c != '\\')
            *to++ = c;
        else if (!json_read_escape(&inside, &to)) {
            r->status = inside.status;
            return false;
        }
    }
    *out = (struct str){text, (size_t)(to - text)};
    return true;
}

/* Appends a new value to its siblings; `last` points to the link behind the latest one. */
static struct json *json_append(struct reader *r, struct json *parent, struct json ***last) {
    if (++r->values > json_values_max) {
        json_fail(r, r->next, "Too many values");
        return NULL;
    }
    struct json *value = ARENA_NEW(r->arena, struct json);
    if (!value) {
        json_no_memory(r);
        return NULL;
    }
    **last = value;
    *last = &value->next;
    parent->count++;
    return value;
}

/* Reads `"name" :` of a member. The member is in the list already, but has no name yet. */
static bool json_read_name(struct reader *r, const struct json *object, struct json *member) {
    skip_whitespace(r);
    const char *start = r->next;
    if (!next_is(r, '"'))
        return json_fail(r, r->next, "Expecting property name enclosed in double quotes");
    struct str name;
    if (!json_read_string(r, &name))
        return false;
    if (json_member(object, name))
        return json_fail(r, start, "Duplicate name in an object");
    member->name = name;
    skip_whitespace(r);
    if (!next_is(r, ':'))
        return json_fail(r, r->next, "Expecting ':' delimiter");
    r->next++;
    return true;
}

/* Reads the items of an array or the members of an object, from the opening bracket to behind `close`. */
static bool json_read_items(struct reader *r, struct json *into, enum json_kind kind, char close) {
    struct json **last = &into->first;
    into->kind = kind;
    r->next++;
    skip_whitespace(r);
    while (!next_is(r, close) || into->count > 0) {
        if (kind == JSON_OBJECT && into->count == json_members_max)
            return json_fail(r, r->next, "Too many names in an object");
        struct json *item = json_append(r, into, &last);
        if (!item || (kind == JSON_OBJECT && !json_read_name(r, into, item)) || !json_read_value(r, item))
            return false;
        skip_whitespace(r);
        if (next_is(r, close))
            break;
        if (!next_is(r, ','))
            return json_fail(r, r->next, "Expecting ',' delimiter");
        r->next++;
    }
    r->next++; /* `close` */
    return true;
}

static bool json_read_word(struct reader *r, struct json *into, const char *word, enum json_kind kind) {
    size_t size = strlen(word);
    if ((size_t)(r->end - r->next) < size || memcmp(r->next, word, size) != 0)
        return json_fail(r, r->next, "Expecting value");
    r->next += size;
    into->kind = kind;
    return true;
}

static bool json_read_kind(struct reader *r, struct json *into) {
    switch (r->next < r->end ? *r->next : '\0') {
    case '{':
        return json_read_items(r, into, JSON_OBJECT, '}');
    case '[':
        return json_read_items(r, into, JSON_ARRAY, ']');
    case '"':
        into->kind = JSON_STRING;
        return json_read_string(r, &into->text);
    case 't':
        return json_read_word(r, into, "true", JSON_TRUE);
    case 'f':
        return json_read_word(r, into, "false", JSON_FALSE);
    case 'n':
        return json_read_word(r, into, "null", JSON_NULL);
    default:
        return json_read_number(r, into);
    }
}

static bool json_read_value(struct reader *r, struct json *into) {
    skip_whitespace(r);
    const char *start = r->next;
    bool nests = next_is(r, '{') || next_is(r, '[');
    if (nests && r->depth == json_depth_max)
        return json_fail(r, start, "Nested too deeply");
    r->depth += nests;
    if (!json_read_kind(r, into))
        return false;
    r->depth -= nests;
    into->raw = (struct str){start, (size_t)(r->next - start)};
    return true;
}

enum status json_read(struct arena *arena, struct str source, struct json **out, struct json_error *error) {
    struct reader r = {.arena = arena,
                       .start = source.data,
                       .next = source.data,
                       .end = source.data + source.size,
                       .error = error};
    *out = ARENA_NEW(arena, struct json);
    if (!*out)
        return STATUS_NO_MEMORY;
    if (!utf8_valid(source)) {
        *error = (struct json_error){.reason = "Invalid UTF-8"};
        return STATUS_INVALID;
    }
    if (json_read_value(&r, *out)) {
        skip_whitespace(&r);
        if (r.next < r.end)
            json_fail(&r, r.next, "Extra data");
    }
    return r.status;
}

/* ---- Reading a tree. */

const struct json *json_member(const struct json *object, struct str name) {
    const struct json *found = NULL;
    if (!object || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *m = object->first; m; m = m->next)
        if (m->name.data && str_equal(m->name, name))
            found = m;
    return found;
}

static const struct json *json_member_of_kind(const struct json *object, const char *name,
                                              enum json_kind kind) {
    const struct json *member = json_member(object, str_from(name));
    return member && member->kind == kind ? member : NULL;
}

const struct json *json_member_object(const struct json *object, const char *name) {
    return json_member_of_kind(object, name, JSON_OBJECT);
}

const struct json *json_member_array(const struct json *object, const char *name) {
    return json_member_of_kind(object, name, JSON_ARRAY);
}

struct str json_member_text(const struct json *object, const char *name) {
    const struct json *member = json_member_of_kind(object, name, JSON_STRING);
    return member ? member->text : (struct str){0};
}

bool json_member_int(const struct json *object, const char *name, int64_t min, int64_t max, int64_t *out) {
    const struct json *member = json_member_of_kind(object, name, JSON_NUMBER);
    struct str digits = member ? member->raw : (struct str){0};
    bool negative = digits.size > 0 && digits.data[0] == '-';
    int64_t value;
    if (negative)
        digits = str_skip(digits, 1);
    if (!str_to_int(digits, INT64_MAX, &value))
        return false;
    value = negative ? -value : value;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

bool json_is_integer(const struct json *number) {
    for (size_t i = 0; i < number->raw.size; i++)
        if (number->raw.data[i] == '.' || number->raw.data[i] == 'e' || number->raw.data[i] == 'E')
            return false;
    return true;
}
