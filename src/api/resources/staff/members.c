/* The members of the staff: who may sign in, and as what. Rules are in shop/staff. */
#include "api/api.h"
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/page.h"
#include "api/resources/audit_note.h"
#include "model/errors.h"
#include "shop/outbox/mail.h"
#include "shop/staff/invitations.h"

struct staff_read {
    struct uuid id;
    struct str email, name;
    int role, status;
    struct maybe_bool has_second_factor;
    int64_t created_at;
    struct str invite_url;
    int64_t invite_expires_at;
};
#define EXAMPLE_STAFF_ID "\"0198c0de-91b2-7d44-8a1f-6c0e5b7d2f90\""
#define STAFF_ROLE_FIELD(type, ...)                                                                          \
    ENUM_FIELD(type, role, .names = role_names + ROLE_OWNER, .example = "\"fulfilment\"", __VA_ARGS__)
#define STAFF_FIELDS                                                                                         \
    UUID_FIELD(struct staff_read, id, .example = EXAMPLE_STAFF_ID),                                          \
        TEXT_FIELD(struct staff_read, email, .example = "\"bob@shop.example\""),                             \
        TEXT_FIELD(struct staff_read, name, .example = "\"Bob\""),                                           \
        STAFF_ROLE_FIELD(struct staff_read, .optional = false),                                              \
        ENUM_FIELD(struct staff_read, status, .names = staff_status_names,                                   \
                   .doc = "invited: has not chosen a password yet", .example = "\"active\""),                \
        FIELD(struct staff_read, has_second_factor, struct maybe_bool, KIND_MAYBE_BOOL,                      \
              .doc = "Whether signing in takes a code of an app"),                                           \
        TIME_FIELD(struct staff_read, created_at, .example = "\"2026-11-23T02:03:29.123456Z\"")

static const struct field read_fields[] = {STAFF_FIELDS};
static const struct model staff_read = MODEL("StaffRead", struct staff_read, read_fields);

static const struct field invited_fields[] = {
    STAFF_FIELDS,
    TEXT_FIELD(
        struct staff_read, invite_url,
        .doc = "Where the person chooses a password: shown this once. POST /staff/accept takes what is "
               "behind its last `=`. Without --desk-url it is a path on this server",
        .example = "\"https://shop.example/admin#accept=Qa7YkGvXw2Zp0aH8tRc5mLq1dEo9sUbJf3nKi6yT4Wk\""),
    TIME_FIELD(struct staff_read, invite_expires_at, .example = "\"2026-11-30T02:03:29.123456Z\""),
};
static const struct model staff_invited = MODEL("StaffInvited", struct staff_read, invited_fields);

struct staff_input {
    struct str email, name;
    int role, status;
};

static const struct field create_fields[] = {
    EMAIL_FIELD(struct staff_input, email, .example = "\"bob@shop.example\""),
    TEXT_FIELD(struct staff_input, name, LENGTH(1, staff_name_length_max), .example = "\"Bob\""),
    STAFF_ROLE_FIELD(struct staff_input, .optional = false),
};
static const struct model staff_create = MODEL("StaffCreate", struct staff_input, create_fields);

/* Of a role or status that was left out. */
enum { NOT_GIVEN = -1 };

static const struct field update_fields[] = {
    TEXT_FIELD(struct staff_input, name, LENGTH(1, staff_name_length_max), .optional = true,
               .example = "\"Robert\""),
    STAFF_ROLE_FIELD(struct staff_input, DEFAULT(NOT_GIVEN)),
    ENUM_FIELD(struct staff_input, status, .names = staff_status_names + STAFF_ACTIVE, DEFAULT(NOT_GIVEN),
               .doc = "disabled ends all sessions, and the keys that the member made",
               .example = "\"disabled\""),
};
static const struct model staff_update =
    MODEL("StaffUpdate", struct staff_input, update_fields, .doc = "What is left out stays as it is");

struct staff_path {
    struct uuid staff_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct staff_path, staff_id, .example = EXAMPLE_STAFF_ID)};
static const struct model staff_path = MODEL("StaffPath", struct staff_path, path_fields);

static struct staff_read staff_read_of(const struct staff_member *member) {
    return (struct staff_read){
        .id = member->id,
        .email = member->email,
        .name = member->name,
        .role = (int)member->role - ROLE_OWNER,
        .status = (int)member->status,
        .has_second_factor = {true, member->totp_step.is_set},
        .created_at = member->created_at,
    };
}

static enum status list_staff(struct call *call) {
    const struct page *query = call->query;
    struct paging paging = {.limit = query->limit, .offset = query->offset};
    struct list members = {0};
    TRY(staff_list(&call->ctx, query->limit, query->offset, &members, &paging.total));
    struct staff_read *shown = arena_array(call->ctx.arena, members.count + 1, sizeof *shown);
    if (!shown)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < members.count; i++)
        shown[i] = staff_read_of((const struct staff_member *)members.data + i);
    *(struct list *)call->attempt.reply = (struct list){shown, members.count};
    paging.count = members.count;
    return call_page(call, &paging);
}

/* Notes what is new of a member; `before` is NULL for one who was invited. */
static enum status staff_note(struct call *call, const struct staff_member *before,
                              const struct staff_member *after) {
    const struct str none = {0};
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "email", before ? before->email : none, after->email);
    audit_note_text(&note, "name", before ? before->name : none, after->name);
    audit_note_text(&note, "role", before ? str_from(role_names[before->role]) : none,
                    str_from(role_names[after->role]));
    audit_note_text(&note, "status", before ? str_from(staff_status_names[before->status]) : none,
                    str_from(staff_status_names[after->status]));
    return audit_note_write(&note, &after->id);
}

/* Mails an invitation, if its link leads to a page that the shop knows (--desk-url). */
static enum status invitation_mail(struct call *call, const struct invitation *made, struct str url) {
    if (!call->api->options.desk_url)
        return STATUS_OK;
    struct staff_member inviter = {.name = STR("The owner")};
    if (call->actor.kind == ACTOR_STAFF)
        TRY(staff_find(&call->ctx, &call->actor.id, &inviter));
    struct mail mail = {
        .kind = MAIL_STAFF_INVITE,
        .to = made->member.email,
        .values = {{"inviter", inviter.name},
                   {"role", str_from(role_names[made->member.role])},
                   {"link", url}},
    };
    return mail_queue(&call->ctx, &mail);
}

static enum status invite_staff(struct call *call) {
    const struct staff_input *body = call->body;
    struct staff_read *reply = call->attempt.reply;
    struct staff_wish wish = {body->email, body->name, (enum role)(body->role + ROLE_OWNER)};
    const char *desk = call->api->options.desk_url;
    struct buf url = buf_new(call->ctx.arena);
    struct invitation made;
    TRY(staff_invite(&call->ctx, &call->actor, &wish, &made));
    buf_put_text(&url, desk ? desk : "/admin");
    buf_put_text(&url, INVITATION_FRAGMENT);
    buf_put_text(&url, made.token);
    if (!buf_ok(&url))
        return STATUS_NO_MEMORY;
    *reply = staff_read_of(&made.member);
    reply->invite_url = buf_str(&url);
    reply->invite_expires_at = made.expires_at;
    TRY(invitation_mail(call, &made, reply->invite_url));
    return staff_note(call, NULL, &made.member);
}

static enum status change_staff(struct call *call) {
    const struct staff_path *path = call->path;
    const struct staff_input *body = call->body;
    struct staff_member before, after;
    struct staff_change change = {.name = body->name};
    if (body->role != NOT_GIVEN) {
        change.has_role = true;
        change.role = (enum role)(body->role + ROLE_OWNER);
    }
    if (body->status != NOT_GIVEN) {
        change.has_status = true;
        change.status = (enum staff_status)(body->status + STAFF_ACTIVE);
    }
    TRY(staff_change(&call->ctx, &call->actor, &path->staff_id, &change, &before, &after));
    *(struct staff_read *)call->attempt.reply = staff_read_of(&after);
    return staff_note(call, &before, &after);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/staff",
        .summary = "List staff",
        .doc = "The oldest first, with those who are invited or disabled.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_STAFF_WRITE,
        .lane = LANE_WRITER,
        .query = &page_query,
        .reply = &staff_read,
        .reply_is_list = true,
        .paged = true,
        .handle = list_staff,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/staff",
        .summary = "Invite staff",
        .doc =
            "Makes a link for a person to choose a password with, for 7 days and one use. The role may do no more than you "
            "may. Who was invited and has not accepted can be invited again, which ends the link before.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_STAFF_WRITE,
        .lane = LANE_WRITER,
        .body = &staff_create,
        .reply = &staff_invited,
        .http_status = 201,
        .errors = ERRORS(STATUS_STAFF_EXISTS),
        .handle = invite_staff,
    },
    {
        .method = METHOD_PATCH,
        .path = "/admin/staff/{staff_id}",
        .summary = "Change staff",
        .doc =
            "A new role counts from the next request on, and keys that the member made and that may do more are revoked. "
            "Neither the role before nor the new one may do more than you may, and an active owner must be left, unless you "
            "have the admin's token.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_STAFF_WRITE,
        .lane = LANE_WRITER,
        .path_model = &staff_path,
        .body = &staff_update,
        .reply = &staff_read,
        .errors = ERRORS(STATUS_STAFF_NOT_FOUND, STATUS_STAFF_UNFINISHED, STATUS_LAST_OWNER),
        .handle = change_staff,
    },
};

const struct endpoint_group member_endpoints = {
    .tag = "staff",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
