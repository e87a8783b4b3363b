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
    return spaces == 2 ? STATUS_OK : STATUS_BAD_REQUEST;
}

static enum status guard_field_line(struct str line) {
    if (line.size > 0 && (line.at[0] == ' ' || line.at[0] == '\t'))
        return STATUS_BAD_REQUEST; /* folded (RFC 9112 §5.2) */
    for (size_t i = 0; i < line.size; i++)
        if (control((unsigned char)line.at[i]))
            return STATUS_BAD_REQUEST;
    return STATUS_OK;
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

enum status guard_host(struct str host) {
    static const char others[] = "-._~!$&'()*+;=%:[]"; /* of a reg-name, an address, a port; not the comma */
    for (size_t i = 0; i < host.size; i++) {
        char c = host.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr(others, c)))
            return STATUS_BAD_HOST;
    }
    return host.size > 0 ? STATUS_OK : STATUS_BAD_HOST;
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

enum status chunk_guard_feed(struct chunk_guard *g, struct str bytes, uint64_t body_bytes) {
    g->total += bytes.size;
    if (g->total > framing_bytes_free + framing_bytes_per_body_byte * body_bytes)
        return STATUS_BAD_FRAMING;
    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.at[i];
        bool line_end = c == '\n' || c == '\r';
        if ((g->before == '\r') != (c == '\n') || (control((unsigned char)c) && !line_end) ||
            (g->before == ';' && c == '\r') || ++g->line > framing_line_bytes_max)
            return STATUS_BAD_FRAMING;
        if (c == '\n')
            g->line = 0;
        g->before = c;
    }
    return STATUS_OK;
}
