#include "cli/records.h"

#include <stdlib.h>
#include <string.h>

const char *const file_format_names[FORMAT_COUNT] = {"csv", "jsonl", "json"};

enum file_format file_format_of_name(const char *name) {
    static const struct {
        const char *end;
        enum file_format format;
    } ends[] = {
        {".csv", FORMAT_CSV}, {".jsonl", FORMAT_JSONL}, {".ndjson", FORMAT_JSONL}, {".json", FORMAT_JSON}};
    struct str text = str_from(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct str end = str_from(ends[i].end);
        if (text.size > end.size &&
            str_equal_nocase((struct str){text.at + text.size - end.size, end.size}, end))
            return ends[i].format;
    }
    return FORMAT_COUNT;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

enum file_format file_format_of_text(struct str start) {
    while (start.size > 0 && is_blank(start.at[0]))
        start.at++, start.size--;
    char first = start.size > 0 ? start.at[0] : '\0';
    return first == '[' ? FORMAT_JSON : first == '{' ? FORMAT_JSONL : FORMAT_CSV;
}

/* Reads some more behind what there is; moves it to the front, or takes a larger block, where there is no
 * room. STATUS_NOT_FOUND at the end. */
static enum status read_more(struct records *r) {
    if (r->ended)
        return STATUS_NOT_FOUND;
    if (r->start > 0) {
        memmove(r->data, r->data + r->start, r->end - r->start);
        r->scanned -= r->start, r->end -= r->start;
        r->start = 0;
    }
    if (r->end == r->room) {
        size_t room = r->room ? r->room * 2 : (size_t)records_block_bytes;
        char *data = room <= 2 * (size_t)record_bytes_max ? realloc(r->data, room) : NULL;
        if (!data)
            return STATUS_NO_MEMORY;
        r->data = data, r->room = room;
    }
    int64_t size = r->source(r->context, r->data + r->end, r->room - r->end);
    if (size < 0)
        return STATUS_STORAGE;
    r->ended = size == 0;
    r->end += (size_t)size;
    return r->ended ? STATUS_NOT_FOUND : STATUS_OK;
}

/* Moves the start of the next record to `at`. */
static void move_to(struct records *r, size_t at) {
    r->taken_bytes += (int64_t)(at - r->start);
    r->start = at;
    r->scanned = r->scanned > at ? r->scanned : at;
}

/* Looks for the first byte that is no blank. */
static enum status find_format(struct records *r) {
    enum status s = STATUS_OK;
    size_t at = r->start;
    while (s == STATUS_OK) {
        while (at < r->end && is_blank(r->data[at]))
            at++;
        if (at < r->end || r->end == r->room)
            break;
        at -= r->start; /* reading may move what there is */
        s = read_more(r);
        at += r->start;
    }
    r->format = file_format_of_text((struct str){r->data + r->start, r->end - r->start});
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

enum status records_open(struct records *r, enum file_format format, records_source *source, void *context) {
    static const struct str mark = {"\xEF\xBB\xBF", 3}; /* of UTF-8, which some programs write */
    *r = (struct records){.format = format, .source = source, .context = context, .line = 1};
    enum status s = STATUS_OK;
    while (s == STATUS_OK && r->end < mark.size)
        s = read_more(r);
    if (s != STATUS_OK && s != STATUS_NOT_FOUND)
        return s;
    if (str_starts((struct str){r->data, r->end}, mark))
        move_to(r, mark.size);
    return r->format == FORMAT_COUNT ? find_format(r) : STATUS_OK;
}

void records_close(struct records *r) {
    free(r->data);
    r->data = NULL;
}

static enum status malformed(struct records *r, const char *why) {
    r->why = why;
    r->ended = true;
    return STATUS_INVALID;
}

/* What a look at the bytes from `scanned` on came to. */
enum found {
    FOUND_NOTHING, /* all of them were looked at, and the record goes on */
    FOUND_END,     /* the record ends before `scanned`; the byte there is its delimiter */
    FOUND_LAST,    /* the same, and it was the last */
    FOUND_WRONG,   /* `why` says what */
};

static enum found scan_jsonl(struct records *r) {
    const char *end = memchr(r->data + r->scanned, '\n', r->end - r->scanned);
    r->scanned = end ? (size_t)(end - r->data) : r->end;
    return end ? FOUND_END : FOUND_NOTHING;
}

enum csv_state { CSV_FIELD_START, CSV_PLAIN, CSV_QUOTED, CSV_QUOTE };

/* A quote starts a quoted field only where the field starts, and inside of one stands for itself where it is
 * doubled. */
static enum found scan_csv(struct records *r) {
    enum csv_state state = (enum csv_state)r->state;
    enum found found = FOUND_NOTHING;
    for (; r->scanned < r->end; r->scanned++) {
        char c = r->data[r->scanned];
        if (c == '\n' && state != CSV_QUOTED) {
            found = FOUND_END;
            break;
        }
        r->line += c == '\n';
        if (state == CSV_QUOTED)
            state = c == '"' ? CSV_QUOTE : CSV_QUOTED;
        else if (c == ',')
            state = CSV_FIELD_START;
        else if (c == '"' && state != CSV_PLAIN)
            state = CSV_QUOTED;
        else
            state = CSV_PLAIN;
    }
    r->state = found == FOUND_END ? CSV_FIELD_START : (int)state;
    return found;
}

enum json_state { JSON_BEFORE, JSON_ELEMENT, JSON_TEXT, JSON_ESCAPE, JSON_AFTER };

/* One byte of an array's elements. */
static enum found scan_element(struct records *r, char c) {
    switch (r->state) {
    case JSON_TEXT:
        r->state = c == '\\' ? JSON_ESCAPE : c == '"' ? JSON_ELEMENT : JSON_TEXT;
        return FOUND_NOTHING;
    case JSON_ESCAPE:
        r->state = JSON_TEXT;
        return FOUND_NOTHING;
    default:
        break;
    }
    if (r->depth == 0 && (c == ',' || c == ']'))
        return c == ',' ? FOUND_END : FOUND_LAST;
    if (c == '"')
        r->state = JSON_TEXT;
    else if (c == '{' || c == '[')
        r->depth++;
    else if ((c == '}' || c == ']') && r->depth > 0)
        r->depth--;
    return FOUND_NOTHING;
}

/* One byte outside of the array. */
static enum found scan_outside(struct records *r, char c) {
    if (is_blank(c))
        return FOUND_NOTHING;
    if (r->state == JSON_BEFORE && c == '[') {
        r->state = JSON_ELEMENT;
        r->record_line = r->line;
        r->taken_bytes += (int64_t)(r->scanned + 1 - r->start);
        r->start = r->scanned + 1;
        return FOUND_NOTHING;
    }
    r->why = r->state == JSON_AFTER ? "there is something behind the array" : "not a JSON array of products";
    return FOUND_WRONG;
}

static enum found scan_json(struct records *r) {
    while (r->scanned < r->end) {
        char c = r->data[r->scanned];
        enum found found =
            r->state == JSON_BEFORE || r->state == JSON_AFTER ? scan_outside(r, c) : scan_element(r, c);
        if (found != FOUND_NOTHING)
            return found;
        r->line += c == '\n';
        if (r->scanned < r->end)
            r->scanned++;
    }
    return FOUND_NOTHING;
}

static enum found scan(struct records *r) {
    return r->format == FORMAT_JSON ? scan_json(r) : r->format == FORMAT_CSV ? scan_csv(r) : scan_jsonl(r);
}

/* At the end of the stream, a line may lack its end; an array may not. */
static enum found scan_end(struct records *r) {
    if (r->format != FORMAT_JSON)
        return r->start < r->end ? FOUND_LAST : FOUND_NOTHING;
    if (r->state == JSON_AFTER)
        return FOUND_NOTHING;
    r->why = r->state == JSON_BEFORE ? "not a JSON array of products"
                                     : "the array has no end: the file was cut off";
    return FOUND_WRONG;
}

/* Takes the record that ends before `scanned`, without blanks around it (of a row of CSV, without its line's
 * end), and passes its delimiter. */
static struct record take(struct records *r, enum found found) {
    struct record record = {.text = {r->data + r->start, r->scanned - r->start}, .line = r->record_line};
    if (r->format == FORMAT_CSV) {
        if (record.text.size > 0 && record.text.at[record.text.size - 1] == '\r')
            record.text.size--;
    } else {
        while (record.text.size > 0 && is_blank(record.text.at[0])) {
            record.line += record.text.at[0] == '\n';
            record.text.at++, record.text.size--;
        }
        while (record.text.size > 0 && is_blank(record.text.at[record.text.size - 1]))
            record.text.size--;
    }
    if (r->scanned < r->end) {
        r->line += r->data[r->scanned] == '\n';
        r->scanned++;
    }
    move_to(r, r->scanned);
    r->record_line = r->line;
    if (r->format == FORMAT_JSON)
        r->state = found == FOUND_LAST ? JSON_AFTER : JSON_ELEMENT;
    return record;
}

/* Looks on until a record ends. */
static enum status find(struct records *r, enum found *found) {
    for (;;) {
        *found = scan(r);
        if (*found == FOUND_NOTHING && r->end - r->start > record_bytes_max)
            return malformed(r, "a product that is longer than 1 MiB: is a quote or a bracket not closed?");
        if (*found != FOUND_NOTHING)
            return *found == FOUND_WRONG ? malformed(r, r->why) : STATUS_OK;
        enum status s = read_more(r);
        if (s == STATUS_NOT_FOUND) {
            *found = scan_end(r);
            return *found == FOUND_WRONG ? malformed(r, r->why) : *found == FOUND_NOTHING ? s : STATUS_OK;
        }
        if (s != STATUS_OK)
            return s;
    }
}

enum status records_next(struct records *r, struct record *out) {
    r->record_line = r->record_line ? r->record_line : 1;
    for (;;) {
        enum found found;
        bool first = r->state == JSON_BEFORE;
        enum status s = find(r, &found);
        if (s != STATUS_OK)
            return s;
        *out = take(r, found);
        bool empty = out->text.size == 0;
        /* Blank lines are nobody's, and `[]` has no element; a hole in an array is wrong and told as one. */
        if (!empty || (r->format == FORMAT_JSON && !(first && found == FOUND_LAST)))
            return STATUS_OK;
    }
}

/* A quoted field, `row` behind its opening quote. What is unquoted is never longer than it was. */
static bool quoted_field(struct str *row, struct str *out, const char **why) {
    char *start = (char *)row->at, *to = start;
    size_t at = 0;
    for (; at < row->size; at++) {
        if (row->at[at] == '"' && (at + 1 == row->size || row->at[at + 1] != '"'))
            break;
        at += row->at[at] == '"';
        *to++ = row->at[at];
    }
    if (at == row->size) {
        *why = "a quote is not closed";
        return false;
    }
    *out = (struct str){start, (size_t)(to - start)};
    at++;
    if (at < row->size && row->at[at] != ',') {
        *why =
            "there is something between a closing quote and the comma; a quote in a quoted field is doubled";
        return false;
    }
    *row = at < row->size ? (struct str){row->at + at + 1, row->size - at - 1} : (struct str){0};
    return true;
}

bool csv_field(struct str *row, struct str *out, const char **why) {
    *why = NULL;
    if (!row->at)
        return false;
    if (row->size > 0 && row->at[0] == '"') {
        row->at++, row->size--;
        return quoted_field(row, out, why);
    }
    size_t size = str_find(*row, ',');
    *out = (struct str){row->at, size};
    *row = size < row->size ? (struct str){row->at + size + 1, row->size - size - 1} : (struct str){0};
    return true;
}
