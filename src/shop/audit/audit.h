/* The audit: what must hold of a shop's rows, whatever was done to it. It only reads.
 *
 *     products     stock is not negative; received = in stock + held by pending orders + taken by paid ones
 *     categories   each counts its active products, and each active product's category is listed
 *     spellings    those of each term, and no others; and so the endings
 *     carts        one line for each product
 *     orders       the total is the sum of the lines, no product comes twice, and the movements are those that
 *                  the lines and the status ask for
 *     payments     an order is paid or refunded exactly if one payment of its total succeeded; overpaid money
 *                  goes back in time; no other amount was taken than was asked for; a refund that the bank
 *                  sent back was made up for; only payments that succeeded are disputed
 *
 * What SQL itself holds (keys, constraints, pages) is db_check's. The audit reads every row of orders a few
 * times, and its memory does not grow with them, so that it can run beside a shop that is served. */
#pragma once

#include "shop/shop_ctx.h"

enum {
    audit_lines_max = 100, /* breaches that are reported one by one; all are counted */
    audit_arena_bytes_max = 64 * 1024 * 1024,
};

/* What was read, and how much of it was wrong. */
struct audit {
    int64_t products, categories, cart_lines, orders, movements, payments;
    int64_t reactivated; /* orders that had expired and were paid after all */
    int64_t overpaid;    /* payments that their order had no use for */
    int64_t breaches;
};

/* Receives each breach, as one line without its end; at most audit_lines_max of them. */
typedef void audit_report(void *context, const char *line);

/* Audits what the transaction sees. STATUS_OK also if breaches were found: `out` says how many. Any other
 * status means that it could not read everything; `out` counts what it found until then. It resets
 * ctx->arena, which needs up to audit_arena_bytes_max. */
MUST_CHECK enum status audit_run(struct shop_ctx *ctx, audit_report *report, void *context,
                                 struct audit *out);
