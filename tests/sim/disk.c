/* The files, their names, and what a power cut leaves of both.
 *
 *     names          till.db ─▶ inode 1    till.db-wal ─▶ inode 2
 *     durable names  till.db ─▶ inode 1
 *     name changes   + till.db-wal ─▶ inode 2
 *
 *     inode 2        cache    ▓▓▓▓▓▓▓▓▓▓▓▓
 *                    durable  ▓▓▓▓
 *                    changes  write(4, 5 bytes) ─▶ write(9, 3 bytes)
 *
 * A sync applies the changes of a file to its durable bytes and forgets them. A power cut applies some of them, in
 * their order, and the result is the new cache. A sync that fails does the same as a power cut would: each write is on
 * the disk or lost, and the list is empty, because Linux marks the pages clean.
 *
 * SQLite relies on a disk that never changes bytes beside those that are written ("powersafe overwrite"), and so does
 * this one: a torn sector is torn within the write. */
#include "disk_state.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct fault_plan {
    uint64_t at, calls;
    bool forever;
};

struct opened disk_opened[opened_max];

static struct {
    struct names names, durable_names;
    struct name_change *name_changes, **name_last;
    struct inode *inodes;
    uint64_t inode_count, random;
    uint64_t steps, cut_at;
    bool cut, failed;
    struct fault_plan plans[DISK_FAULTS];
    void (*on_step)(void *context);
    void *context;
} disk = {.name_last = &disk.name_changes};

static pthread_mutex_t disk_mutex = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool is_inside;

void disk_enter(void) {
    pthread_mutex_lock(&disk_mutex);
    is_inside = true;
}

void disk_leave(void) {
    is_inside = false;
    pthread_mutex_unlock(&disk_mutex);
}

bool disk_is_inside(void) {
    return is_inside;
}

/* splitmix64, by Sebastiano Vigna. */
static uint64_t disk_next(uint64_t *state) {
    uint64_t x = *state += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

void disk_random(void *out, size_t size) {
    for (size_t i = 0; i < size; i++)
        ((char *)out)[i] = (char)disk_next(&disk.random);
}

/* ---- Faults and steps. */

bool disk_fails(enum disk_fault kind) {
    struct fault_plan *plan = &disk.plans[kind];
    plan->calls++;
    bool fails = plan->at && (plan->calls == plan->at || (plan->forever && plan->calls > plan->at));
    disk.failed |= fails;
    return fails;
}

bool disk_power(void) {
    return !disk.cut;
}

bool disk_step_end(void) {
    disk.steps++;
    disk.cut |= disk.steps == disk.cut_at;
    if (!disk.cut && disk.on_step) { /* it may call the disk itself */
        void (*function)(void *) = disk.on_step;
        void *context = disk.context;
        disk_leave();
        function(context);
        disk_enter();
    }
    if (disk.cut)
        errno = EIO;
    return !disk.cut;
}

void disk_cut_at(uint64_t k) {
    disk_enter();
    disk.steps = 0;
    disk.cut_at = k;
    disk_leave();
}

bool disk_is_cut(void) {
    disk_enter();
    bool cut = disk.cut;
    disk_leave();
    return cut;
}

uint64_t disk_steps(void) {
    disk_enter();
    uint64_t steps = disk.steps;
    disk_leave();
    return steps;
}

void disk_fail_at(enum disk_fault kind, uint64_t k, bool forever) {
    disk_enter();
    disk.plans[kind] = (struct fault_plan){k, 0, forever};
    disk_leave();
}

void disk_fail_never(void) {
    disk_enter();
    memset(disk.plans, 0, sizeof disk.plans);
    disk.failed = false;
    disk_leave();
}

uint64_t disk_calls(enum disk_fault kind) {
    disk_enter();
    uint64_t calls = disk.plans[kind].calls;
    disk_leave();
    return calls;
}

bool disk_has_failed(void) {
    disk_enter();
    bool failed = disk.failed;
    disk_leave();
    return failed;
}

void disk_on_step(void (*function)(void *context), void *context) {
    disk_enter();
    disk.on_step = function;
    disk.context = context;
    disk_leave();
}

/* ---- Names. */

static struct entry *names_find(struct names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->entries[i].name, name) == 0)
            return &names->entries[i];
    return NULL;
}

static void names_remove(struct names *names, const char *name) {
    struct entry *e = names_find(names, name);
    if (e)
        *e = names->entries[--names->count];
}

static void names_apply(struct names *names, const struct name_change *change) {
    if (change->gone[0])
        names_remove(names, change->gone);
    if (!change->come.inode)
        return;
    names_remove(names, change->come.name);
    assert(names->count < names_max);
    names->entries[names->count++] = change->come;
}

struct inode *disk_find(const char *name) {
    struct entry *e = names_find(&disk.names, name);
    return e ? e->inode : NULL;
}

void disk_change_names(const char *gone, const char *come, struct inode *inode) {
    struct name_change *change = calloc(1, sizeof *change);
    assert(change && (!gone || strlen(gone) < name_size) && (!come || strlen(come) < name_size));
    if (gone)
        memcpy(change->gone, gone, strlen(gone));
    if (come)
        memcpy(change->come.name, come, strlen(come));
    change->come.inode = come ? inode : NULL;
    names_apply(&disk.names, change);
    *disk.name_last = change;
    disk.name_last = &change->next;
}

/* Ends the list of changes, and applies to the durable names those that `keep` returns true for. */
static void name_changes_end(bool (*keep)(void *context), void *context) {
    for (struct name_change *c = disk.name_changes, *next; c; c = next) {
        next = c->next;
        if (keep(context))
            names_apply(&disk.durable_names, c);
        free(c);
    }
    disk.name_changes = NULL;
    disk.name_last = &disk.name_changes;
}

static bool keep_all(void *context) {
    (void)context;
    return true;
}

void disk_sync_names(void) {
    name_changes_end(keep_all, NULL);
    disk_collect();
}

/* ---- Files. */

struct inode *disk_create(const char *name) {
    struct inode *inode = calloc(1, sizeof *inode);
    assert(inode);
    inode->number = ++disk.inode_count;
    inode->last = &inode->changes;
    inode->next = disk.inodes;
    disk.inodes = inode;
    if (name)
        disk_change_names(NULL, name, inode);
    return inode;
}

static bool names_hold(const struct names *names, const struct inode *inode) {
    for (size_t i = 0; i < names->count; i++)
        if (names->entries[i].inode == inode)
            return true;
    return false;
}

static bool inode_is_used(const struct inode *inode) {
    if (inode->opens > 0 || names_hold(&disk.names, inode) || names_hold(&disk.durable_names, inode))
        return true;
    for (const struct name_change *c = disk.name_changes; c; c = c->next)
        if (c->come.inode == inode)
            return true;
    return false;
}

static void changes_free(struct inode *inode) {
    for (struct change *c = inode->changes, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    inode->changes = NULL;
    inode->last = &inode->changes;
}

static void inode_free(struct inode *inode) {
    changes_free(inode);
    bytes_free(&inode->cache);
    bytes_free(&inode->durable);
    for (struct held *h = inode->locks, *next; h; h = next) {
        next = h->next;
        free(h);
    }
    free(inode);
}

void disk_collect(void) {
    for (struct inode **at = &disk.inodes, *inode; (inode = *at) != NULL;)
        if (inode_is_used(inode))
            at = &inode->next;
        else {
            *at = inode->next;
            inode_free(inode);
        }
}

/* Changes the cache, and notes the change. */
void disk_note(struct inode *inode, int64_t offset, const char *data, int64_t size) {
    struct change *c = malloc(sizeof *c + (size > 0 ? (size_t)size : 0));
    assert(c);
    *c = (struct change){NULL, offset, size};
    if (size > 0)
        memcpy(c->data, data, (size_t)size);
    *inode->last = c;
    inode->last = &c->next;
    if (size < 0)
        bytes_truncate(&inode->cache, offset);
    else
        bytes_write(&inode->cache, offset, data, size);
}

static void change_apply(struct bytes *bytes, const struct change *c) {
    if (c->size < 0)
        bytes_truncate(bytes, c->offset);
    else
        bytes_write(bytes, c->offset, c->data, c->size);
}

void disk_sync_file(struct inode *inode) {
    for (struct change *c = inode->changes; c; c = c->next)
        change_apply(&inode->durable, c);
    changes_free(inode);
}

/* ---- What is left. */

struct damage {
    enum disk_model model;
    uint64_t random;
    bool torn; /* the one sector that was being written is found */
};

static bool damage_keeps(void *context) {
    struct damage *d = context;
    return d->model != DISK_SYNCED && disk_next(&d->random) % 2;
}

/* Writes some sectors of a change; at most one of all is garbage or zeros. */
static void damage_write_sectors(struct damage *d, struct bytes *out, struct change *c) {
    for (int64_t at = 0, size; at < c->size; at += size) {
        size = sector_bytes - (c->offset + at) % sector_bytes;
        size = size < c->size - at ? size : c->size - at;
        uint64_t random = disk_next(&d->random);
        if (!d->torn && random % 64 == 0) {
            d->torn = true;
            for (int64_t i = 0; i < size; i++)
                c->data[at + i] = random & 64 ? 0 : (char)disk_next(&d->random);
        } else if (random % 2)
            continue;
        bytes_write(out, c->offset + at, c->data + at, size);
    }
}

static void damage_file(struct damage *d, struct inode *inode) {
    for (struct change *c = inode->changes; c; c = c->next)
        if (d->model == DISK_SECTORS && c->size > 0)
            damage_write_sectors(d, &inode->durable, c);
        else if (damage_keeps(d))
            change_apply(&inode->durable, c);
    changes_free(inode);
}

void disk_sync_failed(struct inode *inode) {
    struct damage d = {.model = DISK_WRITES, .random = disk_next(&disk.random)};
    damage_file(&d, inode);
}

/* Closes all descriptors. Returns how many there were. */
static size_t opened_drop(void) {
    size_t count = 0;
    for (size_t i = 0; i < opened_max; i++)
        if (disk_opened[i].used) {
            count++;
            disk_opened[i] = (struct opened){0};
        }
    for (struct inode *inode = disk.inodes; inode; inode = inode->next) {
        inode->opens = 0;
        for (struct held *h; (h = inode->locks) != NULL;) {
            inode->locks = h->next;
            free(h);
        }
    }
    return count;
}

size_t disk_restart(enum disk_model model, uint64_t seed) {
    disk_enter();
    struct damage d = {.model = model, .random = seed};
    size_t count = opened_drop();
    name_changes_end(damage_keeps, &d);
    disk.names = disk.durable_names;
    disk_collect();
    for (struct inode *inode = disk.inodes; inode; inode = inode->next) {
        damage_file(&d, inode);
        bytes_copy(&inode->cache, &inode->durable);
    }
    disk.cut = false;
    disk.steps = disk.cut_at = 0;
    disk_leave();
    return count;
}

/* ---- Images. */

struct image_file {
    char name[name_size];
    uint64_t number; /* of its inode: two names of one file have the same */
    struct bytes bytes;
};

struct disk_image {
    size_t count;
    struct image_file files[names_max];
};

struct disk_image *disk_save(void) {
    disk_enter();
    struct disk_image *image = calloc(1, sizeof *image);
    assert(image);
    image->count = disk.names.count;
    for (size_t i = 0; i < image->count; i++) {
        const struct entry *e = &disk.names.entries[i];
        memcpy(image->files[i].name, e->name, name_size);
        image->files[i].number = e->inode->number;
        bytes_copy(&image->files[i].bytes, &e->inode->cache);
    }
    disk_leave();
    return image;
}

/* The lock is held. */
static void disk_empty(void) {
    opened_drop();
    disk.name_last = &disk.name_changes;
    name_changes_end(keep_all, NULL);
    disk.names.count = disk.durable_names.count = 0;
    disk_collect();
    memset(disk.plans, 0, sizeof disk.plans);
    disk.cut = disk.failed = false;
    disk.steps = disk.cut_at = disk.inode_count = 0;
}

void disk_load(const struct disk_image *image) {
    disk_enter();
    disk_empty();
    for (size_t i = 0; i < image->count; i++) {
        const struct image_file *file = &image->files[i];
        struct inode *same = NULL;
        for (size_t j = 0; j < i; j++)
            if (image->files[j].number == file->number)
                same = disk_find(image->files[j].name);
        struct inode *inode = same ? same : disk_create(NULL);
        disk_change_names(NULL, file->name, inode);
        if (same)
            continue;
        bytes_copy(&inode->cache, &file->bytes);
        bytes_copy(&inode->durable, &file->bytes);
    }
    disk_sync_names();
    disk_leave();
}

void disk_image_free(struct disk_image *image) {
    disk_enter();
    for (size_t i = 0; image && i < image->count; i++)
        bytes_free(&image->files[i].bytes);
    free(image);
    disk_leave();
}

void disk_begin(uint64_t seed) {
    disk_enter();
    disk_empty();
    disk.random = seed;
    disk_leave();
}

size_t disk_open_count(void) {
    disk_enter();
    size_t count = 0;
    for (size_t i = 0; i < opened_max; i++)
        count += disk_opened[i].used;
    disk_leave();
    return count;
}
