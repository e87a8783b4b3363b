/* How a query is corrected.
 *
 * For two neighbours: if both together are a term (`head phones`, `headphones`), either word may stand for it.
 * Then, for each word that few documents have, up to corrections_max words, there are two readings:
 *
 * - another spelling. The terms near the word are looked up by their keys, whichever of its letters are wrong
 *   (shop/schema/spellings.h), and counted by how likely they are meant. At most spelling_terms_max are added, none
 *   much less likely than the best one, and their stems;
 * - two words written together (`desklamp`, `350ml`), if the word has no term at all and both parts are terms. In a
 *   language that puts words together, the stem of a part is enough, because it has no linking letters: `arbeitstisch`
 *   is `arbeits tisch`, and finds Arbeit and Tisch.
 *
 * How likely a reading is, in points: what is wrong counts against it (letters_cost(); a missing space costs as
 * much as two wrong letters), and each doubling of the number of products that have it counts use_points for it.
 *
 *     typed      term        cost   products   points
 *     grnider    grinder       60         40   -60 + 7 × 5.4
 *     desklamp   desk lamp    200         25  -200 + 7 × 4.7
 *
 * All words are looked up with one round trip to PostgreSQL: the near terms, their stems, and the parts of all cuts. */
#include "shop/search/spell.h"

#include "shop/index/letters.h"

#include <math.h>
#include <string.h>

enum {
    corrections_max = 4,  /* words of one query */
    use_points = 7,       /* for each doubling of the products */
    points_margin = 45,   /* a spelling with so many points less than the best one is not added */
    points_per_share = 2, /* that a spelling lacks take 1 % of its share */
    any_two_from = 7,     /* letters; in a shorter word two may be wrong if that costs at most */
    cheap_two_max = 150,  /* this: `ringer` is not `grinder` */
};

size_t spell_distance(struct str a, struct str b, size_t most) {
    struct letters x, y;
    letters_read(a, &x);
    letters_read(b, &y);
    return letters_distance(&x, &y, most);
}

size_t spell_distance_max(struct str word) {
    enum { one_from = 4, two_from = 6 };
    size_t letters = utf8_length(word);
    return letters >= two_from ? 2 : letters >= one_from ? 1 : 0;
}

/* ---- What is looked up. */

/* Where a word may be two. */
struct word_cut {
    struct str parts[2], stems[2];
};

/* A word that is corrected. */
struct misspelt {
    struct query_word *word;
    struct letters letters;
    size_t distance; /* of the terms that may be meant; 0: none */
    struct word_cut *cuts;
    size_t cut_count;
    struct spelt_lookup lookup;
    struct term_row *found;
    size_t found_count, found_room;
    struct top_terms top;       /* the likeliest spellings; the weight is in points */
    const struct word_cut *cut; /* if it is rather two words */
};

static bool has_digit(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (ascii_is_digit(text.data[i]))
            return true;
    return false;
}

/* Whether a word may be cut after `size` bytes: between a number and its unit (`350ml`), or so that both parts
 * have letters_min bytes; never within a code point (0b10…… continues one). */
static bool spell_may_cut(struct str word, size_t size) {
    enum { letters_min = 3 };
    bool after_number = ascii_is_digit(word.data[size - 1]) && !ascii_is_digit(word.data[size]);
    bool long_enough = size >= letters_min && word.size - size >= letters_min;
    return (after_number || long_enough) && (word.data[size] & 0xC0) != 0x80;
}

static enum status misspelt_find_cuts(struct shop_ctx *ctx, struct stemmer *stemmer, struct misspelt *m) {
    struct str word = m->word->text;
    m->cuts = arena_array(ctx->arena, word.size, sizeof *m->cuts);
    if (!m->cuts)
        return STATUS_NO_MEMORY;
    for (size_t size = 1; size < word.size; size++) {
        if (!spell_may_cut(word, size))
            continue;
        struct word_cut *cut = &m->cuts[m->cut_count++];
        *cut = (struct word_cut){.parts = {{word.data, size}, str_skip(word, size)}};
        for (size_t i = 0; i < 2; i++) {
            struct str part = cut->parts[i];
            cut->stems[i] = arena_copy(ctx->arena, stemmer_stem(stemmer, part, word_is_plain(part)));
            if (!cut->stems[i].data)
                return STATUS_NO_MEMORY;
        }
    }
    return STATUS_OK;
}

static void json_put_next(struct buf *json, struct str text) {
    buf_put_char(json, json->size ? ',' : '[');
    buf_put_json(json, text);
}

/* Whether it may be another word or two. */
static bool misspelt_has_readings(const struct misspelt *m) {
    return m->distance > 0 || m->cut_count > 0;
}

/* Announces what is looked up for a word. Words with digits are model numbers: another one is another product, so they
 * have no spellings. */
static enum status misspelt_announce(struct shop_ctx *ctx, struct stemmer *stemmer, struct misspelt *m) {
    struct buf keys = buf_new(ctx->arena), beginnings = buf_new(ctx->arena), texts = buf_new(ctx->arena);
    m->distance = has_digit(m->word->text) ? 0 : spell_distance_max(m->word->text);
    m->top.room = spelling_terms_max;
    letters_read(m->word->text, &m->letters);
    if (m->word->count == 0)
        TRY(misspelt_find_cuts(ctx, stemmer, m));
    if (m->distance > 0) {
        letters_put_keys(&keys, &m->letters, m->distance);
        letters_put_beginnings(&beginnings, &m->letters);
    } else {
        buf_put_text(&keys, "[]");
        buf_put_text(&beginnings, "[]");
    }
    for (size_t i = 0; i < m->cut_count; i++)
        for (size_t j = 0; j < 2; j++) {
            json_put_next(&texts, m->cuts[i].parts[j]);
            json_put_next(&texts, m->cuts[i].stems[j]);
        }
    buf_put_text(&texts, m->cut_count ? "]" : "[]");
    if (!buf_ok(&keys) || !buf_ok(&beginnings) || !buf_ok(&texts))
        return STATUS_NO_MEMORY;
    m->lookup = (struct spelt_lookup){buf_str(&keys), buf_str(&beginnings), buf_str(&texts)};
    if (misspelt_has_readings(m))
        spelt_terms_announce(ctx, &m->lookup);
    return STATUS_OK;
}

/* The points of a reading of this cost that so many products make likely. */
static int64_t reading_points(uint32_t cost, int64_t use) {
    return (int64_t)(use_points * log2((double)use + 1)) - (int64_t)cost;
}

/* Counts a term among the likeliest spellings if it is near. Names and categories count 9 times as much as the rest,
 * because titles are what people search for: `mouse` rather than `most`. */
static void misspelt_consider(struct misspelt *m, const struct term_row *row) {
    struct letters letters;
    if (row->counts.words == 0 || row->text.size > word_bytes_max || has_digit(row->text))
        return;
    letters_read(row->text, &letters);
    size_t distance = letters_distance(&m->letters, &letters, m->distance);
    if (distance == 0 || distance > m->distance)
        return;
    uint32_t cost = letters_cost(&m->letters, &letters);
    if (distance == 2 && m->letters.count < any_two_from && cost > cheap_two_max)
        return;
    int64_t use = row->counts.titles * 8 + row->counts.words;
    top_terms_put(&m->top, row, reading_points(cost, use));
}

/* Keeps a copy of a row, for the stems and parts that are looked up in them. */
static enum status misspelt_keep(struct shop_ctx *ctx, struct misspelt *m, const struct term_row *row) {
    if (m->found_count == m->found_room) {
        size_t room = m->found_room ? 2 * m->found_room : 64;
        struct term_row *found = arena_array(ctx->arena, room, sizeof *found);
        if (!found)
            return STATUS_NO_MEMORY;
        if (m->found_count)
            memcpy(found, m->found, m->found_count * sizeof *found);
        m->found = found;
        m->found_room = room;
    }
    struct term_row *copy = &m->found[m->found_count++];
    *copy = *row;
    copy->text = arena_copy(ctx->arena, row->text);
    return copy->text.data ? STATUS_OK : STATUS_NO_MEMORY;
}

static const struct term_row *misspelt_find(const struct misspelt *m, struct str text) {
    for (size_t i = 0; i < m->found_count; i++)
        if (str_equal(m->found[i].text, text))
            return &m->found[i];
    return NULL;
}

static enum status misspelt_read(struct shop_ctx *ctx, struct misspelt *m) {
    struct term_row row;
    bool is_spelt;
    enum status kept = STATUS_OK;
    if (!misspelt_has_readings(m))
        return STATUS_OK;
    struct db_rows *rows = spelt_terms_query(ctx, &m->lookup);
    while (kept == STATUS_OK && spelt_terms_next(rows, &row, &is_spelt)) {
        kept = misspelt_keep(ctx, m, &row);
        if (is_spelt && m->distance > 0)
            misspelt_consider(m, &row);
    }
    enum status s = db_finish(rows);
    return kept == STATUS_OK ? s : kept;
}

/* ---- The readings. */

/* Finds how many products have a part of a cut, with those that have it in their names 9 times; 0: it is no word. */
static int64_t cut_part_use(const struct query *query, const struct misspelt *m, const struct word_cut *cut,
                            size_t i) {
    enum { letters_min = 4 }; /* of which the stem is enough */
    const struct term_row *part = misspelt_find(m, cut->parts[i]);
    if (part && part->counts.words > 0)
        return part->counts.titles * 8 + part->counts.words;
    bool may_differ = (query->language->traits & LANGUAGE_COMPOUNDS) && cut->parts[i].size >= letters_min;
    const struct term_row *stem = may_differ ? misspelt_find(m, cut->stems[i]) : NULL;
    return stem ? stem->counts.documents : 0;
}

/* Drops the spellings that are much less likely than the best reading, and all of them if it is two words. */
static void misspelt_choose(const struct query *query, struct misspelt *m) {
    enum { space_cost = 200 };
    int64_t best = m->top.count > 0 ? m->top.data[0].weight : INT64_MIN;
    for (size_t i = 0; i < m->cut_count; i++) {
        int64_t first = cut_part_use(query, m, &m->cuts[i], 0),
                second = cut_part_use(query, m, &m->cuts[i], 1);
        if (first == 0 || second == 0)
            continue;
        int64_t points = reading_points(space_cost, first < second ? first : second);
        if (points > best)
            best = points, m->cut = &m->cuts[i];
    }
    size_t kept = 0;
    while (!m->cut && kept < m->top.count && m->top.data[kept].weight > best - points_margin)
        kept++;
    m->top.count = kept;
}

/* Finds the stem of a spelling among what was read. PostgreSQL has sent it, but for irregular ones. */
static enum status spelling_find_stem(struct shop_ctx *ctx, const struct misspelt *m, struct str stem,
                                      struct term_row *out) {
    const struct term_row *found = misspelt_find(m, stem);
    if (!found)
        return term_find(ctx, stem, out);
    *out = *found;
    return STATUS_OK;
}

/* Adds the spellings and their stems. The likeliest one gets its kind's whole score, the others less, and a stem 10 %
 * less than its term. */
static enum status misspelt_add_spellings(struct shop_ctx *ctx, struct stemmer *stemmer, struct misspelt *m) {
    struct query_word *word = m->word;
    if (word->count == 0 && m->top.count > 0)
        word->respelt = arena_copy(ctx->arena, top_terms_get(&m->top, 0).text);
    if (word->count == 0 && m->top.count > 0 && !word->respelt.data)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < m->top.count; i++) {
        struct term_row row = top_terms_get(&m->top, i), stem_row;
        uint32_t share = (uint32_t)(100 - (m->top.data[0].weight - m->top.data[i].weight) / points_per_share);
        query_add_term(word, &row, MATCH_SPELLING, share);
        struct str stem = arena_copy(ctx->arena, stemmer_stem(stemmer, row.text, word_is_plain(row.text)));
        if (!stem.data)
            return STATUS_NO_MEMORY;
        if (str_equal(stem, row.text))
            continue;
        enum status s = spelling_find_stem(ctx, m, stem, &stem_row);
        if (s == STATUS_OK)
            query_add_term(word, &stem_row, MATCH_SPELLING, share * 9 / 10);
        else if (s != STATUS_NOT_FOUND)
            return s;
    }
    return STATUS_OK;
}

/* Replaces a word by the two that it is. */
static enum status misspelt_split(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                                  const struct misspelt *m) {
    size_t at = (size_t)(m->word - query->words);
    if (query->count == query_words_max)
        return STATUS_OK;
    TRY(query_split(ctx, stemmer, query, at, m->cut->parts[0].size));
    for (size_t i = 0; i < 2; i++) {
        const struct term_row *part = misspelt_find(m, m->cut->parts[i]),
                              *stem = misspelt_find(m, m->cut->stems[i]);
        if (part)
            query_add_term(&query->words[at + i], part, MATCH_WORD, 100);
        if (stem)
            query_add_term(&query->words[at + i], stem, MATCH_STEM, 100);
    }
    return STATUS_OK;
}

/* Lets the joined term stand in the corrected text if one of the two words is none of the shop's. */
static enum status spell_show_join(struct shop_ctx *ctx, struct query_word words[static 2]) {
    if ((words[0].count > 0 && words[1].count > 0) || words[0].respelt.data)
        return STATUS_OK;
    size_t size = words[0].text.size + words[1].text.size;
    char *joined = arena_grow(ctx->arena, NULL, 0, size);
    if (!joined)
        return STATUS_NO_MEMORY;
    memcpy(joined, words[0].text.data, words[0].text.size);
    memcpy(joined + words[0].text.size, words[1].text.data, words[1].text.size);
    words[0].respelt = (struct str){joined, size};
    words[1].respelt = STR("");
    return STATUS_OK;
}

/* Adds the term that two neighbours make together (`head phones`) to both. */
static enum status spell_join(struct shop_ctx *ctx, struct query *query, bool *corrected) {
    if (!query->joins_are_read)
        TRY(query_read_joins(ctx, query));
    for (size_t i = 0; i + 1 < query->count; i++) {
        const struct term_row *joined = &query->words[i].joined;
        if (joined->id == 0)
            continue;
        TRY(spell_show_join(ctx, &query->words[i]));
        query_add_term(&query->words[i], joined, MATCH_JOINED, 100);
        query_add_term(&query->words[i + 1], joined, MATCH_JOINED, 100);
        *corrected = true;
    }
    return STATUS_OK;
}

/* Corrects the words. Those that become two come last, from the end, so that the others stay where they are. */
static enum status spell_words(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                               struct misspelt *words, size_t count, bool *corrected) {
    for (size_t i = 0; i < count; i++)
        TRY(misspelt_announce(ctx, stemmer, &words[i]));
    for (size_t i = 0; i < count; i++) {
        TRY(misspelt_read(ctx, &words[i]));
        misspelt_choose(query, &words[i]);
        *corrected |= words[i].top.count > 0 || words[i].cut;
    }
    for (size_t i = 0; i < count; i++)
        TRY(misspelt_add_spellings(ctx, stemmer, &words[i]));
    for (size_t i = count; i-- > 0;)
        if (words[i].cut)
            TRY(misspelt_split(ctx, stemmer, query, &words[i]));
    return STATUS_OK;
}

enum status spell_correct(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                          int64_t documents_min, bool quick, bool *corrected) {
    size_t most = quick ? 1 : corrections_max, count = 0;
    struct misspelt *words = arena_array(ctx->arena, most, sizeof *words);
    *corrected = false;
    if (!words)
        return STATUS_NO_MEMORY;
    TRY(spell_join(ctx, query, corrected));
    for (size_t i = 0; i < query->count && count < most; i++)
        if (!query->words[i].has_synonym && query_documents(&query->words[i], MATCH_JOINED) < documents_min)
            words[count++].word = &query->words[i];
    return spell_words(ctx, stemmer, query, words, count, corrected);
}
