/* What the mock's account keeps in memory, and how a change to it reads in the ledger. Private to
 * mock_account.c, which has the lock. */
#pragma once

#include "base/uuid.h"
#include "pay/mock_account.h"
#include "pay/mock_table.h"

enum { mock_seed_size = 32, mock_no_method = 255 };

struct stored_intent {
    char id[mock_id_size]; /* behind `pi_`, and behind `ch_` of its charge */
    struct uuid payment, order;
    int64_t amount, refunded, created_s;
    char currency[3];
    uint8_t status; /* enum intent_status */
    uint8_t method; /* test_method_number of the latest confirm, or mock_no_method */
    bool declined;  /* … which failed */
};

struct stored_refund {
    char id[mock_id_size]; /* behind `re_` */
    int64_t amount, created_s;
    int32_t intent; /* its row */
};

/* What a key's first call was, and how its intent was afterwards. */
struct stored_answer {
    uint64_t key[2];
    uint64_t params;
    int64_t refunded;
    int32_t intent, refund; /* rows; refund: row_none but for one */
    uint8_t status, method;
    bool declined;
};

struct mock_store {
    struct rows intents, refunds, answers;
    struct table_index by_id, by_refund, by_key;
    uint8_t seed[mock_seed_size]; /* of client secrets */
    bool seeded;
};

/* One line of the ledger. */
struct stored_change {
    const char *op;
    int64_t at_us;
    int64_t row;                 /* of the intent; row_none: a new one */
    struct stored_intent intent; /* as it is from now on */
    struct stored_refund refund; /* id[0] is 0 where there is none */
    bool has_key;
    uint64_t key[2], params;
};

void store_init(struct mock_store *s);
void store_free(struct mock_store *s);

/* Rows by id (without prefix) or key; row_none where there is none. */
int64_t store_find_intent(const struct mock_store *s, struct str id);
int64_t store_find_refund(const struct mock_store *s, struct str id);
int64_t store_find_answer(const struct mock_store *s, const uint64_t key[static 2]);

/* Makes room, after which store_apply of one change cannot fail. */
MUST_CHECK bool store_reserve(struct mock_store *s);
void store_apply(struct mock_store *s, const struct stored_change *change);

/* The change as a line of at most ledger_line_bytes_max; gives its size. */
size_t store_write(const struct stored_change *change, char out[static ledger_line_bytes_max]);

/* The first line, with the seed. */
size_t store_write_seed(const struct mock_store *s, char out[static ledger_line_bytes_max]);

/* Applies a line of the ledger: a ledger_reader whose context is a store. */
enum status store_read(void *store, struct str line);
