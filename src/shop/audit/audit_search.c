/* The audit of the indexes of spellings and of endings (shop/schema/), which triggers keep: each term has the keys that its
 * text asks for, and there are no others. The hashes of both sides are added up, so that nothing is kept for each. */
#include "shop/audit/checks.h"

#include "shop/schema/endings.h"
#include "shop/schema/spellings.h"

#include <inttypes.h>

/* Adds up the rows of a side, and their hashes. */
static enum status audit_sum_keys(struct auditor *a, const struct sql *sql, int64_t *count, uint64_t *sum) {
    struct db_rows *rows = db_query(a->ctx->db, sql, NO_ARGS);
    for (*count = 0, *sum = 0; db_step(rows); ++*count)
        *sum +=
            audit_hash(audit_hash_text(db_column_bytes(rows, 0)), audit_hash_text(db_column_bytes(rows, 1)));
    return db_finish(rows);
}

/* Compares the keys that an index has with those that terms ask for. */
static enum status audit_keys(struct auditor *a, const char *name, const struct sql *terms_sql,
                              const struct sql *keys_sql) {
    int64_t wanted, found;
    uint64_t wanted_sum, found_sum;
    TRY(audit_sum_keys(a, terms_sql, &wanted, &wanted_sum));
    TRY(audit_sum_keys(a, keys_sql, &found, &found_sum));
    if (wanted != found || wanted_sum != found_sum)
        audit_breach(a, "%s: %" PRId64 " keys of terms, and searches find %" PRId64 ", or other ones", name,
                     wanted, found);
    return STATUS_OK;
}

enum status audit_spellings(struct auditor *a) {
    static const struct sql terms_sql = {SPELLING_KEYS(SPELT_TERMS), SPELLING_KEYS_POSTGRES(SPELT_TERMS)},
                            keys_sql = SQL("SELECT key, term FROM search_spellings"),
                            ends_sql = {TERM_ENDINGS, TERM_ENDINGS_POSTGRES},
                            endings_sql = SQL("SELECT ending, term FROM search_endings");
    TRY(audit_keys(a, "spellings", &terms_sql, &keys_sql));
    return audit_keys(a, "endings", &ends_sql, &endings_sql);
}
