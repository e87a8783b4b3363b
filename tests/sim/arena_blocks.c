/* The arena, with a block of its own for each allocation, as under AddressSanitizer. So each can fail by its number
 * (memory.c), not only those for which an arena needs a new chunk. */
#include <stdlib.h>

#include "lab.h"

#define OWN_BLOCKS 1
#define malloc arena_block_new
#define realloc arena_block_resize

#include "base/arena.c" // NOLINT(bugprone-suspicious-include)
