/* What the audit's files share. Private to this room. */
#pragma once

#include "shop/audit/audit.h"

enum { audit_id_size = uuid_text_size + 1 }; /* and a NUL */

struct auditor {
    struct shop_ctx *ctx;
    audit_report *report;
    void *context;
    struct audit *out;
};

/* Reports a breach and counts it. printf's format, a line without its end. */
__attribute__((format(printf, 2, 3))) void audit_breach(struct auditor *a, const char *format, ...);

/* A statement that selects the rows that break an equation, and the line that reports one. In the line, %u stands for an
 * id, %s for a text and %d for an integer: the row's columns in their order. */
struct audit_rule {
    struct sql sql;
    const char *line;
};

/* Reports each row that a rule's statement selects. */
MUST_CHECK enum status audit_report_rows(struct auditor *a, const struct audit_rule *rule);

/* Formats an id into `out`, ended by NUL, and returns it. */
const char *audit_id(const struct uuid *id, char out[static audit_id_size]);

/* Hashes a value to 64 bits (splitmix64's finish), so that two sets can be compared by the sums of their
 * hashes. Two different sets have the same sum with a probability of 2^-64. */
uint64_t audit_hash(uint64_t seed, uint64_t value);
uint64_t audit_hash_text(struct str text);

/* Checks the rows with first ≤ seq < end. `items` has one zeroed item for each of these numbers. */
typedef enum status audit_window_check(struct auditor *a, int64_t first, int64_t end, void *items);

/* Runs a check over all numbers of a table, window by window, so that memory is bounded. `last_sql` selects
 * the largest number. */
MUST_CHECK enum status audit_windows(struct auditor *a, const struct sql *last_sql, size_t item_size,
                                     audit_window_check *check);

/* The checks. Each counts what it reads, and reports what is wrong. */
MUST_CHECK enum status audit_products(struct auditor *a);
MUST_CHECK enum status audit_categories(struct auditor *a);
MUST_CHECK enum status audit_synonyms(struct auditor *a);
MUST_CHECK enum status audit_spellings(struct auditor *a);
MUST_CHECK enum status audit_carts(struct auditor *a);
MUST_CHECK enum status audit_orders(struct auditor *a);
MUST_CHECK enum status audit_order_products(struct auditor *a);
MUST_CHECK enum status audit_order_totals(struct auditor *a);
MUST_CHECK enum status audit_payments(struct auditor *a);
MUST_CHECK enum status audit_fulfillments(struct auditor *a);
MUST_CHECK enum status audit_daily_totals(struct auditor *a);
MUST_CHECK enum status audit_media(struct auditor *a);
MUST_CHECK enum status audit_imports(struct auditor *a);
