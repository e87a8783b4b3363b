#include "pay/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>

enum { digest_bytes = 32, time_digits_max = 12 };

/* A header, taken apart. All texts are slices of it. */
struct signature {
    struct str time; /* the digits as they were sent, because these bytes are signed */
    int64_t at_s;
    struct str digests[signature_count_max];
    size_t count;
};

/* Reads one `name=value`, and ignores what it does not know. False if the header cannot be Stripe's: there
 * are two times, or one that is not a number of at most time_digits_max digits. */
static bool signature_read_item(struct signature *s, struct str item) {
    struct str name = str_trim(str_cut(&item, '=')), value = str_trim(item);
    if (str_equal(name, STR("t"))) {
        bool again = s->time.data != NULL;
        s->time = value;
        return !again && value.size <= time_digits_max && str_to_int(value, INT64_MAX, &s->at_s);
    }
    if (str_equal(name, STR("v1")) && value.size == signature_digest_size && s->count < signature_count_max)
        s->digests[s->count++] = value;
    return true;
}

static bool signature_parse(struct str header, struct signature *out) {
    *out = (struct signature){0};
    while (header.size > 0)
        if (!signature_read_item(out, str_cut(&header, ',')))
            return false;
    return out->time.data && out->count > 0;
}

/* Computes the HMAC-SHA256 over time, a full stop and body; false if libcrypto has no memory. */
static bool signature_digest(struct str time, struct str body, struct str secret,
                             uint8_t out[static digest_bytes]) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    char sha256[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", sha256, 0),
                                 OSSL_PARAM_construct_end()};
    size_t size;
    bool done = context && EVP_MAC_init(context, (const unsigned char *)secret.data, secret.size, params) &&
                EVP_MAC_update(context, (const unsigned char *)time.data, time.size) &&
                EVP_MAC_update(context, (const unsigned char *)".", 1) &&
                EVP_MAC_update(context, (const unsigned char *)body.data, body.size) &&
                EVP_MAC_final(context, out, &size, digest_bytes);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return done;
}

/* Lower case, as Stripe writes it. The digests are compared as text, so that the header's hexadecimal digits
 * need no decoding: anything else in them just does not match. */
static void signature_to_hex(const uint8_t bytes[static digest_bytes],
                             char out[static signature_digest_size]) {
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
    if (secret.size == 0 || !signature_parse(header, &s))
        return STATUS_BAD_SIGNATURE;
    if (!signature_digest(s.time, body, secret, bytes))
        return STATUS_BAD_SIGNATURE;
    signature_to_hex(bytes, wanted);
    for (size_t i = 0; i < s.count; i++)
        matches |= CRYPTO_memcmp(s.digests[i].data, wanted, signature_digest_size) == 0;
    OPENSSL_cleanse(wanted, sizeof wanted);
    bool fresh = now_us / 1000000 - s.at_s <= signature_tolerance_s;
    return matches && fresh ? STATUS_OK : STATUS_BAD_SIGNATURE;
}

void signature_make(struct str body, struct str secret, int64_t at_us, char out[static signature_text_size]) {
    uint8_t bytes[digest_bytes];
    char time[24], hex[signature_digest_size];
    int size = snprintf(time, sizeof time, "%lld", (long long)(at_us / 1000000));
    if (!signature_digest((struct str){time, (size_t)size}, body, secret, bytes)) {
        out[0] = '\0';
        return;
    }
    signature_to_hex(bytes, hex);
    snprintf(out, signature_text_size, "t=%s,v1=%.*s", time, signature_digest_size, hex);
}
