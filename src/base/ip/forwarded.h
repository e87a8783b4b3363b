/* Whose address a request has. Proxies add the address that they got it from to X-Forwarded-For, or to Forwarded
 * (RFC 7239), at the end. Only what a trusted proxy added is believed:
 *
 *     X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.9          peer 10.0.0.2; 10.0.0.0/8 is trusted
 *                      └ made up └ the client └ a proxy
 *
 * The walk goes from the peer over the right end to the left, and ends at the first address that is not trusted. What
 * is before that, the client may have made up.
 *
 *     struct forwarded_walk walk = forwarded_walk_begin(trusted, &peer);
 *     for (each line of the header, the last one first)
 *         forwarded_walk_for(&walk, value);               or forwarded_walk_element for Forwarded
 *     walk.client
 */
#pragma once

#include "base/ip/ip.h"

/* Who sent a request. */
struct client_address {
    bool is_unix; /* the peer of a Unix socket, which has no address; then `ip` is unused */
    struct ip ip;
};

/* Writes the address, or `unix`, with a NUL. */
void client_address_format(const struct client_address *client, char out[static ip_text_size]);

/* Writes the address's network (ip_prefix_format), or `unix`, with a NUL. */
void client_prefix_format(const struct client_address *client, char out[static ip_prefix_text_size]);

enum { trusted_proxies_max = 256 }; /* large CDNs list some hundred ranges */

/* The proxies whose word counts. */
struct trusted_proxies {
    bool is_set; /* by the operator, be it to an empty list */
    bool unix_sockets;
    struct ip_range ranges[trusted_proxies_max];
    size_t count;
};

/* Reads addresses, ranges and `unix`, with commas between. False, with the wrong entry in `wrong`, if one is
 * something else or there are too many. */
bool trusted_proxies_parse(struct str list, struct trusted_proxies *out, struct str *wrong);

bool trusted_proxies_has(const struct trusted_proxies *trusted, const struct client_address *address);

struct forwarded_walk {
    const struct trusted_proxies *trusted;
    struct client_address client; /* as far as the walk has come */
    struct str proto;             /* that the client used, from Forwarded; absent if no one says so */
    bool done;                    /* what is further left is not believed */
};

/* Starts at the peer. The list outlives the walk. */
struct forwarded_walk forwarded_walk_begin(const struct trusted_proxies *trusted,
                                           const struct client_address *peer);

/* Walks over one line of X-Forwarded-For, from its end. */
void forwarded_walk_for(struct forwarded_walk *walk, struct str value);

/* Walks over one line of Forwarded. */
void forwarded_walk_element(struct forwarded_walk *walk, struct str value);
