#include "command_cases.h"

#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_AT(name) DISK_ROOT "/" name

/* ---- What is measured. */

/* Calls a function that reads the database at `path`. */
static bool measure_at(const char *path, bool (*read)(struct lab_state *out), struct lab_state *out) {
    *out = (struct lab_state){0};
    lab_path = path;
    bool done = access(path, F_OK) != 0 || read(out);
    lab_path = LAB_DB;
    return done;
}

/* How many rows each table has. */
static bool measure_counts(const char *path, struct lab_state *out) {
    return measure_at(path, lab_read_counts, out);
}

/* How many products shoppers see, and what they cost. */
static bool measure_products(const char *path, struct lab_state *out) {
    return measure_at(path, lab_read_products, out);
}

/* All rows of a database. */
static bool read_rows(struct lab_state *out) {
    char error[700];
    bool done = lab_boot(1, error) && lab_read_state(out);
    lab_close();
    return done;
}

static bool measure_database(const char *path, struct lab_state *out) {
    return measure_at(path, read_rows, out);
}

/* The bytes of a file, added up with their positions. */
static bool measure_bytes(const char *path, struct lab_state *out) {
    FILE *file = fopen(path, "re");
    uint64_t sum = 0;
    *out = (struct lab_state){0};
    for (int c; file && (c = fgetc(file)) != EOF;)
        sum = (sum + (uint64_t)c + 1) * UINT64_C(0x9E3779B97F4A7C15);
    if (file)
        fclose(file);
    memcpy(out->digest, &sum, sizeof sum);
    return true;
}

#define DB "--db", LAB_DB
#define NEW_DB "--db", FILE_AT("fresh.db")
#define COUNTED .measure = measure_counts, .path = LAB_DB
#define SEEN .measure = measure_products, .path = LAB_DB
#define READ COUNTED, .reads = true

const struct command_case command_cases[] = {
    {.name = "import", .arguments = {DB, FILE_AT("in.csv")}, SEEN},
    {.name = "import", .arguments = {DB, "--update", FILE_AT("changed.csv")}, SEEN, .in_parts = true},
    {.name = "import",
     .arguments = {NEW_DB, FILE_AT("in.csv")},
     .measure = measure_products,
     .path = FILE_AT("fresh.db")},
    {.name = "export",
     .arguments = {DB, FILE_AT("out.csv")},
     .measure = measure_bytes,
     .path = FILE_AT("out.csv")},
    {.name = "seed", .arguments = {DB, "--products", "20"}, SEEN},
    {.name = "seed",
     .arguments = {NEW_DB, "--demo"},
     .measure = measure_products,
     .path = FILE_AT("fresh.db")},
    {.name = "synonyms", .arguments = {DB, FILE_AT("words.txt")}, COUNTED},
    {.name = "settings", .arguments = {DB, "mails=low_stock"}, COUNTED},
    {.name = "mail retry", .arguments = {DB, "$mail_id"}, COUNTED},
    {.name = "token", .arguments = {DB}, COUNTED},
    {.name = "staff add", .arguments = {DB, "hal@shop.example"}, COUNTED},
    {.name = "staff disable", .arguments = {DB, "bob@shop.example"}, COUNTED},
    {.name = "staff reset", .arguments = {DB, "bob@shop.example"}, COUNTED},
    {.name = "backup",
     .arguments = {DB, FILE_AT("new.db")},
     .measure = measure_database,
     .path = FILE_AT("new.db"),
     .leftover = FILE_AT("new.db.part")},
    {.name = "restore",
     .arguments = {DB, FILE_AT("old.db")},
     .measure = measure_database,
     .path = LAB_DB,
     .leftover = LAB_DB ".part",
     .may_refuse = true},
    {.name = "copy",
     .arguments = {"--from", LAB_DB, "--to", FILE_AT("copy.db")},
     .measure = measure_database,
     .path = FILE_AT("copy.db")},
    {.name = "audit", .arguments = {DB}, READ},
    {.name = "export", .arguments = {DB, "-"}, READ},
    {.name = "mail", .arguments = {DB}, READ},
    {.name = "settings", .arguments = {DB}, READ},
    {.name = "staff list", .arguments = {DB}, READ},
    {.name = "synonyms", .arguments = {DB}, READ},
    {.name = "serve"},
    {.name = "mock-stripe"},
    {0},
};

int command_count_missing(FILE *report) {
    int missing = 0;
    for (const struct command *const *c = till_commands; *c; c++) {
        bool found = false;
        for (const struct command_case *k = command_cases; k->name; k++)
            found |= strcmp(k->name, (*c)->name) == 0;
        if (!found)
            fprintf(report, "no case for till %s\n", (*c)->name);
        missing += !found;
    }
    return missing;
}

/* ---- One run. */

int command_run_case(const struct command_case *c) {
    static char words[64];
    char *argv[arguments_max + 4] = {(char *)"till"};
    int argc = 1;
    snprintf(words, sizeof words, "%s", c->name);
    for (char *word = words; word; argc++) {
        argv[argc] = word;
        word = strchr(word, ' ');
        if (word)
            *word++ = '\0';
    }
    for (int i = 0; i < arguments_max && c->arguments[i]; i++)
        argv[argc++] = (char *)(c->arguments[i][0] == '$' ? lab_value(c->arguments[i] + 1) : c->arguments[i]);
    return command_main(argc, argv);
}

static bool make_file(const char *path, const char *text) {
    FILE *file = fopen(path, "we");
    return file && fputs(text, file) >= 0 && fclose(file) == 0;
}

/* Leaves a log with a commit beside the database, as a shop that was killed does. */
static bool leave_log(void) {
    sqlite3 *handle = NULL;
    bool done = sqlite3_open(LAB_DB, &handle) == SQLITE_OK &&
                sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
                sqlite3_exec(handle, "UPDATE staff SET name = 'Ida B.' WHERE email = 'ida@shop.example'",
                             NULL, NULL, NULL) == SQLITE_OK;
    return sqlite3_close(handle) == SQLITE_OK && done;
}

struct disk_image *command_image(FILE *report) {
    static const struct command_case backup = {.name = "backup", .arguments = {DB, FILE_AT("old.db")}},
                                     change = {.name = "staff add", .arguments = {DB, "ida@shop.example"}},
                                     import = {.name = "import", .arguments = {DB, FILE_AT("keyed.csv")}};
#define HEAD "key,name,description,price,stock_quantity,category,image_url\n"
    lab_reset();
    bool done =
        make_file(FILE_AT("in.csv"), HEAD ",Rug,Of wool,100,5,rugs,\n,Mat,Of jute,50,6,rugs,\n") &&
        make_file(FILE_AT("keyed.csv"), HEAD "d1,Desk,Of oak,900,5,desks,\nd2,Desk,Of ash,800,5,desks,\n") &&
        make_file(FILE_AT("changed.csv"), HEAD "d1,Desk,Of oak,950,5,desks,\nd3,Desk,Of elm,1,5,desks,\n") &&
        make_file(FILE_AT("words.txt"), "lamp => light\n");
    if (done && command_run_case(&import) == 0 && command_run_case(&backup) == 0 &&
        command_run_case(&change) == 0 && leave_log())
        return disk_save();
    fprintf(report, "the shop for the commands cannot be made\n");
    return NULL;
}

static bool is_same(const struct lab_state *a, const struct lab_state *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/* Measures a new database without anything in it. */
static bool measure_empty(const struct command_case *c, struct lab_state *out) {
    char error[700];
    lab_path = FILE_AT("empty.db");
    bool done = lab_boot(1, error);
    lab_close();
    lab_path = LAB_DB;
    return done && c->measure(FILE_AT("empty.db"), out);
}

bool command_begin(const struct command_case *c, const struct disk_image *image, FILE *report,
                   struct command_states *out) {
    disk_load(image);
    bool done = measure_empty(c, &out->empty) && c->measure(c->path, &out->before);
    disk_load(image);
    disk_cut_at(0);
    int code = command_run_case(c);
    out->steps = disk_steps();
    done = done && code == 0 && c->measure(c->path, &out->after) &&
           is_same(&out->before, &out->after) == c->reads;
    if (!done)
        fprintf(report, "till %s does not do what it should: exit %d\n", c->name, code);
    return done;
}

const char *command_check(const struct command_case *c, const struct command_states *states, bool succeeded) {
    struct lab_state now;
    if (!c->measure(c->path, &now))
        return c->may_refuse && !succeeded ? NULL : "what it makes cannot be read";
    if (succeeded && !is_same(&now, &states->after))
        return "it ended with success, and what it made is not there";
    bool is_whole =
        is_same(&now, &states->after) || is_same(&now, &states->before) || is_same(&now, &states->empty);
    return is_whole || c->in_parts ? NULL : "half done";
}

bool command_shop_is_sound(void) {
    char error[700];
    bool sound = lab_boot(1, error) && lab_audit();
    lab_close();
    return sound;
}

const char *command_check_again(const struct command_case *c, const struct command_states *states) {
    struct lab_state now;
    bool is_there = c->measure(c->path, &now) && is_same(&now, &states->after);
    if (is_there && !c->may_refuse)
        return NULL; /* it was audited */
    if (!is_there && command_run_case(c) != 0)
        return "run again, it fails";
    if (!c->measure(c->path, &now) || !is_same(&now, &states->after) || !command_shop_is_sound())
        return "run again, it made something else, or the audit finds breaches";
    return NULL;
}
