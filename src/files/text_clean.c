#include "files/text_clean.h"

#include "model/number.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Whether the text is in normal form C for certain: all characters below U+0300, whose first byte is below 0xCC,
 * are. */
static bool text_is_composed(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0xCC)
            return false;
    return true;
}

/* utf8proc allocates its result. It fails only without memory, or for text that is not UTF-8, which is left as it
 * is. */
static struct str text_compose(struct arena *arena, struct str text) {
    utf8proc_uint8_t *made = NULL;
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.size,
                                         &made, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (size == UTF8PROC_ERROR_NOMEM)
        return (struct str){0};
    if (size < 0)
        return text;
    struct str composed = {(const char *)made, (size_t)size};
    if (!str_equal(composed, text))
        text = arena_copy(arena, composed);
    free(made);
    return text;
}

struct str text_clean(struct arena *arena, struct str text, bool trim) {
    if (trim)
        text = white_space_trim(text);
    return text_is_composed(text) ? text : text_compose(arena, text);
}
