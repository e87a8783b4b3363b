#include "pay/vault.h"

#include <string.h>
#include <sys/mman.h>

struct vault {
    size_t used;
    char bytes[vault_bytes - sizeof(size_t)];
};

_Static_assert(sizeof(struct vault) == vault_bytes, "a vault is one page");

struct vault *vault_open(void) {
    void *page = mmap(NULL, vault_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    madvise(page, vault_bytes, MADV_DONTDUMP);
    mlock(page, vault_bytes); /* may fail if RLIMIT_MEMLOCK is 0: then swap can see the secrets */
    return page;
}

struct str vault_put(struct vault *v, struct str text) {
    if (!text.data || sizeof v->bytes - v->used <= text.size)
        return (struct str){0};
    char *copy = v->bytes + v->used;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    v->used += text.size + 1;
    return (struct str){copy, text.size};
}

void vault_close(struct vault *v) {
    if (!v)
        return;
    explicit_bzero(v, vault_bytes);
    munmap(v, vault_bytes);
}
