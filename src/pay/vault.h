/* A page of memory for secrets, such as Stripe's key and the webhook's secret.
 *
 *     ┌──────┬───────────────────┬───────────────┬──────────────┐   one page of its own (mmap)
 *     │ used │ Bearer sk_live…\0 │ whsec_…\0      │ free         │   left out of core dumps (MADV_DONTDUMP)
 *     └──────┴───────────────────┴───────────────┴──────────────┘   kept out of swap if the limits allow (mlock)
 *                                                                   wiped before it is unmapped
 *
 * The vault protects a secret at rest. Copies that others make of it for the time of a call (libcurl's
 * request, the state of an HMAC) lie in ordinary memory. So a server with real secrets also asks the kernel
 * never to dump it (PR_SET_DUMPABLE, serve/provider.c). */
#pragma once

#include "base/str.h"

enum { vault_bytes = 4096 };

struct vault;

/* NULL without memory. */
struct vault *vault_open(void);

/* Copies the text into the vault and puts a NUL behind it that does not count. Valid until vault_close. Absent
 * if text is absent or there is no room. */
struct str vault_put(struct vault *v, struct str text);

/* Wipes and frees; NULL is fine. */
void vault_close(struct vault *v);
