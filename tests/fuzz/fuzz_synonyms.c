/* A list of synonyms: it is refused with a line that it has, or read into phrases and targets that need no escapes and
 * are in order.
 *
 *     | bytes of the list … | */
#include "fuzz.h"
#include "shop/synonyms/synonym_list.h"

/* Checks that a text is phrases with a comma between them, and returns how many; 0 if it is not. */
static size_t phrases_count(struct str text) {
    size_t count = 1, words = 1;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool between = c == ' ' || c == ',';
        if (between && (i == 0 || i + 1 == text.size || text.data[i - 1] == ' ' || text.data[i - 1] == ','))
            return 0;
        if ((unsigned char)c < ' ' || c == '"' || c == '\\')
            return 0;
        words = c == ',' ? 1 : words + (c == ' ');
        count += c == ',';
        if (words > synonym_words_max)
            return 0;
    }
    return text.size > 0 ? count : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    struct synonym_list list;
    struct synonym_error error = {0};
    struct arena arena;
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    arena_init(&arena, fuzz_arena_bytes_max);
    enum status s = synonym_list_read(&arena, &language_english, text, &list, &error);
    CHECK(s == STATUS_OK || s == STATUS_INVALID);
    if (s == STATUS_INVALID) {
        CHECK(error.text[0] && error.line <= lines && strlen(error.text) < sizeof error.text);
        list.count = 0;
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct synonym *entry = &list.data[i];
        size_t targets = phrases_count(entry->targets);
        CHECK(i == 0 || str_compare(list.data[i - 1].phrase, entry->phrase) < 0);
        CHECK(utf8_valid(entry->phrase) && utf8_valid(entry->targets));
        CHECK(phrases_count(entry->phrase) == 1 && targets > 0 && targets <= synonym_phrases_max);
    }
    arena_free(&arena);
    return 0;
}
