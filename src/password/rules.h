/* Which passwords are accepted. There are no rules of composition: length is what counts, and that the password is not
 * one that is tried first. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

enum {
    password_length_min_staff = 15, /* code points, as the next */
    password_length_max = 256,
};

/* Brings a password to the form in which it is hashed (RFC 8265, OpaqueString): normal form C, and each blank that is not
 * ASCII's becomes a space. So the same signs match, whichever keyboard typed them. Nothing is cut off. Absent without
 * memory. */
struct str password_prepare(struct arena *arena, struct str password);

/* Returns why a password, as password_prepare made it, is too easy to guess, in words for its owner; NULL: it is not.
 * `known` are texts that one who guesses knows, such as the owner's address, its local part and the shop's name; an
 * absent one is ignored. Length is not looked at. */
const char *password_weakness(struct str password, const struct str *known, size_t known_count);
