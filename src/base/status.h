/* The one list of outcomes that a fallible function returns, each with its HTTP status and the text that a
 * client sees.
 *
 * STATUS_OK is 0. Everything else means that nothing was changed, unless a function says otherwise. The text
 * is the `detail` of the answer; the texts of the contract are spelled as FastAPI's build spells them. */
#pragma once

#define STATUS_LIST(X)                                                                                       \
    X(OK, 200, "OK")                                                                                         \
    /* The request does not fit its models; the call carries the list of errors. */                          \
    X(INVALID, 422, "Invalid request")                                                                       \
    /* A body of JSON that is not UTF-8. */                                                                  \
    X(BODY_UNREADABLE, 400, "There was an error parsing the body")                                           \
    X(NOT_FOUND, 404, "Not Found")                                                                           \
    X(METHOD_NOT_ALLOWED, 405, "Method Not Allowed")                                                         \
    X(NOT_AUTHENTICATED, 401, "Not authenticated")                                                           \
    X(WRONG_TOKEN, 401, "Invalid admin token")                                                               \
    X(WRONG_LOGIN, 401, "Incorrect email or password")                                                       \
    X(CROSS_SITE, 403, "Cross-site request refused")                                                         \
    X(TOO_MANY, 429, "Too many attempts, try again later")                                                   \
    X(SCOPE, 403, "Not enough permissions")                                                                  \
    X(MAIL_NOT_FOUND, 404, "Mail not found")                                                                 \
    X(MAIL_IS_DONE, 409, "The mail is sent, on its way, or its text is no longer kept")                      \
    X(MAIL_IS_OFF, 409, "This shop sends no mail, see --mail")                                               \
    X(STAFF_NOT_FOUND, 404, "Staff member not found")                                                        \
    X(STAFF_EXISTS, 409, "A member of the staff has this address already")                                   \
    X(STAFF_UNFINISHED, 409, "The invitation was not accepted yet")                                          \
    X(LAST_OWNER, 409, "The shop needs an active owner")                                                     \
    X(CODE_NEEDED, 401, "A code is required")                                                                \
    X(WRONG_PROOF, 409, "Incorrect password or code")                                                        \
    X(SECOND_FACTOR_SET, 409, "A second factor is set already")                                              \
    X(SECOND_FACTOR_UNSET, 409, "No second factor is set")                                                   \
    X(SECOND_FACTOR_NEEDED, 403, "Set up a second factor first")                                             \
    X(NOT_FRESH, 403, "Sign in again to do this")                                                            \
    X(NO_ACCOUNT, 409, "A key or the admin token has no account")                                            \
    X(SESSION_NOT_FOUND, 404, "Session not found")                                                           \
    X(LINK_OVER, 400, "The link is no longer valid")                                                         \
    X(KEY_NOT_FOUND, 404, "Key not found")                                                                   \
    X(PRODUCT_NOT_FOUND, 404, "Product not found")                                                           \
    X(PRODUCT_EXISTS, 409, "A product with this id exists already")                                          \
    X(PRODUCT_CHANGED, 412, "The product has changed")                                                       \
    X(STOCK_CHANGED, 409, "The product's stock has changed")                                                 \
    X(STOCK_OUT_OF_RANGE, 409, "The product's stock would be less than 0 or more than can be counted")       \
    X(MEDIA_NOT_FOUND, 404, "Picture not found")                                                             \
    X(MEDIA_SIZE_TOO_WIDE, 409, "A size of a picture must be narrower than the picture")                     \
    X(MEDIA_SIZE_EXISTS, 409, "The picture has a size of this width already, with other bytes")              \
    X(MEDIA_SIZES_FULL, 409, "The picture has 10 sizes already")                                             \
    X(PRICE_OUT_OF_RANGE, 409, "The product's price would be more than can be counted")                      \
    X(IMPORT_NOT_FOUND, 404, "Import not found")                                                             \
    X(IMPORT_BEGUN, 409, "The import has begun already")                                                     \
    X(IMPORT_PART_DIFFERS, 409, "This part was sent before with other bytes")                                \
    X(IMPORT_PART_UNKNOWN, 409, "The import has fewer parts")                                                \
    X(IMPORT_PARTS_MISSING, 409, "Parts of the file are missing")                                            \
    X(IMPORT_PUBLISHED, 409, "The new products are in the shop: the import cannot be given up any more")     \
    X(IMPORTS_FULL, 409, "There are 10 imports already that have not ended: give one up first")              \
    X(IMPORTS_OFF, 409, "A shop that is kept in memory takes no imports: give --db a file")                  \
    X(CART_ITEM_NOT_FOUND, 404, "Cart item not found")                                                       \
    X(CART_FULL, 409, "The cart has 100 lines already")                                                      \
    X(INSUFFICIENT_STOCK, 409, "Insufficient stock")                                                         \
    X(QUANTITY_TOO_LARGE, 409, "An order may not have so many of one product")                               \
    X(HOLD_TOO_LARGE, 409, "Your unpaid orders hold too many of this product: pay or cancel one first")      \
    X(TOTAL_TOO_LARGE, 409, "The order's total is too large")                                                \
    X(TOTAL_TOO_SMALL, 409, "The order's total is too small to be paid")                                     \
    X(ORDER_NOT_FOUND, 404, "Order not found")                                                               \
    X(ORDER_NOT_PENDING, 409, "Order is not pending")                                                        \
    X(KEY_REUSED, 422, "Idempotency-Key was used for another request")                                       \
    X(KEY_RUNNING, 409, "A request with this Idempotency-Key is still running")                              \
    X(PAYMENT_NOT_FOUND, 404, "Payment not found")                                                           \
    X(PAYMENT_REFUSED, 409, "The payment provider refused the payment")                                      \
    X(ORDER_NOT_PAID, 409, "Order is not paid")                                                              \
    X(ORDER_OF_SHOPPER, 409, "Only an order that the staff took can be marked as paid")                      \
    X(NOTHING_TO_SHIP, 409, "There is not that much left to ship")                                           \
    X(FULFILLMENT_NOT_FOUND, 404, "Fulfillment not found")                                                   \
    X(FULFILLMENT_ENDED, 409, "The fulfillment is delivered or cancelled")                                   \
    X(FULFILLMENT_REFUNDED, 409, "Units of the fulfillment were refunded")                                   \
    X(REFUND_TOO_LARGE, 409, "There is not that much left to refund")                                        \
    X(REFUNDS_FULL, 409, "The payment has too many refunds")                                                 \
    X(BAD_SIGNATURE, 400, "The webhook's signature does not match")                                          \
    X(BAD_EVENT, 400, "The webhook's body is no event")                                                      \
    X(WEBHOOK_NOT_FOUND, 404, "Webhook not found")                                                           \
    X(WEBHOOK_INACTIVE, 409, "The webhook is switched off")                                                  \
    X(WEBHOOKS_FULL, 409, "The shop has 50 webhooks already")                                                \
    X(NO_SHIPPING, 409, "This cannot be shipped to that address")                                            \
    X(TOTAL_CHANGED, 409, "The total has changed")                                                           \
    X(SHIPPING_METHOD_NOT_FOUND, 404, "Shipping method not found")                                           \
    X(SHIPPING_METHODS_FULL, 409, "The shop has 50 shipping methods already")                                \
    X(TAX_RATE_NOT_FOUND, 404, "Tax rate not found")                                                         \
    X(TAX_RATE_EXISTS, 409, "The country, region and class have a tax rate already")                         \
    X(TAX_RATES_FULL, 409, "The shop has 1000 tax rates already")                                            \
    /* Refused by HTTP itself. */                                                                            \
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
    X(VERSION_UNKNOWN, 505, "Only HTTP/1.1 and HTTP/1.0 are supported")                                      \
    /* Faults. Nothing was lost or half done; the client may try again. */                                   \
    X(CONFLICT, 409, "The row exists already")                                                               \
    X(QUEUE_FULL, 503, "Too many requests at once, try again shortly")                                       \
    X(TOO_MANY_CONNECTIONS, 503, "Too many connections, try again shortly")                                  \
    X(TOO_MANY_STREAMS, 503, "Too many live streams, try again shortly")                                     \
    X(NO_MEMORY, 503, "The request needs more memory than one may use")                                      \
    X(STORAGE, 503, "The database cannot be written right now, try again shortly")                           \
    /* Another transaction interfered; tried again before a client sees it. */                               \
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

/* Calls a function that returns an enum status. If it fails, returns its status from the function that the
 * macro stands in. Only for functions that have nothing to release at that point. */
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        enum status try_status = (call);                                                                     \
        if (try_status != STATUS_OK)                                                                         \
            return try_status;                                                                               \
    } while (0)

/* The HTTP status code of s, 200 to 505. */
int status_http(enum status s);

/* The text of s for a client: static, never NULL. */
const char *status_text(enum status s);

/* The reason phrase of an HTTP status code (RFC 9110 §15): static text, "Unknown" if Till never sends that
 * code. */
const char *http_reason(int code);
