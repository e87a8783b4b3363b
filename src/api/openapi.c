/* The document is written in one pass over the rows, straight into a buffer, when the API opens:
 *
 *     {"openapi", "info", "servers", "tags": […],         of the groups
 *      "paths": {"/cart": {"get": {…}, "post": {…}}, …},  of the rows, all methods of a path together
 *      "components": {"schemas": {…}, "securitySchemes"}} of the models that the rows name, each once
 *
 * Everything comes from the table, so the document cannot disagree with what the router, the decoder and the
 * encoder do. Names (operation ids, HTTPValidationError) are FastAPI's, so that clients generated from a
 * FastAPI shop keep theirs. */
#include "api/openapi.h"

#include "api/idempotency.h"
#include "base/version.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char description[] =
    "A shop's backend: catalogue, anonymous carts, orders and payments. Money is in minor units (cents). "
    "Errors are `{\"detail\": …}`: a sentence, or for a request that does not fit (422) a list that names "
    "every field.\n\nA cart belongs to a session, which a browser has as a cookie. For a browser, `localhost` and "
    "`127.0.0.1` are two sites: a page on one and this API on the other lose the cart, because the cookie stays "
    "behind. Use one name for both, or send the session as `X-Session-Id`.";

/* Error, with a sentence, and FastAPI's schemas of validation errors. */
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
    "\"securitySchemes\":{\"staff\":{\"type\":\"http\",\"scheme\":\"bearer\","
    "\"description\":\"The admin's token, printed at the first start or given with --admin-token, which may do everything, "
    "or a key (till_sk_…) with the scope that the endpoint lists. A browser of a person who signed in has a cookie instead\"},"
    "\"session\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-Session-Id\","
    "\"description\":\"The shopper's session: 16 to 128 URL-safe characters. A browser has it as a cookie\"}}";

static void openapi_put_member(struct buf *out, const char *name, const char *text) {
    buf_printf(out, "\"%s\":", name);
    buf_put_json(out, str_from(text));
}

/* Writes the method in lower case. */
static void openapi_put_method(const struct endpoint *e, struct buf *out) {
    for (const char *c = method_name(e->method).data; *c; c++)
        buf_put_char(out, (char)tolower((unsigned char)*c));
}

/* Writes an operation id as FastAPI does: the summary's words, path, method
 * (`list_products_products_get`). */
static void openapi_put_operation_id(const struct endpoint *e, struct buf *out) {
    buf_put_text(out, ",\"operationId\":\"");
    for (const char *c = e->summary; *c; c++)
        buf_put_char(out, isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '_');
    for (const char *c = e->path; *c; c++)
        buf_put_char(out, isalnum((unsigned char)*c) ? *c : '_');
    buf_put_char(out, '_');
    openapi_put_method(e, out);
    buf_put_char(out, '"');
}

static void openapi_put_parameters_of(const struct model *model, const char *in, size_t *count,
                                      struct buf *out) {
    for (size_t i = 0; model && i < model->count; i++) {
        const struct field *f = &model->fields[i];
        buf_printf(out, "%s{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s,", (*count)++ ? "," : "", f->name,
                   in, f->optional ? "false" : "true");
        if (f->doc) {
            openapi_put_member(out, "description", f->doc);
            buf_put_char(out, ',');
        }
        if (f->kind == KIND_NAME_SET)
            buf_put_text(out, "\"style\":\"form\",\"explode\":false,");
        buf_put_text(out, "\"schema\":");
        field_schema(f, false, out);
        buf_put_char(out, '}');
    }
}

static const char key_parameter[] =
    "{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"required\":false,"
    "\"description\":\"A text of your own without blanks; the same key again within 24 hours gets the same "
    "answer\",\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":255,\"pattern\":\"" IDEMPOTENCY_PATTERN
    "\",\"title\":\"Idempotency-Key\"}}";

static const char if_match_parameter[] =
    "{\"name\":\"If-Match\",\"in\":\"header\",\"required\":false,"
    "\"description\":\"The ETag that you have read, or a list of them: 412 if the resource has another one now\","
    "\"schema\":{\"type\":\"string\",\"title\":\"If-Match\"}}";

static const char last_event_parameter[] =
    "{\"name\":\"Last-Event-ID\",\"in\":\"header\",\"required\":false,"
    "\"description\":\"The id of the last event that you have seen: `EventSource` sends it by itself\","
    "\"schema\":{\"type\":\"string\",\"title\":\"Last-Event-ID\"}}";

static void openapi_put_parameters(const struct endpoint *e, struct buf *out) {
    if (!e->path_model && !e->query && !e->idempotent && !e->if_match && !e->streams)
        return;
    size_t count = 0;
    buf_put_text(out, ",\"parameters\":[");
    openapi_put_parameters_of(e->path_model, "path", &count, out);
    openapi_put_parameters_of(e->query, "query", &count, out);
    if (e->idempotent)
        buf_printf(out, "%s%s", count++ ? "," : "", key_parameter);
    if (e->if_match)
        buf_printf(out, "%s%s", count++ ? "," : "", if_match_parameter);
    if (e->streams)
        buf_printf(out, "%s%s", count++ ? "," : "", last_event_parameter);
    buf_put_char(out, ']');
}

static void openapi_put_content(const char *schema_format, const char *name, struct buf *out) {
    buf_put_text(out, "\"content\":{\"application/json\":{\"schema\":");
    buf_put_text(out, schema_format);
    buf_printf(out, "{\"$ref\":\"#/components/schemas/%s\"}", name);
    buf_put_text(out, *schema_format ? "}" : "");
    buf_put_text(out, "}}");
}

/* A header of a success. `schema` is the inside of its schema. */
static void openapi_put_header(const char *name, const char *doc, const char *schema, bool always,
                               size_t *count, struct buf *out) {
    buf_printf(out, "%s\"%s\":{", (*count)++ ? "," : ",\"headers\":{", name);
    openapi_put_member(out, "description", doc);
    buf_printf(out, "%s,\"schema\":{%s}}", always ? ",\"required\":true" : "", schema);
}

static void openapi_put_headers(const struct endpoint *e, struct buf *out) {
    size_t count = 0;
    if (e->paged) {
        openapi_put_header("X-Total-Count", "How many there are in all",
                           "\"type\":\"integer\",\"format\":\"int64\"", true, &count, out);
        openapi_put_header("Link", "rel=\"next\": the next page", "\"type\":\"string\"", false, &count, out);
    }
    if (e->reply_header.name)
        openapi_put_header(e->reply_header.name, e->reply_header.doc, "\"type\":\"string\"", false, &count,
                           out);
    if (e->makes_session)
        openapi_put_header("X-Session-Id",
                           "The session that was made, if the request had none; also a cookie",
                           "\"type\":\"string\"", false, &count, out);
    if (e->idempotent)
        openapi_put_header("Idempotent-Replayed", "true: the answer to an earlier request with this key",
                           "\"type\":\"string\"", false, &count, out);
    buf_put_text(out, count ? "}" : "");
}

static void openapi_put_success(const struct endpoint *e, struct buf *out) {
    buf_printf(out, ",\"responses\":{\"%d\":{\"description\":\"%s\"", endpoint_http_status(e),
               http_reason(endpoint_http_status(e)));
    openapi_put_headers(e, out);
    if (e->event)
        buf_printf(out,
                   ",\"content\":{\"text/event-stream\":{\"schema\":{\"type\":\"string\","
                   "\"contentMediaType\":\"application/json\",\"contentSchema\":"
                   "{\"$ref\":\"#/components/schemas/%s\"}}}}",
                   e->event->name);
    if (e->reply) {
        buf_put_char(out, ',');
        openapi_put_content(e->reply_is_list ? "{\"type\":\"array\",\"items\":" : "", e->reply->name, out);
    }
    buf_put_char(out, '}');
    if (!e->accepted)
        return;
    buf_printf(out, ",\"202\":{\"description\":\"%s\",", http_reason(202));
    openapi_put_content("", e->accepted->name, out);
    buf_put_char(out, '}');
}

/* Writes the content of a 409 that has a list beside its sentence. */
static void openapi_put_lists(const struct endpoint *e, struct buf *out) {
    bool several = e->error_lists[1].name;
    buf_put_text(out, "\"content\":{\"application/json\":{\"schema\":");
    for (size_t i = 0; i < error_lists_max && e->error_lists[i].name; i++) {
        buf_put_text(out, i ? "," : several ? "{\"anyOf\":[" : "");
        buf_printf(out, "{\"$ref\":\"#/components/schemas/%sError\"}", e->error_lists[i].model->name);
    }
    buf_put_text(out, several ? "]}}}" : "}}");
}

/* Writes one entry for all errors of an HTTP code, with their texts as its description, when `first` is the
 * first of them. `e`: the row whose lists a 409 may have; or NULL. */
static void openapi_put_error_code(const enum status *errors, size_t first, const struct endpoint *e,
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
    if (e && e->error_lists[0].name && code == 409)
        openapi_put_lists(e, out);
    else
        openapi_put_content("", "Error", out);
    buf_put_char(out, '}');
}

/* Writes the entry of 422. With a key there is a second form: a reused key is an error with a sentence. */
static void openapi_put_validation(const struct endpoint *e, struct buf *out) {
    buf_put_text(out, ",\"422\":{\"description\":\"Validation Error\",");
    if (e->idempotent)
        buf_put_text(out,
                     "\"content\":{\"application/json\":{\"schema\":{\"anyOf\":["
                     "{\"$ref\":\"#/components/schemas/HTTPValidationError\"},"
                     "{\"$ref\":\"#/components/schemas/Error\"}]}}}");
    else
        openapi_put_content("", "HTTPValidationError", out);
    buf_put_char(out, '}');
}

static bool openapi_has_client_error(const struct endpoint *e) {
    for (size_t i = 0; e->errors && e->errors[i] != STATUS_OK; i++)
        if (status_http(e->errors[i]) < 500)
            return true;
    return e->access == ACCESS_STAFF;
}

static void openapi_put_staff_errors(const struct endpoint *e, struct buf *out) {
    static const enum status unknown[] = {STATUS_NOT_AUTHENTICATED, STATUS_WRONG_TOKEN, STATUS_OK};
    static const enum status refused[] = {STATUS_SCOPE, STATUS_CROSS_SITE, STATUS_OK};
    static const enum status read_refused[] = {STATUS_SCOPE, STATUS_OK};
    static const enum status too_many[] = {STATUS_TOO_MANY, STATUS_OK};
    openapi_put_error_code(unknown, 0, NULL, out);
    if (e->method != METHOD_GET)
        openapi_put_error_code(refused + (e->any_staff ? 1 : 0), 0, NULL, out);
    else if (!e->any_staff)
        openapi_put_error_code(read_refused, 0, NULL, out);
    openapi_put_error_code(too_many, 0, NULL, out);
}

/* Gathers the errors of a row, and that of a body that cannot be read as the first, so that each code has one entry. */
enum { openapi_errors_max = 32 };
static void openapi_gather_errors(const struct endpoint *e, enum status errors[static openapi_errors_max]) {
    size_t count = 0;
    if (e->body)
        errors[count++] = STATUS_BODY_UNREADABLE;
    for (size_t i = 0; e->errors && e->errors[i] != STATUS_OK; i++) {
        assert(count < openapi_errors_max - 1);
        errors[count++] = e->errors[i];
    }
    errors[count] = STATUS_OK;
}

static void openapi_put_responses(const struct route *route, struct buf *out) {
    const struct endpoint *e = route->endpoint;
    enum status errors[openapi_errors_max];
    openapi_gather_errors(e, errors);
    openapi_put_success(e, out);
    if (e->body)
        openapi_put_error_code(errors, 0, e, out);
    if (e->access == ACCESS_STAFF || (e->scope != SCOPE_NONE && route->takes_staff))
        openapi_put_staff_errors(e, out);
    for (size_t i = e->body ? 1 : 0; errors[i] != STATUS_OK; i++)
        openapi_put_error_code(errors, i, e, out);
    bool validated = e->path_model || e->query || e->body || e->access == ACCESS_SESSION || e->refuses_body ||
                     (e->method != METHOD_GET && !e->raw_body); /* which refuses a body that it would drop */
    if (validated)
        openapi_put_validation(e, out);
    if (!validated && !openapi_has_client_error(e)) {
        buf_put_text(out, ",\"4XX\":{\"description\":\"Refused by HTTP itself: malformed or too large\",");
        openapi_put_content("", "Error", out);
        buf_put_char(out, '}');
    }
    buf_put_char(out, '}');
}

/* A body that is no JSON has bytes. */
static void openapi_put_raw_body(const struct endpoint *e, struct buf *out) {
    struct str types = str_from(e->raw_body);
    buf_put_text(out, ",\"requestBody\":{\"required\":true,\"content\":{");
    for (bool is_first = true; types.size > 0; is_first = false) {
        struct str type = str_trim(str_cut(&types, ','));
        buf_put_text(out, is_first ? "" : ",");
        buf_put_json(out, type);
        buf_put_text(out, str_equal(type, STR("application/json"))
                              ? ":{\"schema\":{\"type\":\"object\"}}"
                              : ":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}");
    }
    buf_put_text(out, "}}");
}

static void openapi_put_operation(const struct route *route, struct buf *out) {
    const struct endpoint *e = route->endpoint;
    buf_put_char(out, '"');
    openapi_put_method(e, out);
    buf_printf(out, "\":{\"tags\":[\"%s\"],", route->tag);
    openapi_put_member(out, "summary", e->summary);
    if (e->doc) {
        buf_put_char(out, ',');
        openapi_put_member(out, "description", e->doc);
    }
    openapi_put_operation_id(e, out);
    static const char *const security[] = {
        [ACCESS_PUBLIC] = "",
        [ACCESS_SIGN_IN] = "",
        [ACCESS_SESSION] = "{\"session\":[]},{}", /* {} says that a session may be left out */
        [ACCESS_STAFF] = "",
    };
    if (e->access == ACCESS_STAFF && e->any_staff)
        buf_put_text(out, ",\"security\":[{\"staff\":[]}]");
    else if (e->scope != SCOPE_NONE && route->takes_staff)
        buf_printf(out, ",\"security\":[%s%s{\"staff\":[\"%s\"]}]", security[e->access],
                   e->access == ACCESS_STAFF ? "" : ",", scope_names[e->scope]);
    else
        buf_printf(out, ",\"security\":[%s]", security[e->access]);
    openapi_put_parameters(e, out);
    if (e->body) {
        buf_put_text(out, ",\"requestBody\":{\"required\":true,");
        openapi_put_content("", e->body->name, out);
        buf_put_char(out, '}');
    }
    if (e->raw_body)
        openapi_put_raw_body(e, out);
    openapi_put_responses(route, out);
    buf_put_char(out, '}');
}

static bool route_is_documented(const struct route *route) {
    return !route->endpoint->undocumented && !route->is_hidden;
}

/* Writes each path once, with all its methods, in the order of the paths' first rows. */
static void openapi_put_paths(const struct router *router, struct buf *out) {
    size_t paths = 0;
    for (size_t i = 0; i < router->count; i++) {
        const struct endpoint *e = router->routes[i].endpoint;
        bool seen = !route_is_documented(&router->routes[i]);
        for (size_t j = 0; j < i && !seen; j++)
            seen = route_is_documented(&router->routes[j]) &&
                   strcmp(router->routes[j].endpoint->path, e->path) == 0;
        if (seen)
            continue;
        buf_printf(out, "%s\"%s\":{", paths++ ? "," : "", e->path);
        size_t methods = 0;
        for (size_t j = i; j < router->count; j++) {
            const struct endpoint *other = router->routes[j].endpoint;
            if (!route_is_documented(&router->routes[j]) || strcmp(other->path, e->path) != 0)
                continue;
            if (methods++)
                buf_put_char(out, ',');
            openapi_put_operation(&router->routes[j], out);
        }
        buf_put_char(out, '}');
    }
}

enum { schemas_max = 256 };

struct schemas {
    const struct model *models[schemas_max];
    size_t count;
};

/* Writes a model's schema, and before it the schemas of its parts, unless it was written already. */
static void openapi_put_schema(struct schemas *done, const struct model *model, bool written,
                               struct buf *out) {
    for (size_t i = 0; i < done->count; i++)
        if (done->models[i] == model)
            return;
    if (done->count == schemas_max)
        return;
    done->models[done->count++] = model;
    for (size_t i = 0; i < model->count; i++)
        if (model->fields[i].of)
            openapi_put_schema(done, model->fields[i].of, written, out);
    buf_printf(out, "\"%s\":", model->name);
    model_schema(model, written, out);
    buf_put_char(out, ',');
}

/* Writes the schema of an error that has a list beside its sentence, unless it was written already. */
static void openapi_put_list_error(struct schemas *done, struct schemas *errors,
                                   const struct error_list *list, struct buf *out) {
    openapi_put_schema(done, list->model, true, out);
    for (size_t i = 0; i < errors->count; i++)
        if (errors->models[i] == list->model)
            return;
    if (errors->count == schemas_max)
        return;
    errors->models[errors->count++] = list->model;
    buf_printf(out,
               "\"%sError\":{\"type\":\"object\",\"title\":\"%sError\",\"required\":[\"detail\"],"
               "\"properties\":{\"detail\":{\"type\":\"string\",\"title\":\"Detail\"},"
               "\"%s\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/%s\"}}}},",
               list->model->name, list->model->name, list->name, list->model->name);
}

static void openapi_put_components(const struct router *router, struct buf *out) {
    struct schemas done = {.count = 0}, errors = {.count = 0};
    buf_put_text(out, "\"components\":{\"schemas\":{");
    for (size_t i = 0; i < router->count; i++) {
        const struct endpoint *e = router->routes[i].endpoint;
        if (!route_is_documented(&router->routes[i]))
            continue;
        if (e->body)
            openapi_put_schema(&done, e->body, false, out);
        if (e->reply)
            openapi_put_schema(&done, e->reply, true, out);
        if (e->accepted)
            openapi_put_schema(&done, e->accepted, true, out);
        if (e->event)
            openapi_put_schema(&done, e->event, true, out);
        for (size_t n = 0; n < error_lists_max && e->error_lists[n].name; n++)
            openapi_put_list_error(&done, &errors, &e->error_lists[n], out);
    }
    buf_put_text(out, fixed_schemas);
    buf_put_text(out, "},");
    buf_put_text(out, security_schemes);
    buf_put_char(out, '}');
}

static bool tag_is_used(const struct router *router, const char *tag) {
    for (size_t i = 0; i < router->count; i++)
        if (route_is_documented(&router->routes[i]) && strcmp(router->routes[i].tag, tag) == 0)
            return true;
    return false;
}

static void openapi_put_tags(const struct router *router, struct buf *out) {
    const struct endpoint_group *const *groups = router->groups;
    buf_put_text(out, "\"tags\":[");
    size_t tags = 0;
    for (size_t g = 0; groups[g]; g++) {
        if (!groups[g]->doc || !tag_is_used(router, groups[g]->tag))
            continue;
        buf_put_text(out, tags++ ? ",{" : "{");
        openapi_put_member(out, "name", groups[g]->tag);
        buf_put_char(out, ',');
        openapi_put_member(out, "description", groups[g]->doc);
        buf_put_char(out, '}');
    }
    buf_put_text(out, "],");
}

void openapi_write(const struct router *router, struct buf *out) {
    buf_put_text(out,
                 "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Till\",\"version\":\"" TILL_VERSION "\",");
    openapi_put_member(out, "description", description);
    buf_put_text(out,
                 ",\"contact\":{\"name\":\"The Till developers\"},"
                 "\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}},"
                 "\"servers\":[{\"url\":\"/\",\"description\":\"The shop that this document comes from\"}],");
    openapi_put_tags(router, out);
    buf_put_text(out, "\"paths\":{");
    openapi_put_paths(router, out);
    buf_put_text(out, "},");
    openapi_put_components(router, out);
    buf_put_char(out, '}');
}
