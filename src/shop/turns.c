#include "shop/turns.h"

#include <unistd.h>

enum status turns_begin(struct turns *turns, struct tx *tx) {
    enum status s = db_begin(tx->db, true);
    bool served = db_is_claimed(tx->db, DB_SERVING);
    turns->end_us = monotonic_us() + (served ? turn_served_us : turn_alone_us);
    return s;
}

enum status turns_next(struct turns *turns, struct tx *tx) {
    enum status s = turns_end(turns, tx);
    if (s != STATUS_OK)
        return s;
    if (turns->go_on && !turns->go_on(turns->context))
        return STATUS_STOPPING;
    if (db_is_claimed(tx->db, DB_SERVING))
        usleep(turn_rest_us);
    return turns_begin(turns, tx);
}

enum status turns_end(struct turns *turns, struct tx *tx) {
    (void)turns;
    enum status s = db_commit(tx->db);
    if (s != STATUS_OK)
        db_rollback(tx->db);
    return s;
}
