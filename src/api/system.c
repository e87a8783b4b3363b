/* What the API says about itself: its document, its pages, whether it is well. */
#include "api/api.h"
#include "api/assets.h"
#include "api/endpoint.h"
#include "api/internal.h"
#include "base/version.h"

struct health {
    struct str status, version;
};
static const struct field health_fields[] = {
    TEXT_FIELD(struct health, status, .example = "\"ok\""),
    TEXT_FIELD(struct health, version, .example = "\"" TILL_VERSION "\""),
};
static const struct model health_read = MODEL("Health", struct health, health_fields);

static enum status health(struct call *call) {
    struct health *reply = call->reply;
    *reply = (struct health){STR("ok"), STR(TILL_VERSION)};
    return STATUS_OK;
}

static enum status ready(struct call *call) {
    static const struct sql sql = {"SELECT 1", NULL};
    if (api_leaving(call->api))
        return STATUS_STOPPING;
    enum status s = db_exec(call->tx.db, &sql, NO_ARGS, NULL);
    return s == STATUS_OK ? health(call) : s;
}

static enum status metrics(struct call *call) {
    struct buf text = buf_new(call->tx.arena);
    api_write_metrics(call->api, &text);
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    call_text(call, STR("text/plain; version=0.0.4; charset=utf-8"), buf_str(&text));
    return STATUS_OK;
}

static enum status openapi(struct call *call) {
    call_text(call, STR("application/json"), api_document(call->api));
    return STATUS_OK;
}

/* The page is all inline, so it may run its own script and talk to this server, and nothing else. */
#define DOCS_POLICY                                                                                          \
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "        \
    "img-src data:; "                                                                                        \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static enum status docs(struct call *call) {
    call_header(call, STR("content-security-policy"), STR(DOCS_POLICY));
    call_text(call, STR("text/html; charset=utf-8"), asset_docs_html);
    return STATUS_OK;
}

static enum status redoc(struct call *call) {
    call_header(call, STR("location"), STR("/docs"));
    return STATUS_OK;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/health",
        .tag = "system",
        .summary = "Health",
        .doc = "200 as long as the server answers at all.",
        .runs = RUNS_NOWHERE,
        .reply = &health_read,
        .http_status = 200,
        .handle = health,
    },
    {
        .method = METHOD_GET,
        .path = "/ready",
        .tag = "system",
        .summary = "Ready",
        .doc =
            "200 when the database can be read and the server is not about to stop, else 503: for a load balancer.",
        .runs = RUNS_READ,
        .reply = &health_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_STORAGE, STATUS_STOPPING),
        .handle = ready,
    },
    {
        .method = METHOD_GET,
        .path = "/metrics",
        .tag = "system",
        .summary = "Metrics",
        .doc = "For Prometheus, in its text format.",
        .runs = RUNS_NOWHERE,
        .http_status = 200,
        .handle = metrics,
    },
    {.method = METHOD_GET,
     .path = "/openapi.json",
     .http_status = 200,
     .cache = CACHE_LASTING,
     .undocumented = true,
     .handle = openapi},
    {.method = METHOD_GET,
     .path = "/docs",
     .http_status = 200,
     .cache = CACHE_LASTING,
     .undocumented = true,
     .handle = docs},
    {.method = METHOD_GET, .path = "/redoc", .http_status = 307, .undocumented = true, .handle = redoc},
};

const struct endpoint_group system_endpoints = {
    .tag = "system",
    .doc = "For those who run the shop",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
