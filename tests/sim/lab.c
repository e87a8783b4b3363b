#include "lab.h"

#include "db/copy/digest.h"
#include "db/schema.h"
#include "db/sqlite/sqlite.h"
#include "lab_provider.h"
#include "shop/audit/audit.h"
#include "shop/catalogue/catalogue.h"
#include "shop/idempotency.h"
#include "shop/outbox/mail.h"
#include "shop/payments/reconcile.h"
#include "shop/settings.h"
#include "shop/staff/totp.h"
#include "world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { lab_arena_bytes_max = 64 * 1024 * 1024, png_bytes_max = 256 };

#define LAB_TOKEN "the-token-of-the-lab-is-long-enough"
#define LAB_SESSION "the-session-of-ann-is-long-enough"

struct lab_var {
    char name[32], value[var_size];
};

static struct {
    struct world world;
    struct metrics *metrics;
    struct api *api;
    struct db *db;
    struct arena arena;
    struct event_interest interest;
    struct mail_settings mails; /* held in the preparation, sent afterwards */
    struct lab_provider provider, prepared_provider;
    struct lab_var vars[vars_max], prepared_vars[vars_max];
    size_t var_count;
    struct disk_image *image;
    int64_t jump_us; /* at the next reading of the clock but two */
    int readings;
} lab;

bool lab_sync_is_off;
const char *lab_path = LAB_DB;

/* ---- The outside world. */

static int64_t lab_now_us(void *context) {
    (void)context;
    if (++lab.readings == 3)
        lab.world.now_us += lab.jump_us;
    return lab.world.now_us += 1000;
}

void lab_clock_jump(int64_t us) {
    lab.jump_us = us;
    lab.readings = 0;
}

/* libsodium's random bytes, for the salts of passwords, follow from the seed too. */
static uint32_t lab_random_int(void) {
    uint32_t value;
    random_fill(&lab.world.random, &value, sizeof value);
    return value;
}

static void lab_random_fill(void *const out, const size_t size) {
    random_fill(&lab.world.random, out, size);
}

static const char *lab_random_name(void) {
    return "lab";
}

static struct randombytes_implementation lab_random = {
    .implementation_name = lab_random_name, .random = lab_random_int, .buf = lab_random_fill};

void lab_provider_fail_at(uint64_t k, bool forever, bool is_unreached) {
    lab.provider.calls = 0;
    lab.provider.fail_at = k;
    lab.provider.fails_forever = forever;
    lab.provider.is_unreached = is_unreached;
}

uint64_t lab_provider_calls(void) {
    return lab.provider.calls;
}

/* ---- Variables. */

static struct lab_var *var_find(struct str name) {
    for (size_t i = 0; i < lab.var_count; i++)
        if (str_equal(str_from(lab.vars[i].name), name))
            return &lab.vars[i];
    return NULL;
}

static void var_set(struct str name, struct str value) {
    struct lab_var *v = var_find(name);
    if (!v && lab.var_count < vars_max)
        v = &lab.vars[lab.var_count++];
    if (!v)
        abort();
    snprintf(v->name, sizeof v->name, "%.*s", (int)name.size, name.data);
    snprintf(v->value, sizeof v->value, "%.*s", (int)value.size, value.data ? value.data : "");
}

/* The code that an app shows now for the secret in the variable of that name: base 32. */
static void totp_set(struct str secret_name) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const struct lab_var *v = var_find(secret_name);
    uint8_t secret[totp_secret_size] = {0};
    char code[totp_code_size];
    for (size_t i = 0; v && i < totp_secret_text_size; i++)
        for (size_t bit = 0; bit < 5; bit++)
            if ((strchr(letters, v->value[i]) - letters) & (16 >> bit))
                secret[(i * 5 + bit) / 8] |= (uint8_t)(128 >> (i * 5 + bit) % 8);
    totp_code(secret, lab.world.now_us / 1000000 / totp_period_s, code);
    var_set(STR("totp"), (struct str){code, sizeof code});
}

static bool is_name(char c) {
    return c == '_' || (c >= 'a' && c <= 'z');
}

/* The value of a name, which `vars` ("name=other …") may take from another variable. */
static struct str var_rename(const char *vars, struct str name) {
    struct str list = str_from(vars ? vars : "");
    while (list.size > 0) {
        struct str pair = str_cut(&list, ' '), left = str_cut(&pair, '=');
        if (str_equal(left, name))
            return pair;
    }
    return name;
}

static struct str var_value(const char *vars, struct str name) {
    if (str_equal(name, STR("totp")))
        totp_set(var_rename(vars, STR("secret")));
    name = var_rename(vars, name);
    struct lab_var *v = var_find(name);
    if (!v)
        fprintf(stderr, "the lab has no variable '%.*s'\n", (int)name.size, name.data);
    return v ? str_from(v->value) : STR("");
}

/* Puts the values of `$name` and, in a path, `{name}` into a text. */
static struct str lab_expand(const char *text, const char *vars, bool is_path) {
    struct buf out = buf_new(&lab.arena);
    for (const char *at = text; *at;) {
        if (*at != '$' && !(is_path && *at == '{')) {
            buf_put_char(&out, *at++);
            continue;
        }
        const char *name = ++at;
        while (is_name(*at))
            at++;
        buf_put(&out, var_value(vars, (struct str){name, (size_t)(at - name)}));
        at += *at == '}' && is_path;
    }
    return buf_str(&out);
}

/* Takes the text behind the mark out of an answer: up to a quotation mark, a blank, a backslash, `;` or `&`. */
static bool lab_capture(const struct lab_request *r, const struct lab_answer *answer) {
    const char *at = strstr(answer->body, r->mark);
    if (!at)
        return false;
    at += strlen(r->mark);
    var_set(str_from(r->var), (struct str){at, strcspn(at, "\" \\;&,")});
    return true;
}

/* ---- Pictures. */

static size_t png_chunk(char *out, const char *type, const char *data, uint32_t size) {
    uint32_t crc = (uint32_t)crc32(crc32(0, (const Bytef *)type, 4), (const Bytef *)data, size);
    for (int i = 0; i < 4; i++) {
        out[i] = (char)(size >> (24 - 8 * i));
        out[8 + size + (uint32_t)i] = (char)(crc >> (24 - 8 * i));
    }
    memcpy(out + 4, type, 4);
    memcpy(out + 8, data, size);
    return 12 + size;
}

/* A picture of one colour, so many pixels wide and high. */
static struct str lab_png(int width) {
    static char out[png_bytes_max];
    char head[13] = {0}, pixels[64];
    unsigned char rows[1024] = {0};
    uLongf size = sizeof pixels;
    head[3] = head[7] = (char)width;
    head[8] = 8; /* bits, grey */
    compress((Bytef *)pixels, &size, rows, (uLong)(width * (width + 1)));
    memcpy(out, "\x89PNG\r\n\x1a\n", 8);
    size_t at = 8;
    at += png_chunk(out + at, "IHDR", head, sizeof head);
    at += png_chunk(out + at, "IDAT", pixels, (uint32_t)size);
    at += png_chunk(out + at, "IEND", "", 0);
    return (struct str){out, at};
}

/* ---- Requests. */

static void request_fill(const struct lab_request *r, const char *key, struct request *out) {
    *out = (struct request){
        .method = r->method, .path = lab_expand(r->path, r->vars, true), .host = STR("shop.example")};
    struct str path = out->path;
    out->path = str_cut(&path, '?');
    out->query = path;
    if (strcmp(r->who, "admin") == 0)
        out->authorization = STR("Bearer " LAB_TOKEN);
    if (strcmp(r->who, "shopper") == 0)
        out->session_id = STR(LAB_SESSION);
    if (strcmp(r->who, "member") == 0) {
        out->cookies = lab_expand("$cookie", r->vars, false);
        out->origin = STR("http://shop.example");
    }
    if (key)
        out->headers[out->header_count++] = (struct header){STR("idempotency-key"), str_from(key)};
    if (strcmp(r->path, "/payments/webhook") == 0)
        out->headers[out->header_count++] = (struct header){STR("stripe-signature"), STR("x")};
    if (!r->body)
        return;
    int width = 0;
    bool is_png = sscanf(r->body, "png %d", &width) == 1;
    out->content_type = is_png ? STR("image/png") : STR("application/json");
    out->body = is_png ? lab_png(width) : lab_expand(r->body, r->vars, false);
}

/* Takes a step as the server's writer does. False: it cannot be known whether its transaction was committed. */
static bool step_perform(struct call *call) {
    if (call->lane == LANE_PROVIDER) {
        api_step_done(call, api_step_run(call, NULL));
        return true;
    }
    bool writes = call->lane == LANE_WRITER;
    enum status lost = STATUS_STORAGE, s = db_begin(lab.db, writes);
    if (s == STATUS_OK && db_savepoint(lab.db) == STATUS_OK) {
        s = api_step_run(call, lab.db);
        if (db_in_transaction(lab.db))
            lost = s == STATUS_OK ? db_release(lab.db) : db_rollback_to(lab.db);
    }
    if (lost == STATUS_OK)
        lost = db_commit(lab.db);
    if (lost != STATUS_OK)
        db_rollback(lab.db);
    api_step_done(call, lost == STATUS_OK ? s : STATUS_STORAGE);
    return lost != STATUS_UNKNOWN;
}

static void answer_fill(const struct call *call, struct lab_answer *out) {
    const struct response *r = &call->attempt.response;
    out->http_status = r->http_status;
    size_t at = (size_t)snprintf(out->body, sizeof out->body, "%.*s", (int)r->body.size,
                                 r->body.size ? r->body.data : "");
    for (size_t i = 0; i < r->header_count && at < sizeof out->body; i++)
        if (str_equal(r->headers[i].name, STR("set-cookie")))
            snprintf(out->body + at, sizeof out->body - at, "\nset-cookie: %.*s",
                     (int)r->headers[i].value.size, r->headers[i].value.data);
}

void lab_send(const struct lab_request *r, const char *key, struct lab_answer *out, struct lab_state *states,
              size_t *count) {
    struct call call;
    struct request request;
    bool is_known = true;
    request_fill(r, key, &request);
    *out = (struct lab_answer){.is_sound = true};
    api_begin(lab.api, &call, &request, &lab.arena);
    while (call.lane != LANE_INLINE && is_known) {
        is_known = step_perform(&call);
        struct lab_state now;
        if (states && *count < states_max && lab_read_state(&now) &&
            memcmp(&now, &states[*count - 1], sizeof now) != 0) {
            states[(*count)++] = now;
            out->is_sound &= lab_audit();
        }
    }
    if (!is_known)
        return;
    api_finish(&call);
    answer_fill(&call, out);
}

/* ---- The shop's life. */

static bool lab_open_api(void) {
    static const struct shop_settings settings = {
        .currency = "usd",
        .reserve_us = 30 * INT64_C(60000000),
        .hold_us = 30 * INT64_C(60000000),
        .order_quantity_max = money_max,
        .hold_max = money_max,
    };
    struct api_options options = {
        .groups = shop_endpoints,
        .clock = &lab.world.clock,
        .random = &lab.world.random,
        .metrics = lab.metrics,
        .settings = &settings,
        .interest = &lab.interest,
        .provider = &lab.provider.base,
        .takes_imports = true,
        .mails = &lab.mails,
    };
    token_hash(STR(LAB_TOKEN), options.access.admin_hash);
    lab.api = api_open(&options);
    return lab.api != NULL;
}

void lab_begin_again(uint64_t seed) {
    static bool has_random;
    lab.world.now_us = WORLD_START_US + INT64_C(60000000);
    lab.world.seed = seed;
    if (!has_random) {
        randombytes_set_implementation(&lab_random);
        has_random = true;
    }
}

bool lab_boot(uint64_t seed, char *error) {
    lab_begin_again(seed);
    arena_reset(&lab.arena);
    lab.interest = (struct event_interest){0};
    event_interest_set(&lab.interest, INT64_MAX);
    if (shop_db_open(lab_path, DB_CREATE, &lab.db, error) != STATUS_OK)
        return false;
    if (lab_sync_is_off)
        sqlite3_exec(sqlite_of(lab.db)->handle, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
    return true;
}

void lab_close(void) {
    db_close(lab.db);
    lab.db = NULL;
}

static struct shop_ctx lab_ctx(void) {
    return (struct shop_ctx){
        .db = lab.db, .arena = &lab.arena, .clock = &lab.world.clock, .random = &lab.world.random};
}

bool lab_recover(void) {
    struct world before = lab.world;
    struct shop_ctx ctx = lab_ctx();
    enum status s = db_begin(lab.db, true);
    if (s == STATUS_OK)
        s = idempotency_release_all(&ctx);
    if (s == STATUS_OK)
        s = payments_recover(&ctx);
    if (s == STATUS_OK)
        s = db_commit(lab.db);
    lab.world.now_us = before.now_us;
    lab.world.seed = before.seed;
    return s == STATUS_OK;
}

void lab_reset(void) {
    disk_load(lab.image);
    lab.provider = lab.prepared_provider;
    memcpy(lab.vars, lab.prepared_vars, sizeof lab.vars);
    lab.jump_us = 0;
}

/* ---- Looking at it. */

static enum status digest_table(struct digest *d, const struct db_table *table) {
    struct db_value values[db_table_columns_max];
    size_t count = 1;
    for (const char *at = table->columns; *at; at++)
        count += *at == ',';
    struct db_rows *rows = db_stream(lab.db, &table->read);
    while (db_step(rows)) {
        for (size_t i = 0; i < count; i++)
            values[i] = db_column_value(rows, (int)i);
        digest_row(d, values, count);
    }
    return db_finish(rows);
}

bool lab_read_state(struct lab_state *out) {
    static struct digest d;
    enum status s = db_begin(lab.db, false);
    digest_start(&d);
    for (size_t i = 0; i < shop_schema.table_count && s == STATUS_OK; i++)
        s = digest_table(&d, &shop_schema.tables[i]);
    digest_end(&d, out->digest);
    db_rollback(lab.db);
    return s == STATUS_OK;
}

bool lab_read_counts(struct lab_state *out) {
    char error[db_error_size];
    uint64_t sum = 0;
    bool done = lab_boot(1, error);
    for (size_t i = 0; done && i < shop_schema.table_count; i++) {
        int64_t count = 0;
        done = db_get_int(lab.db, &shop_schema.tables[i].count, NO_ARGS, &count) == STATUS_OK;
        sum = sum * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)count;
    }
    lab_close();
    *out = (struct lab_state){0};
    memcpy(out->digest, &sum, sizeof sum);
    return done;
}

bool lab_read_products(struct lab_state *out) {
    char error[db_error_size];
    static const struct sql prices =
        SQL("SELECT CAST(coalesce(sum(price), 0) AS bigint) FROM products WHERE " VISIBLE_PRODUCT);
    int64_t sums[2] = {0};
    bool done = lab_boot(1, error);
    struct shop_ctx ctx = lab_ctx();
    done = done && product_count(&ctx, &sums[0]) == STATUS_OK &&
           db_get_int(lab.db, &prices, NO_ARGS, &sums[1]) == STATUS_OK;
    lab_close();
    *out = (struct lab_state){0};
    memcpy(out->digest, sums, sizeof sums);
    return done;
}

const char *lab_value(const char *name) {
    const struct lab_var *v = var_find(str_from(name));
    return v ? v->value : "";
}

static void print_breach(void *context, const char *line) {
    (*(int *)context)++;
    printf("    %s\n", line);
}

bool lab_check_database(void) {
    int breaches = 0;
    enum status s = db_begin(lab.db, false);
    if (s == STATUS_OK)
        s = db_check(lab.db, print_breach, &breaches);
    db_rollback(lab.db);
    return s == STATUS_OK && breaches == 0;
}

bool lab_audit(void) {
    struct audit audit;
    int breaches = 0;
    struct world before = lab.world;
    struct shop_ctx ctx = lab_ctx();
    struct arena arena;
    arena_init(&arena, audit_arena_bytes_max);
    ctx.arena = &arena;
    enum status s = db_begin(lab.db, false);
    if (s == STATUS_OK)
        s = db_check(lab.db, print_breach, &breaches);
    if (s == STATUS_OK)
        s = audit_run(&ctx, print_breach, &breaches, &audit);
    db_rollback(lab.db);
    arena_free(&arena);
    lab.world = before; /* the audit has read the clock */
    return s == STATUS_OK && breaches == 0;
}

/* ---- The preparation. */

static bool row_has_case(const struct endpoint *e) {
    struct str path = str_from(e->path);
    for (const struct lab_request *r = e->method == METHOD_GET ? lab_reads : lab_cases; r->path; r++) {
        struct str target = str_from(r->path);
        if (r->method == e->method && str_equal(str_cut(&target, '?'), path))
            return true;
    }
    return false;
}

/* Whether a request of the row is one that the lab can send: it ends, and it uses the database. */
static bool row_needs_case(const struct endpoint *e) {
    return !e->streams && e->lane != LANE_INLINE && (e->method == METHOD_GET || e->lane == LANE_WRITER);
}

bool lab_has_steps(const struct lab_request *r) {
    for (const struct endpoint_group *const *g = shop_endpoints; *g; g++)
        for (size_t i = 0; i < (*g)->count; i++)
            if ((*g)->rows[i].method == r->method && strcmp((*g)->rows[i].path, r->path) == 0)
                return (*g)->rows[i].apply != NULL;
    return false;
}

int lab_count_missing(void) {
    int missing = 0;
    for (const struct endpoint_group *const *g = shop_endpoints; *g; g++)
        for (size_t i = 0; i < (*g)->count; i++) {
            const struct endpoint *e = &(*g)->rows[i];
            if (!row_needs_case(e) || row_has_case(e))
                continue;
            fprintf(stderr, "no case for %d %s\n", e->method, e->path);
            missing++;
        }
    return missing;
}

static bool lab_prepare_one(const struct lab_request *r) {
    static struct lab_answer answer;
    lab_send(r, NULL, &answer, NULL, NULL);
    bool success = r->http_status ? answer.http_status == r->http_status : answer.http_status / 100 == 2;
    if (success && (!r->var || lab_capture(r, &answer)))
        return true;
    fprintf(stderr, "preparing: %d %s: %d %s\n", r->method, r->path, answer.http_status, answer.body);
    return false;
}

bool lab_prepare(void) {
    char error[db_error_size] = "";
    disk_begin(1);
    world_begin(&lab.world);
    lab.world.clock.now_us = lab_now_us;
    lab.metrics = metrics_new(1);
    lab.mails =
        (struct mail_settings){.per_hour = 100, .shop = STR("Lamps"), .shop_url = STR("http://shop.example")};
    lab.provider.base = (struct provider){&lab_provider_functions, "stripe"};
    arena_init(&lab.arena, lab_arena_bytes_max);
    var_set(STR("token"), STR(LAB_TOKEN));
    var_set(STR("one"), STR("1"));
    var_set(STR("ten"), STR("10"));
    var_set(STR("fifteen"), STR("15"));
    if (!lab.metrics || !lab_open_api() || !lab_boot(1, error)) {
        fprintf(stderr, "the lab cannot be opened: %s\n", error);
        return false;
    }
    lab.world.now_us = WORLD_START_US;
    for (const struct lab_request *r = lab_preparation; r->path; r++)
        if (!lab_prepare_one(r))
            return false;
    lab_close();
    lab.mails.is_sent = true;
    lab.image = disk_save();
    lab.prepared_provider = lab.provider;
    memcpy(lab.prepared_vars, lab.vars, sizeof lab.vars);
    return true;
}
