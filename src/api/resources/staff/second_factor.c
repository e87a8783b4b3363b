/* The second step of signing in, which people of the staff set up for themselves. Rules are in shop/staff. */
#include "shop/staff/second_factor.h"

#include "api/endpoint.h"
#include "api/resources/staff/account.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/staff/sessions.h"

#define fresh_us (INT64_C(15) * 60 * 1000000) /* how long ago somebody may have signed in who sets one up */

struct totp_begun {
    struct str secret, uri;
};
static const struct field begun_fields[] = {
    TEXT_FIELD(struct totp_begun, secret, .doc = "To type into the app: base 32",
               .example = "\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\""),
    TEXT_FIELD(
        struct totp_begun, uri, .doc = "To show as a QR code",
        .example =
            "\"otpauth://totp/Till:ann%40shop.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Till\""),
};
static const struct model totp_begun = MODEL("SecondFactorBegun", struct totp_begun, begun_fields);

struct totp_code {
    struct str code;
};
static const struct field code_fields[] = {
    TEXT_FIELD(struct totp_code, code, LENGTH(1, 64), .secret = true, .example = "\"123456\""),
};
static const struct model totp_code_body = MODEL("SecondFactorCode", struct totp_code, code_fields);

struct recovery_codes {
    struct list recovery_codes;
};
static const struct field recovery_fields[] = {
    LIST_FIELD(struct recovery_codes, recovery_codes, .item = KIND_TEXT,
               ITEM_LENGTH(recovery_code_text_size, recovery_code_text_size),
               .doc = "Each stands in for one code of the app. They are shown this once",
               .example = "[\"7KQ2-M0XD-9V3T-HB6A\"]"),
};
static const struct model recovery_codes = MODEL("RecoveryCodes", struct recovery_codes, recovery_fields);

static void buf_put_percent(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (str_is_alnum((struct str){&c, 1}, "-._~"))
            buf_put_char(out, c);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

/* Writes the URI that apps read (Key URI Format): the shop's name, the account, the secret. */
static enum status totp_write_uri(struct call *call, const struct staff_member *member, struct str secret,
                                  struct str *out) {
    struct setting_texts settings;
    struct buf uri = buf_new(call->ctx.arena);
    TRY(settings_read(&call->ctx, &settings));
    struct str issuer = settings.values[SETTING_SHOP_NAME];
    if (issuer.size == 0)
        issuer = STR("Till");
    buf_put_text(&uri, "otpauth://totp/");
    buf_put_percent(&uri, issuer);
    buf_put_char(&uri, ':');
    buf_put_percent(&uri, member->email);
    buf_put_text(&uri, "?secret=");
    buf_put(&uri, secret);
    buf_put_text(&uri, "&issuer=");
    buf_put_percent(&uri, issuer);
    *out = buf_str(&uri);
    return buf_ok(&uri) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status begin_totp(struct call *call) {
    struct totp_begun *reply = call->attempt.reply;
    struct staff_member member;
    uint8_t secret[totp_secret_size];
    char *text = arena_alloc(call->ctx.arena, totp_secret_text_size);
    TRY(account_member(call, &member));
    if (!text)
        return STATUS_NO_MEMORY;
    if (clock_now_us(call->ctx.clock) - call->actor.proved_at.value > fresh_us)
        return STATUS_NOT_FRESH;
    TRY(second_factor_begin(&call->ctx, &member, secret));
    totp_secret_write(secret, text);
    reply->secret = (struct str){text, totp_secret_text_size};
    TRY(totp_write_uri(call, &member, reply->secret, &reply->uri));
    return account_note(call, "second_factor", "off", "begun");
}

static enum status confirm_totp(struct call *call) {
    const struct totp_code *body = call->body;
    struct recovery_codes *reply = call->attempt.reply;
    struct staff_member member;
    char(*codes)[recovery_code_text_size] = arena_array(call->ctx.arena, recovery_code_count, sizeof *codes);
    struct str *shown = arena_array(call->ctx.arena, recovery_code_count, sizeof *shown);
    bool may, right;
    TRY(account_member(call, &member));
    if (!codes || !shown)
        return STATUS_NO_MEMORY;
    TRY(account_try(call, &may));
    if (!may)
        return STATUS_OK;
    TRY(account_tried(call, second_factor_confirm(&call->ctx, &member, body->code, codes), &right));
    if (!right)
        return STATUS_OK;
    for (size_t i = 0; i < recovery_code_count; i++)
        shown[i] = (struct str){codes[i], recovery_code_text_size};
    reply->recovery_codes = (struct list){shown, recovery_code_count};
    TRY(staff_sessions_end_of(&call->ctx, member.seq,
                              call->staff_session)); /* that the password alone has opened */
    return account_note(call, "second_factor", "begun", "on");
}

static enum status end_totp(struct call *call) {
    const struct totp_code *body = call->body;
    struct staff_member member;
    bool may, right;
    TRY(account_member(call, &member));
    TRY(account_try(call, &may));
    if (!may)
        return STATUS_OK;
    TRY(account_tried(call, second_factor_end(&call->ctx, &member, body->code), &right));
    return right ? account_note(call, "second_factor", "on", "off") : STATUS_OK;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/staff/totp",
        .summary = "Begin a second factor",
        .doc =
            "Makes a secret for an authenticator app. It counts after `POST /staff/totp/confirm`. If you signed in more than 15 "
            "minutes ago it is 403 `Sign in again to do this`.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .reply = &totp_begun,
        .http_status = 201,
        .errors = ERRORS(STATUS_SECOND_FACTOR_SET, STATUS_NO_ACCOUNT),
        .handle = begin_totp,
    },
    {
        .method = METHOD_POST,
        .path = "/staff/totp/confirm",
        .summary = "Put the second factor in force",
        .doc =
            "From now on signing in takes a code of the app, or a recovery code, beside the password. Ends your other sessions.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .body = &totp_code_body,
        .reply = &recovery_codes,
        .errors = ERRORS(STATUS_WRONG_PROOF, STATUS_SECOND_FACTOR_UNSET, STATUS_SECOND_FACTOR_SET,
                         STATUS_NO_ACCOUNT),
        .handle = confirm_totp,
    },
    {
        .method = METHOD_DELETE,
        .path = "/staff/totp",
        .summary = "End your second factor",
        .doc = "Takes a code of the app, or a recovery code.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .lane = LANE_WRITER,
        .body = &totp_code_body,
        .http_status = 204,
        .errors = ERRORS(STATUS_WRONG_PROOF, STATUS_SECOND_FACTOR_UNSET, STATUS_NO_ACCOUNT),
        .handle = end_totp,
    },
};

const struct endpoint_group second_factor_endpoints = {
    .tag = "sign-in",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
