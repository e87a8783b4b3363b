#include "password/hash.h"

#include "base/crypto/sha.h"

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

static struct str pepper_key(const struct pepper *pepper) {
    return (struct str){(const char *)pepper->key, sizeof pepper->key};
}

void pepper_make(struct str secret, struct pepper *out) {
    static const struct str purpose = {"till pepper", sizeof "till pepper"}; /* its NUL too */
    uint8_t digest[sha256_size];
    *out = (struct pepper){.mark = ""};
    if (!secret.data)
        return;
    sha256_of(secret, out->key);
    hmac_sha256_of_parts(pepper_key(out), &purpose, 1, digest);
    hex_write(digest, pepper_mark_size / 2, out->mark);
}

/* What is hashed of a password: itself, or its HMAC, which is written to `room`. */
static struct str password_peppered(const struct pepper *pepper, struct str password,
                                    uint8_t room[static sha256_size]) {
    if (!pepper->mark[0])
        return password;
    hmac_sha256_of_parts(pepper_key(pepper), &password, 1, room);
    return (struct str){(const char *)room, sha256_size};
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
    uint8_t room[sha256_size];
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
    uint8_t room[sha256_size];
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
