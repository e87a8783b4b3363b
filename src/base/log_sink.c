/* Standard error may be a pipe whose reader stands still, and a write to it would then block an event loop,
 * the writer, and the stop. So nothing is written that the kernel does not take at once:
 *
 *     pipe, terminal   opened again through /proc/self/fd, with O_NONBLOCK. Setting the flag on the
 *                      descriptor itself would set it for the shell and for every process that shares it.
 *                      If it cannot be opened again (another user's pipe), poll() first.
 *     socket           (systemd's journal) send() with MSG_DONTWAIT
 *     file             written as it is: a file does not wait for a reader
 *
 * At most PIPE_BUF bytes are written at once: a pipe takes these whole or not at all, and never blocks if
 * poll() says that it has room. A longer line, or one to a socket, may be taken in part. Its rest is kept and
 * is written before anything else, so that no line is ever cut. */
#include "base/log_sink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum sink_kind { SINK_POLLED, SINK_NONBLOCKING, SINK_SOCKET, SINK_FILE };

/* The longest line: a target of 8 KiB, each byte escaped as \u00XX, and 1 KiB of the rest. */
enum { rest_bytes_max = 64 * 1024 };

static struct {
    enum sink_kind kind;
    int fd;
    pthread_mutex_t lock; /* of the rest; held while nothing blocks */
    size_t rest_size;     /* of a line that was taken in part */
    char rest[rest_bytes_max];
    _Atomic uint64_t dropped;
} sink = {.fd = STDERR_FILENO, .lock = PTHREAD_MUTEX_INITIALIZER};

static enum sink_kind sink_kind_of(mode_t mode) {
    return S_ISSOCK(mode) ? SINK_SOCKET : S_ISREG(mode) ? SINK_FILE : SINK_POLLED;
}

void log_sink_open(void) {
    struct stat info;
    int flags = fcntl(STDERR_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || fstat(STDERR_FILENO, &info) != 0)
        return; /* it was closed: every write fails (main.c) */
    sink.kind = sink_kind_of(info.st_mode);
    if (sink.kind != SINK_POLLED)
        return;
    int fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) {
        sink.fd = fd;
        sink.kind = SINK_NONBLOCKING;
    }
}

/* Returns how many bytes were taken; 0 if none can be taken now. */
static size_t sink_write_some(struct str bytes) {
    struct pollfd ready = {.fd = sink.fd, .events = POLLOUT};
    ssize_t n;
    if (sink.kind != SINK_FILE && bytes.size > PIPE_BUF)
        bytes.size = PIPE_BUF;
    if (sink.kind == SINK_POLLED && poll(&ready, 1, 0) != 1)
        return 0;
    do
        n = sink.kind == SINK_SOCKET ? send(sink.fd, bytes.data, bytes.size, MSG_DONTWAIT | MSG_NOSIGNAL)
                                     : write(sink.fd, bytes.data, bytes.size);
    while (n < 0 && errno == EINTR);
    return n > 0 ? (size_t)n : 0;
}

/* Writes as much as is taken at once. Returns how much that was. */
static size_t sink_write(struct str bytes) {
    size_t written = 0;
    for (size_t n = 1; n > 0 && written < bytes.size; written += n)
        n = sink_write_some(str_skip(bytes, written));
    return written;
}

/* Returns the size of as many whole lines as PIPE_BUF has room for, of one line at least, and for a file of
 * all. */
static size_t sink_piece_size(struct str lines) {
    if (sink.kind == SINK_FILE || lines.size <= PIPE_BUF)
        return lines.size;
    assert(lines.data); /* GCC's sanitizer build warns of NULL otherwise */
    const char *end = memrchr(lines.data, '\n', PIPE_BUF);
    if (!end)
        end = memchr(lines.data, '\n', lines.size);
    return end ? (size_t)(end - lines.data) + 1 : lines.size;
}

static void sink_count_dropped(struct str lines) {
    uint64_t count = 0;
    for (size_t i = 0; i < lines.size; i++)
        count += lines.data[i] == '\n';
    atomic_fetch_add_explicit(&sink.dropped, count, memory_order_relaxed);
}

/* Keeps the rest of the line that was cut at `written`. Returns where the next line begins. */
static size_t sink_keep_rest(struct str lines, size_t written) {
    if (written == 0 || lines.data[written - 1] == '\n')
        return written;
    struct str cut = str_skip(lines, written);
    size_t size = str_find(cut, '\n') + 1;
    if (size > cut.size || size > sizeof sink.rest)
        return written; /* not a line of ours; it is counted as dropped */
    memcpy(sink.rest, cut.data, size);
    sink.rest_size = size;
    return written + size;
}

static bool sink_write_rest(void) {
    size_t written = sink_write((struct str){sink.rest, sink.rest_size});
    sink.rest_size -= written;
    memmove(sink.rest, sink.rest + written, sink.rest_size);
    return sink.rest_size == 0;
}

void log_sink_write(struct str lines) {
    pthread_mutex_lock(&sink.lock);
    bool open = sink.rest_size == 0 || sink_write_rest();
    while (open && lines.size > 0) {
        size_t size = sink_piece_size(lines), written = sink_write((struct str){lines.data, size});
        open = written == size;
        lines = str_skip(lines, open ? size : sink_keep_rest(lines, written));
    }
    pthread_mutex_unlock(&sink.lock);
    sink_count_dropped(lines);
}

uint64_t log_sink_dropped(void) {
    return atomic_load_explicit(&sink.dropped, memory_order_relaxed);
}
