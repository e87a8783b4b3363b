#include "shop/desk/prefix_range.h"

#include "base/buf.h"

enum status prefix_range_make(struct arena *arena, struct str prefix, struct prefix_range *out) {
    static const struct str last = {"\xF4\x8F\xBF\xBF", 4}; /* the last code point, that no text has */
    struct buf end = buf_new(arena);
    buf_put(&end, prefix);
    buf_put(&end, last);
    *out = (struct prefix_range){prefix, buf_str(&end)};
    return buf_ok(&end) ? STATUS_OK : STATUS_NO_MEMORY;
}
