/* Expat reads the document in blocks and calls the handlers. At the end of a product it is stopped, and resumed by the
 * next call, so that one product is in memory at a time. */
#include "files/foreign/feed_xml.h"

#include "base/buf.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

enum { feed_block_bytes = 64 * 1024, feed_other = feed_columns - 1 };

const struct str feed_names[feed_columns] = {
    STR("id"),
    STR("title"),
    STR("description"),
    STR("price"),
    STR("sale_price"),
    STR("sale_price_effective_date"),
    STR("availability"),
    STR("quantity"),
    STR("sell_on_google_quantity"),
    STR("image_link"),
    STR("additional_image_link"),
    STR("product_type"),
    STR("google_product_category"),
    STR("item_group_id"),
    STR("color"),
    STR("size"),
    STR("material"),
    STR("pattern"),
    STR("link"),
    STR("condition"),
    STR("identifier_exists"),
    STR("brand"),
    STR("gtin"),
    STR("mpn"),
    STR("shipping_weight"),
    STR("shipping"),
    STR("other attributes"),
};

struct feed_xml {
    XML_Parser parser;
    feed_source *source;
    void *context;
    struct arena *arena;
    struct buf cells[feed_columns]; /* of the product at hand */
    struct str row[feed_columns];
    int depth, item_depth; /* of open elements; of the product's element, 0: outside of one */
    int field;             /* the cell that text belongs to; -1: to no one's */
    size_t bytes;          /* of the product's text */
    int64_t line, items;
    bool suspended, ended;
    const char *error; /* of Till's own; NULL: Expat's */
};

static void feed_fail(struct feed_xml *x, const char *error) {
    x->error = error;
    XML_StopParser(x->parser, XML_FALSE);
}

/* Returns an element's name without its prefix: `g:price` is `price`. */
static struct str feed_local_name(const char *name) {
    struct str local = str_from(name);
    size_t colon = str_find(local, ':');
    return colon < local.size ? str_skip(local, colon + 1) : local;
}

static int feed_column(struct str name) {
    int i = 0;
    if (str_equal(name, STR("summary")) || str_equal(name, STR("content"))) /* Atom's */
        name = STR("description");
    while (i < feed_other && !str_equal_nocase(name, feed_names[i]))
        i++;
    return i;
}

/* The line that Expat is at. Version 2.9 has deprecated the count of an unsigned long. */
static int64_t feed_line(const struct feed_xml *x) {
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
    return (int64_t)XML_GetCurrentLineNumber64(x->parser);
#else
    return (int64_t)XML_GetCurrentLineNumber(x->parser);
#endif
}

static void feed_begin_item(struct feed_xml *x) {
    x->item_depth = x->depth;
    x->line = feed_line(x);
    x->bytes = 0;
    x->field = -1;
    for (int i = 0; i < feed_columns; i++)
        x->cells[i] = buf_new(x->arena);
}

/* Begins a cell. Of elements that are there several times the first counts; further pictures and others are listed. */
static void feed_begin_cell(struct feed_xml *x, struct str name) {
    x->field = feed_column(name);
    struct buf *cell = &x->cells[x->field];
    if (cell->size == 0)
        return;
    if (x->field == feed_other || str_equal(feed_names[x->field], STR("additional_image_link")))
        buf_put_char(cell, ',');
    else
        x->field = -1;
}

static void XMLCALL feed_start(void *data, const XML_Char *name, const XML_Char **attributes) {
    struct feed_xml *x = data;
    struct str local = feed_local_name(name);
    (void)attributes;
    x->depth++;
    if (x->item_depth == 0 && (str_equal(local, STR("item")) || str_equal(local, STR("entry"))))
        feed_begin_item(x);
    else if (x->item_depth > 0 && x->depth == x->item_depth + 1)
        feed_begin_cell(x, local);
}

static void XMLCALL feed_end(void *data, const XML_Char *name) {
    struct feed_xml *x = data;
    (void)name;
    if (x->item_depth > 0 && x->depth == x->item_depth + 1)
        x->field = -1;
    if (x->depth-- != x->item_depth)
        return;
    x->item_depth = 0;
    x->items++;
    XML_StopParser(x->parser, XML_TRUE);
}

static void XMLCALL feed_text(void *data, const XML_Char *text, int size) {
    struct feed_xml *x = data;
    if (x->item_depth == 0 || x->field < 0)
        return;
    x->bytes += (size_t)size;
    if (x->bytes > feed_item_bytes_max)
        feed_fail(x, "a product is longer than 1 MiB");
    else
        buf_put(&x->cells[x->field], (struct str){text, (size_t)size});
}

/* Entities are declared in a document type, and a feed needs neither. */
static void XMLCALL feed_doctype(void *data, const XML_Char *name, const XML_Char *system,
                                 const XML_Char *public, int internal) {
    (void)name, (void)system, (void)public, (void)internal;
    feed_fail(data, "a document type is not allowed in a feed");
}

enum status feed_xml_open(struct feed_xml **out, feed_source *source, void *context) {
    struct feed_xml *x = *out = calloc(1, sizeof *x);
    if (!x)
        return STATUS_NO_MEMORY;
    x->source = source;
    x->context = context;
    x->parser = XML_ParserCreate(NULL);
    if (!x->parser)
        return STATUS_NO_MEMORY;
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, feed_start, feed_end);
    XML_SetCharacterDataHandler(x->parser, feed_text);
    XML_SetStartDoctypeDeclHandler(x->parser, feed_doctype);
    return STATUS_OK;
}

void feed_xml_close(struct feed_xml *x) {
    if (x && x->parser)
        XML_ParserFree(x->parser);
    free(x);
}

/* Goes on with the document up to the next product's end or the end of a block. */
static enum status feed_parse(struct feed_xml *x, enum XML_Status *out) {
    if (x->suspended) {
        *out = XML_ResumeParser(x->parser);
        return STATUS_OK;
    }
    void *block = XML_GetBuffer(x->parser, feed_block_bytes);
    int64_t size = block ? x->source(x->context, block, feed_block_bytes) : 0;
    if (!block || size < 0)
        return block ? STATUS_STORAGE : STATUS_NO_MEMORY;
    x->ended = size == 0;
    *out = XML_ParseBuffer(x->parser, (int)size, x->ended);
    return STATUS_OK;
}

/* Gives the cells of the product whose end was found. */
static enum status feed_give(struct feed_xml *x, const struct str **cells) {
    for (int i = 0; i < feed_columns; i++) {
        if (!buf_ok(&x->cells[i]))
            return STATUS_NO_MEMORY;
        x->row[i] = x->cells[i].size > 0 ? buf_str(&x->cells[i]) : STR("");
    }
    *cells = x->row;
    return STATUS_OK;
}

enum status feed_xml_next(struct feed_xml *x, struct arena *arena, const struct str **cells, int64_t *line,
                          char error[static foreign_error_size]) {
    enum XML_Status found = XML_STATUS_OK;
    x->arena = arena;
    while (found == XML_STATUS_OK) {
        if (x->ended && !x->suspended)
            break;
        TRY(feed_parse(x, &found));
        x->suspended = found == XML_STATUS_SUSPENDED;
    }
    *line = x->line;
    if (found == XML_STATUS_SUSPENDED)
        return feed_give(x, cells);
    *line = feed_line(x);
    if (found == XML_STATUS_OK && x->items > 0)
        return STATUS_NOT_FOUND;
    const char *reason = x->error                 ? x->error
                         : found == XML_STATUS_OK ? "there is no <item> and no <entry>"
                                                  : XML_ErrorString(XML_GetErrorCode(x->parser));
    snprintf(error, foreign_error_size, "not XML of a product feed: %s", reason);
    x->ended = true;
    return STATUS_USAGE;
}
