/* What the two sides of imports share. Private to this folder. */
#pragma once

#include "shop/imports/imports.h"

#define IMPORT_JOB_COLUMNS                                                                                       \
    "seq, id, name, options, state, parts, received, size_bytes, rows_done, percent, report, actor_kind, actor," \
    " created_at, changed_at"

/* Reads the current row of a statement that begins with IMPORT_JOB_COLUMNS, but for next_part. */
void import_job_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *job);
