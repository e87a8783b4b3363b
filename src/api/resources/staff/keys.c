/* The staff's keys and the audit log. Rules are in shop/staff. */
#include "shop/staff/keys.h"
#include "api/endpoint.h"
#include "api/page.h"
#include "api/resources/audit_note.h"
#include "model/errors.h"
#include "shop/staff/audit_log.h"

#include <string.h>

enum { key_days_max = 3650 };

/* The fields of a key. `scopes` is a list of int: a scope's number less 1, because the list of names starts behind
 * SCOPE_NONE's. */
struct key_read {
    struct uuid id;
    struct str name, prefix;
    int role;
    struct list scopes;
    struct str created_by;
    int64_t created_at;
    struct maybe_int expires_at, last_used_at, revoked_at;
    struct str key;
};
#define EXAMPLE_KEY_ID "\"0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a\""
#define KEY_FIELDS                                                                                           \
    UUID_FIELD(struct key_read, id, .example = EXAMPLE_KEY_ID),                                              \
        TEXT_FIELD(struct key_read, name, .example = "\"Warehouse\""),                                       \
        TEXT_FIELD(struct key_read, prefix, .doc = "What the key starts with, behind till_sk_",              \
                   .example = "\"4fJx0_Qa\""),                                                               \
        ENUM_FIELD(struct key_read, role, .names = role_names, .doc = "custom: none of the roles",           \
                   .example = "\"fulfilment\""),                                                             \
        LIST_FIELD(struct key_read, scopes, .item = KIND_ENUM, .names = scope_names + 1,                     \
                   .doc = "What it may do", .example = "[\"orders:read\",\"orders:fulfil\"]"),               \
        TEXT_FIELD(struct key_read, created_by, .optional = true,                                            \
                   .doc = "The id of the key that made it; null: the admin's token did"),                    \
        TIME_FIELD(struct key_read, created_at, .example = "\"2026-11-23T02:03:29.123456Z\""),               \
        MAYBE_TIME_FIELD(struct key_read, expires_at),                                                       \
        MAYBE_TIME_FIELD(struct key_read, last_used_at, .doc = "To the hour"),                               \
        MAYBE_TIME_FIELD(struct key_read, revoked_at)

static const struct field read_fields[] = {KEY_FIELDS};
static const struct model key_read = MODEL("KeyRead", struct key_read, read_fields);

static const struct field created_fields[] = {
    KEY_FIELDS,
    TEXT_FIELD(struct key_read, key, .doc = "The key, which is shown this once and not stored",
               .example = "\"till_sk_4fJx0_Qa7YkGvXw2Zp0aH8tRc5mLq1dEo9sUbJf3nKi6yT4\""),
};
static const struct model key_created = MODEL("KeyCreated", struct key_read, created_fields);

struct key_create {
    struct str name;
    int role;
    struct list scopes;
    struct maybe_int expires_in_days;
};
static const struct field create_fields[] = {
    TEXT_FIELD(struct key_create, name, LENGTH(1, 100), .doc = "What it is for", .example = "\"Warehouse\""),
    ENUM_FIELD(struct key_create, role, .names = role_names, DEFAULT(ROLE_CUSTOM),
               .doc = "custom: the scopes alone", .example = "\"fulfilment\""),
    LIST_FIELD(struct key_create, scopes, LENGTH(0, SCOPE_COUNT), .optional = true, .item = KIND_ENUM,
               .names = scope_names + 1, .doc = "Beside those of the role", .example = "[\"products:read\"]"),
    MAYBE_INT_FIELD(struct key_create, expires_in_days, BETWEEN(1, key_days_max),
                    .doc = "Left out: it lasts until it is revoked", .example = "90"),
};
static const struct model key_create = MODEL("KeyCreate", struct key_create, create_fields);

struct key_path {
    struct uuid key_id;
};
static const struct field path_fields[] = {UUID_FIELD(struct key_path, key_id, .example = EXAMPLE_KEY_ID)};
static const struct model key_path = MODEL("KeyPath", struct key_path, path_fields);

static scope_set key_wished_scopes(const struct key_create *body) {
    const int *listed = body->scopes.data;
    scope_set scopes = role_scopes((enum role)body->role);
    for (size_t i = 0; i < body->scopes.count; i++)
        scopes |= scope_bit((enum scope)(listed[i] + 1));
    return scopes;
}

/* Fills `out` from a key. STATUS_NO_MEMORY. */
static enum status key_read_fill(struct arena *arena, const struct api_key *key, struct key_read *out) {
    int *scopes = arena_array(arena, SCOPE_COUNT, sizeof *scopes);
    size_t count = 0;
    if (!scopes)
        return STATUS_NO_MEMORY;
    for (int i = SCOPE_NONE + 1; i < SCOPE_COUNT; i++)
        if (key->scopes & scope_bit((enum scope)i))
            scopes[count++] = i - 1;
    *out = (struct key_read){
        .id = key->id,
        .name = key->name,
        .prefix = key->prefix,
        .role = (int)role_of(key->scopes),
        .scopes = {scopes, count},
        .created_by = key->created_by,
        .created_at = key->created_at,
        .expires_at = key->expires_at,
        .last_used_at = key->last_used_at,
        .revoked_at = key->revoked_at,
    };
    return STATUS_OK;
}

/* A key without a scope could do nothing. */
static enum status create_key_check(struct call *call) {
    if (key_wished_scopes(call->body))
        return STATUS_OK;
    struct loc body = {.name = STR("body")}, scopes = {.parent = &body, .name = STR("scopes")};
    error_put(&call->errors, "value_error", &scopes, NULL, "{\"error\":\"a role or a scope is needed\"}",
              "Value error, a role or a scope is needed");
    return STATUS_INVALID;
}

/* Notes that a key was made; or revoked, with so many keys that it had made. */
static enum status key_note(struct call *call, const struct api_key *key, const int64_t *others) {
    bool is_revoked = others != NULL;
    const struct str none = {0};
    struct audit_note note = audit_note_new(call);
    struct str scopes = scopes_text(call->ctx.arena, key->scopes);
    if (!scopes.data)
        return STATUS_NO_MEMORY;
    audit_note_text(&note, "name", is_revoked ? key->name : none, is_revoked ? none : key->name);
    audit_note_text(&note, "scopes", is_revoked ? scopes : none, is_revoked ? none : scopes);
    if (others && *others > 0)
        audit_note_int(&note, "keys_made_by_it", others, NULL);
    return audit_note_write(&note, &key->id);
}

static enum status create_key(struct call *call) {
    const struct key_create *body = call->body;
    struct key_read *reply = call->attempt.reply;
    struct key_wish wish = {.name = body->name, .scopes = key_wished_scopes(body)};
    struct api_key made;
    char *text = arena_alloc(call->ctx.arena, key_text_size + 1);
    if (!text)
        return STATUS_NO_MEMORY;
    if (body->expires_in_days.is_set)
        wish.expires_at = (struct maybe_int){true, clock_now_us(call->ctx.clock) +
                                                       body->expires_in_days.value * 24 * 3600 * 1000000};
    TRY(key_make(&call->ctx, &call->actor, &wish, &made, text));
    TRY(key_note(call, &made, NULL));
    TRY(key_read_fill(call->ctx.arena, &made, reply));
    reply->key = (struct str){text, key_text_size};
    return STATUS_OK;
}

static enum status list_keys(struct call *call) {
    const struct page *query = call->query;
    struct paging paging = {.limit = query->limit, .offset = query->offset};
    struct list keys = {0};
    TRY(key_list(&call->ctx, query->limit, query->offset, &keys, &paging.total));
    struct key_read *shown = arena_array(call->ctx.arena, keys.count + 1, sizeof *shown);
    if (!shown)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < keys.count; i++)
        TRY(key_read_fill(call->ctx.arena, (const struct api_key *)keys.data + i, &shown[i]));
    *(struct list *)call->attempt.reply = (struct list){shown, keys.count};
    paging.count = keys.count;
    return call_page(call, &paging);
}

static enum status revoke_key(struct call *call) {
    const struct key_path *path = call->path;
    struct api_key revoked;
    int64_t made = 0;
    TRY(key_revoke(&call->ctx, &path->key_id, &revoked, &made));
    return key_note(call, &revoked, &made);
}

/* ---- GET /admin/audit */

struct audit_change {
    struct str field, before, after;
};
static const struct field change_fields[] = {
    TEXT_FIELD(struct audit_change, field, .example = "\"price\""),
    TEXT_FIELD(struct audit_change, before, .optional = true, .doc = "Absent if there was none",
               .example = "\"2999\""),
    TEXT_FIELD(struct audit_change, after, .optional = true, .doc = "Absent if there is none",
               .example = "\"2799\""),
};
static const struct model audit_change = MODEL("AuditChange", struct audit_change, change_fields);

struct audit_changes {
    struct list changes;
};
static const struct field changes_fields[] = {
    LIST_FIELD(struct audit_changes, changes, .item = KIND_MODEL, .of = &audit_change)};
static const struct model audit_changes = MODEL("AuditChanges", struct audit_changes, changes_fields);

struct audit_read {
    int64_t id, created_at;
    int actor_kind;
    struct str actor, action, target;
    struct list changes;
    struct str ip_prefix, request_id;
};
static const struct field audit_fields[] = {
    INT_FIELD(struct audit_read, id, .example = "4711"),
    TIME_FIELD(struct audit_read, created_at, .example = "\"2026-11-23T02:03:29.123456Z\""),
    ENUM_FIELD(
        struct audit_read, actor_kind, .names = actor_kind_names,
        .doc =
            "token: the admin's; system: a command such as till import, or the server that refused a sign-in"),
    TEXT_FIELD(struct audit_read, actor, .optional = true, .doc = "The id of the key"),
    TEXT_FIELD(struct audit_read, action, .example = "\"PATCH /products/{product_id}\""),
    TEXT_FIELD(struct audit_read, target, .optional = true, .doc = "The id of what was changed"),
    LIST_FIELD(struct audit_read, changes, .item = KIND_MODEL, .of = &audit_change),
    TEXT_FIELD(struct audit_read, ip_prefix, .doc = "The network of the client, see --trusted-proxy",
               .example = "\"203.0.113.0/24\""),
    TEXT_FIELD(struct audit_read, request_id, .doc = "X-Request-Id, which is in the log too"),
};
static const struct model audit_read = MODEL("AuditRead", struct audit_read, audit_fields);

struct audit_query {
    struct str actor, action, target;
    struct maybe_int from, to;
    int64_t limit;
    struct maybe_int cursor;
};
static const struct field audit_query_fields[] = {
    TEXT_FIELD(struct audit_query, actor, AT_MOST(36), .optional = true,
               .doc = "The id of a key, or `token`"),
    TEXT_FIELD(struct audit_query, action, AT_MOST(100), .optional = true, .doc = "`POST /products`"),
    TEXT_FIELD(struct audit_query, target, AT_MOST(36), .optional = true,
               .doc = "The id of what was changed"),
    MAYBE_TIME_FIELD(struct audit_query, from, .may_be_empty = true, .doc = "From this time on",
                     .example = "\"2026-11-23T00:00:00Z\""),
    MAYBE_TIME_FIELD(struct audit_query, to, .may_be_empty = true, .doc = "Before this time",
                     .example = "\"2026-11-24T00:00:00Z\""),
    INT_FIELD(struct audit_query, limit, BETWEEN(1, page_limit_max), DEFAULT(page_limit),
              .doc = "How many at most"),
    MAYBE_INT_FIELD(struct audit_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "X-Next-Cursor of the page before"),
};
static const struct model audit_query = MODEL("AuditQuery", struct audit_query, audit_query_fields);

/* Reads the changes of an entry. STATUS_FAULT if they are not what audit_note.c writes. */
static enum status audit_read_changes(struct arena *arena, struct str text, struct list *out) {
    struct audit_changes changes = {.changes = {0}};
    struct json *value;
    struct json_error error;
    struct errors errors = errors_new(arena);
    enum status s = json_read(arena, text, &value, &error);
    if (s == STATUS_OK)
        s = model_decode(&audit_changes, SOURCE_BODY, value, &changes, arena, &errors);
    *out = changes.changes;
    return s == STATUS_OK || s == STATUS_NO_MEMORY ? s : STATUS_FAULT;
}

static enum status audit_read_fill(struct arena *arena, const struct audit_entry *e, struct audit_read *out) {
    *out = (struct audit_read){
        .id = e->seq,
        .created_at = e->created_at,
        .actor_kind = (int)e->actor_kind,
        .actor = e->actor,
        .action = e->action,
        .target = e->target,
        .ip_prefix = e->ip_prefix,
        .request_id = e->request_id,
    };
    return audit_read_changes(arena, e->changes, &out->changes);
}

static enum status list_audit_log(struct call *call) {
    const struct audit_query *query = call->query;
    struct audit_filter filter = {
        .actor = query->actor.data ? query->actor : STR(""),
        .action = query->action.data ? query->action : STR(""),
        .target = query->target.data ? query->target : STR(""),
        .before = query->cursor.is_set ? query->cursor.value : INT64_MAX,
        .limit = query->limit,
        .from_us = query->from.is_set ? query->from.value : 0,
        .to_us = query->to.is_set ? query->to.value : INT64_MAX,
    };
    struct list entries = {0};
    int64_t next = 0;
    TRY(audit_log_list(&call->ctx, &filter, &entries, &next));
    struct audit_read *shown = arena_array(call->ctx.arena, entries.count + 1, sizeof *shown);
    if (!shown)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < entries.count; i++)
        TRY(audit_read_fill(call->ctx.arena, (const struct audit_entry *)entries.data + i, &shown[i]));
    *(struct list *)call->attempt.reply = (struct list){shown, entries.count};
    return call_cursor(call, next);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/keys",
        .summary = "List keys",
        .doc = "Newest first, with those that are over or revoked.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_STAFF_WRITE,
        .lane = LANE_WRITER,
        .query = &page_query,
        .reply = &key_read,
        .reply_is_list = true,
        .paged = true,
        .handle = list_keys,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/keys",
        .summary = "Create key",
        .doc =
            "For a program of yours, with a role or with scopes, and never with more than you may do yourself. Send it as "
            "`Authorization: Bearer till_sk_…`. The answer has it this once: only its hash is stored.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_STAFF_WRITE,
        .lane = LANE_WRITER,
        .body = &key_create,
        .reply = &key_created,
        .http_status = 201,
        .check = create_key_check,
        .handle = create_key,
    },
    {
        .method = METHOD_DELETE,
        .path = "/admin/keys/{key_id}",
        .summary = "Revoke key",
        .doc =
            "All servers refuse it from the next request on, and the keys that it made, and those that they made.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_STAFF_WRITE,
        .lane = LANE_WRITER,
        .path_model = &key_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_KEY_NOT_FOUND),
        .handle = revoke_key,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/audit",
        .summary = "List audit log",
        .doc =
            "What the staff changed, newest first: an entry for each request that changed something, for as long as --keep-audit-days says. "
            "X-Next-Cursor is the `cursor` of the next page, until there is none. A page looks through 10,000 entries, so with a filter "
            "it may be short, or empty, and still have a next one. `from` and `to` are times of RFC 3339; without an offset they are UTC.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_AUDIT_READ,
        .lane = LANE_SEARCH,
        .query = &audit_query,
        .reply = &audit_read,
        .reply_is_list = true,
        .handle = list_audit_log,
    },
};

const struct endpoint_group staff_endpoints = {
    .tag = "staff",
    .doc = "What people and programs may do that run the shop",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
