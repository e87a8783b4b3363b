/* How long searches take by themselves, without sockets and without the cache of answers: every target of a
 * file is put through the API on a read-only connection, as the server's search threads do.
 *
 *     search DATABASE FILE [ROUNDS]
 *
 * One line of figures, in microseconds: of all, and of the same with /products/suggest for each query's
 * words. */
#include "api/api.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { targets_max = 4096, arena_bytes_max = 64 * 1024 * 1024, warm_rounds = 1 };

static char *targets[targets_max];
static size_t target_count;

static bool read_targets(const char *path) {
    char line[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    while (target_count < targets_max && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '/' && !(targets[target_count++] = strdup(line)))
            break;
    }
    fclose(file);
    return target_count > 0;
}

struct took {
    int64_t wall_us, processor_us;
};

static int64_t processor_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* What one request takes, rendering included; false where it fails. */
static bool measure(const struct api *api, struct db *db, struct arena *arena, const char *target,
                    struct took *out) {
    struct str path = {target, strcspn(target, "?")}, query = str_from(target + path.size);
    if (query.size > 0)
        query.at++, query.size--;
    struct request request = {.method = METHOD_GET, .path = path, .query = query};
    struct call call;
    struct took start = {monotonic_us(), processor_us()};
    api_begin(api, &call, &request, arena);
    if (call.runs != RUNS_NOWHERE && db_begin(db, false) == STATUS_OK) {
        api_perform(&call, db);
        if (db_commit(db) != STATUS_OK)
            call.status = STATUS_STORAGE;
    }
    api_finish(&call);
    *out = (struct took){monotonic_us() - start.wall_us, processor_us() - start.processor_us};
    if (call.response.http_status != 200)
        fprintf(stderr, "%d %s\n", call.response.http_status, target);
    arena_reset(arena);
    return call.response.http_status == 200;
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print(const char *name, int64_t *took, size_t count) {
    qsort(took, count, sizeof *took, compare);
    printf("%s, %zu requests, us: p50 %" PRId64 "  p90 %" PRId64 "  p99 %" PRId64 "  max %" PRId64 "\n", name,
           count, took[count / 2], took[count * 9 / 10], took[count * 99 / 100], took[count - 1]);
}

static bool run(const struct api *api, struct db *db, size_t rounds) {
    int64_t *wall = calloc(target_count * rounds, sizeof *wall);
    int64_t *processor = calloc(target_count * rounds, sizeof *processor);
    struct arena arena;
    size_t count = 0;
    bool ok = wall && processor;
    arena_init(&arena, arena_bytes_max);
    for (size_t round = 0; ok && round < rounds + warm_rounds; round++)
        for (size_t i = 0; ok && i < target_count; i++) {
            struct took took;
            ok = measure(api, db, &arena, targets[i], &took);
            if (round < warm_rounds)
                continue;
            wall[count] = took.wall_us;
            processor[count++] = took.processor_us;
            if (getenv("EACH"))
                printf("%" PRId64 " %s\n", took.processor_us, targets[i]);
        }
    arena_free(&arena);
    if (ok) {
        print("by the clock", wall, count);
        print("of the processor", processor, count);
    }
    free(wall);
    free(processor);
    return ok;
}

int main(int argc, char **argv) {
    char why[db_why_size] = "";
    struct db *db;
    size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 3;
    if (argc < 3 || !read_targets(argv[2]) || rounds == 0) {
        fprintf(stderr, "usage: search DATABASE FILE [ROUNDS]\n");
        return 2;
    }
    struct metrics *metrics = NULL;
    struct api *api = api_open(&(struct api_options){
        .groups = shop_endpoints, .clock = &clock_system, .random = &random_system, .metrics = metrics});
    if (!api || db_open(argv[1], DB_READ, &db, why) != STATUS_OK) {
        fprintf(stderr, "search: %s\n", why);
        return 2;
    }
    bool ok = run(api, db, rounds);
    db_close(db);
    api_close(api);
    return ok ? 0 : 1;
}
