/* till synonyms: shows the shop's synonyms, or puts those of a file in their place. The file is read and checked whole
 * before the database is written, and a server that is running searches by them at once. */
#include "cli/command.h"
#include "cli/shop/shop_change.h"
#include "shop/schema/schema.h"

#include "base/buf.h"
#include "shop/index/postings.h"
#include "shop/synonyms/synonyms.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    synonyms_arena_bytes_max = 64 * 1024 * 1024
}; /* 128 KiB of the shortest words make 300,000 pairs of 56 bytes */

/* Reads a file up to one byte more than a list may have, so that a longer one is seen. Returns 0 or an errno. */
static int synonyms_file_read(const char *path, struct buf *out) {
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    char bytes[4096];
    int error = 0;
    while (out->size <= synonym_text_bytes_max && !error) {
        ssize_t size = read(fd, bytes, sizeof bytes);
        if (size > 0)
            buf_put(out, (struct str){bytes, (size_t)size});
        if (size == 0)
            break;
        error = size < 0 && errno != EINTR ? errno : buf_ok(out) ? 0 : ENOMEM;
    }
    if (fd != STDIN_FILENO)
        close(fd);
    return error;
}

/* Reads the list in the shop's language: words have other stems in another one, and two that are one word there may be
 * two here. STATUS_INVALID if it has a mistake. */
static enum status synonyms_read_list(struct shop_ctx *ctx, struct str text, struct synonym_list *list,
                                      struct synonym_error *wrong) {
    const struct language *language;
    TRY(index_read_language(ctx, &language));
    return synonym_list_read(ctx->arena, language, text, list, wrong);
}

/* The list of a file. */
struct synonyms_file {
    struct str text;
    struct synonym_list list;
};

static enum status synonyms_write(struct shop_ctx *ctx, void *context, struct change_list *changes) {
    const struct synonyms_file *file = context;
    struct str before = STR("");
    TRY(synonyms_read_text(ctx, &before));
    TRY(synonyms_replace(ctx, file->text, &file->list));
    change_list_put(changes, "text", before, file->text);
    return shop_notify_catalogue(ctx->db);
}

static int synonyms_print_mistake(const char *name, const struct synonym_error *wrong) {
    if (wrong->line)
        print_error("%s: line %zu: %s; nothing was changed", name, wrong->line, wrong->text);
    else
        print_error("%s: %s; nothing was changed", name, wrong->text);
    return exit_failed;
}

static int synonyms_set(struct shop_ctx *ctx, const char *url, const char *path) {
    char error[db_error_size];
    struct synonyms_file file;
    struct shop_change change = {"till synonyms", synonyms_write, &file, NULL};
    struct synonym_error wrong = {.line = 0};
    struct buf text = buf_new(ctx->arena);
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    int failed = synonyms_file_read(path, &text);
    if (failed) {
        print_error("%s: %s", name, strerror(failed));
        return exit_failed;
    }
    enum status s = shop_db_open(url, DB_WRITE, &ctx->db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    file.text = buf_str(&text);
    enum status read = synonyms_read_list(ctx, file.text, &file.list, &wrong);
    s = read == STATUS_OK ? shop_change_run(ctx, &change) : read;
    db_close(ctx->db);
    if (read == STATUS_INVALID)
        return synonyms_print_mistake(name, &wrong);
    if (s != STATUS_OK)
        return status_error(s, status_text(s));
    fprintf(stderr, "%zu words and phrases have synonyms now\n", file.list.count);
    return exit_done;
}

static int synonyms_show(struct shop_ctx *ctx, const char *url) {
    char error[db_error_size];
    struct str text;
    enum status s = shop_db_open(url, DB_READ, &ctx->db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    s = synonyms_read_text(ctx, &text);
    db_close(ctx->db);
    if (s != STATUS_OK)
        return status_error(s, status_text(s));
    bool written = fwrite(text.data, 1, text.size, stdout) == text.size && fflush(stdout) == 0;
    if (!written)
        print_error("standard output: %s", strerror(errno));
    return written ? exit_done : exit_failed;
}

static int synonyms_command_run(const char *const values[], const char *operand) {
    struct arena arena;
    arena_init(&arena, synonyms_arena_bytes_max);
    struct shop_ctx ctx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    signal(SIGPIPE, SIG_IGN);
    int code = operand ? synonyms_set(&ctx, values[0], operand) : synonyms_show(&ctx, values[0]);
    arena_free(&arena);
    return code;
}

static const struct flag flags[] = {DB_FLAG, {0}};

const struct command synonyms_command = {
    .name = "synonyms",
    .summary = "Show the words that mean the same in the shop, or take them from a file (-: standard input)",
    .operand = "[FILE]",
    .flags = flags,
    .run = synonyms_command_run,
};
