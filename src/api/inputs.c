#include "api/inputs.h"

#include "api/card.h"
#include "api/once.h"
#include "model/errors.h"

#include <assert.h>

/* Whether a media type is JSON: application/json or application/…+json, parameters aside (RFC 6839 §3.1). A
 * body without a type is not: a page of another origin can send one unasked, and no client of ours does. */
static bool is_json(struct str content_type) {
    struct str type = str_trim((struct str){content_type.at, str_find(content_type, ';')});
    struct str prefix = STR("application/"), suffix = STR("+json");
    if (str_equal_nocase(type, STR("application/json")))
        return true;
    if (type.size < prefix.size + suffix.size)
        return false;
    return str_equal_nocase((struct str){type.at, prefix.size}, prefix) &&
           str_equal_nocase((struct str){type.at + type.size - suffix.size, suffix.size}, suffix);
}

/* An object of the path's parameters, for the decoder. */
static struct json *path_object(struct arena *arena, const struct match *match) {
    struct json *members = arena_array(arena, match->parameter_count + 1, sizeof *members);
    if (!members)
        return NULL;
    members[0] = (struct json){.kind = JSON_OBJECT, .first = match->parameter_count ? &members[1] : NULL};
    for (size_t i = 0; i < match->parameter_count; i++)
        members[i + 1] = (struct json){
            .kind = JSON_STRING,
            .name = match->names[i],
            .text = match->parameters[i],
            .next = i + 1 < match->parameter_count ? &members[i + 2] : NULL,
        };
    return members;
}

/* Decodes one of the call's inputs into a new struct. STATUS_INVALID leaves its errors in the call. */
static enum status decode(struct call *call, const struct model *model, enum source source,
                          const struct json *value, const void **out) {
    void *decoded = arena_alloc(call->tx.arena, model->size);
    if (!decoded)
        return STATUS_NO_MEMORY;
    *out = decoded;
    return model_decode(model, source, value, decoded, call->tx.arena, &call->errors);
}

/* The headers that an endpoint reads; their errors stand behind those of the query. */
static enum status decode_headers(struct call *call) {
    const struct request *r = call->request;
    if (call->endpoint->access != ACCESS_SESSION)
        return STATUS_OK;
    enum status session = session_read(r->session_id, r->cookies, &call->session, &call->errors);
    enum status key = once_check(call);
    return session != STATUS_OK ? session : key;
}

/* Alone, and without the input that every other error tells again. */
static enum status refuse_card(struct call *call) {
    struct loc body = {.name = STR("body")};
    error_put(&call->errors, "value_error", &body, NULL, "{\"error\":\"the number of a card\"}",
              "Value error, the number of a card must never be sent here: give it to the provider's own "
              "script, and send the id of the payment method that it makes");
    return STATUS_INVALID;
}

enum status inputs_decode(struct call *call, const struct match *match) {
    const struct endpoint *e = call->endpoint;
    struct arena *arena = call->tx.arena;
    assert(!e->body || !e->raw_body);
    struct json *body = NULL, *query = NULL, *path = path_object(arena, match);
    enum status s = path ? STATUS_OK : STATUS_NO_MEMORY;
    if (s == STATUS_OK && e->body)
        s = body_read(arena, call->request->body, is_json(call->request->content_type), &body, &call->errors);
    if (s == STATUS_OK && e->refuses_cards && card_in(body))
        s = refuse_card(call);
    if (s == STATUS_OK && e->query)
        s = query_read(arena, call->request->query, &query);
    if (s != STATUS_OK)
        return s;
    struct {
        const struct model *model;
        enum source source;
        const struct json *value;
        const void **out;
    } inputs[] = {
        {e->path_model, SOURCE_PATH, path, &call->path},
        {e->query, SOURCE_QUERY, query, &call->query},
        {e->body, SOURCE_BODY, body, &call->body},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        enum status one = inputs[i].source == SOURCE_BODY ? decode_headers(call) : STATUS_OK;
        s = one == STATUS_OK ? s : one;
        if (!inputs[i].model)
            continue;
        one = decode(call, inputs[i].model, inputs[i].source, inputs[i].value, inputs[i].out);
        if (one == STATUS_NO_MEMORY)
            return one;
        s = one == STATUS_OK ? s : one;
    }
    return s;
}
