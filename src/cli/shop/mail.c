/* till mail: lists the mails that were not sent, shows one, or sends one again. A shop without --mail holds its mails, so
 * this is where the owner of such a shop reads them. */
#include "cli/command.h"
#include "cli/shop/shop_change.h"
#include "shop/schema/schema.h"

#include "shop/outbox/mail.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { mail_arena_bytes_max = 64 * 1024 * 1024, listed_max = 100 };
enum { FLAG_DB, FLAG_FOLLOW };

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_FOLLOW] = {"follow", NULL, NULL, "show each mail from now on as it is written"},
    {0},
};

/* Prints a label and a text from outside on one line; an absent one as nothing. */
static void mail_print_field(const char *label, struct str text) {
    char line[1024];
    if (!text.data)
        return;
    snprintf(line, sizeof line, "%.*s", (int)utf8_limit(text, sizeof line - 1), text.data);
    line_clean(line);
    printf("%-9s%s\n", label, line);
}

static void mail_print(const struct mail_view *m) {
    char id[uuid_text_size], time[time_text_size];
    uuid_format(&m->id, id);
    time_format(m->created_at, time);
    mail_print_field("Mail", (struct str){id, sizeof id});
    mail_print_field("Written", (struct str){time, sizeof time});
    mail_print_field("State", str_from(mail_state_names[m->state]));
    mail_print_field("Error", m->last_error);
    mail_print_field("To", m->to);
    mail_print_field("Subject", m->subject);
    for (struct str rest = m->text; rest.size > 0;)
        mail_print_field("", str_cut(&rest, '\n'));
    printf("\n");
}

/* Prints the mails of a state whose seq is above `after`, oldest first, and moves it on. */
static enum status mail_print_list(struct shop_ctx *ctx, int state, bool whole, int64_t *after) {
    struct list list;
    int64_t total = 0, last = *after;
    arena_reset(ctx->arena);
    TRY(mail_list(ctx, state, listed_max, 0, &list, &total));
    const struct mail_view *mails = list.data;
    for (size_t i = list.count; i-- > 0;) {
        struct mail_view mail = mails[i];
        if (mail.seq <= last)
            continue;
        if (whole)
            TRY(mail_get(ctx, &mails[i].id, &mail));
        mail_print(&mail);
        *after = mail.seq > *after ? mail.seq : *after;
    }
    if (!whole && total > (int64_t)list.count)
        printf("… and %lld more that are %s\n", (long long)(total - (int64_t)list.count),
               mail_state_names[state]);
    return STATUS_OK;
}

static enum status mail_list_unsent(struct shop_ctx *ctx) {
    int64_t held = 0, failed = 0;
    TRY(mail_print_list(ctx, MAIL_HELD, false, &held));
    TRY(mail_print_list(ctx, MAIL_FAILED, false, &failed));
    if (held + failed == 0)
        fprintf(stderr, "no mail is held, and none has failed\n");
    return STATUS_OK;
}

/* Shows each mail as it comes, until standard output is closed or a signal ends the program. */
static enum status mail_follow(struct shop_ctx *ctx) {
    struct list newest;
    int64_t total, after = 0;
    TRY(mail_list(ctx, -1, 1, 0, &newest, &total));
    if (newest.count > 0)
        after = ((const struct mail_view *)newest.data)->seq;
    fprintf(stderr, "waiting for mails\n");
    while (fflush(stdout) == 0) {
        TRY(mail_print_list(ctx, -1, true, &after));
        fflush(stdout);
        sleep(1);
    }
    return STATUS_OK;
}

static enum status mail_retry_change(struct shop_ctx *ctx, void *context, struct change_list *changes) {
    const struct uuid *id = context;
    char text[uuid_text_size];
    uuid_format(id, text);
    change_list_put(changes, "mail", (struct str){0}, (struct str){text, sizeof text});
    return mail_retry(ctx, id);
}

static enum status mail_show_one(struct shop_ctx *ctx, struct uuid *id, bool is_retry) {
    struct mail_view mail;
    struct shop_change change = {.action = "till mail retry", .run = mail_retry_change, .context = id};
    if (is_retry)
        TRY(shop_change_run(ctx, &change));
    TRY(mail_get(ctx, id, &mail));
    mail_print(&mail);
    return STATUS_OK;
}

/* Opens the database and runs what the operand and the flags ask for. */
static int mail_run(const char *url, const char *operand, bool follows, bool is_retry) {
    char error[db_error_size];
    struct arena arena;
    struct uuid id;
    if (operand && follows)
        return usage_error("mail takes a mail's id or --follow");
    if (operand && !uuid_parse(str_from(operand), &id, NULL))
        return usage_error("'%s' is not a mail's id; see till mail", operand);
    struct shop_ctx ctx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = shop_db_open(url, is_retry ? DB_WRITE : DB_READ, &ctx.db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    arena_init(&arena, mail_arena_bytes_max);
    s = operand ? mail_show_one(&ctx, &id, is_retry) : follows ? mail_follow(&ctx) : mail_list_unsent(&ctx);
    arena_free(&arena);
    db_close(ctx.db);
    return s == STATUS_OK ? exit_done : status_error(s, status_text(s));
}

static int mail_command_run(const char *const values[], const char *operand) {
    return mail_run(values[FLAG_DB], operand, values[FLAG_FOLLOW] != NULL, false);
}

static int mail_retry_command_run(const char *const values[], const char *operand) {
    return mail_run(values[FLAG_DB], operand, false, true);
}

const struct command mail_command = {
    .name = "mail",
    .summary = "List the mails that were not sent, or show one",
    .operand = "[ID]",
    .flags = flags,
    .run = mail_command_run,
};

static const struct flag retry_flags[] = {DB_FLAG, {0}};

const struct command mail_retry_command = {
    .name = "mail retry",
    .summary = "Queue a mail again: a server that has --mail sends it",
    .operand = "ID",
    .flags = retry_flags,
    .run = mail_retry_command_run,
};
