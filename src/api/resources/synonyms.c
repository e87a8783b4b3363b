/* The shop's own synonyms: the admin reads and replaces the list as one text. */
#include "shop/synonyms/synonyms.h"
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "model/errors.h"

#include <stdio.h>

struct synonyms {
    struct str text;
};
static const struct field synonym_fields[] = {
    TEXT_FIELD(
        struct synonyms, text, AT_MOST(synonym_text_bytes_max),
        .doc = "`sofa, couch` (each finds the other), `tv => television` (one way), `# comment`: a line each",
        .example = "\"sofa, couch, settee\\ntv => television\\n\""),
};
static const struct model synonyms_model = MODEL("Synonyms", struct synonyms, synonym_fields);

static enum status synonyms_get(struct call *call) {
    struct synonyms *reply = call->attempt.reply;
    return synonyms_read_text(&call->ctx, &reply->text);
}

/* Refuses a list with a mistake before the database is asked for anything. */
static enum status synonyms_check_body(struct call *call) {
    const struct synonyms *body = call->body;
    struct synonym_list list;
    struct synonym_error error;
    enum status s = synonym_list_read(call->ctx.arena, shop_language(&call->ctx), body->text, &list, &error);
    if (s != STATUS_INVALID)
        return s;
    char line[32] = "";
    if (error.line)
        snprintf(line, sizeof line, "line %zu: ", error.line);
    struct loc where = {.name = STR("body")}, at = {.parent = &where, .name = STR("text")};
    error_put(&call->errors, "value_error", &at, NULL, NULL, "Value error, %s%s", line, error.text);
    return STATUS_INVALID;
}

static enum status synonyms_put(struct call *call) {
    const struct synonyms *body = call->body;
    struct synonyms *reply = call->attempt.reply;
    struct synonym_list list;
    struct synonym_error error;
    TRY(synonym_list_read(call->ctx.arena, shop_language(&call->ctx), body->text, &list, &error));
    struct str before = STR("");
    struct audit_note note = audit_note_new(call);
    TRY(synonyms_read_text(&call->ctx, &before));
    TRY(synonyms_replace(&call->ctx, body->text, &list));
    reply->text = body->text;
    audit_note_text(&note, "text", before, body->text);
    return audit_note_write(&note, NULL);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/synonyms",
        .summary = "Get synonyms",
        .doc = "The words that mean the same in the shop, as they were written.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_READ,
        .lane = LANE_WRITER,
        .reply = &synonyms_model,
        .handle = synonyms_get,
    },
    {
        .method = METHOD_PUT,
        .path = "/admin/synonyms",
        .summary = "Replace synonyms",
        .doc =
            "Puts a list in place of the one before; searches follow it at once, on every node. A list with a mistake "
            "changes nothing: 422 says what is wrong in which line.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .lane = LANE_WRITER,
        .body = &synonyms_model,
        .reply = &synonyms_model,
        .check = synonyms_check_body,
        .handle = synonyms_put,
    },
};

const struct endpoint_group synonym_endpoints = {
    .tag = "products",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
