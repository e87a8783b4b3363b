#include "shop/index/postings.h"

#include <string.h>

enum {
    field_mask_all = (1 << field_mask_bits) - 1,
    rows_per_trip = 96, /* of postings: their answers are 768 KiB at most */
};

/* What one entry with this field mask adds to its term's counts; a mask of 0 is no entry. */
static struct term_counts counts_of_fields(uint32_t fields) {
    bool word = fields & TERM_EXACT;
    return (struct term_counts){
        .documents = fields != 0,
        .words = word,
        .titles = word && (fields & (TERM_IN_NAME | TERM_IN_CATEGORY)),
    };
}

struct term_counts entries_count(struct str entries) {
    struct term_counts counts = {0};
    for (size_t i = 0; i + 1 < entries.size; i += 2)
        term_counts_add(&counts, counts_of_fields(entry_at(entries.data + i) & field_mask_all));
    return counts;
}

struct str visible_entries(struct str data, int64_t block, int64_t last) {
    if (block < last >> posting_block_bits)
        return data;
    if (block > last >> posting_block_bits)
        return (struct str){data.data, 0};
    uint32_t document = (uint32_t)(last & (posting_block_documents - 1));
    while (data.size >= 2 && entry_at(data.data + data.size - 2) >> field_mask_bits > document)
        data.size -= 2;
    return data;
}

enum status index_lock(struct shop_ctx *ctx, struct index_state *out) {
    static const struct sql sql = {"SELECT next_term, language FROM search_state",
                                   "SELECT next_term, language FROM search_state FOR UPDATE"};
    const struct language *language = NULL;
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows)) {
        out->next_term = db_column_int(rows, 0);
        language = language_find(db_column_bytes(rows, 1));
    }
    out->language = language ? language : &language_english;
    return db_finish(rows);
}

enum status index_read_language(struct shop_ctx *ctx, const struct language **out) {
    static const struct sql sql = SQL("SELECT language FROM search_state");
    const struct language *language = NULL;
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows))
        language = language_find(db_column_bytes(rows, 0));
    *out = language ? language : &language_english;
    return db_finish(rows);
}

enum status index_hold(struct shop_ctx *ctx) {
    static const struct sql sql = {NULL, "SELECT 1 FROM search_state FOR UPDATE"};
    return db_exec_deferred(ctx->db, &sql, NO_ARGS);
}

enum status index_set_next_term(struct shop_ctx *ctx, int64_t next_term) {
    static const struct sql sql = SQL("UPDATE search_state SET next_term = $1");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(next_term)));
}

enum status term_find_id(struct shop_ctx *ctx, struct str term, int64_t *id) {
    static const struct sql sql = SQL("SELECT id FROM search_terms WHERE term = $1");
    *id = 0;
    return db_get_int(ctx->db, &sql, ARGS(db_text(term)), id);
}

/* Finding the id and then one of two plain statements cost half of what one with ON CONFLICT and RETURNING
 * does. */
enum status term_add_counts(struct shop_ctx *ctx, struct str term, int64_t id, bool is_new,
                            const struct term_counts *more) {
    static const struct sql insert_sql =
        SQL("INSERT INTO search_terms (term, id, documents, words, titles) VALUES ($1, $2, $3, $4, $5)");
    static const struct sql add_sql =
        SQL("UPDATE search_terms SET documents = documents + $1, words = words + $2, titles = titles + $3"
            " WHERE term = $4");
    if (is_new)
        return db_exec_deferred(ctx->db, &insert_sql,
                                ARGS(db_text(term), db_int(id), db_int(more->documents), db_int(more->words),
                                     db_int(more->titles)));
    return db_exec_deferred(
        ctx->db, &add_sql,
        ARGS(db_int(more->documents), db_int(more->words), db_int(more->titles), db_text(term)));
}

/* Copies a row's data, whole entries of it, and returns its size; 0 without data. */
static size_t entries_copy(struct str bytes, char data[static posting_bytes_max]) {
    size_t size = bytes.size < posting_bytes_max ? bytes.size & ~(size_t)1 : (size_t)posting_bytes_max;
    if (size > 0)
        memcpy(data, bytes.data, size);
    return size;
}

enum status postings_read(struct shop_ctx *ctx, int64_t key, char data[static posting_bytes_max],
                          size_t *size) {
    static const struct sql sql = SQL("SELECT data FROM search_postings WHERE key = $1");
    *size = 0;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(key)));
    if (db_step(rows))
        *size = entries_copy(db_column_bytes(rows, 0), data);
    return db_finish(rows);
}

enum status postings_write(struct shop_ctx *ctx, int64_t key, bool is_new, struct str data) {
    static const struct sql insert_sql = SQL("INSERT INTO search_postings (key, data) VALUES ($1, $2)");
    static const struct sql update_sql = SQL("UPDATE search_postings SET data = $1 WHERE key = $2");
    static const struct sql delete_sql = SQL("DELETE FROM search_postings WHERE key = $1");
    if (is_new)
        return db_exec_deferred(ctx->db, &insert_sql, ARGS(db_int(key), db_blob(data)));
    return data.size > 0 ? db_exec_deferred(ctx->db, &update_sql, ARGS(db_blob(data), db_int(key)))
                         : db_exec_deferred(ctx->db, &delete_sql, ARGS(db_int(key)));
}

/* Replaces a document's entry in a row's data, or removes it if `fields` is 0, and keeps the order. Returns
 * the field mask that it had, 0 if it had no entry. */
static uint32_t entry_replace(char *data, size_t *size, int64_t seq, uint32_t fields) {
    uint32_t document = (uint32_t)(seq & (posting_block_documents - 1)), before = 0;
    size_t i = 0;
    while (i < *size && entry_at(data + i) >> field_mask_bits < document)
        i += 2;
    if (i < *size && entry_at(data + i) >> field_mask_bits == document) {
        before = entry_at(data + i) & field_mask_all;
        memmove(data + i, data + i + 2, *size - i - 2);
        *size -= 2;
    }
    if (fields && *size < posting_bytes_max) {
        memmove(data + i + 2, data + i, *size - i);
        entry_put(data + i, document << field_mask_bits | fields);
        *size += 2;
    }
    return before;
}

/* A term's id, with the data of the row that has its entry for a document. */
static const struct sql entry_sql =
    SQL("SELECT t.id, p.data FROM search_terms AS t"
        " LEFT JOIN search_postings AS p ON p.key = (t.id << 24) + $1 WHERE t.term = $2");

/* The changes of one row: those of a term in a block. Returns how many of `changes` they are. */
static size_t row_changes(const struct posting_change *changes, size_t count) {
    size_t end = 1;
    while (end < count && changes[end].seq >> posting_block_bits == changes[0].seq >> posting_block_bits &&
           str_equal(changes[end].term, changes[0].term))
        end++;
    return end;
}

/* Sets the entries of a row, and adds to `more` what that adds to the counts of the term. */
static enum status row_write(struct shop_ctx *ctx, int64_t id, const struct posting_change *changes,
                             size_t count, char *data, size_t size, struct term_counts *more) {
    bool is_new = size == 0, is_changed = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t before = entry_replace(data, &size, changes[i].seq, changes[i].fields);
        struct term_counts old = counts_of_fields(before), new = counts_of_fields(changes[i].fields);
        term_counts_add(more, (struct term_counts){new.documents - old.documents, new.words - old.words,
                                                   new.titles - old.titles});
        is_changed |= before != changes[i].fields;
    }
    return !is_changed || (is_new && size == 0)
               ? STATUS_OK
               : postings_write(ctx, posting_key(id, changes[0].seq), is_new, (struct str){data, size});
}

static struct db_value posting_block(const struct posting_change *change) {
    return db_int(change->seq >> posting_block_bits);
}

/* A term that postings_set is at. */
struct term_change {
    int64_t id; /* 0: it has no row, and no entry yet */
    bool is_new;
    struct term_counts more;
};

/* Reads a row, and writes it with its changes. */
static enum status row_set(struct shop_ctx *ctx, const struct posting_change *changes, size_t count,
                           struct term_change *term, int64_t *next_term) {
    char data[posting_bytes_max];
    size_t size = 0;
    bool has_entries = false;
    struct db_rows *rows =
        db_query(ctx->db, &entry_sql, ARGS(posting_block(changes), db_text(changes[0].term)));
    if (db_step(rows)) {
        term->id = db_column_int(rows, 0);
        size = entries_copy(db_column_bytes(rows, 1), data);
    }
    TRY(db_finish(rows));
    for (size_t i = 0; i < count; i++)
        has_entries |= changes[i].fields != 0;
    if (term->id == 0 && !has_entries)
        return STATUS_OK;
    if (term->id == 0) {
        term->is_new = true;
        term->id = (*next_term)++;
    }
    return row_write(ctx, term->id, changes, count, data, size, &term->more);
}

/* Writes what has become of a term's counts. */
static enum status term_finish(struct shop_ctx *ctx, struct str text, const struct term_change *term) {
    static const struct sql drop_sql = SQL("DELETE FROM search_terms WHERE term = $1 AND documents = 0");
    if (term->id == 0)
        return STATUS_OK;
    TRY(term_add_counts(ctx, text, term->id, term->is_new, &term->more));
    return term->more.documents < 0 ? db_exec_deferred(ctx->db, &drop_sql, ARGS(db_text(text))) : STATUS_OK;
}

/* Announces the next rows that will be read. */
static void rows_prefetch(struct shop_ctx *ctx, const struct posting_change *changes, size_t count) {
    for (size_t i = 0, row = 0; i < count && row < rows_per_trip; row++) {
        db_prefetch(ctx->db, &entry_sql, ARGS(posting_block(&changes[i]), db_text(changes[i].term)));
        i += row_changes(changes + i, count - i);
    }
}

enum status postings_set(struct shop_ctx *ctx, const struct posting_change *changes, size_t count,
                         int64_t *next_term) {
    struct term_change term = {0};
    size_t row = 0;
    for (size_t i = 0, end; i < count; i = end, row++) {
        end = i + row_changes(changes + i, count - i);
        if (row % rows_per_trip == 0)
            rows_prefetch(ctx, changes + i, count - i);
        TRY(row_set(ctx, changes + i, end - i, &term, next_term));
        if (end < count && str_equal(changes[end].term, changes[i].term))
            continue;
        TRY(term_finish(ctx, changes[i].term, &term));
        term = (struct term_change){0};
    }
    return STATUS_OK;
}

/* Counts all entries of a term. */
static enum status count_postings(struct shop_ctx *ctx, int64_t term, struct term_counts *out) {
    static const struct sql sql = SQL("SELECT data FROM search_postings WHERE key >= $1 AND key < $2");
    *out = (struct term_counts){0};
    struct db_rows *rows =
        db_query(ctx->db, &sql, ARGS(db_int(posting_key(term, 0)), db_int(posting_key(term + 1, 0))));
    while (db_step(rows))
        term_counts_add(out, entries_count(db_column_bytes(rows, 0)));
    return db_finish(rows);
}

/* Deletes the entries from `first_seq` on: those of its own block, which may have others before them, then
 * whole rows. */
static enum status cut_rows(struct shop_ctx *ctx, int64_t term, int64_t first_seq) {
    static const struct sql sql = SQL("DELETE FROM search_postings WHERE key > $1 AND key < $2");
    char data[posting_bytes_max];
    size_t size;
    int64_t key = posting_key(term, first_seq);
    enum status s = postings_read(ctx, key, data, &size);
    struct str kept =
        visible_entries((struct str){data, size}, first_seq >> posting_block_bits, first_seq - 1);
    if (s == STATUS_OK && kept.size < size)
        s = postings_write(ctx, key, false, kept);
    return s == STATUS_OK ? db_exec(ctx->db, &sql, ARGS(db_int(key), db_int(posting_key(term + 1, 0))), NULL)
                          : s;
}

enum status postings_cut(struct shop_ctx *ctx, struct str term, int64_t id, int64_t first_seq) {
    static const struct sql set_sql =
        SQL("UPDATE search_terms SET documents = $1, words = $2, titles = $3 WHERE term = $4");
    static const struct sql drop_sql = SQL("DELETE FROM search_terms WHERE term = $1");
    struct term_counts left;
    TRY(cut_rows(ctx, id, first_seq));
    TRY(count_postings(ctx, id, &left));
    if (left.documents == 0)
        return db_exec(ctx->db, &drop_sql, ARGS(db_text(term)), NULL);
    return db_exec(ctx->db, &set_sql,
                   ARGS(db_int(left.documents), db_int(left.words), db_int(left.titles), db_text(term)),
                   NULL);
}
