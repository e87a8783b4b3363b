/* shop/outbox: mails that are held, sent, tried again and forgotten. */
#include "shop.h"

#include "shop/chores/chores.h"
#include "shop/outbox/mail.h"
#include "shop/outbox/mail_proof.h"

static const struct mail_settings sends = {
    .is_sent = true, .per_hour = 2, .shop = {"Lamps", 5}, .shop_url = {"https://lamps.example", 21}};
static const struct mail mail_of_ann = {.kind = MAIL_TEST, .to = {"ann@example.com", 15}};

#define day_us (INT64_C(24) * 3600 * 1000000)

static int64_t mails_in(struct shop *shop, int state) {
    struct list mails;
    int64_t total = -1;
    assert_int_equal(mail_list(&shop->ctx, state, 10, 0, &mails, &total), STATUS_OK);
    assert_true((int64_t)mails.count == total);
    return total;
}

static struct mail_view newest(struct shop *shop) {
    struct list mails;
    struct mail_view mail;
    int64_t total;
    assert_int_equal(mail_list(&shop->ctx, -1, 10, 0, &mails, &total), STATUS_OK);
    assert_true(mails.count > 0);
    assert_int_equal(mail_get(&shop->ctx, &((const struct mail_view *)mails.data)->id, &mail), STATUS_OK);
    return mail;
}

static void a_mail_is_held_until_mail_is_sent_and_a_day_at_most(void **state) {
    struct shop *shop = *state;
    struct mail_due due;
    assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    shop->world.now_us += day_us + 1;
    assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    assert_int_equal(mails_in(shop, MAIL_HELD), 2);
    shop->ctx.mails = &sends;
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
    assert_int_equal(mails_in(shop, MAIL_HELD), 1);
    assert_int_equal(due.attempts, 1);
    assert_text(due.to, "ann@example.com");
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_NOT_FOUND); /* it is taken */
    shop->world.now_us += mail_lease_us;
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
    assert_int_equal(due.attempts, 2);
}

static void after_the_clock_was_set_back_mails_are_made_due_in_batches(void **state) {
    struct shop *shop = *state;
    struct mail_settings settings = sends;
    struct mail_due due;
    bool more;
    settings.per_hour = 10000;
    shop->ctx.mails = &settings;
    shop->world.now_us += day_us;
    for (int i = 0; i < 1500; i++)
        assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    shop->world.now_us -= day_us;
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_NOT_FOUND);
    assert_int_equal(chores_clock_was_set_back(&shop->ctx, &more), STATUS_OK);
    assert_true(more);
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
    assert_int_equal(chores_clock_was_set_back(&shop->ctx, &more), STATUS_OK);
    assert_false(more);
    for (int i = 1; i < 1500; i++) /* each once: the one that was taken stays so */
        assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_NOT_FOUND);
}

static void a_result_counts_only_for_the_try_that_it_is_of(void **state) {
    struct shop *shop = *state;
    struct mail_due first, second;
    shop->ctx.mails = &sends;
    assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    assert_int_equal(mail_take(&shop->ctx, &first), STATUS_OK);
    shop->world.now_us += mail_lease_us;
    assert_int_equal(mail_take(&shop->ctx, &second), STATUS_OK);
    assert_int_equal(mail_finish(&shop->ctx, &first, &(struct mail_result){.error = STR("550")}), STATUS_OK);
    assert_int_equal(newest(shop).state, MAIL_QUEUED);
    assert_int_equal(mail_finish(&shop->ctx, &second, &(struct mail_result){.is_sent = true}), STATUS_OK);
    assert_int_equal(newest(shop).state, MAIL_SENT);
    assert_int_equal(mail_finish(&shop->ctx, &second, &(struct mail_result){.error = STR("550")}), STATUS_OK);
    assert_int_equal(newest(shop).state, MAIL_SENT);
}

static void a_failed_mail_can_be_tried_again_from_the_beginning(void **state) {
    struct shop *shop = *state;
    struct mail_due due;
    struct uuid unknown = {.bytes = {1}};
    shop->ctx.mails = &sends;
    assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    struct uuid id = newest(shop).id;
    assert_int_equal(mail_retry(&shop->ctx, &unknown), STATUS_MAIL_NOT_FOUND);
    assert_int_equal(mail_retry(&shop->ctx, &id), STATUS_MAIL_IS_DONE);
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
    assert_int_equal(mail_finish(&shop->ctx, &due, &(struct mail_result){.error = STR("550 no")}), STATUS_OK);
    assert_int_equal(newest(shop).state, MAIL_FAILED);
    assert_text(newest(shop).last_error, "550 no");
    assert_int_equal(mail_retry(&shop->ctx, &id), STATUS_OK);
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
    assert_int_equal(due.attempts, 1);
    assert_int_equal(mail_retry(&shop->ctx, &id), STATUS_MAIL_IS_DONE); /* it is under way */
    struct mail_result later = {.error = STR("451"), .next_try_us = {true, day_us}};
    assert_int_equal(mail_finish(&shop->ctx, &due, &later), STATUS_OK);
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_NOT_FOUND);
    assert_int_equal(mail_retry(&shop->ctx, &id), STATUS_OK); /* it waits for its next try */
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
}

static void no_more_are_sent_in_an_hour_than_may_be(void **state) {
    struct shop *shop = *state;
    struct mail_due due;
    shop->ctx.mails = &sends;
    for (int i = 0; i < 3; i++)
        assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
        assert_int_equal(mail_finish(&shop->ctx, &due, &(struct mail_result){.is_sent = true}), STATUS_OK);
    }
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_NOT_FOUND);
    assert_int_equal(mails_in(shop, MAIL_QUEUED), 1);
    shop->world.now_us += INT64_C(3601) * 1000000;
    assert_int_equal(mail_take(&shop->ctx, &due), STATUS_OK);
}

static void bodies_go_after_a_month_and_rows_after_a_year(void **state) {
    struct shop *shop = *state;
    int64_t purged = -1;
    assert_int_equal(mail_queue(&shop->ctx, &mail_of_ann), STATUS_OK);
    shop->world.now_us += 29 * day_us;
    assert_int_equal(mails_sweep(&shop->ctx, 10, &purged), STATUS_OK);
    assert_int_equal(purged, 0);
    assert_has(newest(shop).text, "this is the test");
    shop->world.now_us += 2 * day_us;
    assert_int_equal(mails_sweep(&shop->ctx, 10, &purged), STATUS_OK);
    assert_int_equal(purged, 1);
    assert_null(newest(shop).text.data);
    assert_null(newest(shop).html.data);
    struct uuid id = newest(shop).id;
    assert_int_equal(mail_retry(&shop->ctx, &id), STATUS_MAIL_IS_DONE);
    shop->world.now_us += 365 * day_us;
    assert_int_equal(mails_sweep(&shop->ctx, 10, &purged), STATUS_OK);
    assert_int_equal(mails_in(shop, -1), 0);
}

static void an_address_cannot_end_a_line(void **state) {
    struct shop *shop = *state;
    static const char *const addresses[] = {
        "a@b.example\r\nBcc: x@example.com", "a@b.example\n",     "a b@c.example", "", "<a@b.example>",
        "a@b.example,c@d.example",           "\xc3\xa9@b.example"};
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct mail mail = {.kind = MAIL_TEST, .to = str_from(addresses[i])};
        assert_number_of(addresses[i], mail_queue(&shop->ctx, &mail), STATUS_FAULT);
    }
    assert_int_equal(mails_in(shop, -1), 0);
}

static void a_token_proves_what_it_was_made_for_alone(void **state) {
    struct shop *shop = *state;
    char token[token_text_size + 1];
    struct mail_proof found, proof = {.purpose = "invite",
                                      .email_key = STR("ann@example.com"),
                                      .expires_at = shop->world.now_us + day_us};
    assert_int_equal(mail_proof_make(&shop->ctx, &proof, token), STATUS_OK);
    assert_int_equal(mail_proof_find(&shop->ctx, "invite", str_from(token), &found), STATUS_OK);
    assert_int_equal(mail_proof_find(&shop->ctx, "order", str_from(token), &found), STATUS_LINK_OVER);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    assert_int_equal(mail_proof_find(&shop->ctx, "invite", str_from(token), &found), STATUS_LINK_OVER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(a_mail_is_held_until_mail_is_sent_and_a_day_at_most),
        IN_SHOP(after_the_clock_was_set_back_mails_are_made_due_in_batches),
        IN_SHOP(a_result_counts_only_for_the_try_that_it_is_of),
        IN_SHOP(a_failed_mail_can_be_tried_again_from_the_beginning),
        IN_SHOP(no_more_are_sent_in_an_hour_than_may_be),
        IN_SHOP(bodies_go_after_a_month_and_rows_after_a_year),
        IN_SHOP(an_address_cannot_end_a_line),
        IN_SHOP(a_token_proves_what_it_was_made_for_alone),
    };
    return cmocka_run_group_tests_name("mails", tests, NULL, NULL);
}
