/* A browser sends `Origin: scheme://host[:port]` in one spelling (RFC 6454 §6.1), and the server compares
 * bytes. So an entry is brought to that spelling here, or refused: one that could never match would look like
 * a fault of the shop. */
#include "serve/origins.h"

#include "console/errors.h"
#include "http/listen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Next.js and Vite, on both names of this machine: a page opened as 127.0.0.1 has another origin than one
 * opened as localhost. */
static const char development_origins[] =
    "http://localhost:3000,http://127.0.0.1:3000,http://localhost:5173,http://127.0.0.1:5173";

/* A name, or an IPv6 address in brackets. Browsers send other scripts' names in their ASCII form (xn--…). */
static bool origin_host_valid(struct str host) {
    if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
        return str_is_alnum((struct str){host.data + 1, host.size - 2}, ":.");
    return host.size > 0 && str_is_alnum(host, "-._");
}

/* Splits `host:port` in two; `port` is -1 without a port. Returns false if what stands there is not a port. */
static bool origin_split(struct str text, struct str *host, int64_t *port) {
    size_t size = text.size;
    while (size > 0 && ascii_is_digit(text.data[size - 1]))
        size--;
    *port = -1;
    *host = text;
    if (size == 0 || text.data[size - 1] != ':')
        return true;
    *host = (struct str){text.data, size - 1};
    return str_to_int(str_skip(text, size), UINT16_MAX, port) && *port > 0;
}

/* Writes an origin as browsers send it. Returns its size, or 0 if it is not an origin. */
static size_t origin_normalise(struct str given, char out[static origin_bytes_max]) {
    static const struct {
        const char *scheme;
        int64_t port;
    } schemes[] = {{"http://", 80}, {"https://", 443}};
    struct str host;
    int64_t port;
    if (given.size >= origin_bytes_max - sizeof ":65535")
        return 0;
    for (size_t i = 0; i < given.size; i++)
        out[i] = (char)tolower((unsigned char)given.data[i]);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        struct str text = {out, given.size}, scheme = str_from(schemes[i].scheme);
        if (!str_starts(text, scheme))
            continue;
        if (!origin_split(str_skip(text, scheme.size), &host, &port) || !origin_host_valid(host))
            return 0;
        size_t size = scheme.size + host.size;
        if (port >= 0 && port != schemes[i].port)
            size += (size_t)snprintf(out + size, origin_bytes_max - size, ":%d", (int)port);
        return size;
    }
    return 0;
}

bool origins_read(const char *list, const char *listen, struct server_options *out) {
    struct str rest = str_from(list ? list : listen_is_loopback(listen) ? development_origins : "");
    while (rest.size > 0) {
        struct str given = str_trim(str_cut(&rest, ','));
        if (given.size == 0)
            continue;
        char *text = out->origin_texts[out->origin_count];
        size_t size = out->origin_count < origins_max ? origin_normalise(given, text) : 0;
        if (size == 0) {
            print_error(
                "--cors-origin takes up to %d origins such as https://shop.example or http://localhost:3000, "
                "without a path and without *, not '%.*s'",
                origins_max, (int)given.size, given.data);
            return false;
        }
        out->origins[out->origin_count++] = (struct str){text, size};
    }
    return true;
}
