/* PostgreSQL's steps: they make the same tables as SQLite's (sqlite/steps.h), in its own types. Private to this folder.
 *
 * Comments of a table are at SQLite's step of the same name. Those here say what is different. Views are SQLite's alone. */
#pragma once

/* The first step is `catalogue`, `search`, `orders` and `payments` in one: PostgreSQL came when SQLite had four. The others
 * follow in the order in which they run, each with the version that it brings a database to. A new step goes at the end;
 * one that was released is never edited. */
/* clang-format off */
#define POSTGRES_LATER_STEPS(STEP) \
    STEP(term_counts)    /* 2 */ \
    STEP(adjustments)    /* 3 */ \
    STEP(sold_out)       /* 4 */ \
    STEP(import_keys)    /* 5 */ \
    STEP(reversals)      /* 6 */ \
    STEP(keys)           /* 7 */ \
    STEP(index_versions) /* 8 */ \
    STEP(outbox)         /* 9 */ \
    STEP(synonyms)       /* 10 */ \
    STEP(spellings)      /* 11 */ \
    STEP(audit_log)      /* 12 */ \
    STEP(languages)      /* 13 */ \
    STEP(staff)          /* 14 */ \
    STEP(mails)          /* 15 */ \
    STEP(audit_prefixes) /* 16 */ \
    STEP(rare_spellings) /* 17 */ \
    STEP(audit_periods)  /* 18 */ \
    STEP(endings)        /* 19 */ \
    STEP(shipping)       /* 20 */ \
    STEP(warnings)       /* 21 */ \
    STEP(order_details)  /* 22 */ \
    STEP(order_events)   /* 23 */ \
    STEP(fulfillments)   /* 24 */ \
    STEP(receipts)       /* 25 */ \
    STEP(order_search)   /* 26 */ \
    STEP(order_access)   /* 27 */ \
    STEP(phone_orders)   /* 28 */ \
    STEP(refunds)        /* 29 */ \
    STEP(low_stock)      /* 30 */ \
    STEP(media)          /* 31 */ \
    STEP(desk_products)  /* 32 */ \
    STEP(paid_by_hand)   /* 33 */ \
    STEP(imports)        /* 34 */ \
    STEP(daily_totals)   /* 35 */ \
    STEP(audience)       /* 36 */ \
    STEP(named_media)    /* 37 */
/* clang-format on */

/* Statements of SQL, each with its semicolon. */
#define DECLARE_STEP(name) extern const char postgres_step_##name[];
DECLARE_STEP(catalogue)
DECLARE_STEP(search)
DECLARE_STEP(orders)
DECLARE_STEP(payments)
POSTGRES_LATER_STEPS(DECLARE_STEP)
#undef DECLARE_STEP

/* Text compares bytewise, as in SQLite, whatever the database's locale. `is_active` and other truth values are numbers, so
 * that one statement serves both engines. */
#define TEXT "text COLLATE \"C\" NOT NULL"
#define MONEY "bigint NOT NULL CHECK"
