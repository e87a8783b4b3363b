#include "password/hash.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { passes = 2, memory_bytes = 19456 * 1024 };

_Static_assert((int)password_hash_size == (int)crypto_pwhash_STRBYTES, "libsodium's text, with its NUL");

const char password_no_hash[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* Copies a hash, because libsodium wants a NUL behind it. False if it is too long to be one. */
static bool hash_copy(struct str hash, char out[static password_hash_size]) {
    if (!hash.data || hash.size >= password_hash_size)
        return false;
    memcpy(out, hash.data, hash.size);
    memset(out + hash.size, 0, password_hash_size - hash.size);
    return true;
}

/* libsodium counts its initialisations itself, from any thread. */
static bool sodium_is_ready(void) {
    return sodium_init() >= 0;
}

void pepper_make(struct str secret, struct pepper *out) {
    static const unsigned char purpose[] = "till pepper";
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    *out = (struct pepper){.mark = ""};
    if (!secret.data)
        return;
    SHA256((const unsigned char *)secret.data, secret.size, out->key);
    HMAC(EVP_sha256(), out->key, sizeof out->key, purpose, sizeof purpose, digest, NULL);
    hex_write(digest, pepper_mark_size / 2, out->mark);
}

/* What is hashed of a password: itself, or its HMAC, which is written to `room`. */
static struct str password_peppered(const struct pepper *pepper, struct str password,
                                    unsigned char room[static EVP_MAX_MD_SIZE]) {
    unsigned size = 0;
    if (!pepper->mark[0])
        return password;
    HMAC(EVP_sha256(), pepper->key, sizeof pepper->key, (const unsigned char *)password.data, password.size,
         room, &size);
    return (struct str){(const char *)room, size};
}

/* Takes the mark off a stored hash, and returns it: empty for a hash without pepper. */
static struct str hash_cut_mark(struct str *hash) {
    size_t size = str_find(*hash, '$');
    struct str mark = {hash->data, size};
    *hash = str_skip(*hash, size);
    return mark;
}

enum status password_hash(const struct pepper *pepper, struct str password,
                          char out[static password_hash_size]) {
    unsigned char room[EVP_MAX_MD_SIZE];
    char hash[password_hash_size];
    struct str text = password_peppered(pepper, password, room);
    if (!sodium_is_ready() || crypto_pwhash_str_alg(hash, text.data, text.size, passes, memory_bytes,
                                                    crypto_pwhash_ALG_ARGON2ID13) != 0)
        return STATUS_NO_MEMORY;
    int size = snprintf(out, password_hash_size, "%s%s", pepper->mark, hash);
    return size > 0 && size < password_hash_size ? STATUS_OK : STATUS_FAULT;
}

bool password_matches(const struct pepper *pepper, struct str password, struct str hash) {
    static const struct pepper none = {.mark = ""};
    unsigned char room[EVP_MAX_MD_SIZE];
    char text[password_hash_size];
    struct str mark = hash_cut_mark(&hash);
    bool is_ours = mark.size == 0 || str_equal(mark, str_from(pepper->mark));
    struct str hashed = password_peppered(mark.size > 0 ? pepper : &none, password, room);
    return hash_copy(hash, text) && sodium_is_ready() &&
           crypto_pwhash_str_verify(text, hashed.data, hashed.size) == 0 && is_ours;
}

bool password_needs_rehash(const struct pepper *pepper, struct str hash) {
    char text[password_hash_size];
    struct str mark = hash_cut_mark(&hash);
    return !str_equal(mark, str_from(pepper->mark)) || !hash_copy(hash, text) ||
           crypto_pwhash_str_needs_rehash(text, passes, memory_bytes) != 0;
}
