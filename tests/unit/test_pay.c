/* pay: signatures, Stripe's objects, the mock and its ledger. */
#include "files.h"
#include "test.h"
#include "world.h"

#include "pay/event.h"
#include "pay/intent.h"
#include "pay/mock.h"
#include "pay/signature.h"

#include <pthread.h>

/* ---- signatures ---- */

/* Made with OpenSSL's command line: printf '1795399409.{"id":"evt_1"}' | openssl dgst -sha256 -hmac SECRET */
#define SIGNED_AT "1795399409"
#define SIGNED_BODY "{\"id\":\"evt_1\"}"
#define SECRET "whsec_test_secret"
#define DIGEST "f81d3e43e4edeec831d66be545b8aedb5be5e111238989ef2d865215f2a61873"
#define FOREIGN "0000000000000000000000000000000000000000000000000000000000000000"

static void a_header_signs_its_very_bytes(void **state) {
    (void)state;
    static const struct {
        const char *header, *body, *secret;
        int64_t later_s;
        enum status want;
    } rows[] = {
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" FOREIGN ",v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"t=" SIGNED_AT ", v1=" DIGEST ",v0=" FOREIGN, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"v1=" DIGEST ",t=" SIGNED_AT, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 300, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, -3000, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 301, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY " ", SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET "x", 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, "", 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v0=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=1795399410,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=0x1,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=-1,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=", SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {",,,=,t,v1", SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"", SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {NULL, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t now_us = (INT64_C(1795399409) + rows[i].later_s) * 1000000;
        assert_number_of(rows[i].header ? rows[i].header : "(absent)",
                         signature_check(str_from(rows[i].header), str_from(rows[i].body),
                                         str_from(rows[i].secret), now_us),
                         rows[i].want);
    }
}

static void what_was_signed_here_is_taken(void **state) {
    (void)state;
    char header[signature_text_size];
    signature_make(STR(SIGNED_BODY), STR(SECRET), WORLD_START_US, header);
    assert_string_equal(header, "t=" SIGNED_AT ",v1=" DIGEST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_signs_its_very_bytes),
        cmocka_unit_test(what_was_signed_here_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
