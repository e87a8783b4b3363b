/* Cuts a stream into records, one a product: the lines of JSON Lines (jsonlines.org), the elements of a JSON
 * array, the rows of CSV (RFC 4180). A record is found however the stream's bytes come, and the whole stream
 * is never in memory.
 *
 * A record is told with the line on which it starts. What is inside of it is not judged here: whoever reads
 * it can find it wrong and go on with the next one. */
#pragma once

#include "base/status.h"
#include "base/str.h"

enum file_format { FORMAT_CSV, FORMAT_JSONL, FORMAT_JSON, FORMAT_COUNT };

/* `csv`, `jsonl` and `json`. */
extern const char *const file_format_names[FORMAT_COUNT];

/* The format that a file's name ends with (FORMAT_COUNT: none), or that its first bytes look like. */
enum file_format file_format_of_name(const char *name);
enum file_format file_format_of_text(struct str start);

enum {
    record_bytes_max = 1024 * 1024, /* a product's texts, each letter escaped, take a tenth */
    records_block_bytes = 256 * 1024,
};

/* Gives up to `room` further bytes; 0 at the end, -1 where they cannot be read. */
typedef int64_t records_source(void *context, char *out, size_t room);

struct record {
    struct str text; /* until the next call */
    int64_t line;    /* from 1 */
};

struct records {
    enum file_format format;
    records_source *source;
    void *context;
    char *data;
    size_t room, start, scanned,
        end; /* of what was read: where the record starts, how far it was looked at */
    int64_t line, record_line;
    int64_t taken_bytes; /* of the stream, up to the record's end */
    int state;           /* private: one of a format's own, and how deep its brackets are */
    size_t depth;
    bool ended; /* the stream has no more bytes */
    const char *why;
};

/* Starts on a stream. With FORMAT_COUNT the format is told from its first bytes. STATUS_STORAGE where it
 * cannot be read, STATUS_NO_MEMORY; in any case records_close is called in the end. */
MUST_CHECK enum status records_open(struct records *r, enum file_format format, records_source *source,
                                    void *context);
void records_close(struct records *r);

/* The next record. STATUS_NOT_FOUND at the end; STATUS_INVALID, with `why` and `line` saying where, if the
 * stream goes on in no way that has records; STATUS_STORAGE where it cannot be read, STATUS_NO_MEMORY. After
 * any of these there is no further one. */
MUST_CHECK enum status records_next(struct records *r, struct record *out);

/* Takes the next field from a row of CSV (a record's text, which it may write to), of which `row` keeps the
 * rest (absent after the last field). False where there is no further field, or with `why` set where it is
 * malformed. */
bool csv_field(struct str *row, struct str *out, const char **why);
