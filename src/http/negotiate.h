/* Which form of a kept answer a request gets: none but its ETag (304), compressed, or as it is. */
#pragma once

#include "http/cache.h"
#include "http/parser.h"

/* Fills call->response from an entry for this request. The response points into the entry. */
void negotiate(struct cache *cache, struct cached *entry, const struct message *message, struct call *call);

/* Whether an Accept-Encoding takes gzip (RFC 9110 §12.5.3). */
bool accepts_gzip(struct str accept_encoding);
