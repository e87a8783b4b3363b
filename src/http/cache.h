/* Answers kept in memory: for GETs that are the same for everybody.
 *
 * One cache a loop, so nothing is locked. An entry is what a snapshot gave, with the count of commits that
 * the snapshot had; it holds until a later commit changes the catalogue. Selling changes stock many times a
 * second, so for the sake of stock alone an entry is read again only a few times in each half second: in a
 * quiet shop everybody sees every sale at once, and in a busy one reading costs no more than that. Only
 * committed data is ever read, so what a rollback undid cannot be served.
 *
 * Least recently used entries go when the bound on bytes is reached. */
#pragma once

#include "api/call.h"

struct cache;

/* How old an answer may be by the server's commits and clock. */
struct freshness {
    uint64_t catalogue_changed, stock_changed; /* counts of the latest commits that did (executor_changed) */
    uint64_t now_ms;
};

enum {
    stock_stale_ms = 500,  /* half of the second within which a change of stock must show */
    stock_reads_max = 8,   /* in that time */
    gzip_bytes_min = 1024, /* below, the packet that is saved is not worth the work */
    etag_size = 34,        /* 128 bits in hex, in quotes */
};

struct cached {
    struct response response; /* with its ETag; in the entry's own memory */
    struct str gzip; /* the body compressed; absent until it was wanted twice, or where it is not worth it */
    size_t route;    /* for metrics */
    char etag[etag_size];
    char gzip_etag[etag_size + 3];
    /* The cache's own. */
    uint64_t commits, uses;
    uint64_t window_ms; /* when the half second began in which it was read … */
    unsigned reads;     /* … so many times */
    bool lasting;       /* depends on no data */
    bool gzip_done;     /* compressed, or found not worth it */
    uint64_t hash;
    struct str key;
    size_t bytes;
    struct cached *chain, *newer, *older;
};

/* A cache of at most `bytes_max` bytes; NULL without memory. 0 keeps nothing. `random` is used here alone. */
struct cache *cache_new(size_t bytes_max, const struct random *random);
void cache_free(struct cache *cache);

/* The answer kept for a target (path and query as sent), or NULL. Valid until the next cache_put. */
struct cached *cache_find(struct cache *cache, struct str path, struct str query,
                          const struct freshness *freshness);

/* Keeps a copy of a rendered 200 answer, read when `commits` had been made, and gives it with its ETag; NULL
 * where there is no room for it. */
struct cached *cache_put(struct cache *cache, struct str path, struct str query,
                         const struct response *response, size_t route, bool lasting, uint64_t commits,
                         const struct freshness *freshness);

/* The body compressed, made at the second use; absent where it should be sent as it is. */
struct str cache_gzip(struct cache *cache, struct cached *entry);

/* Whether an If-None-Match names this entry, compressed or not (RFC 9110 §13.1.2). */
bool cache_matches(const struct cached *entry, struct str if_none_match);
