/* Layout. An entry is one block of memory: struct cached, then its key and its response, packed behind it.
 * The compressed body, which comes later, is a block of its own.
 *
 *     ┌───────────────┬──────────────────┬──────────────┬──────┬──────────────────┐        ┌──────┐
 *     │ struct cached │ path ? query     │ content type │ body │ headers          │  gzip ►│ body │
 *     └───────────────┴──────────────────┴──────────────┴──────┴──────────────────┘        └──────┘
 *
 * Each entry is in two lists: the chain of its hash bucket, and the list by use, newest to oldest. A lookup
 * moves its entry to the newest end. If `bytes` would pass `bytes_max`, entries go from the oldest end.
 *
 * An entry that is no longer fresh stays until cache_put replaces it: it remembers how often its target was
 * read in the current half second (`window_ms`, `reads`). Once that was lenient_reads_max times, changes of
 * lenient topics no longer end the entry before the half second is over:
 *
 *     time ──►  |-------- lenient_stale_ms --------|
 *     sales      x  x  x x xx xxx xxxxxxx xxxxxx  x
 *     reads      1  2  3 4 5  6   78              1   …after the 8th: served as it is until the window ends
 * */
#include "http/cache.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

enum { bytes_per_bucket = 4096 }; /* about the size of an entry, so a chain has about one entry */

struct cache {
    size_t bytes, bytes_max;
    struct cached *newest, *oldest; /* by use */
    size_t mask;                    /* the number of buckets, a power of two, minus 1 */
    uint64_t seed;                  /* the hash's secret start */
    struct cached *buckets[];
};

struct cache *cache_new(size_t bytes_max, const struct random *random) {
    size_t buckets = 1;
    while (buckets < bytes_max / bytes_per_bucket)
        buckets *= 2;
    struct cache *cache = calloc(1, sizeof *cache + buckets * sizeof(struct cached *));
    if (cache) {
        cache->bytes_max = bytes_max;
        cache->mask = buckets - 1;
        random_fill(random, &cache->seed, sizeof cache->seed);
    }
    return cache;
}

static void cache_unlink(struct cache *cache, struct cached *e) {
    struct cached **link = &cache->buckets[e->hash & cache->mask];
    while (*link != e)
        link = &(*link)->chain;
    *link = e->chain;
    *(e->newer ? &e->newer->older : &cache->newest) = e->older;
    *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
    cache->bytes -= e->bytes;
}

static void cache_drop(struct cache *cache, struct cached *e) {
    cache_unlink(cache, e);
    free((char *)e->gzip.data);
    free(e);
}

void cache_free(struct cache *cache) {
    if (!cache)
        return;
    while (cache->oldest)
        cache_drop(cache, cache->oldest);
    free(cache);
}

static void cache_link_newest(struct cache *cache, struct cached *e) {
    e->newer = NULL;
    e->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = e;
    cache->newest = e;
}

static void cache_touch(struct cache *cache, struct cached *e) {
    if (cache->newest == e)
        return;
    e->newer->older = e->older;
    *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
    cache_link_newest(cache, e);
}

/* FNV-1a (draft-eastlake-fnv) with a secret start. Otherwise a client could choose thousands of targets with
 * the same hash, and each of its requests would walk their chain on the loop's thread. */
static uint64_t cache_hash(const struct cache *cache, struct str path, struct str query) {
    uint64_t h = cache->seed;
    for (size_t i = 0; i < path.size; i++)
        h = (h ^ (unsigned char)path.data[i]) * 0x100000001B3u;
    h = (h ^ '?') * 0x100000001B3u;
    for (size_t i = 0; i < query.size; i++)
        h = (h ^ (unsigned char)query.data[i]) * 0x100000001B3u;
    return h ^ h >> 32;
}

static bool cached_has_key(const struct cached *e, struct str path, struct str query) {
    struct str key = e->key;
    return key.size == path.size + 1 + query.size && str_starts(key, path) && key.data[path.size] == '?' &&
           str_equal(str_skip(key, path.size + 1), query);
}

static bool cache_rule_is_lasting(const struct cache_rule *rule) {
    return rule->topics == 0 && rule->lenient_topics == 0;
}

/* Whether no commit after the entry's snapshot changed what it depends on, or only lenient topics and the
 * target was read often enough in this half second. */
static bool cached_is_fresh(const struct cached *e, const struct freshness *f) {
    const struct cache_rule *rule = e->rule;
    if (cache_rule_is_lasting(rule))
        return true;
    return e->commits >= f->changed(f->context, rule->topics) &&
           (e->commits >= f->changed(f->context, rule->lenient_topics) ||
            (e->reads >= lenient_reads_max && f->now_ms - e->window_ms < lenient_stale_ms));
}

/* Returns the entry of a target, fresh or not; NULL if there is none. */
static struct cached *cache_lookup(struct cache *cache, struct str path, struct str query) {
    uint64_t hash = cache_hash(cache, path, query);
    struct cached *e = cache->buckets[hash & cache->mask];
    while (e && (e->hash != hash || !cached_has_key(e, path, query)))
        e = e->chain;
    return e;
}

struct cached *cache_find(struct cache *cache, struct str path, struct str query, const struct freshness *f) {
    struct cached *e = cache_lookup(cache, path, query);
    if (!e || !cached_is_fresh(e, f))
        return NULL; /* it stays, because cache_put needs its `reads` */
    cache_touch(cache, e);
    e->uses++;
    return e;
}

/* Copies a text to *at and moves *at behind it. Returns the copy; an absent text stays absent. */
static struct str cache_pack_text(char **at, struct str text) {
    struct str copy = {text.data ? *at : NULL, text.size};
    if (text.data && text.size)
        memcpy(*at, text.data, text.size);
    *at += text.size;
    return copy;
}

static size_t cache_packed_size(const struct response *r) {
    size_t size = r->content_type.size + r->body.size;
    for (size_t i = 0; i < r->header_count; i++)
        size += r->headers[i].name.size + r->headers[i].value.size;
    return size;
}

static void cache_pack_response(struct cached *e, const struct response *r, char *at) {
    e->response = *r;
    e->response.content_type = cache_pack_text(&at, r->content_type);
    e->response.body = cache_pack_text(&at, r->body);
    for (size_t i = 0; i < r->header_count; i++)
        e->response.headers[i] = (struct header){cache_pack_text(&at, r->headers[i].name),
                                                 cache_pack_text(&at, r->headers[i].value)};
    etag_write(r->body, e->etag);
    etag_write_gzip(e->etag, e->gzip_etag);
}

/* Drops the least recently used entries until `bytes` more fit. Returns false if they never will. */
static bool cache_make_room(struct cache *cache, size_t bytes) {
    if (bytes > cache->bytes_max)
        return false;
    while (cache->bytes + bytes > cache->bytes_max)
        cache_drop(cache, cache->oldest);
    return true;
}

struct cached *cache_put(struct cache *cache, struct str path, struct str query, const struct response *r,
                         size_t route, const struct cache_rule *rule, uint64_t commits,
                         const struct freshness *f) {
    size_t key_size = path.size + 1 + query.size;
    size_t bytes = sizeof(struct cached) + key_size + cache_packed_size(r);
    struct cached *old = cache_lookup(cache, path, query);
    uint64_t window_ms = f->now_ms;
    unsigned reads = 1;
    /* An if, and not `in_window ? old->reads + 1 : 1`: gcc 14 folds that into `in_window * old->reads + 1`,
     * which reads through `old` also if it is NULL, and then leaves out the checks for NULL. */
    if (old && f->now_ms - old->window_ms < lenient_stale_ms) {
        window_ms = old->window_ms;
        reads += old->reads;
    }
    if (old)
        cache_drop(cache, old);
    struct cached *e = cache_make_room(cache, bytes) ? malloc(bytes) : NULL;
    if (!e)
        return NULL;
    *e = (struct cached){
        .route = route,
        .commits = commits,
        .window_ms = window_ms,
        .reads = reads,
        .rule = rule,
        .hash = cache_hash(cache, path, query),
        .bytes = bytes,
    };
    char *at = (char *)(e + 1);
    e->key = (struct str){at, key_size};
    cache_pack_text(&at, path);
    cache_pack_text(&at, STR("?"));
    cache_pack_text(&at, query);
    cache_pack_response(e, r, at);
    struct cached **bucket = &cache->buckets[e->hash & cache->mask];
    e->chain = *bucket;
    *bucket = e;
    cache_link_newest(cache, e);
    cache->bytes += bytes;
    return e;
}

/* Returns the body as gzip, in memory of its own; absent if that is not smaller or memory is short. */
static struct str cache_compress(struct str body) {
    enum {
        gzip_window = 15 + 16, /* a window of 2^15 bytes; + 16 asks zlib for gzip's header */
        light_bytes_min = 32768,
    };
    z_stream z;
    memset(&z, 0, sizeof z);
    /* A large body is compressed at the fastest level, so that no other request of the loop waits long. */
    int level = body.size < light_bytes_min ? 6 : 1;
    if (deflateInit2(&z, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct str){0};
    char *out = malloc(body.size);
    z.next_in = (const Bytef *)body.data;
    z.avail_in = (uInt)body.size;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)body.size;
    bool smaller = out && deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t size = z.total_out;
    deflateEnd(&z);
    char *fitted = smaller ? realloc(out, size) : NULL;
    if (!fitted)
        free(out);
    return (struct str){fitted, fitted ? size : 0};
}

struct str cache_gzip(struct cache *cache, struct cached *e) {
    if (e->gzip_done || (e->uses < 1 && !cache_rule_is_lasting(e->rule)) ||
        e->response.body.size < gzip_bytes_min)
        return e->gzip;
    e->gzip_done = true;
    e->gzip = cache_compress(e->response.body);
    e->bytes += e->gzip.size;
    cache->bytes += e->gzip.size;
    for (struct cached *old = cache->oldest, *newer; old != e && cache->bytes > cache->bytes_max;
         old = newer) {
        newer = old->newer; /* e was just used, so it is the newest of all */
        cache_drop(cache, old);
    }
    return e->gzip;
}
