/* The mock's books: its intents and every change to them, in a small SQLite database of their own.
 *
 * Functions on a struct db run in the caller's transaction. They return STATUS_OK, STATUS_NOT_FOUND if they
 * look for something that is not there, or a status of db.h. */
#pragma once

#include "db/db.h"
#include "pay/mock/test_methods.h"
#include "pay/provider.h"

enum { books_error_size = 512 };

struct mock_intent {
    struct intent intent;
    struct uuid order;                /* from metadata; zero if it is not in it */
    struct intent_contact contact;    /* a field that was not told is absent */
    int64_t created_s;                /* seconds since 1970 */
    const struct test_method *method; /* of the latest confirm; NULL before the first */
};

struct mock_refund {
    struct str id; /* re_… */
    int64_t amount;
    struct uuid till_refund; /* from metadata; zero if it is not in it */
    bool is_failed;          /* the money stays the shop's */
    int64_t created_s;       /* seconds since 1970 */
};

/* A change to an intent, with the intent as the change left it. */
struct mock_change {
    int64_t intent_seq; /* from 1; 0: not in the books yet */
    int64_t at_s;       /* seconds since 1970 */
    struct mock_intent intent;
    struct mock_refund refund; /* id is absent if the change is not about a refund */
    struct str params;         /* of the request; absent if it had no idempotency key */
};

extern const struct db_schema books_schema;

/* Makes sure that the books at `path` are this process's alone, until `*fd` is closed: the file is locked, and
 * made if it is not there. Call it before the books are opened, and close `*fd` after every connection to
 * them: closing any descriptor of a file gives up the process's POSIX locks on it, and SQLite's are such.
 * STATUS_STORAGE, and then `error` (at least books_error_size) holds a sentence about it, if another process
 * has the file, or it cannot be written. */
MUST_CHECK enum status books_lock_file(const char *path, int *fd, char *error);

enum books_key { BOOKS_INTENT, BOOKS_REFUND, BOOKS_IDEMPOTENCY_KEY };

/* Finds the newest change of the intent with this id, the change that is the refund with this id, or the one
 * that a request with this idempotency key made. */
MUST_CHECK enum status books_find(struct db *db, struct arena *arena, enum books_key by, struct str key,
                                  struct mock_change *out);

struct books_range {
    int64_t after, before; /* only intents with a seq between these */
    int64_t from_s, to_s;  /* and created from the one to the other, both included */
    bool oldest_first;     /* counts from the oldest of them, else from the newest */
};

/* Reads the first `most` intents (struct mock_intent) of a range, newest first. */
MUST_CHECK enum status books_list(struct db *db, struct arena *arena, const struct books_range *range,
                                  int64_t most, struct list *out);

/* Reads the refunds of an intent (struct mock_refund) that are older than the refund `after`, or all if that is absent;
 * newest first, `most` of them at most. */
MUST_CHECK enum status books_list_refunds(struct db *db, struct arena *arena, int64_t intent_seq,
                                          struct str after, int64_t most, struct list *out);

/* Adds a change that `operation` made for a request with `key`, which may be absent. If it has no intent_seq,
 * the intent is new and is added too. */
MUST_CHECK enum status books_add(struct db *db, struct mock_change *change, const char *operation,
                                 struct str key);
