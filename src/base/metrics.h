/* Counters, gauges and histograms of the program, printed for Prometheus (text format 0.0.4).
 *
 * Each thread has a shard of its own and alone writes it, so counting takes no lock and shares no cache line.
 * Printing adds the shards up. */
#pragma once

#include "base/buf.h"

#include <stdatomic.h>

#define METRIC_DISPUTES(X, NAME, status)                                                                     \
    X(DISPUTES_##NAME, "till_payment_disputes_total{status=\"" status "\"}", "counter",                      \
      "Disputes (chargebacks) that came to this status")

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
    X(PROVIDER_REFUSED, "till_provider_calls_refused_total", "counter",                                      \
      "Those of them that the provider refused, for another reason than the card: the log says why")         \
    X(PAYMENTS_SUCCEEDED, "till_payments_succeeded_total", "counter", "Payments that succeeded")             \
    X(PAYMENTS_FAILED, "till_payments_failed_total", "counter", "Payments that were declined or cancelled")  \
    X(PAYMENTS_LATE, "till_payments_late_total", "counter",                                                  \
      "Payments for an expired order that took its stock again")                                             \
    X(PAYMENTS_OVERPAID, "till_payments_surplus_total", "counter",                                           \
      "Payments that no order had a use for: they go back")                                                  \
    X(PAYMENTS_MISMATCH, "till_payments_wrong_total", "counter",                                             \
      "Reports of money that is not what the payment asked for: a person must look")                         \
    X(REFUNDS, "till_refunds_total", "counter", "Payments that were given back")                             \
    X(REFUNDS_FAILED, "till_refunds_failed_total", "counter",                                                \
      "Refunds that the shopper's bank sent back: a person must look")                                       \
    METRIC_DISPUTES(X, WARNING_NEEDS_RESPONSE, "warning_needs_response")                                     \
    METRIC_DISPUTES(X, WARNING_UNDER_REVIEW, "warning_under_review")                                         \
    METRIC_DISPUTES(X, WARNING_CLOSED, "warning_closed")                                                     \
    METRIC_DISPUTES(X, NEEDS_RESPONSE, "needs_response")                                                     \
    METRIC_DISPUTES(X, UNDER_REVIEW, "under_review")                                                         \
    METRIC_DISPUTES(X, WON, "won")                                                                           \
    METRIC_DISPUTES(X, LOST, "lost")                                                                         \
    METRIC_DISPUTES(X, PREVENTED, "prevented")                                                               \
    METRIC_DISPUTES(X, OTHER, "other")                                                                       \
    X(EVENTS, "till_payment_events_total", "counter", "Signed webhook events taken for the first time")      \
    X(EVENTS_REPEATED, "till_payment_events_repeated_total", "counter", "Webhook events taken before")       \
    X(PAYMENTS_OPEN, "till_payments_open", "gauge", "Payments that reconciliation looks after")              \
    X(PAYMENTS_DUE, "till_payments_due", "gauge", "Those of them that it should look at now")                \
    X(STANDBY_READS, "till_standby_reads_total", "counter", "Reads of the catalogue done on the standby")    \
    X(STANDBY_GIVEN_BACK, "till_standby_given_back_total", "counter",                                        \
      "Reads that the standby was too far behind for, or failed at: done on the primary")                    \
    X(WEBHOOKS_SENT, "till_webhook_deliveries_total", "counter", "Events that webhooks have taken")          \
    X(WEBHOOKS_REFUSED, "till_webhook_tries_failed_total", "counter",                                        \
      "Tries to deliver an event that were not answered with a 2xx")                                         \
    X(WEBHOOKS_DISABLED, "till_webhooks_disabled_total", "counter",                                          \
      "Webhooks that were switched off because they took nothing for five days, or answered 410")            \
    X(MAILS_HELD, "till_mails_total{state=\"held\"}", "counter", "Mails that were sent, given up, or held")  \
    X(MAILS_SENT, "till_mails_total{state=\"sent\"}", "counter", "Mails that were sent, given up, or held")  \
    X(MAILS_FAILED, "till_mails_total{state=\"failed\"}", "counter",                                         \
      "Mails that were sent, given up, or held")                                                             \
    X(MAIL_TRIES_FAILED, "till_mail_tries_failed_total", "counter",                                          \
      "Tries to give a mail to the relay that failed")                                                       \
    X(AUDIT_RUNS, "till_audit_runs_total", "counter", "Audits that were finished")                           \
    X(AUDIT_BREACHES, "till_audit_breaches", "gauge", "What the latest audit found wrong: should be 0")      \
    X(SANDBOX_FILES, "till_sandbox{part=\"files\"}", "gauge", "1 if the kernel confines the server")         \
    X(SANDBOX_CALLS, "till_sandbox{part=\"calls\"}", "gauge", "1 if the kernel confines the server")

enum metric {
#define METRIC_ENUM(name, text, kind, help) METRIC_##name,
    METRIC_LIST(METRIC_ENUM)
#undef METRIC_ENUM
        METRIC_COUNT
};

enum {
    metric_routes_max = 256,  /* rows of the endpoint table, and one for requests without a row */
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

/* Makes counters for `shards` threads, to be freed by metrics_free; NULL if there is no memory. */
struct metrics *metrics_new(size_t shards);
void metrics_free(struct metrics *m);

/* The shard of thread i, counted from 0. */
struct metrics_shard *metrics_shard(struct metrics *m, size_t i);

/* Adds to a counter, or to a gauge, for which `by` may be negative. Only the shard's own thread may call this
 * and the two below. */
void metric_add(struct metrics_shard *s, enum metric what, int64_t by);

/* Counts a request of route number `route` that was answered with an HTTP code after `us` microseconds. */
void metric_request(struct metrics_shard *s, size_t route, int http_status, int64_t us);

/* Counts a COMMIT that carried so many jobs. */
void metric_batch(struct metrics_shard *s, size_t jobs);

/* Writes everything in Prometheus' text format; routes[i] is the label of route i. */
void metrics_write(const struct metrics *m, const struct str routes[], size_t route_count, struct buf *out);
