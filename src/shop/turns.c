#include "shop/turns.h"

#include <unistd.h>

enum { rest_us = 100 };

enum status turns_begin(struct turns *turns, struct tx *tx) {
    int64_t until = monotonic_us() + turn_wait_us;
    while (db_is_claimed(tx->db, DB_WAITING) && monotonic_us() < until)
        usleep(rest_us);
    enum status s = db_begin(tx->db, true);
    int64_t now = monotonic_us();
    turns->end_us = now + (db_is_claimed(tx->db, DB_SERVING) ? turn_served_us : turn_alone_us);
    turns->look_us = now + turn_look_us;
    return s;
}

bool turn_is_over(struct turns *turns, struct tx *tx) {
    int64_t now = monotonic_us();
    if (now < turns->look_us)
        return false;
    turns->look_us = now + turn_look_us;
    return now >= turns->end_us || db_is_claimed(tx->db, DB_WAITING);
}

enum status turns_next(struct turns *turns, struct tx *tx) {
    enum status s = turns_end(turns, tx);
    if (s != STATUS_OK)
        return s;
    if (turns->go_on && !turns->go_on(turns->context))
        return STATUS_STOPPING;
    return turns_begin(turns, tx);
}

enum status turns_end(struct turns *turns, struct tx *tx) {
    (void)turns;
    enum status s = db_commit(tx->db);
    if (s != STATUS_OK)
        db_rollback(tx->db);
    return s;
}
