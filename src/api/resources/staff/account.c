/* What people of the staff do with their own accounts: accept an invitation, change the password, end sessions. */
#include "api/resources/staff/account.h"

#include "api/access.h"
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/staff/sign_in.h"
#include "model/errors.h"
#include "password/hash.h"
#include "password/rules.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/staff/invitations.h"
#include "shop/staff/sessions.h"
#include "shop/staff/throttle.h"

enum status account_member(struct call *call, struct staff_member *out) {
    return call->actor.kind == ACTOR_STAFF ? staff_find(&call->ctx, &call->actor.id, out) : STATUS_NO_ACCOUNT;
}

enum status account_try(struct call *call, bool *may) {
    TRY(throttle_try(&call->ctx, &call->actor.id, &call->retry_us));
    *may = call->retry_us == 0;
    if (!*may)
        call_fail(call, STATUS_TOO_MANY);
    return STATUS_OK;
}

enum status account_tried(struct call *call, enum status outcome, bool *right) {
    *right = outcome == STATUS_OK;
    if (outcome == STATUS_OK)
        return throttle_clear(&call->ctx, &call->actor.id);
    if (outcome != STATUS_WRONG_PROOF)
        return outcome;
    call_fail(call, outcome);
    return account_note(call, "refused", NULL, "proof");
}

enum status account_note(struct call *call, const char *field, const char *before, const char *after) {
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, field, str_from(before), str_from(after));
    return audit_note_write(&note, &call->actor.id);
}

/* ---- New passwords. */

#define NEW_PASSWORD_FIELD(type, member, ...)                                                                \
    TEXT_FIELD(type, member, LENGTH(password_length_min_staff, password_length_max), .secret = true,         \
               .doc = "Any signs; not one that is guessed first, such as your address",                      \
               .example = "\"correct horse battery\"", __VA_ARGS__)

/* Refuses a password of `member` that is guessed first, as an error of the body's field. */
static enum status new_password_check(struct call *call, const char *field, struct str password,
                                      const struct staff_member *member) {
    struct setting_texts settings;
    TRY(settings_read(&call->ctx, &settings));
    struct str local = {member->email.data, str_find(member->email, '@')};
    const struct str known[] = {member->email, local, member->name, settings.values[SETTING_SHOP_NAME]};
    struct str prepared = password_prepare(call->ctx.arena, password);
    if (!prepared.data)
        return STATUS_NO_MEMORY;
    const char *weakness = password_weakness(prepared, known, sizeof known / sizeof *known);
    if (!weakness)
        return STATUS_OK;
    struct loc body = {.name = STR("body")}, at = {.parent = &body, .name = str_from(field)};
    call->errors = errors_new(call->ctx.arena);
    error_put(&call->errors, "value_error", &at, NULL, NULL, "Value error, %s", weakness);
    return STATUS_INVALID;
}

static enum status new_password_hash(struct call *call, struct str password,
                                     char out[static password_hash_size]) {
    struct str prepared = password_prepare(call->ctx.arena, password);
    return prepared.data ? password_hash(&call->access->pepper, prepared, out) : STATUS_NO_MEMORY;
}

/* What goes from one step to the next. */
struct new_password {
    struct staff_member member;
    bool matches; /* the current one */
    char hash[password_hash_size];
};

static enum status new_password_keep(struct call *call, const struct staff_member *member) {
    struct new_password *state = call->attempt.next_state = ARENA_NEW(call->ctx.arena, struct new_password);
    if (!state)
        return STATUS_NO_MEMORY;
    state->member = *member;
    return STATUS_OK;
}

/* ---- POST /staff/accept */

struct accept_body {
    struct str token, name, password;
};
static const struct field accept_fields[] = {
    TEXT_FIELD(struct accept_body, token, LENGTH(1, 128), .secret = true,
               .doc = "What is behind the last `=` of the invitation's link",
               .example = "\"Qa7YkGvXw2Zp0aH8tRc5mLq1dEo9sUbJf3nKi6yT4Wk\""),
    TEXT_FIELD(struct accept_body, name, LENGTH(1, staff_name_length_max), .optional = true,
               .doc = "Left out: as in the invitation", .example = "\"Bob\""),
    NEW_PASSWORD_FIELD(struct accept_body, password, .optional = false),
};
static const struct model staff_accept = MODEL("StaffAccept", struct accept_body, accept_fields);

static enum status accept_prepare(struct call *call) {
    const struct accept_body *body = call->body;
    struct staff_member member;
    enum status s = invitation_find(&call->ctx, body->token, &member);
    if (s == STATUS_LINK_OVER)
        sign_in_count_failure(call);
    TRY(s);
    if (body->name.data)
        member.name = body->name;
    TRY(new_password_check(call, "password", body->password, &member));
    return new_password_keep(call, &member);
}

static enum status accept_call(struct call *call) {
    const struct accept_body *body = call->body;
    struct new_password *state = call->state;
    return new_password_hash(call, body->password, state->hash);
}

static enum status accept_apply(struct call *call) {
    const struct accept_body *body = call->body;
    const struct new_password *state = call->state;
    struct staff_member member;
    TRY(call->provider_status);
    TRY(invitation_accept(&call->ctx, body->token, body->name, str_from(state->hash), &member));
    return sign_in_open(call, &member);
}

/* ---- POST /staff/password */

struct password_body {
    struct str current_password, new_password;
};
static const struct field password_fields[] = {
    TEXT_FIELD(struct password_body, current_password, LENGTH(1, password_length_max), .secret = true,
               .example = "\"the one before it\""),
    NEW_PASSWORD_FIELD(struct password_body, new_password, .optional = false),
};
static const struct model staff_password = MODEL("StaffPassword", struct password_body, password_fields);

static enum status password_change_prepare(struct call *call) {
    const struct password_body *body = call->body;
    struct staff_member member;
    bool may;
    TRY(account_member(call, &member));
    TRY(new_password_check(call, "new_password", body->new_password, &member));
    TRY(account_try(call, &may));
    return new_password_keep(call, &member);
}

static enum status password_change_call(struct call *call) {
    const struct password_body *body = call->body;
    struct new_password *state = call->state;
    struct str current = password_prepare(call->ctx.arena, body->current_password);
    if (!current.data)
        return STATUS_NO_MEMORY;
    state->matches = password_matches(&call->access->pepper, current, state->member.password);
    return state->matches ? new_password_hash(call, body->new_password, state->hash) : STATUS_OK;
}

static enum status password_change_apply(struct call *call) {
    const struct new_password *state = call->state;
    bool right;
    TRY(call->provider_status);
    enum status s = state->matches ? staff_set_password(&call->ctx, &state->member, str_from(state->hash))
                                   : STATUS_WRONG_PROOF;
    TRY(account_tried(call, s, &right));
    if (!right)
        return STATUS_OK;
    TRY(staff_sessions_end_of(&call->ctx, state->member.seq, call->staff_session));
    return account_note(call, "password", NULL, "new");
}

/* ---- GET /staff/sessions, DELETE /staff/sessions/{session_id} */

struct session_view {
    struct uuid id;
    int64_t created_at, used_at, expires_at;
    struct str user_agent, network;
    struct maybe_bool is_current;
};
#define EXAMPLE_SESSION_ID "\"6f1c1c62-2d0e-9b3a-7c55-0a4d8e1f2b3c\""
static const struct field session_fields[] = {
    UUID_FIELD(struct session_view, id, .example = EXAMPLE_SESSION_ID),
    TIME_FIELD(struct session_view, created_at, .doc = "When you signed in"),
    TIME_FIELD(struct session_view, used_at, .doc = "To ten minutes"),
    TIME_FIELD(struct session_view, expires_at, .doc = "When it ends at the latest"),
    TEXT_FIELD(struct session_view, user_agent, .doc = "What the browser calls itself"),
    TEXT_FIELD(struct session_view, network, .example = "\"203.0.113.0/24\""),
    FIELD(struct session_view, is_current, struct maybe_bool, KIND_MAYBE_BOOL, .doc = "The one that asks"),
};
static const struct model session_view = MODEL("StaffSession", struct session_view, session_fields);

struct session_path {
    struct uuid session_id;
};
static const struct field session_path_fields[] = {
    UUID_FIELD(struct session_path, session_id, .example = EXAMPLE_SESSION_ID)};
static const struct model session_path = MODEL("StaffSessionPath", struct session_path, session_path_fields);

static enum status list_sessions(struct call *call) {
    struct staff_member member;
    struct list sessions = {0};
    TRY(account_member(call, &member));
    TRY(staff_sessions_list(&call->ctx, member.seq, call->staff_session, &sessions));
    struct session_view *shown = arena_array(call->ctx.arena, sessions.count + 1, sizeof *shown);
    if (!shown)
        return STATUS_NO_MEMORY;
    const struct staff_session *found = sessions.data;
    for (size_t i = 0; i < sessions.count; i++)
        shown[i] = (struct session_view){
            .id = found[i].id,
            .created_at = found[i].created_at,
            .used_at = found[i].used_at,
            .expires_at = found[i].expires_at,
            .user_agent = found[i].user_agent,
            .network = found[i].network,
            .is_current = {true, found[i].is_current},
        };
    *(struct list *)call->attempt.reply = (struct list){shown, sessions.count};
    return STATUS_OK;
}

static enum status end_session(struct call *call) {
    const struct session_path *path = call->path;
    struct staff_member member;
    TRY(account_member(call, &member));
    TRY(staff_session_end_of(&call->ctx, member.seq, &path->session_id));
    return account_note(call, "session", "open", NULL);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/staff/accept",
        .summary = "Accept an invitation",
        .doc =
            "Chooses a password and signs in, as `POST /staff/login` does. A link that was used, is over or was ended is 400 `The "
            "link is no longer valid`.",
        .access = ACCESS_SIGN_IN,
        .hashes = true,
        .lane = LANE_WRITER,
        .body = &staff_accept,
        .reply = &staff_me,
        .errors = ERRORS(STATUS_TOO_MANY),
        .check = sign_in_check,
        .prepare = accept_prepare,
        .call = accept_call,
        .apply = accept_apply,
    },
    {
        .method = METHOD_POST,
        .path = "/staff/password",
        .summary = "Change your password",
        .doc =
            "Ends your other sessions. After five wrong passwords each must wait longer, up to 15 minutes.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .hashes = true,
        .lane = LANE_WRITER,
        .body = &staff_password,
        .http_status = 204,
        .errors = ERRORS(STATUS_WRONG_PROOF, STATUS_NO_ACCOUNT),
        .prepare = password_change_prepare,
        .call = password_change_call,
        .apply = password_change_apply,
    },
    {
        .method = METHOD_GET,
        .path = "/staff/sessions",
        .summary = "List your sessions",
        .doc = "Where you are signed in, the latest used first.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .reply = &session_view,
        .reply_is_list = true,
        .errors = ERRORS(STATUS_NO_ACCOUNT),
        .handle = list_sessions,
    },
    {
        .method = METHOD_DELETE,
        .path = "/staff/sessions/{session_id}",
        .summary = "End a session of yours",
        .doc = "On all servers, from the next request on.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .path_model = &session_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_SESSION_NOT_FOUND, STATUS_NO_ACCOUNT),
        .handle = end_session,
    },
};

const struct endpoint_group account_endpoints = {
    .tag = "sign-in",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
