/* till staff: the members of the staff, from the machine itself: for the first one, and for an owner who is locked out.
 * It works beside a running server. A link is printed, for whoever runs the command to hand on. */
#include "cli/command.h"
#include "cli/shop/shop_change.h"
#include "shop/schema/schema.h"

#include "model/email.h"
#include "shop/email_key.h"
#include "shop/staff/invitations.h"

#include <stdio.h>

enum { staff_arena_bytes_max = 64 * 1024 * 1024 };

static const struct actor machine = {.kind = ACTOR_SYSTEM, .scopes = scopes_all};

/* What a command does, in a transaction that may be tried again. */
struct staff_job {
    struct staff_wish wish;
    struct invitation invitation;
    struct staff_member before, after;
    enum status (*run)(struct shop_ctx *ctx, struct staff_job *job);
    const char *action; /* `till staff add` */
};

/* Runs the job, and says what it changed. */
static enum status staff_job_change(struct shop_ctx *ctx, void *context, struct change_list *changes) {
    struct staff_job *job = context;
    const struct str none = {0};
    const struct staff_member *before = &job->before, *after = &job->after;
    job->before = (struct staff_member){0};
    TRY(job->run(ctx, job));
    change_list_put(changes, "email", before->email, after->email);
    change_list_put(changes, "role", before->email.data ? str_from(role_names[before->role]) : none,
                    str_from(role_names[after->role]));
    change_list_put(changes, "status",
                    before->email.data ? str_from(staff_status_names[before->status]) : none,
                    str_from(staff_status_names[after->status]));
    change_list_put(changes, "link", none, job->invitation.token[0] ? STR("new") : none);
    return STATUS_OK;
}

static enum status staff_job_find(struct shop_ctx *ctx, struct staff_job *job) {
    struct str key = email_key(ctx->arena, job->wish.email);
    if (!key.data)
        return STATUS_NO_MEMORY;
    enum status s = staff_find_by_email(ctx, key, &job->before);
    return s == STATUS_NOT_FOUND ? STATUS_STAFF_NOT_FOUND : s;
}

static enum status staff_job_add(struct shop_ctx *ctx, struct staff_job *job) {
    TRY(staff_invite(ctx, &machine, &job->wish, &job->invitation));
    job->after = job->invitation.member;
    return STATUS_OK;
}

static enum status staff_job_disable(struct shop_ctx *ctx, struct staff_job *job) {
    struct staff_change change = {.has_status = true, .status = STAFF_DISABLED};
    TRY(staff_job_find(ctx, job));
    struct uuid id = job->before.id;
    return staff_change(ctx, &machine, &id, &change, &job->before, &job->after);
}

static enum status staff_job_reset(struct shop_ctx *ctx, struct staff_job *job) {
    TRY(staff_job_find(ctx, job));
    TRY(staff_reset(ctx, job->wish.email, &job->invitation));
    job->after = job->invitation.member;
    return STATUS_OK;
}

/* Opens the shop at `url`, runs the job, and returns the exit code. */
static int staff_job_run(const char *url, struct staff_job *job) {
    char error[db_error_size];
    struct arena arena;
    arena_init(&arena, staff_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    struct shop_change change = {job->action, staff_job_change, job, &job->after.id};
    enum status s = shop_db_open(url, DB_WRITE, &ctx.db, error);
    if (s == STATUS_OK) {
        s = shop_change_run(&ctx, &change);
        snprintf(error, sizeof error, "%s: %.*s", status_text(s), (int)job->wish.email.size,
                 job->wish.email.data);
        db_close(ctx.db);
    }
    arena_free(&arena);
    return s == STATUS_OK ? exit_done : status_error(s, error);
}

/* Prints the link, and how long it lasts. */
static void staff_print_link(const char *desk_url, const struct staff_job *job) {
    if (desk_url)
        printf("%s" INVITATION_FRAGMENT "%s\n", desk_url, job->invitation.token);
    else
        printf("%s\n", job->invitation.token);
    fprintf(stderr, "A password is chosen with it %s: within %d days, and once.\n",
            desk_url ? "there" : "at POST /staff/accept", (int)invitation_days);
}

enum { FLAG_STAFF_DB, FLAG_STAFF_URL, FLAG_STAFF_NAME, FLAG_STAFF_ROLE };

/* Runs the job for the member whose address is the operand, and prints the link if it made one. */
static int staff_job_main(const char *const values[], const char *email, struct staff_job *job) {
    char reason[email_reason_size];
    if (!email)
        return usage_error("%s needs an address", job->action);
    if (!email_valid(str_from(email), reason))
        return usage_error("%s is no address: %s", email, reason);
    job->wish.email = str_from(email);
    int code = staff_job_run(values[FLAG_STAFF_DB], job);
    if (code == exit_done && job->invitation.token[0])
        staff_print_link(values[FLAG_STAFF_URL], job);
    return code;
}

static int staff_add_run(const char *const values[], const char *operand) {
    size_t role;
    if (!flag_choice("role", values[FLAG_STAFF_ROLE], role_names + 1, ROLE_COUNT - 1, &role))
        return exit_usage;
    struct str email = str_from(operand), name = str_from(values[FLAG_STAFF_NAME]);
    if (!name.data)
        name = (struct str){email.data, str_find(email, '@')};
    if (name.size == 0 || !utf8_valid(name) || utf8_length(name) > staff_name_length_max)
        return usage_error("--name takes 1 to %d characters", (int)staff_name_length_max);
    struct staff_job job = {.wish = {.name = name, .role = (enum role)(role + 1)},
                            .run = staff_job_add,
                            .action = "till staff add"};
    return staff_job_main(values, operand, &job);
}

static int staff_reset_run(const char *const values[], const char *operand) {
    struct staff_job job = {.run = staff_job_reset, .action = "till staff reset"};
    return staff_job_main(values, operand, &job);
}

static int staff_disable_run(const char *const values[], const char *operand) {
    struct staff_job job = {.run = staff_job_disable, .action = "till staff disable"};
    return staff_job_main(values, operand, &job);
}

/* ---- till staff list */

/* Prints all members. Names are left out: any character may be in them, also those that control a terminal. */
static enum status staff_print_all(struct shop_ctx *ctx) {
    enum { members_at_a_time = 100 };
    int64_t total = 1;
    for (int64_t offset = 0; offset < total; offset += members_at_a_time) {
        struct list list = {0};
        arena_reset(ctx->arena);
        TRY(staff_list(ctx, members_at_a_time, offset, &list, &total));
        const struct staff_member *members = list.data;
        for (size_t i = 0; i < list.count; i++)
            printf("%-40.*s %-11s %s\n", (int)members[i].email.size, members[i].email.data,
                   role_names[members[i].role], staff_status_names[members[i].status]);
    }
    return STATUS_OK;
}

static int staff_list_run(const char *const values[], const char *operand) {
    (void)operand;
    char error[db_error_size];
    struct arena arena;
    arena_init(&arena, staff_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = shop_db_open(values[FLAG_STAFF_DB], DB_READ, &ctx.db, error);
    if (s == STATUS_OK) {
        s = staff_print_all(&ctx);
        snprintf(error, sizeof error, "%s", status_text(s));
        db_close(ctx.db);
    }
    arena_free(&arena);
    return s == STATUS_OK ? exit_done : status_error(s, error);
}

#define STAFF_URL_FLAG                                                                                       \
    {"desk-url", "URL", NULL, "where the staff signs in, to print a link there (without it: the token alone)"}
static const struct flag list_flags[] = {DB_FLAG, {0}};
static const struct flag reset_flags[] = {[FLAG_STAFF_DB] = DB_FLAG, [FLAG_STAFF_URL] = STAFF_URL_FLAG, {0}};
static const struct flag add_flags[] = {
    [FLAG_STAFF_DB] = DB_FLAG,
    [FLAG_STAFF_URL] = STAFF_URL_FLAG,
    [FLAG_STAFF_NAME] = {"name", "NAME", NULL,
                         "what the others call the new member (the address up to its @)"},
    [FLAG_STAFF_ROLE] = {"role", "ROLE", "owner", "owner, manager, catalogue, fulfilment or support"},
    {0},
};

const struct command staff_add_command = {
    .name = "staff add",
    .summary = "Invite a member of the staff: prints a link by which they choose a password",
    .operand = "EMAIL",
    .flags = add_flags,
    .run = staff_add_run,
};

const struct command staff_list_command = {
    .name = "staff list",
    .summary = "List the members of the staff",
    .flags = list_flags,
    .run = staff_list_run,
};

const struct command staff_disable_command = {
    .name = "staff disable",
    .summary = "Shut a member of the staff out: sessions, invitations and keys end at once",
    .operand = "EMAIL",
    .flags = list_flags,
    .run = staff_disable_run,
};

const struct command staff_reset_command = {
    .name = "staff reset",
    .summary =
        "Let a member in again who is locked out: a new link, and no password or second factor any more",
    .operand = "EMAIL",
    .flags = reset_flags,
    .run = staff_reset_run,
};
