/* An import of a file of products into a database: all of them or none; the shop may be served meanwhile. For `till import`
 * and for a server, which get what there is to say by their own functions. import_run.c explains
 * how it works.
 *
 *     s = import_run_begin(&run);
 *     s = import_run_wait(&run, &rows);            then open the database
 *     s = import_run_write(&run, &ctx, rows);
 *     s = import_run_end(&run, s);                 in any case, after the first one succeeded
 *     import_run_free(&run); */
#pragma once

#include "files/rows.h"
#include "files/spool.h"
#include "shop/catalogue/import_update.h"

#include <pthread.h>
#include <stdatomic.h>

enum { bad_rows_max = 20 }; /* reported; more would not help */

enum import_remark {
    REMARK_FILE, /* what is wrong with the file as a whole, or with a line of it behind which it cannot be read */
    REMARK_BAD_ROW, /* what is wrong with a row */
    REMARK_COLUMN,  /* the name of a column that is left out */
};

/* How the user hears of an import. These are called from both threads, but never at the same time. */
struct import_listener {
    /* What is wrong with a row that has neither id nor key although the products are updated, and with one whose product is
     * there although they are only added: it says how the user would change that. */
    const char *no_key_error, *exists_error;
    /* `line` is 0 if the remark is about the whole file. The text is one clean line. */
    void (*remark)(void *context, enum import_remark kind, int64_t line, const char *text);
    /* Called every import_show_every rows: `part` of 1 is done, and `rows` of what `what` says (`` for rows that were
     * staged); `part` is below 0 if it is not known. Returns whether to go on. */
    bool (*progress)(void *context, double part, int64_t rows, const char *what);
};

enum { import_show_every = 256 };

struct import_run {
    /* Set by the caller, the rest zero. */
    struct row_settings settings;
    records_source *source;
    void *source_context;
    int64_t size_bytes; /* of the file; 0: it is a pipe, whose size is not known */
    const struct import_listener *listener;
    void *context;
    const struct language *language; /* that a new shop gets; NULL: as it is */
    bool updates;                    /* and update.sets_stock */
    bool only_checks;
    struct import import; /* its action, has_claim, published and index_bytes_max are the caller's too */

    /* For the caller to read. */
    struct product_rows rows;    /* the reader's, once it has ended */
    _Atomic int bad_rows;        /* reported */
    int64_t row_count;           /* that the writer has seen */
    int64_t added;               /* or with only_checks: that would be */
    struct import_update update; /* its counts, of an update */
    int64_t changed;             /* of those that differ */
    bool is_published;           /* what fails after that leaves the new products there */
    enum status read_status;     /* the reader's result, once it has ended */
    int read_error;              /* its errno, of STATUS_STORAGE */

    /* Private. */
    struct spool spool;
    pthread_t reader;
    pthread_mutex_t lock;                    /* of calls of the listener */
    _Atomic bool stop_reading, stop_writing; /* what follows is of no use; see above */
    bool is_publishing, should_stop;         /* should_stop: the listener said so */
    unsigned char *differs; /* a bit for each row in the spool: whether its product is to be changed */
};

/* Starts the reader. STATUS_STORAGE, with errno, if there can be no temporary file; STATUS_NO_MEMORY if there can be no
 * thread. After STATUS_OK import_run_end() comes last in any case. */
MUST_CHECK enum status import_run_begin(struct import_run *run);

/* Waits until the reader is ahead. STATUS_INVALID if the file is known to be bad. `rows` gets how many rows are there. */
MUST_CHECK enum status import_run_wait(struct import_run *run, int64_t *rows);

/* Writes, on a connection that is open for that, of which `ctx` has the clock too; its arena is not used. `rows` as
 * import_run_wait() gave it. STATUS_INVALID if the file is bad; STATUS_CONFLICT if another import is under way;
 * STATUS_STOPPING if the listener says so, or the caller's `published`. */
MUST_CHECK enum status import_run_write(struct import_run *run, const struct shop_ctx *ctx, int64_t rows);

/* Ends an import that came to `s`: waits for the reader, which goes on after bad rows to find the others. Returns STATUS_OK
 * only if the whole file was read too. */
enum status import_run_end(struct import_run *run, enum status s);

/* Frees what is left, once the caller has read it. */
void import_run_free(struct import_run *run);
