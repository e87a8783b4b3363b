#include "api/session.h"

#include "model/errors.h"

#include <openssl/sha.h>
#include <string.h>

/* As long as browsers keep any. A cart ends by itself, and its shopper comes for the orders later than that.
 */
enum { cookie_keep_seconds = 400 * 24 * 3600 };

static bool url_safe(struct str text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static void take(struct str token, struct session *out) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)token.at, token.size, digest);
    out->given = true;
    memcpy(out->key.bytes, digest, sizeof out->key.bytes);
}

static enum status check_header(struct str header, struct errors *errors) {
    struct loc where = {.name = STR("header")}, at = {.parent = &where, .name = STR("x-session-id")};
    /* Bytes that are no UTF-8 cannot be echoed in JSON. */
    struct json text = {.kind = JSON_STRING, .text = header}, *input = utf8_valid(header) ? &text : NULL;
    if (header.size < session_token_bytes_min)
        error_put(errors, "string_too_short", &at, input, "{\"min_length\":16}",
                  "String should have at least 16 characters");
    else if (header.size > session_token_bytes_max)
        error_put(errors, "string_too_long", &at, input, "{\"max_length\":128}",
                  "String should have at most 128 characters");
    else if (!url_safe(header))
        error_put(errors, "string_pattern_mismatch", &at, input, "{\"pattern\":\"^[A-Za-z0-9_-]+$\"}",
                  "String should match pattern '^[A-Za-z0-9_-]+$'");
    else
        return STATUS_OK;
    return STATUS_INVALID;
}

/* The value of till_session among cookies (RFC 6265 §4.2.1); absent where it is not there. */
static struct str cookie_value(struct str cookies) {
    struct str name = STR("till_session=");
    while (cookies.size > 0) {
        size_t end = str_find(cookies, ';');
        struct str pair = str_trim((struct str){cookies.at, end});
        size_t skip = end < cookies.size ? end + 1 : end;
        cookies.at += skip, cookies.size -= skip;
        if (str_starts(pair, name))
            return (struct str){pair.at + name.size, pair.size - name.size};
    }
    return (struct str){0};
}

enum status session_read(struct str header, struct str cookies, struct session *out, struct errors *errors) {
    *out = (struct session){0};
    if (header.at) {
        enum status s = check_header(header, errors);
        if (s == STATUS_OK)
            take(header, out);
        return s;
    }
    struct str cookie = cookie_value(cookies);
    if (cookie.size >= session_token_bytes_min && cookie.size <= session_token_bytes_max && url_safe(cookie))
        take(cookie, out);
    return STATUS_OK;
}

void session_mint(const struct random *random, struct session *out) {
    random_token(random, out->minted, session_minted_size);
    out->minted[session_minted_size] = '\0';
    take((struct str){out->minted, session_minted_size}, out);
}

enum status session_cookie(struct arena *arena, const struct session *session, bool secure, struct str *out) {
    struct buf cookie = buf_new(arena);
    buf_printf(&cookie, "till_session=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s", session->minted,
               cookie_keep_seconds, secure ? "; Secure" : "");
    *out = buf_str(&cookie);
    return buf_ok(&cookie) ? STATUS_OK : STATUS_NO_MEMORY;
}
