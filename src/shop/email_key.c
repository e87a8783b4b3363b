#include "shop/email_key.h"

struct str email_key(struct arena *arena, struct str email) {
    char *key = email.data ? arena_alloc(arena, email.size + 1) : NULL;
    if (!key)
        return (struct str){0};
    for (size_t i = 0; i < email.size; i++)
        key[i] = (char)(ascii_is_letter(email.data[i]) ? email.data[i] | 0x20 : email.data[i]);
    return (struct str){key, email.size};
}
