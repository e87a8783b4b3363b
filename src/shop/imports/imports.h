/* Files of products that the staff sends in parts, to be imported by the server itself: the staff's side. import_work.h is
 * the importer's.
 *
 *     open ──────► checking ──► checked ──────► started ──────────────────────────► done
 *      ▲   parts   (a dry run)     │               │ └─ published ─► changing ──────►┘
 *      └───────────────────────────┘               └─► failed: as open
 *
 * A part may be sent again, with the same bytes, so that an upload can go on from where it broke. Parts are kept in the
 * database until the import is done, or for a day. So whichever node or process goes on with an import finds them. */
#pragma once

#include "shop/staff/actor.h"

enum {
    import_parts_max = 1024,
    import_part_bytes_max = 1024 * 1024,
    import_name_length_max = 200,
    imports_open_max = 10,  /* whose parts are kept */
    imports_shown_max = 50, /* in a list */
    import_hash_size = 32,
};

enum import_state {
    IMPORT_OPEN,
    IMPORT_CHECKING,
    IMPORT_CHECKED,
    IMPORT_STARTED,
    IMPORT_CHANGING,
    IMPORT_DONE,
    IMPORT_FAILED,
    IMPORT_DELETED, /* and invisible, until its parts are gone */
    IMPORT_STATE_COUNT
};

/* Names by enum import_state; NULL ends them. */
extern const char *const import_state_names[IMPORT_STATE_COUNT + 1];

struct import_job {
    int64_t seq; /* its number */
    struct uuid id;
    struct str name, options; /* options: JSON, which the API writes and reads */
    int state;
    int64_t parts, received, size_bytes; /* parts of the file, those that are there, and their bytes */
    struct maybe_int next_part;          /* the first one that is missing */
    int64_t rows_done, percent;          /* of a check or an import that runs */
    struct str report;                   /* of the latest one: JSON; absent before it has ended */
    struct actor actor;                  /* who started it: kind and id */
    int64_t created_at, changed_at;
};

/* Reads an import, or the latest ones, newest first, without next_part. STATUS_IMPORT_NOT_FOUND. */
MUST_CHECK enum status import_job_get(struct shop_ctx *ctx, const struct uuid *id, struct import_job *out);
MUST_CHECK enum status import_job_list(struct shop_ctx *ctx, struct list *out);

/* Makes an import of a file that comes in so many parts. STATUS_IMPORTS_FULL. */
MUST_CHECK enum status import_job_create(struct shop_ctx *ctx, const struct actor *actor, struct str name,
                                         struct str options, int64_t parts, struct import_job *out);

/* Keeps part number `n`, from 1 on, of which `hash` is the SHA-256. Nothing happens if it is there. STATUS_IMPORT_NOT_FOUND,
 * STATUS_IMPORT_PART_UNKNOWN, STATUS_IMPORT_PART_DIFFERS, STATUS_IMPORT_BEGUN. */
MUST_CHECK enum status import_job_put_part(struct shop_ctx *ctx, const struct uuid *id, int64_t n,
                                           struct str hash, struct str bytes, struct import_job *out);

/* Asks the importer to check an import or to start it: `state` is IMPORT_CHECKING or IMPORT_STARTED. STATUS_IMPORT_NOT_FOUND,
 * STATUS_IMPORT_BEGUN, STATUS_IMPORT_PARTS_MISSING. */
MUST_CHECK enum status import_job_ask(struct shop_ctx *ctx, const struct actor *actor, const struct uuid *id,
                                      enum import_state state, struct import_job *out);

/* Gives an import up, or forgets one that is done. STATUS_IMPORT_NOT_FOUND; STATUS_IMPORT_PUBLISHED if its new products are
 * there and others are being changed. */
MUST_CHECK enum status import_job_delete(struct shop_ctx *ctx, const struct uuid *id);
