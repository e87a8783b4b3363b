/* The examples of the standards. */
#include "test.h"

#include "base/crypto/base64.h"
#include "base/crypto/sha.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <string.h>

static void assert_hex(const uint8_t *bytes, size_t size, const char *wanted) {
    char text[2 * sha256_size + 1] = {0};
    hex_write(bytes, size, text);
    assert_string_equal(text, wanted);
}

static void sha256_is_that_of_fips_180(void **state) {
    (void)state;
    uint8_t hash[sha256_size];
    sha256_of(STR(""), hash);
    assert_hex(hash, sizeof hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_of(STR("abc"), hash);
    assert_hex(hash, sizeof hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void sha256_of_pieces_is_that_of_the_whole(void **state) {
    (void)state;
    static const char text[] =
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"; /* FIPS 180-4's second */
    const struct str parts[] = {{text, 20}, {NULL, 0}, {text + 20, sizeof text - 21}};
    uint8_t hash[sha256_size];
    sha256_of_parts(parts, 3, hash);
    assert_hex(hash, sizeof hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void hmacs_are_those_of_rfc_4231_and_2202(void **state) {
    (void)state;
    const struct str parts[] = {STR("what do ya want "), STR("for nothing?")};
    uint8_t hash[sha256_size], short_hash[sha1_size];
    hmac_sha256_of_parts(STR("Jefe"), parts, 2, hash);
    assert_hex(hash, sizeof hash, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    hmac_sha1_of(STR("Jefe"), STR("what do ya want for nothing?"), short_hash);
    assert_hex(short_hash, sizeof short_hash, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

static void base64_is_that_of_rfc_4648(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct str plain = str_from(pairs[i][0]), coded = str_from(pairs[i][1]);
        char text[16] = {0};
        uint8_t bytes[16];
        size_t size;
        base64_write(plain, text);
        assert_string_equal(text, coded.data);
        assert_int_equal(BASE64_SIZE(plain.size), coded.size);
        assert_true(base64_read(coded, bytes, &size));
        assert_true(str_equal((struct str){(const char *)bytes, size}, plain));
    }
}

static void what_is_not_base64_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9v!", "====", "Zm\xC3\xA4v"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint8_t bytes[16];
        size_t size;
        assert_false(base64_read(str_from(texts[i]), bytes, &size));
    }
}

static void secrets_are_equal_in_each_byte(void **state) {
    (void)state;
    assert_true(secret_equal("abc", "abc", 3));
    assert_false(secret_equal("abc", "abd", 3));
    assert_false(secret_equal("abc", "bbc", 3));
    assert_true(secret_equal("abc", "abd", 2));
}

/* A page that cannot be read until something reads it: then it can, and `guarded_reads` counts it. */
static char *guarded;
static volatile sig_atomic_t guarded_reads;
enum { guarded_page_bytes = 64 * 1024 }; /* of the largest page that a kernel of Linux has */

static void on_guarded_read(int number) {
    (void)number;
    guarded_reads++;
    mprotect(guarded, guarded_page_bytes, PROT_READ);
}

/* If the comparison stopped at the first byte that differs, its time would tell how much of a guess is right. */
static void secrets_are_compared_to_their_end(void **state) {
    (void)state;
    enum { size = 2 * guarded_page_bytes };
    struct sigaction before, guard = {.sa_handler = on_guarded_read};
    char *secret = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *guess = calloc(1, size);
    assert_true(secret != MAP_FAILED && guess);
    guess[0] = 1;
    guarded = secret + guarded_page_bytes;
    assert_int_equal(mprotect(guarded, guarded_page_bytes, PROT_NONE), 0);
    assert_int_equal(sigaction(SIGSEGV, &guard, &before), 0);
    assert_false(secret_equal(guess, secret, size));
    assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
    assert_int_equal(guarded_reads, 1);
    munmap(secret, size);
    free(guess);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_is_that_of_fips_180),
        cmocka_unit_test(sha256_of_pieces_is_that_of_the_whole),
        cmocka_unit_test(hmacs_are_those_of_rfc_4231_and_2202),
        cmocka_unit_test(base64_is_that_of_rfc_4648),
        cmocka_unit_test(what_is_not_base64_is_refused),
        cmocka_unit_test(secrets_are_equal_in_each_byte),
        cmocka_unit_test(secrets_are_compared_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
