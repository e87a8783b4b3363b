/* The thread that imports files of products which the staff has sent in parts (shop/imports/imports.h), with the engine of
 * `till import` (files/import/import_run.h). One import at a time is worked on in all of a shop's processes. */
#pragma once

#include "base/clock.h"
#include "shop/shop_ctx.h"

struct importer;

/* Starts the thread, which sleeps until it is woken. NULL if there is no memory or thread. All that is given outlives
 * it. */
struct importer *importer_start(const char *url, const struct clock *clock,
                                const struct shop_settings *settings);

/* Lets it look for imports that are due. From any thread. */
void importer_wake(struct importer *importer);

/* Breaks off the import that runs, which goes on at the next start, waits for the thread to end, and frees. NULL is
 * allowed. */
void importer_stop(struct importer *importer);
