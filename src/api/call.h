/* One request on its way through the API, free of sockets: the server, the tests, the fuzzers and the
 * simulator all fill a struct request, drive a struct call, and read a struct response.
 *
 *     api_begin(api, &call, &request, arena);           routes, checks access, decodes, validates
 *     while (call.lane != LANE_INLINE) {
 *         status = api_step_run(&call, db);             one try of the next step, in the caller's transaction
 *         api_step_done(&call, status);                 after that transaction is committed or undone
 *     }
 *     api_finish(&call);                                renders call.attempt.response
 *
 * Most endpoints have one step. Those that call the payment provider have three, because no transaction may
 * be open while another server is waited for:
 *
 *     STEP_PREPARE (a write)  →  STEP_CALL (no transaction)  →  STEP_APPLY (a write)
 *            │                         ↑                             │
 *            └─ call_end: done         └────── call_again ───────────┴─ done
 *
 * A database may undo a transaction and ask for it again. So all that one try of a step produces is in struct
 * attempt, which api_step_run clears: a retry needs no undo of its own. What must last from one step to the
 * next is in `state`, which only steps that were committed have written for good. */
#pragma once

#include "api/session.h"
#include "base/ip/forwarded.h"
#include "shop/shop_ctx.h"
#include "shop/staff/actor.h"

enum method {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_OPTIONS,
    METHOD_OTHER, /* that no endpoint has */
    METHOD_COUNT
};

struct header {
    struct str name, value;
};

enum { request_headers_max = 4, response_headers_max = 16 };

/* Names of headers in lower case. */
struct header_names {
    struct str names[request_headers_max];
    size_t count;
};

/* What the client sent. Everything points into memory that outlives the call. HEAD is GET, and the server
 * then leaves out the body of the answer. */
struct request {
    enum method method;
    struct str path;  /* of the target, percent-encoded as sent */
    struct str query; /* without its `?`; absent or empty if the target has no query */
    struct str content_type;
    struct str authorization;
    struct str session_id, cookies;     /* X-Session-Id and Cookie */
    struct str host;                    /* Host; absent only in HTTP/1.0 */
    struct str origin;                  /* of the page that asks, if a browser says so */
    struct str sec_fetch_site;          /* where that page is from: `same-origin`, `cross-site` … */
    struct str if_none_match;           /* the first one; the cache compares it for answers that it keeps */
    struct str user_agent;              /* any text: cut and clean it before it is kept */
    struct str accept, accept_encoding; /* the first one, if a client sends several */
    struct str id; /* X-Request-Id, or what the server made up; absent in tests and for a kept answer */
    struct client_address client; /* the peer, or whom a trusted proxy names */
    bool secure;                  /* the client used TLS, according to the proxy */
    bool is_forwarded;            /* a proxy says that it is in between: the client may know another path */
    struct str body;
    struct header headers[request_headers_max]; /* those that a row lists, if the client sent them */
    size_t header_count;
};

/* What is sent back. All of it is in the call's arena or static. */
struct response {
    int http_status;
    struct str content_type; /* absent: no body */
    struct str body;
    struct header headers[response_headers_max];
    size_t header_count;
    bool is_unkept; /* the server's cache leaves it out although the row has a rule, because it is large */
    bool is_stream; /* `body` is only its beginning: the server goes on with texts of the API's broadcast */
    int64_t stream_after; /* of a stream: behind which number (base/thread/broadcast.h) */
};

/* The thread that a step runs on, and with it the connection to the database. */
enum lane {
    LANE_INLINE, /* the event loop's thread, without a connection: the handler takes microseconds */
    LANE_READER, /* the event loop's thread, on its own connection: microseconds too */
    LANE_SEARCH, /* a searcher's thread: it may take milliseconds */
    LANE_WRITER, /* the writer, in a savepoint that is undone unless the step returns STATUS_OK */
    LANE_PROVIDER, /* a thread that may wait for the payment provider, or hash passwords, without a connection */
};

/* The endpoint's function that runs next. Endpoints with one function have STEP_PREPARE alone. Before it, STEP_ACCESS looks
 * up a key or a session of the staff if the endpoint's own lane is not where these are read. STEP_RECHECK is the only one of a
 * call that looks whether a stream may go on (api_recheck_begin). */
enum step { STEP_PREPARE, STEP_CALL, STEP_APPLY, STEP_ACCESS, STEP_RECHECK };

/* A list in the body of an error, beside `detail`. */
struct error_list {
    const char *name; /* its member's name; NULL: no list */
    const struct model *model;
    struct list list;
};

struct access_rules; /* api/access.h */
struct api;
struct endpoint;

/* What one try of a step produces. It is zero at the start of a try. */
struct attempt {
    /* A zeroed struct of the reply's model, or a struct list, for the handler to fill. NULL without a
     * model. */
    void *reply;
    struct error_list error_list;
    struct response response;
    enum status failure; /* the error to answer with although the step is committed; STATUS_OK: no error */
    bool ended;          /* no step follows this one */
    bool rendered;       /* the reply is in the response: nothing is left to render */
    bool completed;      /* so is a new session: the response is that of a success */
    void *next_state;    /* becomes call->state when this step is committed; NULL: no change */
};

struct call;

/* Writes the body of an error, from call->status. */
typedef void error_writer(struct buf *out, const struct call *call);

struct call {
    /* The inputs: set by api_begin, constant from then on. */
    const struct api *api;
    const struct access_rules *access;
    const struct request *request;
    const struct endpoint *endpoint; /* NULL if no row matched */
    size_t route;                    /* the row's number, for metrics */
    struct session session;          /* of an endpoint with ACCESS_SESSION */
    struct str key; /* of the staff, or the admin's token, to look up in the first step; absent: none */
    struct str staff_session; /* the token of a session of the staff, likewise */
    enum status refusal;      /* with a key or a session: of the inputs, to answer with if it has access */
    const void *path, *query, *body; /* decoded structs of the endpoint's models; NULL for a model it lacks */
    uint32_t asked;                  /* the fields that the query's `include` asks for; bits of INCLUDE_… */
    struct errors errors;            /* of validation */

    /* How far the call is: these change between two steps. */
    enum lane lane; /* where the next step runs; LANE_INLINE: no step is left */
    enum step step;
    bool is_admitted;            /* STEP_ACCESS is done */
    int lost;                    /* transactions of STEP_APPLY that were lost and tried again */
    enum status status;          /* of the latest step, or why it was not taken */
    enum status provider_status; /* of STEP_CALL; a caller that skips that step puts the reason here */
    unsigned outcomes;           /* of all committed steps: a union of enum payment_outcome */
    uint64_t statements;         /* that all tries of all steps have run, for the log */
    bool holds_settings;         /* a step has changed settings and its transaction has not ended */
    void *state;                 /* that the endpoint's steps pass on to each other */

    int64_t retry_us;    /* with STATUS_TOO_MANY: when to try again, in microseconds from now */
    struct actor actor;  /* of an endpoint with ACCESS_STAFF; of a key or a session, from the first step on */
    struct shop_ctx ctx; /* its `db`, `changes` and `outcomes` are the current attempt's */
    struct attempt attempt;
};

/* Returns the value of a header that the endpoint's row lists; absent if the client did not send it. */
struct str request_header(const struct request *request, struct str name);

/* Returns whether the client's Accept-Encoding accepts gzip (RFC 9110 §12.5.3). */
bool request_accepts_gzip(const struct request *request);

/* Returns whether the client's Accept names text/html, and prefers it to JSON: browsers do (RFC 9110 §12.5.1). */
bool request_prefers_html(const struct request *request);

/* The part of a path behind its last slash. */
struct str request_last_segment(struct str path);

/* The credentials behind a scheme such as `bearer `, in lower case, in Authorization; absent if the client sent
 * another scheme or none. */
struct str request_credentials(const struct request *request, struct str scheme);

/* Adds a header to the response. Name and value must last as long as the call. */
void call_header(struct call *call, struct str name, struct str value);

/* Returns the value of a header that the response has, or an absent text. */
struct str response_header(const struct response *response, struct str name);

/* Answers with a text in place of a reply: a page, a document. */
void call_text(struct call *call, struct str content_type, struct str body);

/* Renders call->attempt.reply by the row's model. STATUS_NO_MEMORY. */
MUST_CHECK enum status call_render(struct call *call);

/* Answers with 202 and a struct of the row's model `accepted`, in place of the reply. STATUS_NO_MEMORY. */
MUST_CHECK enum status call_accept(struct call *call, const void *reply);

/* Makes the current step the call's last, even if its endpoint has more. */
void call_end(struct call *call);

/* Runs STEP_CALL and STEP_APPLY once more: for an `apply` that must ask the provider again. `state` becomes
 * call->state when the step is committed. If the step is undone and run again, it finds the old one. */
void call_again(struct call *call, void *state);

/* Makes the current step the last and answers with an error, although what the step wrote is committed. The
 * step then returns STATUS_OK. */
void call_fail(struct call *call, enum status failure);

/* Puts a list of this model, which is one of the row's error_lists, beside the error that the step returns. */
void call_error_list(struct call *call, const struct model *model, struct list list);

/* The position of a page in its list. */
struct paging {
    int64_t limit, offset;
    size_t count;     /* rows on this page */
    int64_t total;    /* rows in the list */
    int64_t further;  /* rows behind them that `total` leaves out */
    int64_t cursor;   /* where the next page starts; 0 if the list has no cursors */
    bool by_cursor;   /* the request named a cursor */
    bool is_at_least; /* there may be more than `total`: no more were counted */
};

/* Adds X-Total-Count, X-Total-Count-Relation if no more were counted, X-Further-Count if there are further rows, and Link
 * rel=next if another page follows. The link has an offset as far as offsets go (page_offset_max), then a cursor, which
 * X-Next-Cursor also has. STATUS_NO_MEMORY. */
MUST_CHECK enum status call_page(struct call *call, const struct paging *paging);

/* Adds X-Total-Count alone. STATUS_NO_MEMORY. */
MUST_CHECK enum status call_total(struct call *call, int64_t total);

/* Adds X-Next-Cursor, for a list without a total; 0: no page follows. STATUS_NO_MEMORY. */
MUST_CHECK enum status call_cursor(struct call *call, int64_t next);
