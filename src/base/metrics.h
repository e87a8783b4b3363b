/* What the program counts of itself, printed for Prometheus (text format 0.0.4).
 *
 * Each thread has a shard of its own and is the only one to write it, so counting costs no lock and no shared
 * cache line; printing adds the shards up. */
#pragma once

#include "base/buf.h"

#include <stdatomic.h>

#define METRIC_LIST(X)                                                                                       \
    X(CONNECTIONS_OPENED, "till_connections_opened_total", "counter", "Connections accepted")                \
    X(CONNECTIONS_REFUSED, "till_connections_refused_total", "counter",                                      \
      "Connections closed at once: too many")                                                                \
    X(CONNECTIONS_OPEN, "till_connections_open", "gauge", "Connections open now")                            \
    X(BYTES_IN, "till_received_bytes_total", "counter", "Bytes read from clients")                           \
    X(BYTES_OUT, "till_sent_bytes_total", "counter", "Bytes written to clients")                             \
    X(CACHE_HITS, "till_cache_hits_total", "counter", "Requests answered from memory")                       \
    X(QUEUE_DEPTH, "till_queue_depth", "gauge", "Jobs that wait for the writer or run in it")                \
    X(SEARCH_DEPTH, "till_search_queue_depth", "gauge", "Searches that wait or run")                         \
    X(QUEUE_REFUSED, "till_queue_refused_total", "counter",                                                  \
      "Requests answered 503 because the queue was full")                                                    \
    X(COMMITS_FAILED, "till_commits_failed_total", "counter", "Transactions that could not be committed")    \
    X(POOL_DEPTH, "till_provider_queue_depth", "gauge",                                                      \
      "Requests that wait for the payment provider or are with it")                                          \
    X(PROVIDER_CALLS, "till_provider_calls_total", "counter",                                                \
      "Steps of requests and of reconciliation taken at the payment provider")                               \
    X(PROVIDER_FAILED, "till_provider_calls_failed_total", "counter",                                        \
      "Those of them that the provider did not answer")                                                      \
    X(PAYMENTS_SUCCEEDED, "till_payments_succeeded_total", "counter", "Payments that succeeded")             \
    X(PAYMENTS_FAILED, "till_payments_failed_total", "counter", "Payments that were declined or cancelled")  \
    X(PAYMENTS_LATE, "till_payments_late_total", "counter",                                                  \
      "Payments for an expired order that took its stock again")                                             \
    X(PAYMENTS_SURPLUS, "till_payments_surplus_total", "counter",                                            \
      "Payments that no order had a use for: they go back")                                                  \
    X(PAYMENTS_WRONG, "till_payments_wrong_total", "counter",                                                \
      "Reports of money that is not what the payment asked for: a person must look")                         \
    X(REFUNDS, "till_refunds_total", "counter", "Payments that were given back")                             \
    X(EVENTS, "till_payment_events_total", "counter", "Signed webhook events taken for the first time")      \
    X(EVENTS_REPEATED, "till_payment_events_repeated_total", "counter", "Webhook events taken before")       \
    X(PAYMENTS_OPEN, "till_payments_open", "gauge", "Payments that reconciliation looks after")              \
    X(PAYMENTS_DUE, "till_payments_due", "gauge", "Those of them that it should look at now")                \
    X(STANDBY_READS, "till_standby_reads_total", "counter", "Reads of the catalogue done on the standby")    \
    X(STANDBY_GIVEN_BACK, "till_standby_given_back_total", "counter",                                        \
      "Reads that the standby was too far behind for, or failed at: done on the primary")                    \
    X(AUDIT_RUNS, "till_audit_runs_total", "counter", "Audits that were finished")                           \
    X(AUDIT_BREACHES, "till_audit_breaches", "gauge", "What the latest audit found wrong: should be 0")

enum metric {
#define METRIC_ENUM(name, text, kind, help) METRIC_##name,
    METRIC_LIST(METRIC_ENUM)
#undef METRIC_ENUM
        METRIC_COUNT
};

enum {
    metric_routes_max = 64,   /* rows of the endpoint table, and one for requests that match none */
    metric_statuses_max = 24, /* different HTTP codes sent */
    metric_latency_buckets = 16,
    metric_batch_buckets = 11,
};

struct metrics_shard {
    _Atomic uint64_t counters[METRIC_COUNT];
    _Atomic uint64_t requests[metric_routes_max][metric_statuses_max];
    _Atomic uint64_t latency[metric_routes_max][metric_latency_buckets];
    _Atomic uint64_t latency_sum_us[metric_routes_max];
    _Atomic uint64_t batches[metric_batch_buckets];
    _Atomic uint64_t batch_sum;
};

struct metrics;

/* Counters for `shards` threads; NULL without memory. Lives until metrics_free. */
struct metrics *metrics_new(size_t shards);
void metrics_free(struct metrics *m);

/* The shard of thread number i, which is below the number given to metrics_new. */
struct metrics_shard *metrics_shard(struct metrics *m, size_t i);

/* Adds to a counter or a gauge; `by` may be negative for a gauge. Only the shard's own thread may call these.
 */
void metric_add(struct metrics_shard *s, enum metric what, int64_t by);

/* A request of route number `route` was answered with an HTTP code after so many microseconds. */
void metric_request(struct metrics_shard *s, size_t route, int http_status, int64_t us);

/* One COMMIT carried so many jobs. */
void metric_batch(struct metrics_shard *s, size_t jobs);

/* Everything in Prometheus' text format; routes[i] is the label of route i. */
void metrics_write(const struct metrics *m, const struct str routes[], size_t route_count, struct buf *out);
