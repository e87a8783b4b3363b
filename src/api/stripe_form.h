/* A request as Stripe's clients send it: a key in Authorization, a form in the body or the query. */
#pragma once

#include "api/call.h"
#include "model/json.h"

/* Whether the request carries a secret key for tests, sk_test_…, as a bearer or as the user of Basic. */
bool stripe_authorized(struct arena *arena, struct str authorization);

/* The form's fields, as an object of strings: of the body where it was a POST, else of the query. STATUS_OK,
 * STATUS_TOO_MANY_PARAMETERS, STATUS_NO_MEMORY. */
MUST_CHECK enum status stripe_form(const struct call *call, const struct json **out);

/* A field's text, the last where it is there several times; absent where there is none. */
struct str form_text(const struct json *form, struct str name);

/* A field that is a whole number; `absent` where there is none, false where it is something else. */
MUST_CHECK bool form_number(const struct json *form, struct str name, int64_t absent, int64_t *out);

/* Whether latest_charge is to be expanded (`expand[]` or `expand[0]`). */
bool form_expands_charge(const struct json *form);

/* The first field that is neither one of `known` (ended by NULL; `name[` stands for all that start so) nor
 * expand; absent where there is none. */
struct str form_unknown(const struct json *form, const char *const known[]);
