#include "shop/orders/order_events.h"

const char *const order_event_names[ORDER_EVENT_COUNT + 1] = {
#define ORDER_EVENT_NAME(member, name) name,
    ORDER_EVENT_LIST(ORDER_EVENT_NAME)
#undef ORDER_EVENT_NAME
};

/* ---- Writing. */

/* Locks the order's row on PostgreSQL, so that two transactions do not give one number to two entries. */
static enum status order_events_lock(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql = {NULL, "SELECT 1 FROM orders WHERE seq = $1 FOR NO KEY UPDATE"};
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(order_seq)));
}

enum status order_event_add(struct shop_ctx *ctx, int64_t order_seq, const struct order_event_new *event) {
    static const struct sql sql =
        SQL("INSERT INTO order_events (order_seq, n, at, kind, actor_kind, actor, subject, amount, text)"
            " VALUES ($1, (SELECT coalesce(max(n), 0) + 1 FROM order_events WHERE order_seq = $1),"
            " $2, $3, $4, $5, $6, $7, $8)");
    static const struct db_value null = {.kind = DB_NULL};
    const struct actor *actor = event->actor;
    struct str kind = {0}, id = {0};
    if (actor) {
        kind = str_from(actor_kind_names[actor->kind]);
        TRY(actor_id_text(ctx->arena, actor, &id));
    }
    TRY(order_events_lock(ctx, order_seq));
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(order_seq), db_int(clock_now_us(ctx->clock)),
                                 db_text(str_from(order_event_names[event->kind])), db_text(kind),
                                 db_text(id), event->subject ? db_uuid(event->subject) : null,
                                 db_maybe_int(event->amount), db_text(event->text)));
}

enum status order_note_add(struct shop_ctx *ctx, const struct uuid *order, const struct actor *actor,
                           struct str text) {
    static const struct sql sql = SQL("SELECT seq FROM orders WHERE id = $1");
    struct order_event_new note = {.kind = ORDER_EVENT_NOTE, .actor = actor, .text = text};
    int64_t seq = 0; /* stays if there is no such order */
    TRY(db_get_int(ctx->db, &sql, ARGS(db_uuid(order)), &seq));
    return seq ? order_event_add(ctx, seq, &note) : STATUS_ORDER_NOT_FOUND;
}

/* ---- Reading. */

struct order_times order_times_read(struct db_rows *rows, int column) {
    return (struct order_times){
        .seq = db_column_int(rows, column),
        .created_at = db_column_int(rows, column + 1),
        .expires_at = db_column_int(rows, column + 2),
        .closed_at = db_column_maybe_int(rows, column + 3),
        .refunded_at = db_column_maybe_int(rows, column + 4),
        .reactivated = db_column_int(rows, column + 5) != 0,
        .status = db_column_enum(rows, column + 6, order_status_names),
    };
}

/* The latest come first, so that the oldest are those that are left out. */
static const struct sql events_sql = SQL(
    "SELECT at, kind, subject, CASE WHEN subject IS NULL THEN 0 ELSE 1 END, amount, text, actor_kind, actor"
    " FROM order_events WHERE order_seq = $1 ORDER BY n DESC LIMIT $2");

void order_events_prefetch(struct shop_ctx *ctx, int64_t order_seq) {
    db_prefetch(ctx->db, &events_sql, ARGS(db_int(order_seq), db_int(order_events_max)));
}

static struct order_event order_event_read_row(struct shop_ctx *ctx, struct db_rows *rows, bool is_staff) {
    struct order_event event = {
        .at = db_column_int(rows, 0),
        .kind = db_column_enum(rows, 1, order_event_names),
        .amount = db_column_maybe_int(rows, 4),
        .text = db_column_text(rows, 5, ctx->arena),
    };
    if (db_column_int(rows, 3))
        event.subject = (struct maybe_uuid){true, db_column_uuid(rows, 2)};
    if (is_staff) {
        event.actor_kind = db_column_text(rows, 6, ctx->arena);
        event.actor = db_column_text(rows, 7, ctx->arena);
    }
    return event;
}

/* Puts an entry behind those that happened before it. */
static void order_events_insert(struct order_event *events, size_t *count, int kind, int64_t at) {
    size_t i = (*count)++;
    for (; i > 0 && events[i - 1].at > at; i--)
        events[i] = events[i - 1];
    events[i] = (struct order_event){.at = at, .kind = kind};
}

/* Adds what the order's own row says. An order that was paid after it had expired has lost the time at which a sweep
 * found it: it is that at which it was to expire. */
enum { row_events_max = 4 };
static void order_events_add_row(const struct order_times *t, struct order_event *events, size_t *count) {
    int closed = t->status == ORDER_CANCELLED ? ORDER_EVENT_CANCELLED
                 : t->status == ORDER_EXPIRED ? ORDER_EVENT_EXPIRED
                                              : ORDER_EVENT_PAID;
    order_events_insert(events, count, ORDER_EVENT_CREATED, t->created_at);
    if (t->reactivated)
        order_events_insert(events, count, ORDER_EVENT_EXPIRED, t->expires_at);
    if (t->closed_at.is_set)
        order_events_insert(events, count, closed, t->closed_at.value);
    if (t->refunded_at.is_set)
        order_events_insert(events, count, ORDER_EVENT_REFUNDED, t->refunded_at.value);
}

static void order_events_reverse(struct order_event *events, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct order_event swapped = events[i];
        events[i] = events[count - 1 - i];
        events[count - 1 - i] = swapped;
    }
}

/* The entries that are read, with room behind them for those of the order's row. */
struct event_array {
    struct order_event *events;
    size_t count, room;
};

/* Doubles the room when it is used up. */
static bool order_events_reserve(struct shop_ctx *ctx, struct event_array *array) {
    size_t room = array->room ? 2 * array->room : 8, size = sizeof *array->events;
    if (array->count + row_events_max < array->room)
        return true;
    struct order_event *grown = arena_grow(ctx->arena, array->events, array->room * size, room * size);
    if (!grown)
        return false;
    array->events = grown;
    array->room = room;
    return true;
}

static bool order_event_is_internal(int kind) {
    return kind == ORDER_EVENT_NOTE || kind == ORDER_EVENT_DISPUTED;
}

enum status order_events_read(struct shop_ctx *ctx, const struct order_times *times, bool is_staff,
                              struct list *out) {
    struct event_array array = {0};
    bool has_room = order_events_reserve(ctx, &array);
    struct db_rows *rows = db_query(ctx->db, &events_sql, ARGS(db_int(times->seq), db_int(order_events_max)));
    while (has_room && db_step(rows)) {
        struct order_event event = order_event_read_row(ctx, rows, is_staff);
        if (is_staff || !order_event_is_internal(event.kind))
            array.events[array.count++] = event;
        has_room = order_events_reserve(ctx, &array);
    }
    TRY(db_finish(rows));
    if (!has_room)
        return STATUS_NO_MEMORY;
    order_events_reverse(array.events, array.count);
    order_events_add_row(times, array.events, &array.count);
    *out = (struct list){array.events, array.count};
    return STATUS_OK;
}

enum status order_events_get(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                             struct list *out) {
    static const struct sql sql =
        SQL("SELECT " ORDER_TIMES " FROM orders AS o WHERE o.id = $1 AND " ORDER_READABLE("o"));
    static const struct sql staff_sql = SQL("SELECT " ORDER_TIMES " FROM orders AS o WHERE o.id = $1");
    struct order_times times = {0};
    int64_t now = clock_now_us(ctx->clock);
    struct db_rows *rows = session ? db_query(ctx->db, &sql, ARGS(db_uuid(id), db_uuid(session), db_int(now)))
                                   : db_query(ctx->db, &staff_sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        times = order_times_read(rows, 0);
    TRY(db_finish_or(rows, STATUS_ORDER_NOT_FOUND));
    return order_events_read(ctx, &times, session == NULL, out);
}
