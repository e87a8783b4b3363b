/* Calls of one HTTP server, over libcurl.
 *
 * Connections are kept and used again. What a server does is bounded: the time of a call, the bytes of its
 * answer and of its head. TLS is verified against the system's authorities (Debian: ca-certificates).
 * Redirections are not followed, no cookie, .netrc or proxy of the environment is used (neither HTTPS_PROXY
 * nor ALL_PROXY: whoever needs a proxy gives its URL as the server's), and nothing compressed is asked for,
 * so that an answer cannot grow in our hands. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

enum {
    web_reply_bytes_max = 256 * 1024,
    web_head_bytes_max = 64 * 1024,
    web_connect_ms_max = 4000, /* name, TCP and TLS */
    web_idle_max = 64,         /* connections kept for later */
    web_fields_max = 6,
    web_why_size = 200,
};

struct web;

struct web_options {
    const char *url;     /* https://host[:port][/path]; http:// to this very machine alone, … */
    bool http_anywhere;  /* … unless this says so */
    const char *ca_file; /* NULL: the system's authorities */
};

struct web_request {
    const char *path;                   /* behind the url; starts with a slash, or is empty */
    struct str body;                    /* absent: GET, else POST */
    const char *fields[web_fields_max]; /* `Name: value`, up to the first NULL; wiped copies are sent */
    int64_t limit_ms;                   /* of the whole call, at least 1 */
};

enum advice { ADVICE_NONE, ADVICE_RETRY, ADVICE_NO_RETRY };

struct web_reply {
    int http_status;        /* 0: no whole answer came, and what became of the request nobody knows */
    struct str body;        /* in the arena */
    enum advice advice;     /* Stripe-Should-Retry; NO_RETRY also where a problem will last */
    int64_t retry_after_ms; /* Retry-After in seconds; -1 where it said none */
    char request_id[64];    /* Request-Id, where it is plain; else empty */
    const char *problem;    /* libcurl's words where no answer came: static text */
};

/* STATUS_USAGE with `why` (web_why_size) filled where the url is none that may be called; STATUS_NO_MEMORY.
 */
MUST_CHECK enum status web_open(const struct web_options *options, struct web **out, char *why);

/* From any thread; blocks for up to limit_ms. STATUS_NO_MEMORY, or STATUS_OK with the reply, which may say
 * that none came. */
MUST_CHECK enum status web_call(struct web *w, struct arena *arena, const struct web_request *request,
                                struct web_reply *out);

/* Nobody may be calling any more; NULL is fine. */
void web_close(struct web *w);
