#include "mail/message.h"

#include "base/crypto/base64.h"

#include <stdio.h>
#include <time.h>

enum {
    line_max = 76, /* of a body, RFC 2045 §6.7 */
    word_bytes =
        39, /* that one encoded word carries: 64 bytes with its frame, so that `Subject: ` fits before it */
    plain_subject_max = 60, /* bytes: a longer one is folded, which encoded words do */
};

struct str mail_address_domain(struct str address) {
    return str_skip(address, str_find(address, '@') < address.size ? str_find(address, '@') + 1 : 0);
}

/* ---- Headers. */

static bool header_is_line(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
            return false;
    return true;
}

static bool header_is_plain(struct str text) {
    bool is_plain = header_is_line(text);
    for (size_t i = 0; i < text.size && is_plain; i++)
        is_plain = (unsigned char)text.data[i] < 0x7F &&
                   (text.data[i] != '=' || i + 1 == text.size || text.data[i + 1] != '?');
    return is_plain;
}

/* Appends a text as encoded words of whole characters (RFC 2047 §5), each on a line of its own. */
static void put_encoded_words(struct buf *out, struct str text) {
    while (text.size > 0) {
        size_t size = utf8_limit(text, word_bytes);
        char word[BASE64_SIZE(word_bytes)];
        if (size == 0) /* not UTF-8: what can be shown of it goes in bytes */
            size = text.size < word_bytes ? text.size : word_bytes;
        base64_write((struct str){text.data, size}, word);
        buf_put(out, STR("=?UTF-8?B?"));
        buf_put(out, (struct str){word, BASE64_SIZE(size)});
        buf_put(out, STR("?="));
        text = str_skip(text, size);
        if (text.size > 0)
            buf_put(out, STR("\r\n "));
    }
}

/* Appends the name in front of an address. */
static void put_name(struct buf *out, struct str name) {
    if (!header_is_plain(name) || name.size > plain_subject_max) {
        put_encoded_words(out, name);
    } else {
        buf_put_char(out, '"');
        for (size_t i = 0; i < name.size; i++) {
            if (name.data[i] == '"' || name.data[i] == '\\')
                buf_put_char(out, '\\');
            buf_put_char(out, name.data[i]);
        }
        buf_put_char(out, '"');
    }
    buf_put(out, STR("\r\n "));
}

static void put_address(struct buf *out, struct str address) {
    buf_put_char(out, '<');
    buf_put(out, address);
    buf_put(out, STR(">\r\n"));
}

/* Appends the time as RFC 5322 §3.3 writes it, in English whatever the locale. */
static void put_date(struct buf *out, int64_t at_us) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at_us / 1000000);
    struct tm t = {0};
    gmtime_r(&seconds, &t);
    buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
               months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void put_headers(struct buf *out, const struct mail_message *m, struct str id) {
    buf_put(out, STR("From: "));
    if (m->from_name.size > 0)
        put_name(out, m->from_name);
    put_address(out, m->from);
    buf_put(out, STR("To: "));
    put_address(out, m->to);
    buf_put(out, STR("Subject: "));
    if (header_is_plain(m->subject) && m->subject.size <= plain_subject_max)
        buf_put(out, m->subject);
    else
        put_encoded_words(out, m->subject);
    buf_put(out, STR("\r\n"));
    put_date(out, m->at_us);
    buf_put(out, STR("Message-ID: <"));
    buf_put(out, id);
    buf_put_char(out, '@');
    buf_put(out, mail_address_domain(m->from));
    buf_put(out, STR(">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"));
}

/* ---- Bodies. */

/* Whether a byte stands for itself in quoted-printable. A space at the end of a line does not, and a full stop is
 * encoded so that no line begins with one. */
static bool is_literal(unsigned char c, bool ends_line) {
    return (c > ' ' && c < 0x7F && c != '=' && c != '.') || ((c == ' ' || c == '\t') && !ends_line);
}

/* Appends a text in quoted-printable (RFC 2045 §6.7). Each kind of line end becomes CR LF. */
static void put_quoted(struct buf *out, struct str text) {
    size_t line = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool ends_line = i + 1 == text.size || text.data[i + 1] == '\n' || text.data[i + 1] == '\r';
        bool starts_pair = c == '\r' && i + 1 < text.size && text.data[i + 1] == '\n';
        if (starts_pair)
            continue;
        if (c == '\n' || c == '\r') {
            buf_put(out, STR("\r\n"));
            line = 0;
            continue;
        }
        bool literal = is_literal(c, ends_line) || (c == '.' && line > 0);
        if (line + (literal ? 1 : 3) > line_max - 1) { /* one is left for the `=` */
            buf_put(out, STR("=\r\n"));
            line = 0;
            literal = literal && c != '.';
        }
        if (literal) {
            buf_put_char(out, (char)c);
            line++;
        } else {
            buf_printf(out, "=%02X", c);
            line += 3;
        }
    }
    buf_put(out, STR("\r\n"));
}

static void put_part(struct buf *out, struct str id, struct str type, struct str text) {
    buf_put(out, STR("--="));
    buf_put(out, id);
    buf_put(out, STR("\r\nContent-Type: "));
    buf_put(out, type);
    buf_put(out, STR("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"));
    put_quoted(out, text);
}

enum status mail_message_write(const struct mail_message *m, struct buf *out) {
    char text[uuid_text_size];
    struct str id = {text, sizeof text};
    if (!header_is_line(m->from_name) || !header_is_line(m->from) || !header_is_line(m->to) ||
        !header_is_line(m->subject))
        return STATUS_INVALID;
    uuid_format(&m->id, text);
    put_headers(out, m, id);
    buf_put(out, STR("Content-Type: multipart/alternative;\r\n boundary=\"="));
    buf_put(out, id);
    buf_put(out, STR("\"\r\n\r\n"));
    put_part(out, id, STR("text/plain"), m->text);
    put_part(out, id, STR("text/html"), m->html);
    buf_put(out, STR("--="));
    buf_put(out, id);
    buf_put(out, STR("--\r\n"));
    return buf_ok(out) ? STATUS_OK : STATUS_NO_MEMORY;
}
