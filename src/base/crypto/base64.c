#include "base/crypto/base64.h"

#include <nettle/base64.h>

void base64_write(struct str data, char *out) {
    base64_encode_raw(out, data.size, (const uint8_t *)data.data);
}

bool base64_read(struct str text, uint8_t *out, size_t *size) {
    struct base64_decode_ctx state;
    base64_decode_init(&state);
    *size = BASE64_DECODE_LENGTH(text.size);
    return base64_decode_update(&state, size, out, text.size, text.data) && base64_decode_final(&state);
}
