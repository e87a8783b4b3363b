/* How it works: nearly all bytes of most texts are ASCII, so a word's ASCII letters are taken in a loop of
 * their own by a table (word_take_ascii). Any other code point is looked up in Unicode's tables: its category
 * says whether it is a letter, stands within a word, or ends it (role_of). utf8proc folds it to one or
 * several code points. */
#include "shop/index/text.h"

#include <libstemmer.h>
#include <string.h>
#include <utf8proc.h>

/* Letters that Unicode does not decompose, as people write them whose keyboard does not have them. */
static const struct {
    uint32_t code;
    const char *plain;
} spelled[] = {{0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},  {0xFE, "th"},
               {0x111, "d"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}};

/* Writes one decomposed code point, in ASCII if it is in the table above. Returns the number of bytes. */
static size_t put_folded(uint32_t code, char *out) {
    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++)
        if (spelled[i].code == code) {
            size_t size = strlen(spelled[i].plain);
            memcpy(out, spelled[i].plain, size);
            return size;
        }
    return utf8_put(code, out);
}

/* Folds a code point: to nothing if it is a mark, to several letters if it is a ligature. Returns the number
 * of bytes. */
static size_t fold_code(uint32_t code, char out[static fold_bytes_max]) {
    enum { codes_max = 18 };
    utf8proc_int32_t codes[codes_max];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        (utf8proc_int32_t)code, codes, codes_max,
        UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
        &boundary);
    if (count < 0 || count > codes_max) /* an error: keep the code point */
        return utf8_put(code, out);
    size_t size = 0;
    for (utf8proc_ssize_t i = 0; i < count; i++)
        size += put_folded((uint32_t)codes[i], out + size);
    return size;
}

/* Reads the code point at the front of the text and returns its size. A malformed byte is U+FFFD, which ends
 * words. */
static size_t code_at(struct str text, uint32_t *code) {
    utf8proc_int32_t decoded;
    utf8proc_ssize_t size =
        utf8proc_iterate((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.size, &decoded);
    *code = size > 0 ? (uint32_t)decoded : 0xFFFD;
    return size > 0 ? (size_t)size : 1;
}

size_t text_fold(struct str text, char *out, size_t room) {
    size_t size = 0;
    while (text.size > 0) {
        char folded[fold_bytes_max];
        uint32_t code = (unsigned char)text.data[0];
        size_t taken = code < 0x80 ? 1 : code_at(text, &code), put = 1;
        if (code < 0x80)
            folded[0] = code >= 'A' && code <= 'Z' ? (char)(code | 0x20) : (char)code;
        else
            put = fold_code(code, folded);
        if (put > room - size)
            break;
        memcpy(out + size, folded, put);
        size += put;
        text.data += taken, text.size -= taken;
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
        text.data += taken, text.size -= taken;
    }
    return size;
}

/* An ASCII byte as it is in a word: in lower case, or 0 if it is not part of words. */
static const char ascii_in_word[128] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
    ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
    ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v',
    ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

/* Appends bytes to a word if there is room for all of them. */
static void word_put(struct word *word, const char *bytes, size_t size) {
    if (size > word_bytes_max - word->size)
        return;
    for (size_t i = 0; i < size; i++)
        word->plain = word->plain && bytes[i] >= 'a' && bytes[i] <= 'z';
    memcpy(word->data + word->size, bytes, size);
    word->size += size;
}

/* Returns the size of the apostrophe at the front of the text, 0 if it begins with another character. */
static size_t apostrophe_size(struct str text) {
    if (text.size > 0 && text.data[0] == '\'')
        return 1;
    return text.size >= 3 && memcmp(text.data, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Whether the word ends before an apostrophe, which `rest` follows: `rock'n'roll` is three words, and
 * in some languages the apostrophe always ends one. */
static bool word_ends_at_apostrophe(const struct language *language, const struct word *word,
                                    struct str rest) {
    if ((language->traits & LANGUAGE_ELIDES) || (word->size == 1 && word->data[0] == 'n'))
        return true;
    return rest.size > 1 && (rest.data[0] | 0x20) == 'n' && apostrophe_size(str_skip(rest, 1)) > 0;
}

/* How many digits stand at the front of a text. */
static size_t digits_count(struct str text) {
    size_t count = 0;
    while (count < text.size && ascii_is_digit(text.data[count]))
        count++;
    return count;
}

/* Whether a sign in a number groups its digits by three: three follow, and up to three stand before it. The
 * number does not begin with 0, as `0.125` does. */
static bool sign_groups_digits(const struct word *word, struct str after) {
    const char *first = word->written.data, *end = first + word->written.size, *digit = end;
    while (digit > first && ascii_is_digit(digit[-1]))
        digit--;
    bool is_inner = digit > first && (digit[-1] == ',' || digit[-1] == '.');
    size_t before = (size_t)(end - digit);
    if (digits_count(after) != 3 || before > 3)
        return false;
    return is_inner ? before == 3 : before > 0 && *digit != '0';
}

/* The letter or digit at the front of a text, as it is in words; 0 if another character is there. Any that is not ASCII
 * counts as a letter. */
static char front_letter(struct str text) {
    unsigned char front = text.size > 0 ? (unsigned char)text.data[0] : 0;
    return front < 0x80 ? ascii_in_word[front] : 'a';
}

/* Whether a point stands between two letters of an abbreviation: `U.S.A.` is one word. Each of its letters
 * stands alone. */
static bool point_abbreviates(const struct word *word, struct str after) {
    struct str written = word->written;
    bool alone = written.size == 1 || (written.size > 1 && written.data[written.size - 2] == '.');
    return alone && word->plain && front_letter(after) >= 'a' && (unsigned char)after.data[0] < 0x80 &&
           front_letter(str_skip(after, 1)) == 0;
}

/* Takes the ASCII character that follows the word's letters. Returns whether the word goes on: with an apostrophe, with
 * a sign that groups digits (both are left out), or with a decimal sign, which is kept as a point. */
static bool word_take_sign(const struct language *language, struct str *text, struct word *word) {
    char sign = text->data[0];
    *text = str_skip(*text, 1);
    if (word->size == 0)
        return true;
    if (sign == '\'')
        return !word_ends_at_apostrophe(language, word, *text);
    if (sign != ',' && sign != '.')
        return false;
    if (!ascii_is_digit(word->data[word->size - 1]) || digits_count(*text) == 0)
        return sign == '.' && point_abbreviates(word, *text);
    if (sign_groups_digits(word, *text))
        return true;
    if (sign == ',' && memchr(word->data, '.', word->size))
        return false;
    word_put(word, ".", 1);
    return true;
}

/* What a code point that is not ASCII does in a text. */
enum role { ROLE_LETTER, ROLE_WHOLE_WORD, ROLE_WITHIN, ROLE_BETWEEN };

/* Hiragana, and the blocks of CJK ideographs. */
static bool is_ideograph(uint32_t code) {
    return (code >= 0x3041 && code <= 0x309F) || (code >= 0x3400 && code <= 0x4DBF) ||
           (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0x20000 && code <= 0x3FFFF);
}

static enum role role_of(uint32_t code) {
    if (code == 0x2019 || code == 0x02BC) /* typographic apostrophes */
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

/* Extends the word as written to the first `size` bytes of the text. */
static void word_extend_written(struct str text, size_t size, struct word *word) {
    if (!word->written.data)
        word->written.data = text.data;
    word->written.size = (size_t)(text.data + size - word->written.data);
}

/* Keeps the parts of a folded code point that words are made of, and returns their size: U+2474 `⑴` folds to `(1)`, and
 * U+037A to a space and a mark. */
static size_t folded_letters(char *folded, size_t size) {
    size_t kept = 0;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)folded[i] >= 0x80 || ascii_in_word[(unsigned char)folded[i]])
            folded[kept++] = folded[i];
    return kept;
}

/* Takes a code point that is not ASCII off the text. False if the word ends with it or before it. */
static bool word_take_code(const struct language *language, struct str *text, struct word *word) {
    uint32_t code;
    char folded[fold_bytes_max];
    size_t taken = code_at(*text, &code);
    enum role role = role_of(code);
    if (role == ROLE_WHOLE_WORD && word->size > 0)
        return false;
    if (role == ROLE_LETTER || role == ROLE_WHOLE_WORD) {
        word_extend_written(*text, taken, word);
        size_t size = fold_code(code, folded);
        word_put(word, folded, folded_letters(folded, size));
    }
    *text = str_skip(*text, taken);
    if (role == ROLE_WHOLE_WORD)
        return false;
    if (code == 0x2019 && word->size > 0)
        return !word_ends_at_apostrophe(language, word, *text);
    return role != ROLE_BETWEEN || word->size == 0;
}

/* Takes the ASCII letters and digits off the front of the text. */
static void word_take_ascii(struct str *text, struct word *word) {
    size_t taken = 0;
    for (; taken < text->size && (unsigned char)text->data[taken] < 0x80; taken++) {
        char letter = ascii_in_word[(unsigned char)text->data[taken]];
        if (!letter)
            break;
        if (word->size < word_bytes_max) {
            word->plain = word->plain && letter >= 'a';
            word->data[word->size++] = letter;
        }
    }
    if (taken > 0)
        word_extend_written(*text, taken, word);
    text->data += taken, text->size -= taken;
}

bool word_next(const struct language *language, struct str *text, struct word *out) {
    out->size = 0;
    out->plain = true;
    out->written = (struct str){0};
    for (;;) {
        word_take_ascii(text, out);
        if (text->size == 0)
            break;
        if ((unsigned char)text->data[0] >= 0x80) {
            if (!word_take_code(language, text, out))
                break;
        } else if (!word_take_sign(language, text, out)) {
            break;
        }
    }
    return out->size > 0;
}

/* Plurals of things that shops sell, which Snowball does not bring to the stem of their singulars, and units. */
static const char *const irregular[][2] = {
    {"cu", "cubic"},    {"ft", "foot"},     {"gal", "gallon"},  {"lb", "pound"},       {"oz", "ounce"},
    {"sq", "square"},   {"buses", "bus"},   {"calves", "calf"}, {"children", "child"}, {"feet", "foot"},
    {"gases", "gas"},   {"geese", "goose"}, {"halves", "half"}, {"knives", "knife"},   {"leaves", "leaf"},
    {"loaves", "loaf"}, {"men", "man"},     {"mice", "mouse"},  {"scarves", "scarf"},  {"shelves", "shelf"},
    {"teeth", "tooth"}, {"wolves", "wolf"}, {"women", "woman"},
};

/* The singular of an irregular plural, also of its genitive (`women's`, whose apostrophe is gone); else the word. */
static struct str singular_of(struct str word) {
    struct str plural = word;
    if (plural.size > 1 && plural.data[plural.size - 1] == 's')
        plural.size--;
    for (size_t i = 0; i < sizeof irregular / sizeof *irregular; i++)
        if (str_equal(word, str_from(irregular[i][0])) || str_equal(plural, str_from(irregular[i][0])))
            return str_from(irregular[i][1]);
    return word;
}

/* Short words in -s that are no plurals. */
static const char *const short_singulars[] = {
    "bas", "bis", "cis", "css", "das", "dis", "dns", "dos", "dts", "gas", "gps",  "has", "his", "las",
    "los", "mas", "mis", "nos", "pas", "sis", "sms", "tas", "tls", "tns", "this", "vis", "vps", "was"};

/* Returns a short plural without its s. Snowball leaves the s where no vowel stands before it (`tvs`, `dvds`) or only the
 * letter next to it is one (`bras`, `skis`, `pros`); after e and u most such words are no plurals (`plus`). */
static struct str short_plural_stem(struct str word) {
    struct str rest = {word.data, word.size - 1};
    if (word.size < 3 || word.data[word.size - 1] != 's' || word.data[word.size - 2] == 's')
        return word;
    for (size_t i = 0; i < sizeof short_singulars / sizeof *short_singulars; i++)
        if (str_equal(word, str_from(short_singulars[i])))
            return word;
    if (!strchr("aio", rest.data[rest.size - 1]))
        for (size_t i = 0; i < rest.size; i++)
            if (strchr("aeiouy", rest.data[i]))
                return word;
    return rest;
}

/* Returns a number without the zeros that end its decimals: `3.0` and `3` meet, and so do `usb3.0` and `usb3`. */
static struct str number_stem(struct str word) {
    const char *point = memchr(word.data, '.', word.size);
    if (!point || memchr(point + 1, '.', (size_t)(word.data + word.size - point - 1)))
        return word;
    for (const char *c = point + 1; c < word.data + word.size; c++)
        if (!ascii_is_digit(*c))
            return word;
    while (word.data[word.size - 1] == '0')
        word.size--;
    if (word.data[word.size - 1] == '.')
        word.size--;
    return word;
}

/* Whether two letters are one that a keyboard lacks; not behind a vowel or q, as in `neue` and `quelle`. */
static bool is_digraph(const struct language *language, struct str word, size_t i) {
    if (i + 1 >= word.size || (i > 0 && strchr("aeiouyq", word.data[i - 1])))
        return false;
    for (const char *pair = language->digraphs; *pair; pair += 3)
        if (pair[0] == word.data[i] && pair[1] == word.data[i + 1])
            return true;
    return false;
}

/* Writes a word as it is folded where it is written with the letters of its language: `stuehle` as `stuhle`. */
static struct str digraphs_undo(const struct language *language, struct str word,
                                char out[static word_bytes_max]) {
    size_t size = 0;
    for (size_t i = 0; i < word.size && size < word_bytes_max; i++) {
        out[size++] = word.data[i];
        i += is_digraph(language, word, i);
    }
    return (struct str){out, size};
}

enum status stemmer_open(struct stemmer *out, const struct language *language) {
    *out = (struct stemmer){sb_stemmer_new(language->stemmer, "UTF_8"), language};
    return out->snowball ? STATUS_OK : STATUS_NO_MEMORY;
}

void stemmer_close(struct stemmer *stemmer) {
    sb_stemmer_delete(stemmer->snowball);
    stemmer->snowball = NULL;
}

struct str stemmer_stem(const struct stemmer *stemmer, struct str word, bool plain) {
    bool english = stemmer->language == &language_english;
    char undone[word_bytes_max];
    if (!plain)
        return number_stem(word);
    if (english)
        word = singular_of(word);
    if (english && str_equal(word, STR("lens"))) /* Snowball would join it with `len` */
        return word;
    struct str read = stemmer->language->digraphs ? digraphs_undo(stemmer->language, word, undone) : word;
    const sb_symbol *bytes = sb_stemmer_stem(stemmer->snowball, (const sb_symbol *)read.data, (int)read.size);
    if (!bytes)
        return word;
    struct str stem = {(const char *)bytes, (size_t)sb_stemmer_length(stemmer->snowball)};
    if ((stemmer->language->traits & LANGUAGE_UNDOUBLES) && stem.size > 2 &&
        stem.data[stem.size - 1] == stem.data[stem.size - 2])
        stem.size--;
    return english && str_equal(stem, word) ? short_plural_stem(word) : stem;
}
