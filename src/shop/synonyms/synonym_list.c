/* How a list is read. Each line makes pairs: which phrase finds which other.
 *
 *     sofa, couch, settee   →   sofa couch · sofa settee · couch sofa · couch settee · settee sofa · settee couch
 *     tv => television      →   tv television
 *
 * When all lines are read, the pairs are sorted by their first phrase, and those of one phrase become one entry. So a
 * phrase may be on several lines. The first phrase is kept as the stems of its words, so that plurals find it, too. */
#include "shop/synonyms/synonym_list.h"

#include "base/buf.h"
#include "shop/index/measures.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A phrase of a line: as it is written, folded, and with the stem of each word in its place. */
struct phrase {
    struct str written, folded, stems;
};

struct synonym_pair {
    const struct phrase *from, *to;
    uint32_t line, number; /* the number orders the pairs of one phrase as they were written */
};

struct synonym_reader {
    struct arena *arena;
    struct synonym_error *error;
    struct stemmer stemmer;
    size_t line;
    struct synonym_pair *pairs; /* with room for all of the text's: see pairs_most() */
    size_t pair_count;
};

__attribute__((format(printf, 2, 3))) static enum status synonym_wrong(struct synonym_reader *reader,
                                                                       const char *format, ...) {
    va_list args;
    reader->error->line = reader->line;
    va_start(args, format);
    vsnprintf(reader->error->text, sizeof reader->error->text, format, args);
    va_end(args);
    return STATUS_INVALID;
}

/* The size of the beginning of a text that a message shows, which ends with a whole code point. */
static int shown_size(struct str text) {
    enum { shown_bytes_max = 40 };
    return (int)utf8_limit(text, shown_bytes_max);
}

/* A phrase that grows word by word. */
struct phrase_bytes {
    char data[synonym_phrase_bytes_max];
    size_t size;
};

static void phrase_put(struct phrase_bytes *bytes, struct str word) {
    size_t size = word.size < word_bytes_max ? word.size : word_bytes_max;
    if (bytes->size > 0)
        bytes->data[bytes->size++] = ' ';
    memcpy(bytes->data + bytes->size, word.data, size);
    bytes->size += size;
}

/* Folds a phrase as a search's text is folded, so that the same words and measures are equal however they are written. */
static enum status phrase_fold(struct synonym_reader *reader, struct phrase *phrase) {
    struct word word;
    struct measure measure;
    struct phrase_bytes folded = {.size = 0}, stems = {.size = 0};
    size_t words = 0;
    for (struct str rest = phrase->written; word_next(reader->stemmer.language, &rest, &word); words++) {
        if (words == synonym_words_max)
            return synonym_wrong(reader, "'%.*s…' has more than %d words", shown_size(phrase->written),
                                 phrase->written.data, synonym_words_max);
        (void)measure_fold(reader->stemmer.language, &word, &rest, &measure);
        phrase_put(&folded, word_text(&word));
        phrase_put(&stems, stemmer_stem(&reader->stemmer, word_text(&word), word.plain));
    }
    if (words == 0)
        return phrase->written.size == 0
                   ? synonym_wrong(reader, "a word is missing beside a comma or an arrow")
                   : synonym_wrong(reader, "'%.*s' has no letter or digit", shown_size(phrase->written),
                                   phrase->written.data);
    phrase->folded = arena_copy(reader->arena, (struct str){folded.data, folded.size});
    phrase->stems = arena_copy(reader->arena, (struct str){stems.data, stems.size});
    return phrase->folded.data && phrase->stems.data ? STATUS_OK : STATUS_NO_MEMORY;
}

static const struct phrase *phrase_find(const struct phrase *phrases, size_t count, struct str stems) {
    for (size_t i = 0; i < count; i++)
        if (str_equal(phrases[i].stems, stems))
            return &phrases[i];
    return NULL;
}

/* Reads the phrases of a line, or of one side of its arrow, into an array of the arena. */
static enum status phrases_read(struct synonym_reader *reader, struct str side, struct phrase **out,
                                size_t *count) {
    struct phrase phrases[synonym_phrases_max];
    bool more = true;
    for (*count = 0; more;) {
        more = str_find(side, ',') < side.size;
        struct phrase phrase = {.written = str_trim(str_cut(&side, ','))};
        if (*count == synonym_phrases_max)
            return synonym_wrong(reader, "more than %d words or phrases beside each other",
                                 synonym_phrases_max);
        TRY(phrase_fold(reader, &phrase));
        const struct phrase *same = phrase_find(phrases, *count, phrase.stems);
        if (same)
            return synonym_wrong(reader, "'%.*s' and '%.*s' are the same to a search",
                                 shown_size(same->written), same->written.data, shown_size(phrase.written),
                                 phrase.written.data);
        phrases[(*count)++] = phrase;
    }
    *out = arena_array(reader->arena, *count, sizeof **out);
    if (*out)
        memcpy(*out, phrases, *count * sizeof **out);
    return *out ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Returns how many pairs a text makes at most. A line with n - 1 commas makes at most n * n, and no line makes more
 * than the longest one with an arrow. */
static size_t pairs_most(struct str text) {
    enum { line_pairs_max = synonym_phrases_max * synonym_phrases_max };
    size_t most = 0;
    while (text.size > 0) {
        struct str line = str_cut(&text, '\n');
        size_t phrases = 1;
        for (size_t i = 0; i < line.size; i++)
            phrases += line.data[i] == ',';
        most += phrases < synonym_phrases_max ? phrases * phrases : line_pairs_max;
    }
    return most;
}

/* Adds a pair for each two different phrases of both sides. */
static enum status pairs_add(struct synonym_reader *reader, const struct phrase *left, size_t left_count,
                             const struct phrase *right, size_t right_count) {
    size_t before = reader->pair_count;
    for (size_t i = 0; i < left_count; i++)
        for (size_t j = 0; j < right_count; j++)
            if (!str_equal(left[i].stems, right[j].stems)) {
                reader->pairs[reader->pair_count] = (struct synonym_pair){
                    &left[i], &right[j], (uint32_t)reader->line, (uint32_t)reader->pair_count};
                reader->pair_count++;
            }
    return reader->pair_count > before
               ? STATUS_OK
               : synonym_wrong(reader,
                               "a word alone finds nothing more: write 'sofa, couch' or 'tv => television'");
}

/* Where the text has `=>`; its size if it has none. */
static size_t arrow_find(struct str text) {
    for (size_t i = 0; i + 1 < text.size; i++)
        if (text.data[i] == '=' && text.data[i + 1] == '>')
            return i;
    return text.size;
}

static enum status line_check(struct synonym_reader *reader, struct str line) {
    if (line.size > synonym_line_bytes_max)
        return synonym_wrong(reader, "longer than %d bytes", synonym_line_bytes_max);
    for (size_t i = 0; i < line.size; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7F)
            return synonym_wrong(reader, "a control character (byte 0x%02x)", (unsigned)c);
        if (c == '\\')
            return synonym_wrong(reader, "a backslash has no meaning here; leave it out");
    }
    return STATUS_OK;
}

static enum status line_read(struct synonym_reader *reader, struct str line) {
    struct phrase *left = NULL, *right = NULL;
    size_t left_count = 0, right_count = 0;
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    TRY(line_check(reader, line));
    line = str_trim(line);
    if (line.size == 0 || line.data[0] == '#')
        return STATUS_OK;
    size_t arrow = arrow_find(line);
    TRY(phrases_read(reader, (struct str){line.data, arrow}, &left, &left_count));
    assert(left); /* or phrases_read() has failed */
    if (arrow == line.size)
        return pairs_add(reader, left, left_count, left, left_count);
    struct str rest = str_skip(line, arrow + 2);
    if (arrow_find(rest) < rest.size)
        return synonym_wrong(reader, "two arrows; write two lines");
    TRY(phrases_read(reader, rest, &right, &right_count));
    assert(right);
    return pairs_add(reader, left, left_count, right, right_count);
}

static int pair_compare(const void *a, const void *b) {
    const struct synonym_pair *x = a, *y = b;
    int order = str_compare(x->from->stems, y->from->stems);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Makes one entry of the pairs of one phrase. Returns how many pairs these are. */
static enum status entry_make(struct synonym_reader *reader, const struct synonym_pair *pairs, size_t left,
                              struct synonym *out, size_t *used) {
    struct str found[synonym_phrases_max];
    struct buf targets = buf_new(reader->arena);
    size_t count = 0, i = 0;
    for (; i < left && str_equal(pairs[i].from->stems, pairs[0].from->stems); i++) {
        size_t same = 0;
        while (same < count && !str_equal(found[same], pairs[i].to->folded))
            same++;
        if (same < count)
            continue;
        reader->line = pairs[i].line;
        if (count == synonym_phrases_max)
            return synonym_wrong(reader, "with this line '%.*s' finds more than %d others",
                                 shown_size(pairs[i].from->stems), pairs[i].from->stems.data,
                                 synonym_phrases_max);
        if (count > 0)
            buf_put_char(&targets, ',');
        buf_put(&targets, pairs[i].to->folded);
        found[count++] = pairs[i].to->folded;
    }
    *out = (struct synonym){pairs[0].from->stems, buf_str(&targets)};
    *used = i;
    return buf_ok(&targets) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status entries_make(struct synonym_reader *reader, struct synonym_list *out) {
    *out = (struct synonym_list){.count = 0};
    if (reader->pair_count == 0)
        return STATUS_OK;
    qsort(reader->pairs, reader->pair_count, sizeof *reader->pairs, pair_compare);
    size_t phrases = 1;
    for (size_t i = 1; i < reader->pair_count; i++)
        phrases += !str_equal(reader->pairs[i - 1].from->stems, reader->pairs[i].from->stems);
    out->data = arena_array(reader->arena, phrases, sizeof *out->data);
    if (!out->data)
        return STATUS_NO_MEMORY;
    for (size_t i = 0, used = 0; i < reader->pair_count; i += used)
        TRY(entry_make(reader, &reader->pairs[i], reader->pair_count - i, &out->data[out->count++], &used));
    return STATUS_OK;
}

static enum status lines_read(struct synonym_reader *reader, struct str text) {
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_skip(text, 3);
    while (text.size > 0) {
        if (reader->line++ == synonym_lines_max)
            return synonym_wrong(reader, "more than %d lines", synonym_lines_max);
        TRY(line_read(reader, str_cut(&text, '\n')));
    }
    return STATUS_OK;
}

enum status synonym_list_read(struct arena *arena, const struct language *language, struct str text,
                              struct synonym_list *out, struct synonym_error *error) {
    struct synonym_reader reader = {.arena = arena, .error = error};
    if (text.size > synonym_text_bytes_max)
        return synonym_wrong(&reader, "longer than %d KiB", synonym_text_bytes_max / 1024);
    if (!utf8_valid(text)) {
        reader.line = 1;
        for (size_t size; (size = utf8_sequence(text)) > 0; text = str_skip(text, size))
            reader.line += text.data[0] == '\n';
        return synonym_wrong(&reader, "not UTF-8; save the file as UTF-8");
    }
    reader.pairs = arena_array(arena, pairs_most(text) + 1, sizeof *reader.pairs);
    if (!reader.pairs)
        return STATUS_NO_MEMORY;
    TRY(stemmer_open(&reader.stemmer, language));
    enum status s = lines_read(&reader, text);
    stemmer_close(&reader.stemmer);
    return s == STATUS_OK ? entries_make(&reader, out) : s;
}
