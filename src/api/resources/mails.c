/* The shop's mails: which were sent, and which were not. Sending is the server's (serve/outbox/outbox_sender.h). */
#include "api/endpoint.h"
#include "api/page.h"
#include "api/resources/audit_note.h"
#include "shop/outbox/mail.h"

#define EXAMPLE_MAIL_ID "\"0198c0e4-6d1b-7f20-8a3c-5e7f9a1b2c3d\""

#define MAIL_FIELDS                                                                                          \
    UUID_FIELD(struct mail_view, id, .doc = "In its `Message-ID` too", .example = EXAMPLE_MAIL_ID),          \
        TEXT_FIELD(struct mail_view, to, .example = "\"ann@example.com\""),                                  \
        ENUM_FIELD(struct mail_view, kind, .names = mail_kind_names),                                        \
        TEXT_FIELD(struct mail_view, subject, .example = "\"Your shop can send mail\""),                     \
        ENUM_FIELD(struct mail_view, state, .names = mail_state_names,                                       \
                   .doc = "held: the shop has no --mail"),                                                   \
        INT_FIELD(struct mail_view, attempts, .example = "1"),                                               \
        MAYBE_TIME_FIELD(struct mail_view, due_at, .doc = "Of the next try"),                                \
        TEXT_FIELD(struct mail_view, last_error, .optional = true, .doc = "Why the relay did not take it"),  \
        TIME_FIELD(struct mail_view, created_at),                                                            \
        MAYBE_TIME_FIELD(struct mail_view, done_at, .doc = "When it was sent, or given up")

static const struct field listed_fields[] = {MAIL_FIELDS};
static const struct model mail_read = MODEL("MailRead", struct mail_view, listed_fields);

static const struct field whole_fields[] = {
    MAIL_FIELDS,
    TEXT_FIELD(
        struct mail_view, text, .optional = true,
        .doc =
            "Kept for 30 days. That of an invitation takes staff:write: its link signs in. Links to orders "
            "take orders:read and customers:read, and are shown until the mail is sent"),
    TEXT_FIELD(struct mail_view, html, .optional = true),
};
static const struct model mail_whole = MODEL("MailDetails", struct mail_view, whole_fields);

/* The states, and behind them one that is all of them. */
static const char *const state_filter_names[] = {"held", "queued", "sent", "failed", "all", NULL};

struct mail_query {
    int state;
    struct str q;
    int64_t limit, offset;
};
static const struct field query_fields[] = {
    ENUM_FIELD(struct mail_query, state, .names = state_filter_names, DEFAULT(MAIL_STATE_COUNT)),
    TEXT_FIELD(struct mail_query, q, LENGTH(2, 100), .optional = true, .may_be_empty = true,
               .doc = "A part of the address or of the subject, such as an order's number. The newest 10,000 "
                      "mails are looked through"),
    PAGE_FIELDS(struct mail_query),
};
static const struct model mail_query = MODEL("MailQuery", struct mail_query, query_fields);

struct mail_path {
    struct uuid mail_id;
};
static const struct field path_fields[] = {UUID_FIELD(struct mail_path, mail_id, .example = EXAMPLE_MAIL_ID)};
static const struct model mail_path = MODEL("MailPath", struct mail_path, path_fields);

struct mail_test {
    struct str to;
};
static const struct field test_fields[] = {
    EMAIL_FIELD(struct mail_test, to, .example = "\"ann@example.com\""),
};
static const struct model mail_test = MODEL("MailTest", struct mail_test, test_fields);

static enum status list_mails(struct call *call) {
    const struct mail_query *query = call->query;
    struct list *mails = call->attempt.reply;
    struct paging paging = {.limit = query->limit, .offset = query->offset};
    int state = query->state == MAIL_STATE_COUNT ? -1 : query->state;
    struct str q = str_trim(query->q);
    if (q.size > 0)
        TRY(mail_search(&call->ctx, state, q, query->limit, query->offset, mails, &paging.total));
    else
        TRY(mail_list(&call->ctx, state, query->limit, query->offset, mails, &paging.total));
    paging.count = mails->count;
    paging.is_at_least = paging.total == mails_counted_max;
    return call_page(call, &paging);
}

/* Reads a mail, without what would let the caller in as somebody else, or show whose an order is. */
static enum status mail_show(struct call *call, const struct uuid *id) {
    const scope_set orders = scope_bit(SCOPE_ORDERS_READ) | scope_bit(SCOPE_CUSTOMERS_READ);
    struct mail_view *reply = call->attempt.reply;
    TRY(mail_get(&call->ctx, id, reply));
    if (mail_is_secret((enum mail_kind)reply->kind) && !(call->actor.scopes & scope_bit(SCOPE_STAFF_WRITE)))
        reply->text = reply->html = (struct str){0};
    if ((call->actor.scopes & orders) != orders) {
        reply->text = mail_hide_links(call->ctx.arena, reply->text);
        reply->html = mail_hide_links(call->ctx.arena, reply->html);
    }
    return STATUS_OK;
}

static enum status get_mail(struct call *call) {
    const struct mail_path *path = call->path;
    return mail_show(call, &path->mail_id);
}

/* Notes what was done with a mail, but for its address. */
static enum status mail_note(struct call *call, const struct uuid *id, struct str what) {
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "mail", (struct str){0}, what);
    return audit_note_write(&note, id);
}

static enum status retry_mail(struct call *call) {
    const struct mail_path *path = call->path;
    if (!call->ctx.mails || !call->ctx.mails->is_sent) {
        struct mail_view mail;
        TRY(mail_get(&call->ctx, &path->mail_id, &mail));
        return STATUS_MAIL_IS_OFF;
    }
    TRY(mail_retry(&call->ctx, &path->mail_id));
    TRY(mail_note(call, &path->mail_id, STR("sent again")));
    return mail_show(call, &path->mail_id);
}

static enum status test_mail(struct call *call) {
    const struct mail_test *body = call->body;
    struct uuid id = uuid_new(call->ctx.clock, call->ctx.random);
    struct mail mail = {.kind = MAIL_TEST, .to = body->to, .id = &id};
    TRY(mail_queue(&call->ctx, &mail));
    TRY(mail_note(call, &id, STR("test")));
    return mail_show(call, &id);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/mails",
        .summary = "List mails",
        .doc =
            "Newest first, of the last year. No more than 100,000 are counted: then there is `X-Total-Count-Relation: at-least`.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_SEARCH,
        .query = &mail_query,
        .reply = &mail_read,
        .reply_is_list = true,
        .paged = true,
        .handle = list_mails,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/mails/test",
        .summary = "Send a test mail",
        .doc = "What became of it is in the mail's state and `last_error`.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .body = &mail_test,
        .reply = &mail_whole,
        .http_status = 202,
        .handle = test_mail,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/mails/{mail_id}",
        .summary = "Get mail",
        .doc = "With its text.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &mail_path,
        .reply = &mail_whole,
        .errors = ERRORS(STATUS_MAIL_NOT_FOUND),
        .handle = get_mail,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/mails/{mail_id}/retry",
        .summary = "Send a mail again",
        .doc = "One that was held, or that the relay did not take.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &mail_path,
        .reply = &mail_whole,
        .http_status = 202,
        .errors = ERRORS(STATUS_MAIL_NOT_FOUND, STATUS_MAIL_IS_DONE, STATUS_MAIL_IS_OFF),
        .handle = retry_mail,
    },
};

const struct endpoint_group mail_endpoints = {
    .tag = "mails",
    .doc = "What the shop mails",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
