/* The pool of calls: many that share one sync, and what they are told where it fails. */
#include "test.h"

#include "db/pool.h"

#include <semaphore.h>

enum { calls = 5 };

struct desk {
    struct job_pool *pool;
    sem_t syncing, go, done;
    size_t syncs;
    enum status sync_gives;
};

struct call_job {
    struct job job;
    struct desk *desk;
    size_t syncs_before; /* when it ran */
    enum status gives, status;
};

static enum status run(struct job *job, struct db *db) {
    struct call_job *c = (struct call_job *)job;
    assert_null(db);
    c->syncs_before = c->desk->syncs;
    return c->gives;
}

static void done(struct job *job, enum status status) {
    struct call_job *c = (struct call_job *)job;
    c->status = status;
    sem_post(&c->desk->done);
}

/* Waits until the test lets it go on, so that what is put meanwhile is one batch. */
static enum status sync_at_the_gate(void *context) {
    struct desk *desk = context;
    desk->syncs++;
    sem_post(&desk->syncing);
    sem_wait(&desk->go);
    return desk->sync_gives;
}

static void open_desk(struct desk *desk) {
    *desk = (struct desk){.sync_gives = STATUS_OK};
    sem_init(&desk->syncing, 0, 0);
    sem_init(&desk->go, 0, 0);
    sem_init(&desk->done, 0, 0);
    struct job_pool_options options = {.calls = calls, .sync = sync_at_the_gate, .context = desk};
    assert_int_equal(job_pool_open(&options, &desk->pool), STATUS_OK);
}

static void close_desk(struct desk *desk) {
    job_pool_close(desk->pool);
    sem_destroy(&desk->syncing);
    sem_destroy(&desk->go);
    sem_destroy(&desk->done);
}

static void put(struct desk *desk, struct call_job *call, enum status gives) {
    *call = (struct call_job){.job = {.run = run, .done = done}, .desk = desk, .gives = gives};
    job_pool_put(desk->pool, &call->job);
}

static void calls_that_wait_share_a_sync_and_are_done_behind_it(void **state) {
    (void)state;
    struct desk desk;
    struct call_job first, others[calls - 1];
    open_desk(&desk);
    put(&desk, &first, STATUS_OK);
    sem_wait(&desk.syncing);
    assert_int_equal(sem_trywait(&desk.done), -1); /* it ran, and is not done before the sync is */
    for (size_t i = 0; i < COUNT(others); i++)
        put(&desk, &others[i], STATUS_OK);
    sem_post(&desk.go);
    sem_wait(&desk.syncing);
    sem_post(&desk.go);
    for (size_t i = 0; i < calls; i++)
        sem_wait(&desk.done);
    assert_int_equal(desk.syncs, 2);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(others[i].syncs_before, 1);
    close_desk(&desk);
}

static void each_call_of_a_batch_is_told_that_its_sync_failed(void **state) {
    (void)state;
    struct desk desk;
    struct call_job first, fine, refused;
    open_desk(&desk);
    put(&desk, &first, STATUS_OK);
    sem_wait(&desk.syncing);
    put(&desk, &fine, STATUS_OK);
    put(&desk, &refused, STATUS_NOT_FOUND);
    sem_post(&desk.go);
    sem_wait(&desk.done);
    sem_wait(&desk.syncing);
    desk.sync_gives = STATUS_STORAGE;
    sem_post(&desk.go);
    sem_wait(&desk.done);
    sem_wait(&desk.done);
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(fine.status, STATUS_STORAGE);
    assert_int_equal(refused.status, STATUS_NOT_FOUND); /* its own word comes first */
    close_desk(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_that_wait_share_a_sync_and_are_done_behind_it),
        cmocka_unit_test(each_call_of_a_batch_is_told_that_its_sync_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
