/* The one list of outcomes: what a fallible function returns, with the HTTP status and the words a client
 * sees.
 *
 * STATUS_OK is 0. Everything else means that nothing was changed, unless a function says otherwise.
 * The words are the `detail` of the answer, so those of the contract are spelled as FastAPI's build spells
 * them. */
#pragma once

#define STATUS_LIST(X)                                                                                       \
    X(OK, 200, "OK")                                                                                         \
    /* The request does not fit its models; the call carries the list of errors. */                          \
    X(INVALID, 422, "Invalid request")                                                                       \
    X(NOT_FOUND, 404, "Not Found")                                                                           \
    X(METHOD_NOT_ALLOWED, 405, "Method Not Allowed")                                                         \
    X(NOT_AUTHENTICATED, 401, "Not authenticated")                                                           \
    X(WRONG_TOKEN, 401, "Invalid admin token")                                                               \
    X(PRODUCT_NOT_FOUND, 404, "Product not found")                                                           \
    X(PRODUCT_EXISTS, 409, "A product with this id exists already")                                          \
    X(CART_ITEM_NOT_FOUND, 404, "Cart item not found")                                                       \
    X(CART_FULL, 409, "The cart has 100 lines already")                                                      \
    X(INSUFFICIENT_STOCK, 409, "Insufficient stock")                                                         \
    X(TOTAL_TOO_LARGE, 409, "The order's total is too large")                                                \
    X(ORDER_NOT_FOUND, 404, "Order not found")                                                               \
    X(ORDER_NOT_PENDING, 409, "Order is not pending")                                                        \
    X(KEY_REUSED, 422, "Idempotency-Key was used for another request")                                       \
    X(KEY_RUNNING, 409, "A request with this Idempotency-Key is still running")                              \
    X(PAYMENT_NOT_FOUND, 404, "Payment not found")                                                           \
    X(PAYMENT_REFUSED, 409, "The payment provider refused the payment")                                      \
    X(ORDER_NOT_PAID, 409, "Order is not paid")                                                              \
    X(BAD_SIGNATURE, 400, "The webhook's signature does not match")                                          \
    X(BAD_EVENT, 400, "The webhook's body is no event")                                                      \
    /* What HTTP itself refuses. */                                                                          \
    X(BAD_REQUEST, 400, "Malformed HTTP request")                                                            \
    X(BAD_HOST, 400, "Host header missing, repeated or malformed")                                           \
    X(BAD_TARGET, 400, "Malformed request target")                                                           \
    X(TOO_MANY_PARAMETERS, 400, "More than 100 query parameters")                                            \
    X(BAD_FRAMING, 400, "Ambiguous or malformed message framing")                                            \
    X(REQUEST_TIMEOUT, 408, "The request did not arrive in time")                                            \
    X(BODY_TOO_LARGE, 413, "Request body is larger than 1 MiB")                                              \
    X(URL_TOO_LONG, 414, "Request target is longer than 8 KiB")                                              \
    X(HEAD_TOO_LARGE, 431, "Request head is larger than 16 KiB or has more than 100 fields")                 \
    X(EXPECTATION_FAILED, 417, "Only 'Expect: 100-continue' is supported")                                   \
    X(METHOD_UNKNOWN, 501, "Method not implemented")                                                         \
    X(VERSION_UNKNOWN, 505, "Only HTTP/1.1 and HTTP/1.0 are supported")                                      \
    /* Faults. Nothing was lost or half done; the client may try again. */                                   \
    X(CONFLICT, 409, "The row exists already")                                                               \
    X(QUEUE_FULL, 503, "Too many requests at once, try again shortly")                                       \
    X(TOO_MANY_CONNECTIONS, 503, "Too many connections, try again shortly")                                  \
    X(NO_MEMORY, 503, "The request needs more memory than one may use")                                      \
    X(STORAGE, 503, "The database cannot be written right now, try again shortly")                           \
    /* Another transaction got in the way; tried again before a client sees it. */                           \
    X(RETRY, 503, "Too many requests want the same things at once, try again shortly")                       \
    /* The connection to the database was lost while it committed. */                                        \
    X(UNKNOWN, 503, "It is not known whether this was done: look before trying again")                       \
    X(PROVIDER_UNAVAILABLE, 503, "The payment provider cannot be reached right now, try again shortly")      \
    X(STOPPING, 503, "The server is stopping")                                                               \
    X(FAULT, 500, "Internal Server Error")                                                                   \
    /* Used by commands, not by requests. */                                                                 \
    X(USAGE, 400, "Wrong usage")

enum status {
#define STATUS_ENUM(name, http, text) STATUS_##name,
    STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
        STATUS_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* The HTTP status code of s, 200 to 505. */
int status_http(enum status s);

/* The words of s for a client: static text, never NULL. */
const char *status_text(enum status s);

/* The reason phrase of an HTTP status code that Till sends (RFC 9110 §15): static text, "Unknown" for others.
 */
const char *http_reason(int code);
