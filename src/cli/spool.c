#include "cli/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What stands before a product's texts in the file, which nobody else ever reads. */
struct head {
    struct uuid id;
    int64_t price, stock_quantity, line, at_bytes;
    uint32_t sizes[4];
};

/* What stands before a block. */
typedef uint32_t block_size;

enum { room_bytes = spool_block_bytes + spool_product_bytes_max + (int)sizeof(block_size) };

static int open_temporary(void) {
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
    *spool = (struct spool){.fd = open_temporary(), .put_size = sizeof(block_size)};
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
    int why = errno;
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool->put);
    free(spool->taken);
    pthread_cond_destroy(&spool->more);
    pthread_mutex_destroy(&spool->lock);
    errno = why;
}

static bool write_all(int fd, const char *data, size_t size, int64_t at) {
    for (ssize_t done; size > 0; data += done, size -= (size_t)done, at += done) {
        done = pwrite(fd, data, size, at);
        if (done < 0 && errno == EINTR)
            done = 0;
        if (done < 0)
            return false;
    }
    return true;
}

static bool read_all(int fd, char *data, size_t size, int64_t at) {
    for (ssize_t done; size > 0; data += done, size -= (size_t)done, at += done) {
        done = pread(fd, data, size, at);
        if (done < 0 && errno == EINTR)
            done = 0;
        else if (done <= 0)
            return false;
    }
    return true;
}

/* Writes the block, and lets its rows be known. */
static enum status flush(struct spool *spool) {
    block_size size = (block_size)(spool->put_size - sizeof size);
    memcpy(spool->put, &size, sizeof size);
    if (!write_all(spool->fd, spool->put, spool->put_size, spool->written_bytes))
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
    const struct str texts[] = {p->name, p->description, p->category, p->image_url};
    struct head head = {p->id, p->price, p->stock_quantity, in->line, in->at_bytes, {0}};
    char *at = spool->put + spool->put_size + sizeof head;
    for (size_t i = 0; i < 4; at += texts[i].size, i++) {
        head.sizes[i] = (uint32_t)texts[i].size;
        assert(at + texts[i].size <= spool->put + room_bytes);
        memcpy(at, texts[i].at, texts[i].size);
    }
    memcpy(spool->put + spool->put_size, &head, sizeof head);
    spool->put_size = (size_t)(at - spool->put);
    spool->put_rows++;
    return spool->put_size < spool_block_bytes ? STATUS_OK : flush(spool);
}

enum status spool_end(struct spool *spool) {
    enum status s = spool->put_rows > 0 ? flush(spool) : STATUS_OK;
    pthread_mutex_lock(&spool->lock);
    spool->ended = true;
    pthread_cond_signal(&spool->more);
    pthread_mutex_unlock(&spool->lock);
    return s;
}

/* Reads the next block, as soon as there is one. */
static enum status take_block(struct spool *spool) {
    block_size size;
    pthread_mutex_lock(&spool->lock);
    while (spool->taken_bytes == spool->written_bytes && !spool->ended)
        pthread_cond_wait(&spool->more, &spool->lock);
    bool more = spool->taken_bytes < spool->written_bytes;
    pthread_mutex_unlock(&spool->lock);
    if (!more)
        return STATUS_NOT_FOUND;
    if (!read_all(spool->fd, (char *)&size, sizeof size, spool->taken_bytes) || size > room_bytes ||
        !read_all(spool->fd, spool->taken, size, spool->taken_bytes + (int64_t)sizeof size))
        return STATUS_STORAGE;
    spool->taken_bytes += (int64_t)(sizeof size + size);
    spool->taken_size = size;
    spool->taken_at = 0;
    return STATUS_OK;
}

enum status spool_take(struct spool *spool, struct spooled *out) {
    enum status s = spool->taken_at == spool->taken_size ? take_block(spool) : STATUS_OK;
    if (s != STATUS_OK)
        return s;
    struct head head;
    memcpy(&head, spool->taken + spool->taken_at, sizeof head);
    const char *at = spool->taken + spool->taken_at + sizeof head;
    struct str texts[4];
    for (size_t i = 0; i < 4; at += texts[i].size, i++)
        texts[i] = (struct str){at, head.sizes[i]};
    spool->taken_at = (size_t)(at - spool->taken);
    *out = (struct spooled){
        .product = {head.id, texts[0], texts[1], head.price, head.stock_quantity, texts[2], texts[3]},
        .line = head.line,
        .at_bytes = head.at_bytes,
    };
    return STATUS_OK;
}

int64_t spool_wait(struct spool *spool, int64_t rows) {
    pthread_mutex_lock(&spool->lock);
    while (spool->rows < rows && !spool->ended)
        pthread_cond_wait(&spool->more, &spool->lock);
    rows = spool->rows;
    pthread_mutex_unlock(&spool->lock);
    return rows;
}
