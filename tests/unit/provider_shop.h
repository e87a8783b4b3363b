/* A payment provider, and the calls that its tests make of it. The n-th payment and the n-th refund have the same id in each
 * of them, number(n). */
#pragma once

#include "test.h"

#include "pay/provider.h"

struct shop {
    struct arena arena; /* of what the calls return */
    struct provider *p;
    const char *ledger; /* the mock's books; NULL: in memory */
};

static inline void close_shop(struct shop *s) {
    s->p->calls->close(s->p);
    arena_free(&s->arena);
}

static inline struct uuid number(uint8_t n) {
    return (struct uuid){{n, 1}};
}

static inline enum status create_for(struct shop *s, uint8_t n, int64_t amount,
                                     const struct intent_contact *contact, struct intent *out) {
    struct intent_new wanted = {number(n), number(200), amount, STR("usd"), *contact};
    return s->p->calls->create(s->p, &s->arena, &wanted, out);
}

static inline enum status create(struct shop *s, uint8_t n, int64_t amount, struct intent *out) {
    static const struct intent_contact nobody;
    return create_for(s, n, amount, &nobody, out);
}

static inline enum status confirm(struct shop *s, uint8_t n, struct str id, const char *method,
                                  int64_t attempt, struct intent *out) {
    struct uuid payment = number(n);
    return s->p->calls->confirm(s->p, &s->arena, &payment, id, str_from(method), attempt, out);
}

static inline enum status cancel(struct shop *s, struct str id, struct intent *out) {
    return s->p->calls->cancel(s->p, &s->arena, id, out);
}

static inline enum status retrieve(struct shop *s, struct str id, struct intent *out) {
    return s->p->calls->retrieve(s->p, &s->arena, id, out);
}

/* Asks for the refund number `n`. */
static inline enum status refund(struct shop *s, uint8_t n, struct str intent, int64_t amount) {
    struct refund_new wanted = {.refund = number(n), .intent = intent, .amount = amount};
    struct str reason;
    return s->p->calls->refund(s->p, &s->arena, &wanted, &reason);
}

/* Checks that an intent has refunds with these amounts, newest first; a negative one has failed. */
static inline void check_refunds(struct shop *s, struct str intent, const int64_t *amounts, size_t count) {
    struct list found;
    struct intent i;
    int64_t sum = 0;
    assert_int_equal(s->p->calls->refunds(s->p, &s->arena, intent, &found), STATUS_OK);
    assert_int_equal(found.count, count);
    const struct provider_refund *refunds = found.data;
    for (size_t n = 0; n < count; n++) {
        assert_true(str_starts(refunds[n].id, STR("re_")));
        assert_int_equal(refunds[n].is_failed ? -refunds[n].amount : refunds[n].amount, amounts[n]);
        sum += amounts[n] > 0 ? amounts[n] : 0;
    }
    assert_int_equal(retrieve(s, intent, &i), STATUS_OK);
    assert_int_equal(i.refunded, sum);
}
#define CHECK_REFUNDS(s, intent, ...)                                                                        \
    check_refunds(s, intent, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / 8)
