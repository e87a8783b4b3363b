/* Random numbers that follow from a seed alone: SplitMix64, as in base/random.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_mix(uint64_t a, uint64_t b) {
    uint64_t z = a * UINT64_C(0x9E3779B97F4A7C15) + b + 1;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t dice_roll(struct dice *dice) {
    return dice_mix(dice->state++, 0);
}

/* From 0 to `sides` - 1. */
static inline int dice_below(struct dice *dice, int sides) {
    return (int)(dice_roll(dice) % (uint64_t)sides);
}

static inline bool dice_percent(struct dice *dice, int percent) {
    return dice_below(dice, 100) < percent;
}
