/* An anonymous shopper's session: a token in the header X-Session-Id (from a storefront's server) or in the
 * cookie till_session (from a browser). The header wins. The token itself is never stored, only half of its
 * SHA-256, so a copy of the database does not let anybody act for a shopper. */
#pragma once

#include "model/model.h"

enum {
    session_token_bytes_min = 16, /* of a token that a client chose */
    session_token_bytes_max = 128,
    session_minted_size = 22, /* characters of 6 bits: 132 random bits */
};

struct session {
    bool is_set;
    struct uuid key;                      /* the tables' column `session` */
    char minted[session_minted_size + 1]; /* the token, if it was made for this request; else empty */
};

/* Returns a cookie's value in a Cookie header (RFC 6265 §4.2.1), without quotes; absent if it is not there. */
struct str cookie_value(struct str cookies, struct str name);

/* Reads a request's session. A malformed header is an error of validation (STATUS_INVALID). A malformed
 * cookie is ignored, because a shopper cannot repair it. */
MUST_CHECK enum status session_read(struct str header, struct str cookies, struct session *out,
                                    struct errors *errors);

/* Makes a session with a new token. */
void session_mint(const struct random *random, struct session *out);

/* Writes the Set-Cookie of a minted session. It has Expires beside Max-Age, for clients that know only that
 * (java.net.HttpCookie takes a cookie without it for one of RFC 2965). `now_us`: the clock's; `secure`: the client
 * uses TLS. STATUS_NO_MEMORY. */
MUST_CHECK enum status session_cookie(struct arena *arena, const struct session *session, int64_t now_us,
                                      bool secure, struct str *out);
