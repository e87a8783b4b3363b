/* The shop's own webhooks: where events are sent to, and what became of each. Sending is the server's
 * (serve/outbox/outbox_sender.h). */
#include "api/api.h"
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/page.h"
#include "api/resources/audit_note.h"
#include "hooks/webhook_call.h"
#include "model/errors.h"
#include "shop/outbox/delivery.h"

#define EXAMPLE_WEBHOOK_ID "\"0198c0e2-51aa-7c3e-9d41-2f6a7b8c9d0e\""

/* What can be asked for: a type by its number, or all that there are and will be. */
enum { ASKED_ALL = EVENT_WEBHOOK_TEST };
static const char *const asked_names[] = {EVENT_TYPE_NAMES, "*", NULL};

struct webhook_input {
    struct str url;
    struct list types; /* of int, indexes of asked_names */
    struct maybe_bool is_active;
};

#define URL_FIELD(...)                                                                                       \
    TEXT_FIELD(struct webhook_input, url, LENGTH(1, webhook_url_max),                                        \
               .doc = "https alone; what its name leads to must be a public address",                        \
               .example = "\"https://example.com/till\"", __VA_ARGS__)
#define TYPES_FIELD(type, ...)                                                                               \
    LIST_FIELD(type, types, .item = KIND_ENUM, .names = asked_names, LENGTH(1, 20),                          \
               .doc = "`*` is all of them, and those of later versions", .example = "[\"order.paid\"]",      \
               __VA_ARGS__)

static const struct field create_fields[] = {
    URL_FIELD(.optional = false),
    TYPES_FIELD(struct webhook_input, .optional = false),
};
static const struct model webhook_create = MODEL("WebhookCreate", struct webhook_input, create_fields);

static const struct field update_fields[] = {
    URL_FIELD(.optional = true),
    TYPES_FIELD(struct webhook_input, .optional = true),
    MAYBE_BOOL_FIELD(struct webhook_input, is_active,
                     .doc = "false drops what waits for it; true switches it on again"),
};
static const struct model webhook_update =
    MODEL("WebhookUpdate", struct webhook_input, update_fields, .doc = "What is left out stays as it is");

struct webhook_view {
    struct uuid id;
    struct str url;
    struct list types;
    struct maybe_bool is_active;
    struct str disabled_reason;
    int64_t created_at;
    struct str secret; /* in the answers that show it */
};

#define VIEW_FIELDS                                                                                          \
    UUID_FIELD(struct webhook_view, id, .example = EXAMPLE_WEBHOOK_ID),                                      \
        TEXT_FIELD(struct webhook_view, url, .example = "\"https://example.com/till\""),                     \
        TYPES_FIELD(struct webhook_view, .optional = false),                                                 \
        FIELD(struct webhook_view, is_active, struct maybe_bool, KIND_MAYBE_BOOL,                            \
              .doc = "Whether events are sent to it"),                                                       \
        TEXT_FIELD(struct webhook_view, disabled_reason, .optional = true,                                   \
                   .doc = "Why the shop itself has switched it off"),                                        \
        TIME_FIELD(struct webhook_view, created_at)

static const struct field view_fields[] = {VIEW_FIELDS};
static const struct model webhook_read = MODEL("WebhookRead", struct webhook_view, view_fields);

#define SECRET_FIELD                                                                                         \
    TEXT_FIELD(struct webhook_view, secret,                                                                  \
               .doc = "For the receiver, to check signatures with. It is shown this once",                   \
               .example = "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0Yb1sT3m0oE=\"")
static const struct field created_fields[] = {VIEW_FIELDS, SECRET_FIELD};
static const struct model webhook_created = MODEL("WebhookCreated", struct webhook_view, created_fields);
static const struct field secret_fields[] = {SECRET_FIELD};
static const struct model webhook_secret = MODEL("WebhookSecret", struct webhook_view, secret_fields);

static const struct field delivery_fields[] = {
    UUID_FIELD(struct delivery_view, event_id, .doc = "`webhook-id` of every try"),
    INT_FIELD(struct delivery_view, sequence, .doc = "Grows from event to event", .example = "17"),
    TEXT_FIELD(struct delivery_view, type, .example = "\"order.paid\""),
    ENUM_FIELD(struct delivery_view, state, .names = delivery_state_names),
    INT_FIELD(struct delivery_view, attempts, .example = "1"),
    MAYBE_TIME_FIELD(struct delivery_view, due_at, .doc = "Of the next try"),
    MAYBE_INT_FIELD(struct delivery_view, last_status, .example = "200"),
    TEXT_FIELD(struct delivery_view, last_error, .optional = true, .doc = "Why there was no answer"),
    TEXT_FIELD(struct delivery_view, answer, .optional = true, .doc = "The first KiB of the latest answer"),
    MAYBE_TIME_FIELD(struct delivery_view, done_at),
    TIME_FIELD(struct delivery_view, created_at, .doc = "When it happened"),
};
static const struct model delivery_read = MODEL("DeliveryRead", struct delivery_view, delivery_fields);

struct replay {
    int64_t from_sequence;
};
static const struct field replay_fields[] = {
    INT_FIELD(struct replay, from_sequence, BETWEEN(0, money_max), DEFAULT(0),
              .doc = "The first event to send again; events are kept for 30 days", .example = "17"),
};
static const struct model replay_model = MODEL("WebhookReplay", struct replay, replay_fields);

struct replayed {
    int64_t queued;
};
static const struct field replayed_fields[] = {
    INT_FIELD(struct replayed, queued, .doc = "How many events are on their way", .example = "3")};
static const struct model replayed_model = MODEL("WebhookReplayed", struct replayed, replayed_fields);

struct webhook_path {
    struct uuid webhook_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct webhook_path, webhook_id, .example = EXAMPLE_WEBHOOK_ID)};
static const struct model webhook_path = MODEL("WebhookPath", struct webhook_path, path_fields);

/* ---- Between the API's lists and the shop's bits. */

static int64_t types_to_bits(const struct list *types) {
    const int *numbers = types->data;
    int64_t bits = 0;
    for (size_t i = 0; i < types->count; i++)
        bits |= numbers[i] == ASKED_ALL ? event_types_all : INT64_C(1) << numbers[i];
    return bits;
}

static enum status webhook_show(struct call *call, const struct webhook *webhook, struct webhook_view *out) {
    int *numbers = arena_array(call->ctx.arena, EVENT_TYPE_COUNT, sizeof *numbers);
    size_t count = 0;
    if (!numbers)
        return STATUS_NO_MEMORY;
    if (webhook->types == event_types_all)
        numbers[count++] = ASKED_ALL;
    for (int type = 0; type < EVENT_WEBHOOK_TEST && webhook->types != event_types_all; type++)
        if (webhook->types >> type & 1)
            numbers[count++] = type;
    *out = (struct webhook_view){.id = webhook->id,
                                 .url = webhook->url,
                                 .types = {numbers, count},
                                 .is_active = webhook->is_active,
                                 .disabled_reason = webhook->disabled_reason,
                                 .created_at = webhook->created_at};
    return STATUS_OK;
}

static enum status webhook_show_secret(struct call *call, const char bytes[static webhook_secret_bytes],
                                       struct webhook_view *out) {
    char *text = arena_alloc(call->ctx.arena, webhook_secret_text_size);
    if (!text)
        return STATUS_NO_MEMORY;
    webhook_secret_format((struct str){bytes, webhook_secret_bytes}, text);
    out->secret = (struct str){text, webhook_secret_text_size};
    return STATUS_OK;
}

/* Refuses a URL that events may not be sent to. The URL itself may hold a token, so it is not echoed. */
static enum status webhook_check_url(struct call *call) {
    const struct webhook_input *body = call->body;
    struct loc root = {.name = STR("body")}, at = {.parent = &root, .name = STR("url")};
    if (!body->url.data || webhook_url_is_allowed(body->url, call->api->options.webhook_insecure))
        return STATUS_OK;
    error_put(&call->errors, "value_error", &at, NULL, NULL,
              "Value error, give an https URL with a host, and without a user or a fragment");
    return STATUS_INVALID;
}

/* ---- Handlers. */

/* Notes what was done with a webhook. Of its URL, which may hold a token, and its secret, only that they changed. */
static enum status webhook_note(struct call *call, const struct uuid *id, const struct webhook_input *input) {
    struct audit_note note = audit_note_new(call);
    const struct str none = {0};
    struct buf types = buf_new(call->ctx.arena);
    for (size_t i = 0; i < input->types.count; i++) {
        buf_put_text(&types, i ? " " : "");
        buf_put_text(&types, asked_names[((const int *)input->types.data)[i]]);
    }
    if (!buf_ok(&types))
        return STATUS_NO_MEMORY;
    audit_note_text(&note, "url", none, input->url.data ? STR("changed") : none);
    audit_note_text(&note, "types", none, buf_str(&types));
    if (input->is_active.is_set)
        audit_note_text(&note, "is_active", none, input->is_active.value ? STR("true") : STR("false"));
    return audit_note_write(&note, id);
}

/* Notes what has no field. */
static enum status webhook_note_done(struct call *call, const struct uuid *id, const char *what,
                                     struct str done) {
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, what, (struct str){0}, done);
    return audit_note_write(&note, id);
}

static enum status list_webhooks(struct call *call) {
    struct list webhooks, *reply = call->attempt.reply;
    TRY(webhook_list(&call->ctx, &webhooks));
    struct webhook_view *views = arena_array(call->ctx.arena, webhooks.count, sizeof *views);
    if (!views)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < webhooks.count; i++)
        TRY(webhook_show(call, (const struct webhook *)webhooks.data + i, &views[i]));
    *reply = (struct list){views, webhooks.count};
    return STATUS_OK;
}

static enum status create_webhook(struct call *call) {
    const struct webhook_input *body = call->body;
    struct webhook webhook;
    char secret[webhook_secret_bytes];
    TRY(webhook_add(&call->ctx, body->url, types_to_bits(&body->types), &webhook, secret));
    TRY(webhook_note(call, &webhook.id, body));
    TRY(webhook_show(call, &webhook, call->attempt.reply));
    return webhook_show_secret(call, secret, call->attempt.reply);
}

static enum status update_webhook(struct call *call) {
    const struct webhook_path *path = call->path;
    const struct webhook_input *body = call->body;
    struct webhook_change change = {body->url, types_to_bits(&body->types), body->is_active};
    struct webhook webhook;
    TRY(webhook_change(&call->ctx, &path->webhook_id, &change, &webhook));
    TRY(webhook_note(call, &path->webhook_id, body));
    return webhook_show(call, &webhook, call->attempt.reply);
}

static enum status delete_webhook(struct call *call) {
    const struct webhook_path *path = call->path;
    TRY(webhook_delete(&call->ctx, &path->webhook_id));
    return webhook_note_done(call, &path->webhook_id, "webhook", STR("deleted"));
}

static enum status rotate_webhook(struct call *call) {
    const struct webhook_path *path = call->path;
    char secret[webhook_secret_bytes];
    TRY(webhook_rotate(&call->ctx, &path->webhook_id, secret));
    TRY(webhook_note_done(call, &path->webhook_id, "secret", STR("changed")));
    return webhook_show_secret(call, secret, call->attempt.reply);
}

static enum status list_deliveries(struct call *call) {
    const struct webhook_path *path = call->path;
    const struct page *page = call->query;
    struct list *deliveries = call->attempt.reply;
    struct paging paging = {.limit = page->limit, .offset = page->offset};
    TRY(delivery_list(&call->ctx, &path->webhook_id, page->limit, page->offset, deliveries, &paging.total));
    paging.count = deliveries->count;
    paging.is_at_least = paging.total == deliveries_counted_max;
    return call_page(call, &paging);
}

static enum status replay_webhook(struct call *call) {
    const struct webhook_path *path = call->path;
    const struct replay *body = call->body;
    struct replayed *reply = call->attempt.reply;
    TRY(webhook_replay(&call->ctx, &path->webhook_id, body->from_sequence, &reply->queued));
    return webhook_note_done(call, &path->webhook_id, "events", STR("sent again"));
}

static enum status test_webhook(struct call *call) {
    const struct webhook_path *path = call->path;
    struct replayed *reply = call->attempt.reply;
    reply->queued = 1;
    TRY(webhook_test(&call->ctx, &path->webhook_id));
    return webhook_note_done(call, &path->webhook_id, "test", STR("sent"));
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/webhooks",
        .summary = "List webhooks",
        .doc = "Oldest first. Secrets are not shown again.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .reply = &webhook_read,
        .reply_is_list = true,
        .handle = list_webhooks,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/webhooks",
        .summary = "Create webhook",
        .doc = "Events of these types are POSTed to the URL from now on, signed by Standard Webhooks 1.0.0.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .body = &webhook_create,
        .reply = &webhook_created,
        .http_status = 201,
        .errors = ERRORS(STATUS_WEBHOOKS_FULL),
        .check = webhook_check_url,
        .handle = create_webhook,
    },
    {
        .method = METHOD_PATCH,
        .path = "/admin/webhooks/{webhook_id}",
        .summary = "Update webhook",
        .doc = "Changes what is named and leaves the rest.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &webhook_path,
        .body = &webhook_update,
        .reply = &webhook_read,
        .errors = ERRORS(STATUS_WEBHOOK_NOT_FOUND),
        .check = webhook_check_url,
        .handle = update_webhook,
    },
    {
        .method = METHOD_DELETE,
        .path = "/admin/webhooks/{webhook_id}",
        .summary = "Delete webhook",
        .doc = "With its deliveries.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &webhook_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_WEBHOOK_NOT_FOUND),
        .handle = delete_webhook,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/webhooks/{webhook_id}/rotate",
        .summary = "Change a webhook's secret",
        .doc = "For a day the one before signs too, so that the receiver can be changed meanwhile.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &webhook_path,
        .reply = &webhook_secret,
        .errors = ERRORS(STATUS_WEBHOOK_NOT_FOUND),
        .handle = rotate_webhook,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/webhooks/{webhook_id}/deliveries",
        .summary = "List deliveries",
        .doc =
            "What became of each event, the newest event first. No more than 100,000 are counted: then there is `X-Total-Count-Relation: at-least`.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &webhook_path,
        .query = &page_query,
        .reply = &delivery_read,
        .reply_is_list = true,
        .paged = true,
        .errors = ERRORS(STATUS_WEBHOOK_NOT_FOUND),
        .handle = list_deliveries,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/webhooks/{webhook_id}/replay",
        .summary = "Send events again",
        .doc =
            "Those that it asks for, whether they were delivered or not: for a receiver that has lost some.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &webhook_path,
        .body = &replay_model,
        .reply = &replayed_model,
        .http_status = 202,
        .errors = ERRORS(STATUS_WEBHOOK_NOT_FOUND, STATUS_WEBHOOK_INACTIVE),
        .handle = replay_webhook,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/webhooks/{webhook_id}/test",
        .summary = "Send a test event",
        .doc = "Of type `webhook.test`. What became of it is in the deliveries.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_WEBHOOKS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &webhook_path,
        .reply = &replayed_model,
        .http_status = 202,
        .errors = ERRORS(STATUS_WEBHOOK_NOT_FOUND, STATUS_WEBHOOK_INACTIVE),
        .handle = test_webhook,
    },
};

const struct endpoint_group webhook_endpoints = {
    .tag = "webhooks",
    .doc = "Events for other programs",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
