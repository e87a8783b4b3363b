#include "shop/outbox/mail.h"

#include "base/buf.h"
#include "shop/row_list.h"

#include <string.h>

#define day_us (INT64_C(24) * 3600 * 1000000)
#define hour_us (INT64_C(3600) * 1000000)
#define release_us day_us
#define body_keep_us (30 * day_us)
#define row_keep_us (365 * day_us)

const char *const mail_state_names[] = {"held", "queued", "sent", "failed", NULL};
_Static_assert(sizeof mail_state_names / sizeof *mail_state_names == MAIL_STATE_COUNT + 1,
               "a name for each state");

/* ---- Writing. */

static struct mail_settings mail_settings_of(const struct shop_ctx *ctx) {
    if (ctx->mails)
        return *ctx->mails;
    return (struct mail_settings){.shop = STR("your shop"), .shop_url = STR("http://127.0.0.1:8000")};
}

struct str mail_shop_url(const struct shop_ctx *ctx) {
    return mail_settings_of(ctx).shop_url;
}

bool mail_shop_is_apart(const struct shop_ctx *ctx) {
    return mail_settings_of(ctx).is_apart;
}

/* Whether an address is one word of printable ASCII. What a model has let in is; a line feed would begin a header or an
 * SMTP command of its own. */
static bool mail_address_is_plain(struct str address) {
    for (size_t i = 0; i < address.size; i++)
        if (address.data[i] <= ' ' || address.data[i] >= 0x7F || strchr("<>,;", address.data[i]))
            return false;
    return address.size > 0 && address.size <= mail_address_max;
}

/* Takes the name that the owner has set in the place of the one that the settings have. */
static enum status mail_read_shop_name(struct shop_ctx *ctx, struct str *name) {
    static const struct sql sql = SQL("SELECT value FROM settings WHERE name = 'shop.name' AND value <> ''");
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *name = db_column_text(rows, 0, ctx->arena);
    return db_finish(rows);
}

static enum status mail_write(struct shop_ctx *ctx, const struct mail *mail, struct mail_settings *settings,
                              struct mail_text *out) {
    TRY(mail_read_shop_name(ctx, &settings->shop));
    struct mail_templates built_in = mail_templates_built_in();
    struct mail_value values[mail_values_max] = {{"shop", settings->shop}, {"shop_url", settings->shop_url}};
    memcpy(values + 2, mail->values, sizeof mail->values);
    return mail_render(settings->templates ? settings->templates : &built_in, mail->kind, values, ctx->arena,
                       out);
}

enum status mail_queue(struct shop_ctx *ctx, const struct mail *mail) {
    static const struct sql sql = SQL(
        "INSERT INTO mails (id, to_address, kind, subject, text, html, state, attempts, due_at, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)");
    struct mail_settings settings = mail_settings_of(ctx);
    struct uuid id = mail->id ? *mail->id : uuid_new(ctx->clock, ctx->random);
    struct mail_text text;
    int64_t now = clock_now_us(ctx->clock);
    enum mail_state state = settings.is_sent ? MAIL_QUEUED : MAIL_HELD;
    struct maybe_int due = {settings.is_sent, now};
    if (!mail_address_is_plain(mail->to))
        return STATUS_FAULT;
    TRY(mail_write(ctx, mail, &settings, &text));
    if (settings.held && state == MAIL_HELD)
        atomic_fetch_add_explicit(settings.held, 1, memory_order_relaxed);
    return db_exec(ctx->db, &sql,
                   ARGS(db_uuid(&id), db_text(mail->to), db_text(str_from(mail_kind_names[mail->kind])),
                        db_text(text.subject), db_text(text.text), db_text(text.html),
                        db_text(str_from(mail_state_names[state])), db_maybe_int(due), db_int(now)),
                   NULL);
}

/* ---- Sending. */

static enum status mail_release_held(struct shop_ctx *ctx, int64_t now) {
    static const struct sql sql = SQL(
        "UPDATE mails SET state = 'queued', due_at = $1 WHERE state = 'held' AND created_at > $2 AND text IS NOT NULL");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(now), db_int(now - release_us)));
}

#define DUE                                                                                                      \
    "SELECT seq, id, to_address, subject, text, html, attempts, created_at FROM mails WHERE due_at <= $1"        \
    " AND (SELECT count(*) FROM (SELECT 1 FROM mails WHERE state = 'sent' AND done_at > $2 LIMIT $3) AS s) < $3" \
    " ORDER BY due_at LIMIT 1"

enum status mail_take(struct shop_ctx *ctx, struct mail_due *out) {
    static const struct sql due_sql = {DUE, DUE " FOR UPDATE SKIP LOCKED"};
    static const struct sql sql = SQL("UPDATE mails SET due_at = $1, attempts = attempts + 1 WHERE seq = $2");
    int64_t now = clock_now_us(ctx->clock);
    TRY(mail_release_held(ctx, now));
    struct db_rows *rows =
        db_query(ctx->db, &due_sql, ARGS(db_int(now), db_int(now - hour_us), db_int(ctx->mails->per_hour)));
    if (db_step(rows))
        *out = (struct mail_due){
            .seq = db_column_int(rows, 0),
            .id = db_column_uuid(rows, 1),
            .to = db_column_text(rows, 2, ctx->arena),
            .subject = db_column_text(rows, 3, ctx->arena),
            .text = db_column_text(rows, 4, ctx->arena),
            .html = db_column_text(rows, 5, ctx->arena),
            .attempts = db_column_int(rows, 6) + 1,
            .created_at = db_column_int(rows, 7),
        };
    TRY(db_finish_or(rows, STATUS_NOT_FOUND));
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(now + mail_lease_us), db_int(out->seq)));
}

static bool mail_token_has(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '_';
}

struct str mail_hide_links(struct arena *arena, struct str text) {
    static const struct str mark = {MAIL_LINK_MARK, sizeof MAIL_LINK_MARK - 1};
    struct buf out = buf_new(arena);
    size_t kept = 0; /* up to here it is in `out` */
    for (size_t i = 0; i + mark.size < text.size; i++) {
        if (!str_starts(str_skip(text, i), mark))
            continue;
        size_t token = i += mark.size;
        while (i < text.size && mail_token_has(text.data[i]))
            i++;
        buf_put(&out, (struct str){text.data + kept, token - kept});
        buf_put_text(&out, "…");
        kept = i--;
    }
    if (kept == 0)
        return text;
    buf_put(&out, str_skip(text, kept));
    return buf_ok(&out) ? buf_str(&out) : (struct str){0};
}

/* Those of mail_is_secret: their texts go as soon as they are sent, so that who reads the table later finds no link. */
#define SECRET_KINDS "'staff_invite'"

enum status mail_finish(struct shop_ctx *ctx, const struct mail_due *mail, const struct mail_result *r) {
    static const struct sql sql =
        SQL("UPDATE mails SET state = $1, due_at = $2, last_error = $3, done_at = $4,"
            " text = CASE WHEN $5 = 1 AND kind IN (" SECRET_KINDS
            ") THEN NULL ELSE coalesce($6, text) END,"
            " html = CASE WHEN $5 = 1 AND kind IN (" SECRET_KINDS
            ") THEN NULL ELSE coalesce($7, html) END"
            " WHERE seq = $8 AND attempts = $9 AND state = 'queued'");
    int64_t now = clock_now_us(ctx->clock);
    bool goes_on = !r->is_sent && r->next_try_us.is_set;
    enum mail_state state = r->is_sent ? MAIL_SENT : goes_on ? MAIL_QUEUED : MAIL_FAILED;
    struct maybe_int due = {goes_on, now + r->next_try_us.value}, done = {!goes_on, now};
    struct str error = {r->error.data, utf8_limit(r->error, mail_error_max)}, none = {0};
    struct str text = mail_hide_links(ctx->arena, mail->text), html = mail_hide_links(ctx->arena, mail->html);
    if ((mail->text.data && !text.data) || (mail->html.data && !html.data))
        return STATUS_NO_MEMORY;
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_text(str_from(mail_state_names[state])), db_maybe_int(due),
                                 db_text(error), db_maybe_int(done), db_int(r->is_sent),
                                 db_text(r->is_sent && text.data != mail->text.data ? text : none),
                                 db_text(r->is_sent && html.data != mail->html.data ? html : none),
                                 db_int(mail->seq), db_int(mail->attempts)));
}

enum status mail_put_back(struct shop_ctx *ctx, const struct mail_due *mail) {
    static const struct sql sql =
        SQL("UPDATE mails SET due_at = $1, attempts = attempts - 1"
            " WHERE seq = $2 AND attempts = $3 AND state = 'queued'");
    return db_exec(ctx->db, &sql,
                   ARGS(db_int(clock_now_us(ctx->clock)), db_int(mail->seq), db_int(mail->attempts)), NULL);
}

/* ---- For the owner. */

bool mail_is_secret(enum mail_kind kind) {
    return kind == MAIL_STAFF_INVITE;
}

#define VIEW_COLUMNS                                                                                         \
    "id, to_address, subject, kind, state, attempts, created_at, due_at, done_at, last_error, seq"

static void mail_view_read(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct mail_view *out = element;
    *out = (struct mail_view){
        .id = db_column_uuid(rows, 0),
        .to = db_column_text(rows, 1, ctx->arena),
        .subject = db_column_text(rows, 2, ctx->arena),
        .kind = db_column_enum(rows, 3, mail_kind_names),
        .state = db_column_enum(rows, 4, mail_state_names),
        .attempts = db_column_int(rows, 5),
        .created_at = db_column_int(rows, 6),
        .due_at = db_column_maybe_int(rows, 7),
        .done_at = db_column_maybe_int(rows, 8),
        .last_error = db_column_text(rows, 9, ctx->arena),
        .seq = db_column_int(rows, 10),
    };
}

enum status mail_list(struct shop_ctx *ctx, int state, int64_t limit, int64_t offset, struct list *out,
                      int64_t *total) {
    static const struct sql all_count_sql = SQL("SELECT count(*) FROM (SELECT seq FROM mails LIMIT $1) AS m");
    static const struct sql count_sql =
        SQL("SELECT count(*) FROM (SELECT seq FROM mails WHERE state = $1 LIMIT $2) AS m");
    static const struct sql all_sql =
        SQL("SELECT " VIEW_COLUMNS " FROM mails ORDER BY seq DESC LIMIT $1 OFFSET $2");
    static const struct sql sql =
        SQL("SELECT " VIEW_COLUMNS " FROM mails WHERE state = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3");
    struct str name = {0};
    if (state >= 0)
        name = str_from(mail_state_names[state]);
    struct db_rows *rows = state < 0
                               ? db_query(ctx->db, &all_sql, ARGS(db_int(limit), db_int(offset)))
                               : db_query(ctx->db, &sql, ARGS(db_text(name), db_int(limit), db_int(offset)));
    TRY(row_list_read(ctx, rows, mail_view_read, sizeof(struct mail_view), limit, out));
    return state < 0 ? db_get_int(ctx->db, &all_count_sql, ARGS(db_int(mails_counted_max)), total)
                     : db_get_int(ctx->db, &count_sql, ARGS(db_text(name), db_int(mails_counted_max)), total);
}

/* No index leads this search. It reads the newest rows alone, and of these not the texts, so its time is bounded. */
#define SEARCHED(position)                                                                                   \
    " FROM mails WHERE seq > coalesce((SELECT max(seq) FROM mails), 0) - $1 AND ($2 = '' OR state = $2)"     \
    " AND (" position "(lower(to_address), lower($3)) > 0 OR " position "(lower(subject), lower($3)) > 0)"
#define FOUND(position) "SELECT " VIEW_COLUMNS SEARCHED(position) " ORDER BY seq DESC LIMIT $4 OFFSET $5"

enum status mail_search(struct shop_ctx *ctx, int state, struct str q, int64_t limit, int64_t offset,
                        struct list *out, int64_t *total) {
    static const struct sql sql = {FOUND("instr"), FOUND("strpos")};
    static const struct sql count_sql = {"SELECT count(*)" SEARCHED("instr"),
                                         "SELECT count(*)" SEARCHED("strpos")};
    struct str name = state < 0 ? STR("") : str_from(mail_state_names[state]);
    struct db_rows *rows =
        db_query(ctx->db, &sql,
                 ARGS(db_int(mails_searched_max), db_text(name), db_text(q), db_int(limit), db_int(offset)));
    TRY(row_list_read(ctx, rows, mail_view_read, sizeof(struct mail_view), limit, out));
    *total = offset + (int64_t)out->count;
    if (out->count > 0 ? (int64_t)out->count < limit
                       : offset == 0) /* the last page: there is nothing to count behind it */
        return STATUS_OK;
    return db_get_int(ctx->db, &count_sql, ARGS(db_int(mails_searched_max), db_text(name), db_text(q)),
                      total);
}

enum status mail_get(struct shop_ctx *ctx, const struct uuid *id, struct mail_view *out) {
    static const struct sql sql = SQL("SELECT " VIEW_COLUMNS ", text, html FROM mails WHERE id = $1");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows)) {
        mail_view_read(ctx, rows, out);
        out->text = db_column_text(rows, 11, ctx->arena);
        out->html = db_column_text(rows, 12, ctx->arena);
    }
    return db_finish_or(rows, STATUS_MAIL_NOT_FOUND);
}

enum status mail_retry(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql sql =
        SQL("UPDATE mails SET state = 'queued', due_at = $1, attempts = 0, done_at = NULL"
            " WHERE id = $2 AND text IS NOT NULL AND (state IN ('held', 'failed') OR due_at > $3)");
    struct mail_view mail;
    int64_t now = clock_now_us(ctx->clock);
    TRY(mail_get(ctx, id, &mail));
    return db_exec_or(ctx->db, &sql, ARGS(db_int(now), db_uuid(id), db_int(now + mail_lease_us)),
                      STATUS_MAIL_IS_DONE);
}

enum status mails_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *purged) {
    static const struct sql rows_sql = SQL(
        "DELETE FROM mails WHERE seq IN (SELECT seq FROM mails WHERE created_at < $1 AND state <> 'queued'"
        " ORDER BY created_at LIMIT $2)");
    static const struct sql sql = SQL(
        "UPDATE mails SET text = NULL, html = NULL WHERE seq IN"
        " (SELECT seq FROM mails WHERE text IS NOT NULL AND created_at < $1 AND coalesce(done_at, created_at) < $1"
        " AND state <> 'queued' ORDER BY created_at LIMIT $2)");
    int64_t now = clock_now_us(ctx->clock);
    TRY(db_exec_deferred(ctx->db, &rows_sql, ARGS(db_int(now - row_keep_us), db_int(limit))));
    return db_exec(ctx->db, &sql, ARGS(db_int(now - body_keep_us), db_int(limit)), purged);
}
