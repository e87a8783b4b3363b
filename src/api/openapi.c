#include "api/openapi.h"

#include "base/version.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char description[] =
    "A shop's backend: catalogue, anonymous carts, orders and payments. Money is in minor units (cents). "
    "Errors are `{\"detail\": …}`: a sentence, or for a request that does not fit (422) a list that names "
    "every field.";

/* What FastAPI calls its validation errors, so that generated clients keep their names; and the error of one
 * sentence. */
static const char fixed_schemas[] =
    "\"Error\":{\"type\":\"object\",\"title\":\"Error\",\"required\":[\"detail\"],"
    "\"properties\":{\"detail\":{\"type\":\"string\",\"title\":\"Detail\"}}},"
    "\"HTTPValidationError\":{\"type\":\"object\",\"title\":\"HTTPValidationError\",\"properties\":{"
    "\"detail\":{"
    "\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
    "ValidationError\"},\"title\":\"Detail\"}}},"
    "\"ValidationError\":{\"type\":\"object\",\"title\":\"ValidationError\",\"required\":[\"loc\",\"msg\","
    "\"type\"],"
    "\"properties\":{\"loc\":{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":"
    "\"integer\"}]},"
    "\"title\":\"Location\"},\"msg\":{\"type\":\"string\",\"title\":\"Message\"},"
    "\"type\":{\"type\":\"string\",\"title\":\"Error Type\"},\"input\":{\"title\":\"Input\"},"
    "\"ctx\":{\"type\":\"object\",\"title\":\"Context\"}}}";

static const char security_schemes[] =
    "\"securitySchemes\":{\"admin\":{\"type\":\"http\",\"scheme\":\"bearer\","
    "\"description\":\"The admin's token, printed at the first start or given with --admin-token\"},"
    "\"session\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-Session-Id\","
    "\"description\":\"The shopper's session: 16 to 128 URL-safe characters. A browser has it as a cookie\"}}";

static void put_member(struct buf *out, const char *name, const char *text) {
    buf_printf(out, "\"%s\":", name);
    buf_put_json(out, str_from(text));
}

/* `list_products_products_get`, FastAPI's way: summary's words, path, method. */
static void put_operation_id(const struct endpoint *e, struct buf *out) {
    buf_put_text(out, ",\"operationId\":\"");
    for (const char *c = e->summary; *c; c++)
        buf_put_char(out, isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '_');
    for (const char *c = e->path; *c; c++)
        buf_put_char(out, isalnum((unsigned char)*c) ? *c : '_');
    struct str method = method_name(e->method);
    buf_put_char(out, '_');
    for (size_t i = 0; i < method.size; i++)
        buf_put_char(out, (char)tolower((unsigned char)method.at[i]));
    buf_put_char(out, '"');
}

static void put_parameters_of(const struct model *model, const char *in, size_t *count, struct buf *out) {
    for (size_t i = 0; model && i < model->count; i++) {
        const struct field *f = &model->fields[i];
        buf_printf(out, "%s{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s,", (*count)++ ? "," : "", f->name,
                   in, f->optional ? "false" : "true");
        if (f->doc) {
            put_member(out, "description", f->doc);
            buf_put_char(out, ',');
        }
        buf_put_text(out, "\"schema\":");
        field_schema(f, false, out);
        buf_put_char(out, '}');
    }
}

static const char key_parameter[] =
    "{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"required\":false,"
    "\"description\":\"Any text of your own; the same key again within 24 hours gets the same answer\","
    "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":255,\"title\":\"Idempotency-Key\"}}";

static void put_parameters(const struct endpoint *e, struct buf *out) {
    if (!e->path_model && !e->query && !e->idempotent)
        return;
    size_t count = 0;
    buf_put_text(out, ",\"parameters\":[");
    put_parameters_of(e->path_model, "path", &count, out);
    put_parameters_of(e->query, "query", &count, out);
    if (e->idempotent)
        buf_printf(out, "%s%s", count++ ? "," : "", key_parameter);
    buf_put_char(out, ']');
}

static void put_content(const char *schema_format, const char *name, struct buf *out) {
    buf_put_text(out, "\"content\":{\"application/json\":{\"schema\":");
    buf_put_text(out, schema_format);
    buf_printf(out, "{\"$ref\":\"#/components/schemas/%s\"}", name);
    buf_put_text(out, *schema_format ? "}" : "");
    buf_put_text(out, "}}");
}

static void put_success(const struct endpoint *e, struct buf *out) {
    buf_printf(out, ",\"responses\":{\"%d\":{\"description\":\"%s\"", e->http_status,
               http_reason(e->http_status));
    if (e->paged)
        buf_put_text(out,
                     ",\"headers\":{\"X-Total-Count\":{\"description\":\"How many there are in all\","
                     "\"schema\":{\"type\":\"integer\"}},\"Link\":{\"description\":\"rel=\\\"next\\\": the "
                     "next page\","
                     "\"schema\":{\"type\":\"string\"}}}");
    if (e->reply) {
        buf_put_char(out, ',');
        put_content(e->reply_is_list ? "{\"type\":\"array\",\"items\":" : "", e->reply->name, out);
    }
    buf_put_char(out, '}');
}

/* All errors of one HTTP code share an entry: its description names each of them. `list` (or NULL) is what a
 * 409 may say more. */
static void put_error_code(const enum status *errors, size_t first, const struct error_list *list,
                           struct buf *out) {
    int code = status_http(errors[first]);
    for (size_t i = 0; i < first; i++)
        if (status_http(errors[i]) == code)
            return;
    buf_printf(out, ",\"%d\":{\"description\":\"%s", code, status_text(errors[first]));
    for (size_t i = first + 1; errors[i] != STATUS_OK; i++)
        if (status_http(errors[i]) == code)
            buf_printf(out, "; %s", status_text(errors[i]));
    buf_put_text(out, "\",");
    if (list && list->name && code == 409) {
        char name[64];
        snprintf(name, sizeof name, "%sError", list->model->name);
        put_content("", name, out);
    } else {
        put_content("", "Error", out);
    }
    buf_put_char(out, '}');
}

/* A key that was used for another request is told in a sentence. */
static void put_validation(const struct endpoint *e, struct buf *out) {
    buf_put_text(out, ",\"422\":{\"description\":\"Validation Error\",");
    if (e->idempotent)
        buf_put_text(out,
                     "\"content\":{\"application/json\":{\"schema\":{\"anyOf\":["
                     "{\"$ref\":\"#/components/schemas/HTTPValidationError\"},"
                     "{\"$ref\":\"#/components/schemas/Error\"}]}}}");
    else
        put_content("", "HTTPValidationError", out);
    buf_put_char(out, '}');
}

static void put_responses(const struct endpoint *e, struct buf *out) {
    static const enum status admin_errors[] = {STATUS_NOT_AUTHENTICATED, STATUS_WRONG_TOKEN, STATUS_OK};
    put_success(e, out);
    if (e->access == ACCESS_ADMIN)
        put_error_code(admin_errors, 0, NULL, out);
    for (size_t i = 0; e->errors && e->errors[i] != STATUS_OK; i++)
        put_error_code(e->errors, i, &e->error_list, out);
    if (e->path_model || e->query || e->body)
        put_validation(e, out);
    buf_put_char(out, '}');
}

static void put_operation(const struct endpoint *e, struct buf *out) {
    struct str method = method_name(e->method);
    buf_put_char(out, '"');
    for (size_t i = 0; i < method.size; i++)
        buf_put_char(out, (char)tolower((unsigned char)method.at[i]));
    buf_printf(out, "\":{\"tags\":[\"%s\"],", e->tag);
    put_member(out, "summary", e->summary);
    if (e->doc) {
        buf_put_char(out, ',');
        put_member(out, "description", e->doc);
    }
    put_operation_id(e, out);
    if (e->access == ACCESS_ADMIN)
        buf_put_text(out, ",\"security\":[{\"admin\":[]}]");
    if (e->access == ACCESS_SESSION) /* the empty one: a session may be left out */
        buf_put_text(out, ",\"security\":[{\"session\":[]},{}]");
    put_parameters(e, out);
    if (e->body) {
        buf_put_text(out, ",\"requestBody\":{\"required\":true,");
        put_content("", e->body->name, out);
        buf_put_char(out, '}');
    }
    if (e->raw_body) {
        buf_put_text(out, ",\"requestBody\":{\"required\":true,\"content\":{");
        buf_put_json(out, str_from(e->raw_body));
        buf_put_text(out, ":{\"schema\":{\"type\":\"object\"}}}}");
    }
    put_responses(e, out);
    buf_put_char(out, '}');
}

static bool documented(const struct endpoint *e) {
    return !e->undocumented;
}

/* Each path once, with all its methods, where its first row stands. */
static void put_paths(const struct router *router, struct buf *out) {
    size_t paths = 0;
    for (size_t i = 0; i < router->count; i++) {
        const struct endpoint *e = router->routes[i].endpoint;
        bool seen = !documented(e);
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(router->routes[j].endpoint->path, e->path) == 0;
        if (seen)
            continue;
        buf_printf(out, "%s\"%s\":{", paths++ ? "," : "", e->path);
        size_t methods = 0;
        for (size_t j = i; j < router->count; j++) {
            const struct endpoint *other = router->routes[j].endpoint;
            if (!documented(other) || strcmp(other->path, e->path) != 0)
                continue;
            if (methods++)
                buf_put_char(out, ',');
            put_operation(other, out);
        }
        buf_put_char(out, '}');
    }
}

enum { schemas_max = 64 };

struct schemas {
    const struct model *models[schemas_max];
    size_t count;
};

/* Writes a model's schema, and before it those that it is made of, unless it was written already. */
static void put_schema(struct schemas *done, const struct model *model, bool written, struct buf *out) {
    for (size_t i = 0; i < done->count; i++)
        if (done->models[i] == model)
            return;
    if (done->count == schemas_max)
        return;
    done->models[done->count++] = model;
    for (size_t i = 0; i < model->count; i++)
        if (model->fields[i].of)
            put_schema(done, model->fields[i].of, written, out);
    buf_printf(out, "\"%s\":", model->name);
    model_schema(model, written, out);
    buf_put_char(out, ',');
}

/* The error that has a list beside its sentence. */
static void put_list_error(struct schemas *done, const struct error_list *list, struct buf *out) {
    put_schema(done, list->model, true, out);
    buf_printf(out,
               "\"%sError\":{\"type\":\"object\",\"title\":\"%sError\",\"required\":[\"detail\"],"
               "\"properties\":{\"detail\":{\"type\":\"string\",\"title\":\"Detail\"},"
               "\"%s\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/%s\"}}}},",
               list->model->name, list->model->name, list->name, list->model->name);
}

static void put_components(const struct router *router, struct buf *out) {
    struct schemas done = {.count = 0};
    buf_put_text(out, "\"components\":{\"schemas\":{");
    for (size_t i = 0; i < router->count; i++) {
        const struct endpoint *e = router->routes[i].endpoint;
        if (documented(e) && e->body)
            put_schema(&done, e->body, false, out);
        if (documented(e) && e->reply)
            put_schema(&done, e->reply, true, out);
        if (documented(e) && e->error_list.name)
            put_list_error(&done, &e->error_list, out);
    }
    buf_put_text(out, fixed_schemas);
    buf_put_text(out, "},");
    buf_put_text(out, security_schemes);
    buf_put_char(out, '}');
}

static void put_tags(const struct endpoint_group *const *groups, struct buf *out) {
    buf_put_text(out, "\"tags\":[");
    size_t tags = 0;
    for (size_t g = 0; groups[g]; g++) {
        if (!groups[g]->tag)
            continue;
        buf_put_text(out, tags++ ? ",{" : "{");
        put_member(out, "name", groups[g]->tag);
        buf_put_char(out, ',');
        put_member(out, "description", groups[g]->doc);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "],");
}

void openapi_write(const struct router *router, struct buf *out) {
    buf_put_text(out,
                 "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Till\",\"version\":\"" TILL_VERSION "\",");
    put_member(out, "description", description);
    buf_put_text(out, "},");
    put_tags(router->groups, out);
    buf_put_text(out, "\"paths\":{");
    put_paths(router, out);
    buf_put_text(out, "},");
    put_components(router, out);
    buf_put_char(out, '}');
}
