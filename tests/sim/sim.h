/* The simulator: a whole shop, its shoppers, its staff, its payment provider and its disk, on one thread and from one
 * number (docs/internals/simulator.md).
 *
 *     run.c         a run: a list of steps, each drawn from the seed and the step's own number
 *     node.c        the process under test: starts, crashes, and starts again on what the disk kept
 *     visits.c      requests on their way through the real API, as http/dispatch.c takes them
 *     shoppers.c    what shoppers do          staff.c       what the staff does
 *     provider.c    the provider's books      bank.c        what happens there without the shop; its events
 *     workers.c     chores, reconciliation, webhooks and mails, as the threads of serve/ do them
 *     model.c       what the shop must be, by its own answers
 *     recovery.c    compares shop and model after a crash
 *     settle.c      lets everything come to rest, and compares all of it: the model, the provider's books, the audit
 *     story.c       what happens, in plain English       shrink.c   which steps a failure needs
 *
 * Everything that a run decides follows from struct sim: no time, address or random number of the machine gets in. */
#pragma once

#include "dice.h"

#include "api/api.h"
#include "base/json.h"
#include "db/exec/executor.h"
#include "pay/provider.h"
#include "shop/cart/cart_touches.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/desk/summary.h"
#include "shop/lost_keys.h"
#include "shop/outbox/event.h"
#include "shop/outbox/mail.h"
#include "shop/payments/flow.h"

#include <setjmp.h>
#include <stdio.h>

enum {
    shopper_count = 5,
    product_count = 6,
    orders_max = 3000,
    intents_max = 3000,
    bank_events_max = 12000,
    visits_max = 24,
    id_size = 37, /* a UUID as text, with a NUL */
    id_text_size = 40,
    path_size = 200,
    body_size = 1200,
    breach_size = 600,
    staff = shopper_count, /* the actor behind the shoppers */
    actor_count,
};

#define second_us INT64_C(1000000)
#define minute_us (60 * second_us)
#define hour_us (60 * minute_us)

struct sim;
struct visit;

/* ---- What the shop must be, by its own answers. */

struct model_product {
    char id[id_size];
    int64_t price, stock;
    bool is_active;
};

struct model_line {
    char id[id_size];
    int64_t quantity; /* 0: there is no line */
};

struct model_item {
    int product;
    int64_t quantity, price, restocked;
};

/* What a crash has left open about an order. */
enum { DOUBT_CANCEL = 1, DOUBT_EXPIRE = 2, DOUBT_PAID_BY_HAND = 4, DOUBT_HOLD = 8 };

struct model_order {
    char id[id_size];
    char payment[id_size]; /* the latest that was answered; empty: none */
    char parcel[id_size];  /* the latest */
    int actor;             /* whose it is */
    enum order_status status;
    int64_t total, created_us, expires_us;
    struct model_item items[product_count];
    int item_count;
    bool is_by_hand;    /* paid to the staff, not by the provider */
    unsigned doubts;    /* bits of DOUBT_… */
    unsigned events;    /* that webhooks got: bits of enum event_type */
    int64_t given_back; /* by refunds that have succeeded */
};

/* ---- The provider. */

enum { intent_refunds_max = 12, intent_attempts_max = 24 };

struct book_refund {
    char id[id_text_size];
    struct uuid refund; /* ours; zero: made at the provider */
    int64_t amount;
};

struct book_intent {
    char id[id_text_size];
    struct uuid payment, order;
    enum intent_status status;
    int64_t amount, received, refunded, created_s;
    bool is_declined; /* the last attempt */
    int64_t attempts; /* that were made, by number: a bit for each */
    struct book_refund refunds[intent_refunds_max];
    int refund_count;
};

struct bank_event {
    int intent;
    const char *type;
    /* The intent as it was. */
    enum intent_status status;
    int64_t received, refunded, created_s;
    bool is_declined;
    bool is_taken;
};

struct bank {
    struct provider provider; /* must be the first: the shop knows the bank by it */
    struct sim *sim;
    struct book_intent intents[intents_max];
    struct bank_event events[bank_events_max];
    int intent_count, event_count;
    int first_open;  /* no event before it waits */
    int trouble;     /* per cent of calls that fail */
    bool was_silent; /* the call under way got no answer */
};

/* ---- Requests. */

enum visit_phase {
    VISIT_FREE,
    VISIT_QUEUED,  /* a step of it waits for the executor */
    VISIT_CALL,    /* its call to the provider is not made yet */
    VISIT_ANSWERED /* the provider has done it, and its answer is on the way */
};

typedef void visit_function(struct sim *sim, struct visit *visit);

/* A client's request. `answered` compares the answer with the model, and tells the model what has happened. */
struct visit {
    struct sim *sim;
    enum visit_phase phase;
    int actor, number;
    visit_function *answered;
    visit_function *stepped; /* after each step that was committed and was not the last; or NULL */
    visit_function *cut_off; /* a crash has cut it off; or NULL: it changes nothing */
    bool changes;            /* it counts as busy, and as a promise if it has a key */
    bool is_retry, is_bank;
    int steps;       /* of it that were committed */
    bool was_silent; /* the provider did not answer it */
    char path[path_size], body[body_size], key[id_text_size];
    char authorization[80], signature[120];
    struct request request;
    struct call call;
    struct job job;
    struct arena arena;
    struct str event; /* of the provider, in place of the body */
    /* What it is about. */
    int product, order, count;
    int64_t quantity, price;
    int products[product_count];
    bool is_stranger;
    /* The answer. */
    int status;
    const struct json *json; /* NULL: it has no body */
    bool is_replayed;
};

/* A request with a key, which may be sent again. */
struct promise {
    bool is_set;
    bool is_answered, is_applied; /* is_applied: a crash cut the answer off, and it has happened */
    bool is_open;                 /* a crash cut it off, and whether it has happened is not known */
    int64_t at_us;
    uint64_t answer;    /* its hash */
    struct visit visit; /* as it was sent */
};

struct actor_state {
    char token[id_text_size]; /* of a session; of the staff: the admin's */
    struct model_line lines[product_count];
    struct promise promise;
    int busy; /* its requests under way that change something */
};

/* ---- Work beside the requests. */

enum { flows_max = 2, flow_arena_bytes_max = 1024 * 1024 };

struct reconciliation {
    bool is_busy, is_called;
    struct arena arena;
    struct payment_flow flow;
    enum status called;
};

/* What a crash may or may not have kept of the request of an actor. */
struct doubt {
    bool is_set;
    visit_function *answered; /* says which request it was */
    struct visit visit;       /* of it only what it is about */
};

struct sim_counts {
    int64_t operations, requests, crashes, cuts, faults, events, settles;
};

struct sim {
    /* Of a run. */
    uint64_t seed, digest;
    uint32_t step;
    struct dice dice;
    int64_t now_us;
    uint64_t random_state;
    bool tells; /* the story is printed */
    struct sim_counts counts;
    jmp_buf broken;           /* a breach was found */
    char breach[breach_size]; /* empty: none */
    const char *breach_kind;  /* its format: two breaches of one kind are taken for the same fault */
    bool must_restart;        /* the process has asked to end */
    bool is_settling;
    /* The process under test. */
    struct clock clock;
    struct random random;
    struct executor *executor;
    struct api *api;
    struct metrics *metrics;
    struct settings_memory memory;
    struct summary_memory summaries;
    struct cart_touches touches;
    struct lost_keys lost_keys;
    struct event_interest interest;
    struct mail_settings mails;
    bool is_up;
    jmp_buf ended; /* the process has ended by itself */
    struct visit visits[visits_max];
    struct visit probe; /* for a look in the middle of something else */
    struct reconciliation flows[flows_max];
    /* The world around it. */
    struct bank bank;
    struct model_product products[product_count];
    struct actor_state actors[actor_count];
    struct model_order orders[orders_max];
    int order_count;
    struct doubt doubts[actor_count];
    int64_t mails_sent;
};

/* ---- run.c */

/* Makes the shop that every run starts with. Once in a process, which then forks for each run. */
void sim_prepare(struct sim *sim);

/* Runs the steps whose numbers are in `steps`, or with NULL the first `count`. Returns false if something did not hold:
 * sim->breach says what. */
bool sim_run(struct sim *sim, uint64_t seed, const uint32_t *steps, uint32_t count);

/* Adds bytes to the digest. */
void sim_note(struct sim *sim, const void *bytes, size_t size);

/* ---- shrink.c */

struct run_order {
    uint64_t seed;
    const uint32_t *steps; /* NULL: the first `count` */
    uint32_t count;
    bool tells;
};

struct run_result {
    uint64_t digest;
    struct sim_counts counts;
    uint32_t step; /* the last one that was taken */
    uintptr_t kind;
    char breach[breach_size]; /* empty: all held */
};

/* Runs in a process of its own, so that a failed assertion or a fault of memory is a breach like any other. */
struct run_result run_apart(struct sim *sim, const struct run_order *order);

/* Starts such a process; its result can then be read from `*fd`. Returns its id. */
int run_start(struct sim *sim, const struct run_order *order, int *fd);
struct run_result run_read(int child, int fd);

/* Leaves out steps as long as the same breach follows. `steps` has room for order->count. Returns how many are left. */
uint32_t shrink(struct sim *sim, const struct run_order *order, const struct run_result *failed,
                uint32_t *steps);

/* ---- story.c */

__attribute__((format(printf, 2, 3))) void tell(struct sim *sim, const char *format, ...);

/* Something does not hold: ends the run. */
_Noreturn __attribute__((format(printf, 2, 3))) void breach(struct sim *sim, const char *format, ...);

extern const char *const shopper_names[], *const product_names[];
const char *visit_sender(const struct visit *v);

/* ---- node.c */

#define SIM_DATABASE "/disk/till.db"
#define SIM_ADMIN_TOKEN "the-token-of-the-simulator"
#define SIM_EVENT_SECRET "whsec_the_secret_of_the_simulator"

void node_open(struct sim *sim); /* what lasts through restarts */
void node_start(struct sim *sim);
void node_stop(struct sim *sim); /* drops what is under way */
void node_crash(struct sim *sim);

/* Ends the process if the power is cut. */
void node_check_power(struct sim *sim);

/* Lets the writer take all that waits. */
void node_drain(struct sim *sim);

/* Runs a function as a background worker would, after all that waits. */
enum status node_call(struct sim *sim, executor_function *run, void *context);

struct shop_ctx node_ctx(struct sim *sim, struct db *db, struct arena *arena);

/* ---- visits.c */

/* Takes a request that is free; NULL if too many are under way. */
__attribute__((format(printf, 4, 5))) struct visit *visit_new(struct sim *sim, int actor, enum method method,
                                                              const char *path, ...);
__attribute__((format(printf, 2, 3))) void visit_put(struct visit *v, const char *format,
                                                     ...); /* adds to the body */

/* Sends it. With `key` it has an Idempotency-Key. */
void visit_send(struct visit *v, bool has_key);

/* Sends again what an actor has sent with a key. Returns false if too many requests are under way. */
bool visit_send_again(struct sim *sim, int actor);

/* Makes the provider's call, or lets its answer arrive. */
void visit_call(struct visit *v);
void visit_take_answer(struct visit *v);

/* A GET in the middle of something else, answered at once. `actor` as above. Valid until the next one. */
__attribute__((format(printf, 3, 4))) const struct visit *visit_look(struct sim *sim, int actor,
                                                                     const char *path, ...);

/* Breaks off unless the answer has this status. 503 is let through if the disk or the provider fails. Returns whether it
 * has it. */
bool visit_expect(struct visit *v, int status);

bool visit_may_fail(const struct visit *v); /* 503 is no breach */

/* Reads a member of an answer; a breach if it is not there. */
int64_t answer_int(struct sim *sim, const struct json *json, const char *name);
void answer_id(struct sim *sim, const struct json *json, const char *name, char out[static id_size]);
bool answer_is(const struct json *json, const char *name, const char *text);

/* ---- model.c */

int model_product_by_id(const struct sim *sim, struct str id); /* -1: not known */
int model_order_by_id(const struct sim *sim, struct str id);
int model_line_by_id(const struct sim *sim, int actor, struct str id);

/* The status that an order of these products out of the actor's cart must get, by the rules of shop/orders/place.c. */
int model_order_status(const struct sim *sim, int actor, const int *products, int count);

/* Takes an order that was answered into the model: its lines, total, stock and cart must be right. */
int model_order_add(struct sim *sim, int actor, const int *products, const int64_t *quantities, int count,
                    const struct json *json, int64_t hold_us);

void model_return_stock(struct sim *sim, struct model_order *order);

/* Expires what is due. */
void model_expire(struct sim *sim);

bool order_is_sold(enum order_status status);

/* Looks at an order after something that may have moved money, and takes what it has become into the model. */
void model_look_at_order(struct sim *sim, int order);

/* Reads its refunds, and takes what they give back into the model. */
void model_look_at_refunds(struct sim *sim, int order);

/* Takes a status that the shop reports: a breach if the order cannot have come to it. */
void model_take_status(struct sim *sim, int order, struct str status);

/* Compares one order, product or cart as the shop reports it. */
void model_compare_order(struct sim *sim, int order, const struct json *json);
void model_compare_product(struct sim *sim, int product, const struct json *json);
void model_compare_cart(struct sim *sim, int actor, const struct json *json);

/* ---- shoppers.c, staff.c, bank.c, workers.c: actions. */

typedef void sim_action(struct sim *sim);

sim_action shopper_adds, shopper_sets, shopper_removes, shopper_orders, shopper_cancels,
    shopper_begins_to_pay, shopper_pays, shopper_retries, shopper_looks, shopper_searches, shopper_pries,
    shopper_uses_key_twice;
sim_action staff_changes_stock, staff_changes_product, staff_changes_many, staff_refunds, staff_refunds_part,
    staff_ships, staff_moves_parcel, staff_takes_order, staff_marks_paid, staff_cancels, staff_looks,
    staff_sets;
sim_action bank_acts, bank_sends_event, bank_repeats_event, bank_forges_event, bank_has_trouble;
sim_action provider_acts;
sim_action workers_do_chores, workers_reconcile, workers_send;
sim_action clock_turns, disk_is_cut_soon, disk_fails_soon, node_restarts, writer_runs;

/* Says what a crash has left open about a request. */
visit_function shopper_add_answered, shopper_set_answered, shopper_remove_answered, shopper_order_answered,
    staff_stock_answered, staff_product_answered, staff_many_answered, staff_order_answered;
visit_function doubt_note; /* recovery.c: keeps what a request that was cut off was about */

/* Once more, until nothing is left to do. Returns whether something was done. */
bool workers_step(struct sim *sim);
bool bank_deliver_next(struct sim *sim);
void bank_finish_all(
    struct sim *sim); /* banks that were processing answer, shoppers who were asked give up */

/* ---- provider.c */

void bank_open(struct sim *sim);
struct book_intent *bank_find_payment(struct bank *bank, const struct uuid *payment);
void bank_add_event(struct bank *bank, const struct book_intent *intent, const char *type);
void bank_charge(struct bank *bank, struct book_intent *intent);
void bank_decline(struct bank *bank, struct book_intent *intent);
void bank_give_back(struct bank *bank, struct book_intent *intent, const struct uuid *refund, int64_t amount);

/* What the provider has of an order's money: charged and not given back. */
int64_t bank_kept(const struct bank *bank, const char *order);
bool bank_has_paid(const struct sim *sim, const struct model_order *order);

/* ---- recovery.c, settle.c */

void recover(struct sim *sim);
void settle(struct sim *sim);
void audit(struct sim *sim);
