/* The OpenAPI 3.1 document, made from the endpoint table alone, in FastAPI's shape. */
#pragma once

#include "api/router.h"

/* Writes the document of all rows that are documented. */
void openapi_write(const struct router *router, struct buf *out);
