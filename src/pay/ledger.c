#include "pay/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { room_bytes = 1024 * 1024 }; /* made at a time: for some 2,500 lines */

struct lines {
    char *at;
    size_t size, room;
};

struct ledger {
    int fd; /* -1: memory only */
    pthread_mutex_t lock;
    pthread_cond_t synced;
    struct lines waiting; /* added, and not yet with a writer */
    struct lines writing; /* the writer's, who holds no lock; kept where the disk refused it */
    bool busy;            /* somebody writes */
    uint64_t added;       /* bytes: where the file will end */
    uint64_t durable;     /* bytes: up to where it is on the disk */
    uint64_t length;      /* bytes: of the file with the room behind its lines; the writer's */
};

static enum status say(char *why, const char *what, const char *path) {
    snprintf(why, ledger_why_size, "%s %s: %s", what, path, strerror(errno));
    return STATUS_STORAGE;
}

/* Whether what was read is no whole line: one that was torn, or the room behind the last. */
static bool is_rest(struct str line) {
    return line.at[line.size - 1] != '\n' || memchr(line.at, '\0', line.size);
}

static bool is_blank(struct str text) {
    size_t i = 0;
    while (i < text.size && text.at[i] == '\0')
        i++;
    return i == text.size;
}

/* Reads whole lines; `end` is where the last of them ends. A file with none but with something else is not
 * ours: what stands behind the lines is cut off. */
static enum status read_lines(FILE *file, const char *path, ledger_reader *read, void *context, off_t *end,
                              char *why) {
    char *line = NULL;
    size_t room = 0;
    enum status s = STATUS_OK;
    *end = 0;
    for (size_t number = 1; s == STATUS_OK; number++) {
        ssize_t size = getline(&line, &room, file);
        if (size <= 0)
            break;
        struct str whole = {line, (size_t)size};
        bool rest = is_rest(whole);
        if (rest && (number > 1 || is_blank(whole)))
            break;
        s = rest || size - 1 > ledger_line_bytes_max ? STATUS_INVALID
                                                     : read(context, (struct str){line, (size_t)size - 1});
        if (s == STATUS_INVALID)
            snprintf(why, ledger_why_size, "%s: line %zu is none of the mock's; give another --ledger", path,
                     number);
        *end += size;
    }
    if (s == STATUS_OK && ferror(file))
        s = say(why, "cannot read", path);
    free(line);
    return s;
}

/* A file that was just made must be found again after a power cut. */
static enum status sync_folder(const char *path, char *why) {
    char *copy = strdup(path);
    int folder = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool synced = folder >= 0 && fsync(folder) == 0;
    enum status s = synced ? STATUS_OK : say(why, "cannot sync the folder of", path);
    if (folder >= 0)
        close(folder);
    free(copy);
    return s;
}

static enum status open_file(struct ledger *l, const char *path, ledger_reader *read, void *context,
                             char *why) {
    off_t end = 0;
    l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (l->fd < 0)
        return say(why, "cannot open", path);
    if (flock(l->fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(why, ledger_why_size, "%s is in use by another till", path);
        return STATUS_STORAGE;
    }
    int copy = fcntl(l->fd, F_DUPFD_CLOEXEC, 0); /* the stream's own, to be closed with it */
    FILE *file = copy < 0 ? NULL : fdopen(copy, "r");
    if (!file) {
        if (copy >= 0)
            close(copy);
        return say(why, "cannot read", path);
    }
    enum status s = read_lines(file, path, read, context, &end, why);
    fclose(file);
    if (s != STATUS_OK)
        return s;
    if (ftruncate(l->fd, end) != 0 || fsync(l->fd) != 0)
        return say(why, "cannot write", path);
    l->added = l->durable = l->length = (uint64_t)end;
    return sync_folder(path, why);
}

enum status ledger_open(const char *path, ledger_reader *read, void *context, struct ledger **out,
                        char *why) {
    struct ledger *l = calloc(1, sizeof *l);
    if (!l)
        return STATUS_NO_MEMORY;
    l->fd = -1;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->synced, NULL);
    enum status s = path ? open_file(l, path, read, context, why) : STATUS_OK;
    if (s != STATUS_OK) {
        ledger_close(l);
        return s;
    }
    *out = l;
    return STATUS_OK;
}

bool ledger_has_room(struct ledger *l) {
    pthread_mutex_lock(&l->lock);
    bool room = l->added - l->durable < ledger_waiting_bytes_max;
    pthread_mutex_unlock(&l->lock);
    return room;
}

static bool make_room(struct lines *lines, size_t need) {
    size_t room = lines->room ? lines->room : 4096;
    while (room - lines->size < need)
        room *= 2;
    char *at = room > lines->room ? realloc(lines->at, room) : lines->at;
    if (!at)
        return false;
    *lines = (struct lines){at, lines->size, room};
    return true;
}

bool ledger_add(struct ledger *l, struct str line, uint64_t *ticket) {
    assert(line.size <= ledger_line_bytes_max);
    pthread_mutex_lock(&l->lock);
    bool added = l->fd < 0 || make_room(&l->waiting, line.size + 1);
    if (added) {
        l->added += line.size + 1;
        *ticket = l->added;
        if (l->fd < 0)
            l->durable = l->added; /* as durable as it will be */
    }
    if (added && l->fd >= 0) {
        memcpy(l->waiting.at + l->waiting.size, line.at, line.size);
        l->waiting.at[l->waiting.size + line.size] = '\n';
        l->waiting.size += line.size + 1;
    }
    pthread_mutex_unlock(&l->lock);
    return added;
}

uint64_t ledger_latest(struct ledger *l) {
    pthread_mutex_lock(&l->lock);
    uint64_t latest = l->added;
    pthread_mutex_unlock(&l->lock);
    return latest;
}

/* Writes all of it; false where the disk does not take it, and then `at` is how far it came. */
static bool write_all(int fd, const char *bytes, size_t size, uint64_t *at) {
    while (size > 0) {
        ssize_t n = pwrite(fd, bytes, size, (off_t)*at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n, size -= (size_t)n, *at += (uint64_t)n;
    }
    return true;
}

/* Writes zeros where the next lines will stand, so that a sync has their bytes to write and not the file's
 * new length as well, for which a file system writes to its journal too. Where there is no room for that,
 * there may be some for lines. */
static void extend(struct ledger *l, uint64_t end) {
    static const char zeros[64 * 1024];
    if (end <= l->length)
        return;
    l->length = end;
    for (size_t i = 0; i < room_bytes / sizeof zeros; i++)
        if (!write_all(l->fd, zeros, sizeof zeros, &l->length))
            return;
}

/* Without the lock: the writer's lines to the file and to the disk. */
static bool write_out(struct ledger *l) {
    uint64_t at = l->durable;
    extend(l, at + l->writing.size);
    return write_all(l->fd, l->writing.at, l->writing.size, &at) && fdatasync(l->fd) == 0;
}

/* With the lock, which it lets go while the disk works: writes all that waits. What an earlier writer could
 * not write goes first; it is still in `writing`. */
static bool sync_waiting(struct ledger *l) {
    if (l->writing.size == 0) {
        struct lines empty = l->writing;
        l->writing = l->waiting;
        l->waiting = empty;
    }
    l->busy = true;
    pthread_mutex_unlock(&l->lock);
    bool written = write_out(l); /* what it reads is the writer's own while busy */
    pthread_mutex_lock(&l->lock);
    l->busy = false;
    if (written) {
        l->durable += l->writing.size;
        l->writing.size = 0;
    }
    pthread_cond_broadcast(&l->synced);
    return written;
}

enum status ledger_wait(struct ledger *l, uint64_t ticket) {
    if (l->fd < 0)
        return STATUS_OK;
    bool working = true;
    pthread_mutex_lock(&l->lock);
    while (l->durable < ticket && working)
        if (l->busy)
            pthread_cond_wait(&l->synced, &l->lock);
        else
            working = sync_waiting(l);
    bool durable = l->durable >= ticket;
    pthread_mutex_unlock(&l->lock);
    return durable ? STATUS_OK : STATUS_STORAGE;
}

void ledger_close(struct ledger *l) {
    if (!l)
        return;
    if (l->fd >= 0) {
        bool written = ledger_wait(l, l->added) == STATUS_OK;
        if (written && l->length > l->durable && ftruncate(l->fd, (off_t)l->durable) != 0)
            errno = 0; /* what stands behind the lines is cut off by the next to open it */
        close(l->fd);
    }
    pthread_cond_destroy(&l->synced);
    pthread_mutex_destroy(&l->lock);
    free(l->waiting.at);
    free(l->writing.at);
    free(l);
}
