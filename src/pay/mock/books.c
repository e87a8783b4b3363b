/* Two tables, to which rows are only ever added:
 *
 *     intents   seq  id     client_secret  payment  order_id  amount  currency  created_s   receipt_email, shipping_…
 *                1   pi_a…  pi_a…_secret_… …        …         1497    usd       1795399409  ann@example.com, …
 *
 *     changes   seq  intent  operation  status                   method           declined  refunded  key
 *                1     1     create     requires_payment_method                   0         0         till-…-create
 *                2     1     confirm    requires_payment_method  pm_card_charg…   1         0         till-…-confirm-1
 *                3     1     confirm    succeeded                pm_card_visa     0         0         till-…-confirm-2
 *                4     1     refund     succeeded                pm_card_visa     0         1497      till-…-refund-part
 *
 * A refund that fails names itself as `failed_refund` too, and adds nothing to `refunded`.
 *
 * An intent is what its newest change says. A request whose idempotency key was used before is answered with
 * the intent as the change with that key left it, whatever has happened since. The history also tells a test,
 * or a curious reader, what was asked of the mock and when.
 *
 * The books lie beside the shop's database and not in it, because a provider is another party: it must
 * remember a charge even if the shop's own transaction is lost. */
#include "pay/mock/books.h"

#include "db/schema.h"
#include "pay/intent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const first_step[] = {
    "CREATE TABLE intents ("
    "  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client_secret TEXT NOT NULL,"
    "  payment BLOB NOT NULL, order_id BLOB NOT NULL," /* from metadata; zeros if not in it */
    "  amount INTEGER NOT NULL CHECK (amount >= 1), currency TEXT NOT NULL, created_s INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE changes ("
    "  seq INTEGER PRIMARY KEY, intent INTEGER NOT NULL REFERENCES intents (seq),"
    "  operation TEXT NOT NULL CHECK (operation IN ('create', 'confirm', 'cancel', 'refund')),"
    "  created_s INTEGER NOT NULL, status TEXT NOT NULL,"
    "  method TEXT NOT NULL, declined INTEGER NOT NULL CHECK (declined IN (0, 1))," /* of the latest confirm */
    "  refunded INTEGER NOT NULL CHECK (refunded >= 0)," /* by all refunds together */
    "  refund TEXT, refund_amount INTEGER NOT NULL,"
    "  key BLOB UNIQUE, params BLOB"
    ") STRICT;"
    "CREATE INDEX changes_intent ON changes (intent, seq);"
    "CREATE UNIQUE INDEX changes_refund ON changes (refund) WHERE refund IS NOT NULL;",
    NULL};
static const char *const contact_step[] = {
    "ALTER TABLE intents ADD COLUMN receipt_email TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_name TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_phone TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_line1 TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_line2 TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_city TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_state TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_postal_code TEXT;"
    "ALTER TABLE intents ADD COLUMN shipping_country TEXT;",
    NULL};
static const char *const refund_step[] = {
    "ALTER TABLE changes ADD COLUMN till_refund BLOB;"
    "ALTER TABLE changes ADD COLUMN failed_refund TEXT;"
    "CREATE UNIQUE INDEX changes_failed_refund ON changes (failed_refund) WHERE failed_refund IS NOT NULL;",
    NULL};
static const char *const *const steps[] = {first_step, contact_step, refund_step};
static const struct db_migrations migrations = {.steps = steps, .count = sizeof steps / sizeof *steps};
const struct db_schema books_schema = {.application_id = 0x54696C4D, /* "TilM" in ASCII */
                                       .file_hint = "the mock's books; give another file as its ledger",
                                       .sqlite = &migrations};

enum status books_lock_file(const char *path, int *fd, char *error) {
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0)
        snprintf(error, books_error_size, "cannot open %s: %s", path, strerror(errno));
    else if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
        snprintf(error, books_error_size, "%s is in use by another till", path);
    else
        return STATUS_OK;
    return STATUS_STORAGE;
}

/* In the order of enum contact_field. */
#define CONTACT_COLUMNS                                                                                      \
    "receipt_email, shipping_name, shipping_phone, shipping_line1, shipping_line2, shipping_city,"           \
    " shipping_state, shipping_postal_code, shipping_country"

/* The columns of a struct mock_refund. */
#define REFUND_COLUMNS "c.refund, c.refund_amount, c.created_s, c.till_refund, c.failed_refund IS NOT NULL"

/* The columns of a struct mock_change. */
#define SELECT_CHANGE                                                                                        \
    "SELECT i.seq, i.id, i.client_secret, i.payment, i.order_id, i.amount, i.currency, i.created_s,"         \
    " c.status, c.method, c.declined, c.refunded, " REFUND_COLUMNS ", c.params, " CONTACT_COLUMNS            \
    " FROM changes AS c JOIN intents AS i ON i.seq = c.intent "
enum { column_refund = 12, column_params = 17, column_contact = 18 };

/* Reads REFUND_COLUMNS from this column on; the id is absent if the change is not a refund. */
static struct mock_refund books_read_refund(struct db_rows *rows, int column, struct arena *arena) {
    struct mock_refund refund = {
        .id = db_column_text(rows, column, arena),
        .amount = db_column_int(rows, column + 1),
        .created_s = db_column_int(rows, column + 2),
        .is_failed = db_column_int(rows, column + 4) != 0,
    };
    if (db_column_bytes(rows, column + 3).size == sizeof refund.till_refund.bytes)
        refund.till_refund = db_column_uuid(rows, column + 3);
    return refund;
}

static void books_read_intent(struct db_rows *rows, struct arena *arena, struct mock_intent *out) {
    *out = (struct mock_intent){
        .intent = {.id = db_column_text(rows, 1, arena),
                   .client_secret = db_column_text(rows, 2, arena),
                   .payment = db_column_uuid(rows, 3),
                   .status = INTENT_PROCESSING,
                   .amount = db_column_int(rows, 5),
                   .refunded = db_column_int(rows, 11),
                   .currency = db_column_text(rows, 6, arena)},
        .order = db_column_uuid(rows, 4),
        .created_s = db_column_int(rows, 7),
        .method = test_method_find(db_column_bytes(rows, 9)),
    };
    for (int i = 0; i < CONTACT_FIELD_COUNT; i++)
        out->contact.fields[i] = db_column_text(rows, column_contact + i, arena);
    struct intent *i = &out->intent;
    if (intent_status_parse(db_column_bytes(rows, 8), &i->status) && i->status == INTENT_SUCCEEDED)
        i->received = i->amount;
    if (db_column_int(rows, 10) && out->method) {
        i->failure_code = str_from(out->method->code);
        i->failure_message = str_from(out->method->message);
    }
}

enum status books_find(struct db *db, struct arena *arena, enum books_key by, struct str key,
                       struct mock_change *out) {
    static const struct sql all[] = {
        [BOOKS_INTENT] = SQL(SELECT_CHANGE "WHERE i.id = $1 ORDER BY c.seq DESC LIMIT 1"),
        [BOOKS_REFUND] = SQL(SELECT_CHANGE "WHERE c.refund = $1"),
        [BOOKS_IDEMPOTENCY_KEY] = SQL(SELECT_CHANGE "WHERE c.key = $1"),
    };
    struct db_value value = by == BOOKS_IDEMPOTENCY_KEY ? db_blob(key) : db_text(key);
    struct db_rows *rows = db_query(db, &all[by], ARGS(value));
    if (db_step(rows)) {
        *out = (struct mock_change){
            .intent_seq = db_column_int(rows, 0),
            .at_s = db_column_int(rows, column_refund + 2),
            .refund = books_read_refund(rows, column_refund, arena),
            .params = db_column_text(rows, column_params, arena),
        };
        books_read_intent(rows, arena, &out->intent);
    }
    return db_finish_or(rows, STATUS_NOT_FOUND);
}

#define SELECT_RANGE                                                                                         \
    SELECT_CHANGE                                                                                            \
    "WHERE i.seq > $1 AND i.seq < $2 AND i.created_s BETWEEN $3 AND $4"                                      \
    " AND c.seq = (SELECT max(seq) FROM changes WHERE intent = i.seq) ORDER BY i.seq "

enum status books_list(struct db *db, struct arena *arena, const struct books_range *range, int64_t most,
                       struct list *out) {
    static const struct sql newest_sql = SQL(SELECT_RANGE "DESC LIMIT $5"),
                            oldest_sql = SQL("SELECT * FROM (" SELECT_RANGE "LIMIT $5) ORDER BY 1 DESC");
    struct mock_intent *page = arena_array(arena, (size_t)most, sizeof *page);
    size_t count = 0;
    if (!page)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(db, range->oldest_first ? &oldest_sql : &newest_sql,
                                    ARGS(db_int(range->after), db_int(range->before), db_int(range->from_s),
                                         db_int(range->to_s), db_int(most)));
    while (db_step(rows))
        books_read_intent(rows, arena, &page[count++]);
    *out = (struct list){page, count};
    return db_finish(rows);
}

enum status books_list_refunds(struct db *db, struct arena *arena, int64_t intent_seq, struct str after,
                               int64_t most, struct list *out) {
    static const struct sql sql =
        SQL("SELECT " REFUND_COLUMNS
            " FROM changes AS c WHERE c.intent = $1 AND c.refund IS NOT NULL AND ($2 IS NULL"
            " OR c.seq < (SELECT seq FROM changes WHERE refund = $2)) ORDER BY c.seq DESC LIMIT $3");
    struct mock_refund *page = arena_array(arena, (size_t)most, sizeof *page);
    size_t count = 0;
    if (!page)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(db, &sql, ARGS(db_int(intent_seq), db_text(after), db_int(most)));
    while (db_step(rows))
        page[count++] = books_read_refund(rows, 0, arena);
    *out = (struct list){page, count};
    return db_finish(rows);
}

static enum status books_add_intent(struct db *db, struct mock_change *c) {
    static const struct sql sql = SQL(
        "INSERT INTO intents (id, client_secret, payment, order_id, amount, currency, created_s, " CONTACT_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING seq");
    const struct intent *i = &c->intent.intent;
    const struct str *contact = c->intent.contact.fields;
    return db_get_int(db, &sql,
                      ARGS(db_text(i->id), db_text(i->client_secret), db_uuid(&i->payment),
                           db_uuid(&c->intent.order), db_int(i->amount), db_text(i->currency),
                           db_int(c->intent.created_s), db_text(contact[0]), db_text(contact[1]),
                           db_text(contact[2]), db_text(contact[3]), db_text(contact[4]), db_text(contact[5]),
                           db_text(contact[6]), db_text(contact[7]), db_text(contact[8])),
                      &c->intent_seq);
}

enum status books_add(struct db *db, struct mock_change *c, const char *operation, struct str key) {
    static const struct sql sql =
        SQL("INSERT INTO changes (intent, operation, created_s, status, method, declined, refunded, refund,"
            " refund_amount, key, params, till_refund, failed_refund)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    const struct intent *i = &c->intent.intent;
    const char *method = c->intent.method ? c->intent.method->id : "";
    const struct mock_refund *refund = &c->refund;
    const struct str none = {0};
    static const struct uuid zero;
    struct db_value till_refund =
        uuid_equal(&refund->till_refund, &zero) ? db_blob(none) : db_uuid(&refund->till_refund);
    TRY(c->intent_seq ? STATUS_OK : books_add_intent(db, c));
    return db_exec(db, &sql,
                   ARGS(db_int(c->intent_seq), db_text(str_from(operation)), db_int(c->at_s),
                        db_text(intent_status_name(i->status)), db_text(str_from(method)),
                        db_int(i->failure_code.data != NULL), db_int(i->refunded), db_text(refund->id),
                        db_int(refund->amount), db_blob(key), db_blob(c->params), till_refund,
                        db_text(refund->is_failed ? refund->id : none)),
                   NULL);
}
