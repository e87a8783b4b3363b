/* till import: adds the products of a file to a database, all of them or none (files/import/import_run.h); the shop may be
 * served meanwhile. With --update it also changes products that are there. */
#include "cli/command.h"
#include "cli/format_flag.h"
#include "console/progress.h"
#include "files/import/import_run.h"
#include "pay/currency.h"
#include "serve/options.h"
#include "shop/catalogue/shop_currency.h"
#include "shop/schema/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct import_command {
    const char *path; /* as messages name it */
    int fd;
    const char *new_currency;          /* that a shop without one gets; NULL: as it is */
    char currency[shop_currency_size]; /* of the prices */
    struct progress progress;
    struct import_run run;
};

/* Prints what is wrong with a line of the file, or with the file if the line is 0. */
__attribute__((format(printf, 3, 4))) static void import_print(struct import_command *im, int64_t line,
                                                               const char *format, ...) {
    char text[error_line_size];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    line_clean(text);
    progress_wipe(&im->progress);
    fprintf(stderr, "till: %s: ", im->path);
    if (line)
        fprintf(stderr, "line %" PRId64 ": ", line);
    fprintf(stderr, "%s\n", text);
}

static void import_print_remark(void *context, enum import_remark kind, int64_t line, const char *text) {
    if (kind == REMARK_COLUMN)
        import_print(context, 0, "the column '%s' is none of a product's, and is left out", text);
    else
        import_print(context, line, "%s", text);
}

static bool import_print_progress(void *context, double part, int64_t rows, const char *what) {
    struct import_command *im = context;
    if (im->progress.terminal)
        progress_show(&im->progress, part, "%" PRId64 " products%s", rows, what);
    return true;
}

static const struct import_listener import_printer = {
    .no_key_error =
        "neither an id nor a key, so that --update could not find it again: name a column with keys (--key)",
    .exists_error =
        "a product with this id or key is there already, in the shop or above; --update would change it",
    .remark = import_print_remark,
    .progress = import_print_progress,
};

/* What import_print_note needs. */
struct import_notes {
    bool decided; /* prints these, or the others */
    int count;    /* of what was printed */
};

static void import_print_note(void *context, bool decided, struct str kind, int64_t count) {
    struct import_notes *notes = context;
    char text[error_line_size];
    if (decided != notes->decided)
        return;
    if (notes->count++ == 0)
        printf("%s:\n", decided ? "brought over in another form" : "left out");
    snprintf(text, sizeof text, "%.*s", (int)kind.size, kind.data);
    line_clean(text);
    printf("%8" PRId64 "  %s\n", count, text);
}

static void import_print_update(const struct import_update *update, bool only_checks) {
    printf("%8" PRId64 "  %s\n%8" PRId64 "  unchanged\n", update->counts[MATCH_DIFFERS],
           only_checks ? "would change" : "changed", update->counts[MATCH_SAME]);
    if (update->counts[MATCH_REMOVED] > 0)
        printf("%8" PRId64 "  were removed in the shop, and stay so\n", update->counts[MATCH_REMOVED]);
    if (update->other_stock > 0)
        printf("%8" PRId64 "  have another stock in the shop, which stays (--stock set takes the file's)\n",
               update->other_stock);
}

static const char *import_done_word(const struct import_run *run) {
    return run->only_checks ? "would be added" : run->updates ? "added" : "imported";
}

/* Prints how many products there are now, and what another system's file has beside them. */
static void import_print_result(const struct import_run *run) {
    const struct foreign *foreign = run->rows.foreign;
    printf("%" PRId64 " products %s%s%s\n", run->added, import_done_word(run),
           foreign ? ", from the product file of " : "", foreign ? foreign_title(foreign) : "");
    if (run->updates)
        import_print_update(&run->update, run->only_checks);
    if (!foreign)
        return;
    for (int decided = 0; decided < 2; decided++)
        foreign_notes(foreign, &(struct import_notes){.decided = decided}, import_print_note);
}

/* STATUS_INVALID, which was printed, if the shop's currency is another one than the file's prices were read in. */
static enum status import_compare_currency(struct import_command *im, const char *shops) {
    if (strcmp(shops, im->currency) == 0)
        return STATUS_OK;
    import_print(im, 0,
                 "the shop's currency is '%s', not '%s'; to change that, start its server with --currency %s "
                 "(TILL_CURRENCY)",
                 shops, im->currency, im->currency);
    return STATUS_INVALID;
}

/* Looks before the work; another command or a server may still be first. */
static enum status import_check_currency(struct import_command *im, struct shop_ctx *ctx) {
    char shops[shop_currency_size];
    enum status s = im->new_currency ? shop_currency_load(ctx, shops) : STATUS_NOT_FOUND;
    return s == STATUS_NOT_FOUND ? STATUS_OK : s == STATUS_OK ? import_compare_currency(im, shops) : s;
}

/* Decides the currency of a shop that has none, in the transaction that publishes the import, unless the prices were numbers of
 * no currency: minor units without --currency. */
static enum status import_keep_currency(void *context, struct shop_ctx *ctx) {
    struct import_command *im = context;
    char shops[shop_currency_size];
    if (!im->new_currency && !im->run.rows.foreign && im->run.settings.price_digits == prices_in_minor_units)
        return STATUS_OK;
    TRY(shop_currency_begin(ctx, im->currency, shops));
    return import_compare_currency(im, shops);
}

/* Opens the database; for a dry run whose database is a file that is not there, an empty shop in memory, so that a file can be
 * checked before there is a shop. */
static enum status import_open_database(const struct import_command *im, const char *url, struct db **out,
                                        char error[static db_error_size]) {
    enum status s = shop_db_open(url, im->run.only_checks ? DB_READ : DB_CREATE, out, error);
    if (!im->run.only_checks || s == STATUS_OK || s == STATUS_USAGE || db_is_shared(url) ||
        access(url, F_OK) == 0 || errno != ENOENT)
        return s;
    printf("there is no %s yet, so this is for a new shop:\n", url);
    return shop_db_open(":memory:", DB_CREATE, out, error);
}

/* Opens the database once the reader is ahead, and writes. STATUS_USAGE if it cannot be opened, which was printed. */
static enum status import_write_database(struct import_command *im, const char *url) {
    char error[db_error_size];
    struct shop_ctx ctx = {.clock = &clock_system, .random = &random_system};
    int64_t rows;
    TRY(import_run_wait(&im->run, &rows));
    enum status s = import_open_database(im, url, &ctx.db, error);
    if (s != STATUS_OK) {
        print_error("%s", error);
        return STATUS_USAGE;
    }
    s = import_check_currency(im, &ctx);
    if (s == STATUS_OK)
        s = import_run_write(&im->run, &ctx, rows);
    db_close(ctx.db);
    if (s == STATUS_CONFLICT)
        import_print(im, 0, "another import into this database is under way; try again when it is done");
    return s;
}

/* Prints why an import that came to `s` failed. */
static void import_print_failure(struct import_command *im, enum status s) {
    const struct import_run *run = &im->run;
    int bad = atomic_load(&run->bad_rows);
    if (run->read_status == STATUS_STORAGE)
        import_print(im, 0, "%s", strerror(run->read_error));
    if (bad > 0)
        import_print(im, 0, "%s%d bad rows; nothing was imported", bad >= bad_rows_max ? "at least " : "",
                     bad);
    else if (run->is_published) /* at most: the transaction that failed has counted its products already */
        import_print(im, 0,
                     "%s; the new products are there, and at most %" PRId64 " of %" PRId64
                     " are changed: the same command does the rest",
                     status_text(s), run->changed, run->update.counts[MATCH_DIFFERS]);
    else if (s == STATUS_USAGE && run->read_status == STATUS_OK)
        return; /* why the database cannot be opened was printed */
    else if (s == STATUS_INVALID || s == STATUS_CONFLICT || run->read_status != STATUS_OK)
        import_print(im, 0, "nothing was imported");
    else
        import_print(im, 0, "%s; nothing was imported", status_text(s));
}

/* Imports, and prints the result. */
static int import_file(struct import_command *im, const char *url) {
    enum status s = import_run_begin(&im->run);
    if (s == STATUS_STORAGE)
        import_print(im, 0, "no temporary file (see TMPDIR): %s; nothing was imported", strerror(errno));
    else if (s != STATUS_OK)
        import_print(im, 0, "no thread can be started to read it; nothing was imported");
    if (s != STATUS_OK)
        return exit_failed;
    s = import_run_end(&im->run, import_write_database(im, url));
    progress_wipe(&im->progress);
    if (s == STATUS_OK)
        import_print_result(&im->run);
    else
        import_print_failure(im, s);
    import_run_free(&im->run);
    return s == STATUS_OK ? exit_done : exit_failed;
}

static int64_t import_read_file(void *context, char *out, size_t room) {
    const struct import_command *im = context;
    ssize_t size;
    do
        size = read(im->fd, out, room);
    while (size < 0 && errno == EINTR);
    return size;
}

static bool import_open_file(struct import_command *im, const char *path) {
    struct stat stat;
    bool standard = strcmp(path, "-") == 0;
    im->path = standard ? "standard input" : path;
    im->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (im->fd < 0 || fstat(im->fd, &stat) != 0) {
        import_print(im, 0, "%s; nothing was imported", strerror(errno));
        return false;
    }
    if (S_ISDIR(stat.st_mode)) {
        import_print(im, 0, "is a folder; nothing was imported");
        return false;
    }
    im->run.size_bytes = S_ISREG(stat.st_mode) ? stat.st_size : 0;
    return true;
}

enum {
    FLAG_DB,
    FLAG_FORMAT,
    FLAG_FROM,
    FLAG_PRICES,
    FLAG_CURRENCY,
    FLAG_UNTRACKED_STOCK,
    FLAG_UPDATE,
    FLAG_KEY,
    FLAG_STOCK,
    FLAG_FROM_SPREADSHEET,
    FLAG_DRY_RUN,
    FLAG_LANGUAGE
};

/* Reads the flags about products that are there already. */
static bool import_update_flags(const char *const values[], struct import_run *im) {
    static const char *const names[] = {"keep", "set"};
    size_t stock;
    im->updates = values[FLAG_UPDATE] != NULL;
    im->only_checks = values[FLAG_DRY_RUN] != NULL;
    im->settings.key_name = values[FLAG_KEY];
    im->settings.from_spreadsheet = values[FLAG_FROM_SPREADSHEET] != NULL;
    if (!flag_choice("stock", values[FLAG_STOCK], names, sizeof names / sizeof *names, &stock))
        return false;
    im->update.sets_stock = stock == 1;
    if (im->update.sets_stock && !im->updates) {
        print_error("--stock is about products that are there already: it goes with --update");
        return false;
    }
    if (values[FLAG_KEY] && product_row_has(values[FLAG_KEY])) {
        print_error("--key names a column beside a product's own, such as sku, not '%s'", values[FLAG_KEY]);
        return false;
    }
    return true;
}

/* The currency of the file's prices: what the flag says, or the shop's. If the database cannot be opened or read, that is found
 * out when it is written. */
static void import_find_currency(struct import_command *im, const char *url) {
    char error[db_error_size];
    struct shop_ctx ctx = {.clock = &clock_system, .random = &random_system};
    snprintf(im->currency, sizeof im->currency, "%s",
             im->new_currency ? im->new_currency : SHOP_CURRENCY_FIRST);
    if (im->new_currency || shop_db_open(url, DB_READ, &ctx.db, error) != STATUS_OK)
        return;
    if (shop_currency_load(&ctx, im->currency) != STATUS_OK)
        snprintf(im->currency, sizeof im->currency, "%s", SHOP_CURRENCY_FIRST);
    db_close(ctx.db);
}

static bool import_prices_flag(const char *const values[], struct import_command *im) {
    static const char *const names[] = {"minor", "decimal"};
    struct row_settings *out = &im->run.settings;
    size_t i;
    if (!flag_choice("prices", values[FLAG_PRICES], names, sizeof names / sizeof *names, &i) ||
        !flag_currency(values[FLAG_CURRENCY], &im->new_currency))
        return false;
    import_find_currency(im, values[FLAG_DB]);
    out->foreign.currency = str_from(im->currency);
    out->foreign.currency_digits = currency_digits(out->foreign.currency);
    out->price_digits = i == 0 ? prices_in_minor_units : out->foreign.currency_digits;
    return true;
}

/* Reads the flags about other systems' files. */
static bool import_from_flags(const char *const values[], struct row_settings *out) {
    char now[time_text_size];
    size_t from = FOREIGN_COUNT;
    if (values[FLAG_FROM] && !flag_choice("from", values[FLAG_FROM], foreign_names, FOREIGN_COUNT, &from))
        return false;
    out->from = (enum foreign_kind)from;
    time_format(clock_now_us(&clock_system), now);
    memcpy(out->foreign.today, now, sizeof out->foreign.today - 1);
    return flag_number("untracked-stock", values[FLAG_UNTRACKED_STOCK], 0, money_max,
                       &out->foreign.untracked_stock);
}

static int import_command_run(const char *const values[], const char *operand) {
    struct import_command im = {.progress = progress_new(),
                                .run = {.source = import_read_file, .listener = &import_printer}};
    struct import_run *run = &im.run;
    run->source_context = run->context = run->import.context = &im;
    run->import.action = "till import";
    run->import.on_publish = import_keep_currency;
    if (!format_flag_read(values[FLAG_FORMAT], operand, &run->settings.format) ||
        !import_prices_flag(values, &im) || !import_from_flags(values, &run->settings) ||
        !import_update_flags(values, run) || !flag_language(values[FLAG_LANGUAGE], &run->language))
        return exit_usage;
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    if (!import_open_file(&im, operand))
        return exit_failed;
    int code = import_file(&im, values[FLAG_DB]);
    close(im.fd);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_FORMAT] = FORMAT_FLAG("; else by FILE's end or its start"),
    [FLAG_FROM] = {"from", "SYSTEM", NULL,
                   "whose product file it is: shopify, woocommerce, google or medusa; else by its head"},
    [FLAG_PRICES] = {"prices", "UNIT", "minor", "how prices are written: minor (1999) or decimal (19.99)"},
    [FLAG_CURRENCY] = {"currency", "CODE", NULL,
                       "a new shop's: how many digits a decimal price has (as it was; at first usd)"},
    [FLAG_UNTRACKED_STOCK] =
        {"untracked-stock", "N", "1000",
         "how many can be sold of a product whose stock the other system does not count"},
    [FLAG_UPDATE] = {"update", NULL, NULL,
                     "change products that are there already, found by their id or key, and add the others"},
    [FLAG_KEY] = {"key", "COLUMN", NULL,
                  "the column with a key of your own for each product, such as sku; else `key`"},
    [FLAG_STOCK] = {"stock", "WHAT", "keep",
                    "with --update: keep the stock of products that are there, or set it to the file's"},
    [FLAG_FROM_SPREADSHEET] = {"from-spreadsheet", NULL, NULL,
                               "CSV of export --for-spreadsheet that lost the mark of UTF-8 at its start"},
    [FLAG_DRY_RUN] = {"dry-run", NULL, NULL, "only say what would be imported, and write nothing"},
    [FLAG_LANGUAGE] = {"language", "CODE", NULL,
                       "the language of a new shop's texts, for the search: " LANGUAGE_CODES
                       " (as it was; at first en)"},
    {0},
};

const struct command import_command = {
    .name = "import",
    .summary =
        "Add the products of a file (-: standard input) to a shop, which may be served meanwhile, or update it",
    .operand = "FILE",
    .flags = flags,
    .run = import_command_run,
};
