/* What the fields of a complete head mean. All of them are checked before anything is decided by one. */
#include "http/parse/message.h"

#include "http/parse/strict_http.h"

#include <stddef.h>

static struct str head_slice(const struct message *m, uint32_t at, uint32_t size) {
    return (struct str){m->head.data + at, size};
}

/* The fields that the server uses itself, or that any endpoint may read. */
struct known_field {
    struct str name;
    size_t offset; /* of its member in struct message */
    bool list;     /* may be sent in several lines; the first one is used */
};

#define KNOWN(text, member, ...)                                                                             \
    {.name = {text, sizeof(text) - 1}, .offset = offsetof(struct message, member), __VA_ARGS__}

static const struct known_field known_fields[] = {
    KNOWN("host", request.host),
    KNOWN("content-length", content_length),
    KNOWN("transfer-encoding", transfer_encoding),
    KNOWN("expect", expect),
    KNOWN("content-type", request.content_type),
    KNOWN("authorization", request.authorization),
    KNOWN("x-session-id", request.session_id),
    KNOWN("cookie", request.cookies, .list = true),
    KNOWN("forwarded", forwarded, .list = true),
    KNOWN("x-forwarded-for", forwarded_for, .list = true),
    KNOWN("x-forwarded-proto", forwarded_proto, .list = true),
    KNOWN("x-forwarded-host", forwarded_host, .list = true),
    KNOWN("origin", request.origin),
    KNOWN("sec-fetch-site", request.sec_fetch_site, .list = true),
    KNOWN("user-agent", request.user_agent, .list = true),
    KNOWN("access-control-request-method", preflight_method),
    KNOWN("access-control-request-headers", preflight_headers, .list = true),
    KNOWN("x-request-id", request_id),
    KNOWN("accept", request.accept, .list = true),
    KNOWN("accept-encoding", request.accept_encoding, .list = true),
    KNOWN("if-none-match", request.if_none_match, .list = true),
};

/* Sets a field's value. A second one makes the message ambiguous: another server could use the other. */
static void message_set_field(struct message *m, struct str *into, struct str value) {
    m->repeated |= into->data != NULL;
    *into = value;
}

/* Keeps a header that the row of some endpoint lists. */
static void message_take_listed(struct message *m, const struct header_names *listed, struct str name,
                                struct str value) {
    struct request *r = &m->request;
    for (size_t i = 0; i < listed->count; i++)
        if (str_equal_nocase(name, listed->names[i])) {
            if (request_header(r, listed->names[i]).data)
                m->repeated = true;
            else
                r->headers[r->header_count++] = (struct header){listed->names[i], value};
        }
}

static void message_take_field(struct message *m, struct str name, struct str value) {
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++) {
        struct str *into = (struct str *)(void *)((char *)m + known_fields[i].offset);
        /* The size tells most apart, without a call for each field of each request. */
        bool known = name.size == known_fields[i].name.size && str_equal_nocase(name, known_fields[i].name);
        if (known && !(known_fields[i].list && into->data))
            message_set_field(m, into, value);
    }
}

/* Checks the fields that decide where the message ends, and Expect and Host. */
static enum status message_check_framing(struct message *m) {
    struct str coding = m->transfer_encoding;
    uint64_t length = 0;
    if (m->repeated || (coding.data && (m->content_length.data || m->http10)))
        return STATUS_BAD_FRAMING;
    if (coding.data && !str_equal_nocase(coding, STR("chunked")))
        return STATUS_BAD_FRAMING;
    if (m->content_length.data && strict_length(m->content_length, &length) != STATUS_OK)
        return STATUS_BAD_FRAMING;
    if (length > body_bytes_max)
        return STATUS_BODY_TOO_LARGE;
    if (m->expect.data && !str_equal_nocase(m->expect, STR("100-continue")))
        return STATUS_EXPECTATION_FAILED;
    m->chunked = coding.data != NULL;
    m->expects_continue = m->expect.data && !m->http10 && (m->chunked || length > 0);
    if (!m->request.host.data)
        return m->http10 ? STATUS_OK : STATUS_BAD_HOST;
    return strict_host(m->request.host);
}

/* Forgets an id of the request that has other than plain characters, because it goes into headers and logs.
 * The server then makes up one of its own. */
static void request_id_check(struct str *id) {
    if (id->size == 0 || id->size > request_id_bytes_max || !str_is_alnum(*id, "-_."))
        *id = (struct str){0};
}

/* Walks over all lines of a header, the last one first, because a proxy may add a line instead of an entry. */
static void message_walk(const struct message *m, struct str name, struct forwarded_walk *walk,
                         void (*over)(struct forwarded_walk *walk, struct str value)) {
    for (size_t i = m->field_count; i-- > 0 && !walk->done;) {
        const struct field_span *f = &m->fields[i];
        if (str_equal_nocase(head_slice(m, f->name, f->name_size), name))
            over(walk, str_trim(head_slice(m, f->value, f->value_size)));
    }
}

/* Sets the client and whether it used TLS. If a trusted proxy sends both kinds of headers, X-Forwarded-… counts:
 * most proxies write those and hand on what a client sent as Forwarded.
 *
 * If the operator has named no proxies, X-Forwarded-Proto is believed anyway. It decides only about the cookie's
 * `Secure`, which a client can at most give itself. */
static void message_set_client(struct message *m, const struct trusted_proxies *trusted) {
    struct str proto = m->forwarded_proto;
    struct request *r = &m->request;
    r->is_forwarded =
        m->forwarded.data || m->forwarded_for.data || m->forwarded_proto.data || m->forwarded_host.data;
    if (!r->is_forwarded || (trusted->is_set && !trusted_proxies_has(trusted, &r->client)))
        return;
    struct forwarded_walk walk = forwarded_walk_begin(trusted, &r->client);
    if (m->forwarded_for.data)
        message_walk(m, STR("x-forwarded-for"), &walk, forwarded_walk_for);
    else if (m->forwarded.data)
        message_walk(m, STR("forwarded"), &walk, forwarded_walk_element);
    r->client = walk.client;
    proto = proto.data ? str_trim(str_cut(&proto, ',')) : walk.proto;
    r->secure = str_equal_nocase(proto, STR("https"));
}

enum status message_read_fields(struct message *m, const struct header_names *headers,
                                const struct trusted_proxies *trusted) {
    for (size_t i = 0; i < m->field_count; i++) {
        const struct field_span *f = &m->fields[i];
        struct str name = head_slice(m, f->name, f->name_size),
                   value = str_trim(head_slice(m, f->value, f->value_size));
        message_take_field(m, name, value);
        message_take_listed(m, headers, name, value);
    }
    request_id_check(&m->request_id);
    message_set_client(m, trusted);
    return message_check_framing(m);
}

/* Takes `http://authority` off an absolute target (RFC 9112 §3.2.2). It must name the same host as Host
 * does. */
static enum status target_take_authority(struct str *target, struct str host) {
    struct str scheme = STR("http://");
    if (target->size <= scheme.size || !str_equal_nocase((struct str){target->data, scheme.size}, scheme))
        return STATUS_BAD_TARGET;
    struct str rest = str_skip(*target, scheme.size);
    size_t end = 0;
    while (end < rest.size && rest.data[end] != '/' && rest.data[end] != '?')
        end++;
    if (host.data && !str_equal_nocase((struct str){rest.data, end}, host))
        return STATUS_BAD_HOST;
    *target = str_skip(rest, end);
    return STATUS_OK;
}

enum status message_set_target(struct message *m) {
    struct str target = head_slice(m, m->target.value, m->target.value_size);
    if (str_equal(target, STR("*"))) {
        m->asterisk = m->request.method == METHOD_OPTIONS;
        return m->asterisk ? STATUS_OK : STATUS_BAD_TARGET;
    }
    if (!target.data || target.size == 0)
        return STATUS_BAD_TARGET;
    TRY(target.data[0] == '/' ? STATUS_OK : target_take_authority(&target, m->request.host));
    size_t mark = str_find(target, '?');
    /* `http://host` without a path means `/` (RFC 9112 §3.2.1). */
    m->request.path = mark ? (struct str){target.data, mark} : STR("/");
    if (mark < target.size)
        m->request.query = str_skip(target, mark + 1);
    return strict_target(m->request.path, m->request.query);
}
