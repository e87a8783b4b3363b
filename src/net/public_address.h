/* Which addresses belong to the public internet, so that a URL that a stranger gave cannot reach this machine or the
 * network that it stands in (server-side request forgery, OWASP API7:2023). */
#pragma once

#include <stdbool.h>

struct sockaddr;

/* False for every address that IANA's registries of special purposes (RFC 6890) do not give out to hosts of the
 * internet: private, loopback, link-local, shared (CGNAT), documentation, multicast, reserved; and for IPv6 addresses
 * that carry an IPv4 one (mapped, NAT64, 6to4, Teredo), because those lead wherever that one does. */
bool address_is_public(const struct sockaddr *address);

/* Whether the host of a URL can only be this machine. */
bool host_is_loopback(const char *host);
