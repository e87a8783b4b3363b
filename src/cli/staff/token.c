/* till token: makes a new token for the admin, in place of the old one. Only its hash is stored, so this is
 * the one time that it is shown. */
#include "cli/command.h"
#include "cli/shop/shop_change.h"
#include "shop/schema/schema.h"

#include "shop/settings.h"
#include "shop/staff/sessions.h"

#include <stdio.h>

enum { token_arena_bytes_max = 64 * 1024 };

/* Stores the hash of a token, and ends the sessions that the old one opened. */
static enum status token_replace(struct shop_ctx *ctx, void *token, struct change_list *changes) {
    uint8_t hash[token_hash_size];
    token_hash(str_from(token), hash);
    change_list_put(changes, "admin_token", (struct str){NULL, 0}, STR("new"));
    TRY(token_store(ctx, hash));
    return staff_sessions_end_of_owner(ctx);
}

static int token_command_run(const char *const values[], const char *operand) {
    (void)operand;
    char error[db_error_size], token[token_text_size + 1];
    struct arena arena;
    struct shop_ctx ctx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = shop_db_open(values[0], DB_WRITE, &ctx.db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    token_mint(&random_system, token);
    arena_init(&arena, token_arena_bytes_max);
    s = shop_change_run(&ctx, &(struct shop_change){"till token", token_replace, token, NULL});
    arena_free(&arena);
    db_close(ctx.db);
    if (s != STATUS_OK) {
        fprintf(stderr, "till: %s\n", status_text(s));
        return exit_failed;
    }
    printf("%s\n", token);
    fprintf(stderr, "This is the admin's new token. The old one does not count any more.\n");
    return exit_done;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command token_command = {
    .name = "token",
    .summary = "Make a new admin token in place of the old one",
    .flags = flags,
    .run = token_command_run,
};
