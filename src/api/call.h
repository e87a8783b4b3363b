/* One request on its way through the API, free of sockets: the server, the tests, the fuzzers and the
 * simulator all fill a struct request, drive a struct call, and read a struct response.
 *
 *     api_begin(api, &call, &request, arena);         routes, checks access, decodes, validates
 *     while (call.runs != RUNS_NOWHERE)
 *         api_perform(&call, db);                     the next step, in a transaction that the caller opened
 *     api_finish(&call);                              renders call.response */
#pragma once

#include "api/session.h"
#include "shop/tx.h"

enum method {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_OPTIONS,
    METHOD_COUNT
};

/* What the client sent; everything points into memory that outlives the call. HEAD is GET whose body is not
 * sent. */
struct request {
    enum method method;
    struct str path;  /* of the target, as sent: percent-encoded */
    struct str query; /* without its `?`; absent or empty where there is none */
    struct str content_type;
    struct str authorization;
    struct str session_id, cookies; /* X-Session-Id and Cookie */
    struct str idempotency_key;
    struct str stripe_signature;
    bool secure; /* the client came over TLS, as the proxy says */
    struct str body;
};

struct header {
    struct str name, value;
};

enum { response_headers_max = 12 };

/* What is sent back; all of it in the call's arena or static. */
struct response {
    int http_status;
    struct str content_type; /* absent: there is no body */
    struct str body;
    struct header headers[response_headers_max];
    size_t header_count;
};

/* Where a handler runs, and so on which connection. */
enum runs {
    RUNS_NOWHERE,  /* no database: answered at once */
    RUNS_READ,     /* on the event loop's own connection: microseconds */
    RUNS_SEARCH,   /* on a thread of its own: may take milliseconds */
    RUNS_WRITE,    /* on the writer, in a savepoint that is undone unless it returns STATUS_OK */
    RUNS_PROVIDER, /* without a connection, on a thread that may wait for the payment provider */
};

/* Which of its endpoint's functions a call comes to next. */
enum step { STEP_HANDLE, STEP_PROVIDE, STEP_SETTLE };

/* How a call stood before a step. */
struct call_mark {
    enum step step;
    unsigned outcomes;
    struct str reply; /* absent: nothing was in it */
};

/* What an error says beside its sentence: a list under a name of its own. */
struct error_list {
    const char *name; /* NULL: nothing */
    const struct model *model;
    struct list list;
};

struct api;
struct endpoint;

struct call {
    const struct api *api;
    const struct request *request;
    const struct endpoint *endpoint; /* NULL where no row matched */
    size_t route;                    /* its number, for metrics */
    enum runs runs;                  /* what is left to do */
    enum step step;
    struct call_mark mark; /* what api_rewind goes back to */
    bool ended;            /* no step is to follow this one */
    enum status failure;  /* what is answered though the step's writes stay; STATUS_OK: nothing of the kind */
    enum status provided; /* for settle: how the call of the provider went */
    void *state;          /* of the endpoint's steps */
    struct tx tx;
    struct session session;          /* of an endpoint with ACCESS_SESSION */
    const void *path, *query, *body; /* decoded structs of the endpoint's models; NULL where it has none */
    void *reply; /* zeroed struct of the reply's model, or struct list; for the handler to fill */
    struct errors errors;
    struct error_list error_list;
    enum status status;
    bool rendered; /* the response is whole already */
    struct response response;
};

/* Adds a header to the response; name and value must stay as long as the call. */
void call_header(struct call *call, struct str name, struct str value);

/* Answers with a text that is no model: a page, a document. */
void call_text(struct call *call, struct str content_type, struct str body);

/* The step is the call's last, whatever its endpoint has to follow. */
void call_end(struct call *call);

/* For a settle that has found more to ask: provide and settle follow once more. */
void call_again(struct call *call);

/* Answers with an error although what the step wrote stays; for a step that then returns STATUS_OK. */
void call_fail(struct call *call, enum status failure);

/* Where a page of a list stands. */
struct paging {
    int64_t limit, offset;
    size_t count;   /* things on this page */
    int64_t total;  /* in the whole list */
    int64_t cursor; /* of what follows; 0 where pages are by offset alone */
    bool by_cursor; /* this page was asked for by cursor */
};

/* Adds X-Total-Count, and where more follows Link rel=next: by offset as far as offsets go, then by cursor,
 * which is also told as X-Next-Cursor. */
MUST_CHECK enum status call_page(struct call *call, const struct paging *paging);
