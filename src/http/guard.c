#include "http/guard.h"

#include <string.h>

static bool control(unsigned char c) {
    return (c < 0x20 && c != '\t') || c == 0x7F;
}

/* The request line without its CRLF: three parts and two spaces. */
static enum status guard_request_line(struct str line) {
    size_t spaces = 0;
    for (size_t i = 0; i < line.size; i++) {
        unsigned char c = (unsigned char)line.at[i];
        if (c < 0x20 || c >= 0x7F)
            return STATUS_BAD_TARGET;
        spaces += c == ' ';
    }
    /* llhttp knows more protocols than one; which version it is, is the parser's business. */
    size_t size = sizeof "HTTP/1.1" - 1;
    bool http =
        line.size > size && str_starts((struct str){line.at + line.size - size - 1, size + 1}, STR(" HTTP/"));
    return spaces == 2 && http ? STATUS_OK : STATUS_BAD_REQUEST;
}

static bool letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 9110 §5.6.2; llhttp lets blanks through in names. */
static bool token(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (!letter_or_digit(text.at[i]) && (text.at[i] == '\0' || !strchr("!#$%&'*+-.^_`|~", text.at[i])))
            return false;
    return text.size > 0;
}

/* A field's line without its CRLF, or the empty line at the end. A blank in front would fold it into the line
 * before (RFC 9112 §5.2), and makes its name no token. */
static enum status guard_field_line(struct str line) {
    if (line.size == 0)
        return STATUS_OK;
    for (size_t i = 0; i < line.size; i++)
        if (control((unsigned char)line.at[i]))
            return STATUS_BAD_REQUEST;
    return token((struct str){line.at, str_find(line, ':')}) ? STATUS_OK : STATUS_BAD_REQUEST;
}

/* Takes a line off the front of *text; false where it does not end in CRLF. */
static bool take_line(struct str *text, struct str *line) {
    size_t end = str_find(*text, '\n');
    if (end == text->size || end == 0 || text->at[end - 1] != '\r')
        return false;
    *line = (struct str){text->at, end - 1};
    *text = (struct str){text->at + end + 1, text->size - end - 1};
    return str_find(*line, '\r') == line->size;
}

enum status guard_head(struct str head) {
    struct str line;
    if (str_starts(head, STR("\r\n")))
        head = (struct str){head.at + 2, head.size - 2};
    if (!take_line(&head, &line))
        return STATUS_BAD_REQUEST;
    enum status s = guard_request_line(line);
    while (s == STATUS_OK && head.size > 0)
        s = take_line(&head, &line) ? guard_field_line(line) : STATUS_BAD_REQUEST;
    return s;
}

static bool any_of(struct str text, const char *forbidden) {
    for (size_t i = 0; i < text.size; i++)
        if (strchr(forbidden, text.at[i])) /* finds a NUL too, which guard_head has refused */
            return true;
    return false;
}

enum status guard_target(struct str path, struct str query) {
    return any_of(path, "\"<>\\^`{}#") || any_of(query, "\"<>#") ? STATUS_BAD_TARGET : STATUS_OK;
}

/* The characters of a name or an IPv4 address (RFC 3986 §3.2.2 reg-name), but for the comma; gives how many.
 */
static size_t host_name(struct str host) {
    size_t i = 0;
    for (; i < host.size; i++) {
        if (host.at[i] == '%' && host.size - i > 2 && hex_value(host.at[i + 1]) >= 0 &&
            hex_value(host.at[i + 2]) >= 0)
            i += 2;
        else if (!letter_or_digit(host.at[i]) &&
                 (host.at[i] == '\0' || !strchr("-._~!$&'()*+;=", host.at[i])))
            break;
    }
    return i;
}

/* An IP literal in brackets; gives its size, or 0. */
static size_t host_literal(struct str host) {
    size_t end = str_find(host, ']');
    for (size_t i = 1; i < end; i++)
        if (hex_value(host.at[i]) < 0 && host.at[i] != ':' && host.at[i] != '.')
            return 0;
    return end > 1 && end < host.size ? end + 1 : 0;
}

enum status guard_host(struct str host) {
    size_t at = host.size > 0 && host.at[0] == '[' ? host_literal(host) : host_name(host);
    if (at == 0)
        return STATUS_BAD_HOST;
    if (at < host.size && host.at[at] == ':')
        at++; /* a port, which may be empty (RFC 3986 §3.2.3) */
    else if (at < host.size)
        return STATUS_BAD_HOST;
    for (; at < host.size; at++)
        if (host.at[at] < '0' || host.at[at] > '9')
            return STATUS_BAD_HOST;
    return STATUS_OK;
}

enum status guard_length(struct str value, uint64_t *out) {
    enum { digits_max = 18 }; /* fits 64 bits without a check */
    if (value.size == 0 || value.size > digits_max || (value.size > 1 && value.at[0] == '0'))
        return STATUS_BAD_FRAMING;
    *out = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return STATUS_BAD_FRAMING;
        *out = *out * 10 + (uint64_t)(value.at[i] - '0');
    }
    return STATUS_OK;
}

/* What a trailer may not have and a chunk's size never has: a blank or a colon at the start of a line, a
 * blank before a colon. */
static bool malformed_trailer(const struct chunk_guard *g, char c) {
    bool blank = c == ' ' || c == '\t', blank_before = g->before == ' ' || g->before == '\t';
    return (g->line == 1 && (blank || c == ':')) || (c == ':' && blank_before);
}

enum status chunk_guard_feed(struct chunk_guard *g, struct str bytes, uint64_t body_bytes) {
    g->total += bytes.size;
    if (g->total > framing_bytes_free + framing_bytes_per_body_byte * body_bytes)
        return STATUS_BAD_FRAMING;
    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.at[i];
        bool line_end = c == '\n' || c == '\r';
        if ((g->before == '\r') != (c == '\n') || (control((unsigned char)c) && !line_end) ||
            (g->before == ';' && c == '\r') || ++g->line > framing_line_bytes_max || malformed_trailer(g, c))
            return STATUS_BAD_FRAMING;
        if (c == '\n')
            g->line = 0;
        g->before = c;
    }
    return STATUS_OK;
}
