/* The provider's workers: places, threads that work side by side, and a close that finishes what was put. */
#include "test.h"

#include "api/provider_workers.h"

#include <semaphore.h>
#include <unistd.h>

enum { calls = 3 };

struct desk {
    struct provider_workers *workers;
    sem_t running, go, done;
};

struct call_job {
    struct job job;
    struct desk *desk;
    enum status gives, status;
};

/* Waits until the test lets it go on. */
static enum status run(struct job *job, struct db *db) {
    struct call_job *c = (struct call_job *)job;
    assert_null(db);
    sem_post(&c->desk->running);
    sem_wait(&c->desk->go);
    return c->gives;
}

static void done(struct job *job, enum status status) {
    struct call_job *c = (struct call_job *)job;
    c->status = status;
    sem_post(&c->desk->done);
}

static void open_desk(struct desk *desk) {
    sem_init(&desk->running, 0, 0);
    sem_init(&desk->go, 0, 0);
    sem_init(&desk->done, 0, 0);
    struct provider_workers_options options = {.calls = calls};
    assert_int_equal(provider_workers_open(&options, &desk->workers), STATUS_OK);
}

static void close_desk(struct desk *desk) {
    provider_workers_close(desk->workers);
    sem_destroy(&desk->running);
    sem_destroy(&desk->go);
    sem_destroy(&desk->done);
}

static void put(struct desk *desk, struct call_job *call, enum status gives) {
    *call = (struct call_job){.job = {.run = run, .done = done}, .desk = desk, .gives = gives};
    provider_workers_put(desk->workers, &call->job);
}

static void calls_run_side_by_side_and_the_rest_waits(void **state) {
    (void)state;
    struct desk desk;
    struct call_job first[calls], last;
    open_desk(&desk);
    for (size_t i = 0; i < calls; i++)
        put(&desk, &first[i], i ? STATUS_OK : STATUS_NOT_FOUND);
    for (size_t i = 0; i < calls; i++)
        sem_wait(&desk.running);
    put(&desk, &last, STATUS_OK);
    usleep(1000);
    assert_int_equal(sem_trywait(&desk.running), -1); /* every thread is busy */
    for (size_t i = 0; i <= calls; i++)
        sem_post(&desk.go);
    for (size_t i = 0; i <= calls; i++)
        sem_wait(&desk.done);
    assert_int_equal(first[0].status, STATUS_NOT_FOUND); /* done gets what its own run returned */
    assert_int_equal(first[1].status, STATUS_OK);
    assert_int_equal(last.status, STATUS_OK);
    close_desk(&desk);
}

static void no_more_enter_than_there_are_places(void **state) {
    (void)state;
    struct desk desk;
    open_desk(&desk);
    for (size_t i = 0; i < calls * places_per_worker; i++)
        assert_int_equal(provider_workers_enter(desk.workers), STATUS_OK);
    assert_int_equal(provider_workers_enter(desk.workers), STATUS_QUEUE_FULL);
    provider_workers_leave(desk.workers);
    assert_int_equal(provider_workers_enter(desk.workers), STATUS_OK);
    close_desk(&desk);
}

static void a_close_finishes_what_was_put(void **state) {
    (void)state;
    struct desk desk;
    struct call_job jobs[2 * calls];
    open_desk(&desk);
    for (size_t i = 0; i < COUNT(jobs); i++) {
        put(&desk, &jobs[i], STATUS_OK);
        sem_post(&desk.go);
    }
    provider_workers_close(desk.workers);
    for (size_t i = 0; i < COUNT(jobs); i++)
        assert_int_equal(sem_trywait(&desk.done), 0);
    desk.workers = NULL;
    close_desk(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_run_side_by_side_and_the_rest_waits),
        cmocka_unit_test(no_more_enter_than_there_are_places),
        cmocka_unit_test(a_close_finishes_what_was_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
