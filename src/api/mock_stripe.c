/* Stripe's API as far as a shop's payments need it, answered by the mock's account: for trying out clients of
 * Stripe's, Till's own among them, without Stripe. A table of its own, served by `till mock-stripe`.
 *
 * Metadata other than till_payment and till_order is taken and forgotten; every other parameter that is not
 * named here is refused, so that nobody believes that it has worked. */
#include "api/mock_stripe.h"
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/stripe_form.h"
#include "pay/mock.h"
#include "pay/shapes.h"

#include <string.h>

struct path {
    struct str id;
};
static const struct field path_fields[] = {TEXT_FIELD(struct path, id)};
static const struct model path_model = MODEL("StripePath", struct path, path_fields);

/* A call at work, and what it comes to. */
struct answer {
    struct call *call;
    const struct json *form;
    struct mock_account *account;
    struct mock_request request;
    struct mock_intent intent;
    struct mock_refund refund;
    struct mock_refusal refusal;
    struct buf body;
};

typedef enum status operation(struct answer *a);

/* ---- answering ---- */

/* Stripe's number for the request, which its clients show in their errors. */
static enum status tell_request_id(struct call *call) {
    enum { prefix = 4 };
    char *id = arena_alloc(call->tx.arena, prefix + mock_id_size);
    if (!id)
        return STATUS_NO_MEMORY;
    memcpy(id, "req_", prefix);
    mock_make_id(call->tx.random, id + prefix);
    call_header(call, STR("request-id"), (struct str){id, prefix + mock_id_size});
    return STATUS_OK;
}

static enum status send(struct answer *a, int http_status) {
    if (!buf_ok(&a->body))
        return STATUS_NO_MEMORY;
    a->call->response.http_status = http_status;
    call_text(a->call, STR("application/json"), buf_str(&a->body));
    return STATUS_OK;
}

static enum status send_refusal(struct answer *a) {
    shape_refusal(&a->refusal, &a->intent, &a->body);
    return send(a, a->refusal.http_status);
}

/* Refuses before the account was asked. `message` is static. */
static enum status refuse(struct answer *a, int http_status, const char *type, const char *code,
                          const char *param, struct str message) {
    a->refusal = (struct mock_refusal){http_status, type, code, param, message};
    return send_refusal(a);
}

/* What the account said, as Stripe says it. A declined card is an error of its own there: 402. */
static enum status send_intent(struct answer *a, enum status s, bool confirming) {
    if (s == STATUS_PAYMENT_REFUSED)
        return send_refusal(a);
    if (s != STATUS_OK)
        return s;
    bool declined = confirming && a->intent.intent.failure_code.at;
    if (declined)
        shape_decline(&a->intent, &a->body);
    else
        shape_intent(&a->intent, form_expands_charge(a->form), &a->body);
    return send(a, declined ? 402 : 200);
}

static enum status refuse_unknown(struct answer *a, const char *const known[], bool *refused) {
    struct str name = form_unknown(a->form, known);
    struct buf message = buf_new(a->call->tx.arena);
    *refused = name.at != NULL;
    if (!*refused)
        return STATUS_OK;
    buf_printf(&message, "Received unknown parameter: %.*s", (int)(name.size < 100 ? name.size : 100),
               name.at);
    if (!buf_ok(&message))
        return STATUS_NO_MEMORY;
    return refuse(a, 400, "invalid_request_error", "parameter_unknown", NULL, buf_str(&message));
}

/* ---- operations ---- */

static bool read_uuid(const struct json *form, struct str name, struct uuid *out) {
    char reason[uuid_reason_size];
    struct str text = form_text(form, name);
    return !text.at || uuid_parse(text, out, reason);
}

/* Confirms what was just created, with a key of its own. */
static enum status confirm_created(struct answer *a) {
    struct buf key = buf_new(a->call->tx.arena);
    struct mock_request r = {.intent = a->intent.intent.id,
                             .method = form_text(a->form, STR("payment_method"))};
    if (a->request.key.at) {
        buf_put(&key, a->request.key);
        buf_put_text(&key, "\nconfirm");
        r.key = buf_str(&key);
    }
    return buf_ok(&key) ? mock_confirm(a->account, a->call->tx.arena, &r, &a->intent, &a->refusal)
                        : STATUS_NO_MEMORY;
}

static enum status create(struct answer *a) {
    static const char *const known[] = {"amount",         "currency",  "automatic_payment_methods[",
                                        "payment_method", "confirm",   "payment_method_types[",
                                        "description",    "metadata[", NULL};
    bool refused, confirm = str_equal(form_text(a->form, STR("confirm")), STR("true"));
    enum status s = refuse_unknown(a, known, &refused);
    if (refused || s != STATUS_OK)
        return s;
    if (!confirm && form_text(a->form, STR("payment_method")).at)
        return refuse(a, 400, "invalid_request_error", "parameter_unknown", "payment_method",
                      STR("The mock takes a payment_method with confirm=true, or in confirm."));
    struct mock_request *r = &a->request;
    r->currency = form_text(a->form, STR("currency"));
    if (!form_number(a->form, STR("amount"), 0, &r->amount))
        return refuse(a, 400, "invalid_request_error", "parameter_invalid_integer", "amount",
                      STR("Invalid integer"));
    if (!read_uuid(a->form, STR("metadata[till_payment]"), &r->payment) ||
        !read_uuid(a->form, STR("metadata[till_order]"), &r->order))
        return refuse(a, 400, "invalid_request_error", NULL, "metadata",
                      STR("The mock takes UUIDs in till_payment and till_order."));
    s = mock_create(a->account, a->call->tx.arena, r, &a->intent, &a->refusal);
    if (s == STATUS_OK && confirm)
        s = confirm_created(a);
    return send_intent(a, s, confirm);
}

static enum status confirm(struct answer *a) {
    static const char *const known[] = {"payment_method", "return_url", "use_stripe_sdk", NULL};
    bool refused;
    enum status s = refuse_unknown(a, known, &refused);
    if (refused || s != STATUS_OK)
        return s;
    a->request.method = form_text(a->form, STR("payment_method"));
    s = mock_confirm(a->account, a->call->tx.arena, &a->request, &a->intent, &a->refusal);
    return send_intent(a, s, true);
}

static enum status cancel(struct answer *a) {
    static const char *const known[] = {"cancellation_reason", NULL};
    bool refused;
    enum status s = refuse_unknown(a, known, &refused);
    if (refused || s != STATUS_OK)
        return s;
    s = mock_cancel(a->account, a->call->tx.arena, &a->request, &a->intent, &a->refusal);
    return send_intent(a, s, false);
}

static enum status retrieve(struct answer *a) {
    enum status s = mock_retrieve(a->account, a->call->tx.arena, a->request.intent, &a->intent, &a->refusal);
    return send_intent(a, s, false);
}

/* Nothing that can be updated is kept, so this tells the intent as it is. */
static enum status update(struct answer *a) {
    static const char *const known[] = {"description", "metadata[", NULL};
    bool refused;
    enum status s = refuse_unknown(a, known, &refused);
    return refused || s != STATUS_OK ? s : retrieve(a);
}

static enum status list(struct answer *a) {
    struct list page = {0};
    int64_t limit;
    bool more;
    if (!form_number(a->form, STR("limit"), 10, &limit) || limit < 1 || limit > mock_page_max)
        return refuse(a, 400, "invalid_request_error", "parameter_invalid_integer", "limit",
                      STR("This value must be between 1 and 100."));
    enum status s = mock_list(a->account, a->call->tx.arena, form_text(a->form, STR("starting_after")),
                              (size_t)limit, &page, &more, &a->refusal);
    if (s == STATUS_PAYMENT_REFUSED)
        return send_refusal(a);
    if (s != STATUS_OK)
        return s;
    buf_printf(&a->body, "{\"object\":\"list\",\"url\":\"/v1/payment_intents\",\"has_more\":%s,\"data\":[",
               more ? "true" : "false");
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_put_char(&a->body, ',');
        shape_intent(&((const struct mock_intent *)page.at)[i], false, &a->body);
    }
    buf_put_text(&a->body, "]}");
    return send(a, 200);
}

static enum status send_refund(struct answer *a, enum status s) {
    if (s == STATUS_PAYMENT_REFUSED)
        return send_refusal(a);
    if (s == STATUS_OK)
        shape_refund(&a->refund, &a->body);
    return s == STATUS_OK ? send(a, 200) : s;
}

static enum status refund(struct answer *a) {
    static const char *const known[] = {"payment_intent", "amount", "reason", "metadata[", NULL};
    bool refused;
    enum status s = refuse_unknown(a, known, &refused);
    if (refused || s != STATUS_OK)
        return s;
    a->request.intent = form_text(a->form, STR("payment_intent"));
    if (!form_number(a->form, STR("amount"), 0, &a->request.amount))
        return refuse(a, 400, "invalid_request_error", "parameter_invalid_integer", "amount",
                      STR("Invalid integer"));
    s = mock_refund(a->account, a->call->tx.arena, &a->request, &a->intent, &a->refund, &a->refusal);
    a->intent = (struct mock_intent){0}; /* Stripe's refund tells the intent's id alone */
    return send_refund(a, s);
}

static enum status retrieve_refund(struct answer *a) {
    return send_refund(
        a, mock_retrieve_refund(a->account, a->call->tx.arena, a->request.intent, &a->refund, &a->refusal));
}

/* ---- a call ---- */

/* On the writer, which has nothing to do here. */
static enum status check(struct call *call) {
    struct answer a = {.call = call, .body = buf_new(call->tx.arena)};
    if (stripe_authorized(call->tx.arena, call->request->authorization))
        return STATUS_OK;
    call_end(call);
    return refuse(&a, 401, "invalid_request_error", NULL, NULL,
                  STR("Give a secret key for tests, such as sk_test_123, as a bearer or as the user of Basic "
                      "authentication."));
}

/* The answer of Stripe that a fault stands for; nothing was done. */
static enum status send_fault(struct answer *a, enum fault fault) {
    if (fault == FAULT_CONFLICT)
        return refuse(a, 409, "invalid_request_error", "lock_timeout", NULL,
                      STR("This object cannot be accessed right now because another API request or Stripe "
                          "process is currently accessing it."));
    if (fault == FAULT_RATE_LIMIT)
        return refuse(a, 429, "invalid_request_error", "rate_limit", NULL,
                      STR("Request rate limit exceeded."));
    return refuse(a, 500, "api_error", NULL, NULL, STR("Something went wrong on Stripe's end."));
}

/* On a thread that may wait for the disk. */
static enum status run(struct call *call, enum call_kind kind, operation *operate) {
    struct provider *mock = api_provider(call->api);
    const struct path *path = call->path;
    struct answer a = {
        .call = call,
        .account = mock_account_of(mock),
        .request = {.key = call->request->idempotency_key, .intent = path ? path->id : (struct str){0}},
        .body = buf_new(call->tx.arena),
    };
    enum status s = stripe_form(call, &a.form);
    if (s == STATUS_OK)
        s = tell_request_id(call);
    if (s != STATUS_OK)
        return s;
    enum fault fault = faults_meet(mock_faults_of(mock), kind);
    if (fault != FAULT_NONE && fault != FAULT_LOST_REPLY)
        return send_fault(&a, fault);
    s = operate(&a);
    if (fault == FAULT_LOST_REPLY &&
        s == STATUS_OK) { /* as a proxy says it that has lost the server behind */
        call->response.http_status = 502;
        call_text(call, STR("text/plain"), STR("Bad Gateway"));
    }
    return s;
}

#define OPERATION(name, kind)                                                                                \
    static enum status provide_##name(struct call *call) {                                                   \
        return run(call, kind, name);                                                                        \
    }
OPERATION(create, CALL_CREATE)
OPERATION(confirm, CALL_CONFIRM)
OPERATION(cancel, CALL_CANCEL)
OPERATION(retrieve, CALL_RETRIEVE)
OPERATION(update, CALL_RETRIEVE)
OPERATION(list, CALL_RETRIEVE)
OPERATION(refund, CALL_REFUND)
OPERATION(retrieve_refund, CALL_RETRIEVE)

static enum status settle(struct call *call) {
    return call->provided;
}

#define ROW(method_, path_, model_, operation_)                                                              \
    {                                                                                                        \
        .method = METHOD_##method_, .path = path_, .runs = RUNS_WRITE, .path_model = model_,                 \
        .http_status = 200, .undocumented = true, .handle = check, .provide = provide_##operation_,          \
        .settle = settle                                                                                     \
    }

static const struct endpoint rows[] = {
    ROW(POST, "/v1/payment_intents", NULL, create),
    ROW(GET, "/v1/payment_intents", NULL, list),
    ROW(GET, "/v1/payment_intents/{id}", &path_model, retrieve),
    ROW(POST, "/v1/payment_intents/{id}", &path_model, update),
    ROW(POST, "/v1/payment_intents/{id}/confirm", &path_model, confirm),
    ROW(POST, "/v1/payment_intents/{id}/cancel", &path_model, cancel),
    ROW(POST, "/v1/refunds", NULL, refund),
    ROW(GET, "/v1/refunds/{id}", &path_model, retrieve_refund),
};

static const struct endpoint_group group = {.rows = rows, .count = sizeof rows / sizeof *rows};

const struct endpoint_group *const mock_stripe_endpoints[] = {&group, NULL};
