/* A request for each row of the endpoint table that reads from the database, of the shop that cases.c prepares; several if a
 * query decides what is read. lab_count_missing() holds the two together. */
#include "lab.h"

#define GET(name, path_text, ...) {.method = METHOD_GET, .path = path_text, .who = name, __VA_ARGS__}
#define ADMIN(...) GET("admin", __VA_ARGS__)
#define MEMBER(...) GET("member", __VA_ARGS__)
#define SHOPPER(...) GET("shopper", __VA_ARGS__)
#define ANYONE(...) GET("", __VA_ARGS__)

const struct lab_request lab_reads[] = {
    /* The catalogue. */
    ANYONE("/products?limit=1&include=created_at,shipping,images"),
    ANYONE("/products?limit=10&offset=1"),
    ANYONE("/products/{product_id}?include=images"),
    ANYONE("/categories"),
    ANYONE("/media/{name}", .vars = "name=hash"),
    ANYONE("/media/{name}/{width}", .vars = "name=hash width=ten"),
    ANYONE("/products/search?q=brass+lamp&include=images"),
    ANYONE("/products/search?q=lamp&sort=name_asc&category=lighting&min_price=1&max_price=900&in_stock=true"),
    ANYONE("/products/search?q=lamps&sort=price_desc&limit=1&offset=1"),
    ANYONE("/products/search?sort=newest&in_stock=true"),
    ANYONE("/products/search?q=coper+brsas"),
    ANYONE("/products/search?q=brasslamp"),
    ANYONE("/products/search?q=copper+nothing"),
    ANYONE("/products/facets?q=lamp&category=lighting&in_stock=true"),
    ANYONE("/products/facets"),
    ANYONE("/products/suggest?q=br"),
    ANYONE("/products/suggest?q=brass+l"),
    ANYONE("/products/suggest?q=coper+"),
    ANYONE("/checkout"),
    ANYONE("/shipping-methods?country=FR"),
    ANYONE("/ready"),

    /* A shopper's. */
    SHOPPER("/cart?include=images"),
    SHOPPER("/orders?limit=2&offset=1"),
    SHOPPER("/orders/{order_id}"),
    SHOPPER("/orders/{order_id}/events", .vars = "order_id=sent"),
    SHOPPER("/orders/{order_id}/details", .vars = "order_id=refunded"),
    SHOPPER("/payments/{payment_id}"),

    /* The staff's. */
    ADMIN("/products/{product_id}/images"),
    ADMIN("/products/{product_id}/stock"),
    ADMIN("/admin/synonyms"),
    ADMIN("/admin/export.csv?limit=1"),
    ADMIN("/admin/products"),
    ADMIN("/admin/products?q=lamp&stock_below=1000&active=true&category=lighting"),
    ADMIN("/admin/products?sort=price_asc&limit=1&offset=1"),
    ADMIN("/orders/{order_id}/refunds", .vars = "order_id=refunded"),
    ADMIN("/admin/orders?limit=2"),
    ADMIN("/admin/orders?status=paid&fulfillment=unshipped&by=paid"),
    ADMIN("/admin/orders?q=ann%40example.com"),
    ADMIN("/admin/orders?q=$number"),
    ADMIN("/admin/orders.csv?limit=2"),
    ADMIN("/admin/orders/{order_id}", .vars = "order_id=refunded"),
    ADMIN("/admin/orders/{order_id}", .vars = "order_id=sent"),
    ADMIN("/admin/summary?days=30"),
    ADMIN("/admin/customers?q=ann&limit=1"),
    ADMIN("/admin/customers"),
    ADMIN("/admin/webhooks"),
    ADMIN("/admin/webhooks/{webhook_id}/deliveries?limit=2"),
    ADMIN("/admin/mails?state=all&limit=2"),
    ADMIN("/admin/mails?q=ann%40example.com"),
    ADMIN("/admin/mails/{mail_id}"),
    ADMIN("/admin/imports"),
    ADMIN("/admin/imports/{import_id}", .vars = "import_id=whole_import"),
    ADMIN("/admin/settings"),
    ADMIN("/admin/shipping-methods"),
    ADMIN("/admin/tax-rates"),
    ADMIN("/admin/keys?limit=1"),
    ADMIN("/admin/staff?limit=2&offset=1"),
    ADMIN("/admin/audit?limit=3"),
    ADMIN("/admin/audit?action=product.created&target=$product_id"),
    ADMIN("/staff/me"),
    MEMBER("/staff/me"),
    MEMBER("/staff/sessions"),
    MEMBER("/admin/orders?limit=1"),
    {0},
};
