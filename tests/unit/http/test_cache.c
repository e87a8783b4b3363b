#include "test.h"

#include "http/cache.h"

/* Returns the hash under which a cache keeps the answer for a target. */
static uint64_t hash_in(struct cache *cache, const char *query) {
    struct response response = {.http_status = 200, .content_type = STR("text/plain"), .body = STR("body")};
    struct freshness freshness = {0};
    struct cached *entry =
        cache_put(cache, STR("/products"), str_from(query), &response, 0, &cache_forever, 0, &freshness);
    assert_non_null(entry);
    assert_ptr_equal(cache_find(cache, STR("/products"), str_from(query), &freshness), entry);
    return entry->hash;
}

static void targets_with_one_hash_in_one_server_have_different_ones_in_another(void **state) {
    (void)state;
    uint64_t one = 1, other = 2;
    struct random random[] = {random_seeded(&one), random_seeded(&other)};
    struct cache *caches[] = {cache_new(1 << 20, &random[0]), cache_new(1 << 20, &random[1])};
    enum { buckets = 256 };
    char query[16];
    size_t colliding = 0, together = 0;
    uint64_t first[COUNT(caches)] = {hash_in(caches[0], "x=0"), hash_in(caches[1], "x=0")};
    for (int i = 1; i < 20000; i++) {
        snprintf(query, sizeof query, "x=%d", i);
        if ((hash_in(caches[0], query) ^ first[0]) % buckets != 0)
            continue;
        colliding++;
        together += (hash_in(caches[1], query) ^ first[1]) % buckets == 0;
    }
    assert_in_range(colliding, 20, 200);
    assert_in_range(together, 0, 10);
    cache_free(caches[0]);
    cache_free(caches[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_with_one_hash_in_one_server_have_different_ones_in_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
