/* HTML to text: the result is UTF-8, has no white space at its ends or twice, and is not much longer than the input.
 *
 *     | keep lines | bytes of the HTML … | */
#include "files/foreign/html_text.h"
#include "fuzz.h"

enum { bytes_max = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str html = {(const char *)data + 1, size - 1};
    if (size == 0 || size > bytes_max || !utf8_valid(html))
        return 0;
    struct arena arena;
    arena_init(&arena, fuzz_arena_bytes_max);
    struct str text = html_to_text(&arena, html, data[0] & 1);
    CHECK(text.data && utf8_valid(text));
    CHECK(text.size <= 3 * html.size); /* "&#0" becomes U+FFFD */
    for (size_t i = 0; i < text.size; i++) {
        bool edge = i == 0 || i + 1 == text.size || text.data[i - 1] == ' ' || text.data[i - 1] == '\n';
        CHECK(text.data[i] != ' ' || !edge || (i + 1 == text.size && text.data[i - 1] == '-'));
        CHECK(text.data[i] != '\n' || i + 2 >= text.size || text.data[i + 1] != '\n' ||
              text.data[i + 2] != '\n');
    }
    arena_free(&arena);
    return 0;
}
