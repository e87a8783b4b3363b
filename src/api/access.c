#include "api/access.h"

#include "api/endpoint.h"
#include "base/ip/failure_counts.h"
#include "shop/settings.h"
#include "shop/staff/keys.h"
#include "shop/staff/sessions.h"

static const struct actor owner = {.kind = ACTOR_TOKEN, .scopes = scopes_all};

struct str staff_cookie_name(const struct request *request) {
    return request->secure ? STR("__Host-till_staff") : STR("till_staff");
}

/* Whether an origin, `https://shop.example:8443`, is that of the host that the request went to. */
static bool origin_is_own(const struct request *r) {
    struct str scheme = r->secure ? STR("https://") : STR("http://");
    return r->host.size > 0 && str_starts(r->origin, scheme) &&
           str_equal_nocase(str_skip(r->origin, scheme.size), r->host);
}

/* Whether a request with a cookie may change something. */
static bool request_is_own(const struct request *r, const struct access_rules *rules) {
    if (r->method == METHOD_GET)
        return true;
    if (!r->origin.data)
        return !r->sec_fetch_site.data || str_equal(r->sec_fetch_site, STR("same-origin")) ||
               str_equal(r->sec_fetch_site, STR("none"));
    for (size_t i = 0; i < rules->origin_count; i++)
        if (str_equal(r->origin, rules->origins[i]))
            return true;
    return origin_is_own(r);
}

static enum status access_check_cookie(struct call *call, const struct access_rules *rules) {
    struct str token = cookie_value(call->request->cookies, staff_cookie_name(call->request));
    if (!token_has_form(token))
        return STATUS_NOT_AUTHENTICATED;
    if (!request_is_own(call->request, rules))
        return STATUS_CROSS_SITE;
    call->staff_session = token;
    return STATUS_OK;
}

static enum status access_check_bearer(struct call *call, const struct access_rules *rules,
                                       struct str token) {
    if (!rules->is_token_stored && token_matches(token, rules->admin_hash)) {
        call->actor = owner;
        return STATUS_OK;
    }
    if (!key_has_form(token) && !(rules->is_token_stored && token_has_form(token)))
        return STATUS_WRONG_TOKEN;
    call->key = token;
    return STATUS_OK;
}

bool access_is_pending(const struct call *call) {
    return call->key.data || call->staff_session.data;
}

/* The key or the session of a call. */
static struct str access_credential(const struct call *call) {
    return call->key.data ? call->key : call->staff_session;
}

enum status access_check_flood(struct call *call, struct str credential) {
    const struct access_rules *rules = call->access;
    char network[ip_prefix_text_size];
    int64_t now_us = clock_now_us(call->ctx.clock);
    client_prefix_format(&call->request->client, network);
    call->retry_us = failure_counts_wait(rules->wrong_keys, str_from(network), now_us);
    if (call->retry_us == 0 || failure_counts_wait(rules->right_keys, credential, now_us) > 0)
        return STATUS_OK;
    return STATUS_TOO_MANY;
}

void access_count(const struct call *call, struct str credential, enum status found) {
    char network[ip_prefix_text_size];
    int64_t now_us = clock_now_us(call->ctx.clock);
    client_prefix_format(&call->request->client, network);
    if (found == STATUS_OK)
        failure_counts_add(call->access->right_keys, credential, now_us);
    else if (found == STATUS_WRONG_TOKEN || found == STATUS_NOT_AUTHENTICATED)
        failure_counts_add(call->access->wrong_keys, str_from(network), now_us);
}

bool call_is_staff(const struct call *call) {
    return access_is_pending(call) || call->actor.scopes != 0;
}

static enum status access_check_credentials(struct call *call) {
    struct str token = request_credentials(call->request, STR("bearer "));
    return token.data ? access_check_bearer(call, call->access, token)
                      : access_check_cookie(call, call->access);
}

enum status access_check(struct call *call) {
    const struct endpoint *e = call->endpoint;
    bool is_shopper = e->access == ACCESS_SESSION && e->scope != SCOPE_NONE && !call->access->hides_staff;
    if (e->access != ACCESS_STAFF && !is_shopper)
        return STATUS_OK;
    enum status s = access_check_credentials(call);
    TRY(is_shopper ? STATUS_OK : s); /* a shopper has no token, or another */
    return access_is_pending(call) ? access_check_flood(call, access_credential(call)) : STATUS_OK;
}

/* Whether a person has no second factor although the shop asks for one: of those who may do much, if others than this machine
 * can reach it, directly or through a proxy on this machine; or of all. */
static bool access_lacks_second_factor(const struct call *call) {
    const struct access_rules *rules = call->access;
    const struct actor *a = &call->actor;
    enum role role = role_of(a->scopes);
    bool is_reachable = rules->needs_second_factor || call->request->is_forwarded;
    bool is_needed =
        rules->second_factor_for_all || (is_reachable && (role == ROLE_OWNER || role == ROLE_MANAGER));
    return is_needed && a->kind == ACTOR_STAFF && !a->has_second_factor;
}

/* Looks up call->key: a key, or the admin's token. */
static enum status access_find_key(struct call *call) {
    if (key_has_form(call->key))
        return key_find(&call->ctx, call->key, &call->actor);
    TRY(token_check(&call->ctx, call->key));
    call->actor = owner;
    return STATUS_OK;
}

/* Looks up the key or the session of the staff, and whether it may use the endpoint. */
static enum status access_find_actor(struct call *call) {
    enum status s = call->key.data ? access_find_key(call)
                                   : staff_session_find(&call->ctx, call->staff_session, &call->actor);
    access_count(call, access_credential(call), s);
    TRY(s);
    if (!call->endpoint->any_staff && !(call->actor.scopes & scope_bit(call->endpoint->scope)))
        return STATUS_SCOPE;
    if ((!call->endpoint->any_staff || call->endpoint->streams) && access_lacks_second_factor(call))
        return STATUS_SECOND_FACTOR_NEEDED;
    return STATUS_OK;
}

enum status access_check_again(struct call *call) {
    return call->key.data ? access_find_key(call)
                          : staff_session_look(&call->ctx, call->staff_session, &call->actor);
}

enum status access_check_database(struct call *call) {
    bool is_shopper = call->endpoint->access == ACCESS_SESSION;
    if (!access_is_pending(call))
        return STATUS_OK;
    enum status s = access_find_actor(call);
    bool is_refused = s == STATUS_NOT_AUTHENTICATED || s == STATUS_SCOPE ||
                      s == STATUS_SECOND_FACTOR_NEEDED || s == STATUS_WRONG_TOKEN;
    if (is_refused && is_shopper && call->session.is_set && !key_has_form(call->key)) {
        call->actor = (struct actor){0}; /* who has signed in, or was, may also buy here */
        call->staff_session = call->key = (struct str){0};
        s = STATUS_OK;
    }
    TRY(s);
    if (!is_shopper && call->session.is_set &&
        call->actor.kind != ACTOR_TOKEN) /* idempotency keys are each key's own */
        call->session.key = call->actor.id;
    return call->refusal;
}
