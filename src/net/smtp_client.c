/* What an answer means depends on when it came. libcurl keeps the last code, so:
 *
 *     connect, EHLO, STARTTLS, AUTH     a 5xx is about us or the relay: the next try may succeed
 *     MAIL, RCPT, DATA                  CURLE_SEND_ERROR: a 5xx is about this mail
 *     the mail itself                   libcurl has begun to read it: the same
 *
 * A connection that ends after the mail was sent and before it was answered is a failure: the mail is sent again, with the
 * same Message-ID. */
#include "net/smtp_client.h"

#include "net/libcurl.h"
#include "net/public_address.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { smtp_connect_ms_max = 10000, address_bytes_max = 260, domain_bytes_max = 254 };

struct smtp_call {
    CURL *curl;
    struct curl_slist *to;
    struct str rest; /* of the mail, which is still to be sent */
    bool is_read;    /* the sending of the mail itself has begun */
    const _Atomic bool *stop;
    bool is_stopped;
    size_t answer_bytes; /* so far */
    char answer[smtp_problem_size];
    char error[CURL_ERROR_SIZE]; /* libcurl's own words for what went wrong */
};

/* ---- The URL. */

/* Takes a part out of the URL: its text in `out` (of `size` bytes), empty if it is absent. False if it is too long. */
static bool smtp_url_part(CURLU *url, CURLUPart part, unsigned flags, char *out, size_t size) {
    char *text = NULL;
    out[0] = '\0';
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return true;
    int written = snprintf(out, size, "%s", text);
    curl_free(text);
    return written >= 0 && (size_t)written < size;
}

/* Fills the relay from a URL that was taken apart. NULL, or why not. */
static const char *smtp_relay_fill(CURLU *url, struct str greeting, struct smtp_relay *out) {
    char scheme[16], host[domain_bytes_max + 1], port[8], other[smtp_url_max];
    if (!smtp_url_part(url, CURLUPART_SCHEME, 0, scheme, sizeof scheme) ||
        !smtp_url_part(url, CURLUPART_HOST, 0, host, sizeof host) ||
        !smtp_url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof port) ||
        !smtp_url_part(url, CURLUPART_USER, CURLU_URLDECODE, out->user, sizeof out->user))
        return "a part of it is too long";
    if ((strcmp(scheme, "smtps") != 0 && strcmp(scheme, "smtp") != 0) || !host[0])
        return "give smtps://user@host:465, or smtp://user@host:587";
    if (!smtp_url_part(url, CURLUPART_PASSWORD, 0, other, sizeof other) || other[0])
        return "its password belongs in TILL_MAIL_PASSWORD";
    if (!smtp_url_part(url, CURLUPART_PATH, 0, other, sizeof other) || strcmp(other, "/") != 0 ||
        !smtp_url_part(url, CURLUPART_QUERY, 0, other, sizeof other) || other[0] ||
        !smtp_url_part(url, CURLUPART_FRAGMENT, 0, other, sizeof other) || other[0])
        return "nothing may follow the port";
    snprintf(out->url, sizeof out->url, "%s://%s:%s/%.*s", scheme, host, port, (int)greeting.size,
             greeting.data);
    out->is_local = host_is_loopback(host);
    return NULL;
}

enum status smtp_relay_read(const char *text, struct str greeting, const char *password,
                            struct smtp_relay *out, char error[static smtp_error_size]) {
    const char *missing = libcurl_load();
    *out = (struct smtp_relay){.password = password};
    if (missing) {
        snprintf(error, smtp_error_size, "%s", missing);
        return STATUS_USAGE;
    }
    CURLU *url = curl_url();
    if (!url)
        return STATUS_NO_MEMORY;
    bool is_short = strlen(text) < smtp_url_max - domain_bytes_max && greeting.size <= domain_bytes_max;
    const char *problem =
        is_short && curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK
            ? smtp_relay_fill(url, greeting, out)
            : "it is not a URL";
    curl_url_cleanup(url);
    if (!problem)
        return STATUS_OK;
    snprintf(error, smtp_error_size, "%s", problem); /* the URL is not shown: it may hold a password */
    return STATUS_USAGE;
}

/* ---- A call. */

static size_t on_mail_read(char *to, size_t one, size_t size, void *context) {
    struct smtp_call *call = context;
    size_t count = call->rest.size < one * size ? call->rest.size : one * size;
    call->is_read = true;
    if (count > 0)
        memcpy(to, call->rest.data, count);
    call->rest = str_skip(call->rest, count);
    return count;
}

/* Copies a stranger's text: ASCII as it is, anything else as a question mark. */
static void smtp_copy_plain(char out[static smtp_problem_size], const char *text, size_t size) {
    size_t count = size < smtp_problem_size - 1 ? size : smtp_problem_size - 1;
    for (size_t i = 0; i < count; i++)
        out[i] = (char)(text[i] >= ' ' && text[i] < 0x7F ? text[i] : '?');
    out[count] = '\0';
}

/* Keeps the last line in which the relay refuses something (its QUIT is answered after that). */
static size_t on_smtp_answer(char *data, size_t one, size_t size, void *context) {
    struct smtp_call *call = context;
    size_t count = size;
    (void)one;
    call->answer_bytes += size;
    while (count > 0 && (data[count - 1] == '\n' || data[count - 1] == '\r'))
        count--;
    if (count > 0 && (data[0] == '4' || data[0] == '5'))
        smtp_copy_plain(call->answer, data, count);
    return call->answer_bytes <= smtp_answer_bytes_max ? size : 0;
}

/* Called by libcurl all the while, once in a second at least. */
static int on_smtp_progress(void *context, curl_off_t get_all, curl_off_t got, curl_off_t put_all,
                            curl_off_t put) {
    struct smtp_call *call = context;
    (void)get_all, (void)got, (void)put_all, (void)put;
    call->is_stopped = call->stop && atomic_load(call->stop);
    return call->is_stopped;
}

static CURLcode smtp_configure(struct smtp_call *call, const struct smtp_relay *relay, const char *from,
                               struct str message) {
    CURL *c = call->curl;
    CURLcode e = CURLE_OK;
    bool has_user = relay->user[0] != '\0';
#define SET(option, value) e = e == CURLE_OK ? curl_easy_setopt(c, option, value) : e
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_ERRORBUFFER, call->error);
    SET(CURLOPT_URL, relay->url);
    SET(CURLOPT_PROTOCOLS_STR, str_starts(str_from(relay->url), STR("smtps:")) ? "smtps" : "smtp");
    SET(CURLOPT_USE_SSL, (long)(relay->is_local ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (relay->ca_file) {
        SET(CURLOPT_CAINFO, relay->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)smtp_connect_ms_max);
    SET(CURLOPT_TIMEOUT_MS, (long)smtp_limit_ms);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_HEADERFUNCTION, on_smtp_answer);
    SET(CURLOPT_HEADERDATA, call);
    SET(CURLOPT_WRITEFUNCTION, on_smtp_answer);
    SET(CURLOPT_WRITEDATA, call);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_smtp_progress);
    SET(CURLOPT_XFERINFODATA, call);
    SET(CURLOPT_MAIL_FROM, from);
    SET(CURLOPT_MAIL_RCPT, call->to);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, on_mail_read);
    SET(CURLOPT_READDATA, call);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.size);
    if (has_user)
        SET(CURLOPT_USERNAME, relay->user);
    if (has_user && relay->password)
        SET(CURLOPT_PASSWORD, relay->password);
#undef SET
    return e;
}

static void smtp_judge(const struct smtp_call *call, CURLcode e, struct smtp_result *out) {
    long code = 0;
    curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &code);
    *out = (struct smtp_result){.is_taken = e == CURLE_OK,
                                .is_stopped = e == CURLE_ABORTED_BY_CALLBACK && call->is_stopped};
    if (out->is_taken)
        return;
    bool is_answer = code >= 400 && code <= 599;
    out->is_refused = code >= 500 && code <= 599 && (e == CURLE_SEND_ERROR || call->is_read);
    snprintf(out->problem, sizeof out->problem, "%s",
             is_answer && call->answer[0] ? call->answer : curl_easy_strerror(e));
    if (e == CURLE_PEER_FAILED_VERIFICATION && call->error[0]) /* it may quote the certificate */
        smtp_copy_plain(out->problem, call->error, strlen(call->error));
}

enum status smtp_send(const struct smtp_relay *relay, struct str from, struct str to, struct str message,
                      const _Atomic bool *stop, struct smtp_result *out) {
    char from_text[address_bytes_max], to_text[address_bytes_max];
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return STATUS_NO_MEMORY;
    snprintf(from_text, sizeof from_text, "<%.*s>", (int)from.size, from.data);
    snprintf(to_text, sizeof to_text, "<%.*s>", (int)to.size, to.data);
    struct smtp_call call = {
        .curl = curl_easy_init(), .to = curl_slist_append(NULL, to_text), .rest = message, .stop = stop};
    enum status s = call.curl && call.to ? STATUS_OK : STATUS_NO_MEMORY;
    if (s == STATUS_OK) {
        CURLcode e = smtp_configure(&call, relay, from_text, message);
        if (e == CURLE_OK)
            e = curl_easy_perform(call.curl);
        smtp_judge(&call, e, out);
    }
    if (call.curl)
        curl_easy_cleanup(call.curl);
    curl_slist_free_all(call.to);
    curl_global_cleanup();
    return s;
}
