/* A shop in one thread on the disk in memory, and one request of each kind that writes to it (cases.c) or reads from it
 * (read_cases.c).
 *
 *     lab_prepare      makes a shop with products, orders in every state, staff …, and keeps an image of its disk
 *     lab_boot         opens the shop that is on the disk, with the same clock and random bytes each time
 *     lab_send         one request with all its steps, each in a transaction of its own, as the server's writer has it
 *     lab_close        closes the connection, which checkpoints
 *
 * Clock, random bytes and provider are the lab's own, so that the same request on the same image makes the same rows, bit
 * for bit. What a database holds is compared by the digest of all its tables. */
#pragma once

#include "api/api.h"
#include "disk.h"
#include "shop/outbox/event.h"

#define LAB_DB DISK_ROOT "/till.db"

enum { states_max = 8, vars_max = 48, var_size = 512 };

/* A request. `$name` in its parts stands for a variable. */
struct lab_request {
    enum method method;
    const char *path; /* the row's: `/cart/{item_id}` is the variable item_id */
    const char *body; /* JSON; "png WIDTH": a picture; other texts as they are */
    const char *who;  /* "admin", "shopper", "member": by a cookie; "" */
    const char *vars; /* "order_id=paid_order …": variables for this request alone; NULL: as they are */
    /* Of an answer in the preparation: the variable `var` is the text behind `mark`, up to a sign that ends it. */
    const char *var, *mark;
    int http_status; /* what is answered; 0: any success */
};

extern const struct lab_request lab_preparation[], lab_cases[], lab_reads[]; /* ended by one without a path */

struct lab_answer {
    int http_status; /* 0: there was no answer, and the outcome is unknown */
    bool is_sound;   /* the audit found nothing after any of its commits; only if the states are noted */
    char body[8192]; /* its beginning */
};

/* What the shop's tables hold. */
struct lab_state {
    unsigned char digest[32];
};

/* Starts a lab on an empty disk and prepares its shop. Prints what failed and returns false. */
bool lab_prepare(void);

/* Loads the prepared shop's disk; the provider remembers what it did then. */
void lab_reset(void);

/* Opens connections with synchronous=OFF, so that a test sees that the power cuts notice. */
extern bool lab_sync_is_off;

/* Starts the lab's clock and random bytes again, as lab_boot() does. */
void lab_begin_again(uint64_t seed);

/* Opens the shop. False: it cannot be opened; `error` says why. `seed` is of the random bytes. */
bool lab_boot(uint64_t seed, char *error);

/* What a server does at its start with keys and payments that the last one left. */
bool lab_recover(void);

/* Sends a request. If `states` is not NULL, notes the state after each commit there, from *count on. */
void lab_send(const struct lab_request *request, const char *key, struct lab_answer *out,
              struct lab_state *states, size_t *count);
void lab_close(void);

bool lab_read_state(struct lab_state *out);

/* Open the shop, and read less of it: how many rows each table has; how many products shoppers see,
 * and the sum of their prices. */
bool lab_read_counts(struct lab_state *out);
bool lab_read_products(struct lab_state *out);

/* The file that lab_boot() opens: LAB_DB, unless a test has changed it. */
extern const char *lab_path;

/* Returns the value of a variable. */
const char *lab_value(const char *name);

/* Audits the shop and the database, or the database alone: what a state's digest does not show. False: breaches, which
 * are printed, or it cannot be read. */
bool lab_audit(void);
bool lab_check_database(void);

/* Whether the request's row has several steps, the last of which is tried again if its transaction is lost. */
bool lab_has_steps(const struct lab_request *request);

/* Returns how many rows of the endpoint table use the database and have no case; prints them. */
int lab_count_missing(void);

/* How the provider fails: call k from now on, once or forever. 0: not. The call does not happen if it is unreached; else it
 * happens, and its answer is lost. */
void lab_provider_fail_at(uint64_t k, bool forever, bool is_unreached);
uint64_t lab_provider_calls(void);

/* Turns the clock so far in the middle of the next request. */
void lab_clock_jump(int64_t us);

/* Allocations (memory.c): lets allocation k fail, counted from now on over all threads. */
void memory_fail_at(uint64_t k, bool forever);
uint64_t memory_calls(void);
bool memory_has_failed(void);

/* The same of what is taken from an arena, which is nearly all that Till itself takes (arena_blocks.c). */
void arena_fail_at(uint64_t k, bool forever);
bool arena_has_failed(void);
void *arena_block_new(size_t size);
void *arena_block_resize(void *old, size_t size);

/* Statements of the database: each query and each step counts (statements.c). */
void statement_fail_at(uint64_t k, bool forever);
bool statement_has_failed(void);
