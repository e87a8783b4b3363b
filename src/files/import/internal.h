/* What the two sides of an import share. Private to this folder. */
#pragma once

#include "files/import/import_run.h"

enum { import_arena_bytes_max = 16 * 1024 * 1024 };

/* Reports to the listener. printf's format; the text is made one clean line. */
__attribute__((format(printf, 4, 5))) void import_remark(struct import_run *run, enum import_remark kind,
                                                         int64_t line, const char *format, ...);

/* Counts a bad row, and reports it. False if it was the last that is reported. */
bool import_remark_bad_row(struct import_run *run, int64_t line, const char *error);

/* Reports the progress; `part` of the whole counts if the file's size is known. A look every so many rows is enough. */
void import_show(struct import_run *run, double part, int64_t rows, const char *what);

/* The reader thread. */
void *import_reader_main(void *import_run);

/* Whether there is a reason not to publish. */
bool import_is_spoilt(const struct import_run *run);

/* What is wrong with a row that has neither id nor key although it must have one; or NULL. */
const char *import_row_lacks_key(const struct import_run *run, const struct product *product);

/* What is wrong with a row whose product another row, or if products are only added the shop, has already. */
const char *import_row_exists(const struct import_run *run);

/* Compares the rows of the spool with the shop, and writes nothing. Results as import_run_write(). */
MUST_CHECK enum status import_check(struct import_run *run, const struct shop_ctx *ctx);
