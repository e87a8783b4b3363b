/* Files that are built into the binary (tools/embed.py). */
#pragma once

#include "base/str.h"

extern const struct str asset_docs_html;
