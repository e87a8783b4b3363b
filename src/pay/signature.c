#include "pay/signature.h"

#include "base/crypto/sha.h"

#include <stdio.h>
#include <string.h>

enum { time_digits_max = 12 };

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

/* Writes the HMAC-SHA256 over time, a full stop and body, in lower case as Stripe writes it. The digests are compared as text,
 * so that the header's hexadecimal digits need no decoding: anything else in them just does not match. */
static void signature_digest(struct str time, struct str body, struct str secret,
                             char out[static signature_digest_size]) {
    const struct str parts[] = {time, STR("."), body};
    uint8_t digest[sha256_size];
    hmac_sha256_of_parts(secret, parts, sizeof parts / sizeof *parts, digest);
    hex_write(digest, sizeof digest, out);
}

enum status signature_check(struct str header, struct str body, struct str secret, int64_t now_us) {
    struct signature s;
    char wanted[signature_digest_size];
    bool matches = false;
    if (secret.size == 0 || !signature_parse(header, &s))
        return STATUS_BAD_SIGNATURE;
    signature_digest(s.time, body, secret, wanted);
    for (size_t i = 0; i < s.count; i++)
        matches |= secret_equal(s.digests[i].data, wanted, signature_digest_size);
    explicit_bzero(wanted, sizeof wanted);
    bool fresh = now_us / 1000000 - s.at_s <= signature_tolerance_s;
    return matches && fresh ? STATUS_OK : STATUS_BAD_SIGNATURE;
}

void signature_make(struct str body, struct str secret, int64_t at_us, char out[static signature_text_size]) {
    char time[24], hex[signature_digest_size];
    int size = snprintf(time, sizeof time, "%lld", (long long)(at_us / 1000000));
    signature_digest((struct str){time, (size_t)size}, body, secret, hex);
    snprintf(out, signature_text_size, "t=%s,v1=%.*s", time, signature_digest_size, hex);
}
