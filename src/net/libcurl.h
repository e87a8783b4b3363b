/* Loads libcurl before its first use. */
#pragma once

/* Must have returned NULL before any function of curl.h is called; later calls cost nothing. From any thread.
 * Otherwise this machine has no libcurl, and the loader's words are returned. */
const char *libcurl_load(void);
