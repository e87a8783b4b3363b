/* Cuts a stream into records, one for each product: the lines of JSON Lines (jsonlines.org), the elements of
 * a JSON array, the rows of CSV (RFC 4180). The records are the same however the stream's bytes arrive, and
 * only the record at hand is in memory.
 *
 * A record has the number of the line that it starts on. Its contents are not judged here, so a caller that
 * finds a record wrong can go on with the next one.
 *
 * CSV comes in the dialects of spreadsheets. Its first line decides: fields are separated by whatever of comma,
 * semicolon and tab is in it most often, or by what a line `sep=;` before it names; rows end with LF or CRLF, or with
 * CR alone. */
#pragma once

#include "base/status.h"
#include "base/str.h"

enum file_format { FORMAT_CSV, FORMAT_JSONL, FORMAT_JSON, FORMAT_COUNT };

/* `csv`, `jsonl` and `json`. */
extern const char *const file_format_names[FORMAT_COUNT];

/* Returns the format that a file's name ends with; FORMAT_COUNT if it is not one of the three. */
enum file_format file_format_of_name(const char *name);

enum {
    record_bytes_max = 1024 * 1024, /* a product with every letter escaped takes a tenth of it */
    records_block_bytes = 256 * 1024,
};

/* Reads up to `room` further bytes of the stream into `out` and returns how many; 0 at its end, -1 on an
 * error. */
typedef int64_t records_source(void *context, char *out, size_t room);

struct record {
    struct str text; /* valid until the next call */
    int64_t line;    /* the first line is 1 */
};

/* The state of a stream. A caller reads `format`, `line`, `taken_bytes` and `error`; the rest is private. */
struct records {
    enum file_format format;
    int64_t line;        /* at hand: of the record, or of what is wrong */
    bool has_mark;       /* the stream begins with the mark of UTF-8 */
    int64_t taken_bytes; /* of the stream, up to the end of the latest record */
    const char *error;   /* what is wrong, after STATUS_INVALID; a constant text */

    records_source *source;
    void *context;
    char *data; /* a block of `room` bytes; see records.c */
    size_t room, start, scanned, end;
    int64_t record_line;
    char separator, row_end; /* of CSV's fields and rows */
    int state;               /* of the format's scanner */
    size_t depth;            /* of brackets, in an element of JSON */
    bool ended;              /* the source has no more bytes */
};

/* Starts on a stream. With FORMAT_COUNT its first bytes decide the format. STATUS_STORAGE if the stream
 * cannot be read, or STATUS_NO_MEMORY. records_close comes last in any case. */
MUST_CHECK enum status records_open(struct records *r, enum file_format format, records_source *source,
                                    void *context);
void records_close(struct records *r);

/* Skips white space at the start of the stream, before the first record; returns whether `c` is the byte behind it. */
bool records_skip_to(struct records *r, char c);

/* As a records_source on `struct records`: reads the stream's bytes as they are, from the start of the next record on. For
 * a stream that is not cut into records. */
int64_t records_read_bytes(void *records, char *out, size_t room);

/* Finds the next record. STATUS_NOT_FOUND at the end of the stream; STATUS_INVALID, with `error` and `line`,
 * if what follows cannot be cut into records; STATUS_STORAGE if the stream cannot be read, or
 * STATUS_NO_MEMORY. After any of these there is no further record. */
MUST_CHECK enum status records_next(struct records *r, struct record *out);
