/* The fields of a row of CSV (RFC 4180): read and written. */
#pragma once

#include "base/buf.h"

/* Takes the next field from a row, whose fields `separator` separates, and removes its quotes in place, which writes to the row's text. `row`
 * keeps what follows it, and is absent after the last field. False if there is no further field, or if the
 * field is malformed; `error` is NULL in the first case, and a constant text in the second. */
bool csv_field(struct str *row, char separator, struct str *out, const char **error);

/* Writes a field, in quotes only if its text needs them. */
void csv_put_field(struct buf *out, struct str text);

/* Writes a field so that a spreadsheet takes no text for a formula: one that begins with `=`, `+`, `-`, `@`, a tab or a line
 * break gets an apostrophe in front (owasp.org/www-community/attacks/CSV_Injection). So does one that begins with an
 * apostrophe, so that csv_unguard brings back every text. */
void csv_put_guarded(struct buf *out, struct str text);
struct str csv_unguard(struct str text);
