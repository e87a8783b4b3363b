/* Of the 30,000 commonest passwords that zxcvbn lists, 31 have 15 signs or more, so such a list would refuse nothing. Long
 * ones that are tried first are made of the short ones: of common words, runs of keys and digits. */
#include "password/rules.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    different_min = 5, /* different code points that a password must have */
    other_min = 5,     /* letters beside words that are tried first, digits and marks */
    word_min = 3,      /* bytes of a name or an address that counts as such a word */
};

/* Replaces each blank beyond ASCII (Unicode's category Zs) by a space, in place. Returns the new size. */
static size_t blanks_replace(char *text, size_t size) {
    size_t from = 0, to = 0;
    while (from < size) {
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t count =
            utf8proc_iterate((const utf8proc_uint8_t *)text + from, (utf8proc_ssize_t)(size - from), &code);
        size_t bytes = count > 0 ? (size_t)count : 1;
        if (count > 1 && utf8proc_category(code) == UTF8PROC_CATEGORY_ZS)
            text[to++] = ' ';
        else
            for (size_t i = 0; i < bytes; i++)
                text[to++] = text[from + i];
        from += bytes;
    }
    return to;
}

struct str password_prepare(struct arena *arena, struct str password) {
    utf8proc_uint8_t *made = NULL;
    char *blanked = arena_alloc(arena, password.size + 1);
    if (!blanked)
        return (struct str){0};
    memcpy(blanked, password.data, password.size);
    size_t size = blanks_replace(blanked, password.size);
    utf8proc_ssize_t composed = utf8proc_map((const utf8proc_uint8_t *)blanked, (utf8proc_ssize_t)size, &made,
                                             UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (composed == UTF8PROC_ERROR_NOMEM)
        return (struct str){0};
    if (composed < 0)
        return (struct str){blanked, size};
    struct str out = arena_copy(arena, (struct str){(const char *)made, (size_t)composed});
    free(made);
    return out;
}

/* Whether text has fewer than different_min different characters. */
static bool has_few_signs(struct str text) {
    struct str seen[different_min];
    size_t count = 0;
    for (size_t size; text.size > 0 && count < different_min; text = str_skip(text, size)) {
        size = utf8_sequence(text);
        size = size ? size : 1;
        struct str sign = {text.data, size};
        size_t i = 0;
        while (i < count && !str_equal(seen[i], sign))
            i++;
        if (i == count)
            seen[count++] = sign;
    }
    return count < different_min;
}

/* Whether text is a shorter one again and again, the last time perhaps not to its end. */
static bool is_repeated(struct str text) {
    for (size_t period = 1; period <= text.size / 2; period++)
        if (memcmp(text.data, text.data + period, text.size - period) == 0)
            return true;
    return false;
}

/* Whether `a` comes right before or after `b` in a row of keys or of letters, without regard to case. */
static bool signs_are_neighbours(char a, char b) {
    static const char rows[] =
        "01234567890 abcdefghijklmnopqrstuvwxyza qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm "
        "azertyuiop qsdfghjklm wxcvbn";
    char pair[2][3] = {{a, b, 0}, {b, a, 0}};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 2; k++)
            if (ascii_is_letter(pair[i][k]))
                pair[i][k] = (char)(pair[i][k] | 0x20);
        if (a != ' ' && b != ' ' && strstr(rows, pair[i]))
            return true;
    }
    return false;
}

/* Whether text is made of runs of neighbouring or equal keys: three of four steps are. */
static bool is_run_of_keys(struct str text) {
    size_t near = 0;
    for (size_t i = 1; i < text.size; i++)
        near += text.data[i] == text.data[i - 1] || signs_are_neighbours(text.data[i - 1], text.data[i]);
    return text.size > 1 && near * 4 >= (text.size - 1) * 3;
}

/* What the commonest passwords are made of, in lower case. */
static const char *const common_words[] = {
    "password", "passw0rd",  "passwort",   "p@ssword",  "p@ssw0rd", "pa$$word", "passphrase", "pass",
    "secret",   "geheim",    "login",      "letmein",   "access",   "changeme", "default",    "temp",
    "test",     "admin",     "root",       "user",      "guest",    "owner",    "manager",    "staff",
    "master",   "welcome",   "willkommen", "bienvenue", "hello",    "hallo",    "bonjour",    "iloveyou",
    "love",     "forever",   "princess",   "sunshine",  "summer",   "winter",   "spring",     "autumn",
    "monday",   "tuesday",   "wednesday",  "thursday",  "friday",   "saturday", "sunday",     "january",
    "february", "march",     "april",      "june",      "july",     "august",   "september",  "october",
    "november", "december",  "football",   "fussball",  "baseball", "soccer",   "hockey",     "superman",
    "batman",   "starwars",  "pokemon",    "dragon",    "monkey",   "tiger",    "shadow",     "killer",
    "hunter",   "ninja",     "internet",   "computer",  "server",   "database", "company",    "business",
    "shop",     "store",     "online",     "money",     "qwerty",   "qwertz",   "azerty",     "asdf",
    "zxcv",     "yxcv",      "qazwsx",     "1qaz2wsx",  "q1w2e3r4", "abcd",     "abc",        "1q2w3e4r",
    "trustno1", "whatever",  "michael",    "charlie",   "jordan",   "thomas",   "daniel",     "jessica",
    "chelsea",  "liverpool", "arsenal",    "google",    "facebook", "samsung",  "microsoft",  "windows",
};

/* The size of the word that text begins with, without regard to the case of ASCII letters; 0 if there is no such word. */
static size_t word_size(struct str text, struct str word) {
    struct str start = {text.data, word.size};
    return word.size >= word_min && word.size <= text.size && str_equal_nocase(start, word) ? word.size : 0;
}

/* The size of the longest word that is tried first and that text begins with; 0 if there is no such word. */
static size_t tried_word_size(struct str text, const struct str *known, size_t known_count) {
    size_t longest = 0;
    for (size_t i = 0; i < sizeof common_words / sizeof *common_words + known_count; i++) {
        size_t size = word_size(text, i < known_count ? known[i] : str_from(common_words[i - known_count]));
        longest = size > longest ? size : longest;
    }
    return longest;
}

/* Whether text is words that are tried first, and beside them hardly anything but digits and marks. */
static bool is_made_of_tried_words(struct str text, const struct str *known, size_t known_count) {
    size_t others = 0;
    bool has_word = false;
    while (text.size > 0) {
        size_t size = tried_word_size(text, known, known_count);
        bool is_other = size == 0 && (ascii_is_letter(text.data[0]) || (unsigned char)text.data[0] >= 0x80);
        has_word = has_word || size > 0;
        if (size == 0)
            size = utf8_sequence(text);
        others += is_other;
        text = str_skip(text, size > 0 ? size : 1);
    }
    return has_word && others < other_min;
}

const char *password_weakness(struct str password, const struct str *known, size_t known_count) {
    if (has_few_signs(password) || is_repeated(password))
        return "the password repeats itself";
    if (is_run_of_keys(password))
        return "the password is a row of keys or letters";
    if (is_made_of_tried_words(password, known, known_count))
        return "the password is made of names, words and numbers that are tried first";
    return NULL;
}
