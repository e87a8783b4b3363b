#include "pay/web.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { url_bytes_max = 1024, retry_after_digits_max = 6 };

/* A connection, or one to be: libcurl keeps it open between calls. */
struct line {
    CURL *curl;
    struct line *next;
    char *bytes; /* of the answer; its room stays between calls */
    size_t size, room, head_size;
    bool failed; /* too large, or no memory */
    struct web_reply *reply;
};

struct web {
    struct web_options options;
    char url[url_bytes_max];
    char ca_file[url_bytes_max];
    pthread_mutex_t lock;
    struct line *idle;
    size_t idle_count;
};

/* ---- what comes in ---- */

static size_t on_body(char *data, size_t one, size_t size, void *context) {
    struct line *l = context;
    (void)one;
    if (size > web_reply_bytes_max - l->size) {
        l->failed = true;
        return 0;
    }
    if (l->room - l->size < size) {
        size_t room = l->room ? l->room * 2 : 8192;
        while (room - l->size < size)
            room *= 2;
        char *bytes = realloc(l->bytes, room);
        if (!bytes) {
            l->failed = true;
            return 0;
        }
        l->bytes = bytes;
        l->room = room;
    }
    memcpy(l->bytes + l->size, data, size);
    l->size += size;
    return size;
}

/* The value of a field with this name; absent where it has another. */
static struct str value_of(struct str field, struct str name) {
    size_t colon = str_find(field, ':');
    if (colon == field.size || !str_equal_nocase((struct str){field.at, colon}, name))
        return (struct str){0};
    struct str value = {field.at + colon + 1, field.size - colon - 1};
    while (value.size > 0 && (value.at[value.size - 1] == '\n' || value.at[value.size - 1] == '\r'))
        value.size--;
    return str_trim(value);
}

static void take_advice(struct str value, struct web_reply *out) {
    if (str_equal(value, STR("true")))
        out->advice = ADVICE_RETRY;
    else if (str_equal(value, STR("false")))
        out->advice = ADVICE_NO_RETRY;
}

/* Whole seconds; a date, which Stripe does not send, is passed over. */
static void take_retry_after(struct str value, struct web_reply *out) {
    int64_t seconds = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (!isdigit((unsigned char)value.at[i]) || i == retry_after_digits_max)
            return;
        seconds = seconds * 10 + (value.at[i] - '0');
    }
    if (value.size > 0)
        out->retry_after_ms = seconds * 1000;
}

static void take_request_id(struct str value, struct web_reply *out) {
    if (value.size >= sizeof out->request_id)
        return;
    for (size_t i = 0; i < value.size; i++)
        if (!isalnum((unsigned char)value.at[i]) && value.at[i] != '_' && value.at[i] != '-')
            return;
    snprintf(out->request_id, sizeof out->request_id, "%.*s", (int)value.size, value.at ? value.at : "");
}

static size_t on_field(char *data, size_t one, size_t size, void *context) {
    struct line *l = context;
    struct str field = {data, size}, value;
    (void)one;
    l->head_size += size;
    if (l->head_size > web_head_bytes_max) {
        l->failed = true;
        return 0;
    }
    if ((value = value_of(field, STR("stripe-should-retry"))).at)
        take_advice(value, l->reply);
    else if ((value = value_of(field, STR("retry-after"))).at)
        take_retry_after(value, l->reply);
    else if ((value = value_of(field, STR("request-id"))).at)
        take_request_id(value, l->reply);
    return size;
}

/* ---- lines ---- */

static void line_free(struct line *l) {
    if (!l)
        return;
    if (l->curl)
        curl_easy_cleanup(l->curl);
    free(l->bytes);
    free(l);
}

/* What is the same for every call of a line. False where this libcurl cannot do it: then nothing is called.
 */
static bool set_up(const struct web *w, struct line *l) {
    CURL *c = l->curl;
    CURLcode e = CURLE_OK;
#define SET(option, value) e = e == CURLE_OK ? curl_easy_setopt(c, option, value) : e
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, str_starts(str_from(w->url), STR("https:")) ? "https" : "http");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)web_connect_ms_max);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, l);
    SET(CURLOPT_HEADERFUNCTION, on_field);
    SET(CURLOPT_HEADERDATA, l);
    if (w->ca_file[0])
        SET(CURLOPT_CAINFO, w->ca_file);
#undef SET
    return e == CURLE_OK;
}

static struct line *line_new(const struct web *w) {
    struct line *l = calloc(1, sizeof *l);
    if (l && (!(l->curl = curl_easy_init()) || !set_up(w, l))) {
        line_free(l);
        return NULL;
    }
    return l;
}

/* An idle line, the one used last, or a new one; NULL without memory. */
static struct line *take_line(struct web *w) {
    pthread_mutex_lock(&w->lock);
    struct line *l = w->idle;
    if (l) {
        w->idle = l->next;
        w->idle_count--;
    }
    pthread_mutex_unlock(&w->lock);
    return l ? l : line_new(w);
}

static void give_line(struct web *w, struct line *l) {
    pthread_mutex_lock(&w->lock);
    if (l && w->idle_count < web_idle_max) {
        l->next = w->idle;
        w->idle = l;
        w->idle_count++;
        l = NULL;
    }
    pthread_mutex_unlock(&w->lock);
    line_free(l);
}

/* ---- calling ---- */

/* The request's fields, and none of libcurl's own that would make it wait or tell of it. */
static struct curl_slist *fields_of(const struct web_request *r) {
    struct curl_slist *fields = curl_slist_append(NULL, "Expect:"), *longer = fields;
    for (size_t i = 0; i < web_fields_max && r->fields[i] && longer; i++) {
        longer = curl_slist_append(fields, r->fields[i]);
        if (longer)
            fields = longer;
    }
    if (longer)
        return fields;
    curl_slist_free_all(fields);
    return NULL;
}

/* Copies of secrets are not left behind. */
static void free_fields(struct curl_slist *fields) {
    for (struct curl_slist *f = fields; f; f = f->next)
        explicit_bzero(f->data, strlen(f->data));
    curl_slist_free_all(fields);
}

static CURLcode perform(const struct web *w, struct line *l, const struct web_request *r,
                        struct curl_slist *fields) {
    char url[2 * url_bytes_max];
    CURLcode e = CURLE_OK;
    snprintf(url, sizeof url, "%s%s", w->url, r->path);
#define SET(option, value) e = e == CURLE_OK ? curl_easy_setopt(l->curl, option, value) : e
    SET(CURLOPT_URL, url);
    SET(CURLOPT_HTTPHEADER, fields);
    SET(CURLOPT_TIMEOUT_MS, (long)r->limit_ms);
    if (r->body.at) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE, (long)r->body.size);
        SET(CURLOPT_POSTFIELDS, r->body.at);
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
#undef SET
    if (e == CURLE_OK)
        e = curl_easy_perform(l->curl);
    curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, NULL); /* they are the caller's, and gone after this */
    return e;
}

/* Where no whole answer came: why, and whether that may be different the next time. What a head that was cut
 * off had to say does not count. */
static void note_problem(const struct line *l, CURLcode e, struct web_reply *out) {
    bool lasting = l->failed || e == CURLE_PEER_FAILED_VERIFICATION || e == CURLE_SSL_CACERT_BADFILE;
    out->advice = lasting ? ADVICE_NO_RETRY : ADVICE_NONE;
    out->retry_after_ms = -1;
    out->problem = l->failed       ? "the answer is too large"
                   : e != CURLE_OK ? curl_easy_strerror(e)
                                   : "the answer has no usual status";
}

/* What came, copied out of the line. */
static enum status read_reply(struct line *l, CURLcode e, struct arena *arena, struct web_reply *out) {
    long code = 0;
    if (e == CURLE_OK)
        curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, &code);
    out->http_status = code >= 200 && code <= 599 ? (int)code : 0;
    if (!out->http_status)
        note_problem(l, e, out);
    out->body = arena_copy(arena, (struct str){l->bytes ? l->bytes : "", l->size});
    return out->body.at ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status web_call(struct web *w, struct arena *arena, const struct web_request *request,
                     struct web_reply *out) {
    struct curl_slist *fields = fields_of(request);
    struct line *l = take_line(w);
    enum status s = l && fields ? STATUS_OK : STATUS_NO_MEMORY;
    *out = (struct web_reply){.retry_after_ms = -1};
    if (s == STATUS_OK) {
        l->size = l->head_size = 0;
        l->failed = false;
        l->reply = out;
        s = read_reply(l, perform(w, l, request, fields), arena, out);
    }
    give_line(w, l);
    free_fields(fields);
    return s;
}

/* ---- opening and closing ---- */

/* Whether nobody but this machine can be at the other end. */
static bool is_loopback(const char *host) {
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* A part of a URL; absent where it has none. To be freed with curl_free. */
static char *part_of(CURLU *url, CURLUPart part) {
    char *text = NULL;
    return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static bool url_allowed(const struct web_options *o) {
    CURLU *url = curl_url();
    bool parsed = url && curl_url_set(url, CURLUPART_URL, o->url, 0) == CURLUE_OK;
    char *scheme = parsed ? part_of(url, CURLUPART_SCHEME) : NULL;
    char *host = parsed ? part_of(url, CURLUPART_HOST) : NULL;
    char *extra[] = {
        parsed ? part_of(url, CURLUPART_USER) : NULL, parsed ? part_of(url, CURLUPART_PASSWORD) : NULL,
        parsed ? part_of(url, CURLUPART_QUERY) : NULL, parsed ? part_of(url, CURLUPART_FRAGMENT) : NULL};
    bool allowed = scheme && host && strlen(o->url) < url_bytes_max &&
                   (strcmp(scheme, "https") == 0 ||
                    (strcmp(scheme, "http") == 0 && (o->http_anywhere || is_loopback(host))));
    for (size_t i = 0; i < sizeof extra / sizeof *extra; i++) {
        allowed = allowed && !extra[i];
        curl_free(extra[i]);
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return allowed;
}

enum status web_open(const struct web_options *options, struct web **out, char *why) {
    snprintf(why, web_why_size, "out of memory");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return STATUS_NO_MEMORY;
    struct web *w = calloc(1, sizeof *w);
    if (!w || !url_allowed(options)) {
        if (w)
            snprintf(why, web_why_size, "'%.100s' is no address that may be called: give https://host, %s",
                     options->url, options->http_anywhere ? "or http://host" : "or http://127.0.0.1:port");
        curl_global_cleanup();
        enum status s = w ? STATUS_USAGE : STATUS_NO_MEMORY;
        free(w);
        return s;
    }
    w->options = *options;
    snprintf(w->url, sizeof w->url, "%s", options->url);
    snprintf(w->ca_file, sizeof w->ca_file, "%s", options->ca_file ? options->ca_file : "");
    size_t size = strlen(w->url);
    if (size > 0 && w->url[size - 1] == '/')
        w->url[size - 1] = '\0'; /* the path brings one */
    pthread_mutex_init(&w->lock, NULL);
    *out = w;
    return STATUS_OK;
}

void web_close(struct web *w) {
    if (!w)
        return;
    for (struct line *l = w->idle, *next; l; l = next) {
        next = l->next;
        line_free(l);
    }
    pthread_mutex_destroy(&w->lock);
    free(w);
    curl_global_cleanup();
}
