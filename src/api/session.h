/* Whose cart it is: an anonymous shopper's session, from the header X-Session-Id (a storefront's server) or
 * the cookie till_session (a browser). The header wins. The token itself is never stored, only half of its
 * SHA-256. */
#pragma once

#include "model/model.h"

enum {
    session_token_bytes_min = 16, /* of a header that a client made up */
    session_token_bytes_max = 128,
    session_minted_size = 22, /* 132 random bits */
};

struct session {
    bool given;
    struct uuid key;                      /* what the tables call `session` */
    char minted[session_minted_size + 1]; /* the token, where it was made for this request; else empty */
};

/* Reads a request's session. A malformed header is an error of validation (STATUS_INVALID); a malformed
 * cookie, which the shopper can do nothing about, is none at all. */
MUST_CHECK enum status session_read(struct str header, struct str cookies, struct session *out,
                                    struct errors *errors);

/* Makes a new session. */
void session_mint(const struct random *random, struct session *out);

/* Set-Cookie for a minted session. `secure` says that the client came over TLS. */
MUST_CHECK enum status session_cookie(struct arena *arena, const struct session *session, bool secure,
                                      struct str *out);
