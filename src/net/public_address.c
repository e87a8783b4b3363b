#include "net/public_address.h"

#include "base/ip/ip.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Of IPv4 whatever is not listed is public, of IPv6 nothing is but what 2000::/3 has beside these. */
static const char *const special[] = {
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/3",  "2001::/23",      "2001:db8::/32",  "2002::/16",      "3fff::/20",
};

static bool ip_is_in(const struct ip *ip, const char *range_text) {
    struct ip_range range;
    return ip_range_parse(str_from(range_text), &range) && ip_in_range(ip, &range);
}

bool address_is_public(const struct sockaddr *address) {
    struct sockaddr_storage storage = {.ss_family = address->sa_family};
    struct ip ip;
    if (address->sa_family == AF_INET)
        memcpy(&storage, address, sizeof(struct sockaddr_in));
    else if (address->sa_family == AF_INET6)
        memcpy(&storage, address, sizeof(struct sockaddr_in6));
    else
        return false;
    ip_from_sockaddr(&storage, &ip);
    if (address->sa_family == AF_INET6 && !ip_is_in(&ip, "2000::/3"))
        return false;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (ip_is_in(&ip, special[i]))
            return false;
    return true;
}

bool host_is_loopback(const char *host) {
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}
