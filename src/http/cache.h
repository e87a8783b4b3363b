/* Kept answers of GETs that are the same for every client.
 *
 * Each loop has a cache of its own, so there are no locks. An entry is an answer read from a snapshot of the
 * database, with the count of commits that the snapshot has. It is served until a later commit changes one of
 * its rule's topics. Only committed data is read, so a change that was rolled back is never served.
 *
 * Some topics change many times a second, as stock does when the shop sells. These are lenient: a change of
 * theirs ends an entry at once, but only lenient_reads_max times in half a second. In a quiet shop every
 * client sees every sale at once. In a busy shop an answer is at most half a second old, and reading it costs
 * no more than that. */
#pragma once

#include "api/endpoint.h"
#include "api/etag.h"

struct cache;

/* The server's change clock and its time. */
struct freshness {
    /* The count of the latest commit that changed any of `topics` (executor_changed). */
    uint64_t (*changed)(const void *context, unsigned topics);
    const void *context;
    uint64_t now_ms;
};

enum {
    lenient_stale_ms = 500, /* half of the second within which a change of a lenient topic must show */
    lenient_reads_max = 8,  /* in that time */
    gzip_bytes_min = 1024,  /* a smaller body fits one packet either way, so compressing it saves nothing */
};

struct cached {
    struct response response; /* with its ETag; in the entry's own memory */
    struct str gzip;          /* the compressed body; absent before its second use, or if it is no smaller */
    size_t route;             /* for metrics */
    char etag[etag_size];
    char gzip_etag[etag_gzip_size];

    /* The cache's own. */
    const struct cache_rule *rule;
    uint64_t commits; /* that the answer's snapshot has, at least */
    uint64_t uses;
    uint64_t window_ms; /* when the half second began in which it was last read from the database … */
    unsigned reads;     /* … and how often it was in that time */
    bool gzip_done;     /* compressed, or found not to be worth it */
    uint64_t hash;
    struct str key; /* path, `?`, query */
    size_t bytes;
    struct cached *chain, *newer, *older;
};

/* Makes a cache of at most `bytes_max` bytes; 0 keeps nothing. NULL without memory. `random` is used only
 * here. */
struct cache *cache_new(size_t bytes_max, const struct random *random);
void cache_free(struct cache *cache);

/* Returns the fresh entry of a target (path and query as sent), or NULL. It is valid until the next
 * cache_put. */
struct cached *cache_find(struct cache *cache, struct str path, struct str query,
                          const struct freshness *freshness);

/* Keeps a copy of a rendered 200 answer, read after `commits` commits, and returns it with its ETag. NULL if
 * there is no room for it. */
struct cached *cache_put(struct cache *cache, struct str path, struct str query,
                         const struct response *response, size_t route, const struct cache_rule *rule,
                         uint64_t commits, const struct freshness *freshness);

/* Returns the compressed body, which the second use makes; absent if the body is to be sent as it is. */
struct str cache_gzip(struct cache *cache, struct cached *entry);
