/* Products on their way from the thread that reads a file to the one that writes the database, in the order
 * in which they came. They wait in a temporary file and not in memory, so the reader is never held up: it has
 * been through the whole file, and found what is wrong in it, long before all is written.
 *
 * The file is in TMPDIR, or /var/tmp, has no name, and takes about as much room as what is imported. */
#pragma once

#include "shop/catalogue.h"

#include <pthread.h>

enum {
    /* A block is written when it is this full; the texts of the largest product take under 64 KiB. */
    spool_block_bytes = 256 * 1024,
    spool_product_bytes_max = 64 * 1024,
};

struct spooled {
    struct product product; /* its texts are there until the next call */
    int64_t line, at_bytes; /* of the file that it comes from: where it stands, how far that is */
};

struct spool {
    int fd;
    char *put, *taken; /* a block each */
    size_t put_size, taken_size, taken_at;
    int64_t put_rows;    /* in the block */
    int64_t taken_bytes; /* of the file */
    pthread_mutex_t lock;
    pthread_cond_t more;
    int64_t written_bytes, rows; /* under the lock, as is `ended` */
    bool ended;
};

/* False where there can be no temporary file; errno says why. A spool that was opened is closed. */
bool spool_open(struct spool *spool);
void spool_close(struct spool *spool);

/* For the one thread. STATUS_STORAGE where the file cannot grow; errno says why. spool_end comes last, in any
 * case. */
MUST_CHECK enum status spool_put(struct spool *spool, const struct spooled *in);
MUST_CHECK enum status spool_end(struct spool *spool);

/* For the other: the next one, which is waited for. STATUS_NOT_FOUND at the end, STATUS_STORAGE. */
MUST_CHECK enum status spool_take(struct spool *spool, struct spooled *out);

/* Waits until so many rows are there, or all; gives how many there are. */
int64_t spool_wait(struct spool *spool, int64_t rows);
