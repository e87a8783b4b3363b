/* The audit: what must hold of a shop's rows, whatever was done to it. It reads only.
 *
 * For each product, stock is not negative and all that was ever received is still there, held by a pending
 * order or taken by a paid one. For each order, its total is the sum of its lines, no product comes twice,
 * and its movements say the same as its lines and its status. It is paid, or refunded, exactly where one
 * payment of its total succeeded; money that had no use goes back in time, and no other amount was taken than
 * was asked for. Categories count their active products; a cart
 * has one line a product. What SQL itself holds (keys, constraints, pages) is db_check's.
 *
 * It reads every row of orders a few times over and nothing in memory grows with them: at most
 * audit_arena_bytes_max, so that it can run beside a shop that is served. */
#pragma once

#include "shop/tx.h"

enum {
    audit_lines_max = 100, /* breaches that are told one by one; all are counted */
    audit_arena_bytes_max = 64 * 1024 * 1024,
};

/* What was looked at, and how much of it was wrong. */
struct audit {
    int64_t products, categories, cart_lines, orders, movements, payments;
    int64_t retaken; /* orders that had expired and were paid after all */
    int64_t surplus; /* payments that no order had a use for */
    int64_t breaches;
};

/* Told each breach, as one line without its end; up to audit_lines_max of them. */
typedef void audit_report(void *context, const char *line);

/* Audits what the transaction sees. STATUS_OK also where breaches were found: `out` says how many. Anything
 * else means that it could not be read to its end; `out` counts what was found so far. */
MUST_CHECK enum status audit_run(struct tx *tx, audit_report *report, void *context, struct audit *out);
