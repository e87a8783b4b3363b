/* What the API says about itself: its OpenAPI document and pages, its health, its metrics. */
#include "api/api.h"
#include "api/assets.h"
#include "api/endpoint.h"
#include "api/internal.h"
#include "base/version.h"
#include "shop/outbox/mail.h"

struct health {
    struct str status, version;
};
static const struct field health_fields[] = {
    TEXT_FIELD(struct health, status, .example = "\"ok\""),
    TEXT_FIELD(struct health, version, .example = "\"" TILL_VERSION "\""),
};
static const struct model health_read = MODEL("Health", struct health, health_fields);

static enum status system_health(struct call *call) {
    struct health *reply = call->attempt.reply;
    *reply = (struct health){STR("ok"), STR(TILL_VERSION)};
    return STATUS_OK;
}

/* Checks that the database can be read, and that the server is not about to stop. */
static enum status system_ready(struct call *call) {
    static const struct sql sql = SQL("SELECT 1");
    const _Atomic bool *draining = call->api->options.draining;
    if (draining && atomic_load(draining))
        return STATUS_STOPPING;
    enum status s = db_exec(call->ctx.db, &sql, NO_ARGS, NULL);
    if (s == STATUS_OK && db_fault(call->ctx.db) != DB_SOUND)
        return STATUS_STORAGE;
    return s == STATUS_OK ? system_health(call) : s;
}

static enum status system_metrics(struct call *call) {
    struct buf text = buf_new(call->ctx.arena);
    api_write_metrics(call->api, &text);
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    call_text(call, STR("text/plain; version=0.0.4; charset=utf-8"), buf_str(&text));
    return STATUS_OK;
}

static enum status system_openapi(struct call *call) {
    call_text(call, STR("application/json"), api_document(call->api));
    return STATUS_OK;
}

/* The docs page has its script and style inline. The policy allows those and requests to this server, and
 * nothing else. */
#define DOCS_POLICY                                                                                          \
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "        \
    "img-src data:; "                                                                                        \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static enum status system_docs(struct call *call) {
    call_header(call, STR("content-security-policy"), STR(DOCS_POLICY));
    call_text(call, STR("text/html; charset=utf-8"), asset_docs_html);
    return STATUS_OK;
}

/* The page that a browser gets at the root has its style inline, and nothing else to load or run. */
#define FRONT_POLICY                                                                                         \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "    \
    "frame-ancestors 'none'"

/* Writes the page. Its only `^` stands for the address of the shop: the storefront's, or if --shop-url names none, the
 * products as the API has them. shop_url has no character that HTML would read (serve/mail_setup.c). */
static enum status system_front_page(struct call *call) {
    struct buf page = buf_new(call->ctx.arena);
    struct str rest = asset_front_page_html, before = str_cut(&rest, '^');
    buf_put(&page, before);
    buf_put(&page, mail_shop_is_apart(&call->ctx) ? mail_shop_url(&call->ctx) : STR("products"));
    buf_put(&page, rest);
    if (!buf_ok(&page))
        return STATUS_NO_MEMORY;
    call_header(call, STR("content-security-policy"), STR(FRONT_POLICY));
    call_header(call, STR("cache-control"), STR("no-cache"));
    call_header(call, STR("vary"), STR("Accept"));
    call_text(call, STR("text/html; charset=utf-8"), buf_str(&page));
    return STATUS_OK;
}

static enum status system_redoc(struct call *call) {
    call_header(call, STR("location"), STR("docs"));
    return STATUS_OK;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/health",
        .summary = "Health",
        .doc = "200 as long as the server answers at all.",
        .lane = LANE_INLINE,
        .reply = &health_read,
        .handle = system_health,
    },
    {
        .method = METHOD_GET,
        .path = "/ready",
        .summary = "Ready",
        .doc =
            "200 when the database can be read and the server is not about to stop, else 503: for a load balancer.",
        .lane = LANE_READER,
        .reply = &health_read,
        .errors = ERRORS(STATUS_STORAGE, STATUS_STOPPING),
        .handle = system_ready,
    },
    {
        .method = METHOD_GET,
        .path = "/metrics",
        .summary = "Metrics",
        .doc = "For Prometheus, in its text format. With `--admin-listen` they are there alone.",
        .access = ACCESS_SIGN_IN,
        .lane = LANE_INLINE,
        .handle = system_metrics,
    },
    {.method = METHOD_GET,
     .path = "/",
     .access = ACCESS_SIGN_IN,
     .for_browsers = true,
     .undocumented = true,
     .handle = system_front_page},
    {.method = METHOD_GET,
     .path = "/openapi.json",
     .cache = &cache_forever,
     .undocumented = true,
     .handle = system_openapi},
    {.method = METHOD_GET,
     .path = "/docs",
     .cache = &cache_forever,
     .undocumented = true,
     .handle = system_docs},
    {.method = METHOD_GET,
     .path = "/redoc",
     .http_status = 307,
     .undocumented = true,
     .handle = system_redoc},
};

const struct endpoint_group system_endpoints = {
    .tag = "system",
    .doc = "For those who run the shop",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
