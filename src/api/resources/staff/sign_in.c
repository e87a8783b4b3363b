/* How people of the staff sign in.
 *
 *     check     wrong passwords from this network, or device: too many?        memory; 429
 *     prepare   the account and its throttle; counts the try                   writer; 429
 *     call      hashes the password, or, without an account, in vain           a thread that only hashes; 503
 *     apply     the account again; the code and its throttle; a session        writer; 401, 429
 *
 * An address that nobody has takes the same statements and the same hashing, and gets the same answer, so that nobody
 * learns who works here. */
#include "api/resources/staff/sign_in.h"
#include "api/access.h"
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/staff/device.h"
#include "base/ip/failure_counts.h"
#include "password/hash.h"
#include "password/rules.h"
#include "shop/email_key.h"
#include "shop/settings.h"
#include "shop/staff/second_factor.h"
#include "shop/staff/sessions.h"
#include "shop/staff/throttle.h"

struct login_body {
    struct str email, password, code;
};
static const struct field login_fields[] = {
    EMAIL_FIELD(struct login_body, email, .example = "\"ann@shop.example\""),
    TEXT_FIELD(struct login_body, password, LENGTH(1, password_length_max), .secret = true,
               .example = "\"correct horse battery\""),
    TEXT_FIELD(struct login_body, code, AT_MOST(64), .optional = true, .may_be_null = true, .secret = true,
               .doc = "Of the authenticator app, or a recovery code, if the account has them",
               .example = "\"123456\""),
};
static const struct model staff_login = MODEL("StaffLogin", struct login_body, login_fields);

struct token_body {
    struct str token;
};
static const struct field token_fields[] = {
    TEXT_FIELD(struct token_body, token, LENGTH(1, 512), .secret = true, .doc = "The admin's token",
               .example = "\"fSkq3…\""),
};
static const struct model staff_token_login = MODEL("StaffTokenLogin", struct token_body, token_fields);

struct me_read {
    int kind;
    struct str id, name, email;
    int role;
    struct list scopes;
    struct maybe_int proved_at, expires_at;
};
static const struct field me_fields[] = {
    ENUM_FIELD(struct me_read, kind, .names = actor_kind_names,
               .doc = "staff: a person; key: a program; token: the owner, by the admin's token",
               .example = "\"staff\""),
    TEXT_FIELD(struct me_read, id, .optional = true, .doc = "Of the person or the key",
               .example = "\"0198c0de-5a11-7c0f-9b1e-3f2a6d5c4b3a\""),
    TEXT_FIELD(struct me_read, name, .optional = true, .example = "\"Ann\""),
    TEXT_FIELD(struct me_read, email, .optional = true, .example = "\"ann@shop.example\""),
    ENUM_FIELD(struct me_read, role, .names = role_names, .example = "\"manager\""),
    LIST_FIELD(struct me_read, scopes, .item = KIND_ENUM, .names = scope_names + 1, .doc = "What you may do",
               .example = "[\"products:read\",\"products:write\"]"),
    MAYBE_TIME_FIELD(struct me_read, proved_at, .doc = "Of a session: when you gave your password last"),
    MAYBE_TIME_FIELD(struct me_read, expires_at, .doc = "Of a session: when it ends at the latest"),
};
const struct model staff_me = MODEL("StaffMe", struct me_read, me_fields);

/* Fills `out` from who acts. `member` is NULL for a key and for the owner. STATUS_NO_MEMORY. */
static enum status me_fill(struct arena *arena, const struct actor *actor, const struct staff_member *member,
                           struct me_read *out) {
    int *scopes = arena_array(arena, SCOPE_COUNT, sizeof *scopes);
    size_t count = 0;
    if (!scopes)
        return STATUS_NO_MEMORY;
    for (int i = SCOPE_NONE + 1; i < SCOPE_COUNT; i++)
        if (actor->scopes & scope_bit((enum scope)i))
            scopes[count++] = i - 1;
    *out = (struct me_read){
        .kind = (int)actor->kind,
        .role = (int)role_of(actor->scopes),
        .scopes = {scopes, count},
        .proved_at = actor->proved_at,
        .expires_at = actor->expires_at,
    };
    if (member) {
        out->name = member->name;
        out->email = member->email;
    }
    return actor_id_text(arena, actor, &out->id);
}

/* ---- Sessions. */

/* Adds the cookie of a session; a token of no characters deletes it. */
static enum status session_put_cookie(struct call *call, const char *token) {
    struct buf cookie = buf_new(call->ctx.arena);
    buf_put(&cookie, staff_cookie_name(call->request));
    buf_printf(&cookie, "=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s", token,
               token[0] ? (int)(staff_session_us / 1000000) : 0, call->request->secure ? "; Secure" : "");
    if (!buf_ok(&cookie))
        return STATUS_NO_MEMORY;
    call_header(call, STR("set-cookie"), buf_str(&cookie));
    return STATUS_OK;
}

enum status sign_in_open(struct call *call, const struct staff_member *member) {
    char token[staff_session_text_size + 1], network[ip_prefix_text_size];
    struct str before = cookie_value(call->request->cookies, staff_cookie_name(call->request));
    struct str agent = call->request->user_agent, none = {0};
    client_prefix_format(&call->request->client, network);
    struct staff_client client = {.user_agent = utf8_valid(agent) ? agent : none,
                                  .network = str_from(network)};
    if (token_has_form(before))
        TRY(staff_session_end(&call->ctx, before));
    TRY(staff_session_begin(&call->ctx, member, &client, &call->actor, token));
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "session", none, member ? STR("password") : STR("token"));
    TRY(audit_note_write(&note, member ? &member->id : NULL));
    TRY(session_put_cookie(call, token));
    return me_fill(call->ctx.arena, &call->actor, member, call->attempt.reply);
}

enum status sign_in_check(struct call *call) {
    char place[device_place_size];
    struct device device;
    device_read(call, &device);
    device_place(call, &device, place);
    call->retry_us =
        failure_counts_wait(call->access->wrong_logins, str_from(place), clock_now_us(call->ctx.clock));
    return call->retry_us > 0 ? STATUS_TOO_MANY : STATUS_OK;
}

void sign_in_count_failure(struct call *call) {
    char place[device_place_size];
    struct device device;
    device_read(call, &device);
    device_place(call, &device, place);
    failure_counts_add(call->access->wrong_logins, str_from(place), clock_now_us(call->ctx.clock));
}

/* ---- POST /staff/login */

struct login {
    struct str email_key;
    struct staff_member member;
    bool is_known;    /* somebody has the address: `member` */
    bool has_account; /* that can sign in */
    struct uuid throttle;
    bool matches;
    char rehashed[password_hash_size]; /* of today's parameters, if the stored one has others; else empty */
};

/* Notes a refused sign-in in the audit log, for the member whose address it was: the first five for each reason, then fewer and
 * fewer, down to one in 15 minutes, whatever the number of networks. An address that nobody has is counted too, because the
 * answer would otherwise come sooner, by the time that a commit takes. */
static enum status login_note_refusal(struct call *call, const struct login *login, const char *reason) {
    struct uuid key = device_refusal_key(call, login->email_key, reason);
    struct audit_note note = audit_note_new(call);
    int64_t wait_us;
    TRY(throttle_try(&call->ctx, &key, &wait_us));
    if (wait_us > 0 || !login->is_known)
        return STATUS_OK;
    call->actor = (struct actor){.kind = ACTOR_SYSTEM}; /* who it was is not known */
    audit_note_text(&note, "refused", (struct str){0}, str_from(reason));
    return audit_note_write(&note, &login->member.id);
}

/* Ends a call with why it does not sign in. */
static enum status login_refuse(struct call *call, const struct login *login, enum status why,
                                const char *reason) {
    if (why == STATUS_WRONG_LOGIN)
        sign_in_count_failure(call);
    call_fail(call, why);
    return login_note_refusal(call, login, reason);
}

static enum status login_prepare(struct call *call) {
    const struct login_body *body = call->body;
    struct login *login = call->attempt.next_state = ARENA_NEW(call->ctx.arena, struct login);
    struct str key = email_key(call->ctx.arena, body->email);
    struct device device;
    if (!login || !key.data)
        return STATUS_NO_MEMORY;
    device_read(call, &device);
    enum status found = staff_find_by_email(&call->ctx, key, &login->member);
    if (found != STATUS_OK && found != STATUS_NOT_FOUND)
        return found;
    login->email_key = key;
    login->is_known = found == STATUS_OK;
    login->has_account = login->is_known && login->member.status == STAFF_ACTIVE;
    login->throttle = device_throttle_key(call, &device, key, login->is_known ? &login->member.id : NULL);
    TRY(throttle_try(&call->ctx, &login->throttle, &call->retry_us));
    return call->retry_us > 0 ? login_refuse(call, login, STATUS_TOO_MANY, "too_many") : STATUS_OK;
}

/* Hashes on a thread of its own. Without an account, it takes as long. */
static enum status login_call(struct call *call) {
    const struct login_body *body = call->body;
    const struct pepper *pepper = &call->access->pepper;
    struct login *login = call->state;
    struct str password = password_prepare(call->ctx.arena, body->password);
    if (!password.data)
        return STATUS_NO_MEMORY;
    bool matches = password_matches(pepper, password,
                                    login->has_account ? login->member.password : str_from(password_no_hash));
    login->matches = matches && login->has_account;
    if (login->matches && password_needs_rehash(pepper, login->member.password))
        return password_hash(pepper, password, login->rehashed);
    return STATUS_OK;
}

/* Takes the code of a member whose password was right. Fails the call, with STATUS_OK, if the code is wrong or comes too
 * early; `right` says whether. */
static enum status login_take_code(struct call *call, const struct device *device,
                                   const struct staff_member *member, bool *right) {
    const struct login_body *body = call->body;
    struct uuid key = device_code_key(call, device, &member->id);
    bool has_code = member->totp_step.is_set && body->code.data;
    *right = false;
    if (has_code)
        TRY(throttle_try(&call->ctx, &key, &call->retry_us));
    if (call->retry_us > 0)
        return login_refuse(call, call->state, STATUS_TOO_MANY, "too_many");
    enum status s = staff_second_factor(&call->ctx, member, body->code);
    if (s == STATUS_WRONG_LOGIN)
        return login_refuse(call, call->state, s, "code");
    *right = s == STATUS_OK;
    return s == STATUS_OK && has_code ? throttle_clear(&call->ctx, &key) : s;
}

/* Signs in a member whose password was right, if nothing has changed since it was read. */
static enum status login_apply(struct call *call) {
    struct login *login = call->state;
    struct staff_member member;
    struct device device;
    bool right;
    TRY(call->provider_status);
    if (!login->matches)
        return login_refuse(call, login, STATUS_WRONG_LOGIN, "password");
    TRY(staff_find(&call->ctx, &login->member.id, &member));
    if (member.status != STAFF_ACTIVE || !str_equal(member.password, login->member.password))
        return login_refuse(call, login, STATUS_WRONG_LOGIN, "password");
    device_read(call, &device);
    TRY(login_take_code(call, &device, &member, &right));
    if (!right)
        return STATUS_OK;
    if (login->rehashed[0])
        TRY(staff_rehash(&call->ctx, &member, str_from(login->rehashed)));
    TRY(throttle_clear(&call->ctx, &login->throttle));
    if (!device.is_known || !uuid_equal(&device.member, &member.id))
        TRY(device_remember(call, &member.id));
    return sign_in_open(call, &member);
}

/* ---- POST /staff/token-login */

/* Compares hashes of 256 random bits, so a fast one is enough, and no account is looked up. The right token is let in
 * whatever came from its network before: nobody guesses it, and its owner is never locked out. */
static enum status token_login_check(struct call *call) {
    const struct token_body *body = call->body;
    const struct access_rules *rules = call->access;
    if (rules->is_token_stored && token_has_form(body->token))
        return access_check_flood(call, body->token); /* token_login looks it up */
    if (!rules->is_token_stored && token_matches(body->token, rules->admin_hash))
        return STATUS_OK;
    TRY(sign_in_check(call));
    sign_in_count_failure(call);
    return STATUS_WRONG_TOKEN;
}

static enum status token_login(struct call *call) {
    const struct token_body *body = call->body;
    if (call->access->is_token_stored) {
        enum status s = token_check(&call->ctx, body->token);
        access_count(call, body->token, s);
        TRY(s);
    }
    return sign_in_open(call, NULL);
}

/* ---- DELETE /staff/session, GET /staff/me */

static enum status sign_out(struct call *call) {
    if (!call->staff_session.data)
        return STATUS_OK;
    TRY(staff_session_end(&call->ctx, call->staff_session));
    /* Of pages that the browser keeps, also for its back button. Its storage has the desk's looks, and maybe a storefront's data. */
    call_header(call, STR("clear-site-data"), STR("\"cache\""));
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "session", STR("open"), (struct str){NULL, 0});
    TRY(audit_note_write(&note, call->actor.kind == ACTOR_STAFF ? &call->actor.id : NULL));
    return session_put_cookie(call, "");
}

static enum status read_me(struct call *call) {
    struct staff_member member;
    bool is_member = call->actor.kind == ACTOR_STAFF;
    if (is_member)
        TRY(staff_find(&call->ctx, &call->actor.id, &member));
    return me_fill(call->ctx.arena, &call->actor, is_member ? &member : NULL, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/staff/login",
        .summary = "Sign in",
        .doc =
            "Sets the cookie `till_staff`, which the browser sends from then on: for 12 hours after the last request, at most for "
            "7 days. After five wrong passwords each must wait longer, up to 15 minutes.",
        .access = ACCESS_SIGN_IN,
        .hashes = true,
        .lane = LANE_WRITER,
        .body = &staff_login,
        .reply = &staff_me,
        .errors = ERRORS(STATUS_WRONG_LOGIN, STATUS_CODE_NEEDED, STATUS_TOO_MANY),
        .check = sign_in_check,
        .prepare = login_prepare,
        .call = login_call,
        .apply = login_apply,
    },
    {
        .method = METHOD_POST,
        .path = "/staff/token-login",
        .summary = "Sign in with the admin token",
        .doc =
            "For the owner, whose token `till serve` prints at its first start. Sets the cookie as `POST /staff/login` does.",
        .access = ACCESS_SIGN_IN,
        .lane = LANE_WRITER,
        .body = &staff_token_login,
        .reply = &staff_me,
        .errors = ERRORS(STATUS_WRONG_TOKEN, STATUS_TOO_MANY),
        .check = token_login_check,
        .handle = token_login,
    },
    {
        .method = METHOD_DELETE,
        .path = "/staff/session",
        .summary = "Sign out",
        .doc = "Ends the session of the cookie on all servers. A token or a key stays as it is.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .http_status = 204,
        .handle = sign_out,
    },
    {
        .method = METHOD_GET,
        .path = "/staff/me",
        .summary = "Who am I",
        .doc = "Who the cookie, the key or the token stands for, and what that may do.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .reply = &staff_me,
        .handle = read_me,
    },
};

const struct endpoint_group sign_in_endpoints = {
    .tag = "sign-in",
    .doc = "How people of the staff sign in",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
