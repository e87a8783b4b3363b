/* SQLite's steps, and the words that their SQL is made of. Private to this folder.
 *
 * The tables are what the steps make of an empty database, one after the other: a new shop runs them all, an older one
 * those that it lacks. Money is in the currency's smallest unit, times are microseconds since 1970, ids are UUIDs of 16
 * bytes. `seq` is a row's own number: clients get ids, while references between tables and the newest-first order use
 * seqs.
 *
 * A file holds the steps of one subject. To see a table as all of them have made it, ask a new database:
 * `till seed --products 0 --db new.db; sqlite3 new.db '.schema orders'`. */
#pragma once

/* The first step is `catalogue` and `search` in one. The others follow in the order in which they run, each with
 * the version that it brings a database to. A new step goes at the end; one that was released is never edited. */
/* clang-format off */
#define SQLITE_LATER_STEPS(STEP) \
    STEP(orders)         /* 2 */ \
    STEP(payments)       /* 3 */ \
    STEP(staged_imports) /* 4 */ \
    STEP(term_counts)    /* 5 */ \
    STEP(adjustments)    /* 6 */ \
    STEP(sold_out)       /* 7 */ \
    STEP(import_keys)    /* 8 */ \
    STEP(views)          /* 9 */ \
    STEP(reversals)      /* 10 */ \
    STEP(keys)           /* 11 */ \
    STEP(index_versions) /* 12 */ \
    STEP(outbox)         /* 13 */ \
    STEP(synonyms)       /* 14 */ \
    STEP(spellings)      /* 15 */ \
    STEP(audit_log)      /* 16 */ \
    STEP(languages)      /* 17 */ \
    STEP(staff)          /* 18 */ \
    STEP(mails)          /* 19 */ \
    STEP(audit_prefixes) /* 20 */ \
    STEP(rare_spellings) /* 21 */ \
    STEP(audit_periods)  /* 22 */ \
    STEP(endings)        /* 23 */ \
    STEP(shipping)       /* 24 */ \
    STEP(warnings)       /* 25 */ \
    STEP(order_details)  /* 26 */ \
    STEP(order_events)   /* 27 */ \
    STEP(fulfillments)   /* 28 */ \
    STEP(receipts)       /* 29 */ \
    STEP(order_search)   /* 30 */ \
    STEP(order_access)   /* 31 */ \
    STEP(phone_orders)   /* 32 */ \
    STEP(refunds)        /* 33 */ \
    STEP(low_stock)      /* 34 */ \
    STEP(media)          /* 35 */ \
    STEP(desk_products)  /* 36 */ \
    STEP(paid_by_hand)   /* 37 */ \
    STEP(imports)        /* 38 */ \
    STEP(daily_totals)   /* 39 */ \
    STEP(audience)       /* 40 */ \
    STEP(named_media)    /* 41 */
/* clang-format on */

/* Statements of SQL, each with its semicolon. */
#define DECLARE_STEP(name) extern const char sqlite_step_##name[];
DECLARE_STEP(catalogue)
DECLARE_STEP(search)
SQLITE_LATER_STEPS(DECLARE_STEP)
#undef DECLARE_STEP

/* clang-format off */
/* For views: an id as a UUID's text, a time in UTC, and the rows that a seq refers to. */
#define HEX(column, from, size) "substr(hex(" column "), " #from ", " #size ")"
#define ID(column)                                                                                           \
    "lower(" HEX(column, 1, 8) " || '-' || " HEX(column, 9, 4) " || '-' || " HEX(column, 13, 4)              \
    " || '-' || " HEX(column, 17, 4) " || '-' || " HEX(column, 21, 12) ")"
#define TIME(column) "strftime('%Y-%m-%dT%H:%M:%fZ', " column " / 1000000.0, 'unixepoch')"
#define OF_PRODUCT(table) "JOIN products AS p ON p.seq = " table ".product"
#define OF_ORDER(table) "JOIN orders AS o ON o.seq = " table ".order_seq"
/* clang-format on */
