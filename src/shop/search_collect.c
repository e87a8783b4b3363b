#include "shop/search_collect.h"

#include <assert.h>
#include <string.h>

enum { terms_first = 512, no_term = UINT32_MAX };

/* A term's text with what makes it quick to compare. */
struct key {
    struct str text;
    uint32_t hash;
    char head[term_head_bytes];
};

/* FNV-1a: words are short, and nobody gains by colliding more than one request's own words. */
static struct key key_of(struct str text) {
    struct key key = {.text = text, .hash = 2166136261u};
    for (size_t i = 0; i < text.size; i++)
        key.hash = (key.hash ^ (unsigned char)text.at[i]) * 16777619u;
    memcpy(key.head, text.at, text.size < term_head_bytes ? text.size : (size_t)term_head_bytes);
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
static enum status find_term(struct collector *c, struct str text, uint32_t *out) {
    if (c->term_count == c->term_room && grow(c) != STATUS_OK)
        return STATUS_NO_MEMORY;
    struct key key = key_of(text);
    size_t at = key.hash & (c->slot_count - 1);
    for (; c->slots[at].term; at = (at + 1) & (c->slot_count - 1))
        if (c->slots[at].hash == key.hash && key_is(&key, &c->terms[c->slots[at].term - 1])) {
            *out = c->slots[at].term - 1;
            return STATUS_OK;
        }
    struct collected_term term = {.text = arena_copy(c->arena, text), .hash = key.hash, .stem = no_term};
    if (!term.text.at)
        return STATUS_NO_MEMORY;
    memcpy(term.head, key.head, sizeof term.head);
    *out = (uint32_t)c->term_count++;
    c->terms[*out] = term;
    c->slots[at] = (struct collector_slot){key.hash, *out + 1};
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

static enum status add_word(struct collector *c, uint32_t number, const struct word *word, uint32_t place) {
    uint32_t term, stem;
    enum status s = find_term(c, word_text(word), &term);
    if (s != STATUS_OK)
        return s;
    mark(c, term, number, place | TERM_EXACT);
    stem = c->terms[term].stem;
    if (stem == no_term) {
        s = find_term(c, stemmer_stem(c->stemmer, word_text(word), word->plain), &stem);
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
        struct word word;
        for (size_t n = 0; n < fields[f].words_max && s == STATUS_OK && word_next(&rest, &word); n++)
            s = add_word(c, number, &word, fields[f].place);
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
