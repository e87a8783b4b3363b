#include "api/session.h"

#include "base/crypto/sha.h"
#include "model/errors.h"

#include <string.h>

/* 400 days, the longest that browsers keep a cookie. The cart expires long before, but the shopper may come
 * back for the orders. */
enum { cookie_keep_seconds = 400 * 24 * 3600 };

/* Stores the first half of the token's SHA-256 as the session's key. */
static void session_set_key(struct str token, struct session *out) {
    uint8_t digest[sha256_size];
    sha256_of(token, digest);
    out->is_set = true;
    memcpy(out->key.bytes, digest, sizeof out->key.bytes);
}

static enum status session_check_header(struct str header, struct errors *errors) {
    struct loc where = {.name = STR("header")}, at = {.parent = &where, .name = STR("x-session-id")};
    /* Bytes that are not UTF-8 cannot be echoed in JSON. */
    struct json text = {.kind = JSON_STRING, .text = header}, *input = utf8_valid(header) ? &text : NULL;
    if (header.size < session_token_bytes_min)
        error_put(errors, "string_too_short", &at, input, "{\"min_length\":16}",
                  "String should have at least 16 characters");
    else if (header.size > session_token_bytes_max)
        error_put(errors, "string_too_long", &at, input, "{\"max_length\":128}",
                  "String should have at most 128 characters");
    else if (!str_is_alnum(header, "-_"))
        error_put(errors, "string_pattern_mismatch", &at, input, "{\"pattern\":\"^[A-Za-z0-9_-]+$\"}",
                  "String should match pattern '^[A-Za-z0-9_-]+$'");
    else
        return STATUS_OK;
    return STATUS_INVALID;
}

/* Java's HttpClient and others of RFC 2965 put quotes around a value. */
struct str cookie_value(struct str cookies, struct str name) {
    while (cookies.size > 0) {
        struct str pair = str_trim(str_cut(&cookies, ';'));
        if (str_starts(pair, name) && pair.size > name.size && pair.data[name.size] == '=')
            return str_unquote(str_skip(pair, name.size + 1));
    }
    return (struct str){0};
}

enum status session_read(struct str header, struct str cookies, struct session *out, struct errors *errors) {
    *out = (struct session){0};
    if (header.data) {
        enum status s = session_check_header(header, errors);
        if (s == STATUS_OK)
            session_set_key(header, out);
        return s;
    }
    struct str cookie = cookie_value(cookies, STR("till_session"));
    if (cookie.size >= session_token_bytes_min && cookie.size <= session_token_bytes_max &&
        str_is_alnum(cookie, "-_"))
        session_set_key(cookie, out);
    return STATUS_OK;
}

void session_mint(const struct random *random, struct session *out) {
    random_token(random, out->minted, session_minted_size);
    out->minted[session_minted_size] = '\0';
    session_set_key((struct str){out->minted, session_minted_size}, out);
}

enum status session_cookie(struct arena *arena, const struct session *session, int64_t now_us, bool secure,
                           struct str *out) {
    char expires[http_date_size];
    struct buf cookie = buf_new(arena);
    http_date_format(now_us + (int64_t)cookie_keep_seconds * 1000000, expires);
    buf_printf(&cookie, "till_session=%s; Path=/; Expires=%.*s; Max-Age=%d; HttpOnly; SameSite=Lax%s",
               session->minted, http_date_size, expires, cookie_keep_seconds, secure ? "; Secure" : "");
    *out = buf_str(&cookie);
    return buf_ok(&cookie) ? STATUS_OK : STATUS_NO_MEMORY;
}
