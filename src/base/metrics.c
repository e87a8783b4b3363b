/* A shard is a struct of 64-bit atomics, written by one thread and read by the thread that prints. The writer
 * does a relaxed load and a relaxed store, not an atomic addition: with one writer nothing can be lost, and
 * the processor locks nothing. The printing thread sees each number whole; numbers that belong together may
 * be one request apart.
 *
 * A histogram stores each value in the one bucket that it falls into; Prometheus wants cumulative ones
 * (`le`), so they are added up when printed. A gauge is a sum over the shards too: one thread may add 1 and
 * another subtract it, and the unsigned sum wraps around to the right value. */
#include "base/metrics.h"

#include "base/log_sink.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct metrics {
    size_t count;
    struct metrics_shard *shards;
};

/* Upper bounds in microseconds; the last bucket is for every longer time. A read takes about 50 µs, a commit
 * a millisecond, and after ten seconds every request has been given up. */
static const int64_t latency_us[metric_latency_buckets - 1] = {
    50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 2500000, 10000000};

/* Every HTTP code that Till sends; the last slot is for any other and prints as 0. */
static const int http_codes[metric_statuses_max - 1] = {200, 201, 204, 304, 307, 400, 401, 403,
                                                        404, 405, 408, 409, 412, 413, 414, 417,
                                                        422, 429, 431, 500, 503, 505};

struct metrics *metrics_new(size_t shards) {
    struct metrics *m = calloc(1, sizeof *m);
    if (m)
        m->shards = calloc(shards, sizeof *m->shards);
    if (!m || !m->shards) {
        free(m);
        return NULL;
    }
    m->count = shards;
    return m;
}

void metrics_free(struct metrics *m) {
    if (m)
        free(m->shards);
    free(m);
}

struct metrics_shard *metrics_shard(struct metrics *m, size_t i) {
    assert(i < m->count);
    return &m->shards[i];
}

static void counter_add(_Atomic uint64_t *counter, uint64_t by) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

void metric_add(struct metrics_shard *s, enum metric what, int64_t by) {
    counter_add(&s->counters[what], (uint64_t)by);
}

static size_t http_code_slot(int http_status) {
    size_t slot = 0;
    while (slot < metric_statuses_max - 1 && http_codes[slot] != http_status)
        slot++;
    return slot;
}

void metric_request(struct metrics_shard *s, size_t route, int http_status, int64_t us) {
    assert(route < metric_routes_max);
    counter_add(&s->requests[route][http_code_slot(http_status)], 1);
    size_t bucket = 0;
    while (bucket < metric_latency_buckets - 1 && us > latency_us[bucket])
        bucket++;
    counter_add(&s->latency[route][bucket], 1);
    counter_add(&s->latency_sum_us[route], (uint64_t)us);
}

void metric_batch(struct metrics_shard *s, size_t jobs) {
    size_t bucket = 0;
    while (bucket < metric_batch_buckets - 1 && jobs > (size_t)1 << bucket)
        bucket++;
    counter_add(&s->batches[bucket], 1);
    counter_add(&s->batch_sum, jobs);
}

/* The sum over all shards of the counter at `offset` bytes in each. */
static uint64_t metrics_total(const struct metrics *m, size_t offset) {
    uint64_t sum = 0;
    for (size_t i = 0; i < m->count; i++) {
        const char *shard = (const char *)&m->shards[i];
        sum += atomic_load_explicit((const _Atomic uint64_t *)(const void *)(shard + offset),
                                    memory_order_relaxed);
    }
    return sum;
}
#define TOTAL(m, member) metrics_total((m), offsetof(struct metrics_shard, member))

static void metrics_write_counters(const struct metrics *m, struct buf *out) {
    static const struct {
        const char *name, *kind, *help;
    } rows[METRIC_COUNT] = {
#define METRIC_ROW(name, text, kind, help) [METRIC_##name] = {text, kind, help},
        METRIC_LIST(METRIC_ROW)
#undef METRIC_ROW
    };
    size_t family = 0; /* the first of the rows that differ only in their labels */
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        int size = (int)strcspn(rows[i].name, "{");
        if (!rows[i].name[size] || strncmp(rows[family].name, rows[i].name, (size_t)size + 1) != 0) {
            family = i;
            buf_printf(out, "# HELP %.*s %s\n# TYPE %.*s %s\n", size, rows[i].name, rows[i].help, size,
                       rows[i].name, rows[i].kind);
        }
        buf_printf(out, "%s %lld\n", rows[i].name, (long long)TOTAL(m, counters[i]));
    }
}

static void metrics_write_requests(const struct metrics *m, struct str route, size_t r, struct buf *out) {
    for (size_t c = 0; c < metric_statuses_max; c++) {
        uint64_t n = TOTAL(m, requests[r][c]);
        if (n)
            buf_printf(out, "till_requests_total{route=\"%.*s\",status=\"%d\"} %llu\n", (int)route.size,
                       route.data, c < metric_statuses_max - 1 ? http_codes[c] : 0, (unsigned long long)n);
    }
}

/* A route without requests has no lines. */
static void metrics_write_latency(const struct metrics *m, struct str route, size_t r, struct buf *out) {
    uint64_t below = 0;
    for (size_t b = 0; b < metric_latency_buckets; b++)
        below += TOTAL(m, latency[r][b]);
    if (below == 0)
        return;
    below = 0;
    for (size_t b = 0; b < metric_latency_buckets - 1; b++) {
        below += TOTAL(m, latency[r][b]);
        buf_printf(out, "till_request_seconds_bucket{route=\"%.*s\",le=\"%g\"} %llu\n", (int)route.size,
                   route.data, (double)latency_us[b] / 1e6, (unsigned long long)below);
    }
    below += TOTAL(m, latency[r][metric_latency_buckets - 1]);
    buf_printf(out, "till_request_seconds_bucket{route=\"%.*s\",le=\"+Inf\"} %llu\n", (int)route.size,
               route.data, (unsigned long long)below);
    buf_printf(
        out,
        "till_request_seconds_sum{route=\"%.*s\"} %.6f\ntill_request_seconds_count{route=\"%.*s\"} %llu\n",
        (int)route.size, route.data, (double)TOTAL(m, latency_sum_us[r]) / 1e6, (int)route.size, route.data,
        (unsigned long long)below);
}

static void metrics_write_batches(const struct metrics *m, struct buf *out) {
    uint64_t below = 0;
    buf_put_text(out,
                 "# HELP till_commit_jobs Jobs that one COMMIT carried\n# TYPE till_commit_jobs histogram\n");
    for (size_t b = 0; b < metric_batch_buckets - 1; b++) {
        below += TOTAL(m, batches[b]);
        buf_printf(out, "till_commit_jobs_bucket{le=\"%zu\"} %llu\n", (size_t)1 << b,
                   (unsigned long long)below);
    }
    below += TOTAL(m, batches[metric_batch_buckets - 1]);
    buf_printf(
        out,
        "till_commit_jobs_bucket{le=\"+Inf\"} %llu\ntill_commit_jobs_sum %llu\ntill_commit_jobs_count %llu\n",
        (unsigned long long)below, (unsigned long long)TOTAL(m, batch_sum), (unsigned long long)below);
}

/* The log counts for itself: its lines come from every thread. */
static void metrics_write_log(struct buf *out) {
    buf_printf(out,
               "# HELP till_log_lines_dropped_total Lines of the log that standard error did not take\n"
               "# TYPE till_log_lines_dropped_total counter\ntill_log_lines_dropped_total %llu\n",
               (unsigned long long)log_sink_dropped());
}

void metrics_write(const struct metrics *m, const struct str routes[], size_t route_count, struct buf *out) {
    metrics_write_counters(m, out);
    metrics_write_log(out);
    metrics_write_batches(m, out);
    buf_put_text(out, "# HELP till_requests_total Requests answered\n# TYPE till_requests_total counter\n");
    for (size_t r = 0; r < route_count; r++)
        metrics_write_requests(m, routes[r], r, out);
    buf_put_text(out,
                 "# HELP till_request_seconds Time from a request's first byte to its answer\n"
                 "# TYPE till_request_seconds histogram\n");
    for (size_t r = 0; r < route_count; r++)
        metrics_write_latency(m, routes[r], r, out);
}
