/* How the next word is chosen.
 *
 *     typed      desk l
 *     names      Desk lamp, brass · Desk with lamps · Lamp for a desk · Long desk
 *
 *     lamp         64 behind `desk`                      + 1 elsewhere      = 97 with those of its other form
 *       lamps      32 behind `desk`, past a filler
 *     long                                                 1 elsewhere
 *
 * Each word of a name that starts with what is typed of the last word is an occurrence, with points for its place beside
 * the last of the words before. Occurrences are sorted by their stems, so that the forms of a word stand together, and
 * added up. Fillers, and words of products that have the word before in their description alone, are weak: they count if
 * there is nothing else. So `laptop s` does not suggest `laptop studio` for a microphone that works with laptops. */
#include "shop/suggest/complete.h"

#include <stdlib.h>
#include <string.h>

enum {
    points_behind = 64,      /* what follows in one name outweighs 63 names that have a word somewhere */
    points_past_filler = 32, /* `bag for laptop` */
    points_after = 4,
    points_elsewhere = 1,
    /* Another form of a word that is there already has a share of its points. With all of them, `lamps` beside `lamp`
     * would take the place of another word; without any, shoppers who mean it would miss it if it is in many names. */
    other_form_share = 2,
};

struct occurrence {
    struct str stem;
    struct completion word;
    bool is_weak; /* counts only if no occurrence is stronger */
};

enum status completer_open(struct completer *c, struct shop_ctx *ctx, struct str before, struct str prefix) {
    *c = (struct completer){
        .arena = ctx->arena,
        .prefix = prefix,
        .is_hyphened = before.size > 0 && before.data[before.size - 1] == '-',
        .data = arena_array(ctx->arena, occurrences_max, sizeof *c->data),
    };
    return c->data ? stemmer_open(&c->stemmer, shop_language(ctx)) : STATUS_NO_MEMORY;
}

void completer_close(struct completer *c) {
    if (c->stemmer.snowball)
        stemmer_close(&c->stemmer);
}

/* Copies a word in lower case; absent without memory. */
static struct str word_written(struct arena *arena, const struct word *word) {
    size_t room = word->written.size * 3;
    char *lower = arena_grow(arena, NULL, 0, room);
    size_t size = lower ? text_lower(word->written, lower, room) : 0;
    return (struct str){lower, size};
}

enum status completion_write(struct shop_ctx *ctx, struct str word, struct str text, struct str *out) {
    struct word next;
    *out = word;
    while (word_next(shop_language(ctx), &text, &next))
        if (str_equal(word_text(&next), word)) {
            *out = word_written(ctx->arena, &next);
            break;
        }
    return out->data ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- Occurrences. */

static bool completer_takes(const struct completer *c, struct str text) {
    return c->count < occurrences_max && text.size > c->prefix.size && str_starts(text, c->prefix);
}

static void completer_put(struct completer *c, const struct completion *word, bool plain) {
    struct str stem = arena_copy(c->arena, stemmer_stem(&c->stemmer, word->text, plain));
    c->no_memory |= !stem.data || !word->text.data || !word->written.data;
    if (!c->no_memory)
        c->data[c->count++] =
            (struct occurrence){stem, *word, language_has_filler(c->stemmer.language, word->text)};
}

static void completer_put_word(struct completer *c, const struct word *word, int64_t points) {
    struct str text = arena_copy(c->arena, word_text(word));
    struct completion completion = {.text = text, .written = word_written(c->arena, word), .points = points};
    completer_put(c, &completion, word->plain);
}

/* Marks the occurrences from the i-th on as weak. */
static void completer_weaken(struct completer *c, size_t i) {
    for (; i < c->count; i++)
        c->data[i].is_weak = true;
}

void completer_add_term(struct completer *c, const struct term_row *row) {
    struct str text = arena_copy(c->arena, row->text);
    struct completion term = {text, text, row->id, row->counts.titles};
    bool plain = true;
    for (size_t i = 0; i < row->text.size; i++)
        plain = plain && row->text.data[i] >= 'a' && row->text.data[i] <= 'z';
    if (completer_takes(c, row->text))
        completer_put(c, &term, plain);
}

/* Whether a word is another form of a word of the query: they share the stem. Stemming takes long, so a look at the first
 * letters comes first; the stem's last letter may be another one than the word's (`battery`, `batteri`). */
static bool is_form(const struct completer *c, const struct word *word, struct str stem) {
    struct str text = word_text(word), start = {stem.data, stem.size - (stem.size > 0)};
    return str_starts(text, start) && str_equal(stemmer_stem(&c->stemmer, text, word->plain), stem);
}

/* Finds the word of the query that a word is, in any form. The query's count if it is none of them. */
static size_t typed_find(const struct completer *c, const struct query *query, const struct word *word) {
    size_t i = 0;
    while (i < query->count && !str_equal(query->words[i].text, word_text(word)) &&
           !is_form(c, word, query->words[i].stem))
        i++;
    return i;
}

/* Whether a search finds names without the word: those that have a longer one, another one if it is misspelt, or the
 * same dimensions in another spelling. */
static bool may_be_missing(const struct query_word *word) {
    enum {
        letters_min = 3
    }; /* shorter words are the beginnings of others only while they are typed (query.c) */
    return word->kind == WORD_SIZE || (word->plain && word->text.size >= letters_min);
}

/* Whether a word continues the one that ends at `end`: with a hyphen if the text typed ends in one, and if nothing of
 * the word is typed, not behind a comma or the like. */
static bool continues(const struct completer *c, const char *end, const struct word *word) {
    struct str gap = {end, (size_t)(word->written.data - end)};
    if (c->is_hyphened)
        return str_equal(gap, STR("-"));
    for (size_t i = 0; c->prefix.size == 0 && i < gap.size; i++)
        if (strchr(",;:.()|/", gap.data[i]))
            return false;
    return true;
}

/* Where a word stands beside the last of those that were typed before, by its points. */
static int64_t place_next(int64_t place, bool is_last, bool is_filler) {
    if (is_last)
        return points_behind;
    if (place > points_after)
        return is_filler ? points_past_filler : points_after;
    return place;
}

void completer_read_name(struct completer *c, const struct query *before, struct str name) {
    size_t last = before->count - 1, begin = c->count;
    int64_t place = points_elsewhere, least = c->prefix.size > 0 && !c->is_hyphened ? 0 : points_past_filler;
    const char *end = name.data;
    struct word word;
    for (; word_next(c->stemmer.language, &name, &word); end = word.written.data + word.written.size) {
        size_t typed = typed_find(c, before, &word);
        if (place > points_after && !continues(c, end, &word))
            place = points_after;
        bool is_filler = language_has_filler(c->stemmer.language, word_text(&word));
        if (typed == before->count && place >= (is_filler ? points_past_filler : least) &&
            completer_takes(c, word_text(&word)))
            completer_put_word(c, &word, place);
        place = place_next(place, typed == last, is_filler);
    }
    if (place == points_elsewhere && !may_be_missing(&before->words[last]))
        c->count = begin;
    if (place == points_elsewhere)
        completer_weaken(c, begin);
}

void completer_read_category(struct completer *c, const struct query *before, struct str name,
                             struct str category) {
    size_t last = before->count - 1, begin = c->count;
    bool is_found = false;
    struct word word;
    while (c->prefix.size > 0 && !c->is_hyphened && word_next(c->stemmer.language, &category, &word))
        if (typed_find(c, before, &word) == before->count && completer_takes(c, word_text(&word)))
            completer_put_word(c, &word, points_elsewhere);
    while (c->count > begin && !is_found && word_next(c->stemmer.language, &name, &word))
        is_found = typed_find(c, before, &word) == last;
    if (!is_found)
        completer_weaken(c, begin);
}

/* ---- Choosing. */

/* Drops the weak occurrences, unless all are. */
static void completer_drop_weak(struct completer *c) {
    size_t strong = 0;
    for (size_t i = 0; i < c->count; i++)
        if (!c->data[i].is_weak)
            c->data[strong++] = c->data[i];
    if (strong > 0)
        c->count = strong;
}

static int occurrence_compare(const void *a, const void *b) {
    const struct occurrence *x = a, *y = b;
    int order = str_compare(x->stem, y->stem);
    if (order == 0)
        order = str_compare(x->word.text, y->word.text);
    return order ? order : str_compare(x->word.written, y->word.written);
}

/* Puts a completion at its position among the best. Of equal points the one that came first is better. */
static void completions_put(struct completion out[static completions_max], size_t *count,
                            const struct completion *word) {
    size_t at = *count;
    while (at > 0 && out[at - 1].points < word->points)
        at--;
    if (at == completions_max)
        return;
    if (*count < completions_max)
        ++*count;
    for (size_t i = *count - 1; i > at; i--)
        out[i] = out[i - 1];
    out[at] = *word;
}

/* Adds up the occurrences of one form, from the i-th on, and returns the end of them. */
static size_t form_add_up(const struct completer *c, size_t i, struct completion *out) {
    *out = c->data[i++].word;
    for (; i < c->count && str_equal(c->data[i].word.text, out->text); i++)
        out->points += c->data[i].word.points;
    return i;
}

/* Puts the forms of one stem among the best, from the i-th occurrence on, and returns the end of them. The form with
 * the most points gets those of all. Another one comes only if it stands behind the words before somewhere, or has room as a term. */
static size_t stem_put(const struct completer *c, size_t i, struct completion out[static completions_max],
                       size_t *count) {
    struct str stem = c->data[i].stem;
    struct completion best = {.points = -1}, form;
    int64_t all = 0;
    for (size_t at = i; at < c->count && str_equal(c->data[at].stem, stem);) {
        at = form_add_up(c, at, &form);
        all += form.points;
        if (form.points > best.points)
            best = form;
    }
    for (; i < c->count && str_equal(c->data[i].stem, stem);) {
        i = form_add_up(c, i, &form);
        bool is_best = str_equal(form.text, best.text);
        bool comes = is_best || form.term != 0 || form.points >= points_behind;
        form.points = is_best ? all : form.term ? 1 : form.points / other_form_share;
        if (comes)
            completions_put(out, count, &form);
    }
    return i;
}

enum status completer_choose(struct completer *c, struct completion out[static completions_max],
                             size_t *count) {
    *count = 0;
    completer_drop_weak(c);
    qsort(c->data, c->count, sizeof *c->data, occurrence_compare);
    for (size_t i = 0; i < c->count;)
        i = stem_put(c, i, out, count);
    return c->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
