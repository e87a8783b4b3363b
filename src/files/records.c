/* How a stream is cut.
 *
 * One block of memory holds the record at hand and what was read behind it:
 *
 *      0         start            scanned              end                    room
 *      |  taken  |  record so far |  not yet looked at |  free for reading    |
 *
 * A scanner of the format looks at the bytes from `scanned` on, each of them once, and keeps what it knows in
 * `state`: for CSV, whether it is inside of quotes; for JSON, whether it is before, in or behind the array,
 * and how many brackets are open. It stops at the delimiter behind the record: a line's end, or the comma or
 * `]` behind an element. If it gets to `end` first, more is read, and it goes on with the same state. So it
 * does not matter how the stream's bytes are dealt out.
 *
 * Before reading, the record moves to the front of the block. If it fills the block, the block is doubled,
 * until the record is longer than record_bytes_max, which is refused: a quote that is never closed would
 * otherwise read the rest of the stream into memory. Moving costs at most one record for each read: a few
 * hundred bytes for 256 KiB.
 *
 * The scanners look only for the ends of records. A record that is not valid JSON ends at some delimiter too,
 * and is found wrong when it is read. */
#include "files/records.h"

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
            str_equal_nocase((struct str){text.data + text.size - end.size, end.size}, end))
            return ends[i].format;
    }
    return FORMAT_COUNT;
}

/* White space as JSON has it (RFC 8259 §2). */
static bool is_json_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Returns the format that the first bytes of a file look like: `[` is JSON, `{` JSON Lines, all else CSV. */
static enum file_format file_format_of_text(struct str start) {
    while (start.size > 0 && is_json_space(start.data[0]))
        start.data++, start.size--;
    char first = start.size > 0 ? start.data[0] : '\0';
    return first == '[' ? FORMAT_JSON : first == '{' ? FORMAT_JSONL : FORMAT_CSV;
}

/* Reads more of the stream behind `end`; see above for how room is made. STATUS_NOT_FOUND at its end. */
static enum status records_read(struct records *r) {
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

/* Moves the start of the next record to `start`. */
static void records_advance(struct records *r, size_t start) {
    r->taken_bytes += (int64_t)(start - r->start);
    r->start = start;
    r->scanned = r->scanned > start ? r->scanned : start;
}

/* Reads up to the first byte that is not white space, and decides by it what the format is. A block that is
 * all white space is taken for CSV, whose head will be missing. */
static enum status records_find_format(struct records *r) {
    enum status s = STATUS_OK;
    size_t i = r->start;
    while (s == STATUS_OK) {
        while (i < r->end && is_json_space(r->data[i]))
            i++;
        if (i < r->end || r->end == r->room)
            break;
        i -= r->start; /* because reading may move the bytes that are there */
        s = records_read(r);
        i += r->start;
    }
    r->format = file_format_of_text((struct str){r->data + r->start, r->end - r->start});
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* What the first line of CSV shows. */
struct csv_dialect {
    char separator, row_end;
    size_t line_bytes; /* of the first line */
    size_t end_bytes;  /* of its end; 0: not found yet */
};

/* Looks at the first line. Quotes are skipped by their number: a doubled one in a quoted field counts as two. */
static struct csv_dialect csv_dialect_of(struct str text) {
    static const char separators[] = ",;\t";
    size_t counts[sizeof separators - 1] = {0}, best = 0, i = 0;
    bool quoted = false;
    while (i < text.size && (text.data[i] == '\n' || text.data[i] == '\r'))
        i++; /* blank lines */
    for (; i < text.size && (quoted || (text.data[i] != '\n' && text.data[i] != '\r')); i++) {
        quoted ^= text.data[i] == '"';
        for (size_t k = 0; k < sizeof counts / sizeof *counts && !quoted; k++)
            counts[k] += text.data[i] == separators[k];
    }
    for (size_t k = 1; k < sizeof counts / sizeof *counts; k++)
        best = counts[k] > counts[best] ? k : best;
    /* A CR at the end of what was read may be half of CRLF. */
    bool is_crlf = i + 1 < text.size && text.data[i] == '\r' && text.data[i + 1] == '\n';
    bool is_cr = i + 1 < text.size && text.data[i] == '\r' && !is_crlf;
    bool is_lf = i < text.size && text.data[i] == '\n';
    return (struct csv_dialect){separators[best], is_cr ? '\r' : '\n', i, is_crlf ? 2 : is_cr || is_lf};
}

/* Returns the separator that a line `sep=;` names, as Excel writes it before the head; 0 if it is another line. */
static char csv_named_separator(struct str line) {
    struct str sign = STR("sep=");
    bool named = line.size > sign.size && str_equal_nocase((struct str){line.data, sign.size}, sign);
    char c = named ? line.data[sign.size] : '\0';
    return c && strchr(",;\t|", c) && line.size == sign.size + 1 ? c : '\0';
}

/* Reads the first line of CSV, and decides on the dialect by it. A line that is longer than a block is decided by what
 * there is of it. */
static enum status records_find_dialect(struct records *r) {
    struct csv_dialect dialect;
    enum status s = STATUS_OK;
    for (;;) {
        dialect = csv_dialect_of((struct str){r->data + r->start, r->end - r->start});
        if (dialect.end_bytes || s != STATUS_OK || r->end - r->start >= records_block_bytes / 2)
            break;
        s = records_read(r);
    }
    if (s != STATUS_OK && s != STATUS_NOT_FOUND)
        return s;
    r->row_end = dialect.row_end;
    r->separator = dialect.separator;
    char named =
        dialect.end_bytes ? csv_named_separator((struct str){r->data + r->start, dialect.line_bytes}) : '\0';
    if (named) {
        r->separator = named;
        records_advance(r, r->start + dialect.line_bytes + dialect.end_bytes);
        r->line = r->record_line = 2;
    }
    return STATUS_OK;
}

enum status records_open(struct records *r, enum file_format format, records_source *source, void *context) {
    static const struct str mark = {"\xEF\xBB\xBF", 3}; /* UTF-8's, which some programs write first */
    *r = (struct records){
        .format = format, .source = source, .context = context, .line = 1, .separator = ',', .row_end = '\n'};
    enum status s = STATUS_OK;
    while (s == STATUS_OK && r->end < mark.size)
        s = records_read(r);
    if (s != STATUS_OK && s != STATUS_NOT_FOUND)
        return s;
    r->has_mark = str_starts((struct str){r->data, r->end}, mark);
    if (r->has_mark)
        records_advance(r, mark.size);
    s = r->format == FORMAT_COUNT ? records_find_format(r) : STATUS_OK;
    return s == STATUS_OK && r->format == FORMAT_CSV ? records_find_dialect(r) : s;
}

void records_close(struct records *r) {
    free(r->data);
    r->data = NULL;
}

/* Reads on while all that is there is white space, at most a block, because the stream may come in small parts. */
bool records_skip_to(struct records *r, char c) {
    size_t spaces = 0;
    do
        while (r->start + spaces < r->end && is_json_space(r->data[r->start + spaces]))
            spaces++;
    while (r->start + spaces == r->end && spaces < records_block_bytes && records_read(r) == STATUS_OK);
    if (r->start + spaces == r->end || r->data[r->start + spaces] != c)
        return false;
    for (size_t k = 0; k < spaces; k++)
        r->line += r->data[r->start + k] == '\n';
    records_advance(r, r->start + spaces);
    return true;
}

int64_t records_read_bytes(void *records, char *out, size_t room) {
    struct records *r = records;
    size_t size = r->end - r->start < room ? r->end - r->start : room;
    int64_t more = 0;
    if (size == 0 && !r->ended)
        more = r->source(r->context, out, room);
    memcpy(out, r->data + r->start, size);
    r->start += size;
    r->taken_bytes += (int64_t)size + (more > 0 ? more : 0);
    return size > 0 ? (int64_t)size : more;
}

static enum status records_malformed(struct records *r, const char *error) {
    r->error = error;
    r->ended = true;
    return STATUS_INVALID;
}

/* What a scanner has found. */
enum scan_result {
    SCAN_NOTHING, /* it looked at all bytes up to `end`, and the record goes on */
    SCAN_END,     /* the record ends before `scanned`; the byte there is its delimiter */
    SCAN_LAST,    /* the same, and it is the last record */
    SCAN_WRONG,   /* `error` says what is wrong */
};

static enum scan_result scan_jsonl(struct records *r) {
    const char *end = memchr(r->data + r->scanned, '\n', r->end - r->scanned);
    r->scanned = end ? (size_t)(end - r->data) : r->end;
    return end ? SCAN_END : SCAN_NOTHING;
}

/* CSV_QUOTE is behind a quote in a quoted field: it was the closing one, or the first of a doubled one. */
enum csv_state { CSV_FIELD_START, CSV_PLAIN, CSV_QUOTED, CSV_QUOTE };

/* Finds the end of a row. A quote opens a quoted field only at the field's start; in a quoted field a doubled
 * quote stands for one, and a line's end is part of the text. */
static enum scan_result scan_csv(struct records *r) {
    enum csv_state state = (enum csv_state)r->state;
    enum scan_result found = SCAN_NOTHING;
    for (; r->scanned < r->end; r->scanned++) {
        char c = r->data[r->scanned];
        if (c == r->row_end && state != CSV_QUOTED) {
            found = SCAN_END;
            break;
        }
        r->line += c == r->row_end;
        if (state == CSV_QUOTED)
            state = c == '"' ? CSV_QUOTE : CSV_QUOTED;
        else if (c == r->separator)
            state = CSV_FIELD_START;
        else if (c == '"' && state != CSV_PLAIN)
            state = CSV_QUOTED;
        else
            state = CSV_PLAIN;
    }
    r->state = found == SCAN_END ? CSV_FIELD_START : (int)state;
    return found;
}

/* Outside of the array, in an element, in a text of it, behind a backslash in a text. */
enum json_state { JSON_BEFORE, JSON_ELEMENT, JSON_TEXT, JSON_ESCAPE, JSON_AFTER };

/* Looks at one byte of the array's elements. Both kinds of brackets count as one, since only their depth
 * matters for the end of an element. */
static enum scan_result scan_json_element(struct records *r, char c) {
    switch (r->state) {
    case JSON_TEXT:
        r->state = c == '\\' ? JSON_ESCAPE : c == '"' ? JSON_ELEMENT : JSON_TEXT;
        return SCAN_NOTHING;
    case JSON_ESCAPE:
        r->state = JSON_TEXT;
        return SCAN_NOTHING;
    default:
        break;
    }
    if (r->depth == 0 && (c == ',' || c == ']'))
        return c == ',' ? SCAN_END : SCAN_LAST;
    if (c == '"')
        r->state = JSON_TEXT;
    else if (c == '{' || c == '[')
        r->depth++;
    else if ((c == '}' || c == ']') && r->depth > 0)
        r->depth--;
    return SCAN_NOTHING;
}

/* Looks at one byte outside of the array: only white space and the array's `[` may be there. */
static enum scan_result scan_json_outside(struct records *r, char c) {
    if (is_json_space(c))
        return SCAN_NOTHING;
    if (r->state == JSON_BEFORE && c == '[') {
        r->state = JSON_ELEMENT;
        r->record_line = r->line;
        records_advance(r, r->scanned + 1);
        return SCAN_NOTHING;
    }
    r->error =
        r->state == JSON_AFTER ? "there is something behind the array" : "not a JSON array of products";
    return SCAN_WRONG;
}

static enum scan_result scan_json(struct records *r) {
    while (r->scanned < r->end) {
        size_t i = r->scanned;
        char c = r->data[i];
        bool outside = r->state == JSON_BEFORE || r->state == JSON_AFTER;
        enum scan_result found = outside ? scan_json_outside(r, c) : scan_json_element(r, c);
        if (found != SCAN_NOTHING)
            return found;
        r->line += c == '\n';
        r->scanned = i + 1;
    }
    return SCAN_NOTHING;
}

static enum scan_result scan_record(struct records *r) {
    return r->format == FORMAT_JSON ? scan_json(r) : r->format == FORMAT_CSV ? scan_csv(r) : scan_jsonl(r);
}

/* Decides what the end of the stream means. The last line's end may be missing; the array's `]` may not. */
static enum scan_result scan_stream_end(struct records *r) {
    if (r->format != FORMAT_JSON)
        return r->start < r->end ? SCAN_LAST : SCAN_NOTHING;
    if (r->state == JSON_AFTER)
        return SCAN_NOTHING;
    r->error = r->state == JSON_BEFORE ? "not a JSON array of products"
                                       : "the array has no end: the file was cut off";
    return SCAN_WRONG;
}

/* Takes the record that ends before `scanned`, and steps over its delimiter. White space around JSON is
 * removed; of a row of CSV only its line's end is, because spaces belong to its fields. */
static struct record record_take(struct records *r, enum scan_result found) {
    struct record record = {.text = {r->data + r->start, r->scanned - r->start}, .line = r->record_line};
    if (r->format == FORMAT_CSV) {
        if (r->row_end == '\n' && record.text.size > 0 && record.text.data[record.text.size - 1] == '\r')
            record.text.size--;
    } else {
        while (record.text.size > 0 && is_json_space(record.text.data[0])) {
            record.line += record.text.data[0] == '\n';
            record.text.data++, record.text.size--;
        }
        while (record.text.size > 0 && is_json_space(record.text.data[record.text.size - 1]))
            record.text.size--;
    }
    if (r->scanned < r->end) {
        r->line += r->data[r->scanned] == r->row_end;
        r->scanned++;
    }
    records_advance(r, r->scanned);
    r->record_line = r->line;
    if (r->format == FORMAT_JSON)
        r->state = found == SCAN_LAST ? JSON_AFTER : JSON_ELEMENT;
    return record;
}

/* Scans and reads until the end of a record is found. */
static enum status record_find_end(struct records *r, enum scan_result *found) {
    for (;;) {
        *found = scan_record(r);
        if (*found == SCAN_NOTHING && r->end - r->start > record_bytes_max)
            return records_malformed(
                r, "a product that is longer than 1 MiB: is a quote or a bracket not closed?");
        if (*found != SCAN_NOTHING)
            return *found == SCAN_WRONG ? records_malformed(r, r->error) : STATUS_OK;
        enum status s = records_read(r);
        if (s == STATUS_NOT_FOUND) {
            *found = scan_stream_end(r);
            return *found == SCAN_WRONG     ? records_malformed(r, r->error)
                   : *found == SCAN_NOTHING ? s
                                            : STATUS_OK;
        }
        if (s != STATUS_OK)
            return s;
    }
}

enum status records_next(struct records *r, struct record *out) {
    r->record_line = r->record_line ? r->record_line : 1;
    for (;;) {
        enum scan_result found;
        bool first = r->state == JSON_BEFORE;
        TRY(record_find_end(r, &found));
        *out = record_take(r, found);
        bool empty = out->text.size == 0;
        /* Blank lines are skipped, and `[]` has no element. An empty element between two commas is a record:
         * its reader will find it wrong, and can say on which line. */
        if (!empty || (r->format == FORMAT_JSON && !(first && found == SCAN_LAST)))
            return STATUS_OK;
    }
}
