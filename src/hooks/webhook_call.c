#include "hooks/webhook_call.h"

#include "base/buf.h"
#include "base/crypto/base64.h"
#include "base/crypto/sha.h"
#include "net/http_client.h"

#include <stdio.h>
#include <string.h>

enum {
    digest_text_size = BASE64_SIZE(sha256_size),
    signatures_max = 2,
    field_bytes = 64 + signatures_max * (digest_text_size + 4),
};

void webhook_secret_format(struct str secret, char out[static webhook_secret_text_size]) {
    const struct str prefix = STR("whsec_");
    memcpy(out, prefix.data, prefix.size);
    base64_write((struct str){secret.data, webhook_secret_size}, out + prefix.size);
}

bool webhook_url_is_allowed(struct str url, bool insecure) {
    char text[webhook_url_max + 1];
    if (url.size > webhook_url_max || str_find(url, '\0') < url.size)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)url.size, url.data);
    struct http_client_options options = {
        .url = text, .http_anywhere = insecure, .whole_url = true, .strict = !insecure};
    return http_client_may_call(&options);
}

/* Appends ` v1,<signature>` to the field. */
static void webhook_sign(struct str secret, struct str signed_text, struct buf *field) {
    uint8_t digest[sha256_size];
    char text[digest_text_size];
    hmac_sha256_of_parts(secret, &signed_text, 1, digest);
    base64_write((struct str){(const char *)digest, sizeof digest}, text);
    buf_put(field, STR(" v1,"));
    buf_put(field, (struct str){text, digest_text_size});
}

/* Makes the three fields; those of `out` are in the arena. */
static enum status webhook_fields(struct arena *arena, const struct webhook_call *call,
                                  struct http_client_request *out) {
    char id[uuid_text_size], head[uuid_text_size + 32], time[24];
    struct buf id_field = buf_new(arena), time_field = buf_new(arena), field = buf_new(arena),
               text = buf_new(arena);
    uuid_format(&call->event, id);
    snprintf(time, sizeof time, "%lld", (long long)(call->at_us / 1000000));
    int size = snprintf(head, sizeof head, "%.*s.%s.", (int)sizeof id, id, time);
    buf_put(&text, (struct str){head, (size_t)size});
    buf_put(&text, call->body);
    buf_put(&id_field, STR("webhook-id: "));
    buf_put(&id_field, (struct str){id, sizeof id});
    buf_put(&id_field, (struct str){"", 1});
    buf_put(&time_field, STR("webhook-timestamp: "));
    buf_put(&time_field, (struct str){time, strlen(time) + 1});
    buf_put(&field, STR("webhook-signature:"));
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    webhook_sign(call->secret, buf_str(&text), &field);
    if (call->secret_before.data)
        webhook_sign(call->secret_before, buf_str(&text), &field);
    buf_put(&field, (struct str){"", 1});
    if (!buf_ok(&id_field) || !buf_ok(&time_field) || !buf_ok(&field))
        return STATUS_NO_MEMORY;
    out->fields[1] = buf_str(&id_field).data;
    out->fields[2] = buf_str(&time_field).data;
    out->fields[3] = buf_str(&field).data;
    return STATUS_OK;
}

/* Keeps the printable part of what a stranger answered: ASCII as it is, anything else as a question mark. */
static struct str webhook_answer(struct arena *arena, struct str body) {
    size_t size = body.size < webhook_answer_max ? body.size : webhook_answer_max;
    char *out = arena_alloc(arena, size + 1);
    for (size_t i = 0; out && i < size; i++)
        out[i] = body.data[i] >= ' ' && body.data[i] < 0x7F ? body.data[i]
                 : body.data[i] == '\n'                     ? '\n'
                                                            : '?';
    return (struct str){out, out ? size : 0};
}

static enum status webhook_post(struct arena *arena, struct http_client *client,
                                const struct webhook_call *call, struct webhook_result *out) {
    struct http_client_request request = {.path = "",
                                          .body = call->body,
                                          .fields = {"Content-Type: application/json"},
                                          .limit_ms = webhook_limit_ms,
                                          .stop = call->stop};
    struct http_client_reply reply;
    TRY(webhook_fields(arena, call, &request));
    TRY(http_client_call(client, arena, &request, &reply));
    *out = (struct webhook_result){reply.http_status, webhook_answer(arena, reply.body), reply.retry_after_ms,
                                   reply.http_status ? NULL : reply.problem, reply.is_stopped};
    return out->body.data ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status webhook_call_run(struct arena *arena, const struct webhook_call *call,
                             struct webhook_result *out) {
    char url[webhook_url_max + 1], error[http_client_error_size];
    struct http_client *client;
    snprintf(url, sizeof url, "%.*s", (int)call->url.size, call->url.data);
    struct http_client_options options = {.url = url,
                                          .http_anywhere = call->insecure,
                                          .whole_url = true,
                                          .strict = !call->insecure,
                                          .cut_bytes = webhook_answer_max};
    *out = (struct webhook_result){.retry_after_ms = -1, .problem = "the URL may not be called any more"};
    enum status s = http_client_open(&options, &client, error);
    if (s != STATUS_OK)
        return s == STATUS_USAGE ? STATUS_OK : s;
    s = webhook_post(arena, client, call, out);
    http_client_close(client);
    return s;
}
