#include "http/cache.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

enum { bytes_per_bucket = 4096 }; /* about the size of an entry, so that chains stay near one long */

struct cache {
    size_t bytes, bytes_max;
    struct cached *newest, *oldest;
    size_t mask;   /* buckets - 1; a power of two */
    uint64_t seed; /* of the hash */
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

static void unlink_entry(struct cache *cache, struct cached *e) {
    struct cached **link = &cache->buckets[e->hash & cache->mask];
    while (*link != e)
        link = &(*link)->chain;
    *link = e->chain;
    *(e->newer ? &e->newer->older : &cache->newest) = e->older;
    *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
    cache->bytes -= e->bytes;
}

static void drop(struct cache *cache, struct cached *e) {
    unlink_entry(cache, e);
    free((char *)e->gzip.at);
    free(e);
}

void cache_free(struct cache *cache) {
    if (!cache)
        return;
    while (cache->oldest)
        drop(cache, cache->oldest);
    free(cache);
}

static void link_newest(struct cache *cache, struct cached *e) {
    e->newer = NULL;
    e->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = e;
    cache->newest = e;
}

static void touch(struct cache *cache, struct cached *e) {
    if (cache->newest == e)
        return;
    e->newer->older = e->older;
    *(e->older ? &e->older->newer : &cache->oldest) = e->newer;
    link_newest(cache, e);
}

/* FNV-1a (draft-eastlake-fnv) from a start that nobody knows: a client that could choose thousands of targets
 * for one chain would make each of its requests cost the loop a walk along it. */
static uint64_t hash_of(const struct cache *cache, struct str path, struct str query) {
    uint64_t h = cache->seed;
    for (size_t i = 0; i < path.size; i++)
        h = (h ^ (unsigned char)path.at[i]) * 0x100000001B3u;
    h = (h ^ '?') * 0x100000001B3u;
    for (size_t i = 0; i < query.size; i++)
        h = (h ^ (unsigned char)query.at[i]) * 0x100000001B3u;
    return h ^ h >> 32;
}

static bool key_is(const struct cached *e, struct str path, struct str query) {
    struct str key = e->key;
    return key.size == path.size + 1 + query.size && str_starts(key, path) && key.at[path.size] == '?' &&
           str_equal((struct str){key.at + path.size + 1, query.size}, query);
}

static bool holds(const struct cached *e, const struct freshness *f) {
    if (e->lasting)
        return true;
    return e->commits >= f->catalogue_changed &&
           (e->commits >= f->stock_changed ||
            (e->reads >= stock_reads_max && f->now_ms - e->window_ms < stock_stale_ms));
}

/* The entry of a target, whether it holds or not. */
static struct cached *find(struct cache *cache, struct str path, struct str query) {
    uint64_t hash = hash_of(cache, path, query);
    struct cached *e = cache->buckets[hash & cache->mask];
    while (e && (e->hash != hash || !key_is(e, path, query)))
        e = e->chain;
    return e;
}

struct cached *cache_find(struct cache *cache, struct str path, struct str query, const struct freshness *f) {
    struct cached *e = find(cache, path, query);
    if (!e || !holds(e, f))
        return NULL; /* what does not hold stays, to tell cache_put how often it was read */
    touch(cache, e);
    e->uses++;
    return e;
}

/* Copies bytes behind *at, and gives the copy. */
static struct str pack(char **at, struct str text) {
    struct str copy = {text.at ? *at : NULL, text.size};
    if (text.at && text.size)
        memcpy(*at, text.at, text.size);
    *at += text.size;
    return copy;
}

static size_t packed_size(const struct response *r) {
    size_t size = r->content_type.size + r->body.size;
    for (size_t i = 0; i < r->header_count; i++)
        size += r->headers[i].name.size + r->headers[i].value.size;
    return size;
}

/* Half of SHA-256 in quotes. */
static void put_etag(struct str body, char out[static etag_size]) {
    static const char hex[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)body.at, body.size, digest);
    out[0] = out[etag_size - 1] = '"';
    for (size_t i = 0; i < (etag_size - 2) / 2; i++) {
        out[1 + 2 * i] = hex[digest[i] >> 4];
        out[2 + 2 * i] = hex[digest[i] & 15];
    }
}

static void pack_response(struct cached *e, const struct response *r, char *at) {
    e->response = *r;
    e->response.content_type = pack(&at, r->content_type);
    e->response.body = pack(&at, r->body);
    for (size_t i = 0; i < r->header_count; i++)
        e->response.headers[i] =
            (struct header){pack(&at, r->headers[i].name), pack(&at, r->headers[i].value)};
    put_etag(r->body, e->etag);
    memcpy(e->gzip_etag, e->etag, etag_size - 1);
    memcpy(e->gzip_etag + etag_size - 1, "-gz\"", 4);
}

static bool make_room(struct cache *cache, size_t bytes) {
    if (bytes > cache->bytes_max)
        return false;
    while (cache->bytes + bytes > cache->bytes_max)
        drop(cache, cache->oldest);
    return true;
}

struct cached *cache_put(struct cache *cache, struct str path, struct str query, const struct response *r,
                         size_t route, bool lasting, uint64_t commits, const struct freshness *f) {
    size_t key_size = path.size + 1 + query.size;
    size_t bytes = sizeof(struct cached) + key_size + packed_size(r);
    struct cached *old = find(cache, path, query);
    bool in_window = old && f->now_ms - old->window_ms < stock_stale_ms;
    uint64_t window_ms = in_window ? old->window_ms : f->now_ms;
    unsigned reads = in_window ? old->reads + 1 : 1;
    if (old)
        drop(cache, old);
    struct cached *e = make_room(cache, bytes) ? malloc(bytes) : NULL;
    if (!e)
        return NULL;
    *e = (struct cached){
        .route = route,
        .commits = commits,
        .window_ms = window_ms,
        .reads = reads,
        .lasting = lasting,
        .hash = hash_of(cache, path, query),
        .bytes = bytes,
    };
    char *at = (char *)(e + 1);
    e->key = (struct str){at, key_size};
    pack(&at, path);
    pack(&at, STR("?"));
    pack(&at, query);
    pack_response(e, r, at);
    struct cached **bucket = &cache->buckets[e->hash & cache->mask];
    e->chain = *bucket;
    *bucket = e;
    link_newest(cache, e);
    cache->bytes += bytes;
    return e;
}

/* The body as gzip in memory of its own, cut to size; absent where that saves nothing. */
static struct str compress_body(struct str body) {
    enum {
        gzip_window = 15 + 16, /* zlib's way to ask for gzip's header */
        light_bytes_min = 32768,
    };
    z_stream z;
    memset(&z, 0, sizeof z);
    /* A large body is compressed lightly, so that no other request waits long for it. */
    int level = body.size < light_bytes_min ? 6 : 1;
    if (deflateInit2(&z, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct str){0};
    char *out = malloc(body.size);
    z.next_in = (const Bytef *)body.at;
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
    if (e->gzip_done || (e->uses < 1 && !e->lasting) || e->response.body.size < gzip_bytes_min)
        return e->gzip;
    e->gzip_done = true;
    e->gzip = compress_body(e->response.body);
    e->bytes += e->gzip.size;
    cache->bytes += e->gzip.size;
    struct str gzip = e->gzip;
    while (cache->bytes > cache->bytes_max && cache->oldest != e) /* e was just used: it is the newest */
        drop(cache, cache->oldest); // NOLINT(clang-analyzer-unix.Malloc): never e
    return gzip;
}

bool cache_matches(const struct cached *e, struct str list) {
    struct str plain = {e->etag, etag_size}, gzip = {e->gzip_etag, sizeof e->gzip_etag};
    while (list.size > 0) {
        size_t end = str_find(list, ',');
        struct str tag = str_trim((struct str){list.at, end});
        size_t skip = end < list.size ? end + 1 : end;
        list.at += skip, list.size -= skip;
        if (str_starts(tag, STR("W/")))
            tag = (struct str){tag.at + 2, tag.size - 2};
        if (str_equal(tag, STR("*")) || str_equal(tag, plain) || str_equal(tag, gzip))
            return true;
    }
    return false;
}
