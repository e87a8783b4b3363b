#include "pay/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>

enum { digest_bytes = 32, time_digits_max = 12 };

struct signature {
    struct str time; /* as it was sent: that is what was signed */
    int64_t at_s;
    struct str digests[signature_count_max];
    size_t count;
};

static bool parse_time(struct str digits, int64_t *out) {
    int64_t value = 0;
    if (digits.size == 0 || digits.size > time_digits_max)
        return false;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
        value = value * 10 + (digits.at[i] - '0');
    }
    *out = value;
    return true;
}

/* One `name=value`; what is none of ours is passed over. False where the header can be none of Stripe's. */
static bool take_item(struct signature *s, struct str item) {
    size_t equals = str_find(item, '=');
    struct str name = str_trim((struct str){item.at, equals}), value = {0};
    if (equals < item.size)
        value = str_trim((struct str){item.at + equals + 1, item.size - equals - 1});
    if (str_equal(name, STR("t"))) {
        bool again = s->time.at != NULL;
        s->time = value;
        return !again && parse_time(value, &s->at_s);
    }
    if (str_equal(name, STR("v1")) && value.size == signature_digest_size && s->count < signature_count_max)
        s->digests[s->count++] = value;
    return true;
}

static bool parse(struct str header, struct signature *out) {
    *out = (struct signature){0};
    while (header.size > 0) {
        size_t end = str_find(header, ','), skip = end < header.size ? end + 1 : end;
        if (!take_item(out, (struct str){header.at, end}))
            return false;
        header.at += skip, header.size -= skip;
    }
    return out->time.at && out->count > 0;
}

/* HMAC-SHA256 over time, a full stop and body; false where libcrypto has no memory. */
static bool digest(struct str time, struct str body, struct str secret, uint8_t out[static digest_bytes]) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    char sha256[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", sha256, 0),
                                 OSSL_PARAM_construct_end()};
    size_t size;
    bool done = context && EVP_MAC_init(context, (const unsigned char *)secret.at, secret.size, params) &&
                EVP_MAC_update(context, (const unsigned char *)time.at, time.size) &&
                EVP_MAC_update(context, (const unsigned char *)".", 1) &&
                EVP_MAC_update(context, (const unsigned char *)body.at, body.size) &&
                EVP_MAC_final(context, out, &size, digest_bytes);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return done;
}

/* Stripe writes lower case only; what is no hexadecimal digit matches nothing. */
static void to_hex(const uint8_t bytes[static digest_bytes], char out[static signature_digest_size]) {
    for (size_t i = 0; i < digest_bytes; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
}

enum status signature_check(struct str header, struct str body, struct str secret, int64_t now_us) {
    struct signature s;
    uint8_t bytes[digest_bytes];
    char wanted[signature_digest_size];
    bool matches = false;
    if (secret.size == 0 || !parse(header, &s))
        return STATUS_BAD_SIGNATURE;
    if (!digest(s.time, body, secret, bytes))
        return STATUS_BAD_SIGNATURE;
    to_hex(bytes, wanted);
    for (size_t i = 0; i < s.count; i++)
        matches |= CRYPTO_memcmp(s.digests[i].at, wanted, signature_digest_size) == 0;
    OPENSSL_cleanse(wanted, sizeof wanted);
    bool fresh = now_us / 1000000 - s.at_s <= signature_tolerance_s;
    return matches && fresh ? STATUS_OK : STATUS_BAD_SIGNATURE;
}

void signature_make(struct str body, struct str secret, int64_t at_us, char out[static signature_text_size]) {
    uint8_t bytes[digest_bytes];
    char time[24], hex[signature_digest_size];
    int size = snprintf(time, sizeof time, "%lld", (long long)(at_us / 1000000));
    if (!digest((struct str){time, (size_t)size}, body, secret, bytes)) {
        out[0] = '\0'; /* no memory: a header that nobody takes */
        return;
    }
    to_hex(bytes, hex);
    snprintf(out, signature_text_size, "t=%s,v1=%.*s", time, signature_digest_size, hex);
}
