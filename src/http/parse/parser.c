/* How a message is read.
 *
 * llhttp is a state machine: it is fed pieces of any size and calls back with slices of the piece. A name or
 * a value that spans two pieces comes in two slices. So the head is copied whole into message->head, and
 * callbacks note only where things are in it, as offsets, because the copy moves when it grows:
 *
 *     message->head   G E T   / c a r t   H T T P / 1 . 1 \r\n h o s t :   x \r\n …
 *                             └─ target ─┘                    └fields[0]┘
 *
 * llhttp pauses at the end of the head, and parser_feed returns PARSE_HEAD. At this point the whole head is
 * checked (strict_http.h) and its fields become members of struct message (message.c), as slices of the copy, which no
 * longer grows. Nothing is decided before that, so a request cannot have an effect whose head turns out to be
 * ambiguous.
 *
 * llhttp refuses a method that it does not know, and reads some others (CONNECT, PRI, those of RTSP) by rules of
 * their own. A path answers all of these with 405, so any method that no endpoint can have is read here, and
 * llhttp gets TRACE in its place. The copy of the head keeps what was sent.
 *
 * The body's data is appended to message->body. In a chunked body the bytes between the data go to the chunk
 * guard:
 *
 *     piece   5 \r\n h e l l o \r\n 0 \r\n \r\n
 *             └─────┘└─ body ──┘└──────────┘
 *             framing           framing, up to on_message_complete
 *
 * llhttp pauses again after the message's last byte, so that what is behind it, the next request, stays
 * unread. */
#include "http/parse/parser.h"

#include <assert.h>
#include <string.h>

/* The methods that endpoints have, and HEAD. */
static const struct known_method {
    struct str name;
    llhttp_method_t theirs;
    enum method ours;
} methods[] = {
    {{"GET", 3}, HTTP_GET, METHOD_GET},
    {{"HEAD", 4}, HTTP_HEAD, METHOD_GET},
    {{"POST", 4}, HTTP_POST, METHOD_POST},
    {{"PUT", 3}, HTTP_PUT, METHOD_PUT},
    {{"PATCH", 5}, HTTP_PATCH, METHOD_PATCH},
    {{"DELETE", 6}, HTTP_DELETE, METHOD_DELETE},
    {{"OPTIONS", 7}, HTTP_OPTIONS, METHOD_OPTIONS},
};

static struct parser *parser_of(llhttp_t *llhttp) {
    return (struct parser *)llhttp; /* its first member */
}
_Static_assert(offsetof(struct parser, llhttp) == 0, "parser_of() relies on it");

/* Makes a callback stop llhttp with a status of ours. */
static int parser_refuse(struct parser *p, enum status status) {
    p->status = status;
    return HPE_USER;
}

/* Returns the offset that a byte of the piece being fed will have in the head, to which the piece is appended
 * later. */
static uint32_t parser_head_offset(const struct parser *p, const char *at) {
    return (uint32_t)(p->message->head.size + (size_t)(at - p->piece));
}

static int parser_on_url(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = parser_of(llhttp);
    struct field_span *target = &p->message->target;
    if (target->value_size == 0)
        target->value = parser_head_offset(p, at);
    target->value_size += (uint32_t)size;
    return target->value_size > target_bytes_max ? parser_refuse(p, STATUS_URL_TOO_LONG) : 0;
}

static int parser_on_field(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = parser_of(llhttp);
    if (p->in_body) {
        for (size_t i = 0; i < size && p->trailer_size < sizeof p->trailer; i++)
            p->trailer[p->trailer_size++] = at[i];
        return 0;
    }
    struct message *m = p->message;
    if (m->field_count == fields_max)
        return parser_refuse(p, STATUS_HEAD_TOO_LARGE);
    struct field_span *f = &m->fields[m->field_count];
    if (f->name_size == 0)
        f->name = parser_head_offset(p, at);
    f->name_size += (uint32_t)size;
    return 0;
}

/* Trailers are read and dropped. A name that a proxy might move into the head is refused (RFC 9110
 * §6.5.1). */
static int parser_on_field_complete(llhttp_t *llhttp) {
    static const char *const refused[] = {"content-length", "transfer-encoding", "host",    "authorization",
                                          "content-type",   "content-encoding",  "trailer", "cookie"};
    struct parser *p = parser_of(llhttp);
    struct str name = {p->trailer, p->trailer_size};
    p->trailer_size = 0;
    for (size_t i = 0; p->in_body && i < sizeof refused / sizeof *refused; i++)
        if (str_equal_nocase(name, str_from(refused[i])))
            return parser_refuse(p, STATUS_BAD_FRAMING);
    return 0;
}

static int parser_on_value(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = parser_of(llhttp);
    if (p->in_body)
        return 0;
    struct field_span *f = &p->message->fields[p->message->field_count];
    if (f->value_size == 0)
        f->value = parser_head_offset(p, at);
    f->value_size += (uint32_t)size;
    return 0;
}

static int parser_on_value_complete(llhttp_t *llhttp) {
    struct parser *p = parser_of(llhttp);
    if (!p->in_body)
        p->message->field_count++;
    return 0;
}

static int parser_on_headers_complete(llhttp_t *llhttp) {
    llhttp->upgrade = 0; /* Till speaks HTTP/1 alone and ignores Upgrade (RFC 9110 §7.8) */
    return HPE_PAUSED;
}

static int parser_on_chunk_header(llhttp_t *llhttp) {
    struct parser *p = parser_of(llhttp);
    uint64_t room = body_bytes_max - p->message->body.size;
    return llhttp->content_length > room ? parser_refuse(p, STATUS_BODY_TOO_LARGE) : 0;
}

/* Checks the bytes between the data of chunks, up to `end`. */
static enum status parser_check_framing_bytes(struct parser *p, const char *end) {
    struct str bytes = {p->framing, (size_t)(end - p->framing)};
    return chunk_guard_feed(&p->chunks, bytes, p->message->body.size);
}

static int parser_on_body(llhttp_t *llhttp, const char *at, size_t size) {
    struct parser *p = parser_of(llhttp);
    if (p->message->body.size + size > body_bytes_max)
        return parser_refuse(p, STATUS_BODY_TOO_LARGE);
    if (p->message->chunked) {
        enum status s = parser_check_framing_bytes(p, at);
        if (s != STATUS_OK)
            return parser_refuse(p, s);
        p->framing = at + size;
    }
    buf_put(&p->message->body, (struct str){at, size});
    return buf_ok(&p->message->body) ? 0 : parser_refuse(p, STATUS_NO_MEMORY);
}

static int parser_on_message_complete(llhttp_t *llhttp) {
    parser_of(llhttp)->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = parser_on_url,
    .on_header_field = parser_on_field,
    .on_header_field_complete = parser_on_field_complete,
    .on_header_value = parser_on_value,
    .on_header_value_complete = parser_on_value_complete,
    .on_headers_complete = parser_on_headers_complete,
    .on_chunk_header = parser_on_chunk_header,
    .on_body = parser_on_body,
    .on_message_complete = parser_on_message_complete,
};

void parser_init(struct parser *p, const struct header_names *headers,
                 const struct trusted_proxies *trusted) {
    memset(p, 0, sizeof *p);
    p->headers = headers;
    p->trusted = trusted;
    llhttp_init(&p->llhttp, HTTP_REQUEST, &settings);
}

void parser_begin(struct parser *p, struct message *message, struct arena *arena) {
    p->message = message;
    p->method_read = p->in_body = p->complete = false;
    p->chunks = (struct chunk_guard){0};
    p->status = STATUS_OK;
    message->request.client = p->peer; /* the log names it even if the head is never complete */
    message->head = buf_new(arena);
    message->body = buf_new(arena);
}

static void message_set_method(struct message *m, llhttp_method_t method) {
    m->request.method = METHOD_OTHER;
    m->is_head = method == HTTP_HEAD;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (method == methods[i].theirs)
            m->request.method = methods[i].ours;
}

/* Checks the complete head and fills the message from it. */
static enum status parser_finish_head(struct parser *p) {
    struct message *m = p->message;
    TRY(strict_head(buf_str(&m->head)));
    if (p->llhttp.http_major != 1 || p->llhttp.http_minor > 1)
        return STATUS_VERSION_UNKNOWN;
    m->http10 = p->llhttp.http_minor == 0;
    TRY(message_read_fields(m, p->headers, p->trusted));
    message_set_method(m, (llhttp_method_t)p->llhttp.method);
    return message_set_target(m);
}

/* Returns whether the request line, as far as it was kept, has a well-formed HTTP version other than 1.0 and
 * 1.1. */
static bool is_other_http_version(const struct message *m) {
    struct str rest = buf_str(&m->head), name = STR("HTTP/");
    str_cut(&rest, ' '); /* the method */
    str_cut(&rest, ' '); /* the target */
    if (rest.size < name.size + 3 || !str_starts(rest, name))
        return false;
    const char *v = rest.data + name.size; /* a digit, a point, a digit */
    bool whole = ascii_is_digit(v[0]) && v[1] == '.' && ascii_is_digit(v[2]);
    return whole && (v[0] != '1' || v[2] > '1');
}

/* Returns our status for an error of llhttp. */
static enum status parser_status_of(const struct parser *p, llhttp_errno_t code) {
    if (p->status != STATUS_OK)
        return p->status; /* a callback refused */
    if (p->in_body || code == HPE_INVALID_CONTENT_LENGTH || code == HPE_UNEXPECTED_CONTENT_LENGTH ||
        code == HPE_INVALID_TRANSFER_ENCODING)
        return STATUS_BAD_FRAMING;
    return code == HPE_INVALID_VERSION && is_other_http_version(p->message) ? STATUS_VERSION_UNKNOWN
                                                                            : STATUS_BAD_REQUEST;
}

static enum parse_result parser_fail(struct parser *p, enum status status) {
    p->status = status;
    p->message->is_head =
        p->llhttp.method == HTTP_HEAD; /* the answer to HEAD has no body, even if it is an error */
    return PARSE_BAD;
}

/* Appends the bytes of the piece up to `end` to the copy of the head. Of a head that is too large the start
 * is kept, for the log. */
static enum status parser_keep_head(struct parser *p, const char *end) {
    struct buf *head = &p->message->head;
    size_t size = (size_t)(end - p->piece), room = head_bytes_max - head->size;
    buf_put(head, (struct str){p->piece, size < room ? size : room});
    if (size > room)
        return STATUS_HEAD_TOO_LARGE;
    return buf_ok(head) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Decides what became of a piece of the head: `code` is llhttp's, `end` the first byte that it did not
 * use. */
static enum parse_result parser_head_fed(struct parser *p, llhttp_errno_t code, const char *end,
                                         size_t *used) {
    *used = (size_t)(end - p->piece);
    /* After a wrong version keep the rest of the piece too, for is_other_http_version. */
    enum status s = parser_keep_head(p, code == HPE_INVALID_VERSION ? p->piece_end : end);
    if (code != HPE_OK && code != HPE_PAUSED)
        return parser_fail(p, parser_status_of(p, code));
    if (s == STATUS_OK && code == HPE_OK)
        return PARSE_MORE;
    if (s == STATUS_OK)
        s = parser_finish_head(p);
    if (s != STATUS_OK)
        return parser_fail(p, s);
    p->in_body = true;
    return PARSE_HEAD;
}

static enum parse_result parser_body_fed(struct parser *p, llhttp_errno_t code, const char *end,
                                         size_t *used) {
    *used = (size_t)(end - p->piece);
    if (code != HPE_OK && code != HPE_PAUSED)
        return parser_fail(p, parser_status_of(p, code));
    enum status s = p->message->chunked ? parser_check_framing_bytes(p, end) : STATUS_OK;
    if (s != STATUS_OK)
        return parser_fail(p, s);
    if (!p->complete)
        return PARSE_MORE;
    p->message->request.body = p->message->body.size ? buf_str(&p->message->body) : (struct str){0};
    return PARSE_DONE;
}

static bool is_known_method(struct str name) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_equal(name, methods[i].name))
            return true;
    return false;
}

/* Whether a message begins with a known method, all of it, which llhttp then reads itself. */
static bool starts_with_method(const char *data, size_t size) {
    struct str start = {data, size < method_bytes_max ? size : method_bytes_max};
    size_t end = str_find(start, ' ');
    return end < start.size && is_known_method((struct str){data, end});
}

/* Moves a method that llhttp shall not read, or that comes in pieces, to the copy of the head, up to the space
 * behind it. One empty line may come before it. When it is complete, llhttp gets it, or TRACE in its place. Sets
 * `moved` to the number of bytes. */
static enum status parser_read_method(struct parser *p, struct str piece, size_t *moved) {
    struct buf *head = &p->message->head;
    size_t i = 0;
    for (; i < piece.size && piece.data[i] != ' '; i++) {
        char c = piece.data[i];
        bool empty_line = head->size < 2 && c == "\r\n"[head->size];
        if (head->size == method_bytes_max || !(empty_line || strict_is_token((struct str){&c, 1})))
            return STATUS_BAD_REQUEST;
        buf_put_char(head, c);
    }
    *moved = i;
    if (!buf_ok(head))
        return STATUS_NO_MEMORY;
    if (i == piece.size)
        return STATUS_OK;
    struct str method = buf_str(head);
    method = str_starts(method, STR("\r\n")) ? str_skip(method, 2) : method;
    p->method_read = method.size > 0;
    method = is_known_method(method) ? method : STR("TRACE");
    bool taken = p->method_read && llhttp_execute(&p->llhttp, method.data, method.size) == HPE_OK;
    return taken ? STATUS_OK : STATUS_BAD_REQUEST;
}

/* Feeds what is behind the method. */
static enum parse_result parser_feed_rest(struct parser *p, const char *data, size_t size, size_t *used) {
    p->piece = p->framing = data;
    p->piece_end = data + size;
    llhttp_errno_t code = llhttp_execute(&p->llhttp, data, size);
    const char *end = code == HPE_OK ? data + size : llhttp_get_error_pos(&p->llhttp);
    if (!p->in_body)
        return parser_head_fed(p, code, end, used);
    p->message->keep_alive = llhttp_should_keep_alive(&p->llhttp);
    return parser_body_fed(p, code, end, used);
}

enum parse_result parser_feed(struct parser *p, const char *data, size_t size, size_t *used) {
    size_t moved = 0;
    *used = 0;
    if (llhttp_get_errno(&p->llhttp) == HPE_PAUSED)
        llhttp_resume(&p->llhttp);
    if (!p->method_read && p->message->head.size == 0)
        p->method_read = starts_with_method(data, size);
    if (!p->method_read) {
        enum status s = parser_read_method(p, (struct str){data, size}, &moved);
        if (s != STATUS_OK)
            return parser_fail(p, s);
    }
    *used = moved;
    if (!p->method_read)
        return PARSE_MORE;
    enum parse_result result = parser_feed_rest(p, data + moved, size - moved, used);
    *used += moved;
    return result;
}
