#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void system_fill(void *context, void *out, size_t size) {
    (void)context;
    unsigned char *to = out;
    while (size > 0) {
        ssize_t n = getrandom(to, size, 0);
        if (n < 0 && errno != EINTR)
            abort(); /* every kernel that Till runs on has it, and a guessable secret would be worse */
        if (n > 0)
            to += n, size -= (size_t)n;
    }
}

const struct random random_system = {.fill = system_fill};

void random_token(const struct random *random, char *out, size_t size) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    random_fill(random, out, size);
    for (size_t i = 0; i < size; i++)
        out[i] = letters[(unsigned char)out[i] & 63];
}

/* SplitMix64: a counter in steps of 2^64 divided by the golden ratio, each value mixed by shifts and
 * multiplications. */
static void seeded_fill(void *context, void *out, size_t size) {
    uint64_t *state = context;
    unsigned char *to = out;
    while (size > 0) {
        uint64_t z = *state += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        size_t n = size < sizeof z ? size : sizeof z;
        memcpy(to, &z, n);
        to += n, size -= n;
    }
}

struct random random_seeded(uint64_t *state) {
    return (struct random){.fill = seeded_fill, .context = state};
}
