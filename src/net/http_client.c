/* libcurl's "easy" handles, one for each call that runs at the same time. A handle owns its connection; when
 * a call is over the handle goes back to a stack of idle ones, with its connection open:
 *
 *     http_client.idle --> last used --> ... (http_idle_max)        guarded by `lock`
 *
 * The last used is taken first, because the server is least likely to have closed its connection. The options
 * that are the same for every call are set when a handle is made (handle_configure), the rest for each call
 * (handle_perform).
 *
 * libcurl hands over the answer in pieces: on_header_field() picks three header fields, on_reply_body()
 * appends to a buffer in the caller's arena. Both return 0 once a bound is passed, which makes libcurl end
 * the call.
 *
 * A result is trusted only if libcurl says that the answer was whole. Otherwise http_status is 0, and the
 * head's fields are dropped: the connection may have been cut, or the server may have acted on the
 * request. */
#include "net/http_client.h"

#include "base/buf.h"
#include "net/libcurl.h"
#include "net/public_address.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { url_bytes_max = 1024, retry_after_s_max = 999999 };

struct handle {
    CURL *curl;
    struct handle *next; /* below it on the stack of idle ones */
    size_t cut_bytes;    /* of http_client_options */
    size_t head_size;
    bool is_too_large;
    bool is_cut; /* the answer was longer than cut_bytes */
    bool is_stopped;
    const _Atomic bool *stop; /* of the call that runs */
    bool is_private;          /* the name leads to an address that may not be called */
    struct buf body;          /* of the call that runs, as is `reply` */
    struct http_client_reply *reply;
};

struct http_client {
    char url[url_bytes_max];
    char ca_file[url_bytes_max];
    bool strict;
    size_t cut_bytes;
    pthread_mutex_t lock;
    struct handle *idle;
    size_t idle_count;
};

/* ---- The answer. */

static size_t on_reply_body(char *data, size_t one, size_t size, void *context) {
    struct handle *h = context;
    (void)one;
    if (h->cut_bytes && size > h->cut_bytes - h->body.size) {
        h->is_cut = true;
        buf_put(&h->body, (struct str){data, h->cut_bytes - h->body.size});
        return 0;
    }
    h->is_too_large = h->is_too_large || size > http_reply_bytes_max - h->body.size;
    if (h->is_too_large)
        return 0;
    buf_put(&h->body, (struct str){data, size});
    return buf_ok(&h->body) ? size : 0;
}

/* The value of a header field if it has this name, else absent. */
static struct str header_field_value(struct str field, struct str name) {
    struct str value = field;
    if (!str_equal_nocase(str_cut(&value, ':'), name))
        return (struct str){0};
    while (value.size > 0 && (value.data[value.size - 1] == '\n' || value.data[value.size - 1] == '\r'))
        value.size--;
    return str_trim(value);
}

static void read_advice(struct str value, struct http_client_reply *out) {
    if (str_equal(value, STR("true")))
        out->advice = ADVICE_RETRY;
    else if (str_equal(value, STR("false")))
        out->advice = ADVICE_NO_RETRY;
}

/* Seconds; a date, which Stripe does not send, is ignored, and so is a wait of over 11 days. */
static void read_retry_after(struct str value, struct http_client_reply *out) {
    int64_t seconds;
    if (str_to_int(value, retry_after_s_max, &seconds))
        out->retry_after_ms = seconds * 1000;
}

/* Goes into our log, so only an id of plain characters is kept. */
static void read_request_id(struct str value, struct http_client_reply *out) {
    if (value.size < sizeof out->request_id && str_is_alnum(value, "_-"))
        snprintf(out->request_id, sizeof out->request_id, "%.*s", (int)value.size,
                 value.data ? value.data : "");
}

static size_t on_header_field(char *data, size_t one, size_t size, void *context) {
    struct handle *h = context;
    struct str field = {data, size}, value;
    (void)one;
    h->head_size += size;
    h->is_too_large = h->is_too_large || h->head_size > http_head_bytes_max;
    if (h->is_too_large)
        return 0;
    if ((value = header_field_value(field, STR("stripe-should-retry"))).data)
        read_advice(value, h->reply);
    else if ((value = header_field_value(field, STR("retry-after"))).data)
        read_retry_after(value, h->reply);
    else if ((value = header_field_value(field, STR("request-id"))).data)
        read_request_id(value, h->reply);
    return size;
}

/* ---- Handles. */

static void handle_free(struct handle *h) {
    if (!h)
        return;
    if (h->curl)
        curl_easy_cleanup(h->curl);
    free(h);
}

/* Opens the socket for an address that a name led to. Looking here, and not at the name before the call, leaves no time
 * in which the name could come to lead elsewhere. */
static curl_socket_t on_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct handle *h = context;
    (void)purpose;
    h->is_private = !address_is_public((const struct sockaddr *)&address->addr);
    return h->is_private ? CURL_SOCKET_BAD
                         : socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Called by libcurl all the while, once in a second at least. */
static int on_progress(void *context, curl_off_t get_all, curl_off_t got, curl_off_t put_all,
                       curl_off_t put) {
    struct handle *h = context;
    (void)get_all, (void)got, (void)put_all, (void)put;
    h->is_stopped = h->stop && atomic_load(h->stop);
    return h->is_stopped;
}

/* Sets the options that are the same for every call. False if this libcurl lacks an option: then no call is
 * made without it. */
static bool handle_configure(const struct http_client *client, struct handle *h) {
    CURL *c = h->curl;
    CURLcode e = CURLE_OK;
#define SET(option, value) e = e == CURLE_OK ? curl_easy_setopt(c, option, value) : e
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, str_starts(str_from(client->url), STR("https:")) ? "https" : "http");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)http_connect_ms_max);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, h);
    SET(CURLOPT_WRITEFUNCTION, on_reply_body);
    SET(CURLOPT_WRITEDATA, h);
    SET(CURLOPT_HEADERFUNCTION, on_header_field);
    SET(CURLOPT_HEADERDATA, h);
    if (client->ca_file[0])
        SET(CURLOPT_CAINFO, client->ca_file);
    if (client->strict) {
        SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
        SET(CURLOPT_OPENSOCKETDATA, h);
    }
#undef SET
    return e == CURLE_OK;
}

static struct handle *handle_new(const struct http_client *client) {
    struct handle *h = calloc(1, sizeof *h);
    if (h)
        h->cut_bytes = client->cut_bytes;
    if (h && (!(h->curl = curl_easy_init()) || !handle_configure(client, h))) {
        handle_free(h);
        return NULL;
    }
    return h;
}

/* Takes the idle handle that was used last, or makes one; NULL if there is no memory. */
static struct handle *handle_take(struct http_client *client) {
    pthread_mutex_lock(&client->lock);
    struct handle *h = client->idle;
    if (h) {
        client->idle = h->next;
        client->idle_count--;
    }
    pthread_mutex_unlock(&client->lock);
    return h ? h : handle_new(client);
}

/* Puts a handle on the stack, or frees it if enough are idle; NULL does nothing. */
static void handle_give_back(struct http_client *client, struct handle *h) {
    pthread_mutex_lock(&client->lock);
    if (h && client->idle_count < http_idle_max) {
        h->next = client->idle;
        client->idle = h;
        client->idle_count++;
        h = NULL;
    }
    pthread_mutex_unlock(&client->lock);
    handle_free(h);
}

/* ---- Calls. */

/* The request's header fields as libcurl's list; NULL if there is no memory. `Expect:` without a value stops
 * libcurl from sending `Expect: 100-continue` and waiting a second for the answer. */
static struct curl_slist *fields_new(const struct http_client_request *r) {
    struct curl_slist *fields = curl_slist_append(NULL, "Expect:"), *longer = fields;
    for (size_t i = 0; i < http_fields_max && r->fields[i] && longer; i++) {
        longer = curl_slist_append(fields, r->fields[i]);
        if (longer)
            fields = longer;
    }
    if (longer)
        return fields;
    curl_slist_free_all(fields);
    return NULL;
}

/* Wipes the list before freeing it: the fields hold the provider's secret key. */
static void fields_free(struct curl_slist *fields) {
    for (struct curl_slist *f = fields; f; f = f->next)
        explicit_bzero(f->data, strlen(f->data));
    curl_slist_free_all(fields);
}

static CURLcode handle_perform(const struct http_client *client, struct handle *h,
                               const struct http_client_request *r, struct curl_slist *fields) {
    char url[2 * url_bytes_max];
    CURLcode e = CURLE_OK;
    snprintf(url, sizeof url, "%s%s", client->url, r->path);
#define SET(option, value) e = e == CURLE_OK ? curl_easy_setopt(h->curl, option, value) : e
    SET(CURLOPT_URL, url);
    SET(CURLOPT_HTTPHEADER, fields);
    SET(CURLOPT_TIMEOUT_MS, (long)r->limit_ms);
    if (r->body.data) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE, (long)r->body.size);
        SET(CURLOPT_POSTFIELDS, r->body.data);
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
#undef SET
    if (e == CURLE_OK)
        e = curl_easy_perform(h->curl);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL); /* the caller frees them after this */
    return e;
}

/* Says why no whole answer came, and whether another attempt may succeed. The head of an answer that was cut
 * off does not count. */
static void reply_note_problem(const struct handle *h, CURLcode e, struct http_client_reply *out) {
    bool will_last = h->is_too_large || e == CURLE_PEER_FAILED_VERIFICATION || e == CURLE_SSL_CACERT_BADFILE;
    out->advice = will_last ? ADVICE_NO_RETRY : ADVICE_NONE;
    out->retry_after_ms = -1;
    out->is_stopped = h->is_stopped;
    out->problem = h->is_too_large ? "the answer is too large"
                   : h->is_private ? "the name leads to an address that is not public"
                   : e != CURLE_OK ? curl_easy_strerror(e)
                                   : "the answer has no usual status";
}

static enum status reply_finish(const struct handle *h, CURLcode e, struct http_client_reply *out) {
    long code = 0;
    if (!buf_ok(&h->body))
        return STATUS_NO_MEMORY;
    if (e == CURLE_OK || h->is_cut)
        curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &code);
    out->http_status = code >= 200 && code <= 599 ? (int)code : 0;
    if (!out->http_status)
        reply_note_problem(h, e, out);
    out->body = buf_str(&h->body);
    return STATUS_OK;
}

enum status http_client_call(struct http_client *client, struct arena *arena,
                             const struct http_client_request *request, struct http_client_reply *out) {
    struct curl_slist *fields = fields_new(request);
    struct handle *h = handle_take(client);
    enum status s = h && fields ? STATUS_OK : STATUS_NO_MEMORY;
    *out = (struct http_client_reply){.retry_after_ms = -1};
    if (s == STATUS_OK) {
        h->head_size = 0;
        h->is_too_large = h->is_cut = h->is_private = h->is_stopped = false;
        h->stop = request->stop;
        h->body = buf_new(arena);
        h->reply = out;
        s = reply_finish(h, handle_perform(client, h, request, fields), out);
    }
    handle_give_back(client, h);
    fields_free(fields);
    return s;
}

/* ---- Opening and closing. */

/* A part of a URL, to be freed with curl_free; NULL if the URL lacks it. */
static char *url_part(CURLU *url, CURLUPart part) {
    char *text = NULL;
    return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

/* Whether the URL may be called: https, or http if allowed, with a host, and without user, password, fragment and
 * (unless allowed) query. */
static bool url_is_allowed(const struct http_client_options *o) {
    CURLU *url = curl_url();
    bool parsed = url && curl_url_set(url, CURLUPART_URL, o->url, 0) == CURLUE_OK;
    char *scheme = parsed ? url_part(url, CURLUPART_SCHEME) : NULL;
    char *host = parsed ? url_part(url, CURLUPART_HOST) : NULL;
    char *extra[] = {parsed ? url_part(url, CURLUPART_USER) : NULL,
                     parsed ? url_part(url, CURLUPART_PASSWORD) : NULL,
                     parsed && !o->whole_url ? url_part(url, CURLUPART_QUERY) : NULL,
                     parsed ? url_part(url, CURLUPART_FRAGMENT) : NULL};
    /* libcurl forgives a missing slash. */
    bool has_slashes = scheme && strncmp(o->url + strlen(scheme), "://", 3) == 0;
    bool is_allowed = has_slashes && host && strlen(o->url) < url_bytes_max &&
                      (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && !o->strict &&
                                                        (o->http_anywhere || host_is_loopback(host))));
    for (size_t i = 0; i < sizeof extra / sizeof *extra; i++) {
        is_allowed = is_allowed && !extra[i];
        curl_free(extra[i]);
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return is_allowed;
}

bool http_client_may_call(const struct http_client_options *options) {
    return !libcurl_load() && url_is_allowed(options);
}

enum status http_client_open(const struct http_client_options *options, struct http_client **out,
                             char *error) {
    const char *missing = libcurl_load();
    snprintf(error, http_client_error_size, "%s", missing ? missing : "out of memory");
    if (missing)
        return STATUS_USAGE;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return STATUS_NO_MEMORY;
    struct http_client *client = calloc(1, sizeof *client);
    if (!client || !url_is_allowed(options)) {
        if (client)
            snprintf(error, http_client_error_size,
                     "'%.100s' is no address that may be called: give https://host, %s", options->url,
                     options->http_anywhere ? "or http://host" : "or http://127.0.0.1:port");
        curl_global_cleanup();
        enum status s = client ? STATUS_USAGE : STATUS_NO_MEMORY;
        free(client);
        return s;
    }
    snprintf(client->url, sizeof client->url, "%s", options->url);
    snprintf(client->ca_file, sizeof client->ca_file, "%s", options->ca_file ? options->ca_file : "");
    client->strict = options->strict;
    client->cut_bytes = options->cut_bytes;
    size_t size = strlen(client->url);
    if (!options->whole_url && size > 0 && client->url[size - 1] == '/')
        client->url[size - 1] = '\0'; /* the path starts with one */
    pthread_mutex_init(&client->lock, NULL);
    *out = client;
    return STATUS_OK;
}

void http_client_close(struct http_client *client) {
    if (!client)
        return;
    for (struct handle *h = client->idle, *next; h; h = next) {
        next = h->next;
        handle_free(h);
    }
    pthread_mutex_destroy(&client->lock);
    free(client);
    curl_global_cleanup();
}
