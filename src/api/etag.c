#include "api/etag.h"

#include "base/crypto/sha.h"

#include <string.h>

const struct str if_match_header = {"if-match", sizeof "if-match" - 1};

void etag_write_hash(const uint8_t *sha256, char out[static etag_size]) {
    out[0] = out[etag_size - 1] = '"';
    hex_write(sha256, (etag_size - 2) / 2, out + 1);
}

void etag_write(struct str body, char out[static etag_size]) {
    uint8_t digest[sha256_size];
    sha256_of(body, digest);
    etag_write_hash(digest, out);
}

void etag_write_gzip(const char etag[static etag_size], char out[static etag_gzip_size]) {
    static const char end[] = {'-', 'g', 'z', '"'};
    memcpy(out, etag, etag_size - 1);
    memcpy(out + etag_size - 1, end, sizeof end);
}

/* A comma inside a foreign tag cuts it into pieces. No piece begins and ends with a quote as ours do. */
bool etag_listed(struct str list, const char etag[static etag_size], bool weak) {
    char gzip[etag_gzip_size];
    etag_write_gzip(etag, gzip);
    while (list.size > 0) {
        struct str tag = str_trim(str_cut(&list, ','));
        if (str_equal(tag, STR("*")))
            return true;
        if (weak && str_starts(tag, STR("W/")))
            tag = str_skip(tag, 2);
        if (str_equal(tag, (struct str){etag, etag_size}) || str_equal(tag, (struct str){gzip, sizeof gzip}))
            return true;
    }
    return false;
}
