#include "shop/search_store.h"

#include <string.h>

struct term_counts term_counts_of(uint32_t place) {
    bool word = place & TERM_EXACT;
    return (struct term_counts){
        .documents = place != 0,
        .words = word,
        .titles = word && (place & (TERM_IN_NAME | TERM_IN_CATEGORY)),
    };
}

enum status store_lock(struct tx *tx, int64_t *next_term) {
    static const struct sql sql = {"SELECT next_term FROM search_state",
                                   "SELECT next_term FROM search_state FOR UPDATE"};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *next_term = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status store_hold(struct tx *tx) {
    static const struct sql sql = {NULL, "SELECT 1 FROM search_state FOR UPDATE"};
    return db_exec_later(tx->db, &sql, NO_ARGS);
}

enum status store_set_next_term(struct tx *tx, int64_t next_term) {
    static const struct sql sql = {"UPDATE search_state SET next_term = $1", NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(next_term)), NULL);
}

static enum status find_term(struct tx *tx, struct str term, int64_t *id) {
    static const struct sql sql = {"SELECT id FROM search_terms WHERE term = $1", NULL};
    *id = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_text(term)));
    if (db_step(rows))
        *id = db_column_int(rows, 0);
    return db_finish(rows);
}

static enum status insert_term(struct tx *tx, struct str term, int64_t id, const struct term_counts *counts) {
    static const struct sql sql = {
        "INSERT INTO search_terms (term, id, documents, words, titles) VALUES ($1, $2, $3, $4, $5)", NULL};
    return db_exec(tx->db, &sql,
                   ARGS(db_text(term), db_int(id), db_int(counts->documents), db_int(counts->words),
                        db_int(counts->titles)),
                   NULL);
}

static enum status stage_new_term(struct tx *tx, struct str term, int64_t id, int64_t staged_by,
                                  const struct term_counts *counts) {
    static const struct sql sql = {
        "INSERT INTO search_terms (term, id, documents, words, titles,"
        " staged_by, staged_documents, staged_words, staged_titles)"
        " VALUES ($1, $2, 0, 0, 0, $3, $4, $5, $6)",
        NULL};
    return db_exec(tx->db, &sql,
                   ARGS(db_text(term), db_int(id), db_int(staged_by), db_int(counts->documents),
                        db_int(counts->words), db_int(counts->titles)),
                   NULL);
}

/* What an earlier import staged has been published by now, since there is one at a time. */
static enum status stage_term(struct tx *tx, struct str term, int64_t staged_by,
                              const struct term_counts *more) {
    static const struct sql sql = {
        "UPDATE search_terms SET"
        " documents = documents + CASE WHEN staged_by = $1 THEN 0 ELSE staged_documents END,"
        " words = words + CASE WHEN staged_by = $1 THEN 0 ELSE staged_words END,"
        " titles = titles + CASE WHEN staged_by = $1 THEN 0 ELSE staged_titles END,"
        " staged_documents = $2 + CASE WHEN staged_by = $1 THEN staged_documents ELSE 0 END,"
        " staged_words = $3 + CASE WHEN staged_by = $1 THEN staged_words ELSE 0 END,"
        " staged_titles = $4 + CASE WHEN staged_by = $1 THEN staged_titles ELSE 0 END,"
        " staged_by = $1 WHERE term = $5",
        NULL};
    return db_exec(tx->db, &sql,
                   ARGS(db_int(staged_by), db_int(more->documents), db_int(more->words), db_int(more->titles),
                        db_text(term)),
                   NULL);
}

static enum status count_term(struct tx *tx, struct str term, const struct term_counts *more) {
    static const struct sql sql = {
        "UPDATE search_terms SET"
        " documents = documents + $1 + CASE WHEN " SEEN_STAGED
        " THEN staged_documents ELSE 0 END,"
        " words = words + $2 + CASE WHEN " SEEN_STAGED
        " THEN staged_words ELSE 0 END,"
        " titles = titles + $3 + CASE WHEN " SEEN_STAGED
        " THEN staged_titles ELSE 0 END,"
        " staged_documents = CASE WHEN " SEEN_STAGED
        " THEN 0 ELSE staged_documents END,"
        " staged_words = CASE WHEN " SEEN_STAGED
        " THEN 0 ELSE staged_words END,"
        " staged_titles = CASE WHEN " SEEN_STAGED
        " THEN 0 ELSE staged_titles END,"
        " staged_by = CASE WHEN " SEEN_STAGED " THEN 0 ELSE staged_by END WHERE term = $4",
        NULL};
    return db_exec(tx->db, &sql,
                   ARGS(db_int(more->documents), db_int(more->words), db_int(more->titles), db_text(term)),
                   NULL);
}

/* Two plain statements cost half of what one with ON CONFLICT and RETURNING does. */
enum status store_term(struct tx *tx, struct str term, int64_t new_id, int64_t staged_by,
                       const struct term_counts *more, int64_t *id) {
    enum status s = find_term(tx, term, id);
    if (s != STATUS_OK)
        return s;
    if (*id != 0)
        return staged_by ? stage_term(tx, term, staged_by, more) : count_term(tx, term, more);
    *id = new_id;
    return staged_by ? stage_new_term(tx, term, new_id, staged_by, more)
                     : insert_term(tx, term, new_id, more);
}

static enum status drop_if_unused(struct tx *tx, struct str term) {
    static const struct sql sql = {
        "DELETE FROM search_terms WHERE term = $1 AND documents = 0 AND staged_documents = 0", NULL};
    return db_exec(tx->db, &sql, ARGS(db_text(term)), NULL);
}

enum status posting_read(struct tx *tx, int64_t key, char data[static posting_bytes_max], size_t *size) {
    static const struct sql sql = {"SELECT data FROM search_postings WHERE key = $1", NULL};
    *size = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(key)));
    if (db_step(rows)) {
        struct str bytes = db_column_bytes(rows, 0);
        *size = bytes.size < posting_bytes_max ? bytes.size & ~(size_t)1 : (size_t)posting_bytes_max;
        memcpy(data, bytes.at, *size);
    }
    return db_finish(rows);
}

enum status posting_write(struct tx *tx, int64_t key, bool is_new, struct str data) {
    static const struct sql new_sql = {"INSERT INTO search_postings (key, data) VALUES ($1, $2)", NULL};
    static const struct sql put_sql = {"UPDATE search_postings SET data = $1 WHERE key = $2", NULL};
    static const struct sql drop_sql = {"DELETE FROM search_postings WHERE key = $1", NULL};
    if (is_new)
        return db_exec(tx->db, &new_sql, ARGS(db_int(key), db_blob(data)), NULL);
    return data.size > 0 ? db_exec(tx->db, &put_sql, ARGS(db_blob(data), db_int(key)), NULL)
                         : db_exec(tx->db, &drop_sql, ARGS(db_int(key)), NULL);
}

/* Sets a document's place in a row's data (0 takes its entry out), keeping the order; gives the place that it
 * had. */
static uint32_t place_entry(char *data, size_t *size, int64_t seq, uint32_t place) {
    uint32_t document = (uint32_t)(seq & (posting_block_documents - 1)), before = 0;
    size_t at = 0;
    while (at < *size && entry_at(data + at) >> term_place_bits < document)
        at += 2;
    if (at < *size && entry_at(data + at) >> term_place_bits == document) {
        before = entry_at(data + at) & ((1u << term_place_bits) - 1);
        memmove(data + at, data + at + 2, *size - at - 2);
        *size -= 2;
    }
    if (place && *size < posting_bytes_max) {
        memmove(data + at + 2, data + at, *size - at);
        entry_put(data + at, document << term_place_bits | place);
        *size += 2;
    }
    return before;
}

/* Gives a new term the next free id. */
static enum status new_term(struct tx *tx, int64_t *id) {
    static const struct sql sql = {
        "UPDATE search_state SET next_term = next_term + 1 RETURNING next_term - 1", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *id = db_column_int(rows, 0);
    return db_finish(rows);
}

/* Sets the place in the postings; `more` gets what that adds to the term's counts. */
static enum status set_place(struct tx *tx, int64_t key, int64_t seq, uint32_t place,
                             struct term_counts *more) {
    char data[posting_bytes_max];
    size_t size;
    enum status s = posting_read(tx, key, data, &size);
    bool is_new = size == 0;
    if (s != STATUS_OK)
        return s;
    uint32_t before = place_entry(data, &size, seq, place);
    struct term_counts old = term_counts_of(before), new = term_counts_of(place);
    *more =
        (struct term_counts){new.documents - old.documents, new.words - old.words, new.titles - old.titles};
    return before == place ? STATUS_OK : posting_write(tx, key, is_new, (struct str){data, size});
}

enum status store_place(struct tx *tx, struct str term, int64_t seq, uint32_t place) {
    struct term_counts more = {0};
    int64_t id;
    enum status s = find_term(tx, term, &id);
    bool is_new = id == 0;
    if (s != STATUS_OK || (is_new && place == 0))
        return s;
    if (is_new)
        s = new_term(tx, &id);
    if (s == STATUS_OK)
        s = set_place(tx, posting_key(id, seq), seq, place, &more);
    if (s == STATUS_OK)
        s = is_new ? insert_term(tx, term, id, &more) : count_term(tx, term, &more);
    return s == STATUS_OK && more.documents < 0 ? drop_if_unused(tx, term) : s;
}
