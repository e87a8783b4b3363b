/* A fuzz target's entry, and a check that says what it found. Apart from fuzz.h for those who read JSON with
 * jansson, whose names are also those of model/json.h. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                    \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* More than any one input can need. */
enum { fuzz_arena_bytes_max = 64 * 1024 * 1024 };
