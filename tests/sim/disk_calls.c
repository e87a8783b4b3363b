/* libc's calls for files, in front of libc's own: the program's symbols come first for libsqlite3 and for Till's objects
 * alike. A path below DISK_ROOT, or a descriptor from fd_first on, is the disk's; everything else goes to the system.
 *
 * SQLite takes no other way than these: it syncs with fdatasync(), which is not among the calls that its VFS lets a test
 * replace (xSetSystemCall), and Till calls the same functions directly for claims, backups, restores and spools. So one
 * seam below both sees all files, and neither SQLite's VFS nor Till has to be changed for it. An LD_PRELOAD shim
 * (tests/api/disk_shim.c) has the same place, but its process must be killed and started for each cut. */
#undef _FILE_OFFSET_BITS /* open and open64 are two symbols here, of the same function on 64-bit systems */
#undef _FORTIFY_SOURCE

#include "disk_state.h"

#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static_assert(sizeof(off_t) == sizeof(off64_t), "one function for both");

/* The next definition of a function behind this one, which is libc's. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- What is the disk's. */

static bool path_is_folder(const char *path) {
    return strcmp(path, DISK_ROOT) == 0 || strcmp(path, DISK_ROOT "/") == 0 ||
           strcmp(path, DISK_ROOT "/.") == 0;
}

static bool path_is_ours(const char *path) {
    return path && (strncmp(path, DISK_ROOT "/", sizeof DISK_ROOT) == 0 || path_is_folder(path));
}

static bool fd_is_ours(int fd) {
    return fd >= fd_first && fd < fd_first + opened_max;
}

/* The descriptor's entry; NULL, with EBADF, if it is not open. */
static struct opened *opened_of(int fd) {
    struct opened *o = &disk_opened[fd - fd_first];
    errno = EBADF;
    return o->used ? o : NULL;
}

static int call_failed(int error) {
    errno = error;
    return -1;
}

/* ---- Opening and closing. */

static int opened_new(struct inode *inode, int flags) {
    for (int i = 0; i < opened_max; i++)
        if (!disk_opened[i].used) {
            disk_opened[i] = (struct opened){.used = true, .inode = inode, .append = flags & O_APPEND};
            if (inode)
                inode->opens++;
            return fd_first + i;
        }
    return call_failed(EMFILE);
}

/* The file's inode, made if the flags say so. NULL with errno. */
static struct inode *open_inode(const char *path, int flags) {
    struct inode *inode = disk_find(path);
    if (inode && (flags & O_CREAT) && (flags & O_EXCL))
        return errno = EEXIST, NULL;
    if (!inode && !(flags & O_CREAT))
        return errno = ENOENT, NULL;
    if (!inode) {
        inode = disk_create(path);
        if (!disk_step_end())
            return NULL;
    }
    if (!(flags & O_TRUNC) || inode->cache.size == 0)
        return inode;
    disk_note(inode, 0, NULL, -1);
    return disk_step_end() ? inode : NULL;
}

static int disk_do_open(const char *path, int flags) {
    if (!disk_power())
        return call_failed(EIO);
    if (disk_fails(DISK_OPEN))
        return call_failed(EMFILE);
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return opened_new(disk_create(NULL), flags);
    if (path_is_folder(path))
        return (flags & O_ACCMODE) == O_RDONLY ? opened_new(NULL, flags) : call_failed(EISDIR);
    struct inode *inode = open_inode(path, flags);
    return inode ? opened_new(inode, flags) : -1;
}

static int open_any(const char *path, int flags, mode_t mode) {
    bool random = strcmp(path, "/dev/urandom") == 0;
    if (!random && !path_is_ours(path))
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    disk_enter();
    int fd = random ? opened_new(NULL, flags) : disk_do_open(path, flags);
    if (random && fd >= 0)
        disk_opened[fd - fd_first].random = true;
    disk_leave();
    return fd;
}

static mode_t mode_argument(int flags, va_list args) {
    return flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(args, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_argument(flags, args);
    va_end(args);
    return open_any(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_argument(flags, args);
    va_end(args);
    return open_any(path, flags, mode);
}

int close(int fd) {
    if (!fd_is_ours(fd))
        return (int)syscall(SYS_close, fd);
    disk_enter();
    struct opened *o = opened_of(fd);
    if (o && o->inode) {
        disk_unlock_all(o->inode, o);
        disk_unlock_all(o->inode, NULL); /* POSIX: the process's, of any descriptor */
        o->inode->opens--;
    }
    bool used = o != NULL;
    if (used)
        *o = (struct opened){0};
    disk_leave();
    return used ? 0 : -1;
}

/* ---- Reading and writing. */

static ssize_t disk_read(int fd, void *out, size_t size, const int64_t *offset) {
    struct opened *o = opened_of(fd);
    if (!o)
        return -1;
    if (o->random) {
        disk_random(out, size);
        return (ssize_t)size;
    }
    if (!o->inode)
        return call_failed(EISDIR);
    if (!disk_power() || disk_fails(DISK_READ))
        return call_failed(EIO);
    if (disk_fails(DISK_READ_SHORT) && size > 1) /* 0 bytes would be the end of the file */
        size /= 2;
    int64_t done = bytes_read(&o->inode->cache, offset ? *offset : o->offset, out, (int64_t)size);
    if (!offset)
        o->offset += done;
    return done;
}

static ssize_t disk_write(int fd, const void *data, size_t size, const int64_t *offset) {
    struct opened *o = opened_of(fd);
    if (!o || !o->inode)
        return call_failed(EBADF);
    if (!disk_power() || disk_fails(DISK_WRITE))
        return call_failed(EIO);
    if (disk_fails(DISK_FULL))
        return call_failed(ENOSPC);
    if (disk_fails(DISK_WRITE_SHORT) && size > 1)
        size /= 2;
    int64_t at = offset ? *offset : o->append ? o->inode->cache.size : o->offset;
    if (size > 0)
        disk_note(o->inode, at, data, (int64_t)size);
    if (!offset)
        o->offset = at + (int64_t)size;
    return disk_step_end() ? (ssize_t)size : -1;
}

static ssize_t read_any(int fd, void *out, size_t size, const int64_t *offset) {
    disk_enter();
    ssize_t done = disk_read(fd, out, size, offset);
    disk_leave();
    return done;
}

static ssize_t write_any(int fd, const void *data, size_t size, const int64_t *offset) {
    disk_enter();
    ssize_t done = disk_write(fd, data, size, offset);
    disk_leave();
    return done;
}

ssize_t read(int fd, void *out, size_t size) {
    return fd_is_ours(fd) ? read_any(fd, out, size, NULL) : (ssize_t)syscall(SYS_read, fd, out, size);
}

ssize_t write(int fd, const void *data, size_t size) {
    return fd_is_ours(fd) ? write_any(fd, data, size, NULL) : (ssize_t)syscall(SYS_write, fd, data, size);
}

ssize_t pread(int fd, void *out, size_t size, off_t offset) {
    return fd_is_ours(fd) ? read_any(fd, out, size, &offset)
                          : (ssize_t)syscall(SYS_pread64, fd, out, size, offset);
}

ssize_t pread64(int fd, void *out, size_t size, off64_t offset) {
    return pread(fd, out, size, offset);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return fd_is_ours(fd) ? write_any(fd, data, size, &offset)
                          : (ssize_t)syscall(SYS_pwrite64, fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    return pwrite(fd, data, size, offset);
}

static int disk_truncate(int fd, off_t size) {
    struct opened *o = opened_of(fd);
    if (!o || !o->inode)
        return call_failed(EBADF);
    if (!disk_power() || disk_fails(DISK_TRUNCATE))
        return call_failed(EIO);
    disk_note(o->inode, size, NULL, -1);
    return disk_step_end() ? 0 : -1;
}

int ftruncate(int fd, off_t size) {
    if (!fd_is_ours(fd))
        return (int)syscall(SYS_ftruncate, fd, size);
    disk_enter();
    int result = disk_truncate(fd, size);
    disk_leave();
    return result;
}

int ftruncate64(int fd, off64_t size) {
    return ftruncate(fd, size);
}

/* ---- Syncs. */

static int disk_sync(int fd) {
    struct opened *o = opened_of(fd);
    if (!o || o->random)
        return call_failed(EBADF);
    if (!disk_power())
        return call_failed(EIO);
    if (disk_fails(DISK_SYNC)) {
        if (o->inode)
            disk_sync_failed(o->inode);
        return call_failed(EIO);
    }
    bool is_lost = disk_fails(DISK_SYNC_LOST);
    if (!disk_step_end())
        return -1;
    if (!is_lost && o->inode)
        disk_sync_file(o->inode);
    else if (!is_lost)
        disk_sync_names();
    return 0;
}

static int sync_any(int fd, long call) {
    if (!fd_is_ours(fd))
        return (int)syscall(call, fd);
    disk_enter();
    int result = disk_sync(fd);
    disk_leave();
    return result;
}

int fsync(int fd) {
    return sync_any(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return sync_any(fd, SYS_fdatasync);
}

/* ---- Names. */

/* Gives the file of `from` the name `to`, and takes from it the name `from` if it is renamed. */
static int disk_name(const char *from, const char *to, bool renamed) {
    if (!disk_power() || disk_fails(DISK_NAME))
        return call_failed(EIO);
    struct inode *inode = disk_find(from);
    if (!inode)
        return call_failed(ENOENT);
    if (to && !renamed && disk_find(to))
        return call_failed(EEXIST);
    disk_change_names(renamed ? from : NULL, to, inode);
    return disk_step_end() ? 0 : -1;
}

static int name_any(const char *from, const char *to, bool renamed) {
    if (to && !path_is_ours(to))
        return call_failed(EXDEV);
    disk_enter();
    int result = disk_name(from, to, renamed);
    disk_leave();
    return result;
}

int rename(const char *from, const char *to) {
    return path_is_ours(from) ? name_any(from, to, true)
                              : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to) {
    return path_is_ours(from) ? name_any(from, to, false)
                              : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path) {
    return path_is_ours(path) ? name_any(path, NULL, true) : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* ---- Looking at files. */

static void stat_fill(const struct inode *inode, struct stat *out) {
    *out =
        (struct stat){.st_dev = 1, .st_ino = 1, .st_nlink = 1, .st_mode = S_IFDIR | 0755, .st_blksize = 4096};
    if (!inode)
        return;
    out->st_ino = (ino_t)(inode->number + 1);
    out->st_mode = S_IFREG | 0644;
    out->st_size = inode->cache.size;
    out->st_blocks = (inode->cache.size + sector_bytes - 1) / sector_bytes;
}

static int stat_any(const char *path, struct stat *out) {
    disk_enter();
    const struct inode *inode = path_is_folder(path) ? NULL : disk_find(path);
    int error = !disk_power() ? EIO : !inode && !path_is_folder(path) ? ENOENT : 0;
    if (!error)
        stat_fill(inode, out);
    disk_leave();
    return error ? call_failed(error) : 0;
}

static int fstat_any(int fd, struct stat *out) {
    disk_enter();
    const struct opened *o = opened_of(fd);
    if (o)
        stat_fill(o->inode, out);
    disk_leave();
    return o ? 0 : -1;
}

int stat(const char *restrict path, struct stat *restrict out) {
    return path_is_ours(path) ? stat_any(path, out) : NEXT(stat)(path, out);
}

int stat64(const char *restrict path, struct stat64 *restrict out) {
    return path_is_ours(path) ? stat_any(path, (struct stat *)out) : NEXT(stat64)(path, out);
}

int lstat(const char *restrict path, struct stat *restrict out) {
    return path_is_ours(path) ? stat_any(path, out) : NEXT(lstat)(path, out);
}

int lstat64(const char *restrict path, struct stat64 *restrict out) {
    return path_is_ours(path) ? stat_any(path, (struct stat *)out) : NEXT(lstat64)(path, out);
}

int fstat(int fd, struct stat *out) {
    return fd_is_ours(fd) ? fstat_any(fd, out) : NEXT(fstat)(fd, out);
}

int fstat64(int fd, struct stat64 *out) {
    return fd_is_ours(fd) ? fstat_any(fd, (struct stat *)out) : NEXT(fstat64)(fd, out);
}

int access(const char *path, int mode) {
    struct stat ignored;
    return path_is_ours(path) ? stat_any(path, &ignored) : (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

int statvfs(const char *restrict path, struct statvfs *restrict out) {
    if (!path_is_ours(path))
        return NEXT(statvfs)(path, out);
    *out = (struct statvfs){.f_bsize = 4096, .f_frsize = 4096, .f_bavail = 1 << 20};
    return 0;
}

int statvfs64(const char *restrict path, struct statvfs64 *restrict out) {
    if (!path_is_ours(path))
        return NEXT(statvfs64)(path, out);
    *out = (struct statvfs64){.f_bsize = 4096, .f_frsize = 4096, .f_bavail = 1 << 20};
    return 0;
}

/* ---- Locks. */

static int disk_fcntl(struct opened *o, int command, struct flock *range) {
    bool is_own = command == F_OFD_SETLK || command == F_OFD_GETLK || command == F_OFD_SETLKW;
    const void *owner = is_own ? o : NULL;
    if (command != F_SETLK && command != F_SETLKW && command != F_GETLK && !is_own)
        return 0; /* flags of the descriptor */
    if (!o->inode)
        return call_failed(EBADF);
    if (command == F_GETLK || command == F_OFD_GETLK) {
        disk_lock_get(o->inode, owner, range);
        return 0;
    }
    /* Locks are in memory: they work without power. SQLite would wait for seconds otherwise. */
    if (range->l_type != F_UNLCK && disk_fails(DISK_LOCK))
        return call_failed(ENOLCK);
    return disk_lock(o->inode, owner, range->l_type, range);
}

static int fcntl_any(int fd, int command, void *argument) {
    if (!fd_is_ours(fd))
        return (int)syscall(SYS_fcntl, fd, command, argument);
    disk_enter();
    struct opened *o = opened_of(fd);
    int result = o ? disk_fcntl(o, command, argument) : -1;
    disk_leave();
    return result;
}

int fcntl(int fd, int command, ...) {
    va_list args;
    va_start(args, command);
    void *argument = va_arg(args, void *);
    va_end(args);
    return fcntl_any(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
    va_list args;
    va_start(args, command);
    void *argument = va_arg(args, void *);
    va_end(args);
    return fcntl_any(fd, command, argument);
}

/* A lock of the whole file, which conflicts with no other kind. One process at a time uses the disk. */
int flock(int fd, int operation) {
    return fd_is_ours(fd) ? 0 : (int)syscall(SYS_flock, fd, operation);
}

/* SQLite sets the mode and the owner of files that it makes. */
int fchmod(int fd, mode_t mode) {
    return fd_is_ours(fd) ? 0 : (int)syscall(SYS_fchmod, fd, mode);
}

int fchown(int fd, uid_t user, gid_t group) {
    return fd_is_ours(fd) ? 0 : (int)syscall(SYS_fchown, fd, user, group);
}

/* ---- Shared memory: FILE-shm, block by block. */

static void *disk_map(int fd, size_t size, off_t offset) {
    struct opened *o = opened_of(fd);
    errno = ENODEV;
    if (!o || !o->inode || offset % block_bytes || size > block_bytes)
        return MAP_FAILED;
    errno = disk_power() ? ENOMEM : EIO;
    if (!disk_power() || disk_fails(DISK_MAP))
        return MAP_FAILED;
    return bytes_block(&o->inode->cache, (size_t)(offset / block_bytes));
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
    if (!fd_is_ours(fd) || (flags & MAP_ANONYMOUS))
        return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
    disk_enter();
    void *result = disk_map(fd, size, offset);
    disk_leave();
    return result;
}

void *mmap64(void *address, size_t size, int protection, int flags, int fd, off64_t offset) {
    return mmap(address, size, protection, flags, fd, offset);
}

int munmap(void *address, size_t size) {
    return bytes_own(address) ? 0 : (int)syscall(SYS_munmap, address, size);
}

/* ---- Streams. */

enum { streams_max = 8 };

static struct {
    FILE *file;
    int fd;
} streams[streams_max]; /* that fileno() finds */

static ssize_t stream_read(void *cookie, char *out, size_t size) {
    return read((int)(intptr_t)cookie, out, size);
}

static ssize_t stream_write(void *cookie, const char *data, size_t size) {
    return write((int)(intptr_t)cookie, data, size);
}

static int stream_close(void *cookie) {
    disk_enter();
    for (size_t i = 0; i < streams_max; i++)
        if (streams[i].file && streams[i].fd == (int)(intptr_t)cookie)
            streams[i].file = NULL;
    disk_leave();
    return close((int)(intptr_t)cookie);
}

static FILE *stream_open(const char *path, const char *mode) {
    static const cookie_io_functions_t functions = {stream_read, stream_write, NULL, stream_close};
    int fd = open_any(path, mode[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC, 0644);
    FILE *file = fd < 0 ? NULL : fopencookie((void *)(intptr_t)fd, mode, functions);
    disk_enter();
    for (size_t i = 0; i < streams_max && file; i++)
        if (!streams[i].file) {
            streams[i].file = file;
            streams[i].fd = fd;
            break;
        }
    disk_leave();
    return file;
}

FILE *fopen(const char *restrict path, const char *restrict mode) {
    return path_is_ours(path) ? stream_open(path, mode) : NEXT(fopen)(path, mode);
}

FILE *fopen64(const char *restrict path, const char *restrict mode) {
    return path_is_ours(path) ? stream_open(path, mode) : NEXT(fopen64)(path, mode);
}

int fileno(FILE *file) {
    int fd = -1;
    disk_enter();
    for (size_t i = 0; i < streams_max && fd < 0; i++)
        if (streams[i].file == file)
            fd = streams[i].fd;
    disk_leave();
    return fd >= 0 ? fd : NEXT(fileno)(file);
}
