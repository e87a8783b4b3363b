/* The executor: group commit, a failing job undone alone, order, bounds, stopping, and what readers see.
 *
 * A job that waits at a gate holds the writer, so that the jobs queued meanwhile are one batch: nothing here
 * depends on how fast a thread is. */
#include "files.h"
#include "test.h"

#include "base/clock.h"
#include "base/thread/notify_batch.h"
#include "base/thread/thread.h"
#include "db/exec/change_clock.h"
#include "db/exec/executor.h"
#include "shop/schema/schema.h"

#include <semaphore.h>

static const struct sql insert = SQL("INSERT INTO settings VALUES ($1, zeroblob(1))");
static const struct sql count = SQL("SELECT count(*) FROM settings");

enum act { ACT_INSERT, ACT_FAIL, ACT_WAIT, ACT_LOSE_TRANSACTION, ACT_READ, ACT_COMPUTE };

struct work {
    struct job job;
    enum act act;
    char name[24]; /* of the row to insert; a job that fails inserts it too */
    sem_t *gate;   /* for ACT_WAIT: posted when the job runs, then … */
    sem_t *go;     /* … the job waits for this one */
    struct shop *shop;
    int64_t seen;       /* by ACT_READ */
    int64_t seen_after; /* rows that another connection sees when the job is done */
    size_t position;    /* among the jobs that are done: 1 is the first; 0: not done */
    enum status status;
};

/* An executor on a file, and another connection that reads what it commits. */
struct shop {
    struct folder *folder;
    struct metrics *metrics;
    struct executor *executor;
    struct db *outside;
    sem_t finished; /* posted by every job that is done */
    size_t done;
    sem_t gate, go;
    struct work holder;
};

static int64_t rows_of(struct db *db) {
    struct db_rows *rows = db_query(db, &count, NO_ARGS);
    int64_t n = db_step(rows) ? db_column_int(rows, 0) : -1;
    assert_int_equal(db_finish(rows), STATUS_OK);
    return n;
}

/* The answers that a loop has been told of. */
static _Atomic int told;

static void tell(void *what) {
    (void)what;
    atomic_fetch_add(&told, 1);
}

/* Computes until an answer has been told of, or for ten seconds. Returns how many were. */
static int compute(void) {
    int64_t end_us = monotonic_us() + 10 * 1000000;
    while (atomic_load(&told) == 0 && monotonic_us() < end_us)
        thread_yield_if_due();
    return atomic_load(&told);
}

static enum status run(struct job *job, struct db *db) {
    struct work *w = (struct work *)job;
    if (w->act == ACT_WAIT) {
        sem_post(w->gate);
        sem_wait(w->go);
        return STATUS_OK;
    }
    if (w->act == ACT_READ || w->act == ACT_COMPUTE) {
        w->seen = w->act == ACT_READ ? rows_of(db) : compute();
        return STATUS_OK;
    }
    enum status s = db_exec(db, &insert, ARGS(db_text(str_from(w->name))), NULL);
    if (w->act == ACT_LOSE_TRANSACTION)
        db_rollback(db);
    job->changes = TOPIC_CATALOGUE;
    return s == STATUS_OK && w->act == ACT_FAIL ? STATUS_NOT_FOUND : s;
}

/* Called on the executor's thread. The test's own thread reads the results after it has waited for `finished`. */
static void done(struct job *job, enum status status) {
    struct work *w = (struct work *)job;
    w->status = status;
    w->seen_after = w->shop->outside && w->act != ACT_WAIT ? rows_of(w->shop->outside) : -1;
    w->position = ++w->shop->done;
    sem_post(&w->shop->finished);
}

static void work_init(struct shop *shop, struct work *w, enum act act, const char *name) {
    *w = (struct work){.job = {.run = run, .done = done}, .act = act, .shop = shop};
    w->gate = &shop->gate;
    w->go = &shop->go;
    snprintf(w->name, sizeof w->name, "%s", name);
}

static void wait_for(struct shop *shop, size_t jobs) {
    while (jobs-- > 0)
        sem_wait(&shop->finished);
}

/* Makes the writer wait inside a job until release(). */
static void hold(struct shop *shop) {
    work_init(shop, &shop->holder, ACT_WAIT, "");
    assert_int_equal(executor_write(shop->executor, &shop->holder.job), STATUS_OK);
    sem_wait(&shop->gate);
}

static void release(struct shop *shop) {
    sem_post(&shop->go);
}

static int open_at(struct shop *shop, const char *url) {
    char error[db_error_size];
    shop->metrics = metrics_new(1);
    struct executor_options options = {.url = url,
                                       .schema = &shop_schema,
                                       .readers = 2,
                                       .searchers = 2,
                                       .shard = metrics_shard(shop->metrics, 0)};
    sem_init(&shop->finished, 0, 0);
    sem_init(&shop->gate, 0, 0);
    sem_init(&shop->go, 0, 0);
    if (executor_open(&options, &shop->executor, error) != STATUS_OK)
        return -1;
    return db_is_private(url) || shop_db_open(url, DB_READ, &shop->outside, error) == STATUS_OK ? 0 : -1;
}

static int open_file(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    void *folder;
    if (!shop || folder_make(&folder) != 0)
        return -1;
    shop->folder = folder;
    *state = shop;
    return open_at(shop, file_in(shop->folder, "till.db"));
}

static int open_memory(void **state) {
    *state = calloc(1, sizeof(struct shop));
    return *state ? open_at(*state, ":memory:") : -1;
}

static void stop(struct shop *shop) {
    if (shop->executor)
        executor_close(shop->executor);
    shop->executor = NULL;
}

static int close_shop(void **state) {
    struct shop *shop = *state;
    stop(shop);
    db_close(shop->outside);
    metrics_free(shop->metrics);
    sem_destroy(&shop->finished);
    sem_destroy(&shop->gate);
    sem_destroy(&shop->go);
    void *folder = shop->folder;
    if (folder)
        folder_remove(&folder);
    free(shop);
    return 0;
}

/* Queues `n` jobs. If the writer is held, they are one batch, after the holder's own. */
static void write_all(struct shop *shop, struct work jobs[], size_t n) {
    for (size_t i = 0; i < n; i++)
        assert_int_equal(executor_write(shop->executor, &jobs[i].job), STATUS_OK);
}

static uint64_t counter(const struct shop *shop, enum metric what) {
    return metrics_shard(shop->metrics, 0)->counters[what];
}

static uint64_t batches(const struct shop *shop) {
    uint64_t sum = 0;
    for (size_t i = 0; i < metric_batch_buckets; i++)
        sum += metrics_shard(shop->metrics, 0)->batches[i];
    return sum;
}

/* ---- group commit ---- */

static void jobs_that_wait_together_are_committed_together(void **state) {
    enum { n = 100 };
    struct shop *shop = *state;
    static struct work jobs[n];
    hold(shop);
    for (int i = 0; i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        work_init(shop, &jobs[i], ACT_INSERT, name);
    }
    write_all(shop, jobs, n);
    assert_int_equal(counter(shop, METRIC_QUEUE_DEPTH), n + 1);
    release(shop);
    wait_for(shop, n + 1);
    assert_int_equal(batches(shop), 2);
    assert_int_equal(counter(shop, METRIC_QUEUE_DEPTH), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(jobs[i].status, STATUS_OK);
        assert_int_equal(jobs[i].position, i + 2); /* in the order in which they were queued */
    }
}

static void a_job_is_done_only_when_it_is_committed(void **state) {
    struct shop *shop = *state;
    struct work jobs[3];
    hold(shop);
    for (size_t i = 0; i < COUNT(jobs); i++)
        work_init(shop, &jobs[i], ACT_INSERT, (const char *[]){"a", "b", "c"}[i]);
    write_all(shop, jobs, COUNT(jobs));
    assert_int_equal(rows_of(shop->outside), 0);
    release(shop);
    wait_for(shop, COUNT(jobs) + 1);
    for (size_t i = 0; i < COUNT(jobs); i++)
        assert_int_equal(jobs[i].seen_after, 3); /* the first job to be done already sees its whole batch */
}

static void a_job_that_fails_is_undone_alone(void **state) {
    struct shop *shop = *state;
    struct work jobs[4];
    hold(shop);
    work_init(shop, &jobs[0], ACT_INSERT, "a");
    work_init(shop, &jobs[1], ACT_FAIL, "undone");
    work_init(shop, &jobs[2], ACT_INSERT, "a"); /* a conflict */
    work_init(shop, &jobs[3], ACT_INSERT, "b");
    write_all(shop, jobs, COUNT(jobs));
    release(shop);
    wait_for(shop, COUNT(jobs) + 1);
    assert_int_equal(jobs[0].status, STATUS_OK);
    assert_int_equal(jobs[1].status, STATUS_NOT_FOUND);
    assert_int_equal(jobs[2].status, STATUS_CONFLICT);
    assert_int_equal(jobs[3].status, STATUS_OK);
    assert_int_equal(rows_of(shop->outside), 2);
    assert_int_equal(batches(shop), 2);
}

static void a_job_that_writes_much_has_a_transaction_of_its_own(void **state) {
    struct shop *shop = *state;
    struct work jobs[6];
    hold(shop);
    work_init(shop, &jobs[0], ACT_INSERT, "a");
    work_init(shop, &jobs[1], ACT_INSERT, "much");
    work_init(shop, &jobs[2], ACT_FAIL, "undone");
    work_init(shop, &jobs[3], ACT_LOSE_TRANSACTION, "lost");
    work_init(shop, &jobs[4], ACT_INSERT, "b");
    work_init(shop, &jobs[5], ACT_FAIL, "undone too");
    for (size_t i = 1; i <= 3; i++)
        jobs[i].job.is_alone = true;
    write_all(shop, jobs, COUNT(jobs));
    release(shop);
    wait_for(shop, COUNT(jobs) + 1);
    static const enum status statuses[] = {STATUS_OK,      STATUS_OK, STATUS_NOT_FOUND,
                                           STATUS_STORAGE, STATUS_OK, STATUS_NOT_FOUND};
    static const int64_t seen[] = {1, 2, 2,
                                   2, 3, 3}; /* each transaction's job sees what was committed until then */
    for (size_t i = 0; i < COUNT(jobs); i++) {
        assert_int_equal(jobs[i].status, statuses[i]);
        assert_int_equal(jobs[i].seen_after, seen[i]);
        assert_int_equal(jobs[i].position, i + 2);
    }
    assert_int_equal(rows_of(shop->outside), 3);
}

static void a_lost_transaction_fails_all_its_jobs_and_no_other(void **state) {
    struct shop *shop = *state;
    struct work jobs[3], after;
    hold(shop);
    work_init(shop, &jobs[0], ACT_INSERT, "a");
    work_init(shop, &jobs[1], ACT_LOSE_TRANSACTION, "b");
    work_init(shop, &jobs[2], ACT_INSERT, "c");
    write_all(shop, jobs, COUNT(jobs));
    release(shop);
    wait_for(shop, COUNT(jobs) + 1);
    for (size_t i = 0; i < COUNT(jobs); i++)
        assert_int_equal(jobs[i].status, STATUS_STORAGE);
    assert_int_equal(rows_of(shop->outside), 0);
    assert_int_equal(counter(shop, METRIC_COMMITS_FAILED), 1);
    work_init(shop, &after, ACT_INSERT, "d");
    write_all(shop, &after, 1);
    wait_for(shop, 1);
    assert_int_equal(after.status, STATUS_OK);
    assert_int_equal(rows_of(shop->outside), 1);
}

/* ---- bounds and stopping ---- */

static void a_full_queue_refuses_jobs_and_a_batch_is_bounded(void **state) {
    struct shop *shop = *state;
    struct work *jobs = calloc(queue_jobs_max, sizeof *jobs);
    assert_non_null(jobs);
    hold(shop);
    for (size_t i = 0; i < queue_jobs_max; i++) {
        char name[16];
        snprintf(name, sizeof name, "%zu", i);
        work_init(shop, &jobs[i], ACT_INSERT, name);
        enum status s = executor_write(shop->executor, &jobs[i].job);
        assert_int_equal(s, i < queue_jobs_max - 1 ? STATUS_OK
                                                   : STATUS_QUEUE_FULL); /* the holder takes one place */
    }
    release(shop);
    wait_for(shop, queue_jobs_max);
    assert_int_equal(rows_of(shop->outside), queue_jobs_max - 1);
    assert_int_equal(batches(shop), 1 + (queue_jobs_max - 1 + batch_jobs_max - 1) / batch_jobs_max);
    work_init(shop, &jobs[0], ACT_INSERT, "again");
    write_all(shop, jobs, 1);
    wait_for(shop, 1);
    free(jobs);
}

static void *stop_in_a_thread(void *context) {
    stop(context);
    return NULL;
}

static void stopping_takes_no_more_jobs_and_finishes_those_it_has(void **state) {
    enum { most = 1000 };
    struct shop *shop = *state;
    static struct work jobs[most];
    struct executor *executor = shop->executor;
    pthread_t thread;
    size_t taken = 0;
    hold(shop);
    assert_int_equal(pthread_create(&thread, NULL, stop_in_a_thread, shop), 0);
    for (enum status s = STATUS_OK; s == STATUS_OK && taken < most;) {
        char name[16];
        snprintf(name, sizeof name, "%zu", taken);
        work_init(shop, &jobs[taken], ACT_INSERT, name);
        s = executor_write(executor, &jobs[taken].job);
        assert_true(s == STATUS_OK || s == STATUS_STOPPING);
        taken += s == STATUS_OK;
        usleep(100);
    }
    assert_true(taken < most);
    release(shop);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(shop->done, taken + 1);
    assert_int_equal(rows_of(shop->outside), taken);
}

/* ---- calls, readers, searches ---- */

static enum status insert_now(void *context, struct db *db, unsigned *changes) {
    *changes = TOPIC_CATALOGUE;
    return db_exec(db, &insert, ARGS(db_text(str_from(context))), NULL);
}

static void a_call_waits_for_its_result(void **state) {
    struct shop *shop = *state;
    char a[] = "a";
    assert_int_equal(executor_call(shop->executor, insert_now, a), STATUS_OK);
    assert_int_equal(rows_of(shop->outside), 1);
    assert_int_equal(executor_call(shop->executor, insert_now, a), STATUS_CONFLICT);
}

static void a_stepped_executor_runs_jobs_only_when_it_is_stepped(void **state) {
    static struct work jobs[3];
    struct shop *shop = *state;
    char error[db_error_size], c[] = "c";
    stop(shop);
    struct executor_options options = {.url = file_in(shop->folder, "till.db"),
                                       .schema = &shop_schema,
                                       .readers = 1,
                                       .searchers = 1,
                                       .is_stepped = true};
    assert_int_equal(executor_open(&options, &shop->executor, error), STATUS_OK);
    work_init(shop, &jobs[0], ACT_INSERT, "a");
    work_init(shop, &jobs[1], ACT_READ, "");
    work_init(shop, &jobs[2], ACT_INSERT, "b");
    write_all(shop, jobs, 1);
    assert_int_equal(executor_search(shop->executor, &jobs[1].job), STATUS_OK);
    assert_int_equal(shop->done, 0);
    assert_true(executor_step(shop->executor));
    assert_int_equal(shop->done, 2);
    assert_int_equal(jobs[1].seen, 1);
    assert_false(executor_step(shop->executor));
    assert_int_equal(executor_call(shop->executor, insert_now, c), STATUS_OK);
    assert_int_equal(rows_of(shop->outside), 2);
    write_all(shop, &jobs[2], 1); /* never run: what is queued is dropped */
}

static struct db *reader_of(struct shop *shop, size_t i) {
    enum status s;
    uint64_t commits;
    struct db *db = executor_reader(shop->executor, i, &commits, &s);
    assert_int_equal(s, STATUS_OK);
    return db;
}

static void a_reader_sees_every_commit_that_was_answered(void **state) {
    struct shop *shop = *state;
    for (size_t i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof name, "%zu", i);
        assert_int_equal(rows_of(reader_of(shop, 0)), i);
        assert_int_equal(rows_of(reader_of(shop, i % 2)), i);
        assert_int_equal(executor_call(shop->executor, insert_now, name), STATUS_OK);
        if (i % 3 == 0)
            executor_reader_release(shop->executor, 0);
    }
    executor_reader_release(shop->executor, 0);
    executor_reader_release(shop->executor, 0); /* it has no snapshot already */
    executor_reader_release(shop->executor, 1);
}

static void commits_are_counted_by_what_they_changed(void **state) {
    struct shop *shop = *state;
    struct work jobs[2];
    enum status s;
    uint64_t after;
    work_init(shop, &jobs[0], ACT_INSERT, "a");
    work_init(shop, &jobs[1], ACT_FAIL, "b");
    write_all(shop, &jobs[0], 1);
    wait_for(shop, 1);
    executor_reader(shop->executor, 0, &after, &s);
    assert_int_equal(executor_changed(shop->executor, TOPIC_CATALOGUE), after);
    assert_int_equal(executor_changed(shop->executor, TOPIC_STOCK), 0);
    write_all(shop, &jobs[1], 1); /* it fails, so it changes nothing */
    wait_for(shop, 1);
    assert_int_equal(executor_changed(shop->executor, TOPIC_CATALOGUE | TOPIC_STOCK), after);
}

static void a_commit_of_another_process_is_noticed(void **state) {
    struct shop *shop = *state;
    struct db *other;
    char error[db_error_size], name[] = "theirs";
    assert_int_equal(executor_call(shop->executor, insert_now, name), STATUS_OK);
    assert_int_equal(rows_of(reader_of(shop, 0)), 1);
    uint64_t before = executor_changed(shop->executor, TOPIC_CATALOGUE);
    assert_int_equal(shop_db_open(file_in(shop->folder, "till.db"), DB_WRITE, &other, error), STATUS_OK);
    assert_int_equal(db_exec(other, &insert, ARGS(db_text(STR("more"))), NULL), STATUS_OK);
    db_close(other);
    while (executor_changed(shop->executor, TOPIC_CATALOGUE) == before)
        usleep(1000); /* at most until the time limit of the whole test */
    assert_int_equal(rows_of(reader_of(shop, 0)), 2);
    executor_reader_release(shop->executor, 0);
}

static void a_search_runs_beside_the_writer_and_sees_answered_commits(void **state) {
    struct shop *shop = *state;
    struct work search, written;
    work_init(shop, &written, ACT_INSERT, "a");
    write_all(shop, &written, 1);
    wait_for(shop, 1);
    hold(shop);
    work_init(shop, &search, ACT_READ, "");
    assert_int_equal(executor_search(shop->executor, &search.job), STATUS_OK);
    wait_for(shop, 1); /* although the writer is held */
    assert_int_equal(search.status, STATUS_OK);
    assert_int_equal(search.seen, 1);
    release(shop);
    wait_for(shop, 1);
}

static void done_quietly(struct job *job, enum status status) {
    (void)status;
    sem_post(&((struct work *)job)->shop->finished);
}

/* As http/completion_queue.h does it. */
static void done_and_told(struct job *job, enum status status) {
    struct work *w = (struct work *)job;
    w->status = status;
    notify(tell, NULL);
    sem_post(&w->shop->finished);
}

static void in_a_crowd_an_answer_does_not_wait_for_a_long_search(void **state) {
    struct shop *shop = *state;
    struct work holders[2], searches[12];
    atomic_store(&told, 0);
    for (size_t i = 0; i < COUNT(holders); i++) {
        work_init(shop, &holders[i], ACT_WAIT, "");
        holders[i].job.done = done_quietly;
        assert_int_equal(executor_search(shop->executor, &holders[i].job), STATUS_OK);
    }
    for (size_t i = 0; i < COUNT(holders); i++)
        sem_wait(&shop->gate);
    for (size_t i = 0; i < COUNT(searches); i++) {
        work_init(shop, &searches[i], i < 2 ? ACT_READ : ACT_COMPUTE, "");
        searches[i].job.done = done_and_told;
        assert_int_equal(executor_search(shop->executor, &searches[i].job), STATUS_OK);
    }
    for (size_t i = 0; i < COUNT(holders); i++)
        release(shop);
    wait_for(shop, COUNT(holders) + COUNT(searches));
    for (size_t i = 0; i < COUNT(searches); i++) {
        assert_int_equal(searches[i].status, STATUS_OK);
        assert_true(i < 2 || searches[i].seen > 0);
    }
}

static void a_search_cannot_write(void **state) {
    struct shop *shop = *state;
    struct work search;
    work_init(shop, &search, ACT_INSERT, "a");
    assert_int_equal(executor_search(shop->executor, &search.job), STATUS_OK);
    wait_for(shop, 1);
    assert_int_equal(search.status, STATUS_STORAGE);
    assert_int_equal(rows_of(shop->outside), 0);
}

static void a_private_database_has_no_readers_and_searches_in_the_writer(void **state) {
    struct shop *shop = *state;
    struct work written, search;
    assert_null(reader_of(shop, 0));
    executor_reader_release(shop->executor, 0);
    work_init(shop, &written, ACT_INSERT, "a");
    work_init(shop, &search, ACT_READ, "");
    write_all(shop, &written, 1);
    assert_int_equal(executor_search(shop->executor, &search.job), STATUS_OK);
    wait_for(shop, 2);
    assert_int_equal(search.seen, 1);
}

static void an_executor_that_cannot_open_says_why(void **state) {
    (void)state;
    struct executor *executor = NULL;
    char error[db_error_size] = "";
    struct executor_options options = {
        .url = "no/such/folder/till.db", .schema = &shop_schema, .readers = 1, .searchers = 1};
    assert_int_equal(executor_open(&options, &executor, error), STATUS_STORAGE);
    assert_has(str_from(error), "no/such/folder/till.db");
}

/* ---- standbys ---- */

static void a_standby_must_have_replayed_published_changes_and_the_log_before_the_lag(void **state) {
    (void)state;
    static struct change_clock clock;
    change_clock_keep_log(&clock, 800); /* samples come every 100 ms or so */
    assert_int_equal(change_clock_needed_lsn(&clock, 1000000, 800), INT64_MAX);
    for (int64_t i = 1; i <= 40; i++) /* more than the ring holds */
        change_clock_sample_lsn(&clock, i * 100000, i * 10);
    assert_int_equal(change_clock_needed_lsn(&clock, 4000000, 800), 320);
    assert_int_equal(change_clock_needed_lsn(&clock, 4099999, 800), 320);
    assert_int_equal(change_clock_needed_lsn(&clock, 4100000, 800), 330);
    assert_int_equal(change_clock_needed_lsn(&clock, 4901000, 800), INT64_MAX); /* the primary is silent */
    change_clock_raise_min_lsn(&clock, 350);
    change_clock_raise_min_lsn(&clock, 345);
    assert_int_equal(change_clock_needed_lsn(&clock, 4000000, 800), 350);
    atomic_fetch_add(&clock.log.unplaced, 1);
    assert_int_equal(change_clock_needed_lsn(&clock, 4000000, 800), INT64_MAX);
    atomic_store(&clock.log.placed, 1);
    assert_int_equal(change_clock_needed_lsn(&clock, 4000000, 800), 350);
}

#define ON_FILE(test) cmocka_unit_test_setup_teardown(test, open_file, close_shop)
#define IN_MEMORY(test) cmocka_unit_test_setup_teardown(test, open_memory, close_shop)

int main(void) {
    static const struct CMUnitTest tests[] = {
        ON_FILE(jobs_that_wait_together_are_committed_together),
        ON_FILE(a_job_is_done_only_when_it_is_committed),
        ON_FILE(a_job_that_fails_is_undone_alone),
        ON_FILE(a_job_that_writes_much_has_a_transaction_of_its_own),
        ON_FILE(a_lost_transaction_fails_all_its_jobs_and_no_other),
        ON_FILE(a_full_queue_refuses_jobs_and_a_batch_is_bounded),
        ON_FILE(stopping_takes_no_more_jobs_and_finishes_those_it_has),
        ON_FILE(a_call_waits_for_its_result),
        ON_FILE(a_stepped_executor_runs_jobs_only_when_it_is_stepped),
        ON_FILE(a_reader_sees_every_commit_that_was_answered),
        ON_FILE(commits_are_counted_by_what_they_changed),
        ON_FILE(a_commit_of_another_process_is_noticed),
        ON_FILE(a_search_runs_beside_the_writer_and_sees_answered_commits),
        ON_FILE(in_a_crowd_an_answer_does_not_wait_for_a_long_search),
        ON_FILE(a_search_cannot_write),
        IN_MEMORY(a_private_database_has_no_readers_and_searches_in_the_writer),
        cmocka_unit_test(an_executor_that_cannot_open_says_why),
        cmocka_unit_test(a_standby_must_have_replayed_published_changes_and_the_log_before_the_lag),
    };
    return cmocka_run_group_tests_name("executor", tests, NULL, NULL);
}
