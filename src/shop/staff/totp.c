#include "shop/staff/totp.h"

#include "base/crypto/sha.h"

#include <endian.h>
#include <string.h>

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void totp_code(const uint8_t secret[static totp_secret_size], int64_t step, char out[static totp_code_size]) {
    uint64_t counter = htobe64((uint64_t)step);
    uint8_t hash[sha1_size];
    uint32_t number;
    hmac_sha1_of((struct str){(const char *)secret, totp_secret_size},
                 (struct str){(const char *)&counter, sizeof counter}, hash);
    memcpy(&number, hash + (hash[19] & 15), sizeof number); /* RFC 4226 §5.3: dynamic truncation */
    number = be32toh(number) & 0x7FFFFFFF;
    for (int i = totp_code_size - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
}

bool totp_is_right(const uint8_t secret[static totp_secret_size], struct str code, int64_t now_us,
                   struct maybe_int last_step, int64_t *step) {
    int64_t now = now_us / (totp_period_s * INT64_C(1000000));
    bool right = false;
    if (code.size != totp_code_size)
        return false;
    for (int64_t s = now - 1; s <= now + 1; s++) {
        char wanted[totp_code_size];
        totp_code(secret, s, wanted);
        bool is_later = !last_step.is_set || s > last_step.value;
        if (secret_equal(wanted, code.data, sizeof wanted) && is_later && !right) {
            *step = s;
            right = true;
        }
    }
    return right;
}

void totp_secret_write(const uint8_t secret[static totp_secret_size],
                       char out[static totp_secret_text_size]) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < totp_secret_text_size; i++) {
        size_t bit = i * 5, byte = bit / 8;
        unsigned pair = (unsigned)secret[byte] << 8 | (byte + 1 < totp_secret_size ? secret[byte + 1] : 0);
        out[i] = letters[pair >> (11 - bit % 8) & 31];
    }
}

void recovery_code_mint(const struct random *random, char out[static recovery_code_text_size]) {
    uint8_t bytes[recovery_code_size];
    random_fill(random, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i && i % 4 == 0)
            *out++ = '-';
        *out++ = crockford[bytes[i] & 31];
    }
}

/* Returns the character that one of a code stands for, or NUL. */
static char recovery_code_sign(char c) {
    if (ascii_is_letter(c))
        c = (char)(c & ~0x20);
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    return c && strchr(crockford, c) ? c : '\0';
}

bool recovery_code_read(struct str text, char out[static recovery_code_size]) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '-' || text.data[i] == ' ')
            continue;
        char c = recovery_code_sign(text.data[i]);
        if (!c || count == recovery_code_size)
            return false;
        out[count++] = c;
    }
    return count == recovery_code_size;
}
