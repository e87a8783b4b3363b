/* till import: adds the products of a file to a database, all of them or none; the shop may be served
 * meanwhile. With --update it also changes products that are there.
 *
 *      FILE ───> reader thread ────────> spool ───────> main thread ─────────> database
 *                cuts it into records,   a temporary    import_add: stages     in slices: short
 *                checks each             file           rows and index         transactions
 *
 * 1. The reader starts. The writer waits until ahead_rows are in the spool, or the file has ended. If a bad
 *    row was found by then, the database is not even opened. A file with a mistake mostly has it in many rows.
 * 2. The writer stages what comes through the spool (shop/catalogue/import.h): it writes rows that no reader
 *    of the shop can see yet. It commits every few milliseconds, so that a shop that is served can write in
 *    between.
 * 3. If every row of the file was good, one last transaction publishes all of them at once.
 *
 * After the first bad row nothing will be published, so the writer stops (stop_writing), and removes what it
 * has staged. The reader goes on, so that the user sees all bad rows, or the first bad_rows_max of them. If
 * the writer fails for a reason of its own, nothing can be learnt from the rest of the file, and the reader
 * stops too (stop_reading). If the process is killed, the next import or the server removes what was staged.
 *
 * --update waits for the whole file before it begins, and goes through the spool a second time for the products
 * that differ (shop/catalogue/import_update.h).
 *
 * Both threads print: `lock` keeps their lines apart, and the progress bar out of them. */
#include "cli/command.h"
#include "cli/format_flag.h"
#include "cli/import/import_job.h"
#include "pay/currency.h"
#include "pay/intent_json.h"
#include "serve/options.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void import_print_update(const struct import_update *update) {
    printf("%8" PRId64 "  changed\n%8" PRId64 "  unchanged\n", update->counts[MATCH_DIFFERS],
           update->counts[MATCH_SAME]);
    if (update->counts[MATCH_REMOVED] > 0)
        printf("%8" PRId64 "  were removed in the shop, and stay so\n", update->counts[MATCH_REMOVED]);
    if (update->other_stock > 0)
        printf("%8" PRId64 "  have another stock in the shop, which stays (--stock set takes the file's)\n",
               update->other_stock);
}

/* Prints how many products there are now, and what another system's file has beside them. */
static void import_print_result(const struct import_command *im) {
    const struct foreign *foreign = im->rows.foreign;
    printf("%" PRId64 " products %s%s%s\n", im->added, im->updates ? "added" : "imported",
           foreign ? ", from the product file of " : "", foreign ? foreign_title(foreign) : "");
    if (im->updates)
        import_print_update(&im->update);
    if (!foreign)
        return;
    for (int decided = 0; decided < 2; decided++)
        foreign_notes(foreign, &(struct import_notes){.decided = decided}, import_print_note);
}

/* Runs both threads to their ends, and prints the result. */
static int import_file(struct import_command *im, const char *url) {
    if (pthread_create(&im->reader, NULL, import_reader_main, im) != 0) {
        import_print(im, 0, "no thread can be started to read it; nothing was imported");
        return exit_failed;
    }
    enum status s = import_write_database(im, url);
    int bad = atomic_load(&im->bad_rows);
    if (s != STATUS_OK && (bad == 0 || bad >= bad_rows_max))
        atomic_store(&im->stop_reading, true); /* otherwise there may be more bad rows to print */
    pthread_join(im->reader, NULL);
    progress_wipe(&im->progress);
    if (s == STATUS_OK && im->read_status == STATUS_OK) {
        import_print_result(im);
        return exit_done;
    }
    bad = atomic_load(&im->bad_rows);
    if (bad > 0)
        import_print(im, 0, "%s%d bad rows; nothing was imported", bad >= bad_rows_max ? "at least " : "",
                     bad);
    else if (im->is_published)
        import_print(im, 0,
                     "%s; the new products are there, and %" PRId64 " of %" PRId64
                     " are changed: the same command does the rest",
                     status_text(s), im->changed, im->update.counts[MATCH_DIFFERS]);
    else if (s == STATUS_USAGE)
        return exit_failed; /* why the database cannot be opened was printed */
    else if (s == STATUS_INVALID || s == STATUS_CONFLICT || im->read_status != STATUS_OK)
        import_print(im, 0, "nothing was imported");
    else
        import_print(im, 0, "%s; nothing was imported", status_text(s));
    return exit_failed;
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
    im->size_bytes = S_ISREG(stat.st_mode) ? stat.st_size : 0;
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
    FLAG_LANGUAGE
};

/* Reads the flags about products that are there already. */
static bool import_update_flags(const char *const values[], struct import_command *im) {
    static const char *const names[] = {"keep", "set"};
    size_t stock;
    im->updates = values[FLAG_UPDATE] != NULL;
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

static bool import_prices_flag(const char *const values[], struct row_settings *out) {
    static const char *const names[] = {"minor", "decimal"};
    struct str currency = str_from(values[FLAG_CURRENCY]);
    size_t i;
    if (!flag_choice("prices", values[FLAG_PRICES], names, sizeof names / sizeof *names, &i))
        return false;
    if (!currency_is_valid(currency)) {
        print_error("--currency takes three lower-case letters such as eur, not '%s'", values[FLAG_CURRENCY]);
        return false;
    }
    out->foreign.currency = currency;
    out->foreign.currency_digits = currency_digits(currency);
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
    struct import_command im = {.lock = PTHREAD_MUTEX_INITIALIZER, .progress = progress_new()};
    int code = exit_failed;
    if (!format_flag_read(values[FLAG_FORMAT], operand, &im.settings.format) ||
        !import_prices_flag(values, &im.settings) || !import_from_flags(values, &im.settings) ||
        !import_update_flags(values, &im) || !flag_language(values[FLAG_LANGUAGE], &im.language))
        return exit_usage;
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, as a full disk is */
    if (!import_open_file(&im, operand))
        return exit_failed;
    if (spool_open(&im.spool)) {
        code = import_file(&im, values[FLAG_DB]);
        spool_close(&im.spool);
        product_rows_close(&im.rows);
    } else {
        import_print(&im, 0, "no temporary file (see TMPDIR): %s; nothing was imported", strerror(errno));
    }
    close(im.fd);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_FORMAT] = FORMAT_FLAG("; else by FILE's end or its start"),
    [FLAG_FROM] = {"from", "SYSTEM", NULL,
                   "whose product file it is: shopify, woocommerce, google or medusa; else by its head"},
    [FLAG_PRICES] = {"prices", "UNIT", "minor", "how prices are written: minor (1999) or decimal (19.99)"},
    [FLAG_CURRENCY] = {"currency", "CODE", "usd", "the shop's: how many digits a decimal price has"},
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
