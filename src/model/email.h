/* Addresses of mail, judged as Pydantic's EmailStr does (email-validator 2.4), in a smaller grammar: ASCII alone, no
 * quotes, no name in front, at most 64 bytes before the @-sign. So two addresses that are not the same bytes cannot
 * look or compare alike but for the case of letters, and no address needs escaping in a header or an SMTP command. */
#pragma once

#include "base/str.h"

enum {
    email_size_max = 254, /* RFC 5321 §4.5.3.1.3, bytes */
    email_reason_size = 512,
};

/* Returns whether a text is an address. Otherwise writes why not, ended by NUL, in email-validator's words. */
bool email_valid(struct str text, char reason[static email_reason_size]);
