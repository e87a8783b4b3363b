/* One import, worked on. See importer.c for how its states follow each other. */
#include "serve/import/import_task.h"

#include "api/resources/imports/import_model.h"
#include "base/log.h"
#include "base/thread/waiter.h"
#include "files/import/import_run.h"
#include "pay/currency.h"
#include "shop/imports/import_work.h"
#include "shop/schema/schema.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    job_arena_bytes_max =
        4 * 1024 * 1024, /* remarks and a report: 20 rows and 50 columns of up to 4 KiB each */
    columns_shown_max = 50,
    counts_shown_max = 50,
    progress_us = 500 * 1000,         /* between two notes of how far it is */
    index_bytes = 24 * 1024 * 1024,   /* of the index in memory, beside a shop that is served */
    foreign_bytes = 64 * 1024 * 1024, /* of another system's products that wait for their variants */
};

/* One import, as it is worked on. The engine reports to it from two threads, one at a time. */
struct import_task {
    const struct import_task_options *options;
    struct db *db;
    struct arena arena;   /* of what is known of the job, used by this thread */
    struct arena remarks; /* of what the engine says */
    struct import_job job;
    struct import_options wishes; /* of who sent it */
    struct import_bad_row bad_rows[bad_rows_max];
    struct str columns[columns_shown_max];
    size_t bad_row_count, column_count;
    struct str error;
    int64_t noted_us;               /* when its progress was noted */
    enum status stopped;            /* why it is to stop: STATUS_OK if it is not */
    enum import_state published_as; /* the state that the transaction which published it has written */
    struct import_run run;
};

/* ---- The file: parts of the database, read on a connection of the reader's thread. */

struct part_source {
    struct waiter *waiter;
    struct db *db;
    int64_t seq, n, parts; /* n: of the next one */
    struct arena arena;    /* of the part at hand */
    struct str rest;       /* of its bytes */
};

static enum status part_source_next(struct part_source *p) {
    struct shop_ctx ctx = {.db = p->db, .arena = &p->arena};
    arena_reset(&p->arena);
    return import_work_part(&ctx, p->seq, p->n++, &p->rest);
}

/* A part that is not there any more is one of an import that was given up. */
static int64_t part_source_read(void *context, char *out, size_t room) {
    struct part_source *p = context;
    while (p->rest.size == 0) {
        if (p->n > p->parts)
            return 0;
        if (waiter_is_stopping(p->waiter) || part_source_next(p) != STATUS_OK) {
            errno = EIO;
            return -1;
        }
    }
    size_t size = p->rest.size < room ? p->rest.size : room;
    memcpy(out, p->rest.data, size);
    p->rest = str_skip(p->rest, size);
    return (int64_t)size;
}

/* ---- What the engine says. */

static void task_remark(void *context, enum import_remark kind, int64_t line, const char *text) {
    struct import_task *t = context;
    struct str copy = arena_copy(&t->remarks, str_from(text));
    struct maybe_int at = {line > 0, line};
    if (!copy.data)
        return;
    if (kind == REMARK_COLUMN && t->column_count < columns_shown_max)
        t->columns[t->column_count++] = copy;
    else if (kind != REMARK_COLUMN && t->bad_row_count < bad_rows_max)
        t->bad_rows[t->bad_row_count++] = (struct import_bad_row){at, copy};
}

static struct shop_ctx task_ctx(struct import_task *t) {
    return (struct shop_ctx){
        .db = t->db, .arena = &t->arena, .clock = t->options->clock, .random = &random_system};
}

/* Notes the progress, in the transaction that is open or in one of its own. */
static enum status task_note_progress(struct import_task *t, int64_t rows, int64_t percent) {
    struct shop_ctx ctx = task_ctx(t);
    if (db_in_transaction(t->db))
        return import_work_progress(&ctx, &t->job, rows, percent);
    TRY(db_begin(t->db, true));
    enum status s = import_work_progress(&ctx, &t->job, rows, percent);
    if (s == STATUS_OK)
        s = db_commit(t->db);
    if (s != STATUS_OK)
        db_rollback(t->db);
    return s;
}

/* Once the engine has published the import, that is its state. */
static void task_look_published(struct import_task *t) {
    if (t->run.is_published)
        t->job.state = (int)t->published_as;
}

/* Looks at each call whether the server stops, and at the clock, so that a million rows write their progress a few times only.
 * What comes of writing it says whether the import was given up. */
static bool task_progress(void *context, double part, int64_t rows, const char *what) {
    struct import_task *t = context;
    int64_t now_us = monotonic_us();
    (void)what;
    if (waiter_is_stopping(t->options->waiter)) {
        t->stopped = STATUS_STOPPING;
        return false;
    }
    if (now_us < t->noted_us + progress_us)
        return true;
    t->noted_us = now_us;
    task_look_published(t);
    t->stopped = task_note_progress(t, rows, (int64_t)(100 * part));
    return t->stopped == STATUS_OK;
}

static const struct import_listener listener = {
    .no_key_error =
        "neither an id nor a key, so that an update could not find it again: name a column with keys",
    .exists_error =
        "a product with this id or key is there already, in the shop or above; an update would change it",
    .remark = task_remark,
    .progress = task_progress,
};

/* ---- The report. */

struct count_list {
    struct import_count counts[counts_shown_max];
    size_t count;
    bool is_converted; /* which ones */
};

static void count_list_add(void *context, bool decided, struct str kind, int64_t count) {
    struct count_list *list = context;
    if (decided == list->is_converted && list->count < counts_shown_max)
        list->counts[list->count++] = (struct import_count){kind, count};
}

/* Writes the report of what was done until now. Absent without memory. */
static struct str task_report(struct import_task *t) {
    const struct import_run *run = &t->run;
    const struct import_update *update = &run->update;
    struct count_list left_out = {.count = 0}, converted = {.is_converted = true};
    struct import_report report = {
        .error = t->error,
        .rows = run->row_count,
        .added = run->added,
        .changed = update->counts[MATCH_DIFFERS],
        .unchanged = update->counts[MATCH_SAME],
        .removed = update->counts[MATCH_REMOVED],
        .other_stock = run->updates ? update->other_stock : 0,
        .bad_count = (int64_t)t->bad_row_count,
        .bad_rows = {t->bad_rows, t->bad_row_count},
        .unknown_columns = {t->columns, t->column_count},
    };
    if (run->rows.foreign) {
        report.source = str_from(foreign_title(run->rows.foreign));
        foreign_notes(run->rows.foreign, &left_out, count_list_add);
        foreign_notes(run->rows.foreign, &converted, count_list_add);
    }
    report.left_out = (struct list){left_out.counts, left_out.count};
    report.converted = (struct list){converted.counts, converted.count};
    return import_json_write(&t->arena, &import_report_model, &report);
}

/* Called in the transaction that publishes the new products. An import that goes on after a restart has its report. */
static enum status task_published(void *context, struct shop_ctx *ctx) {
    struct import_task *t = context;
    bool goes_on = t->job.state == IMPORT_CHANGING;
    int64_t changing = t->run.update.counts[MATCH_DIFFERS];
    struct str report = {0};
    if (!goes_on)
        report = task_report(t);
    if (!goes_on && !report.data)
        return STATUS_NO_MEMORY;
    if (!goes_on)
        TRY(import_work_note(ctx, &t->job, t->run.added, changing));
    t->published_as = changing > 0 ? IMPORT_CHANGING : IMPORT_DONE; /* unless it is undone */
    return import_work_move(ctx, &t->job, t->published_as, report);
}

/* ---- One import. */

static bool text_is(struct str text, const char *word) {
    return str_equal(text, str_from(word));
}

/* The place of a name in a list of them; `count` if it is absent. */
static size_t name_find(struct str name, const char *const names[], size_t count) {
    size_t i = 0;
    while (i < count && !text_is(name, names[i]))
        i++;
    return i;
}

/* Sets the engine up as the options say. STATUS_NO_MEMORY. */
static enum status task_set_up(struct import_task *t) {
    const struct import_options *o = &t->wishes;
    struct row_settings *settings = &t->run.settings;
    struct str currency = str_from(t->options->settings->currency);
    char now[time_text_size];
    struct str key = arena_copy(&t->arena, o->key);
    if (o->key.data && !key.data)
        return STATUS_NO_MEMORY;
    time_format(clock_now_us(t->options->clock), now);
    *settings = (struct row_settings){
        .format = (enum file_format)name_find(o->format, file_format_names, FORMAT_COUNT),
        .price_digits = text_is(o->prices, "decimal") ? currency_digits(currency) : prices_in_minor_units,
        .from_spreadsheet = o->from_spreadsheet.value,
        .key_name = key.data,
        .from = (enum foreign_kind)name_find(o->from, foreign_names, FOREIGN_COUNT),
        .foreign = {.currency = currency,
                    .currency_digits = currency_digits(currency),
                    .bytes_max = foreign_bytes,
                    .untracked_stock =
                        o->untracked_stock.is_set ? o->untracked_stock.value : import_untracked_stock},
    };
    memcpy(settings->foreign.today, now, sizeof settings->foreign.today - 1);
    t->run.updates = o->update.value || t->job.state == IMPORT_CHANGING;
    t->run.update.sets_stock = text_is(o->stock, "set");
    t->run.only_checks = t->job.state == IMPORT_CHECKING;
    t->run.size_bytes = t->job.size_bytes;
    t->run.listener = &listener;
    t->run.import =
        (struct import){.has_claim = true, .index_bytes = index_bytes, .on_publish = task_published};
    t->run.context = t->run.import.context = t;
    return STATUS_OK;
}

/* Runs the engine. */
static enum status task_run(struct import_task *t, struct part_source *source) {
    struct shop_ctx ctx = task_ctx(t);
    int64_t rows;
    t->run.source = part_source_read;
    t->run.source_context = source;
    enum status s = import_run_begin(&t->run);
    if (s == STATUS_STORAGE)
        t->error = str_from(strerror(errno)); /* of the temporary file */
    if (s != STATUS_OK)
        return s;
    s = import_run_wait(&t->run, &rows);
    if (s == STATUS_OK)
        s = import_run_write(&t->run, &ctx, rows);
    db_rollback(t->db); /* what a failure may have left open */
    s = import_run_end(&t->run, s);
    task_look_published(t);
    if (s == STATUS_INVALID && t->bad_row_count == 0 && t->run.read_status != STATUS_OK)
        s = t->run.read_status;
    if (t->stopped == STATUS_OK && s != STATUS_OK && waiter_is_stopping(t->options->waiter))
        return STATUS_STOPPING;
    return t->stopped != STATUS_OK ? t->stopped : s;
}

/* Whether the file itself is why an import has come to nothing. */
static bool task_is_bad_file(const struct import_task *t, enum status s) {
    return s == STATUS_INVALID || s == STATUS_USAGE || t->bad_row_count > 0;
}

/* Writes what an import has come to. One that is to stop is left as it is, to be gone on with, or was given up. */
static enum status task_end(struct import_task *t, enum status s) {
    struct shop_ctx ctx = task_ctx(t);
    bool is_check = t->job.state == IMPORT_CHECKING, is_changed = t->job.state == IMPORT_CHANGING;
    enum import_state state = is_check ? IMPORT_CHECKED : s == STATUS_OK ? IMPORT_DONE : IMPORT_FAILED;
    if (s == STATUS_STOPPING || t->job.state == IMPORT_DONE)
        return s == STATUS_STOPPING ? s : STATUS_OK;
    if (is_changed && s != STATUS_OK)
        return s; /* the rest is changed at the next try */
    if (s != STATUS_OK && !task_is_bad_file(t, s)) {
        state = IMPORT_FAILED;
        if (!t->error.data)
            t->error = str_from(status_text(s));
    }
    struct str report = {0};
    if (!is_changed)
        report = task_report(t);
    if (!is_changed && !report.data)
        return STATUS_NO_MEMORY;
    TRY(db_begin(t->db, true));
    s = import_work_move(&ctx, &t->job, state, report);
    if (s == STATUS_OK)
        s = db_commit(t->db);
    if (s == STATUS_OK)
        t->job.state = (int)state;
    else
        db_rollback(t->db);
    return s;
}

/* Works on the import that was found. The file's parts are read on a second connection, because the engine's reader is a thread
 * of its own, and because each is a statement outside of the writer's transactions: a long one would keep the database's log
 * from being cut. */
static enum status task_do(struct import_task *t) {
    char error[db_error_size];
    struct part_source source = {
        .waiter = t->options->waiter, .seq = t->job.seq, .n = 1, .parts = t->job.parts};
    TRY(import_json_read(&t->arena, &import_options_model, t->job.options, &t->wishes));
    TRY(task_set_up(t));
    if (shop_db_open(t->options->url, DB_READ, &source.db, error) != STATUS_OK) {
        log_warning("import: %s", error);
        return STATUS_STORAGE;
    }
    arena_init(&source.arena, 2 * (size_t)import_part_bytes_max);
    enum status s = task_end(t, task_run(t, &source));
    arena_free(&source.arena);
    db_close(source.db);
    import_run_free(&t->run);
    log_info("import '%.*s': %s, %" PRId64 " products", (int)t->job.name.size, t->job.name.data,
             s == STATUS_STOPPING ? "stopped" : import_state_names[t->job.state], t->run.row_count);
    return s;
}

enum status import_task_next(const struct import_task_options *options, struct db *db) {
    struct import_task *t = calloc(1, sizeof *t);
    if (!t)
        return STATUS_NO_MEMORY;
    t->options = options;
    t->db = db;
    arena_init(&t->arena, job_arena_bytes_max);
    arena_init(&t->remarks, job_arena_bytes_max);
    struct shop_ctx ctx = task_ctx(t);
    enum status s = import_work_next(&ctx, &t->job);
    if (s == STATUS_OK)
        s = task_do(t);
    arena_free(&t->arena);
    arena_free(&t->remarks);
    free(t);
    return s;
}
