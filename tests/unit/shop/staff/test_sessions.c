/* Sessions of the staff, and the throttle of wrong passwords, on a database in memory with a clock of the test's. */
#include "shop.h"

#include "shop/settings.h"
#include "shop/staff/keys.h"
#include "shop/staff/sessions.h"
#include "shop/staff/throttle.h"

#define HOUR_US (INT64_C(3600) * 1000000)

static struct staff_member hired(struct shop *shop) {
    struct staff_member ann = {.email = STR("ann@shop.example"),
                               .name = STR("Ann"),
                               .password = STR("$argon2id$"),
                               .role = ROLE_CATALOGUE,
                               .status = STAFF_ACTIVE};
    assert_int_equal(staff_add(&shop->ctx, &ann), STATUS_OK);
    return ann;
}

static const struct staff_client client = {.user_agent = {"Browser", 7}, .network = {"203.0.113.0/24", 14}};

static enum status found(struct shop *shop, const char *token, struct actor *out) {
    return staff_session_find(&shop->ctx, str_from(token), out);
}

static void a_session_is_its_members(void **state) {
    struct shop *shop = *state;
    char token[staff_session_text_size + 1], owners[staff_session_text_size + 1];
    struct actor begun, actor;
    struct staff_member ann = hired(shop);
    assert_int_equal(staff_session_begin(&shop->ctx, &ann, &client, &begun, token), STATUS_OK);
    assert_true(token_has_form(str_from(token)));
    assert_int_equal(found(shop, token, &actor), STATUS_OK);
    assert_true(actor.kind == ACTOR_STAFF && uuid_equal(&actor.id, &ann.id));
    assert_true(actor.scopes == role_scopes(ROLE_CATALOGUE) && actor.scopes == begun.scopes);
    assert_true(actor.expires_at.value == begun.expires_at.value);
    assert_int_equal(staff_session_begin(&shop->ctx, NULL, &client, &begun, owners), STATUS_OK);
    assert_int_equal(found(shop, owners, &actor), STATUS_OK);
    assert_true(actor.kind == ACTOR_TOKEN && actor.scopes == scopes_all);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    assert_int_equal(found(shop, token, &actor), STATUS_NOT_AUTHENTICATED);
    assert_int_equal(staff_sessions_end_of_owner(&shop->ctx), STATUS_OK);
    assert_int_equal(found(shop, owners, &actor), STATUS_NOT_AUTHENTICATED);
}

static void a_session_ends_by_itself_and_by_its_owner(void **state) {
    struct shop *shop = *state;
    char token[staff_session_text_size + 1];
    struct actor actor;
    struct staff_member ann = hired(shop);
    int64_t removed = 0;
    assert_int_equal(staff_session_begin(&shop->ctx, &ann, &client, &actor, token), STATUS_OK);
    for (int64_t hours = 0; hours < 7 * 24 - 11; hours += 11) {
        assert_int_equal(found(shop, token, &actor), STATUS_OK);
        shop->world.now_us += 11 * HOUR_US;
    }
    assert_int_equal(found(shop, token, &actor), STATUS_OK);
    shop->world.now_us += 11 * HOUR_US;
    assert_int_equal(found(shop, token, &actor), STATUS_NOT_AUTHENTICATED); /* after 7 days */
    assert_int_equal(staff_sessions_sweep(&shop->ctx, 10, &removed), STATUS_OK);
    assert_int_equal(removed, 1);
    assert_int_equal(staff_session_begin(&shop->ctx, &ann, &client, &actor, token), STATUS_OK);
    shop->world.now_us += staff_session_idle_us;
    assert_int_equal(found(shop, token, &actor), STATUS_NOT_AUTHENTICATED);
    assert_int_equal(staff_session_begin(&shop->ctx, &ann, &client, &actor, token), STATUS_OK);
    assert_int_equal(staff_session_end(&shop->ctx, str_from(token)), STATUS_OK);
    assert_int_equal(found(shop, token, &actor), STATUS_NOT_AUTHENTICATED);
}

/* In whole seconds, because each reading of the clock is later by a millisecond. */
static int64_t waits(struct shop *shop, const struct uuid *key) {
    int64_t us = -1;
    assert_int_equal(throttle_try(&shop->ctx, key, &us), STATUS_OK);
    return (us + 999999) / 1000000;
}

static void tries_wait_longer_and_longer(void **state) {
    struct shop *shop = *state;
    static const int64_t seconds[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    const struct uuid key = {{1}};
    int64_t removed = 0;
    for (int i = 0; i < 5; i++)
        assert_int_equal(waits(shop, &key), 0);
    for (size_t i = 0; i < COUNT(seconds); i++) {
        assert_int_equal(waits(shop, &key), seconds[i]);
        assert_int_equal(waits(shop, &key), seconds[i]); /* which is not counted */
        shop->world.now_us += seconds[i] * 1000000;
        assert_int_equal(waits(shop, &key), 0);
    }
    shop->world.now_us += 25 * HOUR_US;
    assert_int_equal(waits(shop, &key), 0); /* the first of five again */
    assert_int_equal(waits(shop, &key), 0);
    shop->world.now_us += 25 * HOUR_US;
    assert_int_equal(throttle_sweep(&shop->ctx, 10, &removed), STATUS_OK);
    assert_int_equal(removed, 1);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(throttle_clear(&shop->ctx, &key), STATUS_OK);
        assert_int_equal(waits(shop, &key), 0);
    }
}

/* Disabling deletes the sessions, too. One that begins in that moment is refused all the same. */
static void a_session_is_of_an_active_member(void **state) {
    struct shop *shop = *state;
    static const struct sql sql = SQL("UPDATE staff SET status = $1");
    char token[staff_session_text_size + 1];
    struct actor actor;
    struct staff_member ann = hired(shop);
    assert_int_equal(staff_session_begin(&shop->ctx, &ann, &client, &actor, token), STATUS_OK);
    for (int status = 0; status < STAFF_STATUS_COUNT; status++) {
        struct str name = str_from(staff_status_names[status]);
        assert_int_equal(db_exec(shop->ctx.db, &sql, ARGS(db_text(name)), NULL), STATUS_OK);
        assert_int_equal(found(shop, token, &actor),
                         status == STAFF_ACTIVE ? STATUS_OK : STATUS_NOT_AUTHENTICATED);
    }
}

static void a_key_is_over_in_the_moment_that_it_names(void **state) {
    struct shop *shop = *state;
    static const struct actor owner = {.kind = ACTOR_TOKEN, .scopes = scopes_all};
    const int64_t over = shop->world.now_us + HOUR_US;
    struct key_wish wish = {
        .name = STR("Robot"), .scopes = scope_bit(SCOPE_ORDERS_READ), .expires_at = {true, over}};
    struct api_key key;
    struct actor actor;
    char text[key_text_size + 1];
    assert_int_equal(key_make(&shop->ctx, &owner, &wish, &key, text), STATUS_OK);
    shop->world.now_us = over - 2000; /* the clock goes on by 1000 when it is read */
    assert_int_equal(key_find(&shop->ctx, str_from(text), &actor), STATUS_OK);
    assert_int_equal(key_find(&shop->ctx, str_from(text), &actor), STATUS_WRONG_TOKEN);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(a_session_is_its_members),
        IN_SHOP(a_session_is_of_an_active_member),
        IN_SHOP(a_key_is_over_in_the_moment_that_it_names),
        IN_SHOP(a_session_ends_by_itself_and_by_its_owner),
        IN_SHOP(tries_wait_longer_and_longer),
    };
    return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
