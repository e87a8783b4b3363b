#include "pay/mock_store.h"

#include "pay/intent.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

void store_init(struct mock_store *s) {
    *s = (struct mock_store){
        .intents.row_size = sizeof(struct stored_intent),
        .refunds.row_size = sizeof(struct stored_refund),
        .answers.row_size = sizeof(struct stored_answer),
    };
}

void store_free(struct mock_store *s) {
    rows_free(&s->intents);
    rows_free(&s->refunds);
    rows_free(&s->answers);
    index_free(&s->by_id);
    index_free(&s->by_refund);
    index_free(&s->by_key);
}

/* ---- finding ---- */

/* The row that starts with the `size` bytes at `first`. */
static int64_t find(const struct table_index *index, const struct rows *rows, const void *first,
                    size_t size) {
    struct table_search search = {.hash = bytes_hash(0, first, size)};
    int64_t row;
    while ((row = index_next(index, &search)) != row_none)
        if (memcmp(rows_at(rows, (size_t)row), first, size) == 0)
            break;
    return row;
}

int64_t store_find_intent(const struct mock_store *s, struct str id) {
    return id.size == mock_id_size ? find(&s->by_id, &s->intents, id.at, mock_id_size) : row_none;
}

int64_t store_find_refund(const struct mock_store *s, struct str id) {
    return id.size == mock_id_size ? find(&s->by_refund, &s->refunds, id.at, mock_id_size) : row_none;
}

int64_t store_find_answer(const struct mock_store *s, const uint64_t key[static 2]) {
    return find(&s->by_key, &s->answers, key, sizeof(uint64_t[2]));
}

/* ---- changing ---- */

/* A row that is not counted yet: rows_add of it cannot fail afterwards. */
static bool reserve_row(struct rows *rows) {
    if (!rows_add(rows))
        return false;
    rows_drop(rows);
    return true;
}

bool store_reserve(struct mock_store *s) {
    return reserve_row(&s->intents) && reserve_row(&s->refunds) && reserve_row(&s->answers) &&
           index_reserve(&s->by_id) && index_reserve(&s->by_refund) && index_reserve(&s->by_key);
}

static int32_t put_refund(struct mock_store *s, const struct stored_change *c, int64_t intent) {
    if (!c->refund.id[0])
        return row_none;
    struct stored_refund *refund = rows_add(&s->refunds);
    *refund = c->refund;
    refund->intent = (int32_t)intent;
    index_put(&s->by_refund, bytes_hash(0, refund->id, mock_id_size), s->refunds.count - 1);
    return (int32_t)(s->refunds.count - 1);
}

void store_apply(struct mock_store *s, const struct stored_change *c) {
    int64_t row = c->row;
    if (row == row_none) {
        struct stored_intent *added = rows_add(&s->intents);
        assert(added);
        row = (int64_t)s->intents.count - 1;
        index_put(&s->by_id, bytes_hash(0, c->intent.id, mock_id_size), (size_t)row);
    }
    *(struct stored_intent *)rows_at(&s->intents, (size_t)row) = c->intent;
    int32_t refund = put_refund(s, c, row);
    if (!c->has_key)
        return;
    struct stored_answer *answer = rows_add(&s->answers);
    *answer = (struct stored_answer){
        .key = {c->key[0], c->key[1]},
        .params = c->params,
        .refunded = c->intent.refunded,
        .intent = (int32_t)row,
        .refund = refund,
        .status = c->intent.status,
        .method = c->intent.method,
        .declined = c->intent.declined,
    };
    index_put(&s->by_key, bytes_hash(0, answer->key, sizeof answer->key), s->answers.count - 1);
}

/* ---- writing ---- */

/* A line being written; the room is bounded by the assert at its end, since every part of it is. */
struct line {
    char *at;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *line, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line->at + line->size, ledger_line_bytes_max - line->size, format, args);
    va_end(args);
    assert(size >= 0 && line->size + (size_t)size < ledger_line_bytes_max);
    line->size += (size_t)size;
}

static void put_uuid(struct line *line, const char *name, const struct uuid *id) {
    static const struct uuid zero;
    char text[uuid_text_size];
    if (uuid_equal(id, &zero))
        return;
    uuid_format(id, text);
    put(line, ",\"%s\":\"%.*s\"", name, uuid_text_size, text);
}

size_t store_write(const struct stored_change *c, char out[static ledger_line_bytes_max]) {
    struct line line = {out, 0};
    const struct stored_intent *i = &c->intent;
    put(&line, "{\"op\":\"%s\",\"at\":%lld,\"intent\":\"pi_%.*s\"", c->op, (long long)c->at_us, mock_id_size,
        i->id);
    put_uuid(&line, "payment", &i->payment);
    put_uuid(&line, "order", &i->order);
    put(&line, ",\"amount\":%lld,\"currency\":\"%.3s\",\"status\":\"%s\",\"method\":\"%s\"",
        (long long)i->amount, i->currency, intent_status_name((enum intent_status)i->status).at,
        i->method == mock_no_method ? "" : test_method_at(i->method)->id);
    put(&line, ",\"declined\":%s,\"received\":%lld,\"refunded\":%lld,\"created\":%lld",
        i->declined ? "true" : "false", (long long)(i->status == INTENT_SUCCEEDED ? i->amount : 0),
        (long long)i->refunded, (long long)i->created_s);
    if (c->refund.id[0])
        put(&line, ",\"refund\":\"re_%.*s\",\"refund_amount\":%lld", mock_id_size, c->refund.id,
            (long long)c->refund.amount);
    if (c->has_key)
        put(&line, ",\"key\":\"%016llx%016llx\",\"params\":\"%016llx\"", (unsigned long long)c->key[0],
            (unsigned long long)c->key[1], (unsigned long long)c->params);
    put(&line, "}");
    return line.size;
}

size_t store_write_seed(const struct mock_store *s, char out[static ledger_line_bytes_max]) {
    struct line line = {out, 0};
    put(&line, "{\"op\":\"open\",\"version\":1,\"seed\":\"");
    for (size_t i = 0; i < mock_seed_size; i++)
        put(&line, "%02x", s->seed[i]);
    put(&line, "\"}");
    return line.size;
}

/* ---- reading ---- */

static struct str text_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)}
                                 : (struct str){0};
}

static int64_t number_of(const json_t *object, const char *name) {
    return json_integer_value(json_object_get(object, name)); /* 0 where it is none */
}

/* False where a member that is there is no UUID. */
static bool read_uuid(const json_t *object, const char *name, struct uuid *out) {
    char reason[uuid_reason_size];
    struct str text = text_of(object, name);
    return !text.at || uuid_parse(text, out, reason);
}

/* Hexadecimal digits as bytes. */
static bool read_hex(struct str text, uint8_t *out, size_t size) {
    if (text.size != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = hex_value(text.at[2 * i]), low = hex_value(text.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool read_number(struct str text, uint64_t *out) {
    uint8_t bytes[sizeof *out];
    if (!read_hex(text, bytes, sizeof bytes))
        return false;
    *out = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        *out = *out << 8 | bytes[i];
    return true;
}

static bool read_id(struct str text, struct str prefix, char out[static mock_id_size]) {
    if (!str_starts(text, prefix) || text.size != prefix.size + mock_id_size)
        return false;
    memcpy(out, text.at + prefix.size, mock_id_size);
    return true;
}

static bool read_key(const json_t *line, struct stored_change *c) {
    struct str key = text_of(line, "key");
    c->has_key = key.at != NULL;
    return !c->has_key || (key.size == 32 && read_number((struct str){key.at, 16}, &c->key[0]) &&
                           read_number((struct str){key.at + 16, 16}, &c->key[1]) &&
                           read_number(text_of(line, "params"), &c->params));
}

static bool read_intent(const json_t *line, struct stored_intent *i) {
    struct str currency = text_of(line, "currency"), method = text_of(line, "method");
    const struct test_method *known = test_method_find(method);
    enum intent_status status;
    if (!read_id(text_of(line, "intent"), STR("pi_"), i->id) || currency.size != sizeof i->currency ||
        !intent_status_parse(text_of(line, "status"), &status) || (method.size > 0 && !known))
        return false;
    memcpy(i->currency, currency.at, sizeof i->currency);
    i->status = (uint8_t)status;
    i->method = known ? (uint8_t)test_method_number(known) : mock_no_method;
    i->declined = json_is_true(json_object_get(line, "declined"));
    if ((i->declined && !(known && known->code)) || (status == INTENT_SUCCEEDED && !known))
        return false; /* somebody wrote it who does not know what goes together */
    i->amount = number_of(line, "amount");
    i->refunded = number_of(line, "refunded");
    i->created_s = number_of(line, "created");
    return read_uuid(line, "payment", &i->payment) && read_uuid(line, "order", &i->order);
}

static bool read_refund(const json_t *line, struct stored_change *c) {
    struct str id = text_of(line, "refund");
    c->refund.amount = number_of(line, "refund_amount");
    c->refund.created_s = c->at_us / 1000000;
    return !id.at || read_id(id, STR("re_"), c->refund.id);
}

static enum status apply_line(struct mock_store *s, const json_t *line) {
    struct stored_change c = {.at_us = number_of(line, "at")};
    if (str_equal(text_of(line, "op"), STR("open"))) {
        s->seeded =
            number_of(line, "version") == 1 && read_hex(text_of(line, "seed"), s->seed, mock_seed_size);
        return s->seeded ? STATUS_OK : STATUS_INVALID;
    }
    if (!s->seeded || !read_intent(line, &c.intent) || !read_refund(line, &c) || !read_key(line, &c))
        return STATUS_INVALID;
    if (!store_reserve(s))
        return STATUS_NO_MEMORY;
    c.row = store_find_intent(s, (struct str){c.intent.id, mock_id_size});
    store_apply(s, &c);
    return STATUS_OK;
}

enum status store_read(void *store, struct str line) {
    json_error_t error;
    json_t *object = json_loadb(line.at, line.size, JSON_REJECT_DUPLICATES, &error);
    enum status s = json_is_object(object) ? apply_line(store, object) : STATUS_INVALID;
    json_decref(object);
    return s;
}
