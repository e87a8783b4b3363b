/* The origins whose pages may call the shop: --cors-origin. */
#pragma once

#include "http/options.h"

/* Reads a list of origins, with commas between, into `out`, in the form in which browsers send them: lower
 * case, without the scheme's own port. If `list` is NULL and `listen` is a loopback address, the origins of
 * development servers are taken. False, with the error printed, if an entry could never match. */
bool origins_read(const char *list, const char *listen, struct server_options *out);
