/* Locks of ranges of a file, as fcntl(2) has them: F_SETLK's belong to the process, and go when it closes any descriptor
 * of the file; F_OFD_SETLK's belong to the open file. */
#include "disk_state.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static int64_t range_last(const struct flock *range) {
    return range->l_len == 0 ? INT64_MAX : range->l_start + range->l_len - 1;
}

static struct held *lock_conflict(const struct inode *inode, const void *owner, bool exclusive,
                                  const struct flock *range) {
    for (struct held *h = inode->locks; h; h = h->next)
        if (h->owner != owner && (exclusive || h->exclusive) && h->first <= range_last(range) &&
            h->last >= range->l_start)
            return h;
    return NULL;
}

static void lock_add(struct inode *inode, struct held held) {
    struct held *h = malloc(sizeof *h);
    assert(h);
    *h = held;
    h->next = inode->locks;
    inode->locks = h;
}

/* Takes the range away from the owner's locks; what one has on both sides of it stays. */
static void lock_cut(struct inode *inode, const void *owner, int64_t first, int64_t last) {
    for (struct held **at = &inode->locks, *h; (h = *at) != NULL;) {
        if (h->owner != owner || h->first > last || h->last < first) {
            at = &h->next;
            continue;
        }
        struct held old = *h;
        *at = h->next;
        free(h);
        if (old.first < first)
            lock_add(inode, (struct held){NULL, owner, old.first, first - 1, old.exclusive});
        if (old.last > last)
            lock_add(inode, (struct held){NULL, owner, last + 1, old.last, old.exclusive});
    }
}

int disk_lock(struct inode *inode, const void *owner, short type, const struct flock *range) {
    if (type != F_UNLCK && lock_conflict(inode, owner, type == F_WRLCK, range)) {
        errno = EAGAIN;
        return -1;
    }
    lock_cut(inode, owner, range->l_start, range_last(range));
    if (type != F_UNLCK)
        lock_add(inode, (struct held){NULL, owner, range->l_start, range_last(range), type == F_WRLCK});
    return 0;
}

void disk_lock_get(struct inode *inode, const void *owner, struct flock *range) {
    const struct held *h = lock_conflict(inode, owner, range->l_type == F_WRLCK, range);
    range->l_type = (short)(!h ? F_UNLCK : h->exclusive ? F_WRLCK : F_RDLCK);
}

void disk_unlock_all(struct inode *inode, const void *owner) {
    lock_cut(inode, owner, 0, INT64_MAX);
}
