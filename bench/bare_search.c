/* The yardstick for searches: product_search() in a bare loop on one thread, without HTTP, JSON and queue.
 *
 *     bare_search DATABASE FILE SECONDS
 *
 * FILE has one target a line (bench/queries.txt). They are searched in turn, each in a transaction of its own,
 * after one round that is not measured and fills the page cache. Prints one line of JSON, like bare_orders. */
#include "api/api.h"
#include "base/clock.h"
#include "shop/schema/schema.h"
#include "shop/search/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { targets_max = 4096, requests_max = 4000000, arena_bytes_max = 64 * 1024 * 1024 };

static const struct search *searches[targets_max];
static size_t search_count;

/* Reads the targets into `searches`, whose contents live in the arena. The API decodes them, as it does a request. */
static bool read_targets(const struct api *api, const char *path, struct arena *arena) {
    char line[4096];
    bool ok = true;
    FILE *file = fopen(path, "r");
    while (file && ok && search_count < targets_max && fgets(line, sizeof line, file)) {
        struct str target = arena_copy(arena, (struct str){line, strcspn(line, "\n")});
        size_t mark = str_find(target, '?');
        struct request request = {.method = METHOD_GET, .path = {target.data, mark}};
        if (mark < target.size)
            request.query = (struct str){target.data + mark + 1, target.size - mark - 1};
        struct call call;
        api_begin(api, &call, &request, arena);
        ok = call.lane == LANE_SEARCH;
        searches[search_count++] = call.query;
        if (!ok)
            fprintf(stderr, "bare_search: not a search: %s\n", line);
    }
    if (file)
        fclose(file);
    return ok && search_count > 0;
}

static int64_t processor_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool search_once(struct db *db, struct arena *arena, const struct search *search) {
    struct shop_ctx ctx = {.db = db, .arena = arena, .clock = &clock_system, .random = &random_system};
    struct search_found found;
    bool ok = db_begin(db, false) == STATUS_OK && product_search(&ctx, search, &found) == STATUS_OK;
    db_rollback(db);
    arena_reset(arena);
    return ok;
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool run(struct db *db, int64_t us_max) {
    int64_t *took = calloc(requests_max, sizeof *took);
    struct arena arena;
    bool ok = took != NULL;
    size_t count = 0;
    arena_init(&arena, arena_bytes_max);
    for (size_t i = 0; ok && i < search_count; i++) /* not measured */
        ok = search_once(db, &arena, searches[i]);
    int64_t start = monotonic_us(), end = start, processor = processor_us();
    while (ok && end - start < us_max && count < requests_max) {
        int64_t before = end;
        ok = search_once(db, &arena, searches[count % search_count]);
        end = monotonic_us();
        took[count++] = end - before;
    }
    processor = processor_us() - processor;
    arena_free(&arena);
    if (ok && count > 0) {
        qsort(took, count, sizeof *took, compare);
        printf("{\"requests\": %zu, \"microseconds\": %" PRId64 ", \"cpu_seconds\": %.6f, \"p50\": %" PRId64
               ", \"p99\": %" PRId64 "}\n",
               count, end - start, (double)processor / 1e6, took[count / 2], took[count * 99 / 100]);
    }
    free(took);
    return ok && count > 0;
}

int main(int argc, char **argv) {
    char error[db_error_size] = "";
    struct db *db;
    struct arena arena;
    if (argc != 4) {
        fprintf(stderr, "usage: bare_search DATABASE FILE SECONDS\n");
        return 2;
    }
    struct api *api = api_open(
        &(struct api_options){.groups = shop_endpoints, .clock = &clock_system, .random = &random_system});
    arena_init(&arena, arena_bytes_max);
    if (!api || !read_targets(api, argv[2], &arena) ||
        shop_db_open(argv[1], DB_READ, &db, error) != STATUS_OK) {
        fprintf(stderr, "bare_search: %s\n", error[0] ? error : "no targets");
        return 2;
    }
    bool ok = run(db, (int64_t)(atof(argv[3]) * 1e6));
    db_close(db);
    arena_free(&arena);
    api_close(api);
    return ok ? 0 : 1;
}
