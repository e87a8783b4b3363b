/* The countries of ISO 3166-1, and what an address needs in each. */
#pragma once

#include "base/str.h"

/* Whether a form asks for a field: there is none in this country, it may be left out, or nothing arrives without it. */
enum need { NEED_NONE, NEED_OPTIONAL, NEED_REQUIRED };

enum { country_count = 249, country_code_size = 2 };

struct country {
    char code[country_code_size + 1]; /* ISO 3166-1 alpha-2, in upper case */
    enum need postal_code, region;
    const char *pattern; /* of a postal code (countries.c); NULL: any */
};

/* In ascending order of their codes. */
extern const struct country countries[country_count];

/* Returns the country of a code in upper case, or NULL. */
const struct country *country_find(struct str code);

/* Returns whether a postal code looks like one of the country's. A code that does not is worth a warning, never a refusal:
 * patterns are sometimes wrong. */
bool country_postal_code_fits(const struct country *country, struct str code);

/* A set of countries: bit i stands for countries[i]. */
struct country_set {
    uint64_t bits[(country_count + 63) / 64];
};

bool country_set_has(const struct country_set *set, const struct country *country);

/* Reads codes with commas between them, or `*` for all countries. False if one is no country's. */
bool country_set_read(struct str text, struct country_set *out);
