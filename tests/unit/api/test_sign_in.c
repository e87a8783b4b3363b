/* POST /staff/login step by step: what happens between its steps, and how often it hashes. The rest is tested over HTTP
 * (tests/api/test_staff_login.py). */
#include "api_shop.h"

#include "shop/staff/members.h"

#include <sodium.h>

/* Of the password `correct horse battery`. */
#define HASH                                                                                                 \
    "$argon2id$v=19$m=19456,t=2,p=1$CPHjaeb9jaLY6005BNlB+g$8i+mH8FBsfPeW7dASv7jDJBUL71RENukrPNvtTqZytI"

static int verified; /* hashes that were compared */
int __real_crypto_pwhash_str_verify(const char *text, const char *password, unsigned long long size);
int __wrap_crypto_pwhash_str_verify(const char *text, const char *password, unsigned long long size);
int __wrap_crypto_pwhash_str_verify(const char *text, const char *password, unsigned long long size) {
    verified++;
    return __real_crypto_pwhash_str_verify(text, password, size);
}

static const struct endpoint_group *const sign_in_groups[] = {&sign_in_endpoints, NULL};

static int staff_open(void **state) {
    if (shop_open(state) != 0)
        return -1;
    struct shop *shop = *state;
    struct api_options options = {.groups = sign_in_groups,
                                  .clock = &shop->world.clock,
                                  .random = &shop->world.random,
                                  .metrics = shop->metrics,
                                  .settings = &world_settings};
    token_hash(STR(TOKEN), options.access.admin_hash);
    api_close(shop->api);
    shop->api = api_open(&options);
    return shop->api ? 0 : -1;
}

static void hire(struct shop *shop, const char *email, enum staff_status status) {
    struct shop_ctx ctx = {
        .db = shop->db, .arena = &shop->arena, .clock = &shop->world.clock, .random = &shop->world.random};
    struct staff_member member = {.email = str_from(email),
                                  .name = STR("Ann"),
                                  .password = STR(HASH),
                                  .role = ROLE_CATALOGUE,
                                  .status = status};
    assert_int_equal(staff_add(&ctx, &member), STATUS_OK);
}

/* Begins to sign in, and takes the steps up to the last one. */
static void begin_login(struct shop *shop, const char *email, const char *password) {
    struct buf body = buf_new(&shop->arena);
    buf_printf(&body, "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
    shop->request = (struct request){.method = METHOD_POST,
                                     .path = STR("/staff/login"),
                                     .content_type = STR("application/json"),
                                     .body = buf_str(&body)};
    verified = 0;
    api_begin(shop->api, &shop->call, &shop->request, &shop->arena);
    perform(shop);
    assert_int_equal(shop->call.lane, LANE_PROVIDER);
    perform(shop);
}

static int end_login(struct shop *shop) {
    while (shop->call.lane != LANE_INLINE)
        perform(shop);
    api_finish(&shop->call);
    return shop->call.attempt.response.http_status;
}

/* If an address that nobody has were refused without a hash, the time of the answer would say so. */
static void every_login_compares_one_hash(void **state) {
    struct shop *shop = *state;
    static const struct {
        const char *email, *password;
        int status;
    } rows[] = {
        {"ann@shop.example", "correct horse battery", 200},
        {"ann@shop.example", "wrong horse battery", 401},
        {"gone@shop.example", "correct horse battery", 401},
        {"new@shop.example", "correct horse battery", 401},
        {"nobody@shop.example", "correct horse battery", 401},
    };
    hire(shop, "ann@shop.example", STAFF_ACTIVE);
    hire(shop, "gone@shop.example", STAFF_DISABLED);
    hire(shop, "new@shop.example", STAFF_INVITED);
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin_login(shop, rows[i].email, rows[i].password);
        assert_number_of(rows[i].email, end_login(shop), rows[i].status);
        assert_number_of(rows[i].email, verified, 1);
    }
}

static void what_changes_while_the_password_is_hashed_counts(void **state) {
    struct shop *shop = *state;
    static const struct sql password = SQL("UPDATE staff SET password = '$argon2id$another'");
    static const struct sql disabled = SQL("UPDATE staff SET status = 'disabled'");
    static const struct sql *const changes[] = {&password, &disabled};
    hire(shop, "ann@shop.example", STAFF_ACTIVE);
    begin_login(shop, "ann@shop.example", "correct horse battery");
    assert_int_equal(end_login(shop), 200);
    for (size_t i = 0; i < COUNT(changes); i++) {
        static const struct sql as_before = SQL("UPDATE staff SET password = '" HASH "', status = 'active'");
        assert_int_equal(db_exec(shop->db, &as_before, NO_ARGS, NULL), STATUS_OK);
        begin_login(shop, "ann@shop.example", "correct horse battery");
        assert_int_equal(db_exec(shop->db, changes[i], NO_ARGS, NULL), STATUS_OK);
        assert_int_equal(end_login(shop), 401);
    }
}

#define WITH_STAFF(test) cmocka_unit_test_setup_teardown(test, staff_open, shop_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_STAFF(every_login_compares_one_hash),
        WITH_STAFF(what_changes_while_the_password_is_hashed_counts),
    };
    return cmocka_run_group_tests_name("sign_in", tests, NULL, NULL);
}
