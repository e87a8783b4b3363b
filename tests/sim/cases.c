/* A shop in which something of everything has happened, and one request for each row of the endpoint table that writes.
 * lab_count_missing() holds the two together: a new row without a case fails the run. */
#include "lab.h"

#define PASSWORD "\"correct horse battery\""
#define LAMP(name)                                                                                           \
    "{\"name\":\"" name                                                                                      \
    "\",\"description\":\"Of brass\",\"price\":500,\"stock_quantity\":100,"                                  \
    "\"category\":\"lighting\",\"image_url\":\"\"}"
#define METHOD_BODY "{\"name\":\"Post\",\"countries\":[\"FR\"],\"tiers\":[{\"price\":490}]}"
#define RATE_BODY(class) "{\"country\":\"FR\",\"class\":\"" class "\",\"name\":\"TVA\",\"rate_e5\":20000}"
#define ID "\"id\":\""

#define SEND(name, method_name, path_text, ...)                                                              \
    {.method = METHOD_##method_name, .path = path_text, .who = name, .body = __VA_ARGS__}
#define ADMIN(...) SEND("admin", __VA_ARGS__)
#define MEMBER(...) SEND("member", __VA_ARGS__)
#define SHOPPER(...) SEND("shopper", __VA_ARGS__)
#define ANYONE(...) SEND("", __VA_ARGS__)

/* An order of three lamps, whose id becomes the variable. */
#define ORDER(name)                                                                                          \
    SHOPPER(POST, "/cart", "{\"product_id\":\"$product_id\",\"quantity\":3}", .var = "line", .mark = ID),    \
        SHOPPER(POST, "/orders", "{\"cart_item_ids\":[\"$line\"],\"email\":\"ann@example.com\"}",            \
                .var = name, .mark = ID)
#define INTENDED(order, payment)                                                                             \
    ORDER(order), SHOPPER(POST, "/payments/create-intent", "{\"order_id\":\"$" order "\"}", .var = payment,  \
                          .mark = ID)
#define PAID(order)                                                                                          \
    INTENDED(order, "payment"), SHOPPER(POST, "/payments/confirm",                                           \
                                        "{\"payment_id\":\"$payment\",\"payment_method\":\"pm_card_visa\"}")

/* A member of the staff, whose cookie becomes the variable. */
#define HIRED(email, cookie)                                                                                 \
    ADMIN(POST, "/admin/staff", "{\"email\":\"" email "\",\"name\":\"Bob\",\"role\":\"manager\"}",           \
          .var = "invitation", .mark = "accept="),                                                           \
        ANYONE(POST, "/staff/accept", "{\"token\":\"$invitation\",\"password\":" PASSWORD "}",               \
               .var = cookie, .mark = "set-cookie: ")

const struct lab_request lab_preparation[] = {
    ADMIN(POST, "/products", LAMP("Brass lamp"), .var = "product_id", .mark = ID),
    ADMIN(POST, "/products", LAMP("Copper lamp"), .var = "other_id", .mark = ID),
    ADMIN(PATCH, "/admin/settings", "{\"shop_name\":\"Lamps\",\"low_stock_at\":5}"),
    ADMIN(
        POST, "/admin/webhooks",
        "{\"url\":\"https://example.com/\",\"types\":[\"order.created\",\"order.paid\",\"order.refunded\"]}",
        .var = "webhook_id", .mark = ID),
    ADMIN(POST, "/admin/shipping-methods", METHOD_BODY, .var = "shipping_method_id", .mark = ID),
    ADMIN(POST, "/admin/tax-rates", RATE_BODY("books"), .var = "tax_rate_id", .mark = ID),
    ORDER("order_id"),
    INTENDED("intended", "payment_id"),
    PAID("paid"),
    PAID("sent"),
    ADMIN(POST, "/orders/{sent}/fulfillments", "{\"carrier\":\"dhl\"}", .var = "fulfillment_id", .mark = ID),
    PAID("refunded"),
    ADMIN(POST, "/orders/{refunded}/refunds", "{\"amount\":1}"),
    ADMIN(POST, "/admin/orders", "{\"items\":[{\"product_id\":\"$product_id\",\"quantity\":1}]}",
          .var = "phoned", .mark = ID),
    SHOPPER(POST, "/cart", "{\"product_id\":\"$product_id\",\"quantity\":2}", .var = "item_id", .mark = ID),
    ADMIN(POST, "/admin/mails/test", "{\"to\":\"ann@example.com\"}", .var = "mail_id", .mark = ID),
    ADMIN(POST, "/admin/keys", "{\"name\":\"Robot\",\"role\":\"catalogue\"}", .var = "key_id", .mark = ID),
    ADMIN(POST, "/admin/staff", "{\"email\":\"cleo@shop.example\",\"name\":\"Cleo\",\"role\":\"support\"}",
          .var = "staff_id", .mark = ID),
    HIRED("bob@shop.example", "cookie"),
    ANYONE(POST, "/staff/login", "{\"email\":\"bob@shop.example\",\"password\":" PASSWORD "}"),
    MEMBER(GET, "/staff/sessions", NULL, .var = "session_id", .mark = ID),
    HIRED("dan@shop.example", "begun"),
    MEMBER(POST, "/staff/totp", NULL, .vars = "cookie=begun", .var = "secret", .mark = "\"secret\":\""),
    HIRED("eve@shop.example", "app"),
    MEMBER(POST, "/staff/totp", NULL, .vars = "cookie=app", .var = "app_secret", .mark = "\"secret\":\""),
    MEMBER(POST, "/staff/totp/confirm", "{\"code\":\"$totp\"}", .vars = "cookie=app secret=app_secret",
           .var = "recovery", .mark = "\"recovery_codes\":[\""),
    ADMIN(POST, "/admin/staff", "{\"email\":\"fay@shop.example\",\"name\":\"Fay\",\"role\":\"support\"}",
          .var = "invitation", .mark = "accept="),
    ADMIN(POST, "/admin/media", "png 30", .var = "hash", .mark = "\"hash\":\""),
    ADMIN(PUT, "/admin/media/{hash}/sizes/{width}", "png 10", .vars = "width=ten"),
    SHOPPER(GET, "/orders/{paid}/details", NULL, .var = "number", .mark = "\"number\":\""),
    SHOPPER(POST, "/orders/lookup",
            "{\"number\":\"$number\",\"email\":\"ann@example.com\",\"send_link\":true}"),
    ADMIN(GET, "/admin/mails", NULL, .var = "link", .mark = ID),
    ADMIN(GET, "/admin/mails/{link}", NULL, .var = "open", .mark = "open#"),
    ADMIN(POST, "/admin/imports", "{\"name\":\"a.csv\",\"parts\":1}", .var = "import_id", .mark = ID),
    ADMIN(POST, "/admin/imports", "{\"name\":\"b.csv\",\"parts\":1}", .var = "whole_import", .mark = ID),
    ADMIN(PUT, "/admin/imports/{whole_import}/parts/1",
          "name,description,price,stock_quantity,category,image_url\nRug,Of wool,100,5,rugs,\n"),
    {0},
};

const struct lab_request lab_cases[] = {
    SHOPPER(POST, "/cart", "{\"product_id\":\"$other_id\",\"quantity\":2}"),
    SHOPPER(PUT, "/cart/{item_id}", "{\"quantity\":4}"),
    SHOPPER(DELETE, "/cart/{item_id}", NULL),
    SHOPPER(POST, "/orders", "{\"cart_item_ids\":[\"$item_id\"],\"email\":\"ann@example.com\"}"),
    SHOPPER(POST, "/orders/{order_id}/cancel", NULL),
    ANYONE(POST, "/orders/lookup",
           "{\"number\":\"$number\",\"email\":\"ann@example.com\",\"send_link\":true}"),
    SHOPPER(POST, "/orders/access", "{\"token\":\"$open\"}"),
    SHOPPER(POST, "/payments/create-intent", "{\"order_id\":\"$order_id\"}"),
    SHOPPER(POST, "/payments/confirm",
            "{\"payment_id\":\"$payment_id\",\"payment_method\":\"pm_card_visa\"}"),
    ANYONE(POST, "/payments/webhook", "pi_$payment_id"),
    ADMIN(POST, "/orders/{order_id}/refund", NULL, .vars = "order_id=paid"),
    ADMIN(POST, "/orders/{order_id}/refunds", "{\"amount\":500,\"items\":[{\"line\":0,\"quantity\":1}]}",
          .vars = "order_id=paid"),
    ADMIN(POST, "/orders/{order_id}/fulfillments", "{\"carrier\":\"dhl\"}", .vars = "order_id=paid"),
    ADMIN(PATCH, "/orders/{order_id}/fulfillments/{fulfillment_id}", "{\"status\":\"delivered\"}",
          .vars = "order_id=sent"),
    ADMIN(POST, "/admin/orders", "{\"items\":[{\"product_id\":\"$other_id\",\"quantity\":2}]}"),
    ADMIN(POST, "/admin/orders/{order_id}/notes", "{\"text\":\"Called\"}"),
    ADMIN(POST, "/admin/orders/{order_id}/mark-paid", "{}", .vars = "order_id=phoned"),
    ADMIN(POST, "/admin/orders/{order_id}/cancel", NULL, .vars = "order_id=phoned"),
    ADMIN(POST, "/products", LAMP("Silver lamp")),
    ADMIN(PATCH, "/products/{product_id}", "{\"name\":\"Golden lamp\",\"price\":900}"),
    ADMIN(POST, "/products/{product_id}/stock", "{\"delta\":-7}"),
    ADMIN(DELETE, "/products/{product_id}", NULL),
    ADMIN(POST, "/admin/products/bulk",
          "{\"ids\":[\"$product_id\",\"$other_id\"],\"change\":{\"price\":700}}"),
    ADMIN(PUT, "/products/{product_id}/images", "{\"images\":[{\"media\":\"$hash\"}]}"),
    ADMIN(POST, "/admin/media", "png 20"),
    ADMIN(PUT, "/admin/media/{hash}/sizes/{width}", "png 15", .vars = "width=fifteen"),
    ADMIN(PUT, "/admin/synonyms", "{\"text\":\"lamp => light\"}"),
    ADMIN(POST, "/admin/imports", "{\"name\":\"c.csv\",\"parts\":2}"),
    ADMIN(PUT, "/admin/imports/{import_id}/parts/{n}", "name,price\n", .vars = "n=one"),
    ADMIN(POST, "/admin/imports/{import_id}/check", NULL, .vars = "import_id=whole_import"),
    ADMIN(POST, "/admin/imports/{import_id}/start", NULL, .vars = "import_id=whole_import"),
    ADMIN(DELETE, "/admin/imports/{import_id}", NULL, .vars = "import_id=whole_import"),
    ADMIN(PATCH, "/admin/settings", "{\"shop_name\":\"Lights\",\"mails\":[\"order_confirmed\"]}"),
    ADMIN(POST, "/admin/shipping-methods", METHOD_BODY),
    ADMIN(PUT, "/admin/shipping-methods/{shipping_method_id}",
          "{\"name\":\"Van\",\"tiers\":[{\"price\":9}]}"),
    ADMIN(DELETE, "/admin/shipping-methods/{shipping_method_id}", NULL),
    ADMIN(POST, "/admin/tax-rates", RATE_BODY("food")),
    ADMIN(PUT, "/admin/tax-rates/{tax_rate_id}", RATE_BODY("food")),
    ADMIN(DELETE, "/admin/tax-rates/{tax_rate_id}", NULL),
    ADMIN(POST, "/admin/webhooks", "{\"url\":\"https://example.com/\",\"types\":[\"order.paid\"]}"),
    ADMIN(PATCH, "/admin/webhooks/{webhook_id}", "{\"types\":[\"order.refunded\"]}"),
    ADMIN(DELETE, "/admin/webhooks/{webhook_id}", NULL),
    ADMIN(POST, "/admin/webhooks/{webhook_id}/rotate", NULL),
    ADMIN(POST, "/admin/webhooks/{webhook_id}/replay", "{}"),
    ADMIN(POST, "/admin/webhooks/{webhook_id}/test", NULL),
    ADMIN(POST, "/admin/mails/test", "{\"to\":\"ann@example.com\"}"),
    ADMIN(POST, "/admin/mails/{mail_id}/retry", NULL),
    ADMIN(POST, "/admin/keys", "{\"name\":\"Machine\",\"role\":\"owner\"}"),
    ADMIN(DELETE, "/admin/keys/{key_id}", NULL),
    ADMIN(POST, "/admin/staff", "{\"email\":\"gus@shop.example\",\"name\":\"Gus\",\"role\":\"owner\"}"),
    ADMIN(PATCH, "/admin/staff/{staff_id}", "{\"role\":\"owner\",\"status\":\"disabled\"}"),
    ANYONE(POST, "/staff/login", "{\"email\":\"bob@shop.example\",\"password\":" PASSWORD "}"),
    ANYONE(POST, "/staff/token-login", "{\"token\":\"$token\"}"),
    ANYONE(POST, "/staff/accept", "{\"token\":\"$invitation\",\"password\":" PASSWORD "}"),
    MEMBER(POST, "/staff/password",
           "{\"current_password\":" PASSWORD ",\"new_password\":\"a lamp on every desk\"}"),
    MEMBER(DELETE, "/staff/session", NULL),
    MEMBER(DELETE, "/staff/sessions/{session_id}", NULL),
    MEMBER(POST, "/staff/totp", NULL),
    MEMBER(POST, "/staff/totp/confirm", "{\"code\":\"$totp\"}", .vars = "cookie=begun"),
    MEMBER(DELETE, "/staff/totp", "{\"code\":\"$recovery\"}", .vars = "cookie=app"),
    {0},
};
