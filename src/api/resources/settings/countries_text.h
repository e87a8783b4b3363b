/* Lists of countries, as several models have them: of codes in the API, a text in the shop. */
#pragma once

#include "api/call.h"
#include "model/errors.h"
#include "shop/checkout/countries.h"

/* Returns whether a code is a country's, or false after adding an error at `at`. */
bool country_check(struct call *call, struct str code, const struct loc *at);

/* The same for each code of the body's list `name`. The caller looks at call->errors. */
void countries_check(struct call *call, const struct list *codes, const char *name);

/* Joins codes with commas; `*` for none. Absent without memory. */
struct str countries_text_join(struct arena *arena, const struct list *codes);

/* Splits that again. STATUS_NO_MEMORY. */
MUST_CHECK enum status countries_text_split(struct arena *arena, struct str text, struct list *out);

/* Splits a text with commas into a list of struct str. STATUS_NO_MEMORY. */
MUST_CHECK enum status comma_text_split(struct arena *arena, struct str text, struct list *out);
