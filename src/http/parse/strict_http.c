/* What is refused here, whether or not the version of llhttp at hand accepts it, and what it could be taken
 * for:
 *
 *     bare LF or CR as a line's end, control characters in values     a line that ends elsewhere
 *     a blank before a header's colon or at the start of its line     a header to drop, or to join to another
 *     more than one space in the request line, other protocols        a target that is cut elsewhere
 *     two hosts in one Host, a user before it                         a request for the other host
 *     `Content-Length: +5`, `0x5`, `05`, a list                       a body of another length
 *     in a chunked body: bare LF, an empty chunk extension            a chunk of another length
 *
 * A chunked body's extensions and trailers are bounded too: without a bound they are work for the server that
 * no limit on the body would stop.
 *
 * strict_head looks at a whole head before its values are used. chunk_guard_feed sees a chunked body's
 * framing as it arrives, in pieces of any size, so it keeps a state of a few bytes. */
#include "http/parse/strict_http.h"

#include <string.h>

static bool is_control_character(unsigned char c) {
    return (c < 0x20 && c != '\t') || c == 0x7F;
}

/* Checks the request line without its CRLF: three parts and two spaces. */
static enum status strict_request_line(struct str line) {
    size_t spaces = 0;
    for (size_t i = 0; i < line.size; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if (c < 0x20 || c >= 0x7F)
            return STATUS_BAD_TARGET;
        spaces += c == ' ';
    }
    /* llhttp also accepts other protocols, such as RTSP. The parser checks the version. */
    size_t size = sizeof "HTTP/1.1" - 1;
    bool http = line.size > size &&
                str_starts((struct str){line.data + line.size - size - 1, size + 1}, STR(" HTTP/"));
    return spaces == 2 && http ? STATUS_OK : STATUS_BAD_REQUEST;
}

bool strict_is_token(struct str text) {
    return text.size > 0 && str_is_alnum(text, "!#$%&'*+-.^_`|~");
}

/* Checks a header's line without its CRLF, or the empty line at the end. A blank in front would fold the line
 * into the one before it (RFC 9112 §5.2); it is refused because a name with a blank is not a token. */
static enum status strict_field_line(struct str line) {
    if (line.size == 0)
        return STATUS_OK;
    for (size_t i = 0; i < line.size; i++)
        if (is_control_character((unsigned char)line.data[i]))
            return STATUS_BAD_REQUEST;
    /* llhttp lets blanks through in header names. */
    return strict_is_token((struct str){line.data, str_find(line, ':')}) ? STATUS_OK : STATUS_BAD_REQUEST;
}

/* Takes a line off the front of *text. Returns false if it does not end in CRLF or has another CR. */
static bool head_take_line(struct str *text, struct str *line) {
    size_t end = str_find(*text, '\n');
    if (end == text->size || end == 0 || text->data[end - 1] != '\r')
        return false;
    *line = (struct str){text->data, end - 1};
    *text = str_skip(*text, end + 1);
    return str_find(*line, '\r') == line->size;
}

enum status strict_head(struct str head) {
    struct str line;
    if (str_starts(head, STR("\r\n")))
        head = str_skip(head, 2);
    if (!head_take_line(&head, &line))
        return STATUS_BAD_REQUEST;
    enum status s = strict_request_line(line);
    while (s == STATUS_OK && head.size > 0)
        s = head_take_line(&head, &line) ? strict_field_line(line) : STATUS_BAD_REQUEST;
    return s;
}

static bool has_any_of(struct str text, const char *forbidden) {
    for (size_t i = 0; i < text.size; i++)
        if (strchr(forbidden, text.data[i])) /* it also finds NUL, which strict_head has refused */
            return true;
    return false;
}

enum status strict_target(struct str path, struct str query) {
    return has_any_of(path, "\"<>\\^`{}#") || has_any_of(query, "\"<>#") ? STATUS_BAD_TARGET : STATUS_OK;
}

/* Returns how many bytes at the start of host are a name or an IPv4 address (RFC 3986 §3.2.2, reg-name). The
 * comma is left out, so that a list of hosts is refused. */
static size_t host_name_size(struct str host) {
    size_t i = 0;
    for (; i < host.size; i++) {
        if (host.data[i] == '%' && host.size - i > 2 && hex_value(host.data[i + 1]) >= 0 &&
            hex_value(host.data[i + 2]) >= 0)
            i += 2;
        else if (!ascii_is_digit(host.data[i]) && !ascii_is_letter(host.data[i]) &&
                 (host.data[i] == '\0' || !strchr("-._~!$&'()*+;=", host.data[i])))
            break;
    }
    return i;
}

/* Returns the size of an IP literal in brackets at the start of host, or 0. */
static size_t host_literal_size(struct str host) {
    size_t end = str_find(host, ']');
    for (size_t i = 1; i < end; i++)
        if (hex_value(host.data[i]) < 0 && host.data[i] != ':' && host.data[i] != '.')
            return 0;
    return end > 1 && end < host.size ? end + 1 : 0;
}

enum status strict_host(struct str host) {
    size_t at = host.size > 0 && host.data[0] == '[' ? host_literal_size(host) : host_name_size(host);
    if (at == 0)
        return STATUS_BAD_HOST;
    if (at < host.size && host.data[at] == ':')
        at++; /* a port, which may be empty (RFC 3986 §3.2.3) */
    else if (at < host.size)
        return STATUS_BAD_HOST;
    for (; at < host.size; at++)
        if (!ascii_is_digit(host.data[at]))
            return STATUS_BAD_HOST;
    return STATUS_OK;
}

enum status strict_length(struct str value, uint64_t *out) {
    enum { digits_max = 18 }; /* 10^18 - 1 is below INT64_MAX */
    int64_t length;
    if (value.size > digits_max || (value.size > 1 && value.data[0] == '0') ||
        !str_to_int(value, INT64_MAX, &length))
        return STATUS_BAD_FRAMING;
    *out = (uint64_t)length;
    return STATUS_OK;
}

/* Whether c makes the line one that no trailer field and no chunk size can be: a blank or a colon at its
 * start, or a blank before a colon. */
static bool is_malformed_trailer(const struct chunk_guard *g, char c) {
    bool blank = c == ' ' || c == '\t', blank_before = g->before == ' ' || g->before == '\t';
    return (g->line == 1 && (blank || c == ':')) || (c == ':' && blank_before);
}

enum status chunk_guard_feed(struct chunk_guard *g, struct str bytes, uint64_t body_bytes) {
    g->total += bytes.size; /* so that extensions and tiny chunks cannot outweigh the body they carry */
    if (g->total > framing_bytes_free + framing_bytes_per_body_byte * body_bytes)
        return STATUS_BAD_FRAMING;
    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.data[i];
        bool line_end = c == '\n' || c == '\r';
        /* CR and LF only as a pair; no other control character; no `;` without an extension behind it. */
        if ((g->before == '\r') != (c == '\n') || (is_control_character((unsigned char)c) && !line_end) ||
            (g->before == ';' && c == '\r') || ++g->line > framing_line_bytes_max ||
            is_malformed_trailer(g, c))
            return STATUS_BAD_FRAMING;
        if (c == '\n')
            g->line = 0;
        g->before = c;
    }
    return STATUS_OK;
}
