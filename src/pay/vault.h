/* A page for secrets: kept out of core dumps and out of swap, and wiped when it is closed.
 *
 * What is made of a secret on its way (libcurl's request, the state of an HMAC) lies in ordinary memory for
 * the time of a call; a server that has secrets also asks not to be dumped at all. */
#pragma once

#include "base/str.h"

enum { vault_bytes = 4096 };

struct vault;

/* NULL without memory. */
struct vault *vault_open(void);

/* A copy of the text, ended by a NUL that does not count, valid until vault_close; absent where it was absent
 * or there is no room. */
struct str vault_put(struct vault *v, struct str text);

void vault_close(struct vault *v); /* NULL is fine */
