/* The life of a server, from its options to the signal that stops it. */
#pragma once

#include "serve/options.h"

/* Serves the shop until SIGTERM or SIGINT. STATUS_OK then; on an error, which has been printed, nothing is
 * left running. */
MUST_CHECK enum status shop_serve(struct serve_options *options);
