/* till token: a new token for the admin, in place of the one there was. */
#include "cli/command.h"

#include "shop/settings.h"

#include <stdio.h>

static enum status replace(struct db *db, char token[static token_text_size + 1]) {
    struct arena arena;
    uint8_t hash[token_hash_size];
    arena_init(&arena, 4096);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    token_mint(&random_system, token);
    token_hash(str_from(token), hash);
    enum status s = token_store(&tx, hash);
    arena_free(&arena);
    return s;
}

static int run(const char *const values[], const char *operand) {
    (void)operand;
    char why[db_why_size], token[token_text_size + 1];
    struct db *db;
    enum status s = db_open(values[0], DB_WRITE, &db, why);
    if (s != STATUS_OK)
        return open_error(s, why);
    s = replace(db, token);
    db_close(db);
    if (s != STATUS_OK) {
        fprintf(stderr, "till: %s\n", status_text(s));
        return exit_failed;
    }
    printf("%s\n", token);
    fprintf(stderr, "This is the admin's new token; a server that is running takes it after a restart.\n");
    return exit_done;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command token_command = {
    .name = "token",
    .summary = "Make a new admin token in place of the old one",
    .flags = flags,
    .run = run,
};
