/* How it works: a hash table with open addressing maps a text to its term, whose index never changes.
 *
 *     slots   [ hash, term ] [ free ] [ hash, term ] …       twice as many as there is room for terms
 *                   │
 *     terms   [ head, text, stem, latest, … ] …              each text once; stem and latest are indexes
 *                                      │
 *     entries [ term, document | field mask ] …              one for each term of each document
 *
 * A word is stemmed only when it is met first: after that its term knows the term of its stem. If a document
 * has a term again, `latest` leads to the entry, which gets one more bit.
 *
 * Nearly all time goes into waiting for memory, because the tables of a million products are larger than the
 * caches. So words are looked up a window at a time (struct word_window), and the first bytes of a text are
 * kept in its term. */
#include "shop/index/collector.h"

#include <assert.h>
#include <string.h>

enum { terms_first = 512, no_term = UINT32_MAX, window_words = 16 };

/* A term's text with its hash and its first bytes, which are quick to compare. */
struct term_key {
    struct str text;
    uint32_t hash;
    char head[term_head_bytes];
};

/* Mixes eight bytes into a hash, with the odd number that SplitMix64 steps by (2^64 divided by the golden
 * ratio). The hash is not seeded: words that collide slow down only the request or the import that sent
 * them. */
static uint64_t hash_mix(uint64_t hash, const char *bytes) {
    uint64_t part;
    memcpy(&part, bytes, sizeof part);
    hash = (hash ^ part) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

/* Hashes a text: its size, its head, then eight bytes at a time, the last eight of which may overlap those
 * before. */
static uint32_t term_hash(struct str text, const char head[static term_head_bytes]) {
    uint64_t hash = hash_mix(hash_mix(text.size, head), head + 8);
    for (size_t i = term_head_bytes; i < text.size; i += 8)
        hash = hash_mix(hash, text.data + (i + 8 <= text.size ? i : text.size - 8));
    return (uint32_t)hash;
}

static struct term_key term_key_of(struct str text) {
    struct term_key key = {.text = text};
    memcpy(key.head, text.data, text.size < term_head_bytes ? text.size : (size_t)term_head_bytes);
    key.hash = term_hash(text, key.head);
    return key;
}

/* Makes a word's key. A word's buffer may be read past the word's end, so this loop needs no branches. */
static struct term_key term_key_of_word(const struct word *word) {
    struct term_key key = {.text = word_text(word)};
    _Static_assert((int)word_bytes_max >= (int)term_head_bytes, "a head lies within the buffer");
    for (size_t i = 0; i < term_head_bytes; i++)
        key.head[i] = i < word->size ? word->data[i] : '\0';
    key.hash = term_hash(key.text, key.head);
    return key;
}

static bool term_key_matches(const struct term_key *key, const struct collected_term *term) {
    return key->text.size == term->text.size && memcmp(key->head, term->head, sizeof key->head) == 0 &&
           (key->text.size <= term_head_bytes ||
            memcmp(key->text.data, term->text.data, key->text.size) == 0);
}

/* Makes room for twice as many terms. Each has two slots, so that at most half of the slots are used. */
static enum status collector_grow(struct collector *c) {
    size_t room = c->term_room ? c->term_room * 2 : (size_t)terms_first, slot_count = room * 2;
    struct collected_term *terms =
        arena_grow(c->arena, c->terms, c->term_room * sizeof *terms, room * sizeof *terms);
    struct collector_slot *slots = terms ? arena_array(c->arena, slot_count, sizeof *slots) : NULL;
    if (!slots)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < c->term_count; i++) {
        size_t slot = terms[i].hash & (slot_count - 1);
        while (slots[slot].term)
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = (struct collector_slot){terms[i].hash, (uint32_t)i + 1};
    }
    c->terms = terms, c->slots = slots;
    c->term_room = room, c->slot_count = slot_count;
    return STATUS_OK;
}

enum status collector_open(struct collector *c, struct arena *arena, struct stemmer *stemmer,
                           size_t entries_max) {
    *c = (struct collector){.arena = arena, .stemmer = stemmer, .entries_max = entries_max};
    c->entries = arena_grow(arena, NULL, 0, entries_max * sizeof *c->entries); /* not zeroed: it is large */
    return c->entries ? collector_grow(c) : STATUS_NO_MEMORY;
}

bool collector_has_room(const struct collector *c) {
    return c->entries_max - c->entry_count >= document_entries_max &&
           terms_max - c->term_count >= document_entries_max;
}

/* Finds the index of a term, and makes the term if it is new. */
static enum status collect_term(struct collector *c, const struct term_key *key, uint32_t *out) {
    if (c->term_count == c->term_room && collector_grow(c) != STATUS_OK)
        return STATUS_NO_MEMORY;
    size_t slot = key->hash & (c->slot_count - 1);
    for (; c->slots[slot].term; slot = (slot + 1) & (c->slot_count - 1))
        if (c->slots[slot].hash == key->hash && term_key_matches(key, &c->terms[c->slots[slot].term - 1])) {
            *out = c->slots[slot].term - 1;
            return STATUS_OK;
        }
    struct collected_term term = {
        .text = arena_copy(c->arena, key->text), .hash = key->hash, .stem = no_term};
    if (!term.text.data)
        return STATUS_NO_MEMORY;
    memcpy(term.head, key->head, sizeof term.head);
    *out = (uint32_t)c->term_count++;
    c->terms[*out] = term;
    c->slots[slot] = (struct collector_slot){key->hash, *out + 1};
    return STATUS_OK;
}

/* Adds the field mask to the term's entry of this document, which is its latest one if it has one. */
static void collect_entry(struct collector *c, uint32_t term, uint32_t number, uint32_t fields) {
    struct collected_term *t = &c->terms[term];
    if (t->latest && c->entries[t->latest - 1].document >> field_mask_bits == number) {
        c->entries[t->latest - 1].document |= fields;
        return;
    }
    assert(c->entry_count < c->entries_max);
    c->entries[c->entry_count++] = (struct collected_entry){term, number << field_mask_bits | fields};
    t->latest = (uint32_t)c->entry_count;
    t->entries++;
}

/* Some words of a text. Among hundreds of thousands of terms a look-up waits for memory twice: for the slot
 * and for the term. So a few words are prefetched together, and their waits overlap. */
struct word_window {
    struct word words[window_words];
    struct term_key keys[window_words];
    size_t count;
};

/* Takes the next words off the text, prefetching their slots and terms. False if there are no more. */
static bool word_window_fill(struct collector *c, struct str *rest, size_t words_max,
                             struct word_window *window) {
    for (window->count = 0; window->count < words_max && window->count < window_words; window->count++) {
        struct word *word = &window->words[window->count];
        if (!word_next(c->stemmer->language, rest, word))
            break;
        window->keys[window->count] = term_key_of_word(word);
        __builtin_prefetch(&c->slots[window->keys[window->count].hash & (c->slot_count - 1)]);
    }
    for (size_t i = 0; i < window->count; i++) {
        uint32_t term = c->slots[window->keys[i].hash & (c->slot_count - 1)].term;
        __builtin_prefetch(&c->terms[term ? term - 1 : 0]);
    }
    return window->count > 0;
}

/* Adds entries for a word and for its stem, which is not one of the document's words itself (`exact`, or 0 if the word
 * is not either). */
static enum status collect_word(struct collector *c, uint32_t number, const struct word *word,
                                const struct term_key *key, uint32_t fields, uint32_t exact) {
    uint32_t term, stem;
    enum status s = collect_term(c, key, &term);
    if (s != STATUS_OK)
        return s;
    collect_entry(c, term, number, fields | exact);
    stem = c->terms[term].stem;
    if (stem == no_term) {
        struct term_key stem_key = term_key_of(stemmer_stem(c->stemmer, word_text(word), word->plain));
        TRY(collect_term(c, &stem_key, &stem));
        c->terms[term].stem = stem;
    }
    if (stem != term)
        collect_entry(c, stem, number, fields);
    return STATUS_OK;
}

/* Adds entries for the further terms of a name. Only a name with a digit, a sign within words or katakana (first byte 0xE3) has
 * any. */
static enum status collect_models(struct collector *c, uint32_t number, struct str name) {
    struct word terms[model_terms_max];
    bool any = false;
    for (size_t i = 0; i < name.size && !any; i++)
        any = ascii_is_digit(name.data[i]) || (name.data[i] && strchr("-'\xE3", name.data[i]));
    size_t count = any ? model_terms_of(c->stemmer->language, name, terms) : 0;
    for (size_t i = 0; i < count; i++) {
        struct term_key key = term_key_of_word(&terms[i]);
        TRY(collect_word(c, number, &terms[i], &key, TERM_IN_NAME, 0));
    }
    return STATUS_OK;
}

enum status collector_add(struct collector *c, uint32_t number, const struct index_document *d) {
    const struct {
        struct str text;
        size_t words_max;
        uint32_t mask;
    } fields[] = {
        {d->name, name_words_max, TERM_IN_NAME},
        {d->category, category_words_max, TERM_IN_CATEGORY},
        {d->description, description_words_max, TERM_IN_DESCRIPTION},
    };
    enum status s = STATUS_OK;
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        struct str rest = fields[f].text;
        struct word_window window;
        size_t left = fields[f].words_max;
        for (; s == STATUS_OK && word_window_fill(c, &rest, left, &window); left -= window.count)
            for (size_t i = 0; i < window.count && s == STATUS_OK; i++)
                s = collect_word(c, number, &window.words[i], &window.keys[i], fields[f].mask, TERM_EXACT);
    }
    return s == STATUS_OK ? collect_models(c, number, d->name) : s;
}

void collector_forget_entries(struct collector *c) {
    c->entry_count = 0;
}

int collected_term_order(const void *a, const void *b) {
    const struct collected_term *x = *(const struct collected_term *const *)a;
    const struct collected_term *y = *(const struct collected_term *const *)b;
    return str_compare(x->text, y->text);
}
