#include "http/exchange.h"

#include "http/state.h"

#include <stdlib.h>
#include <string.h>

enum { exchange_pool_max = 64 }; /* kept for the next requests: as many as a loop answers in one turn */

struct exchange *exchange_new(struct loop *loop) {
    struct exchange *x = loop->pool;
    if (x) {
        loop->pool = x->next;
        loop->pool_size--;
        return x;
    }
    x = malloc(sizeof *x);
    if (x) {
        memset(x, 0, sizeof *x);
        x->loop = loop;
        arena_init(&x->arena, request_arena_bytes_max);
    }
    return x;
}

static void exchange_destroy(struct exchange *x) {
    arena_free(&x->arena);
    free(x);
}

void exchange_free(struct exchange *x) {
    struct loop *loop = x->loop;
    if (loop->pool_size == exchange_pool_max) {
        exchange_destroy(x);
        return;
    }
    arena_reset(&x->arena);
    x->connection = NULL;
    x->has_stream = x->is_recheck = false;
    x->next = loop->pool;
    loop->pool = x;
    loop->pool_size++;
}

void exchange_pool_free(struct loop *loop) {
    for (struct exchange *x = loop->pool, *next; x; x = next) {
        next = x->next;
        exchange_destroy(x);
    }
}
