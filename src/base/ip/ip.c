#include "base/ip/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF}; /* the start of ::ffff:0:0/96 */

bool ip_parse(struct str text, struct ip *out) {
    char copy[ip_text_size];
    struct ip ip;
    if (text.size == 0 || text.size >= sizeof copy || str_find(text, '\0') < text.size)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    memcpy(ip.bytes, mapped, sizeof mapped);
    bool read =
        inet_pton(AF_INET, copy, ip.bytes + sizeof mapped) == 1 || inet_pton(AF_INET6, copy, ip.bytes) == 1;
    if (read)
        *out = ip;
    return read;
}

void ip_from_sockaddr(const struct sockaddr_storage *from, struct ip *out) {
    if (from->ss_family == AF_INET6) {
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, sizeof out->bytes);
    } else if (from->ss_family == AF_INET) {
        memcpy(out->bytes, mapped, sizeof mapped);
        memcpy(out->bytes + sizeof mapped, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    }
}

static bool ip_is_v4(const struct ip *ip) {
    return memcmp(ip->bytes, mapped, sizeof mapped) == 0;
}

void ip_format(const struct ip *ip, char out[static ip_text_size]) {
    bool v4 = ip_is_v4(ip);
    inet_ntop(v4 ? AF_INET : AF_INET6, ip->bytes + (v4 ? sizeof mapped : 0), out, ip_text_size);
}

void ip_prefix_format(const struct ip *ip, char out[static ip_prefix_text_size]) {
    bool v4 = ip_is_v4(ip);
    size_t kept = v4 ? sizeof mapped + 3 : 6;
    struct ip network = *ip;
    memset(network.bytes + kept, 0, sizeof network.bytes - kept);
    ip_format(&network, out);
    memcpy(out + strlen(out), v4 ? "/24" : "/48", sizeof "/24");
}

/* Whether the two have the same first bits. */
static bool ip_starts_alike(const struct ip *a, const struct ip *b, unsigned bits) {
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    return rest == 0 || (a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0;
}

bool ip_range_parse(struct str text, struct ip_range *out) {
    struct str bits = text, address = str_cut(&bits, '/');
    struct ip_range range;
    if (!ip_parse(address, &range.base))
        return false;
    bool v4 = str_find(address, ':') == address.size;
    int64_t max = v4 ? 32 : 128, count = max;
    if (address.size < text.size && !str_to_int(bits, max, &count))
        return false;
    range.bits = (unsigned)count + (v4 ? 8 * (unsigned)sizeof mapped : 0);
    for (unsigned bit = range.bits; bit < 128; bit++)
        if (range.base.bytes[bit / 8] >> (7 - bit % 8) & 1)
            return false;
    *out = range;
    return true;
}

bool ip_in_range(const struct ip *ip, const struct ip_range *range) {
    return ip_starts_alike(ip, &range->base, range->bits);
}
