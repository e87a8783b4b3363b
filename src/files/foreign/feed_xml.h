/* Google's product feed as XML: RSS 2.0 with an <item> for each product, or Atom with an <entry>. Each becomes a row of
 * cells under a constant head, as foreign_read_row takes them.
 *
 *     <item><g:id>7</g:id><title>Lamp</title><g:price>19.99 USD</g:price>…</item> */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "files/foreign/foreign.h"

enum { feed_columns = 27, feed_item_bytes_max = 1024 * 1024 };

/* The names of the columns. The last stands for all elements that the others are not. */
extern const struct str feed_names[feed_columns];

/* As records_source: reads up to `room` further bytes; 0 at the end, -1 on an error. */
typedef int64_t feed_source(void *context, char *out, size_t room);

struct feed_xml;

/* Starts on a document. STATUS_NO_MEMORY. feed_xml_close comes last in any case. */
MUST_CHECK enum status feed_xml_open(struct feed_xml **out, feed_source *source, void *context);
void feed_xml_close(struct feed_xml *x);

/* Reads the next product's cells, which live in `arena`. `line` gets the line of its element, or of what is wrong.
 * STATUS_NOT_FOUND at the end; STATUS_USAGE, with `error`, if the document is malformed, has a document type, or no
 * product at all; STATUS_STORAGE, STATUS_NO_MEMORY. After any of these there is no further product. */
MUST_CHECK enum status feed_xml_next(struct feed_xml *x, struct arena *arena, const struct str **cells,
                                     int64_t *line, char error[static foreign_error_size]);
