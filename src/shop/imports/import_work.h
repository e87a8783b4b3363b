/* Imports that the staff has asked for, as the importer (serve/import/importer.h) works on them. Whoever does so has the claim
 * DB_IMPORTING, so that no two nodes work on one. */
#pragma once

#include "shop/imports/imports.h"

/* Finds out whether there is anything to do. */
MUST_CHECK enum status import_work_is_due(struct shop_ctx *ctx, bool *out);

/* Reads the import that has waited longest to be checked or to be gone on with. STATUS_NOT_FOUND. */
MUST_CHECK enum status import_work_next(struct shop_ctx *ctx, struct import_job *out);

/* Reads a part into `out`, whose bytes are in the arena. STATUS_NOT_FOUND if it is not there any more. */
MUST_CHECK enum status import_work_part(struct shop_ctx *ctx, int64_t seq, int64_t n, struct str *out);

/* Notes how far an import has come. STATUS_STOPPING if it was given up. */
MUST_CHECK enum status import_work_progress(struct shop_ctx *ctx, const struct import_job *job, int64_t rows,
                                            int64_t percent);

/* Brings an import from the state that it was in to `state`, with a report. STATUS_STOPPING if it was given up. */
MUST_CHECK enum status import_work_move(struct shop_ctx *ctx, const struct import_job *job,
                                        enum import_state state, struct str report);

/* Writes into the audit log what an import brings, in the transaction that publishes it, in the name of who started it. */
MUST_CHECK enum status import_work_note(struct shop_ctx *ctx, const struct import_job *job, int64_t added,
                                        int64_t changing);

/* Removes up to `limit` parts of an import that is done, was given up, or was left alone for a day; and what is left of an
 * import that nobody needs any more. `removed` gets whether there was anything. */
MUST_CHECK enum status import_work_sweep(struct shop_ctx *ctx, int64_t limit, bool *removed);
