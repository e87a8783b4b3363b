/* What api.c shares with the files of src/api only. */
#pragma once

#include "api/api.h"

/* The metrics' text, with the routes' labels. */
void api_write_metrics(const struct api *api, struct buf *out);

struct provider *api_provider(const struct api *api);

/* Whether the server is about to stop, and a load balancer should send nothing more. */
bool api_leaving(const struct api *api);
