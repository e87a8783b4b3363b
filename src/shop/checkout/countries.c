/* The table has what a form must know, and no names: browsers have those in every language (Intl.DisplayNames).
 *
 * Facts are those of the address data that Google publishes for forms (chromium-i18n), made milder so that nothing
 * which can be delivered is refused: a postal code is required only if carriers sort by it and the country has a pattern
 * here, a region only in seven large countries. A pattern has a sign for each sign of a code: N a digit, A a letter, X either;
 * spaces and hyphens are left out on both sides, and so is the country's own code in front (`LV-1010`). */
#include "shop/checkout/countries.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct country countries[country_count] = {
    {"AD", NEED_OPTIONAL, NEED_NONE, NULL},
    {"AE", NEED_NONE, NEED_OPTIONAL, NULL},
    {"AF", NEED_OPTIONAL, NEED_NONE, NULL},
    {"AG", NEED_NONE, NEED_NONE, NULL},
    {"AI", NEED_OPTIONAL, NEED_NONE, NULL},
    {"AL", NEED_OPTIONAL, NEED_NONE, NULL},
    {"AM", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"AO", NEED_NONE, NEED_NONE, NULL},
    {"AQ", NEED_NONE, NEED_NONE, NULL},
    {"AR", NEED_OPTIONAL, NEED_OPTIONAL, "NNNN|ANNNNAAA"},
    {"AS", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"AT", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"AU", NEED_REQUIRED, NEED_REQUIRED, "NNNN"},
    {"AW", NEED_NONE, NEED_NONE, NULL},
    {"AX", NEED_OPTIONAL, NEED_NONE, NULL},
    {"AZ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BA", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BB", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"BD", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BE", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"BF", NEED_NONE, NEED_NONE, NULL},
    {"BG", NEED_OPTIONAL, NEED_NONE, "NNNN"},
    {"BH", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BI", NEED_NONE, NEED_NONE, NULL},
    {"BJ", NEED_NONE, NEED_NONE, NULL},
    {"BL", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BN", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BO", NEED_NONE, NEED_NONE, NULL},
    {"BQ", NEED_NONE, NEED_NONE, NULL},
    {"BR", NEED_REQUIRED, NEED_REQUIRED, "NNNNNNNN"},
    {"BS", NEED_NONE, NEED_OPTIONAL, NULL},
    {"BT", NEED_OPTIONAL, NEED_NONE, NULL},
    {"BV", NEED_NONE, NEED_NONE, NULL},
    {"BW", NEED_NONE, NEED_NONE, NULL},
    {"BY", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"BZ", NEED_NONE, NEED_NONE, NULL},
    {"CA", NEED_REQUIRED, NEED_REQUIRED, "ANANAN"},
    {"CC", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"CD", NEED_NONE, NEED_NONE, NULL},
    {"CF", NEED_NONE, NEED_NONE, NULL},
    {"CG", NEED_NONE, NEED_NONE, NULL},
    {"CH", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"CI", NEED_NONE, NEED_NONE, NULL},
    {"CK", NEED_NONE, NEED_NONE, NULL},
    {"CL", NEED_OPTIONAL, NEED_OPTIONAL, "NNNNNNN"},
    {"CM", NEED_NONE, NEED_NONE, NULL},
    {"CN", NEED_REQUIRED, NEED_REQUIRED, "NNNNNN"},
    {"CO", NEED_OPTIONAL, NEED_OPTIONAL, "NNNNNN"},
    {"CR", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"CU", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"CV", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"CW", NEED_NONE, NEED_NONE, NULL},
    {"CX", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"CY", NEED_OPTIONAL, NEED_NONE, NULL},
    {"CZ", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"DE", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"DJ", NEED_NONE, NEED_NONE, NULL},
    {"DK", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"DM", NEED_NONE, NEED_NONE, NULL},
    {"DO", NEED_OPTIONAL, NEED_NONE, NULL},
    {"DZ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"EC", NEED_OPTIONAL, NEED_NONE, NULL},
    {"EE", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"EG", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"EH", NEED_OPTIONAL, NEED_NONE, NULL},
    {"ER", NEED_NONE, NEED_NONE, NULL},
    {"ES", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"ET", NEED_OPTIONAL, NEED_NONE, NULL},
    {"FI", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"FJ", NEED_NONE, NEED_NONE, NULL},
    {"FK", NEED_OPTIONAL, NEED_NONE, NULL},
    {"FM", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"FO", NEED_OPTIONAL, NEED_NONE, NULL},
    {"FR", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"GA", NEED_NONE, NEED_NONE, NULL},
    {"GB", NEED_REQUIRED, NEED_NONE, "ANNAA|ANNNAA|ANANAA|AANNAA|AANNNAA|AANANAA|AAANAA|AAAAN|AAAANN|AAAANNN|AAAANNNN"},
    {"GD", NEED_NONE, NEED_NONE, NULL},
    {"GE", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GF", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GG", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GH", NEED_NONE, NEED_NONE, NULL},
    {"GI", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GL", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GM", NEED_NONE, NEED_NONE, NULL},
    {"GN", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GP", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GQ", NEED_NONE, NEED_NONE, NULL},
    {"GR", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"GS", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GT", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GU", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GW", NEED_OPTIONAL, NEED_NONE, NULL},
    {"GY", NEED_NONE, NEED_NONE, NULL},
    {"HK", NEED_NONE, NEED_OPTIONAL, NULL},
    {"HM", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"HN", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"HR", NEED_OPTIONAL, NEED_NONE, "NNNNN"},
    {"HT", NEED_OPTIONAL, NEED_NONE, NULL},
    {"HU", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"ID", NEED_OPTIONAL, NEED_OPTIONAL, "NNNNN"},
    {"IE", NEED_OPTIONAL, NEED_OPTIONAL, "ANXXXXX"},
    {"IL", NEED_OPTIONAL, NEED_NONE, "NNNNN|NNNNNNN"},
    {"IM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"IN", NEED_REQUIRED, NEED_REQUIRED, "NNNNNN"},
    {"IO", NEED_OPTIONAL, NEED_NONE, NULL},
    {"IQ", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"IR", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"IS", NEED_OPTIONAL, NEED_NONE, NULL},
    {"IT", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"JE", NEED_OPTIONAL, NEED_NONE, NULL},
    {"JM", NEED_NONE, NEED_OPTIONAL, NULL},
    {"JO", NEED_OPTIONAL, NEED_NONE, NULL},
    {"JP", NEED_REQUIRED, NEED_OPTIONAL, "NNNNNNN"},
    {"KE", NEED_OPTIONAL, NEED_NONE, NULL},
    {"KG", NEED_OPTIONAL, NEED_NONE, NULL},
    {"KH", NEED_OPTIONAL, NEED_NONE, NULL},
    {"KI", NEED_NONE, NEED_OPTIONAL, NULL},
    {"KM", NEED_NONE, NEED_NONE, NULL},
    {"KN", NEED_NONE, NEED_OPTIONAL, NULL},
    {"KP", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"KR", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"KW", NEED_OPTIONAL, NEED_NONE, NULL},
    {"KY", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"KZ", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"LA", NEED_OPTIONAL, NEED_NONE, NULL},
    {"LB", NEED_OPTIONAL, NEED_NONE, NULL},
    {"LC", NEED_NONE, NEED_NONE, NULL},
    {"LI", NEED_OPTIONAL, NEED_NONE, NULL},
    {"LK", NEED_OPTIONAL, NEED_NONE, NULL},
    {"LR", NEED_OPTIONAL, NEED_NONE, NULL},
    {"LS", NEED_OPTIONAL, NEED_NONE, NULL},
    {"LT", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"LU", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"LV", NEED_REQUIRED, NEED_OPTIONAL, "NNNN"},
    {"LY", NEED_NONE, NEED_NONE, NULL},
    {"MA", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MC", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MD", NEED_OPTIONAL, NEED_NONE, NULL},
    {"ME", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MF", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MG", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MH", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"MK", NEED_OPTIONAL, NEED_NONE, NULL},
    {"ML", NEED_NONE, NEED_NONE, NULL},
    {"MM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MN", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"MO", NEED_NONE, NEED_NONE, NULL},
    {"MP", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"MQ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MR", NEED_NONE, NEED_NONE, NULL},
    {"MS", NEED_NONE, NEED_NONE, NULL},
    {"MT", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MU", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MV", NEED_OPTIONAL, NEED_NONE, NULL},
    {"MW", NEED_NONE, NEED_NONE, NULL},
    {"MX", NEED_REQUIRED, NEED_REQUIRED, "NNNNN"},
    {"MY", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"MZ", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"NA", NEED_OPTIONAL, NEED_NONE, NULL},
    {"NC", NEED_OPTIONAL, NEED_NONE, NULL},
    {"NE", NEED_OPTIONAL, NEED_NONE, NULL},
    {"NF", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"NG", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"NI", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"NL", NEED_REQUIRED, NEED_NONE, "NNNNAA"},
    {"NO", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"NP", NEED_OPTIONAL, NEED_NONE, NULL},
    {"NR", NEED_NONE, NEED_OPTIONAL, NULL},
    {"NU", NEED_NONE, NEED_NONE, NULL},
    {"NZ", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"OM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"PA", NEED_NONE, NEED_OPTIONAL, NULL},
    {"PE", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"PF", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"PG", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"PH", NEED_OPTIONAL, NEED_OPTIONAL, "NNNN"},
    {"PK", NEED_OPTIONAL, NEED_NONE, NULL},
    {"PL", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"PM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"PN", NEED_OPTIONAL, NEED_NONE, NULL},
    {"PR", NEED_OPTIONAL, NEED_NONE, NULL},
    {"PS", NEED_NONE, NEED_NONE, NULL},
    {"PT", NEED_REQUIRED, NEED_NONE, "NNNNNNN"},
    {"PW", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"PY", NEED_OPTIONAL, NEED_NONE, NULL},
    {"QA", NEED_NONE, NEED_NONE, NULL},
    {"RE", NEED_OPTIONAL, NEED_NONE, NULL},
    {"RO", NEED_REQUIRED, NEED_OPTIONAL, "NNNNNN"},
    {"RS", NEED_OPTIONAL, NEED_NONE, NULL},
    {"RU", NEED_REQUIRED, NEED_OPTIONAL, "NNNNNN"},
    {"RW", NEED_NONE, NEED_NONE, NULL},
    {"SA", NEED_OPTIONAL, NEED_NONE, NULL},
    {"SB", NEED_NONE, NEED_NONE, NULL},
    {"SC", NEED_NONE, NEED_OPTIONAL, NULL},
    {"SD", NEED_OPTIONAL, NEED_NONE, NULL},
    {"SE", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"SG", NEED_REQUIRED, NEED_NONE, "NNNNNN"},
    {"SH", NEED_OPTIONAL, NEED_NONE, NULL},
    {"SI", NEED_OPTIONAL, NEED_NONE, "NNNN"},
    {"SJ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"SK", NEED_REQUIRED, NEED_NONE, "NNNNN"},
    {"SL", NEED_NONE, NEED_NONE, NULL},
    {"SM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"SN", NEED_OPTIONAL, NEED_NONE, NULL},
    {"SO", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"SR", NEED_NONE, NEED_OPTIONAL, NULL},
    {"SS", NEED_NONE, NEED_NONE, NULL},
    {"ST", NEED_NONE, NEED_NONE, NULL},
    {"SV", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"SX", NEED_NONE, NEED_NONE, NULL},
    {"SY", NEED_NONE, NEED_NONE, NULL},
    {"SZ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"TC", NEED_OPTIONAL, NEED_NONE, NULL},
    {"TD", NEED_NONE, NEED_NONE, NULL},
    {"TF", NEED_NONE, NEED_NONE, NULL},
    {"TG", NEED_NONE, NEED_NONE, NULL},
    {"TH", NEED_OPTIONAL, NEED_OPTIONAL, "NNNNN"},
    {"TJ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"TK", NEED_NONE, NEED_NONE, NULL},
    {"TL", NEED_NONE, NEED_NONE, NULL},
    {"TM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"TN", NEED_OPTIONAL, NEED_NONE, NULL},
    {"TO", NEED_NONE, NEED_NONE, NULL},
    {"TR", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"TT", NEED_NONE, NEED_NONE, NULL},
    {"TV", NEED_NONE, NEED_OPTIONAL, NULL},
    {"TW", NEED_REQUIRED, NEED_OPTIONAL, "NNN|NNNNN|NNNNNN"},
    {"TZ", NEED_OPTIONAL, NEED_NONE, NULL},
    {"UA", NEED_REQUIRED, NEED_OPTIONAL, "NNNNN"},
    {"UG", NEED_NONE, NEED_NONE, NULL},
    {"UM", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"US", NEED_REQUIRED, NEED_REQUIRED, "NNNNN|NNNNNNNNN"},
    {"UY", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"UZ", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"VA", NEED_OPTIONAL, NEED_NONE, NULL},
    {"VC", NEED_OPTIONAL, NEED_NONE, NULL},
    {"VE", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"VG", NEED_OPTIONAL, NEED_NONE, NULL},
    {"VI", NEED_OPTIONAL, NEED_OPTIONAL, NULL},
    {"VN", NEED_OPTIONAL, NEED_OPTIONAL, "NNNNN|NNNNNN"},
    {"VU", NEED_NONE, NEED_NONE, NULL},
    {"WF", NEED_OPTIONAL, NEED_NONE, NULL},
    {"WS", NEED_NONE, NEED_NONE, NULL},
    {"YE", NEED_NONE, NEED_NONE, NULL},
    {"YT", NEED_OPTIONAL, NEED_NONE, NULL},
    {"ZA", NEED_REQUIRED, NEED_NONE, "NNNN"},
    {"ZM", NEED_OPTIONAL, NEED_NONE, NULL},
    {"ZW", NEED_NONE, NEED_NONE, NULL},
};
/* clang-format on */

static int country_compare(const void *key, const void *country) {
    return memcmp(key, ((const struct country *)country)->code, country_code_size);
}

const struct country *country_find(struct str code) {
    if (code.size != country_code_size)
        return NULL;
    return bsearch(code.data, countries, country_count, sizeof *countries, country_compare);
}

static bool postal_sign_fits(char wanted, char sign) {
    return ((wanted == 'N' || wanted == 'X') && ascii_is_digit(sign)) ||
           ((wanted == 'A' || wanted == 'X') && ascii_is_letter(sign));
}

/* Whether a code without spaces fits one of the alternatives. */
static bool postal_signs_fit(const char *pattern, struct str code) {
    struct str rest = str_from(pattern);
    while (rest.size > 0) {
        struct str wanted = str_cut(&rest, '|');
        size_t i = 0;
        if (wanted.size != code.size)
            continue;
        while (i < code.size && postal_sign_fits(wanted.data[i], code.data[i]))
            i++;
        if (i == code.size)
            return true;
    }
    return false;
}

bool country_postal_code_fits(const struct country *country, struct str code) {
    enum { signs_max = 16 }; /* a longer code fits no pattern */
    char signs[signs_max];
    size_t count = 0;
    if (!country->pattern)
        return true;
    for (size_t i = 0; i < code.size; i++) {
        if (code.data[i] == ' ' || code.data[i] == '-')
            continue;
        if (count == signs_max)
            return false;
        signs[count++] = code.data[i];
    }
    struct str bare = {signs, count};
    if (postal_signs_fit(country->pattern, bare))
        return true;
    bool has_country = count > country_code_size &&
                       str_equal_nocase((struct str){signs, country_code_size}, str_from(country->code));
    return has_country && postal_signs_fit(country->pattern, str_skip(bare, country_code_size));
}

/* Adds the country of a code. False if there is no such country. */
static bool country_set_add(struct country_set *set, struct str code) {
    const struct country *country = country_find(code);
    if (!country)
        return false;
    size_t i = (size_t)(country - countries);
    set->bits[i / 64] |= UINT64_C(1) << i % 64;
    return true;
}

bool country_set_has(const struct country_set *set, const struct country *country) {
    size_t i = (size_t)(country - countries);
    return set->bits[i / 64] >> i % 64 & 1;
}

bool country_set_read(struct str text, struct country_set *out) {
    *out = (struct country_set){0};
    if (str_equal(text, STR("*"))) {
        memset(out, 0xFF, sizeof *out);
        return true;
    }
    while (text.size > 0)
        if (!country_set_add(out, str_trim(str_cut(&text, ','))))
            return false;
    return true;
}
