/* The members of the staff, on a database in memory. */
#include "shop.h"

#include "shop/staff/invitations.h"
#include "shop/staff/keys.h"
#include "shop/staff/members.h"

static struct staff_member ann(void) {
    return (struct staff_member){.email = STR("Ann.B+x@Shop.Example"),
                                 .name = STR("Ann"),
                                 .password = STR("$argon2id$"),
                                 .role = ROLE_OWNER,
                                 .status = STAFF_ACTIVE};
}

static void a_member_comes_back_as_it_was_added(void **state) {
    struct shop *shop = *state;
    struct staff_member added = ann(), found = {0};
    assert_int_equal(staff_add(&shop->ctx, &added), STATUS_OK);
    assert_int_equal(staff_find_by_email(&shop->ctx, STR("ann.b+x@shop.example"), &found), STATUS_OK);
    assert_true(uuid_equal(&found.id, &added.id) && found.seq == added.seq && added.seq > 0);
    assert_text(found.email, "Ann.B+x@Shop.Example");
    assert_text(found.password, "$argon2id$");
    assert_true(found.role == ROLE_OWNER && found.status == STAFF_ACTIVE);
    assert_false(found.has_totp || found.totp_step.is_set);
    assert_true(found.password_changed_at.value == added.created_at);
    assert_int_equal(staff_find(&shop->ctx, &added.id, &found), STATUS_OK);
    assert_text(found.name, "Ann");
    assert_int_equal(staff_find_by_email(&shop->ctx, STR("ann@shop.example"), &found), STATUS_NOT_FOUND);
}

static void an_address_has_one_member_however_it_is_written(void **state) {
    struct shop *shop = *state;
    struct staff_member first = ann(), second = ann();
    second.email = STR("ANN.B+X@SHOP.EXAMPLE");
    assert_int_equal(staff_add(&shop->ctx, &first), STATUS_OK);
    assert_int_equal(staff_add(&shop->ctx, &second), STATUS_CONFLICT);
}

static void members_are_listed_in_their_order(void **state) {
    struct shop *shop = *state;
    struct staff_member first = ann(),
                        second = {.email = STR("bob@shop.example"), .name = STR("Bob"), .role = ROLE_SUPPORT};
    struct list list;
    int64_t total = 0;
    assert_int_equal(staff_add(&shop->ctx, &first), STATUS_OK);
    assert_int_equal(staff_add(&shop->ctx, &second), STATUS_OK);
    assert_int_equal(staff_list(&shop->ctx, 1, 1, &list, &total), STATUS_OK);
    const struct staff_member *bob = list.data;
    assert_true(list.count == 1 && total == 2);
    assert_text(bob->name, "Bob");
    assert_true(!bob->password.data && bob->status == STAFF_INVITED && !bob->password_changed_at.is_set);
}

/* ---- invitations and changes ---- */

static const struct actor token = {.kind = ACTOR_TOKEN, .scopes = scopes_all};

static struct staff_member joined(struct shop *shop, const char *email, enum role role) {
    struct staff_wish wish = {str_from(email), STR("Somebody"), role};
    struct staff_member member = {.seq = 0};
    struct invitation made;
    assert_int_equal(staff_invite(&shop->ctx, &token, &wish, &made), STATUS_OK);
    assert_int_equal(
        invitation_accept(&shop->ctx, str_from(made.token), (struct str){0}, STR("$argon2id$"), &member),
        STATUS_OK);
    return member;
}

static enum status changed(struct shop *shop, const struct actor *maker, const struct staff_member *member,
                           struct staff_change change) {
    struct staff_member before, after;
    return staff_change(&shop->ctx, maker, &member->id, &change, &before, &after);
}

static void an_invitation_is_accepted_once(void **state) {
    struct shop *shop = *state;
    struct staff_wish wish = {STR("bob@shop.example"), STR("Bob"), ROLE_SUPPORT};
    struct invitation made;
    struct staff_member member;
    assert_int_equal(staff_invite(&shop->ctx, &token, &wish, &made), STATUS_OK);
    struct str text = str_from(made.token);
    assert_int_equal(invitation_find(&shop->ctx, STR("another"), &member), STATUS_LINK_OVER);
    assert_int_equal(invitation_find(&shop->ctx, text, &member), STATUS_OK);
    assert_int_equal(invitation_accept(&shop->ctx, text, STR("Robert"), STR("$a$"), &member), STATUS_OK);
    assert_int_equal(invitation_accept(&shop->ctx, text, STR("Robert"), STR("$b$"), &member),
                     STATUS_LINK_OVER);
    assert_int_equal(staff_find(&shop->ctx, &made.member.id, &member), STATUS_OK);
    assert_text(member.name, "Robert");
    assert_text(member.password, "$a$");
    assert_true(member.status == STAFF_ACTIVE && member.password_changed_at.is_set);
    assert_int_equal(staff_invite(&shop->ctx, &token, &wish, &made), STATUS_STAFF_EXISTS);
}

static void an_invitation_is_over_after_seven_days(void **state) {
    struct shop *shop = *state;
    struct staff_wish wish = {STR("bob@shop.example"), STR("Bob"), ROLE_SUPPORT};
    struct invitation made;
    struct staff_member member;
    assert_int_equal(staff_invite(&shop->ctx, &token, &wish, &made), STATUS_OK);
    shop->world.now_us = made.expires_at - 2000; /* each reading of the clock is 1 ms later */
    assert_int_equal(invitation_find(&shop->ctx, str_from(made.token), &member), STATUS_OK);
    assert_int_equal(invitation_find(&shop->ctx, str_from(made.token), &member), STATUS_LINK_OVER);
}

static void a_reset_ends_what_let_a_member_in(void **state) {
    struct shop *shop = *state;
    struct staff_member member = joined(shop, "bob@shop.example", ROLE_OWNER);
    struct invitation made;
    assert_int_equal(staff_reset(&shop->ctx, STR("ann@shop.example"), &made), STATUS_STAFF_NOT_FOUND);
    assert_int_equal(staff_reset(&shop->ctx, STR("BOB@shop.example"), &made), STATUS_OK);
    assert_int_equal(staff_find(&shop->ctx, &member.id, &member), STATUS_OK);
    assert_true(!member.password.data && member.status == STAFF_INVITED && !member.has_totp);
    assert_int_equal(invitation_find(&shop->ctx, str_from(made.token), &member), STATUS_OK);
}

/* But for the admin's token, whose holder is never locked out. */
static void the_last_active_owner_stays(void **state) {
    struct shop *shop = *state;
    struct staff_change demote = {.has_role = true, .role = ROLE_SUPPORT};
    struct staff_change disable = {.has_status = true, .status = STAFF_DISABLED};
    struct key_wish wish = {.name = STR("a program"), .scopes = scopes_all};
    struct api_key made;
    char text[key_text_size + 1];
    assert_int_equal(key_make(&shop->ctx, &token, &wish, &made, text), STATUS_OK);
    struct actor key = {.kind = ACTOR_KEY, .id = made.id, .scopes = scopes_all};
    struct staff_member first = joined(shop, "ann@shop.example", ROLE_OWNER);
    joined(shop, "bob@shop.example", ROLE_MANAGER);
    assert_int_equal(changed(shop, &key, &first, demote), STATUS_LAST_OWNER);
    assert_int_equal(changed(shop, &key, &first, disable), STATUS_LAST_OWNER);
    assert_int_equal(changed(shop, &key, &first, (struct staff_change){.name = STR("Ann")}), STATUS_OK);
    struct staff_member second = joined(shop, "carol@shop.example", ROLE_OWNER);
    assert_int_equal(changed(shop, &key, &first, disable), STATUS_OK);
    assert_int_equal(changed(shop, &key, &second, demote), STATUS_LAST_OWNER);
    assert_int_equal(changed(shop, &token, &second, demote), STATUS_OK);
}

static void who_is_disabled_loses_the_keys_that_they_made(void **state) {
    struct shop *shop = *state;
    static const struct sql sql = SQL("UPDATE api_keys SET created_by = $1 WHERE name = 'theirs'");
    struct staff_member member = joined(shop, "bob@shop.example", ROLE_OWNER);
    struct key_wish theirs = {.name = STR("theirs"), .scopes = scopes_all}, other = theirs;
    struct api_key made;
    char texts[2][key_text_size + 1], id[uuid_text_size];
    other.name = STR("other");
    assert_int_equal(key_make(&shop->ctx, &token, &theirs, &made, texts[0]), STATUS_OK);
    assert_int_equal(key_make(&shop->ctx, &token, &other, &made, texts[1]), STATUS_OK);
    uuid_format(&member.id, id);
    assert_int_equal(db_exec(shop->ctx.db, &sql, ARGS(db_text(text_of(id, sizeof id))), NULL), STATUS_OK);
    struct staff_change disable = {.has_status = true, .status = STAFF_DISABLED};
    assert_int_equal(changed(shop, &token, &member, disable), STATUS_OK);
    struct actor found;
    assert_int_equal(key_find(&shop->ctx, str_from(texts[0]), &found), STATUS_WRONG_TOKEN);
    assert_int_equal(key_find(&shop->ctx, str_from(texts[1]), &found), STATUS_OK);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        IN_SHOP(a_member_comes_back_as_it_was_added),
        IN_SHOP(an_address_has_one_member_however_it_is_written),
        IN_SHOP(members_are_listed_in_their_order),
        IN_SHOP(an_invitation_is_accepted_once),
        IN_SHOP(an_invitation_is_over_after_seven_days),
        IN_SHOP(a_reset_ends_what_let_a_member_in),
        IN_SHOP(the_last_active_owner_stays),
        IN_SHOP(who_is_disabled_loses_the_keys_that_they_made),
    };
    return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
