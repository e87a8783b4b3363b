/* On Linux the figures are those of /proc/self: statm counts in pages, and field 22 of stat is the start in clock ticks
 * since the machine's own. */
#include "base/thread/process_metrics.h"

#include "base/version.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { start_field = 22, first_field_after_name = 3 };

static void process_metric_write(struct buf *out, const char *name, const char *kind, const char *help,
                                 double value) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, kind, name, value);
}

/* Reads a short file of /proc/self. Returns false without one. */
static bool process_read(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "re");
    size_t read = file ? fread(text, 1, size - 1, file) : 0;
    text[read] = '\0';
    if (file)
        fclose(file);
    return read > 0;
}

/* Counts what is open, but the descriptor that counts. Since Linux 6.2 the folder's size is the number. */
static long process_open_descriptors(void) {
    static const char folder[] = "/proc/self/fd";
    struct stat info;
    if (stat(folder, &info) == 0 && info.st_size > 0)
        return (long)info.st_size;
    DIR *open = opendir(folder);
    long count = -3; /* `.`, `..` and `open` itself */
    while (open && readdir(open))
        count++;
    if (open)
        closedir(open);
    return count;
}

#ifdef __linux__
static double process_start; /* in seconds since 1970; 0: unknown */

/* Taken once: from clocks read at each call the figure would jitter, and look like a restart. */
static void process_start_find(void) {
    char text[1024], *field;
    struct timespec now, up;
    if (!process_read("/proc/self/stat", text, sizeof text) || !(field = strrchr(text, ')')))
        return;
    for (int i = first_field_after_name - 1; i < start_field && field; i++)
        field = strchr(field + 1, ' ');
    if (!field)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    double since_boot = strtod(field, NULL) / (double)sysconf(_SC_CLK_TCK);
    process_start = (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9 + since_boot;
}
#endif

static void process_write_memory(struct buf *out) {
    char text[128];
    if (!process_read("/proc/self/statm", text, sizeof text))
        return;
    char *end;
    double page = (double)sysconf(_SC_PAGESIZE), total = strtod(text, &end), resident = strtod(end, NULL);
    process_metric_write(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes",
                         total * page);
    process_metric_write(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes",
                         resident * page);
}

static double process_seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void process_metrics_write(struct buf *out) {
    struct rusage used;
    struct rlimit files;
    long open = process_open_descriptors();
    if (getrusage(RUSAGE_SELF, &used) == 0)
        process_metric_write(out, "process_cpu_seconds_total", "counter",
                             "Total user and system CPU time spent in seconds",
                             process_seconds(used.ru_utime) + process_seconds(used.ru_stime));
    if (open > 0)
        process_metric_write(out, "process_open_fds", "gauge", "Number of open file descriptors",
                             (double)open);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        process_metric_write(out, "process_max_fds", "gauge", "Maximum number of open file descriptors",
                             (double)files.rlim_cur);
    process_write_memory(out);
#ifdef __linux__
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, process_start_find);
    if (process_start > 0)
        process_metric_write(out, "process_start_time_seconds", "gauge",
                             "Start time of the process since unix epoch in seconds", process_start);
#endif
    buf_printf(out,
               "# HELP till_build_info Always 1; the labels tell the build\n# TYPE till_build_info gauge\n"
               "till_build_info{version=\"%s\",compiler=\"%s\"} 1\n",
               TILL_VERSION, __VERSION__);
}
