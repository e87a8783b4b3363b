/* Files that the build puts into the binary (tools/embed.py, tools/embed_demo.py). */
#pragma once

#include "base/str.h"

struct asset {
    struct str name, body;
};

extern const struct str asset_docs_html;

/* The demo shop's pictures, by name. */
extern const struct asset asset_media[];
extern const size_t asset_media_count;
