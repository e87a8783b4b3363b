/* IP addresses and ranges of them. */
#pragma once

#include "base/str.h"

struct sockaddr_storage;

/* An IPv6 address, or an IPv4 address in its mapped form (::ffff:192.0.2.1), so that an address that comes over
 * either protocol is the same. */
struct ip {
    uint8_t bytes[16];
};

enum { ip_text_size = 46 };

/* Reads `192.0.2.1` or `2001:db8::1`, without a port or a zone. False, and `*out` unchanged, for any other text. */
bool ip_parse(struct str text, struct ip *out);

/* Takes the address out of a socket's. The zone of an IPv6 address is left out. */
void ip_from_sockaddr(const struct sockaddr_storage *from, struct ip *out);

/* Writes an address, an IPv4 one as four numbers, with a NUL. */
void ip_format(const struct ip *ip, char out[static ip_text_size]);

/* Writes the network that an address is in, `192.0.2.0/24` or `2001:db8:1::/48`, with a NUL: about whom it tells less
 * than the address. */
enum { ip_prefix_text_size = ip_text_size + 3 };
void ip_prefix_format(const struct ip *ip, char out[static ip_prefix_text_size]);

/* The addresses that begin with the first `bits` of `base`. */
struct ip_range {
    struct ip base;
    unsigned bits; /* 0 to 128 */
};

/* Reads `10.0.0.0/8`, `fd00::/8`, or an address alone. False, and `*out` unchanged, for any other text, and if the
 * address has bits behind the range's, because the range is then not the one that was meant. */
bool ip_range_parse(struct str text, struct ip_range *out);

bool ip_in_range(const struct ip *ip, const struct ip_range *range);
