/* Random bytes, injected so that a shop can be replayed from one seed number. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct random {
    void (*fill)(void *context, void *out, size_t size);
    void *context;
};

static inline void random_fill(const struct random *random, void *out, size_t size) {
    random->fill(random->context, out, size);
}

/* The kernel's generator, getrandom(2): fit for secrets, safe from any thread. */
extern const struct random random_system;

/* Writes `size` characters of the URL-safe alphabet, six random bits each; no NUL. */
void random_token(const struct random *random, char *out, size_t size);

/* A generator that gives the same bytes for the same seed (SplitMix64, Steele et al. 2014): for tests and
 * fake catalogues, never for secrets. Its state must outlive the struct random and belongs to one thread. */
struct random random_seeded(uint64_t *state);
