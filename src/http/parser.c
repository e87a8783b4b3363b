#include "http/parser.h"

#include <assert.h>
#include <string.h>

static struct parser *of(llhttp_t *llhttp) {
    return (struct parser *)llhttp; /* its first member */
}
_Static_assert(offsetof(struct parser, llhttp) == 0, "of() relies on it");

/* Stops llhttp with our own reason. */
static int refuse(struct parser *p, enum status status) {
    p->status = status;
    return HPE_USER;
}

/* The offset in the head of a byte of the chunk being fed, which will be appended to it. */
static uint32_t head_offset(const struct parser *p, const char *at) {
    return (uint32_t)(p->message->head.size + (size_t)(at - p->chunk));
}

static int on_url(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = of(llhttp);
    struct field_span *target = &p->message->target;
    if (target->value_size == 0)
        target->value = head_offset(p, at);
    target->value_size += (uint32_t)size;
    return target->value_size > target_bytes_max ? refuse(p, STATUS_URL_TOO_LONG) : 0;
}

static int on_field(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = of(llhttp);
    if (p->in_body) {
        for (size_t i = 0; i < size && p->trailer_size < sizeof p->trailer; i++)
            p->trailer[p->trailer_size++] = at[i];
        return 0;
    }
    struct message *m = p->message;
    if (m->field_count == fields_max)
        return refuse(p, STATUS_HEAD_TOO_LARGE);
    struct field_span *f = &m->fields[m->field_count];
    if (f->name_size == 0)
        f->name = head_offset(p, at);
    f->name_size += (uint32_t)size;
    return 0;
}

/* Trailers are read and dropped, but for those that somebody may take for part of the head (RFC 9110 §6.5.1).
 */
static int on_field_complete(llhttp_t *llhttp) {
    static const char *const refused[] = {"content-length", "transfer-encoding", "host",    "authorization",
                                          "content-type",   "content-encoding",  "trailer", "cookie"};
    struct parser *p = of(llhttp);
    struct str name = {p->trailer, p->trailer_size};
    p->trailer_size = 0;
    for (size_t i = 0; p->in_body && i < sizeof refused / sizeof *refused; i++)
        if (str_equal_nocase(name, str_from(refused[i])))
            return refuse(p, STATUS_BAD_FRAMING);
    return 0;
}

static int on_value(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = of(llhttp);
    if (p->in_body)
        return 0;
    struct field_span *f = &p->message->fields[p->message->field_count];
    if (f->value_size == 0)
        f->value = head_offset(p, at);
    f->value_size += (uint32_t)size;
    return 0;
}

static int on_value_complete(llhttp_t *llhttp) {
    struct parser *p = of(llhttp);
    if (!p->in_body)
        p->message->field_count++;
    return 0;
}

static int on_headers_complete(llhttp_t *llhttp) {
    llhttp->upgrade = 0; /* Till speaks HTTP/1 alone and ignores Upgrade (RFC 9110 §7.8) */
    return HPE_PAUSED;
}

static int on_chunk_header(llhttp_t *llhttp) {
    struct parser *p = of(llhttp);
    uint64_t room = body_bytes_max - p->message->body.size;
    return llhttp->content_length > room ? refuse(p, STATUS_BODY_TOO_LARGE) : 0;
}

/* Hands the bytes between chunks to their guard, up to `end`. */
static enum status guard_framing(struct parser *p, const char *end) {
    struct str bytes = {p->framing, (size_t)(end - p->framing)};
    return chunk_guard_feed(&p->chunks, bytes, p->message->body.size);
}

static int on_body(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = of(llhttp);
    if (p->message->body.size + size > body_bytes_max)
        return refuse(p, STATUS_BODY_TOO_LARGE);
    if (p->chunked) {
        enum status s = guard_framing(p, at);
        if (s != STATUS_OK)
            return refuse(p, s);
        p->framing = at + size;
    }
    buf_put(&p->message->body, (struct str){at, size});
    return buf_ok(&p->message->body) ? 0 : refuse(p, STATUS_NO_MEMORY);
}

static int on_message_complete(llhttp_t *llhttp) {
    of(llhttp)->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_field_complete = on_field_complete,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_headers_complete,
    .on_chunk_header = on_chunk_header,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

void parser_init(struct parser *p) {
    memset(p, 0, sizeof *p);
    llhttp_init(&p->llhttp, HTTP_REQUEST, &settings);
}

void parser_begin(struct parser *p, struct message *message, struct arena *arena) {
    p->message = message;
    p->in_body = p->chunked = p->complete = false;
    p->chunks = (struct chunk_guard){0};
    p->status = STATUS_OK;
    message->head = buf_new(arena);
    message->body = buf_new(arena);
}

static struct str slice(const struct message *m, uint32_t at, uint32_t size) {
    return (struct str){m->head.at + at, size};
}

/* The fields that anything above needs. */
struct known_field {
    struct str name;
    size_t offset; /* in struct message */
    bool list;     /* may be sent in several lines, of which the first is enough for us */
};

#define KNOWN(text, member, ...)                                                                             \
    { .name = {text, sizeof(text) - 1}, .offset = offsetof(struct message, member), __VA_ARGS__ }

static const struct known_field known_fields[] = {
    KNOWN("content-type", request.content_type),
    KNOWN("authorization", request.authorization),
    KNOWN("x-session-id", request.session_id),
    KNOWN("cookie", request.cookies, .list = true),
    KNOWN("idempotency-key", request.idempotency_key),
    KNOWN("stripe-signature", request.stripe_signature),
    KNOWN("x-forwarded-proto", forwarded_proto, .list = true),
    KNOWN("origin", origin),
    KNOWN("access-control-request-method", preflight_method),
    KNOWN("x-request-id", request_id),
    KNOWN("accept-encoding", accept_encoding, .list = true),
    KNOWN("if-none-match", if_none_match, .list = true),
};

/* What the framing of the message hangs on. */
struct framing {
    struct str host, length, coding, expect;
    bool repeated;
};

/* Takes a field's value; one that comes twice makes the message ambiguous. */
static void take_once(struct framing *framing, struct str *into, struct str value) {
    framing->repeated |= into->at != NULL;
    *into = value;
}

static void take_field(struct message *m, struct framing *framing, struct str name, struct str value) {
    if (str_equal_nocase(name, STR("host")))
        take_once(framing, &framing->host, value);
    else if (str_equal_nocase(name, STR("content-length")))
        take_once(framing, &framing->length, value);
    else if (str_equal_nocase(name, STR("transfer-encoding")))
        take_once(framing, &framing->coding, value);
    else if (str_equal_nocase(name, STR("expect")))
        take_once(framing, &framing->expect, value);
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++) {
        struct str *into = (struct str *)(void *)((char *)m + known_fields[i].offset);
        if (str_equal_nocase(name, known_fields[i].name) && !(known_fields[i].list && into->at))
            take_once(framing, into, value);
    }
}

static enum status check_framing(struct parser *p, const struct framing *f) {
    struct message *m = p->message;
    uint64_t length = 0;
    if (f->repeated || (f->coding.at && (f->length.at || m->http10)))
        return STATUS_BAD_FRAMING;
    if (f->coding.at && !str_equal_nocase(f->coding, STR("chunked")))
        return STATUS_BAD_FRAMING;
    if (f->length.at && guard_length(f->length, &length) != STATUS_OK)
        return STATUS_BAD_FRAMING;
    if (length > body_bytes_max)
        return STATUS_BODY_TOO_LARGE;
    if (f->expect.at && !str_equal_nocase(f->expect, STR("100-continue")))
        return STATUS_EXPECTATION_FAILED;
    p->chunked = f->coding.at != NULL;
    m->expects_continue = f->expect.at && !m->http10 && (p->chunked || length > 0);
    if (!f->host.at)
        return m->http10 ? STATUS_OK : STATUS_BAD_HOST;
    return guard_host(f->host);
}

static enum status set_method(struct parser *p) {
    static const struct {
        llhttp_method_t theirs;
        enum method ours;
    } methods[] = {
        {HTTP_GET, METHOD_GET},         {HTTP_HEAD, METHOD_GET},    {HTTP_POST, METHOD_POST},
        {HTTP_PUT, METHOD_PUT},         {HTTP_PATCH, METHOD_PATCH}, {HTTP_DELETE, METHOD_DELETE},
        {HTTP_OPTIONS, METHOD_OPTIONS},
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (p->llhttp.method == methods[i].theirs) {
            p->message->request.method = methods[i].ours;
            p->message->is_head = methods[i].theirs == HTTP_HEAD;
            return STATUS_OK;
        }
    return STATUS_METHOD_UNKNOWN;
}

/* Takes `http://authority` off an absolute target (RFC 9112 §3.2.2), which must name the same host as Host
 * does. */
static enum status take_authority(struct str *target, struct str host) {
    struct str scheme = STR("http://");
    if (target->size <= scheme.size || !str_equal_nocase((struct str){target->at, scheme.size}, scheme))
        return STATUS_BAD_TARGET;
    struct str rest = {target->at + scheme.size, target->size - scheme.size};
    size_t end = 0;
    while (end < rest.size && rest.at[end] != '/' && rest.at[end] != '?')
        end++;
    if (host.at && !str_equal_nocase((struct str){rest.at, end}, host))
        return STATUS_BAD_HOST;
    *target = (struct str){rest.at + end, rest.size - end};
    return STATUS_OK;
}

static enum status set_target(struct message *m, struct str host) {
    struct str target = slice(m, m->target.value, m->target.value_size);
    if (str_equal(target, STR("*"))) {
        m->asterisk = m->request.method == METHOD_OPTIONS;
        return m->asterisk ? STATUS_OK : STATUS_BAD_TARGET;
    }
    if (!target.at || target.size == 0)
        return STATUS_BAD_TARGET;
    enum status s = target.at[0] == '/' ? STATUS_OK : take_authority(&target, host);
    if (s != STATUS_OK)
        return s;
    size_t mark = str_find(target, '?');
    m->request.path =
        mark ? (struct str){target.at, mark} : STR("/"); /* `http://host` alone: RFC 9112 §3.2.1 */
    if (mark < target.size)
        m->request.query = (struct str){target.at + mark + 1, target.size - mark - 1};
    return guard_target(m->request.path, m->request.query);
}

/* A request's id goes into headers and logs, so only plain characters will do; another is as good as none. */
static void check_request_id(struct str *id) {
    bool plain = id->size > 0 && id->size <= request_id_bytes_max;
    for (size_t i = 0; i < id->size && plain; i++) {
        char c = id->at[i];
        plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_' ||
                c == '.';
    }
    if (!plain)
        *id = (struct str){0};
}

/* The whole head is there: everything that can be said about it is said now. */
static enum status finish_head(struct parser *p) {
    struct message *m = p->message;
    struct framing framing = {0};
    enum status s = guard_head(buf_str(&m->head));
    if (s != STATUS_OK)
        return s;
    if (p->llhttp.http_major != 1 || p->llhttp.http_minor > 1)
        return STATUS_VERSION_UNKNOWN;
    m->http10 = p->llhttp.http_minor == 0;
    for (size_t i = 0; i < m->field_count; i++)
        take_field(m, &framing, slice(m, m->fields[i].name, m->fields[i].name_size),
                   str_trim(slice(m, m->fields[i].value, m->fields[i].value_size)));
    check_request_id(&m->request_id);
    m->request.secure = str_equal_nocase(m->forwarded_proto, STR("https"));
    s = check_framing(p, &framing);
    if (s == STATUS_OK)
        s = set_method(p);
    return s == STATUS_OK ? set_target(m, framing.host) : s;
}

/* Whether the request line, as far as it was kept, has a version that is well formed and only not ours. */
static bool other_version(const struct message *m) {
    struct str rest = buf_str(&m->head), name = STR("HTTP/");
    for (int part = 0; part < 2; part++) { /* method and target */
        size_t space = str_find(rest, ' ');
        rest = space < rest.size ? (struct str){rest.at + space + 1, rest.size - space - 1} : (struct str){0};
    }
    if (rest.size < name.size + 3 || !str_starts(rest, name))
        return false;
    const char *v = rest.at + name.size; /* a digit, a point, a digit */
    bool whole = v[0] >= '0' && v[0] <= '9' && v[1] == '.' && v[2] >= '0' && v[2] <= '9';
    return whole && (v[0] != '1' || v[2] > '1');
}

/* llhttp's own refusals, in our words. */
static enum status status_of(const struct parser *p, llhttp_errno_t code) {
    if (p->status != STATUS_OK)
        return p->status; /* our own refusal, whatever llhttp calls a callback's failure */
    if (p->in_body || code == HPE_INVALID_CONTENT_LENGTH || code == HPE_UNEXPECTED_CONTENT_LENGTH ||
        code == HPE_INVALID_TRANSFER_ENCODING)
        return STATUS_BAD_FRAMING;
    return code == HPE_INVALID_VERSION && other_version(p->message) ? STATUS_VERSION_UNKNOWN
                                                                    : STATUS_BAD_REQUEST;
}

static enum parse_result bad(struct parser *p, enum status status) {
    p->status = status;
    p->message->is_head =
        p->llhttp.method == HTTP_HEAD; /* as far as it was read: an error has no body then either */
    return PARSE_BAD;
}

/* Keeps the head's bytes for the guards and the slices. */
static enum status keep_head(struct parser *p, const char *end) {
    struct buf *head = &p->message->head;
    size_t size = (size_t)(end - p->chunk);
    if (head->size + size > head_bytes_max)
        return STATUS_HEAD_TOO_LARGE;
    buf_put(head, (struct str){p->chunk, size});
    return buf_ok(head) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum parse_result head_fed(struct parser *p, llhttp_errno_t code, const char *end, size_t *used) {
    *used = (size_t)(end - p->chunk);
    enum status s = keep_head(p, code == HPE_INVALID_VERSION ? p->chunk_end : end);
    if (code != HPE_OK && code != HPE_PAUSED)
        return bad(p, status_of(p, code));
    if (s == STATUS_OK && code == HPE_OK)
        return PARSE_MORE;
    if (s == STATUS_OK)
        s = finish_head(p);
    if (s != STATUS_OK)
        return bad(p, s);
    p->in_body = true;
    return PARSE_HEAD;
}

static enum parse_result body_fed(struct parser *p, llhttp_errno_t code, const char *end, size_t *used) {
    *used = (size_t)(end - p->chunk);
    if (code != HPE_OK && code != HPE_PAUSED)
        return bad(p, status_of(p, code));
    enum status s = p->chunked ? guard_framing(p, end) : STATUS_OK;
    if (s != STATUS_OK)
        return bad(p, s);
    if (!p->complete)
        return PARSE_MORE;
    p->message->request.body = p->message->body.size ? buf_str(&p->message->body) : (struct str){0};
    return PARSE_DONE;
}

enum parse_result parser_feed(struct parser *p, const char *data, size_t size, size_t *used) {
    p->chunk = p->framing = data;
    p->chunk_end = data + size;
    if (llhttp_get_errno(&p->llhttp) == HPE_PAUSED)
        llhttp_resume(&p->llhttp);
    llhttp_errno_t code = llhttp_execute(&p->llhttp, data, size);
    const char *end = code == HPE_OK ? data + size : llhttp_get_error_pos(&p->llhttp);
    if (!p->in_body)
        return head_fed(p, code, end, used);
    p->message->keep_alive = llhttp_should_keep_alive(&p->llhttp);
    return body_fed(p, code, end, used);
}
