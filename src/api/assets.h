/* Files that the build puts into the binary (tools/embed.py, tools/embed_demo.py). */
#pragma once

#include "api/etag.h"
#include "base/str.h"

struct asset {
    struct str name, body;
};

extern const struct str asset_docs_html, asset_front_page_html;

/* A file of the owner's desk, and the same as gzip; `etag` is of `body`. */
struct desk_file {
    struct str name, type, body, gzip;
    char etag[etag_size + 1];
};

/* The desk's page, and then its files. If it was not built, the page alone, which says how to. */
extern const struct desk_file asset_desk[];
extern const size_t asset_desk_count;

/* The page's Content-Security-Policy. */
extern const struct str asset_desk_policy;

/* The demo shop's pictures, by name. */
extern const struct asset asset_media[];
extern const size_t asset_media_count;
