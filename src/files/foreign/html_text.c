/* One pass over the bytes. Breaks and spaces are not written when they are met: they are due, and written before the
 * next character. So the ends of the text and of its lines have no spaces or breaks.
 *
 *     <p>Warm&nbsp;light</p> <ul><li>LED</ul>
 *        W a r m ␣ l i g h t       due: 2 lines, an item's "- "     L E D
 *
 * A tag ends at the first `>` outside of a quoted value. If there is no `>` or no closing quote, the `<` or the quote is
 * an ordinary character. That nothing follows is remembered (no_more, unquoted), so that hostile input cannot have the
 * same part of the text searched again and again. */
#include "files/foreign/html_text.h"

#include "base/buf.h"

#include <string.h>

enum { lines_max = 2, entity_bytes_max = 10 };

struct html {
    struct str in;
    size_t next; /* of `in` */
    struct buf out;
    int lines;         /* breaks that are due */
    bool space, item;  /* due as well */
    bool keep_lines;   /* see html_to_text */
    bool unquoted;     /* quotes are ordinary characters: one did not close */
    bool no_more[256]; /* this character is not in the rest of `in` */
};

/* What a tag does to the text around it. */
struct html_tag {
    const char *name;
    int lines; /* breaks before and behind the element */
    bool drop; /* its contents are not text */
};

static const struct html_tag html_tags[] = {
    {"p", 2, false},       {"br", 1, false},         {"div", 1, false},     {"li", 1, false},
    {"ul", 2, false},      {"ol", 2, false},         {"h1", 2, false},      {"h2", 2, false},
    {"h3", 2, false},      {"h4", 2, false},         {"h5", 2, false},      {"h6", 2, false},
    {"tr", 1, false},      {"table", 2, false},      {"thead", 1, false},   {"tbody", 1, false},
    {"dl", 2, false},      {"dt", 1, false},         {"dd", 1, false},      {"hr", 1, false},
    {"pre", 2, false},     {"blockquote", 2, false}, {"section", 2, false}, {"article", 2, false},
    {"header", 1, false},  {"footer", 1, false},     {"figure", 1, false},  {"figcaption", 1, false},
    {"address", 1, false}, {"center", 1, false},     {"main", 1, false},    {"aside", 1, false},
    {"script", 0, true},   {"style", 0, true},       {"iframe", 0, true},   {"template", 0, true},
    {"noscript", 0, true}, {"svg", 0, true},
};

static const struct {
    const char *name;
    uint16_t code;
} html_entities[] = {
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},       {"quot", '"'},      {"apos", '\''},
    {"ndash", 0x2013},  {"mdash", 0x2014},  {"lsquo", 0x2018}, {"rsquo", 0x2019},  {"sbquo", 0x201A},
    {"ldquo", 0x201C},  {"rdquo", 0x201D},  {"bdquo", 0x201E}, {"dagger", 0x2020}, {"bull", 0x2022},
    {"hellip", 0x2026}, {"permil", 0x2030}, {"prime", 0x2032}, {"Prime", 0x2033},  {"lsaquo", 0x2039},
    {"rsaquo", 0x203A}, {"euro", 0x20AC},   {"trade", 0x2122}, {"larr", 0x2190},   {"uarr", 0x2191},
    {"rarr", 0x2192},   {"darr", 0x2193},   {"harr", 0x2194},  {"minus", 0x2212},  {"infin", 0x221E},
    {"asymp", 0x2248},  {"ne", 0x2260},     {"le", 0x2264},    {"ge", 0x2265},     {"starf", 0x2605},
    {"check", 0x2713},  {"OElig", 0x152},   {"oelig", 0x153},  {"Scaron", 0x160},  {"scaron", 0x161},
    {"Yuml", 0x178},    {"ensp", ' '},      {"emsp", ' '},     {"thinsp", ' '},    {"zwnj", 0x200C},
    {"zwj", 0x200D},
};

/* The entities of U+00A0 to U+00FF, in order. */
static const char html_latin1[] =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute "
    "micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig "
    "Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash "
    "Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute "
    "ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc "
    "uuml yacute thorn yuml";

/* Windows-1252's characters 0x80 to 0x9F, which browsers read numeric references as. */
static const uint16_t html_cp1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
    0x2039, 0x152,  0xFFFD, 0x17D,  0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0xFFFD, 0x17E,  0x178,
};

/* Returns the index of the next `c` at or behind `from`, or the end of the text. */
static size_t html_find(struct html *h, size_t from, char c) {
    bool *no_more = &h->no_more[(unsigned char)c];
    const char *found =
        *no_more || from >= h->in.size ? NULL : memchr(h->in.data + from, c, h->in.size - from);
    *no_more = !found;
    return found ? (size_t)(found - h->in.data) : h->in.size;
}

static void html_break(struct html *h, int lines) {
    h->lines = lines > h->lines ? lines : h->lines;
}

/* Writes what is due, and then a piece of text that is not white space. */
static void html_put(struct html *h, struct str text) {
    bool begun = h->out.size > 0;
    for (; begun && h->lines > 0; h->lines--)
        buf_put_char(&h->out, '\n'), h->space = false;
    if (begun && h->space)
        buf_put_char(&h->out, ' ');
    if (h->item)
        buf_put(&h->out, STR("- "));
    h->lines = 0;
    h->space = h->item = false;
    buf_put(&h->out, text);
}

static void html_put_code(struct html *h, uint32_t code) {
    char utf8[4];
    bool valid = code > 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    if (code >= 0x80 && code < 0xA0)
        code = html_cp1252[code - 0x80];
    if (code == ' ' || code == 0xA0 || (code > 0 && code < 0x20))
        h->space = true;
    else if (code != 0xAD) /* a soft hyphen */
        html_put(h, (struct str){utf8, utf8_put(valid ? code : 0xFFFD, utf8)});
}

/* Returns the character that a name such as `amp` stands for, or 0. */
static uint32_t html_entity(struct str name) {
    struct str names = STR(html_latin1);
    for (size_t i = 0; i < sizeof html_entities / sizeof *html_entities; i++)
        if (str_equal(name, str_from(html_entities[i].name)))
            return html_entities[i].code;
    for (uint32_t code = 0xA0; names.size > 0; code++)
        if (str_equal(name, str_cut(&names, ' ')))
            return code;
    return 0;
}

/* Reads digits of a numeric reference from *i on; a value that is too large stays so. */
static uint32_t html_digits(const struct html *h, size_t *i, uint32_t base) {
    uint32_t code = 0;
    for (; *i < h->in.size; (*i)++) {
        int digit = hex_value(h->in.data[*i]);
        if (digit < 0 || (uint32_t)digit >= base)
            break;
        code = code > 0x10FFFF ? code : code * base + (uint32_t)digit;
    }
    return code;
}

/* Reads the reference behind a `&`. What is not one is text. */
static void html_read_entity(struct html *h) {
    size_t start = h->next + 1, i = start;
    bool is_number = i < h->in.size && h->in.data[i] == '#';
    bool is_hex = is_number && i + 1 < h->in.size && (h->in.data[i + 1] | 0x20) == 'x';
    size_t digits = i += is_number + is_hex;
    uint32_t code = is_number ? html_digits(h, &i, is_hex ? 16 : 10) : 0;
    if (!is_number)
        while (i < h->in.size && i - start < entity_bytes_max &&
               (ascii_is_letter(h->in.data[i]) || ascii_is_digit(h->in.data[i])))
            i++;
    bool closed = i < h->in.size && h->in.data[i] == ';';
    if (!is_number && closed)
        code = html_entity((struct str){h->in.data + start, i - start});
    if (is_number ? i == digits : code == 0) {
        html_put(h, STR("&"));
        h->next++;
        return;
    }
    html_put_code(h, code);
    h->next = i + closed;
}

/* Returns the index behind the tag whose name ends at `i`; a `>` must follow. A quote counts only behind a `=`, as in
 * HTML. */
static size_t html_tag_end(struct html *h, size_t i) {
    size_t first = html_find(h, i, '>') + 1;
    bool value = false;
    while (!h->unquoted && i < h->in.size && h->in.data[i] != '>') {
        char c = h->in.data[i++];
        if (value && (c == '"' || c == '\'')) {
            size_t close = html_find(h, i, c);
            i = close < h->in.size ? close + 1 : i;
        }
        value = c == '=' || (value && (c == ' ' || c == '\t' || c == '\n' || c == '\r'));
    }
    h->unquoted = h->unquoted || i >= h->in.size;
    return h->unquoted ? first : i + 1;
}

/* Skips the contents of an element that is no text, up to its closing tag or the end. */
static void html_skip_element(struct html *h, struct str name) {
    for (size_t i = h->next; (i = html_find(h, i, '<')) < h->in.size; i++) {
        struct str rest = str_skip(h->in, i);
        if (rest.size > name.size + 1 && rest.data[1] == '/' &&
            str_equal_nocase((struct str){rest.data + 2, name.size}, name)) {
            size_t end = html_find(h, i, '>');
            h->next = end < h->in.size ? end + 1 : end;
            return;
        }
    }
    h->next = h->in.size;
}

static void html_do_tag(struct html *h, struct str name, bool closing) {
    if (str_equal_nocase(name, STR("td")) || str_equal_nocase(name, STR("th")))
        h->space = true;
    for (size_t t = 0; t < sizeof html_tags / sizeof *html_tags; t++) {
        const struct html_tag *tag = &html_tags[t];
        if (!str_equal_nocase(name, str_from(tag->name)))
            continue;
        if (str_equal_nocase(name, STR("br")) && h->lines < lines_max)
            h->lines++;
        html_break(h, h->item ? 1 : tag->lines); /* a paragraph at the start of an item */
        if (str_equal_nocase(name, STR("li")))
            h->item = !closing;
        if (tag->drop && !closing)
            html_skip_element(h, name);
        return;
    }
}

/* Reads a tag, comment or declaration at a `<`. What is not one is text. */
static void html_read_tag(struct html *h) {
    struct str rest = str_skip(h->in, h->next);
    bool closing = rest.size > 1 && rest.data[1] == '/';
    size_t start = h->next + 1 + closing, i = start;
    bool is_other = rest.size > 1 && (rest.data[1] == '!' || rest.data[1] == '?');
    while (i < h->in.size && (ascii_is_letter(h->in.data[i]) || (i > start && ascii_is_digit(h->in.data[i]))))
        i++;
    if (str_starts(rest, STR("<!--"))) {
        const char *end = memmem(rest.data + 4, rest.size - 4, "-->", 3);
        h->next = end ? (size_t)(end - h->in.data) + 3 : h->in.size;
        return;
    }
    bool is_tag = (i > start || is_other) && html_find(h, i, '>') < h->in.size;
    if (!is_tag) {
        html_put(h, STR("<"));
        h->next++;
        return;
    }
    h->next = html_tag_end(h, i);
    if (!is_other)
        html_do_tag(h, (struct str){h->in.data + start, i - start}, closing);
}

/* Whether a text has something that looks like a tag. */
static bool html_has_tags(struct str text) {
    for (size_t i = 0; i + 1 < text.size; i++)
        if (text.data[i] == '<' && (ascii_is_letter(text.data[i + 1]) || strchr("/!", text.data[i + 1])))
            return true;
    return false;
}

/* Reads a character that is neither markup nor ASCII white space. */
static void html_read_character(struct html *h) {
    struct str rest = str_skip(h->in, h->next);
    if (str_starts(rest, STR("\xC2\xA0"))) { /* U+00A0 */
        h->space = true;
        h->next += 2;
    } else if (str_starts(rest, STR("\xE2\x80\xA8")) || str_starts(rest, STR("\xE2\x80\xA9"))) {
        html_break(h, 1); /* U+2028 and U+2029: the ends of a line and of a paragraph */
        h->next += 3;
    } else {
        html_put(h, (struct str){rest.data, 1});
        h->next++;
    }
}

struct str html_to_text(struct arena *arena, struct str html, bool keep_lines) {
    struct html h = {.in = html, .out = buf_new(arena), .keep_lines = keep_lines || !html_has_tags(html)};
    while (h.next < h.in.size) {
        char c = h.in.data[h.next];
        if (c == '<') {
            html_read_tag(&h);
        } else if (c == '&') {
            html_read_entity(&h);
        } else if (c == '\n' && h.keep_lines) {
            h.lines += h.lines < lines_max;
            h.next++;
        } else if ((c >= 0 && c <= ' ') || c == 0x7F) {
            h.space = true;
            h.next++;
        } else {
            html_read_character(&h);
        }
    }
    buf_put(&h.out, STR("")); /* so that an empty text is there */
    return buf_ok(&h.out) ? (h.out.data ? buf_str(&h.out) : STR("")) : (struct str){0};
}
