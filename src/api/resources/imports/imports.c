/* Imports of files that the staff sends in parts. The importer (serve/import/importer.h) does the work, and each answer says how far
 * it is. */
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/resources/audit_note.h"
#include "api/resources/imports/import_model.h"
#include "api/resources/product_model.h"
#include "base/crypto/sha.h"
#include "model/errors.h"

#define EXAMPLE_IMPORT_ID "\"0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a\""

enum { key_length_max = 255 };

static const char *const format_names[] = {"csv", "jsonl", "json", NULL};
static const char *const from_names[] = {"shopify", "woocommerce", "google", "medusa", NULL};
static const char *const price_names[] = {"minor", "decimal", NULL};
static const char *const stock_names[] = {"keep", "set", NULL};

/* ---- Models. */

struct import_input {
    struct str name;
    int64_t parts;
    int format, from, prices, stock;
    struct str key;
    int64_t untracked_stock;
    struct maybe_bool update, from_spreadsheet;
};
static const struct field input_fields[] = {
    TEXT_FIELD(struct import_input, name, LENGTH(1, import_name_length_max), .doc = "Of the file, for people",
               .example = "\"products.csv\""),
    INT_FIELD(struct import_input, parts, BETWEEN(1, import_parts_max),
              .doc = "In how many parts the file comes, each of at most 1 MiB", .example = "3"),
    ENUM_FIELD(struct import_input, format, .names = format_names, DEFAULT(-1),
               .doc = "Else the file's start decides"),
    ENUM_FIELD(struct import_input, from, .names = from_names, DEFAULT(-1),
               .doc = "The system whose product file it is; else its head decides"),
    ENUM_FIELD(struct import_input, prices, .names = price_names, DEFAULT(0),
               .doc = "How they are written: `minor` 1999, `decimal` 19.99"),
    ENUM_FIELD(struct import_input, stock, .names = stock_names, DEFAULT(0),
               .doc = "With `update`: keep the stock of products that are there, or set it to the file's"),
    TEXT_FIELD(struct import_input, key, LENGTH(1, key_length_max), .optional = true, .may_be_null = true,
               .doc = "The column with a key of your own for each product; else `key`", .example = "\"sku\""),
    INT_FIELD(struct import_input, untracked_stock, BETWEEN(0, money_max), DEFAULT(import_untracked_stock),
              .doc = "How many can be sold of a product whose stock the other system does not count"),
    MAYBE_BOOL_FIELD(struct import_input, update, .may_be_null = true,
                     .doc = "Change products that are there, found by their id or key, and add the others",
                     .example = "true"),
    MAYBE_BOOL_FIELD(struct import_input, from_spreadsheet, .may_be_null = true,
                     .doc = "CSV of an export for spreadsheets that lost the mark of UTF-8 at its start",
                     .example = "false"),
};
static const struct model import_input = MODEL("ImportCreate", struct import_input, input_fields);

/* An import as it is read. */
struct import_view {
    struct uuid id;
    struct str name;
    int status;
    int64_t parts, parts_received, size_bytes;
    struct maybe_int next_part;
    int64_t rows, percent;
    struct import_options options;
    struct import_report *report;
    int64_t created_at, changed_at;
};
static const struct field view_fields[] = {
    UUID_FIELD(struct import_view, id, .example = EXAMPLE_IMPORT_ID),
    TEXT_FIELD(struct import_view, name, .example = "\"products.csv\""),
    ENUM_FIELD(
        struct import_view, status, .names = import_state_names,
        .doc =
            "`open`: parts come in. `checking`, `checked`: a dry run. `started`: nothing of it can be seen yet. `changing`: the new "
            "products are in the shop, and the others are being changed. `done`. `failed`: nothing was imported, and it can be "
            "started again",
        .example = "\"open\""),
    INT_FIELD(struct import_view, parts, .example = "3"),
    INT_FIELD(struct import_view, parts_received, .example = "1"),
    MAYBE_INT_FIELD(struct import_view, next_part,
                    .doc = "The first part that is missing; null: none, or in a list", .example = "2"),
    INT_FIELD(struct import_view, size_bytes, .doc = "Of the parts that are there", .example = "1048576"),
    INT_FIELD(struct import_view, rows, .doc = "Products that a check or an import has got through",
              .example = "0"),
    INT_FIELD(struct import_view, percent, BETWEEN(0, 100), .doc = "How far it is", .example = "0"),
    MODEL_FIELD(struct import_view, options, struct import_options, .of = &import_options_model),
    MAYBE_MODEL_FIELD(struct import_view, report, struct import_report, .of = &import_report_model,
                      .doc = "Of the latest check or import, once that has ended"),
    TIME_FIELD(struct import_view, created_at),
    TIME_FIELD(struct import_view, changed_at,
               .doc = "A day after that the parts of an import are removed that is not done"),
};
static const struct model import_read = MODEL("ImportRead", struct import_view, view_fields);

struct import_path {
    struct uuid import_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct import_path, import_id, .example = EXAMPLE_IMPORT_ID)};
static const struct model import_path = MODEL("ImportPath", struct import_path, path_fields);

struct part_path {
    struct uuid import_id;
    int64_t n;
};
static const struct field part_path_fields[] = {
    UUID_FIELD(struct part_path, import_id, .example = EXAMPLE_IMPORT_ID),
    INT_FIELD(struct part_path, n, BETWEEN(1, import_parts_max), .example = "1"),
};
static const struct model part_path = MODEL("ImportPartPath", struct part_path, part_path_fields);

/* Fills an answer from a row, whose options and report are JSON. */
static enum status import_view_fill(struct arena *arena, const struct import_job *job,
                                    struct import_view *out) {
    *out = (struct import_view){
        .id = job->id,
        .name = job->name,
        .status = job->state,
        .parts = job->parts,
        .parts_received = job->received,
        .size_bytes = job->size_bytes,
        .next_part = job->next_part,
        .rows = job->rows_done,
        .percent = job->percent,
        .created_at = job->created_at,
        .changed_at = job->changed_at,
    };
    TRY(import_json_read(arena, &import_options_model, job->options, &out->options));
    if (!job->report.data)
        return STATUS_OK;
    out->report = ARENA_NEW(arena, struct import_report);
    return out->report ? import_json_read(arena, &import_report_model, job->report, out->report)
                       : STATUS_NO_MEMORY;
}

/* ---- POST /admin/imports */

static struct str import_name_of(const char *const names[], int i) {
    return str_from(i < 0 ? NULL : names[i]);
}

/* Refuses a field with a sentence. */
static enum status import_refuse(struct call *call, const char *field, const char *sentence) {
    struct loc body = {.name = STR("body")}, loc = {.parent = &body, .name = str_from(field)};
    error_put(&call->errors, "value_error", &loc, NULL, NULL, "%s", sentence);
    return STATUS_INVALID;
}

/* What a row's model cannot say: which options go together. */
static enum status create_check(struct call *call) {
    const struct import_input *body = call->body;
    if (body->stock == 1 && !body->update.value)
        return import_refuse(call, "stock", "Only an update can set the stock of products that are there");
    for (size_t i = 0; i < product_read.count && body->key.data; i++)
        if (str_equal(body->key, str_from(product_read.fields[i].name)))
            return import_refuse(call, "key", "The key is a column beside a product's own");
    return STATUS_OK;
}

static enum status create_import(struct call *call) {
    const struct import_input *body = call->body;
    struct import_options options = {
        .format = import_name_of(format_names, body->format),
        .from = import_name_of(from_names, body->from),
        .prices = import_name_of(price_names, body->prices),
        .stock = import_name_of(stock_names, body->stock),
        .key = body->key,
        .untracked_stock = {true, body->untracked_stock},
        .update = {true, body->update.value},
        .from_spreadsheet = {true, body->from_spreadsheet.value},
    };
    struct str text = import_json_write(call->ctx.arena, &import_options_model, &options);
    struct import_job job;
    struct audit_note note = audit_note_new(call);
    if (!text.data)
        return STATUS_NO_MEMORY;
    TRY(import_job_create(&call->ctx, &call->actor, body->name, text, body->parts, &job));
    audit_note_text(&note, "name", (struct str){0}, body->name);
    TRY(audit_note_write(&note, &job.id));
    return import_view_fill(call->ctx.arena, &job, call->attempt.reply);
}

/* ---- PUT /admin/imports/{import_id}/parts/{n} */

struct import_part {
    uint8_t hash[import_hash_size];
};
_Static_assert((int)sha256_size == (int)import_hash_size, "a part is known by its SHA-256");

static enum status import_part_prepare(struct call *call) {
    call->attempt.next_state = ARENA_NEW(call->ctx.arena, struct import_part);
    return call->attempt.next_state ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Hashes a mebibyte at most, on a thread apart: on the writer's, shoppers would wait for it. */
static enum status import_part_call(struct call *call) {
    struct import_part *part = call->state;
    struct str body = call->request->body;
    if (body.size == 0) {
        struct loc loc = {.name = STR("body")};
        error_put(&call->errors, "value_error", &loc, NULL, NULL, "The part is empty");
        return STATUS_INVALID;
    }
    sha256_of(body, part->hash);
    return STATUS_OK;
}

static enum status import_part_apply(struct call *call) {
    const struct part_path *path = call->path;
    const struct import_part *part = call->state;
    struct str hash = {(const char *)part->hash, sizeof part->hash};
    struct import_job job;
    TRY(call->provider_status);
    TRY(import_job_put_part(&call->ctx, &path->import_id, path->n, hash, call->request->body, &job));
    return import_view_fill(call->ctx.arena, &job, call->attempt.reply);
}

/* ---- The rest. */

static enum status ask_import(struct call *call, enum import_state state) {
    const struct import_path *path = call->path;
    struct import_job job;
    struct audit_note note = audit_note_new(call);
    if (!call->api->options.takes_imports)
        return STATUS_IMPORTS_OFF;
    TRY(import_job_ask(&call->ctx, &call->actor, &path->import_id, state, &job));
    audit_note_text(&note, "status", (struct str){0}, str_from(import_state_names[state]));
    TRY(audit_note_write(&note, &path->import_id));
    return import_view_fill(call->ctx.arena, &job, call->attempt.reply);
}

static enum status check_import(struct call *call) {
    return ask_import(call, IMPORT_CHECKING);
}

static enum status start_import(struct call *call) {
    return ask_import(call, IMPORT_STARTED);
}

static enum status get_import(struct call *call) {
    const struct import_path *path = call->path;
    struct import_job job;
    TRY(import_job_get(&call->ctx, &path->import_id, &job));
    return import_view_fill(call->ctx.arena, &job, call->attempt.reply);
}

static enum status list_imports(struct call *call) {
    struct list jobs;
    TRY(import_job_list(&call->ctx, &jobs));
    const struct import_job *job = jobs.data;
    struct import_view *views = arena_array(call->ctx.arena, jobs.count, sizeof *views);
    if (!views)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < jobs.count; i++)
        TRY(import_view_fill(call->ctx.arena, &job[i], &views[i]));
    *(struct list *)call->attempt.reply = (struct list){views, jobs.count};
    return STATUS_OK;
}

static enum status delete_import(struct call *call) {
    const struct import_path *path = call->path;
    struct audit_note note = audit_note_new(call);
    TRY(import_job_delete(&call->ctx, &path->import_id));
    audit_note_text(&note, "status", (struct str){0}, STR("deleted"));
    return audit_note_write(&note, &path->import_id);
}

/* The members that all rows have. */
#define IMPORT_ROW .access = ACCESS_STAFF, .scope = SCOPE_PRODUCTS_WRITE, .lane = LANE_WRITER

static const struct endpoint rows[] = {
    {
        IMPORT_ROW,
        .method = METHOD_GET,
        .path = "/admin/imports",
        .summary = "List imports",
        .doc = "The latest 50, newest first; those that are done for 30 days.",
        .reply = &import_read,
        .reply_is_list = true,
        .handle = list_imports,
    },
    {
        IMPORT_ROW,
        .method = METHOD_POST,
        .path = "/admin/imports",
        .summary = "Create an import",
        .doc =
            "Of a file of products: CSV, JSON Lines or JSON, or the product file of Shopify, WooCommerce, Medusa or a Google feed. "
            "Then send its parts, check it if you like, and start it. All rows are imported or none.",
        .idempotent = true,
        .body = &import_input,
        .reply = &import_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_IMPORTS_FULL),
        .check = create_check,
        .handle = create_import,
    },
    {
        IMPORT_ROW,
        .method = METHOD_GET,
        .path = "/admin/imports/{import_id}",
        .summary = "Get an import",
        .doc =
            "How far it is, and what came of it. After an upload that broke, `next_part` says where to go on.",
        .path_model = &import_path,
        .reply = &import_read,
        .errors = ERRORS(STATUS_IMPORT_NOT_FOUND),
        .handle = get_import,
    },
    {
        IMPORT_ROW,
        .method = METHOD_DELETE,
        .path = "/admin/imports/{import_id}",
        .summary = "Give up an import",
        .doc = "One that runs is stopped, and nothing of it is kept. One that is done is forgotten.",
        .path_model = &import_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_IMPORT_NOT_FOUND, STATUS_IMPORT_PUBLISHED),
        .handle = delete_import,
    },
    {
        IMPORT_ROW,
        .method = METHOD_PUT,
        .path = "/admin/imports/{import_id}/parts/{n}",
        .summary = "Send a part of a file",
        .doc =
            "The file's bytes, cut anywhere, as parts 1, 2, 3 … in any order, each of at most 1 MiB. The same part may be sent "
            "again. After a part that is new the file counts as not checked.",
        .hashes = true,
        .path_model = &part_path,
        .raw_body = "application/octet-stream",
        .refuses_body = true,
        .reply = &import_read,
        .errors = ERRORS(STATUS_IMPORT_NOT_FOUND, STATUS_IMPORT_BEGUN, STATUS_IMPORT_PART_DIFFERS,
                         STATUS_IMPORT_PART_UNKNOWN),
        .prepare = import_part_prepare,
        .call = import_part_call,
        .apply = import_part_apply,
    },
    {
        IMPORT_ROW,
        .method = METHOD_POST,
        .path = "/admin/imports/{import_id}/check",
        .summary = "Check an import",
        .doc =
            "A dry run, which writes nothing: how many products would be added and changed, which rows are bad, and what would be "
            "left out. Ask for the import until it is `checked`.",
        .idempotent = true,
        .path_model = &import_path,
        .reply = &import_read,
        .http_status = 202,
        .errors = ERRORS(STATUS_IMPORT_NOT_FOUND, STATUS_IMPORT_BEGUN, STATUS_IMPORT_PARTS_MISSING,
                         STATUS_IMPORTS_OFF),
        .handle = check_import,
    },
    {
        IMPORT_ROW,
        .method = METHOD_POST,
        .path = "/admin/imports/{import_id}/start",
        .summary = "Start an import",
        .doc =
            "New products appear together, at the end. Imports run one after the other, while the shop is served, and go on after a "
            "restart. Ask for the import until it is `done` or `failed`.",
        .idempotent = true,
        .path_model = &import_path,
        .reply = &import_read,
        .http_status = 202,
        .errors = ERRORS(STATUS_IMPORT_NOT_FOUND, STATUS_IMPORT_BEGUN, STATUS_IMPORT_PARTS_MISSING,
                         STATUS_IMPORTS_OFF),
        .handle = start_import,
    },
};

const struct endpoint_group import_endpoints = {
    .tag = "imports",
    .doc = "Files of products, imported by the server",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
