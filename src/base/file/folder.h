/* Folders: making the names in them last. */
#pragma once

#include <stdbool.h>

/* Flushes the folder that the file `path` is in, so that a new name of a file survives a power cut. Returns
 * false, with errno set, if that fails. */
bool folder_sync(const char *path);
