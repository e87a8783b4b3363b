/* The texts that begin with a prefix, as a range that an index can be searched for. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

/* From `from` to before `to`, bytewise. Absent: no text does. */
struct prefix_range {
    struct str from, to;
};

/* Makes the range of a prefix; of an empty one, that of all texts. `prefix` must live as long. STATUS_NO_MEMORY. */
MUST_CHECK enum status prefix_range_make(struct arena *arena, struct str prefix, struct prefix_range *out);
