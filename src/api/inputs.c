#include "api/inputs.h"

#include "api/idempotency.h"
#include "model/errors.h"
#include "pay/card.h"

#include <assert.h>

/* Returns whether a media type is JSON: application/json or application/…+json, without regard to parameters
 * (RFC 6839 §3.1). A body without a type is not JSON: a page of another origin may send one without a
 * preflight. */
static bool media_type_is_json(struct str content_type) {
    struct str type = str_trim((struct str){content_type.data, str_find(content_type, ';')});
    struct str prefix = STR("application/"), suffix = STR("+json");
    if (str_equal_nocase(type, STR("application/json")))
        return true;
    if (type.size < prefix.size + suffix.size)
        return false;
    return str_equal_nocase((struct str){type.data, prefix.size}, prefix) &&
           str_equal_nocase((struct str){type.data + type.size - suffix.size, suffix.size}, suffix);
}

/* Returns the path's parameters as a JSON object of strings, for the decoder. NULL without memory. */
static struct json *inputs_path_object(struct arena *arena, const struct match *match) {
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

/* Decodes one of the call's inputs into a new struct. STATUS_INVALID, with the errors in call->errors. */
static enum status inputs_decode_one(struct call *call, const struct model *model, enum source source,
                                     const struct json *value, const void **out) {
    void *decoded = arena_alloc(call->ctx.arena, model->size);
    if (!decoded)
        return STATUS_NO_MEMORY;
    *out = decoded;
    return model_decode(model, source, value, decoded, call->ctx.arena, &call->errors);
}

/* Returns what the decoded query asks for beside the fields that are always there. */
static uint32_t inputs_asked(const struct model *query, const void *decoded) {
    uint32_t asked = 0;
    for (size_t i = 0; query && decoded && i < query->count; i++)
        if (query->fields[i].kind == KIND_NAME_SET)
            asked |= *(const uint32_t *)(const void *)((const char *)decoded + query->fields[i].offset);
    return asked;
}

/* Reads the session and checks the key; their errors come after those of the query. */
static enum status inputs_decode_headers(struct call *call) {
    const struct request *r = call->request;
    enum status session = STATUS_OK;
    if (call->endpoint->access == ACCESS_SESSION)
        session = session_read(r->session_id, r->cookies, &call->session, &call->errors);
    enum status key = idempotency_check(call);
    return session != STATUS_OK ? session : key;
}

/* Refuses a body with a card's number. This is the only error reported, and it does not echo its input as
 * others do, because the answer may be logged. */
static enum status inputs_refuse_card(struct call *call) {
    struct loc body = {.name = STR("body")};
    error_put(&call->errors, "value_error", &body, NULL, "{\"error\":\"the number of a card\"}",
              "Value error, the number of a card must never be sent here: give it to the provider's own "
              "script, and send the id of the payment method that it makes");
    return STATUS_INVALID;
}

/* Refuses a body that an endpoint without a body model would drop, because a client that sends one expects it
 * to have an effect: `{"amount": 1}` to a refund of the whole order. An empty body and `{}` are accepted. The
 * error is that of a Pydantic model that forbids extra fields. */
static enum status inputs_refuse_unused_body(struct call *call) {
    const struct endpoint *e = call->endpoint;
    const struct request *r = call->request;
    struct json *body = NULL;
    if (e->body || e->raw_body || e->method == METHOD_GET || str_equal(str_trim(r->body), STR("{}")))
        return STATUS_OK;
    enum status s =
        body_read(call->ctx.arena, r->body, media_type_is_json(r->content_type), &body, &call->errors);
    if (s != STATUS_OK || !body || (body->kind == JSON_OBJECT && !body->first))
        return s;
    if (card_in(body))
        return inputs_refuse_card(call);
    struct loc root = {.name = STR("body")}, member = {.parent = &root};
    bool has_member = body->kind == JSON_OBJECT;
    if (has_member)
        member.name = body->first->name;
    error_put(&call->errors, "extra_forbidden", has_member ? &member : &root, has_member ? body->first : body,
              NULL, "Extra inputs are not permitted");
    return STATUS_INVALID;
}

/* FastAPI reports the errors of all inputs at once, in the order path, query, headers, body. So each input is
 * decoded even if an earlier one was invalid; only a body that is not JSON, and a card, are reported
 * alone. */
enum status inputs_decode(struct call *call, const struct match *match) {
    const struct endpoint *e = call->endpoint;
    struct arena *arena = call->ctx.arena;
    assert(!e->body || !e->raw_body);
    struct json *body = NULL, *query = NULL, *path = inputs_path_object(arena, match);
    enum status s = STATUS_OK;
    if (!path)
        return STATUS_NO_MEMORY;
    if (e->body)
        TRY(body_read(arena, call->request->body, media_type_is_json(call->request->content_type), &body,
                      &call->errors));
    if (e->refuses_cards && card_in(body))
        return inputs_refuse_card(call);
    if (e->query)
        TRY(query_read(arena, call->request->query, &query));
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
        enum status one = inputs[i].source == SOURCE_BODY ? inputs_decode_headers(call) : STATUS_OK;
        s = one == STATUS_OK ? s : one;
        if (!inputs[i].model)
            continue;
        one = inputs_decode_one(call, inputs[i].model, inputs[i].source, inputs[i].value, inputs[i].out);
        if (one == STATUS_NO_MEMORY)
            return one;
        s = one == STATUS_OK ? s : one;
    }
    call->asked = inputs_asked(e->query, call->query);
    enum status unused = inputs_refuse_unused_body(call);
    return unused == STATUS_OK ? s : unused;
}
