/* Staging and publishing; see stage_sweep.c for what becomes of an import that was broken off. */
#include "shop/stage.h"

#include "base/log.h"
#include "shop/search_match.h"

#include <assert.h>
#include <string.h>

/* Rounds up to where a block of columns starts, so that no row of columns has both what is seen and what is
 * not. */
static int64_t block_start(int64_t seq) {
    return (seq + column_block_documents - 1) & ~(int64_t)(column_block_documents - 1);
}

/* Takes the next number and the place for what follows. */
static enum status open_range(struct stage *stage, struct tx *tx, int64_t expected) {
    static const struct sql sql = {
        "UPDATE catalogue SET staged_by = published + 1, staged_seq = $1, swept_to = '' RETURNING staged_by",
        NULL};
    enum status s = store_hold(tx);
    if (s == STATUS_OK)
        s = search_last(tx, &stage->next_seq);
    if (s != STATUS_OK)
        return s;
    stage->next_seq = block_start(stage->next_seq + 1 + stage_room_min + expected / 4);
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(stage->next_seq)));
    if (db_step(rows))
        stage->number = db_column_int(rows, 0);
    while (db_step(rows))
        ;
    return db_finish(rows);
}

enum status stage_begin(struct stage *stage, struct tx *tx, int64_t expected) {
    stage->open = false;
    if (!db_claim(tx->db, DB_IMPORTING))
        return STATUS_CONFLICT;
    enum status s = stage_sweep(&stage->turns, tx);
    if (s == STATUS_OK)
        s = turns_begin(&stage->turns, tx);
    if (s == STATUS_OK)
        s = open_range(stage, tx, expected);
    if (s != STATUS_OK) {
        db_rollback(tx->db);
        db_unclaim(tx->db, DB_IMPORTING);
        return s;
    }
    search_bulk_begin(&stage->bulk, stage->number, &stage->turns);
    stage->category_count = 0;
    stage->open = true;
    return STATUS_OK;
}

/* Adds what was counted in memory to the table. */
static enum status write_categories(struct stage *stage, struct tx *tx) {
    static const struct sql sql = {
        "INSERT INTO staged_categories VALUES ($1, $2) ON CONFLICT (name)"
        " DO UPDATE SET product_count = staged_categories.product_count + $2",
        NULL};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < stage->category_count && s == STATUS_OK; i++) {
        struct str name = {stage->categories[i].name, stage->categories[i].size};
        s = db_exec(tx->db, &sql, ARGS(db_text(name), db_int(stage->categories[i].count)), NULL);
    }
    stage->category_count = 0;
    return s;
}

static enum status count_category(struct stage *stage, struct tx *tx, struct str name) {
    size_t i = 0;
    while (i < stage->category_count &&
           !str_equal(name, (struct str){stage->categories[i].name, stage->categories[i].size}))
        i++;
    enum status s = STATUS_OK;
    if (i == stage_categories_max) {
        s = write_categories(stage, tx);
        i = 0;
    }
    struct staged_category *category = &stage->categories[i];
    if (i == stage->category_count) {
        assert(name.size <= category_bytes_max);
        memcpy(category->name, name.at, name.size);
        category->size = name.size;
        category->count = 0;
        stage->category_count++;
    }
    category->count++;
    return s;
}

enum status stage_add(struct stage *stage, struct tx *tx, const struct product *given) {
    struct product added;
    enum status s = turn_is_over(&stage->turns, tx) ? turns_next(&stage->turns, tx) : STATUS_OK;
    if (s == STATUS_OK)
        s = product_import_at(tx, &stage->bulk, stage->next_seq, given, &added);
    if (s != STATUS_OK)
        return s;
    stage->next_seq++;
    return count_category(stage, tx, given->category);
}

static enum status publish(struct tx *tx) {
    static const struct sql see_sql = {
        "UPDATE catalogue SET published = staged_by, staged_by = 0, staged_seq = 9223372036854775807", NULL};
    static const struct sql count_sql = {
        "INSERT INTO categories SELECT name, product_count FROM staged_categories WHERE true"
        " ON CONFLICT (name) DO UPDATE SET product_count = categories.product_count + excluded.product_count",
        NULL};
    static const struct sql clear_sql = {"DELETE FROM staged_categories", NULL};
    enum status s = store_hold(tx);
    if (s == STATUS_OK)
        s = db_exec(tx->db, &see_sql, NO_ARGS, NULL);
    if (s == STATUS_OK)
        s = db_exec(tx->db, &count_sql, NO_ARGS, NULL);
    if (s == STATUS_OK)
        s = db_exec(tx->db, &clear_sql, NO_ARGS, NULL);
    return s == STATUS_OK ? db_tell(tx->db) : s;
}

enum status stage_publish(struct stage *stage, struct tx *tx) {
    enum status s = search_bulk_flush(&stage->bulk, tx);
    if (s == STATUS_OK)
        s = write_categories(stage, tx);
    if (s == STATUS_OK)
        s = turns_next(&stage->turns, tx);
    if (s == STATUS_OK)
        s = publish(tx);
    if (s == STATUS_OK)
        s = turns_end(&stage->turns, tx);
    if (s != STATUS_OK)
        return s;
    stage->open = false;
    search_bulk_end(&stage->bulk);
    db_unclaim(tx->db, DB_IMPORTING);
    return STATUS_OK;
}

void stage_close(struct stage *stage, struct tx *tx) {
    if (!stage->open)
        return;
    stage->open = false;
    db_rollback(tx->db);
    search_bulk_end(&stage->bulk);
    enum status s = stage_sweep(&stage->turns, tx);
    if (s != STATUS_OK)
        log_warning("import: what it wrote is not removed yet (%s); the next one or the server does it",
                    status_text(s));
    db_unclaim(tx->db, DB_IMPORTING);
}

enum status stage_left(struct tx *tx, bool *out) {
    static const struct sql sql = {"SELECT staged_by FROM catalogue", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    *out = db_step(rows) && db_column_int(rows, 0) != 0;
    return db_finish(rows);
}
