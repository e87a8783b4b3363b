/* One import, and what its two threads share. Private to this folder; import.c explains it. */
#pragma once

#include "console/progress.h"
#include "files/rows.h"
#include "files/spool.h"
#include "shop/catalogue/import_update.h"

#include <pthread.h>
#include <stdatomic.h>

enum { bad_rows_max = 20 }; /* printed; more would not help */

struct import_command {
    const char *path; /* as messages name it */
    int fd;
    struct row_settings settings;
    int64_t size_bytes;       /* of the file; 0: it is a pipe, whose size is not known */
    struct product_rows rows; /* the reader's */
    struct spool spool;
    pthread_t reader;
    pthread_mutex_t lock; /* of standard error and `progress` */
    struct progress progress;
    _Atomic int bad_rows;
    _Atomic bool stop_reading, stop_writing; /* what follows is of no use; see above */
    enum status read_status;                 /* the reader's result; valid once it has ended */
    int64_t added;
    const struct language *language; /* that a new shop gets; NULL: as it is */
    struct import import;
    bool updates;
    struct import_update update;
    unsigned char *differs; /* a bit for each row in the spool: whether its product is to be changed */
    int64_t changed;
    bool is_published; /* what fails after that leaves the new products there */
};

/* Prints what is wrong with a line of the file, or with the file if the line is 0. */
__attribute__((format(printf, 3, 4))) void import_print(struct import_command *im, int64_t line,
                                                        const char *format, ...);

/* Counts a bad row, and prints it. False if it was the last that is printed. */
bool import_print_bad_row(struct import_command *im, int64_t line, const char *error);

/* The reader thread. An unreadable file is STATUS_USAGE: then its message has been printed. */
void *import_reader_main(void *import_command);

/* Opens the database once the reader is ahead, and writes. STATUS_USAGE if it cannot be opened, which was printed. */
enum status import_write_database(struct import_command *im, const char *url);
