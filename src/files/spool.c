/* The file is a list of blocks, and a block a list of products:
 *
 *      size | head texts | head texts | …      size | head texts | …
 *      block of 256 KiB or a little more       block
 *
 * The reader fills a block in memory (`put`), and writes it to the file when it is full. Under the lock, it
 * then moves `written_bytes` on: everything before that is there. The writer reads a block at a time into
 * memory of its own (`taken`), as soon as `written_bytes` is past what it has taken. So the lock is held once
 * in some hundred products, and never while the file is read or written.
 *
 * Blocks are read while they are still in the page cache, unless the writer is far behind. */
#include "files/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { spool_texts = 6 };
static const uint32_t absent_text = UINT32_MAX;

/* Precedes a product's texts. Integers are the machine's own, because no other process ever reads the
 * file. */
struct spool_head {
    struct uuid id;
    int64_t price, stock_quantity, line, at_bytes;
    struct maybe_int weight_grams;
    struct maybe_bool ships;
    uint32_t sizes[spool_texts]; /* absent_text: the text is absent */
};

/* Precedes a block: the bytes of its products. */
typedef uint32_t block_size;

/* A block is full when it is past spool_block_bytes, by at most one product. */
enum { room_bytes = spool_block_bytes + spool_product_bytes_max + (int)sizeof(block_size) };

/* Opens a file without a name. A file system that cannot make one (O_TMPFILE) has it made and unlinked. */
static int temporary_file_open(void) {
    char path[PATH_MAX];
    const char *folder = getenv("TMPDIR");
    folder = folder && folder[0] ? folder : "/var/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    if ((size_t)snprintf(path, sizeof path, "%s/till-XXXXXX", folder) >= sizeof path)
        return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

bool spool_open(struct spool *spool) {
    *spool = (struct spool){.fd = temporary_file_open(), .put_size = sizeof(block_size)};
    pthread_mutex_init(&spool->lock, NULL);
    pthread_cond_init(&spool->more, NULL);
    spool->put = malloc(room_bytes);
    spool->taken = malloc(room_bytes);
    if (spool->fd >= 0 && spool->put && spool->taken)
        return true;
    spool_close(spool);
    return false;
}

void spool_close(struct spool *spool) {
    int error = errno;
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool->put);
    free(spool->taken);
    pthread_cond_destroy(&spool->more);
    pthread_mutex_destroy(&spool->lock);
    errno = error;
}

static bool spool_write(int fd, const char *data, size_t size, int64_t at) {
    for (ssize_t done; size > 0; data += done, size -= (size_t)done, at += done) {
        done = pwrite(fd, data, size, at);
        if (done < 0 && errno == EINTR)
            done = 0;
        if (done < 0)
            return false;
    }
    return true;
}

static bool spool_read(int fd, char *data, size_t size, int64_t at) {
    for (ssize_t done; size > 0; data += done, size -= (size_t)done, at += done) {
        done = pread(fd, data, size, at);
        if (done < 0 && errno == EINTR)
            done = 0;
        else if (done <= 0)
            return false;
    }
    return true;
}

/* Writes the block that was filled, and makes its products known to the other thread. */
static enum status spool_flush(struct spool *spool) {
    block_size size = (block_size)(spool->put_size - sizeof size);
    memcpy(spool->put, &size, sizeof size);
    if (!spool_write(spool->fd, spool->put, spool->put_size, spool->written_bytes))
        return STATUS_STORAGE;
    pthread_mutex_lock(&spool->lock);
    spool->written_bytes += (int64_t)spool->put_size;
    spool->rows += spool->put_rows;
    pthread_cond_signal(&spool->more);
    pthread_mutex_unlock(&spool->lock);
    spool->put_size = sizeof size;
    spool->put_rows = 0;
    return STATUS_OK;
}

enum status spool_put(struct spool *spool, const struct spooled *in) {
    const struct product *p = &in->product;
    const struct str texts[spool_texts] = {p->name,      p->description, p->category,
                                           p->image_url, p->key,         p->tax_class};
    struct spool_head head = {p->id,        p->price,        p->stock_quantity, in->line,
                              in->at_bytes, p->weight_grams, p->ships,          {0}};
    char *at = spool->put + spool->put_size + sizeof head;
    for (size_t i = 0; i < spool_texts; at += texts[i].size, i++) {
        head.sizes[i] = texts[i].data ? (uint32_t)texts[i].size : absent_text;
        assert(at + texts[i].size <= spool->put + room_bytes);
        if (texts[i].data)
            memcpy(at, texts[i].data, texts[i].size);
    }
    memcpy(spool->put + spool->put_size, &head, sizeof head);
    spool->put_size = (size_t)(at - spool->put);
    spool->put_rows++;
    return spool->put_size < spool_block_bytes ? STATUS_OK : spool_flush(spool);
}

enum status spool_end(struct spool *spool) {
    enum status s = spool->put_rows > 0 ? spool_flush(spool) : STATUS_OK;
    pthread_mutex_lock(&spool->lock);
    spool->ended = true;
    spool->failed = s != STATUS_OK;
    pthread_cond_signal(&spool->more);
    pthread_mutex_unlock(&spool->lock);
    return s;
}

/* Reads the next block into `taken`; waits until there is one. STATUS_NOT_FOUND if there will not be one. */
static enum status spool_take_block(struct spool *spool) {
    block_size size;
    pthread_mutex_lock(&spool->lock);
    while (spool->taken_bytes == spool->written_bytes && !spool->ended)
        pthread_cond_wait(&spool->more, &spool->lock);
    bool more = spool->taken_bytes < spool->written_bytes, failed = spool->failed;
    pthread_mutex_unlock(&spool->lock);
    if (!more)
        return failed ? STATUS_STORAGE : STATUS_NOT_FOUND;
    if (!spool_read(spool->fd, (char *)&size, sizeof size, spool->taken_bytes) || size > room_bytes ||
        !spool_read(spool->fd, spool->taken, size, spool->taken_bytes + (int64_t)sizeof size))
        return STATUS_STORAGE;
    spool->taken_bytes += (int64_t)(sizeof size + size);
    spool->taken_size = size;
    spool->taken_at = 0;
    return STATUS_OK;
}

enum status spool_take(struct spool *spool, struct spooled *out) {
    TRY(spool->taken_at == spool->taken_size ? spool_take_block(spool) : STATUS_OK);
    struct spool_head head;
    memcpy(&head, spool->taken + spool->taken_at, sizeof head);
    const char *at = spool->taken + spool->taken_at + sizeof head;
    struct str texts[spool_texts];
    for (size_t i = 0; i < spool_texts; at += texts[i].size, i++) {
        bool is_absent = head.sizes[i] == absent_text;
        texts[i].data = is_absent ? NULL : at;
        texts[i].size = is_absent ? 0 : head.sizes[i];
    }
    spool->taken_at = (size_t)(at - spool->taken);
    *out = (struct spooled){
        .product = {.id = head.id,
                    .name = texts[0],
                    .description = texts[1],
                    .price = head.price,
                    .stock_quantity = head.stock_quantity,
                    .category = texts[2],
                    .image_url = texts[3],
                    .key = texts[4],
                    .weight_grams = head.weight_grams,
                    .ships = head.ships,
                    .tax_class = texts[5]},
        .line = head.line,
        .at_bytes = head.at_bytes,
    };
    return STATUS_OK;
}

void spool_rewind(struct spool *spool) {
    spool->taken_bytes = 0;
    spool->taken_size = spool->taken_at = 0;
}

int64_t spool_wait(struct spool *spool, int64_t rows) {
    pthread_mutex_lock(&spool->lock);
    while (spool->rows < rows && !spool->ended)
        pthread_cond_wait(&spool->more, &spool->lock);
    rows = spool->rows;
    pthread_mutex_unlock(&spool->lock);
    return rows;
}
