/* Stripe's API as far as a shop's payments need it, answered by the mock's account: for trying out clients of
 * Stripe's, Till's own among them, without Stripe. `till mock-stripe` serves it.
 *
 * Each request takes two of an endpoint's steps (api/endpoint.h):
 *
 *     prepare  on the writer of the mock's books: takes a fault, runs the operation in the transaction that is
 *              open, and writes the answer's body
 *     call     on a provider's worker, once that transaction is durable: sleeps for the latency, sends the
 *              events, and gives the answer away or loses it
 *
 * Metadata other than till_payment, till_order and till_refund is accepted and forgotten. Every other parameter that a row
 * does not name is refused, so that a client does not believe that it works. */
#include "api/mock_stripe/mock_stripe.h"

#include "api/internal.h"
#include "api/router.h"
#include "base/crypto/base64.h"
#include "base/json.h"
#include "pay/intent.h"
#include "pay/mock/mock.h"
#include "pay/mock/stripe_json.h"

enum { credentials_bytes_max = 1024, number_digits_max = 15 };

struct port_path {
    struct str id;
};
static const struct field port_path_fields[] = {TEXT_FIELD(struct port_path, id)};
static const struct model port_path_model = MODEL("StripePath", struct port_path, port_path_fields);

/* A request between its two steps. */
struct port_call {
    struct json *form; /* an object of strings */
    struct mock_call call;
    struct mock_call created; /* of a creation that confirms too: `call` is then the confirm */
    enum fault fault;
    bool is_authorized; /* else it is refused at the door, and meets no fault */
    int http_status;
    struct buf body;
};

/* ---- requests: a key in Authorization, and a form in the body or the query ---- */

/* The user of Basic's `user:password`, which is in base64; absent if it is not. */
static struct str basic_user(struct arena *arena, struct str credentials) {
    if (credentials.size == 0 || credentials.size > credentials_bytes_max || credentials.size % 4 != 0)
        return (struct str){0};
    uint8_t *bytes = arena_alloc(arena, credentials.size);
    size_t size = 0;
    if (!bytes || !base64_read(credentials, bytes, &size))
        return (struct str){0};
    struct str text = {(const char *)bytes, size};
    return str_cut(&text, ':');
}

/* Whether the request carries a secret key for tests, sk_test_…, as a bearer or as the user of Basic. */
static bool port_authorized(struct arena *arena, const struct request *request) {
    struct str key = request_credentials(request, STR("bearer ")), prefix = STR("sk_test_");
    if (!key.data)
        key = basic_user(arena, request_credentials(request, STR("basic ")));
    return key.data && str_starts(key, prefix) && key.size > prefix.size;
}

/* Reads a field that is a whole number; `absent` if there is no such field, false if it is something else. */
static bool form_number(const struct json *form, const char *name, int64_t absent, int64_t *out) {
    struct str text = json_member_text(form, name);
    bool negative = str_starts(text, STR("-"));
    *out = absent;
    if (!text.data)
        return true;
    if (text.size > number_digits_max || !str_to_int(str_skip(text, negative), INT64_MAX, out))
        return false;
    *out = negative ? -*out : *out;
    return true;
}

/* Reads a list's bounds of `created`: the second itself, or from gte or gt to lte or lt. */
static bool form_created(const struct json *form, struct mock_call *c) {
    int64_t exactly, after, before, from, to;
    if (!form_number(form, "created", -1, &exactly) || !form_number(form, "created[gt]", -1, &after) ||
        !form_number(form, "created[gte]", 0, &from) ||
        !form_number(form, "created[lt]", INT64_MAX, &before) ||
        !form_number(form, "created[lte]", INT64_MAX, &to))
        return false;
    c->created_from_s = exactly >= 0 ? exactly : after >= from ? after + 1 : from;
    c->created_to_s = exactly >= 0 ? exactly : before <= to && before != INT64_MAX ? before - 1 : to;
    return true;
}

/* Reads a field that is a UUID; `*out` stays if there is no such field, false if it is something else. */
static bool form_uuid(const struct json *form, const char *name, struct uuid *out) {
    struct str text = json_member_text(form, name);
    return !text.data || uuid_parse(text, out, NULL);
}

/* Whether latest_charge is to be expanded (`expand[]` or `expand[0]`). */
static bool form_expands_charge(const struct json *form) {
    for (const struct json *f = form->first; f; f = f->next)
        if (str_starts(f->name, STR("expand[")) && str_equal(f->text, STR("latest_charge")))
            return true;
    return false;
}

/* The name of the first field that is not in a list with blanks between, in which `name[` stands for all names that start
 * so; absent if there is no such field. */
static struct str form_unknown(const struct json *form, const char *known) {
    for (const struct json *f = form->first; f; f = f->next) {
        bool is_known = str_starts(f->name, STR("expand["));
        for (struct str rest = str_from(known); rest.size > 0 && !is_known;) {
            struct str one = str_cut(&rest, ' ');
            is_known =
                str_starts(f->name, one) && (one.data[one.size - 1] == '[' || one.size == f->name.size);
        }
        if (!is_known)
            return f->name;
    }
    return (struct str){0};
}

/* ---- the table ---- */

static enum status port_prepare(struct call *call);
static enum status port_answer(struct call *call);

#define PORT_ROW(method_, path_, model_)                                                                     \
    .method = METHOD_##method_, .path = path_, .lane = LANE_WRITER, .path_model = model_,                    \
    .headers = {"idempotency-key"}, .raw_body = "application/x-www-form-urlencoded", .undocumented = true,   \
    .prepare = port_prepare, .call = port_answer

static const struct endpoint port_rows[] = {
    {PORT_ROW(POST, "/v1/payment_intents", NULL)},
    {PORT_ROW(GET, "/v1/payment_intents", NULL)},
    {PORT_ROW(GET, "/v1/payment_intents/{id}", &port_path_model)},
    {PORT_ROW(POST, "/v1/payment_intents/{id}/confirm", &port_path_model)},
    {PORT_ROW(POST, "/v1/payment_intents/{id}/cancel", &port_path_model)},
    {PORT_ROW(POST, "/v1/refunds", NULL)},
    {PORT_ROW(GET, "/v1/refunds", NULL)},
    {PORT_ROW(GET, "/v1/refunds/{id}", &port_path_model)},
};

/* Row by row: the operation, its kind for the faults, and the parameters that it takes. */
static const struct port_operation {
    const struct mock_operation *run;
    enum call_kind kind;
    const char *known;
} port_operations[sizeof port_rows / sizeof *port_rows] = {
    {&mock_create, CALL_CREATE,
     "amount currency automatic_payment_methods[ payment_method confirm payment_method_types[ description "
     "metadata[ receipt_email shipping[name] shipping[phone] shipping[address][line1] shipping[address][line2] "
     "shipping[address][city] shipping[address][state] shipping[address][postal_code] "
     "shipping[address][country]"},
    {&mock_list, CALL_RETRIEVE, "limit starting_after ending_before created created["},
    {&mock_retrieve, CALL_RETRIEVE, "client_secret"},
    {&mock_confirm, CALL_CONFIRM, "payment_method return_url use_stripe_sdk"},
    {&mock_cancel, CALL_CANCEL, "cancellation_reason"},
    {&mock_refund, CALL_REFUND, "payment_intent amount reason metadata["},
    {&mock_list_refunds, CALL_RETRIEVE, "payment_intent limit starting_after"},
    {&mock_retrieve_refund, CALL_RETRIEVE, ""},
};

static const struct endpoint_group port_group = {.rows = port_rows,
                                                 .count = sizeof port_rows / sizeof *port_rows};

const struct endpoint_group *const mock_stripe_endpoints[] = {&port_group, NULL};

static const struct port_operation *port_operation_of(const struct call *call) {
    return &port_operations[call->endpoint - port_rows];
}

/* ---- answers ---- */

void mock_stripe_write_error(struct buf *out, const struct call *call) {
    static const struct mock_intent absent;
    const struct request *r = call->request;
    struct buf message = buf_new(call->ctx.arena);
    if (call->status == STATUS_NOT_FOUND)
        buf_printf(&message, "Unrecognized request URL (%s: %.*s): the mock does not have it.",
                   method_name(r->method).data, MOCK_ECHO(r->path));
    else
        buf_put_text(&message, status_text(call->status));
    bool is_fault = status_http(call->status) >= 500;
    stripe_json_refusal(out,
                        &(struct mock_refusal){.type = is_fault ? "api_error" : "invalid_request_error",
                                               .message = buf_str(&message)},
                        &absent);
}

static void port_put_list(struct port_call *p) {
    const struct mock_call *c = &p->call;
    const struct mock_intent *intents = c->page.data;
    const struct mock_refund *refunds = c->refunds.data;
    buf_printf(&p->body, "{\"object\":\"list\",\"url\":\"/v1/%s\",\"has_more\":%s,\"data\":[",
               refunds ? "refunds" : "payment_intents", c->more ? "true" : "false");
    for (size_t i = 0; i < (refunds ? c->refunds.count : c->page.count); i++) {
        if (i > 0)
            buf_put_char(&p->body, ',');
        if (refunds)
            stripe_json_refund(&p->body, &c->change.intent, &refunds[i]);
        else
            stripe_json_intent(&p->body, &intents[i], false);
    }
    buf_put_text(&p->body, "]}");
}

/* Writes the outcome of an operation. A declined card is an error of its own at Stripe: 402. */
static void port_put_outcome(struct port_call *p, const struct port_operation *operation, enum status s) {
    const struct mock_call *c = &p->call;
    static const struct mock_intent absent;
    bool declined = c->change.intent.intent.failure_code.data &&
                    (operation->kind == CALL_CONFIRM || p->created.change.intent.intent.id.data);
    p->http_status = s == STATUS_PAYMENT_REFUSED ? c->refusal.http_status : declined ? 402 : 200;
    if (s == STATUS_PAYMENT_REFUSED) /* a refund's error does not carry the intent */
        stripe_json_refusal(&p->body, &c->refusal,
                            operation->kind == CALL_REFUND ? &absent : &c->change.intent);
    else if (c->page.data || c->refunds.data)
        port_put_list(p);
    else if (c->change.refund.id.data)
        stripe_json_refund(&p->body, &c->change.intent, &c->change.refund);
    else if (declined)
        stripe_json_decline(&p->body, &c->change.intent);
    else
        stripe_json_intent(&p->body, &c->change.intent, form_expands_charge(p->form));
}

/* ---- the operation ---- */

/* Reads every parameter that any operation knows; those of the others are absent. */
static enum status port_read(struct port_call *p) {
    struct mock_call *c = &p->call;
    c->currency = json_member_text(p->form, "currency");
    c->method = json_member_text(p->form, "payment_method");
    for (int i = 0; i < CONTACT_FIELD_COUNT; i++)
        c->contact.fields[i] = json_member_text(p->form, contact_field_names[i]);
    if (!c->id.data)
        c->id = json_member_text(p->form, "payment_intent");
    c->ending_before = json_member_text(p->form, "ending_before");
    c->starting_after = json_member_text(p->form, "starting_after");
    if (!form_number(p->form, "limit", 10, &c->limit) || c->limit < 1 || c->limit > mock_page_max)
        return mock_refuse(c, 400, "parameter_invalid_integer", "limit",
                           "This value must be between 1 and 100.");
    if (!form_created(p->form, c))
        return mock_refuse(c, 400, "parameter_invalid_integer", "created", "Invalid integer");
    if (!form_number(p->form, "amount", 0, &c->amount))
        return mock_refuse(c, 400, "parameter_invalid_integer", "amount", "Invalid integer");
    if (!form_uuid(p->form, "metadata[till_payment]", &c->payment) ||
        !form_uuid(p->form, "metadata[till_order]", &c->order) ||
        !form_uuid(p->form, "metadata[till_refund]", &c->till_refund))
        return mock_refuse(c, 400, NULL, "metadata",
                           "The mock takes UUIDs in till_payment, till_order and till_refund.");
    return STATUS_OK;
}

/* Creates an intent and, if the request says so, confirms it with a key of its own. */
static enum status port_create(struct port_call *p) {
    struct mock_call *c = &p->call, confirm = *c;
    bool confirms = str_equal(json_member_text(p->form, "confirm"), STR("true"));
    struct buf key = buf_new(c->arena);
    if (c->method.data && !confirms)
        return mock_refuse(c, 400, "parameter_unknown", "payment_method",
                           "The mock takes a payment_method with confirm=true, or in confirm.");
    c->method = (struct str){0}; /* it is the confirm's */
    enum status s = mock_operate(c);
    if (s != STATUS_OK || !confirms)
        return s;
    if (c->key.data)
        buf_printf(&key, "%.*s\nconfirm", (int)c->key.size, c->key.data);
    confirm.operation = &mock_confirm;
    confirm.key = buf_str(&key);
    confirm.id = c->change.intent.intent.id;
    p->created = *c;
    *c = confirm;
    return buf_ok(&key) ? mock_operate(c) : STATUS_NO_MEMORY;
}

/* Refuses with the answer of Stripe's that a fault stands for. */
static enum status port_refuse_fault(struct port_call *p) {
    if (p->fault == FAULT_CONFLICT)
        return mock_refuse(&p->call, 409, "lock_timeout", NULL,
                           "This object cannot be accessed right now because another API request or Stripe "
                           "process is currently accessing it.");
    if (p->fault == FAULT_RATE_LIMIT)
        return mock_refuse(&p->call, 429, "rate_limit", NULL, "Request rate limit exceeded.");
    return mock_refuse(&p->call, 500, NULL, NULL, "Something went wrong on Stripe's end.");
}

static enum status port_operate(struct port_call *p, const struct port_operation *operation) {
    if (fault_prevents(p->fault))
        return port_refuse_fault(p);
    struct str unknown = form_unknown(p->form, operation->known);
    if (unknown.data)
        return mock_refuse(&p->call, 400, "parameter_unknown", NULL, "Received unknown parameter: %.*s",
                           MOCK_ECHO(unknown));
    enum status s = port_read(p);
    return s == STATUS_OK ? operation->kind == CALL_CREATE ? port_create(p) : mock_operate(&p->call) : s;
}

/* ---- steps ---- */

/* Makes the request's state, with its form read. */
static enum status port_begin(struct call *call, struct port_call **out) {
    const struct request *r = call->request;
    const struct port_path *path = call->path;
    struct arena *arena = call->ctx.arena;
    struct port_call *p = call->state = *out = ARENA_NEW(arena, struct port_call);
    if (!p)
        return STATUS_NO_MEMORY;
    p->body = buf_new(arena);
    p->is_authorized = port_authorized(arena, r);
    p->call = (struct mock_call){.operation = port_operation_of(call)->run,
                                 .db = call->ctx.db,
                                 .arena = arena,
                                 .clock = call->ctx.clock,
                                 .random = call->ctx.random,
                                 .key = request_header(r, STR("idempotency-key")),
                                 .id = path ? path->id : (struct str){0}};
    return query_read(arena, r->method == METHOD_POST ? r->body : r->query, &p->form);
}

static enum status port_prepare(struct call *call) {
    const struct port_operation *operation = port_operation_of(call);
    struct port_call *p;
    enum status s = port_begin(call, &p);
    if (s != STATUS_OK)
        return s;
    if (p->is_authorized) {
        p->fault = faults_take(mock_faults_of(call->api->options.provider), operation->kind);
        s = port_operate(p, operation);
    } else {
        s = mock_refuse(&p->call, 401, NULL, NULL,
                        "Give a secret key for tests, such as sk_test_123, as a bearer or as the user of "
                        "Basic authentication.");
    }
    if (s != STATUS_OK && s != STATUS_PAYMENT_REFUSED)
        return s;
    port_put_outcome(p, operation, s);
    return buf_ok(&p->body) ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status port_answer(struct call *call) {
    struct provider *mock = call->api->options.provider;
    const struct port_call *p = call->state;
    struct str request_id = mock_make_id(call->ctx.random, call->ctx.arena, "req_");
    bool lost = p->fault == FAULT_LOST_REPLY;
    if (p->is_authorized) {
        faults_wait(mock_faults_of(mock), port_operation_of(call)->kind);
        call_header(call, STR("request-id"), request_id); /* Stripe's clients show it in their errors */
    }
    if (p->call.is_replayed || p->created.is_replayed)
        call_header(call, STR("idempotent-replayed"), STR("true"));
    mock_send_event(mock, &p->created);
    mock_send_event(mock, &p->call);
    call->attempt.response.http_status = lost ? 502 : p->http_status;
    if (lost) /* as a proxy answers that has lost the server behind it */
        call_text(call, STR("text/plain"), STR("Bad Gateway"));
    else
        call_text(call, STR("application/json"), buf_str(&p->body));
    return request_id.data ? STATUS_OK : STATUS_NO_MEMORY;
}
