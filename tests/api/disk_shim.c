/* A recording, failing disk for an unmodified program: preloaded, it writes down every write, truncation,
 * sync, rename and removal below one folder, and can kill the process or fail a sync at a chosen one.
 *
 * The record outlives the process, so several runs append to one. tests/api/disk.py reads it and builds what
 * a disk would hold after a power cut: only what was synced. A sync that failed loses the writes that it was
 * for, although the page cache still shows them, as fsync(2) allows.
 *
 *     DISK_LOG=FILE     where to record
 *     DISK_ROOT=FOLDER  what to record: files below it, shared memory (-shm) aside
 *     DISK_KILL=N       SIGKILL just before operation N (from 1) of DISK_ON
 *     DISK_FAIL=N       operation N of DISK_ON, a sync, returns EIO; DISK_FAIL=N+ that one and all after it
 *     DISK_ON=OP:END    which operations are counted: those of this name on files whose name ends so, such as
 *                       sync:-wal or write:.db
 *
 * A record is a struct record, then the path's bytes, then the data's. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
    char op; /* w write, t truncate, s sync, f failed sync, r rename (data: the new path), u unlink */
    char unused[3];
    uint32_t path_size;
    uint64_t offset; /* of a write; the new size of a truncation */
    uint64_t size;   /* of the data */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char root[PATH_MAX], on_op[16], on_end[64];
static long kill_at, fail_at, counted;
static bool fail_on;

__attribute__((constructor)) static void disk_begin(void) {
    const char *log = getenv("DISK_LOG"), *folder = getenv("DISK_ROOT"), *on = getenv("DISK_ON");
    const char *kill_text = getenv("DISK_KILL"), *fail_text = getenv("DISK_FAIL");
    if (!log || !folder || !realpath(folder, root))
        return;
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (on)
        sscanf(on, "%15[^:]:%63s", on_op, on_end);
    kill_at = kill_text ? atol(kill_text) : 0;
    fail_at = fail_text ? atol(fail_text) : 0;
    fail_on = fail_text && strchr(fail_text, '+');
}

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* The path of a descriptor; false if it is no file that is recorded. */
static bool path_of(int fd, char path[static PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = log_fd < 0 || fd == log_fd ? -1 : readlink(link, path, PATH_MAX - 1);
    if (n < 0)
        return false;
    path[n] = '\0';
    return strncmp(path, root, strlen(root)) == 0 && path[strlen(root)] == '/' && !ends_with(path, "-shm");
}

static void put_record(char op, const char *path, uint64_t offset, const void *data, uint64_t size) {
    struct record r = {.op = op, .path_size = (uint32_t)strlen(path), .offset = offset, .size = size};
    struct iovec parts[] = {
        {&r, sizeof r}, {(void *)(uintptr_t)path, r.path_size}, {(void *)(uintptr_t)data, size}};
    if (syscall(SYS_writev, log_fd, parts, 3) < 0)
        abort();
}

/* Counts an operation; true if it must fail. Kills the process if it is the one. The lock is held. */
static bool count_operation(const char *op, const char *path) {
    if (strcmp(op, on_op) != 0 || !ends_with(path, on_end))
        return false;
    counted++;
    if (counted == kill_at)
        kill(getpid(), SIGKILL);
    return counted == fail_at || (fail_on && fail_at && counted > fail_at);
}

static ssize_t recorded_write(int fd, const void *data, size_t size, off_t offset, bool positioned) {
    char path[PATH_MAX];
    bool recorded = path_of(fd, path);
    if (recorded) {
        pthread_mutex_lock(&lock);
        count_operation("write", path);
    }
    off_t at = positioned ? offset : recorded ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t n = positioned ? (ssize_t)syscall(SYS_pwrite64, fd, data, size, offset)
                           : (ssize_t)syscall(SYS_write, fd, data, size);
    if (recorded) {
        int error = errno;
        if (n > 0)
            put_record('w', path, (uint64_t)at, data, (uint64_t)n);
        pthread_mutex_unlock(&lock);
        errno = error;
    }
    return n;
}

static int recorded_sync(int fd, long call) {
    char path[PATH_MAX];
    if (!path_of(fd, path))
        return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    bool fails = count_operation("sync", path);
    put_record(fails ? 'f' : 's', path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    if (fails) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, fd);
}

static int recorded_truncate(int fd, off_t size) {
    char path[PATH_MAX];
    bool recorded = path_of(fd, path);
    int result = (int)syscall(SYS_ftruncate, fd, size);
    if (recorded && result == 0) {
        pthread_mutex_lock(&lock);
        count_operation("truncate", path);
        put_record('t', path, (uint64_t)size, NULL, 0);
        pthread_mutex_unlock(&lock);
    }
    return result;
}

static void record_name(char op, const char *path, const char *new_path) {
    char whole[PATH_MAX], new_whole[PATH_MAX] = "";
    if (log_fd < 0 || !realpath(path, whole) || strncmp(whole, root, strlen(root)) != 0)
        return;
    if (new_path && (!realpath(new_path, new_whole)))
        snprintf(new_whole, sizeof new_whole, "%s", new_path);
    pthread_mutex_lock(&lock);
    count_operation(op == 'u' ? "unlink" : "rename", whole);
    put_record(op, whole, 0, new_whole, strlen(new_whole));
    pthread_mutex_unlock(&lock);
}

ssize_t write(int fd, const void *data, size_t size) {
    return recorded_write(fd, data, size, 0, false);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return recorded_write(fd, data, size, offset, true);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) {
    return recorded_write(fd, data, size, offset, true);
}

int fsync(int fd) {
    return recorded_sync(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return recorded_sync(fd, SYS_fdatasync);
}

int ftruncate(int fd, off_t size) {
    return recorded_truncate(fd, size);
}

int ftruncate64(int fd, off_t size) {
    return recorded_truncate(fd, size);
}

int rename(const char *path, const char *new_path) {
    record_name('r', path, new_path);
    return (int)syscall(SYS_rename, path, new_path);
}

int unlink(const char *path) {
    record_name('u', path, NULL);
    return (int)syscall(SYS_unlink, path);
}
