/* till settings: shows what the shop is set to, or changes one of it. A server that is running follows at once. */
#include "base/buf.h"
#include "cli/command.h"
#include "cli/shop/shop_change.h"
#include "model/email.h"
#include "shop/checkout/checkout_settings.h"

#include <signal.h>
#include <stdio.h>

enum { settings_arena_bytes_max = 1024 * 1024 };

/* Prints a setting as a line, with `\n` for a newline in it. */
static void setting_print(int i, struct str value) {
    printf("%s=", setting_names[i]);
    for (size_t at = 0; at < value.size; at++)
        if (value.data[at] == '\n')
            fputs("\\n", stdout);
        else
            putchar(value.data[at]);
    putchar('\n');
}

/* Returns the number of the setting that a text names before its `=`, and its value behind that, if it has one. -1, with
 * the error printed, if it is no setting's. */
static int setting_find(const char *operand, struct str *value) {
    struct str text = str_from(operand);
    size_t equals = str_find(text, '=');
    struct str name = {text.data, equals};
    *value = equals < text.size ? str_skip(text, equals + 1) : (struct str){0};
    for (int i = 0; setting_names[i]; i++)
        if (str_equal(name, str_from(setting_names[i])))
            return i;
    usage_error("there is no setting '%.*s'; till settings lists them", (int)name.size, name.data);
    return -1;
}

/* Replaces `\n` by a newline, as setting_print does the other way round. */
static struct str setting_unescape(struct arena *arena, struct str value) {
    struct buf out = buf_new(arena);
    for (size_t at = 0; at < value.size; at++) {
        bool newline = value.data[at] == '\\' && at + 1 < value.size && value.data[at + 1] == 'n';
        buf_put_char(&out, newline ? '\n' : value.data[at]);
        at += newline;
    }
    return out.size > 0 ? buf_str(&out) : STR("");
}

static enum status settings_store(struct shop_ctx *ctx, void *context, struct change_list *changes) {
    const struct setting_texts *change = context;
    struct setting_texts before;
    TRY(settings_read(ctx, &before));
    TRY(settings_write(ctx, change));
    for (int i = 0; i < SETTING_COUNT; i++)
        if (change->values[i].data)
            change_list_put(changes, setting_names[i], before.values[i], change->values[i]);
    return shop_notify_settings(ctx->db);
}

static int setting_set(struct shop_ctx *ctx, const char *url, int setting, struct str value) {
    char error[db_error_size], reason[email_reason_size];
    struct setting_texts change = {.values = {{0}}};
    change.values[setting] = setting_unescape(ctx->arena, value);
    const char *refusal = setting_refusal((enum setting)setting, change.values[setting]);
    if (!refusal && setting == SETTING_SHOP_EMAIL && value.size > 0 && !email_valid(value, reason))
        refusal = "is an address of mail";
    if (refusal)
        return usage_error("%s %s", setting_names[setting], refusal);
    enum status s = shop_db_open(url, DB_WRITE, &ctx->db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    s = shop_change_run(ctx, &(struct shop_change){"till settings", settings_store, &change, NULL});
    db_close(ctx->db);
    return s == STATUS_OK ? exit_done : status_error(s, status_text(s));
}

/* Shows one setting, or all of them if `setting` is -1. */
static int settings_print(struct shop_ctx *ctx, const char *url, int setting) {
    char error[db_error_size];
    struct setting_texts texts;
    enum status s = shop_db_open(url, DB_READ, &ctx->db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    s = settings_read(ctx, &texts);
    db_close(ctx->db);
    if (s != STATUS_OK)
        return status_error(s, status_text(s));
    for (int i = 0; i < SETTING_COUNT; i++)
        if (setting == -1 || setting == i)
            setting_print(i, texts.values[i]);
    return exit_done;
}

static int settings_command_run(const char *const values[], const char *operand) {
    struct arena arena;
    struct str value = {0};
    int setting = operand ? setting_find(operand, &value) : -1;
    if (operand && setting < 0)
        return exit_usage;
    arena_init(&arena, settings_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    signal(SIGPIPE, SIG_IGN);
    int code =
        value.data ? setting_set(&ctx, values[0], setting, value) : settings_print(&ctx, values[0], setting);
    arena_free(&arena);
    return code;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command settings_command = {
    .name = "settings",
    .summary = "Show how the shop is called and what it asks at checkout, or change it",
    .operand = "[NAME[=VALUE]]",
    .flags = flags,
    .run = settings_command_run,
};
