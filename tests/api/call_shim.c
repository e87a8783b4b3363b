/* Calls that fail, for an unmodified program: preloaded, it lets a test choose which call of the program fails, while that runs.
 * It counts the calls of each kind, and is told by a file of 4096 bytes that both have mapped (tests/api/calls.py):
 *
 *     CALLS_CONTROL=FILE    a struct control
 *
 * Calls are counted in the order in which all threads make them. EPOLL_CTL_ADD is made first, and undone if it is to fail:
 * the kernel finds that a descriptor is there already before it finds that it has no memory for it. */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The kinds of calls, in the order of calls.py. RECEIVE and SEND are those of sockets, by whatever name. MEMORY is each
 * allocation of control->bytes. */
enum kind { ACCEPT, RECEIVE, SEND, EPOLL_ADD, SOCKET, CONNECT, OPEN, SYNC, MEMORY, KINDS };

enum { error_half = -1 }; /* half of the bytes are received or sent */

struct control {
    _Atomic int32_t kind;  /* that fails; -1: none */
    int32_t error;         /* its errno, or error_half; 0: it succeeds */
    int32_t forever;       /* all calls after it fail too */
    int32_t delay_ms;      /* how long the call takes first */
    int64_t at;            /* which call, counted from 1 */
    _Atomic int64_t calls; /* of the kind since the test chose it */
    _Atomic int64_t totals[KINDS];
    int64_t bytes; /* that MEMORY asks for; -1: any number of them */
};

static struct control *control;

__attribute__((constructor)) static void calls_begin(void) {
    const char *path = getenv("CALLS_CONTROL");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    control = mapped == MAP_FAILED ? NULL : mapped;
    syscall(SYS_close, fd);
}

/* Counts a call. Returns the error that it fails with, error_half, or 0. */
static int call_error(enum kind kind) {
    if (!control)
        return 0;
    atomic_fetch_add(&control->totals[kind], 1);
    if (atomic_load(&control->kind) != (int32_t)kind)
        return 0;
    int64_t call = atomic_fetch_add(&control->calls, 1) + 1;
    if (call != control->at && !(control->forever && call > control->at))
        return 0;
    struct timespec delay = {control->delay_ms / 1000, control->delay_ms % 1000 * 1000000L};
    if (control->delay_ms)
        nanosleep(&delay, NULL);
    return control->error;
}

static long call_failed(int error) {
    errno = error;
    return -1;
}

static bool is_socket(int fd) {
    struct stat info;
    int before = errno;
    bool is = fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
    errno = before;
    return is;
}

/* ---- Sockets. */

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
    int error = call_error(ACCEPT);
    return (int)(error ? call_failed(error) : syscall(SYS_accept4, fd, address, size, flags));
}

int socket(int family, int type, int protocol) {
    int error = call_error(SOCKET);
    return (int)(error ? call_failed(error) : syscall(SYS_socket, family, type, protocol));
}

int connect(int fd, const struct sockaddr *address, socklen_t size) {
    int error = call_error(CONNECT);
    return (int)(error ? call_failed(error) : syscall(SYS_connect, fd, address, size));
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
    int result = (int)syscall(SYS_epoll_ctl, epoll, operation, fd, event);
    int error = operation == EPOLL_CTL_ADD && result == 0 ? call_error(EPOLL_ADD) : 0;
    if (error)
        syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, fd, NULL);
    return error ? (int)call_failed(error) : result;
}

/* Reads or writes `size` bytes, or half of them, or fails. */
static ssize_t transfer(enum kind kind, long call, int fd, void *data, size_t size, int flags) {
    int error = is_socket(fd) ? call_error(kind) : 0;
    if (error > 0)
        return call_failed(error);
    if (error == error_half && size > 1)
        size /= 2;
    return call == SYS_read || call == SYS_write ? syscall(call, fd, data, size)
                                                 : syscall(call, fd, data, size, flags, NULL, NULL);
}

ssize_t read(int fd, void *data, size_t size) {
    return transfer(RECEIVE, SYS_read, fd, data, size, 0);
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
    return transfer(RECEIVE, SYS_recvfrom, fd, data, size, flags);
}

ssize_t write(int fd, const void *data, size_t size) {
    return transfer(SEND, SYS_write, fd, (void *)(uintptr_t)data, size, 0);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    return transfer(SEND, SYS_sendto, fd, (void *)(uintptr_t)data, size, flags);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    int error = is_socket(fd) ? call_error(SEND) : 0;
    if (error > 0)
        return call_failed(error);
    return syscall(SYS_writev, fd, parts, error == error_half ? 1 : count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    int error = call_error(SEND);
    return error > 0 ? call_failed(error) : syscall(SYS_sendmsg, fd, message, flags);
}

/* ---- Files. */

static int open_any(const char *path, int flags, mode_t mode) {
    int error = call_error(OPEN);
    return (int)(error ? call_failed(error) : syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int open(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(args, int) : 0;
    va_end(args);
    return open_any(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(args, int) : 0;
    va_end(args);
    return open_any(path, flags, mode);
}

static int sync_any(long call, int fd) {
    int error = call_error(SYNC);
    return (int)(error ? call_failed(error) : syscall(call, fd));
}

int fsync(int fd) {
    return sync_any(SYS_fsync, fd);
}

int fdatasync(int fd) {
    return sync_any(SYS_fdatasync, fd);
}

/* ---- Memory. */

extern void *__libc_malloc(size_t size), *__libc_calloc(size_t count, size_t size),
    *__libc_realloc(void *old, size_t size);

/* Whether an allocation fails; errno says why then. */
static bool memory_fails(size_t size) {
    bool is_chosen = control && size > 0 && (control->bytes == -1 || (int64_t)size == control->bytes);
    int error = is_chosen ? call_error(MEMORY) : 0;
    if (error)
        errno = error;
    return error != 0;
}

void *malloc(size_t size) {
    return memory_fails(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return memory_fails(count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return memory_fails(size) ? NULL : __libc_realloc(old, size);
}
