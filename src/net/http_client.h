/* A client of one HTTP server, over libcurl.
 *
 * Connections are kept open and used again. What a server can do to us is bounded: the time of a call, the
 * bytes of its answer and of its head. TLS is verified against the system's authorities (Debian:
 * ca-certificates). Redirections are not followed. Cookies, .netrc and the environment's proxies
 * (HTTPS_PROXY, ALL_PROXY) are not used: to go through a proxy, give its URL as the server's. Nothing
 * compressed is asked for, so that an answer cannot grow when it is unpacked. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

#include <stdatomic.h>

enum {
    http_reply_bytes_max = 256 * 1024,
    http_head_bytes_max = 64 * 1024,
    http_connect_ms_max = 4000, /* name, TCP and TLS */
    http_idle_max = 64,         /* connections kept for later */
    http_fields_max = 6,
    http_client_error_size = 200,
};

struct http_client;

struct http_client_options {
    const char *url;     /* https://host[:port][/path]; http:// only to this machine itself, … */
    bool http_anywhere;  /* … unless this is true */
    const char *ca_file; /* NULL: the system's authorities */
    /* For a URL that a stranger may have given, whose answers are of little interest: */
    bool whole_url;   /* it may have a query; calls then have an empty path */
    bool strict;      /* https alone, and no connection is made to an address that is not public */
    size_t cut_bytes; /* an answer of more bytes is cut there, and counts; 0: it is refused as too large */
};

struct http_client_request {
    const char *path;                    /* appended to the URL; starts with a slash, or is empty */
    struct str body;                     /* absent: GET; else POST */
    const char *fields[http_fields_max]; /* `Name: value`, up to the first NULL; the copies made are wiped */
    int64_t limit_ms;                    /* for the whole call, at least 1 */
    const _Atomic bool *stop;            /* once it is true, the call ends within a second; NULL: never */
};

enum advice { ADVICE_NONE, ADVICE_RETRY, ADVICE_NO_RETRY };

struct http_client_reply {
    int http_status;        /* 0: no whole answer came; whether the request was acted on is unknown */
    struct str body;        /* in the arena */
    enum advice advice;     /* Stripe-Should-Retry; ADVICE_NO_RETRY also if the problem will last */
    int64_t retry_after_ms; /* from Retry-After; -1 if it was absent or not in whole seconds */
    char request_id[64];    /* Request-Id if it is letters, digits, `_` and `-`; else empty */
    const char *problem;    /* why no answer came, mostly in libcurl's words: static text */
    bool is_stopped;        /* no answer came because `stop` became true */
};

/* Makes a client; the options are copied. STATUS_USAGE, with `error` (http_client_error_size) filled, if the
 * URL is not one that may be called; STATUS_NO_MEMORY. */
MUST_CHECK enum status http_client_open(const struct http_client_options *options, struct http_client **out,
                                        char *error);

/* Whether http_client_open would take the URL. */
bool http_client_may_call(const struct http_client_options *options);

/* Makes a call; blocks for up to limit_ms. From any thread. STATUS_OK with the reply, whose http_status is 0
 * if no whole answer came; STATUS_NO_MEMORY. */
MUST_CHECK enum status http_client_call(struct http_client *client, struct arena *arena,
                                        const struct http_client_request *request,
                                        struct http_client_reply *out);

/* Frees the client, once no call is running any more; NULL does nothing. */
void http_client_close(struct http_client *client);
