/* Chooses the form of a kept answer that a request gets: 304 with its ETag alone, compressed, or as it is. */
#pragma once

#include "http/cache.h"
#include "http/parse/parser.h"

/* Fills the call's response for this request from an entry, into which the response points. */
void negotiate_answer(struct cache *cache, struct cached *entry, const struct message *message,
                      struct call *call);
