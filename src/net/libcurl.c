/* libcurl's functions, for a program that is not linked with it: see db/postgres/libpq.c for why. The library is loaded
 * when the first client is made, so only by a shop whose payments go to Stripe. */
#include "net/libcurl.h"

#include "base/file/library.h"

/* The checks of option types are macros, which are for callers. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

/* Later versions of curl.h have a const here. */
typedef __typeof__(_Generic(&curl_url_get,
                       CURLUcode (*)(const CURLU *, CURLUPart, char **, unsigned): (const CURLU *)NULL,
                       default: (CURLU *)NULL)) curl_url_read;

/* Result, name, parameters, and how they are passed on. Those with `...` are written out below. */
#define LIBCURL_LIST(X)                                                                                      \
    X(void, curl_easy_cleanup, (CURL * c), (c))                                                              \
    X(CURL *, curl_easy_init, (void), ())                                                                    \
    X(CURLcode, curl_easy_perform, (CURL * c), (c))                                                          \
    X(const char *, curl_easy_strerror, (CURLcode code), (code))                                             \
    X(void, curl_free, (void *text), (text))                                                                 \
    X(void, curl_global_cleanup, (void), ())                                                                 \
    X(CURLcode, curl_global_init, (long flags), (flags))                                                     \
    X(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text), (list, text))    \
    X(void, curl_slist_free_all, (struct curl_slist * list), (list))                                         \
    X(CURLU *, curl_url, (void), ())                                                                         \
    X(void, curl_url_cleanup, (CURLU * url), (url))                                                          \
    X(CURLUcode, curl_url_get, (curl_url_read url, CURLUPart part, char **text, unsigned flags),             \
      (url, part, text, flags))                                                                              \
    X(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char *text, unsigned flags),              \
      (url, part, text, flags))

enum { LIBCURL_LIST(LIBRARY_SLOT) SLOT_curl_easy_setopt, SLOT_curl_easy_getinfo, SLOT_COUNT };

/* Written once, under the pthread_once of libcurl_load. */
static void *library_functions[SLOT_COUNT];
static char libcurl_error[library_error_size];

LIBCURL_LIST(LIBRARY_FORWARD)

/* Takes the one argument by the kind that the option's number tells, and passes it on. */
CURLcode curl_easy_setopt(CURL *c, CURLoption option, ...) {
    __typeof__(&curl_easy_setopt) set =
        (__typeof__(&curl_easy_setopt))library_functions[SLOT_curl_easy_setopt];
    bool is_offset = option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB;
    CURLcode code = CURLE_UNKNOWN_OPTION;
    va_list args;
    va_start(args, option);
    if (is_offset)
        code = set(c, option, va_arg(args, curl_off_t));
    if (option < CURLOPTTYPE_OBJECTPOINT)
        code = set(c, option, va_arg(args, long));
    if (option >= CURLOPTTYPE_OBJECTPOINT && !is_offset)
        code = set(c, option, va_arg(args, void *));
    va_end(args);
    return code;
}

/* What is asked for is always written through a pointer. */
CURLcode curl_easy_getinfo(CURL *c, CURLINFO info, ...) {
    __typeof__(&curl_easy_getinfo) get =
        (__typeof__(&curl_easy_getinfo))library_functions[SLOT_curl_easy_getinfo];
    va_list args;
    va_start(args, info);
    CURLcode code = get(c, info, va_arg(args, void *));
    va_end(args);
    return code;
}

static void libcurl_load_once(void) {
    static const char *const names[SLOT_COUNT] = {
        LIBCURL_LIST(LIBRARY_NAME) "curl_easy_setopt",
        "curl_easy_getinfo",
    };
    library_load(LIBRARY_FILE("libcurl", "4"), SLOT_COUNT, names, library_functions, libcurl_error);
}

const char *libcurl_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, libcurl_load_once);
    return libcurl_error[0] ? libcurl_error : NULL;
}
