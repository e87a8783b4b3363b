/* A queue of products in a temporary file, from the thread that reads a file to the one that writes the
 * database.
 *
 * The reader of a file is many times as fast as the writer of a database. With a queue in memory it would
 * have to wait for the writer, and a wrong row near the end of the file would be found when almost all was
 * written. With the spool it never waits: it has been through the whole file long before.
 *
 * The file is in TMPDIR, or else /var/tmp. It has no name, so it is gone with the process however that ends,
 * and takes about as much room as the texts of what is imported. */
#pragma once

#include "shop/catalogue/catalogue.h"

#include <pthread.h>

enum {
    spool_block_bytes = 256 * 1024, /* a block is written to the file when it is this full */
    /* 200 characters of name, 10,000 of description, 100 of category and 2,000 of URL, of at most 4 bytes
     * each, are under 48 KiB. */
    spool_product_bytes_max = 64 * 1024,
};

struct spooled {
    struct product product; /* its texts are valid until the next call */
    int64_t line, at_bytes; /* in the imported file: the row's line, and how many bytes end with it */
};

struct spool {
    int fd;
    char *put, *taken;                     /* the block being filled, and the one being emptied */
    size_t put_size, taken_size, taken_at; /* bytes in `put`, in `taken`, and taken from that */
    int64_t put_rows;                      /* in `put` */
    int64_t taken_bytes;                   /* of the file */
    pthread_mutex_t lock;
    pthread_cond_t more;
    int64_t written_bytes, rows; /* in the file; under the lock, as are the next two */
    bool ended, failed;          /* failed: what was put last could not be written */
};

/* Makes a spool. False, with errno, if there can be no temporary file; then there is nothing to close. */
bool spool_open(struct spool *spool);
void spool_close(struct spool *spool);

/* Adds a product, for the one thread. STATUS_STORAGE, with errno, if the file cannot grow. */
MUST_CHECK enum status spool_put(struct spool *spool, const struct spooled *in);

/* Says that no more will be added. It must come last in any case, because the other thread waits for it.
 * STATUS_STORAGE as above; the other thread then gets that too, and does not take the rows before for all. */
MUST_CHECK enum status spool_end(struct spool *spool);

/* Takes the next product, for the other thread; waits until there is one. STATUS_NOT_FOUND at the end, or
 * STATUS_STORAGE. */
MUST_CHECK enum status spool_take(struct spool *spool, struct spooled *out);

/* Lets the other thread take all products again, from the first one. */
void spool_rewind(struct spool *spool);

/* Waits until `rows` products can be taken, or no more will come; returns how many there are. */
int64_t spool_wait(struct spool *spool, int64_t rows);
