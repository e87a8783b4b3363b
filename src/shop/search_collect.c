#include "shop/search_collect.h"

#include <assert.h>
#include <string.h>

enum { terms_first = 512, no_term = UINT32_MAX, window_words = 16 };

/* A term's text with what makes it quick to compare. */
struct key {
    struct str text;
    uint32_t hash;
    char head[term_head_bytes];
};

/* Mixes eight bytes at a time, with the odd number that SplitMix64 steps by. Words are short, and nobody
 * gains by colliding more than one request's own. */
static uint64_t mix(uint64_t hash, const char *bytes) {
    uint64_t part;
    memcpy(&part, bytes, sizeof part);
    hash = (hash ^ part) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static uint32_t hash_of(struct str text, const char head[static term_head_bytes]) {
    uint64_t hash = mix(mix(text.size, head), head + 8);
    for (size_t at = term_head_bytes; at < text.size; at += 8)
        hash = mix(hash, text.at + (at + 8 <= text.size ? at : text.size - 8));
    return (uint32_t)hash;
}

static struct key key_of(struct str text) {
    struct key key = {.text = text};
    memcpy(key.head, text.at, text.size < term_head_bytes ? text.size : (size_t)term_head_bytes);
    key.hash = hash_of(text, key.head);
    return key;
}

/* The same for a word, whose buffer can be read past its end. */
static struct key key_of_word(const struct word *word) {
    struct key key = {.text = word_text(word)};
    _Static_assert((int)word_bytes_max >= (int)term_head_bytes, "a head lies within the buffer");
    for (size_t i = 0; i < term_head_bytes; i++)
        key.head[i] = i < word->size ? word->at[i] : '\0';
    key.hash = hash_of(key.text, key.head);
    return key;
}

static bool key_is(const struct key *key, const struct collected_term *term) {
    return key->text.size == term->text.size && memcmp(key->head, term->head, sizeof key->head) == 0 &&
           (key->text.size <= term_head_bytes || memcmp(key->text.at, term->text.at, key->text.size) == 0);
}

/* Makes room for twice as many terms; at most half of the slots are used. */
static enum status grow(struct collector *c) {
    size_t room = c->term_room ? c->term_room * 2 : (size_t)terms_first, slot_count = room * 2;
    struct collected_term *terms =
        arena_grow(c->arena, c->terms, c->term_room * sizeof *terms, room * sizeof *terms);
    struct collector_slot *slots = terms ? arena_array(c->arena, slot_count, sizeof *slots) : NULL;
    if (!slots)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < c->term_count; i++) {
        size_t at = terms[i].hash & (slot_count - 1);
        while (slots[at].term)
            at = (at + 1) & (slot_count - 1);
        slots[at] = (struct collector_slot){terms[i].hash, (uint32_t)i + 1};
    }
    c->terms = terms, c->slots = slots;
    c->term_room = room, c->slot_count = slot_count;
    return STATUS_OK;
}

enum status collector_open(struct collector *c, struct arena *arena, struct stemmer *stemmer,
                           size_t entries_max) {
    *c = (struct collector){.arena = arena, .stemmer = stemmer, .entries_max = entries_max};
    c->entries = arena_grow(arena, NULL, 0, entries_max * sizeof *c->entries); /* not zeroed: it is large */
    return c->entries ? grow(c) : STATUS_NO_MEMORY;
}

bool collector_has_room(const struct collector *c) {
    return c->entries_max - c->entry_count >= document_entries_max &&
           terms_max - c->term_count >= document_entries_max;
}

/* The place of a term, which is made where it is new. */
static enum status find_term(struct collector *c, const struct key *key, uint32_t *out) {
    if (c->term_count == c->term_room && grow(c) != STATUS_OK)
        return STATUS_NO_MEMORY;
    size_t at = key->hash & (c->slot_count - 1);
    for (; c->slots[at].term; at = (at + 1) & (c->slot_count - 1))
        if (c->slots[at].hash == key->hash && key_is(key, &c->terms[c->slots[at].term - 1])) {
            *out = c->slots[at].term - 1;
            return STATUS_OK;
        }
    struct collected_term term = {
        .text = arena_copy(c->arena, key->text), .hash = key->hash, .stem = no_term};
    if (!term.text.at)
        return STATUS_NO_MEMORY;
    memcpy(term.head, key->head, sizeof term.head);
    *out = (uint32_t)c->term_count++;
    c->terms[*out] = term;
    c->slots[at] = (struct collector_slot){key->hash, *out + 1};
    return STATUS_OK;
}

static void mark(struct collector *c, uint32_t term, uint32_t number, uint32_t place) {
    struct collected_term *t = &c->terms[term];
    if (t->latest && c->entries[t->latest - 1].document >> term_place_bits == number) {
        c->entries[t->latest - 1].document |= place;
        return;
    }
    assert(c->entry_count < c->entries_max);
    c->entries[c->entry_count++] = (struct collected_entry){term, number << term_place_bits | place};
    t->latest = (uint32_t)c->entry_count;
    t->entries++;
}

/* Some words of a text. Among hundreds of thousands of terms a look-up waits for memory twice, for the slot
 * and for the term, so words are looked up a few at a time, and the waiting is done side by side. */
struct window {
    struct word words[window_words];
    struct key keys[window_words];
    size_t count;
};

static bool window_fill(struct collector *c, struct str *rest, size_t words_max, struct window *window) {
    for (window->count = 0; window->count < words_max && window->count < window_words; window->count++) {
        struct word *word = &window->words[window->count];
        if (!word_next(rest, word))
            break;
        window->keys[window->count] = key_of_word(word);
        __builtin_prefetch(&c->slots[window->keys[window->count].hash & (c->slot_count - 1)]);
    }
    for (size_t i = 0; i < window->count; i++) {
        uint32_t term = c->slots[window->keys[i].hash & (c->slot_count - 1)].term;
        __builtin_prefetch(&c->terms[term ? term - 1 : 0]);
    }
    return window->count > 0;
}

static enum status add_word(struct collector *c, uint32_t number, const struct word *word,
                            const struct key *key, uint32_t place) {
    uint32_t term, stem;
    enum status s = find_term(c, key, &term);
    if (s != STATUS_OK)
        return s;
    mark(c, term, number, place | TERM_EXACT);
    stem = c->terms[term].stem;
    if (stem == no_term) {
        struct key stem_key = key_of(stemmer_stem(c->stemmer, word_text(word), word->plain));
        s = find_term(c, &stem_key, &stem);
        if (s != STATUS_OK)
            return s;
        c->terms[term].stem = stem;
    }
    if (stem != term)
        mark(c, stem, number, place);
    return STATUS_OK;
}

enum status collector_add(struct collector *c, uint32_t number, const struct search_document *d) {
    const struct {
        struct str text;
        size_t words_max;
        uint32_t place;
    } fields[] = {
        {d->name, name_words_max, TERM_IN_NAME},
        {d->category, category_words_max, TERM_IN_CATEGORY},
        {d->description, description_words_max, TERM_IN_DESCRIPTION},
    };
    enum status s = STATUS_OK;
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        struct str rest = fields[f].text;
        struct window window;
        size_t left = fields[f].words_max;
        for (; s == STATUS_OK && window_fill(c, &rest, left, &window); left -= window.count)
            for (size_t i = 0; i < window.count && s == STATUS_OK; i++)
                s = add_word(c, number, &window.words[i], &window.keys[i], fields[f].place);
    }
    return s;
}

void collector_forget_entries(struct collector *c) {
    c->entry_count = 0;
}

int collected_term_order(const void *a, const void *b) {
    const struct collected_term *x = *(const struct collected_term *const *)a;
    const struct collected_term *y = *(const struct collected_term *const *)b;
    size_t size = x->text.size < y->text.size ? x->text.size : y->text.size;
    int order = memcmp(x->text.at, y->text.at, size);
    return order ? order : (x->text.size > y->text.size) - (x->text.size < y->text.size);
}
