#include "shop/text.h"

#include <libstemmer.h>
#include <string.h>
#include <utf8proc.h>

/* Letters that Unicode does not take apart, as people without them on their keyboard write them. */
static const struct {
    uint32_t code;
    const char *plain;
} spelled[] = {{0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},  {0xFE, "th"},
               {0x111, "d"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}};

static size_t put_folded(uint32_t code, char *out) {
    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++)
        if (spelled[i].code == code) {
            size_t size = strlen(spelled[i].plain);
            memcpy(out, spelled[i].plain, size);
            return size;
        }
    return utf8_put(code, out);
}

/* Writes a code point folded: nothing for a mark, several bytes for a ligature. */
static size_t fold_code(uint32_t code, char out[static fold_bytes_max]) {
    enum { codes_max = 18 };
    utf8proc_int32_t codes[codes_max];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        (utf8proc_int32_t)code, codes, codes_max,
        UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
        &boundary);
    if (count < 0 || count > codes_max)
        return utf8_put(code, out);
    size_t size = 0;
    for (utf8proc_ssize_t i = 0; i < count; i++)
        size += put_folded((uint32_t)codes[i], out + size);
    return size;
}

/* The code point at the front of text and its size; a malformed byte is U+FFFD, which belongs to no word. */
static size_t code_at(struct str text, uint32_t *code) {
    utf8proc_int32_t decoded;
    utf8proc_ssize_t size =
        utf8proc_iterate((const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.size, &decoded);
    *code = size > 0 ? (uint32_t)decoded : 0xFFFD;
    return size > 0 ? (size_t)size : 1;
}

size_t text_fold(struct str text, char *out, size_t room) {
    size_t size = 0;
    while (text.size > 0) {
        char folded[fold_bytes_max];
        uint32_t code = (unsigned char)text.at[0];
        size_t taken = code < 0x80 ? 1 : code_at(text, &code), put = 1;
        if (code < 0x80)
            folded[0] = code >= 'A' && code <= 'Z' ? (char)(code | 0x20) : (char)code;
        else
            put = fold_code(code, folded);
        if (put > room - size)
            break;
        memcpy(out + size, folded, put);
        size += put;
        text.at += taken, text.size -= taken;
    }
    return size;
}

size_t text_lower(struct str text, char *out, size_t room) {
    size_t size = 0;
    while (text.size > 0) {
        uint32_t code;
        char lower[4];
        size_t taken = code_at(text, &code);
        size_t put = utf8_put((uint32_t)utf8proc_tolower((utf8proc_int32_t)code), lower);
        if (put > room - size)
            break;
        memcpy(out + size, lower, put);
        size += put;
        text.at += taken, text.size -= taken;
    }
    return size;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* What an ASCII byte is in a word: itself in lower case, or 0 where it is no part of one. */
static const char in_word[128] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
    ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
    ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v',
    ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

/* Whether the ASCII byte at the front of text is left out of the word instead of ending it. */
static bool is_within(struct str text, const struct word *word) {
    if (word->size == 0)
        return false;
    if (text.at[0] == '\'')
        return true;
    return (text.at[0] == ',' || text.at[0] == '.') && is_digit(word->at[word->size - 1]) && text.size > 1 &&
           is_digit(text.at[1]);
}

static void word_put(struct word *word, const char *bytes, size_t size) {
    if (size > word_bytes_max - word->size)
        return;
    for (size_t i = 0; i < size; i++)
        word->plain = word->plain && bytes[i] >= 'a' && bytes[i] <= 'z';
    memcpy(word->at + word->size, bytes, size);
    word->size += size;
}

enum role { ROLE_LETTER, ROLE_WHOLE_WORD, ROLE_WITHIN, ROLE_BETWEEN };

static bool is_ideograph(uint32_t code) {
    return (code >= 0x3041 && code <= 0x309F) || (code >= 0x3400 && code <= 0x4DBF) ||
           (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0x20000 && code <= 0x3FFFF);
}

static enum role role_of(uint32_t code) {
    if (code == 0x2019 || code == 0x02BC) /* typographers' apostrophes */
        return ROLE_WITHIN;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
        return is_ideograph(code) ? ROLE_WHOLE_WORD : ROLE_LETTER;
    if (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)
        return ROLE_LETTER;
    if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME)
        return ROLE_WITHIN;
    return category == UTF8PROC_CATEGORY_CF ? ROLE_WITHIN : ROLE_BETWEEN; /* soft hyphens, joiners */
}

/* Notes that the first `size` bytes of text belong to the word. */
static void take_letter(struct str text, size_t size, struct word *word) {
    if (!word->written.at)
        word->written.at = text.at;
    word->written.size = (size_t)(text.at + size - word->written.at);
}

/* Takes one code point that is not ASCII. False where it ends the word. */
static bool take_code(struct str *text, struct word *word) {
    uint32_t code;
    char folded[fold_bytes_max];
    size_t taken = code_at(*text, &code);
    enum role role = role_of(code);
    if (role == ROLE_WHOLE_WORD && word->size > 0)
        return false;
    if (role == ROLE_LETTER || role == ROLE_WHOLE_WORD) {
        take_letter(*text, taken, word);
        word_put(word, folded, fold_code(code, folded));
    }
    text->at += taken, text->size -= taken;
    if (role == ROLE_WHOLE_WORD)
        return false;
    return role != ROLE_BETWEEN || word->size == 0;
}

/* Takes the ASCII letters and digits at the front of text: nearly all that most texts are made of. */
static void take_ascii(struct str *text, struct word *word) {
    size_t taken = 0;
    for (; taken < text->size && (unsigned char)text->at[taken] < 0x80; taken++) {
        char letter = in_word[(unsigned char)text->at[taken]];
        if (!letter)
            break;
        if (word->size < word_bytes_max) {
            word->plain = word->plain && letter >= 'a';
            word->at[word->size++] = letter;
        }
    }
    if (taken > 0)
        take_letter(*text, taken, word);
    text->at += taken, text->size -= taken;
}

bool word_next(struct str *text, struct word *out) {
    out->size = 0;
    out->plain = true;
    out->written = (struct str){0};
    for (;;) {
        take_ascii(text, out);
        if (text->size == 0)
            break;
        if ((unsigned char)text->at[0] >= 0x80) {
            if (!take_code(text, out))
                break;
            continue;
        }
        bool ends = out->size > 0 && !is_within(*text, out);
        text->at++, text->size--;
        if (ends)
            break;
    }
    return out->size > 0;
}

/* Plurals that Snowball leaves apart from their singulars, of things that shops sell. */
static const char *const irregular[][2] = {
    {"calves", "calf"},   {"children", "child"}, {"feet", "foot"},   {"geese", "goose"}, {"halves", "half"},
    {"knives", "knife"},  {"leaves", "leaf"},    {"loaves", "loaf"}, {"men", "man"},     {"mice", "mouse"},
    {"scarves", "scarf"}, {"shelves", "shelf"},  {"teeth", "tooth"}, {"wolves", "wolf"}, {"women", "woman"},
};

static struct str singular(struct str word) {
    for (size_t i = 0; i < sizeof irregular / sizeof *irregular; i++)
        if (str_equal(word, str_from(irregular[i][0])))
            return str_from(irregular[i][1]);
    return word;
}

struct stemmer *stemmer_open(void) {
    return (struct stemmer *)sb_stemmer_new("english", "UTF_8");
}

void stemmer_close(struct stemmer *stemmer) {
    sb_stemmer_delete((struct sb_stemmer *)stemmer);
}

struct str stemmer_stem(struct stemmer *stemmer, struct str word, bool plain) {
    struct sb_stemmer *snowball = (struct sb_stemmer *)stemmer;
    if (!plain)
        return word;
    word = singular(word);
    const sb_symbol *stem = sb_stemmer_stem(snowball, (const sb_symbol *)word.at, (int)word.size);
    return stem ? (struct str){(const char *)stem, (size_t)sb_stemmer_length(snowball)} : word;
}
