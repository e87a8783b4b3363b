#include "base/ip/forwarded.h"

#include <stdio.h>

void client_address_format(const struct client_address *client, char out[static ip_text_size]) {
    if (client->is_unix)
        snprintf(out, ip_text_size, "unix");
    else
        ip_format(&client->ip, out);
}

void client_prefix_format(const struct client_address *client, char out[static ip_prefix_text_size]) {
    if (client->is_unix)
        snprintf(out, ip_prefix_text_size, "unix");
    else
        ip_prefix_format(&client->ip, out);
}

bool trusted_proxies_parse(struct str list, struct trusted_proxies *out, struct str *wrong) {
    *out = (struct trusted_proxies){.is_set = true};
    while (list.size > 0) {
        struct str entry = *wrong = str_trim(str_cut(&list, ','));
        if (entry.size == 0)
            continue;
        if (str_equal(entry, STR("unix")))
            out->unix_sockets = true;
        else if (out->count == trusted_proxies_max || !ip_range_parse(entry, &out->ranges[out->count]))
            return false;
        else
            out->count++;
    }
    return true;
}

bool trusted_proxies_has(const struct trusted_proxies *trusted, const struct client_address *address) {
    if (address->is_unix)
        return trusted->unix_sockets;
    for (size_t i = 0; i < trusted->count; i++)
        if (ip_in_range(&address->ip, &trusted->ranges[i]))
            return true;
    return false;
}

struct forwarded_walk forwarded_walk_begin(const struct trusted_proxies *trusted,
                                           const struct client_address *peer) {
    return (struct forwarded_walk){
        .trusted = trusted, .client = *peer, .done = !trusted_proxies_has(trusted, peer)};
}

/* Reads what stands for an address: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`. False for
 * `unknown` and names that hide it (`_hidden`). */
static bool node_parse(struct str node, struct ip *out) {
    size_t colon = str_find(node, ':');
    if (node.size > 0 && node.data[0] == '[') {
        size_t end = str_find(node, ']');
        bool port = end + 1 < node.size && node.data[end + 1] == ':';
        return (end + 1 == node.size || port) && ip_parse((struct str){node.data + 1, end - 1}, out);
    }
    if (colon < node.size && str_find(str_skip(node, colon + 1), ':') == node.size - colon - 1)
        node.size = colon; /* the only colon is that of a port */
    return ip_parse(node, out);
}

/* Moves on to the node that the last one got the request from. */
static void forwarded_walk_step(struct forwarded_walk *walk, struct str node) {
    struct ip ip;
    if (!node_parse(node, &ip)) {
        walk->done = true;
        return;
    }
    walk->client = (struct client_address){.ip = ip};
    walk->done = !trusted_proxies_has(walk->trusted, &walk->client);
}

/* Cuts the text behind the last separator off the end of *rest. Separators in quotes do not count. */
static struct str cut_last(struct str *rest, char separator) {
    bool quoted = false;
    size_t at = rest->size;
    while (at > 0 && (quoted || rest->data[at - 1] != separator))
        quoted ^= rest->data[--at] == '"';
    struct str last = str_skip(*rest, at);
    rest->size = at > 0 ? at - 1 : 0;
    return str_trim(last);
}

void forwarded_walk_for(struct forwarded_walk *walk, struct str value) {
    while (value.size > 0 && !walk->done) {
        struct str node = cut_last(&value, ',');
        if (node.size > 0)
            forwarded_walk_step(walk, node);
    }
}

/* `for=192.0.2.1;proto=https;by=…`. A proxy may leave out any of these. */
static void forwarded_walk_pairs(struct forwarded_walk *walk, struct str element) {
    struct str node = {0};
    walk->proto = (struct str){0};
    while (element.size > 0) {
        struct str value = cut_last(&element, ';'), name = str_trim(str_cut(&value, '='));
        value = str_unquote(str_trim(value));
        if (str_equal_nocase(name, STR("for")))
            node = value;
        else if (str_equal_nocase(name, STR("proto")))
            walk->proto = value;
    }
    forwarded_walk_step(walk, node);
}

void forwarded_walk_element(struct forwarded_walk *walk, struct str value) {
    size_t quotes = 0;
    for (size_t i = 0; i < value.size; i++)
        quotes += value.data[i] == '"';
    /* No address and no scheme has an escape, so escapes are not read: where elements end would be a matter of taste. */
    if (quotes % 2 == 1 || str_find(value, '\\') < value.size)
        walk->done = true;
    while (value.size > 0 && !walk->done) {
        struct str element = cut_last(&value, ',');
        if (element.size > 0)
            forwarded_walk_pairs(walk, element);
    }
}
