// Made by `npm run generate` from /openapi.json. Not to be edited.
export interface paths {
    "/products/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search products
         * @description The best match comes first. If fewer than ten products have all words, in any order, those follow that have some of them: `X-Total-Count` says how many have all (if none has: how many have the most), and `X-Further-Count` how many follow. A sort other than by relevance, and the facets, leave these out. `X-Total-Count-Relation: at-least` says that there are more than `X-Total-Count`. If words that no product has were respelt, split or joined, `X-Search-Correction` says what was searched instead (`desk lamp` for `dsek lapm`); letters past ASCII are percent-encoded as UTF-8.
         */
        get: operations["search_products_products_search_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest searches
         * @description Up to 8 completions of what has been typed into a search box so far.
         */
        get: operations["suggest_searches_products_suggest_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count products by facet
         * @description How what the same filters find is spread over categories and prices.
         */
        get: operations["count_products_by_facet_products_facets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/synonyms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get synonyms
         * @description The words that mean the same in the shop, as they were written.
         */
        get: operations["get_synonyms_admin_synonyms_get"];
        /**
         * Replace synonyms
         * @description Puts a list in place of the one before; searches follow it at once, on every node. A list with a mistake changes nothing: 422 says what is wrong in which line.
         */
        put: operations["replace_synonyms_admin_synonyms_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products
         * @description Newest first.
         */
        get: operations["list_products_products_get"];
        put?: never;
        /**
         * Create product
         * @description It can be seen at once, and bought if there is stock.
         */
        post: operations["create_product_products_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get product
         * @description 404 if it is not there or was taken out of the shop.
         */
        get: operations["get_product_products__product_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete product
         * @description A soft delete: it leaves the shop, and the orders that hold it keep it.
         */
        delete: operations["delete_product_products__product_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update product
         * @description Changes what is named and leaves the rest. Works on a deleted product too: `is_active` brings it back. A `stock_quantity` without `expected_stock` or If-Match overwrites the sales since you have read it: to add or take away, use POST /products/{product_id}/stock.
         */
        patch: operations["update_product_products__product_id__patch"];
        trace?: never;
    };
    "/products/{product_id}/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count what is on the shelf
         * @description What can be bought, and beside it what orders hold that are not paid, or paid and not sent yet. The latter are null if there are more than 100,000 such orders.
         */
        get: operations["count_what_is_on_the_shelf_products__product_id__stock_get"];
        put?: never;
        /**
         * Adjust stock
         * @description Adds `delta` to the stock, and loses no sale in between. 409, with the product as it is under `current`, if less than nothing would be left. Send an Idempotency-Key, and a retry adds once.
         */
        post: operations["adjust_stock_products__product_id__stock_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List categories
         * @description The storefront's menu: every category with a product in it, by name.
         */
        get: operations["list_categories_categories_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get cart
         * @description The session's lines, oldest first; without a session, an empty list.
         */
        get: operations["get_cart_cart_get"];
        put?: never;
        /**
         * Add to cart
         * @description The same product again adds to its line. Without a session one is made: its token comes back as a cookie and as X-Session-Id. Send an Idempotency-Key with a session, and a retry adds nothing more.
         */
        post: operations["add_to_cart_cart_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change cart item
         * @description Sets the quantity of a line.
         */
        put: operations["change_cart_item_cart__item_id__put"];
        post?: never;
        /**
         * Remove cart item
         * @description The line leaves the cart; the rest stays.
         */
        delete: operations["remove_cart_item_cart__item_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the link to an order
         * @description Each mail about an order has a link, good for 180 days, whose page sends its token here. The session may then read the order, with its details and its events, for 30 days: what changes or pays it stays with the session that placed it. A wrong token counts as a wrong look-up of its network.
         */
        post: operations["open_the_link_to_an_order_orders_access_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Track an order by its number and email address
         * @description Without a session: how far the order is, what is in it, and nothing of whose it is or what it costs. A wrong number and a wrong address get the same 404. With `send_link` the answer is 202 whatever is wrong, and the order's address gets a mail with a link (`POST /orders/access`), at most three an hour and eight a day. Five tries for an address from one network are free, and 20 for all addresses within 10 minutes; then 429.
         */
        post: operations["track_an_order_by_its_number_and_email_address_orders_lookup_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders
         * @description The session's own, newest first.
         */
        get: operations["list_orders_orders_get"];
        put?: never;
        /**
         * Create order
         * @description Fixes prices, takes the stock and empties those lines of the cart, in one transaction or not at all. Where stock is short, or an order wants or the session's unpaid orders would hold more of a product than the shop allows, the error names each product under `short`, with what was requested and what can be had. Send an Idempotency-Key, and a retry gets the same order. All but `cart_item_ids` may be left out, unless the shop's settings require it. If the total would be above `expected_total`, the error has it under `totals`.
         */
        post: operations["create_order_orders_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get order
         * @description The session's own, or one whose link it has opened; another session's is 404.
         */
        get: operations["get_order_orders__order_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel order
         * @description Only while it is pending; its stock can be bought again.
         */
        post: operations["cancel_order_orders__order_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an order's events
         * @description What happened to it, oldest first. The session's own, or one whose link it has opened; the staff may read any, with notes and with who did it.
         */
        get: operations["list_an_order_s_events_orders__order_id__events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/fulfillments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ship an order
         * @description Says that units of it were sent: all that is left, or the `items`. The order is `shipped` once nothing is left to be sent. Of two who send the same unit one gets 409.
         */
        post: operations["ship_an_order_orders__order_id__fulfillments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/fulfillments/{fulfillment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a fulfillment
         * @description Adds a tracking number, or says where the parcel is. The order is `delivered` once all of its parcels are.
         */
        patch: operations["change_a_fulfillment_orders__order_id__fulfillments__fulfillment_id__patch"];
        trace?: never;
    };
    "/orders/{order_id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund order
         * @description Gives all of the money back, and the stock can be bought again. An order that is refunded already is given as it is. Where the provider cannot be reached it is refunded as soon as it can be.
         */
        post: operations["refund_order_orders__order_id__refund_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an order's refunds
         * @description Oldest first, whoever made them, also those that failed.
         */
        get: operations["list_an_order_s_refunds_orders__order_id__refunds_get"];
        put?: never;
        /**
         * Refund a part of an order
         * @description Any amount up to what is left, from the first day: an `amount`, or what `items` and `shipping` cost. Several at once never give more than was paid. With the last of the money the order is `refunded`, and what was not sent is not sent any more. Where the provider cannot be reached the refund is `pending`, and made as soon as it can be. Of an order that was paid by hand it writes down that you gave the money back.
         */
        post: operations["refund_a_part_of_an_order_orders__order_id__refunds_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/checkout/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Quote an order
         * @description What these lines would cost with shipping and taxes, and how they can be shipped. Changes nothing, and an order with the same body comes to the same total. Send that as `expected_total` to be charged no more.
         */
        post: operations["quote_an_order_checkout_quote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/details": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get order in full
         * @description With its addresses, how its total comes about, fixed when it was placed, and what happened to it. The session's own, or one whose link it has opened; the staff may read any.
         */
        get: operations["get_order_in_full_orders__order_id__details_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders of all shoppers
         * @description Newest first. X-Next-Cursor is the `cursor` of the next page, until there is none. `from` and `to` are times of RFC 3339; without an offset they are UTC.
         */
        get: operations["list_orders_of_all_shoppers_admin_orders_get"];
        put?: never;
        /**
         * Take an order
         * @description By phone or over the counter. It takes its stock and comes to its total as an order of a shopper does, but belongs to no session, and is not bound by `checkout_requires` and the limits of quantities. Not paid, it keeps its stock for `hold_days`. Its email address is shown to those with customers:read.
         */
        post: operations["take_an_order_admin_orders_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export orders as CSV
         * @description Newest first, a row for each line item; what an order has once stands in the row of its first line. A page has up to 100 orders: send X-Next-Cursor as `cursor` for the next one, which has no head, until there is none. Texts that a spreadsheet would take for a formula begin with an apostrophe. Each page is in the audit log.
         */
        get: operations["export_orders_as_csv_admin_orders_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get any order
         * @description In full, with its payments and their ids at the provider, and with the notes of the staff in its timeline. Its mail address is for those with customers:read.
         */
        get: operations["get_any_order_admin_orders__order_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a note to an order
         * @description For the staff alone. Answers with the order's timeline, in which it stands.
         */
        post: operations["add_a_note_to_an_order_admin_orders__order_id__notes_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/mark-paid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark an order as paid
         * @description One that the staff took, and whose money came in cash or by a bank transfer. One that has expired takes its stock again, or is 409 if there is not enough. No provider has the money: give it back by hand too, and write that down as a refund.
         */
        post: operations["mark_an_order_as_paid_admin_orders__order_id__mark_paid_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel any order that is not paid
         * @description Of a shopper or taken by the staff; its stock can be bought again.
         */
        post: operations["cancel_any_order_that_is_not_paid_admin_orders__order_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a checkout asks for
         * @description Which fields a page should show and mark as required: the same for every shopper. Browsers know the countries' names (`Intl.DisplayNames`).
         */
        get: operations["get_what_a_checkout_asks_for_checkout_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/create-intent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create payment
         * @description Makes the provider's PaymentIntent for a pending order. While it can still be paid the same one is given again, so there is never a second. Its client_secret is for the provider's own script in the page.
         */
        post: operations["create_payment_payments_create_intent_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm payment
         * @description Charges the payment, and the order is paid. A declined card is an answer, not an error: the payment is `failed`, the order stays pending, and another payment can be created. A page that has confirmed by itself leaves the payment method out, and gets what the provider has. Never send a card's number: it is refused.
         */
        post: operations["confirm_payment_payments_confirm_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a provider's event
         * @description For the provider alone: its events, signed in Stripe-Signature over the very bytes of the body. Each has its effect once, however often and in whatever order they are delivered.
         */
        post: operations["take_a_provider_s_event_payments_webhook_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{payment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get payment
         * @description Of the session's own order; another session's is 404.
         */
        get: operations["get_payment_payments__payment_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Oldest first. Secrets are not shown again.
         */
        get: operations["list_webhooks_admin_webhooks_get"];
        put?: never;
        /**
         * Create webhook
         * @description Events of these types are POSTed to the URL from now on, signed by Standard Webhooks 1.0.0.
         */
        post: operations["create_webhook_admin_webhooks_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete webhook
         * @description With its deliveries.
         */
        delete: operations["delete_webhook_admin_webhooks__webhook_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update webhook
         * @description Changes what is named and leaves the rest.
         */
        patch: operations["update_webhook_admin_webhooks__webhook_id__patch"];
        trace?: never;
    };
    "/admin/webhooks/{webhook_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change a webhook's secret
         * @description For a day the one before signs too, so that the receiver can be changed meanwhile.
         */
        post: operations["change_a_webhook_s_secret_admin_webhooks__webhook_id__rotate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description What became of each event, the newest event first. No more than 100,000 are counted: then there is `X-Total-Count-Relation: at-least`.
         */
        get: operations["list_deliveries_admin_webhooks__webhook_id__deliveries_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhooks/{webhook_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events again
         * @description Those that it asks for, whether they were delivered or not: for a receiver that has lost some.
         */
        post: operations["send_events_again_admin_webhooks__webhook_id__replay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description Of type `webhook.test`. What became of it is in the deliveries.
         */
        post: operations["send_a_test_event_admin_webhooks__webhook_id__test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens in the shop
         * @description Server-Sent Events, for `EventSource`: orders for callers with `orders:read`, products for callers with `products:read`. The first event is `ready`: from then on nothing is missing, so load what you show. A client that comes back with `Last-Event-ID` gets what it has missed in place of `ready`, or `ready` again if that is too much. An event may come twice. Every 15 seconds comes a comment. A stream ends when its key or session ends, or its client reads too slowly.
         */
        get: operations["follow_what_happens_in_the_shop_admin_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List mails
         * @description Newest first, of the last year. No more than 100,000 are counted: then there is `X-Total-Count-Relation: at-least`.
         */
        get: operations["list_mails_admin_mails_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test mail
         * @description What became of it is in the mail's state and `last_error`.
         */
        post: operations["send_a_test_mail_admin_mails_test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails/{mail_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get mail
         * @description With its text.
         */
        get: operations["get_mail_admin_mails__mail_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/mails/{mail_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a mail again
         * @description One that was held, or that the relay did not take.
         */
        post: operations["send_a_mail_again_admin_mails__mail_id__retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a picture
         * @description The body is the file itself: JPEG, PNG or WebP, of at most 1 MiB and 8192 pixels a side. What it is decides, and not its Content-Type. It is not decoded, but its metadata (EXIF with the place where it was taken, XMP, comments) are left out. It is deleted after a day unless a product has it by then. The same picture again is the same one.
         */
        post: operations["upload_a_picture_admin_media_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/media/{hash}/sizes/{width}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Upload a narrower copy of a picture
         * @description For screens and lists that need no more: it is served below the picture's address, and named in the `sizes` of the products that have the picture. The body as of `POST /admin/media`, of exactly this width. A size that is there stays: browsers keep it for a year.
         */
        put: operations["upload_a_narrower_copy_of_a_picture_admin_media__hash__sizes__width__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a product's pictures
         * @description Of a deleted product too. Shoppers read them with the product: `include=images`.
         */
        get: operations["list_a_product_s_pictures_products__product_id__images_get"];
        /**
         * Set a product's pictures
         * @description In place of those that it has. The first one becomes its `image_url`; an empty list empties that, if it was of one of these pictures.
         */
        put: operations["set_a_product_s_pictures_products__product_id__images_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List imports
         * @description The latest 50, newest first; those that are done for 30 days.
         */
        get: operations["list_imports_admin_imports_get"];
        put?: never;
        /**
         * Create an import
         * @description Of a file of products: CSV, JSON Lines or JSON, or the product file of Shopify, WooCommerce, Medusa or a Google feed. Then send its parts, check it if you like, and start it. All rows are imported or none.
         */
        post: operations["create_an_import_admin_imports_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/imports/{import_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an import
         * @description How far it is, and what came of it. After an upload that broke, `next_part` says where to go on.
         */
        get: operations["get_an_import_admin_imports__import_id__get"];
        put?: never;
        post?: never;
        /**
         * Give up an import
         * @description One that runs is stopped, and nothing of it is kept. One that is done is forgotten.
         */
        delete: operations["give_up_an_import_admin_imports__import_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/imports/{import_id}/parts/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Send a part of a file
         * @description The file's bytes, cut anywhere, as parts 1, 2, 3 … in any order, each of at most 1 MiB. The same part may be sent again. After a part that is new the file counts as not checked.
         */
        put: operations["send_a_part_of_a_file_admin_imports__import_id__parts__n__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/imports/{import_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check an import
         * @description A dry run, which writes nothing: how many products would be added and changed, which rows are bad, and what would be left out. Ask for the import until it is `checked`.
         */
        post: operations["check_an_import_admin_imports__import_id__check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/imports/{import_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start an import
         * @description New products appear together, at the end. Imports run one after the other, while the shop is served, and go on after a restart. Ask for the import until it is `done` or `failed`.
         */
        post: operations["start_an_import_admin_imports__import_id__start_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export products as CSV
         * @description What shoppers see, oldest first, as `till export` writes it and an import takes it again. A page has up to 500 products: send X-Next-Cursor as `cursor` for the next one, which has no head, until there is none.
         */
        get: operations["export_products_as_csv_admin_export_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description Newest first, with those that are over or revoked.
         */
        get: operations["list_keys_admin_keys_get"];
        put?: never;
        /**
         * Create key
         * @description For a program of yours, with a role or with scopes, and never with more than you may do yourself. Send it as `Authorization: Bearer till_sk_…`. The answer has it this once: only its hash is stored.
         */
        post: operations["create_key_admin_keys_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke key
         * @description All servers refuse it from the next request on, and the keys that it made, and those that they made.
         */
        delete: operations["revoke_key_admin_keys__key_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit log
         * @description What the staff changed, newest first: an entry for each request that changed something, for as long as --keep-audit-days says. X-Next-Cursor is the `cursor` of the next page, until there is none. A page looks through 10,000 entries, so with a filter it may be short, or empty, and still have a next one. `from` and `to` are times of RFC 3339; without an offset they are UTC.
         */
        get: operations["list_audit_log_admin_audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/staff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List staff
         * @description The oldest first, with those who are invited or disabled.
         */
        get: operations["list_staff_admin_staff_get"];
        put?: never;
        /**
         * Invite staff
         * @description Makes a link for a person to choose a password with, for 7 days and one use. The role may do no more than you may. Who was invited and has not accepted can be invited again, which ends the link before.
         */
        post: operations["invite_staff_admin_staff_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/staff/{staff_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change staff
         * @description A new role counts from the next request on, and keys that the member made and that may do more are revoked. Neither the role before nor the new one may do more than you may, and an active owner must be left, unless you have the admin's token.
         */
        patch: operations["change_staff_admin_staff__staff_id__patch"];
        trace?: never;
    };
    "/staff/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Sets the cookie `till_staff`, which the browser sends from then on: for 12 hours after the last request, at most for 7 days. After five wrong passwords each must wait longer, up to 15 minutes.
         */
        post: operations["sign_in_staff_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/token-login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with the admin token
         * @description For the owner, whose token `till serve` prints at its first start. Sets the cookie as `POST /staff/login` does.
         */
        post: operations["sign_in_with_the_admin_token_staff_token_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign out
         * @description Ends the session of the cookie on all servers. A token or a key stays as it is.
         */
        delete: operations["sign_out_staff_session_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I
         * @description Who the cookie, the key or the token stands for, and what that may do.
         */
        get: operations["who_am_i_staff_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a second factor
         * @description Makes a secret for an authenticator app. It counts after `POST /staff/totp/confirm`. If you signed in more than 15 minutes ago it is 403 `Sign in again to do this`.
         */
        post: operations["begin_a_second_factor_staff_totp_post"];
        /**
         * End your second factor
         * @description Takes a code of the app, or a recovery code.
         */
        delete: operations["end_your_second_factor_staff_totp_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put the second factor in force
         * @description From now on signing in takes a code of the app, or a recovery code, beside the password. Ends your other sessions.
         */
        post: operations["put_the_second_factor_in_force_staff_totp_confirm_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description Chooses a password and signs in, as `POST /staff/login` does. A link that was used, is over or was ended is 400 `The link is no longer valid`.
         */
        post: operations["accept_an_invitation_staff_accept_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description Ends your other sessions. After five wrong passwords each must wait longer, up to 15 minutes.
         */
        post: operations["change_your_password_staff_password_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your sessions
         * @description Where you are signed in, the latest used first.
         */
        get: operations["list_your_sessions_staff_sessions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session of yours
         * @description On all servers, from the next request on.
         */
        delete: operations["end_a_session_of_yours_staff_sessions__session_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get settings
         * @description What the shop calls itself, and what it asks at checkout.
         */
        get: operations["get_settings_admin_settings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update settings
         * @description Changes what is named and leaves the rest. Every server follows it from the next request on.
         */
        patch: operations["update_settings_admin_settings_patch"];
        trace?: never;
    };
    "/shipping-methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List shipping methods
         * @description What shoppers can choose, before there is a cart.
         */
        get: operations["list_shipping_methods_shipping_methods_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/shipping-methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all shipping methods
         * @description Also those that are switched off, in the order in which shoppers see them.
         */
        get: operations["list_all_shipping_methods_admin_shipping_methods_get"];
        put?: never;
        /**
         * Create shipping method
         * @description Shoppers can choose it at once.
         */
        post: operations["create_shipping_method_admin_shipping_methods_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/shipping-methods/{shipping_method_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replace shipping method
         * @description Orders that were placed keep its name and price.
         */
        put: operations["replace_shipping_method_admin_shipping_methods__shipping_method_id__put"];
        post?: never;
        /**
         * Delete shipping method
         * @description Orders that were placed keep its name and price.
         */
        delete: operations["delete_shipping_method_admin_shipping_methods__shipping_method_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/tax-rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tax rates
         * @description By country, region and class.
         */
        get: operations["list_tax_rates_admin_tax_rates_get"];
        put?: never;
        /**
         * Create tax rate
         * @description Orders with an address there are charged it at once.
         */
        post: operations["create_tax_rate_admin_tax_rates_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/tax-rates/{tax_rate_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replace tax rate
         * @description Orders that were placed keep what they were charged.
         */
        put: operations["replace_tax_rate_admin_tax_rates__tax_rate_id__put"];
        post?: never;
        /**
         * Delete tax rate
         * @description Orders that were placed keep what they were charged.
         */
        delete: operations["delete_tax_rate_admin_tax_rates__tax_rate_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products for the staff
         * @description Also those that were taken out of the shop. Newest first without words, else the best match first, and products that are not active behind the others: those whose name begins with the words, and of the 5,000 newest also those that have them in their name. X-Next-Cursor is the `cursor` of the next page, until there is none; in other orders than newest first, and with words, a list goes 10,000 products deep. With `stock_below` a page may have fewer than `limit` products, also none, as long as there is a cursor. X-Total-Count is there if it is known.
         */
        get: operations["list_products_for_the_staff_admin_products_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/products/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change many products
         * @description All of them or none, in one step; answers with what they have become. 404 if one of them is not there. 409, with the first 100 products in question as they are under `current`, if a stock would be less than 0, or a price more than can be counted. Each product that is changed has its entry in the audit log. Send an Idempotency-Key, and a retry changes once.
         */
        post: operations["change_many_products_admin_products_bulk_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sum up how the shop is doing
         * @description An order counts on the day (UTC) on which it was paid, and a refund on the day on which it succeeded, also if the bank sends the money back later. The answer is up to 30 seconds old.
         */
        get: operations["sum_up_how_the_shop_is_doing_admin_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List customers
         * @description Everybody who gave an email address with an order, by that address. X-Next-Cursor is the `cursor` of the next page, until there is none.
         */
        get: operations["list_customers_admin_customers_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description 200 as long as the server answers at all.
         */
        get: operations["health_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description 200 when the database can be read and the server is not about to stop, else 503: for a load balancer.
         */
        get: operations["ready_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description For Prometheus, in its text format. With `--admin-listen` they are there alone.
         */
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** ImageSize */
        ImageSize: {
            /**
             * Width
             * Format: int64
             * @description Pixels
             * @example 400
             */
            width: number;
            /**
             * Height
             * Format: int64
             * @description Pixels
             * @example 300
             */
            height: number;
            /**
             * Url
             * @description Its address in this server
             */
            url: string;
        };
        /** ProductImage */
        ProductImage: {
            /**
             * Media
             * @description The picture's hash
             */
            media: string;
            /**
             * Alt
             * @description What it shows, for those who do not see it
             * @example A desk lamp of brass, from the side
             */
            alt: string;
            /**
             * Url
             * @description Its address in this server
             */
            url: string;
            /**
             * Width
             * Format: int64
             * @description Pixels
             * @example 1600
             */
            width: number;
            /**
             * Height
             * Format: int64
             * @description Pixels
             * @example 1200
             */
            height: number;
            /**
             * Sizes
             * @description Its narrower copies, narrowest first, as a `srcset` names them
             */
            sizes: components["schemas"]["ImageSize"][];
        };
        /** ProductRead */
        ProductRead: {
            /**
             * Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            id: string;
            /**
             * Name
             * @description Shown to shoppers
             * @example Desk lamp
             */
            name: string;
            /**
             * Description
             * @description Plain text
             * @example Warm light, and a switch that is found in the dark.
             */
            description: string;
            /**
             * Price
             * Format: int64
             * @description In minor units (cents)
             * @example 2999
             */
            price: number;
            /**
             * Stock Quantity
             * Format: int64
             * @description What can still be bought
             * @example 12
             */
            stock_quantity: number;
            /**
             * Category
             * @description What the shop's menu lists it under
             * @example lighting
             */
            category: string;
            /**
             * Image Url
             * @description An absolute URL, or a path of this server
             * @example /media/desk-lamp.svg
             */
            image_url: string;
            /**
             * Created At
             * Format: date-time
             * @description When it came into the shop; only there if `include` names it
             */
            created_at?: string;
            /**
             * Weight Grams
             * @description With its package; null: not known
             * @example 850
             */
            weight_grams?: number | null;
            /**
             * Ships
             * @description false: nothing is sent, as of a download or a voucher
             * @example true
             */
            ships?: boolean;
            /**
             * Tax Class
             * @description Which tax rates count (/admin/tax-rates); `standard` unless you say so
             * @example standard
             */
            tax_class?: string;
            /**
             * Images
             * @description In the order in which they are shown; only there if `include` names it
             */
            images?: components["schemas"]["ProductImage"][];
        };
        /** SuggestionRead */
        SuggestionRead: {
            /**
             * Text
             * @description To be searched for
             * @example headphones
             */
            text: string;
            /**
             * Kind
             * @description Words that many products have, or one product
             * @enum {string}
             */
            kind: "words" | "product";
            /**
             * Product Id
             * @description Of a product
             */
            product_id: string | null;
        };
        /** CategoryRead */
        CategoryRead: {
            /**
             * Category
             * @example lighting
             */
            category: string;
            /**
             * Product Count
             * Format: int64
             * @description Products that can be seen
             * @example 7
             */
            product_count: number;
        };
        /** PriceBandRead */
        PriceBandRead: {
            /**
             * Min Price
             * Format: int64
             * @description Inclusive, as the filter is
             * @example 1000
             */
            min_price: number;
            /**
             * Max Price
             * Format: int64
             * @description Inclusive, as the filter is
             * @example 2499
             */
            max_price: number;
            /**
             * Product Count
             * Format: int64
             * @example 12
             */
            product_count: number;
        };
        /** FacetsRead */
        FacetsRead: {
            /**
             * Total
             * Format: int64
             * @description Products found in all
             * @example 42
             */
            total: number;
            /**
             * Categories
             * @description Of what is found, most products first
             */
            categories: components["schemas"]["CategoryRead"][];
            /**
             * Price Bands
             * @description Of what is found, cheapest first, at most 8; none is empty
             */
            price_bands: components["schemas"]["PriceBandRead"][];
        };
        /** Synonyms */
        Synonyms: {
            /**
             * Text
             * @description `sofa, couch` (each finds the other), `tv => television` (one way), `# comment`: a line each
             * @example sofa, couch, settee
             *     tv => television
             */
            text: string;
        };
        /** ProductCreate */
        ProductCreate: {
            /**
             * Name
             * @description Shown to shoppers
             * @example Desk lamp
             */
            name: string;
            /**
             * Description
             * @description Plain text
             * @example Warm light, and a switch that is found in the dark.
             */
            description: string;
            /**
             * Price
             * Format: int64
             * @description In minor units (cents)
             * @example 2999
             */
            price: number;
            /**
             * Stock Quantity
             * Format: int64
             * @description What can still be bought
             * @example 12
             */
            stock_quantity: number;
            /**
             * Category
             * @description What the shop's menu lists it under
             * @example lighting
             */
            category: string;
            /**
             * Image Url
             * @description An absolute URL, or a path of this server
             * @example /media/desk-lamp.svg
             */
            image_url: string;
            /**
             * Weight Grams
             * @description With its package; null: not known
             * @example 850
             */
            weight_grams?: number | null;
            /**
             * Ships
             * @description false: nothing is sent, as of a download or a voucher
             * @example true
             */
            ships?: boolean;
            /**
             * Tax Class
             * @description Which tax rates count (/admin/tax-rates); `standard` unless you say so
             * @example standard
             */
            tax_class?: string;
        };
        /**
         * ProductUpdate
         * @description What is left out stays as it is
         */
        ProductUpdate: {
            /**
             * Name
             * @example Desk lamp, brass
             */
            name?: string;
            /** Description */
            description?: string;
            /**
             * Price
             * Format: int64
             * @example 2499
             */
            price?: number;
            /**
             * Stock Quantity
             * Format: int64
             */
            stock_quantity?: number;
            /** Category */
            category?: string;
            /** Image Url */
            image_url?: string;
            /**
             * Weight Grams
             * @description With its package; null: not known
             * @example 850
             */
            weight_grams?: number | null;
            /**
             * Ships
             * @description false: nothing is sent, as of a download or a voucher
             * @example true
             */
            ships?: boolean;
            /**
             * Tax Class
             * @description Which tax rates count (/admin/tax-rates); `standard` unless you say so
             * @example standard
             */
            tax_class?: string;
            /**
             * Is Active
             * @description false takes it out of the shop, true brings it back
             */
            is_active?: boolean;
            /**
             * Expected Stock
             * Format: int64
             * @description The stock that you have seen: 409 with the product as it is, if it has another one now
             */
            expected_stock?: number;
        };
        /** ProductReadError */
        ProductReadError: {
            /** Detail */
            detail: string;
            current?: components["schemas"]["ProductRead"][];
        };
        /** StockChange */
        StockChange: {
            /**
             * Delta
             * Format: int64
             * @description Added to the stock; negative to take away
             * @example 5
             */
            delta: number;
            /**
             * Reason
             * @description Kept beside the change
             * @example Delivery 4711
             */
            reason?: string;
        };
        /** CartItemRead */
        CartItemRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a
             */
            id: string;
            /**
             * Product
             * @description As it is now
             */
            product: components["schemas"]["ProductRead"];
            /**
             * Quantity
             * Format: int64
             * @example 2
             */
            quantity: number;
        };
        /** CartItemCreate */
        CartItemCreate: {
            /**
             * Product Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            product_id: string;
            /**
             * Quantity
             * @description Added to what the line has already
             * @example 2
             */
            quantity: number;
        };
        /** CartItemUpdate */
        CartItemUpdate: {
            /**
             * Quantity
             * @example 3
             */
            quantity: number;
        };
        /** OrderAccess */
        OrderAccess: {
            /**
             * Token
             * Format: password
             * @description Of the mail's link
             * @example 2XvP0Zk3gq8yQn5b7WcT1uJdR6hLsE4mAoVf9xKiYtU
             */
            token: string;
        };
        /** OrderAccessRead */
        OrderAccessRead: {
            /**
             * Id
             * Format: uuid
             * @description Of the order
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            id: string;
            /**
             * Number
             * @example K7QF9-29XM4
             */
            number: string;
            /**
             * Until
             * Format: date-time
             * @description The session may read the order until then
             */
            until: string;
        };
        /** OrderLookup */
        OrderLookup: {
            /**
             * Number
             * @description In any way of writing
             * @example K7QF9-29XM4
             */
            number: string;
            /**
             * Email
             * Format: email
             * @example ann@example.com
             */
            email: string;
            /**
             * Send Link
             * @description Mail a link to the order to that address, if both are right, in place of an answer
             * @example false
             */
            send_link?: boolean;
        };
        /** TrackingEvent */
        TrackingEvent: {
            /**
             * At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            at: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "created" | "paid" | "cancelled" | "expired" | "refunded" | "shipped" | "delivered" | "lost" | "shipment_cancelled" | "partly_refunded" | "refund_failed" | "disputed" | "note";
        };
        /** TrackingItem */
        TrackingItem: {
            /**
             * Name
             * @example Desk lamp
             */
            name: string;
            /**
             * Quantity
             * Format: int64
             * @example 2
             */
            quantity: number;
        };
        /** TrackingFulfillmentItem */
        TrackingFulfillmentItem: {
            /**
             * Line
             * Format: int64
             * @description Which of `items`, from 0
             * @example 0
             */
            line: number;
            /**
             * Quantity
             * Format: int64
             * @example 1
             */
            quantity: number;
        };
        /** TrackingFulfillment */
        TrackingFulfillment: {
            /**
             * Status
             * @enum {string}
             */
            status: "shipped" | "delivered" | "lost" | "cancelled";
            /** Items */
            items: components["schemas"]["TrackingFulfillmentItem"][];
            /**
             * Carrier
             * @example DHL
             */
            carrier: string | null;
            /**
             * Tracking Number
             * @example 00340434161094042557
             */
            tracking_number: string | null;
            /**
             * Tracking Url
             * @description http or https
             */
            tracking_url: string | null;
            /**
             * Shipped At
             * Format: date-time
             */
            shipped_at: string;
            /** Delivered At */
            delivered_at: string | null;
        };
        /** TrackingRead */
        TrackingRead: {
            /**
             * Number
             * @example K7QF9-29XM4
             */
            number: string;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded";
            /**
             * Timeline
             * @description What happened to it, oldest first
             */
            timeline: components["schemas"]["TrackingEvent"][];
            /** Items */
            items: components["schemas"]["TrackingItem"][];
            /**
             * Fulfillments
             * @description What was sent together, oldest first
             */
            fulfillments: components["schemas"]["TrackingFulfillment"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** OrderLinkSent */
        OrderLinkSent: {
            /** Message */
            message: string;
        };
        /** AddressCreate */
        AddressCreate: {
            /**
             * Name
             * @example Ann Smith
             */
            name: string;
            /** Company */
            company?: string | null;
            /**
             * Line1
             * @example 1 High Street
             */
            line1: string;
            /** Line2 */
            line2?: string | null;
            /**
             * City
             * @example London
             */
            city: string;
            /**
             * Region
             * @description A state or province, where the country needs one
             */
            region?: string | null;
            /**
             * Postal Code
             * @description Where the country needs one
             * @example SW1A 1AA
             */
            postal_code?: string | null;
            /**
             * Country
             * @description ISO 3166-1 alpha-2, in capitals
             * @example GB
             */
            country: string;
            /** Phone */
            phone?: string | null;
        };
        /** OrderCreate */
        OrderCreate: {
            /**
             * Cart Item Ids
             * @description Lines of the cart; one that is named twice counts once
             * @example [
             *       "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a"
             *     ]
             */
            cart_item_ids: string[];
            /** Email */
            email?: string | null;
            /** Shipping Address */
            shipping_address?: components["schemas"]["AddressCreate"] | null;
            /**
             * Billing Address
             * @description Where it is another one
             */
            billing_address?: components["schemas"]["AddressCreate"] | null;
            /**
             * Shipping Method Id
             * @description One of the quote's `shipping_options`
             */
            shipping_method_id?: string | null;
            /**
             * Note
             * @description For the shop
             */
            note?: string | null;
            /**
             * Expected Total
             * @description The total that the shopper has seen: 409 if it would be more now
             */
            expected_total?: number | null;
        };
        /** OrderItemRead */
        OrderItemRead: {
            /**
             * Product Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            product_id: string;
            /**
             * Quantity
             * Format: int64
             * @example 2
             */
            quantity: number;
            /**
             * Price At Purchase
             * Format: int64
             * @description In minor units, as it was then
             * @example 2999
             */
            price_at_purchase: number;
        };
        /** OrderRead */
        OrderRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            id: string;
            /**
             * Total Amount
             * Format: int64
             * @description In minor units
             * @example 5998
             */
            total_amount: number;
            /**
             * Status
             * @description shipped: nothing is left to be sent; delivered: all of it has arrived
             * @enum {string}
             */
            status: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded";
            /** Items */
            items: components["schemas"]["OrderItemRead"][];
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
        };
        /** Shortage */
        Shortage: {
            /**
             * Product Id
             * Format: uuid
             */
            product_id: string;
            /**
             * Requested
             * Format: int64
             */
            requested: number;
            /**
             * Available
             * Format: int64
             */
            available: number;
        };
        /** ShortageError */
        ShortageError: {
            /** Detail */
            detail: string;
            short?: components["schemas"]["Shortage"][];
        };
        /** ShippingOption */
        ShippingOption: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-b7c4-7d1e-9a55-2f6f1c3a9e21
             */
            id: string;
            /**
             * Name
             * @example Standard
             */
            name: string;
            /** Description */
            description: string;
            /**
             * Price
             * Format: int64
             * @description In minor units, for this order
             * @example 490
             */
            price: number;
            /**
             * Min Days
             * @example 2
             */
            min_days: number | null;
            /**
             * Max Days
             * @example 4
             */
            max_days: number | null;
        };
        /** QuoteWarning */
        QuoteWarning: {
            /** Loc */
            loc: string[];
            /** Msg */
            msg: string;
        };
        /** QuoteRead */
        QuoteRead: {
            /**
             * Items Total
             * Format: int64
             * @description In minor units, as all of them
             * @example 5998
             */
            items_total: number;
            /**
             * Discount Total
             * Format: int64
             * @example 0
             */
            discount_total: number;
            /**
             * Shipping Total
             * Format: int64
             * @example 490
             */
            shipping_total: number;
            /**
             * Tax Total
             * Format: int64
             * @description In the total already if `tax_included`
             * @example 1081
             */
            tax_total: number;
            /**
             * Tax Included
             * @example true
             */
            tax_included: boolean;
            /**
             * Total Amount
             * Format: int64
             * @description What is to be paid
             * @example 6488
             */
            total_amount: number;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Shipping Options
             * @description The ways to ship that can be chosen
             */
            shipping_options: components["schemas"]["ShippingOption"][];
            /**
             * Short
             * @description Products of which there are not as many now
             */
            short: components["schemas"]["Shortage"][];
            /**
             * Warnings
             * @description What may be wrong, and does not stop an order
             */
            warnings: components["schemas"]["QuoteWarning"][];
        };
        /** QuoteReadError */
        QuoteReadError: {
            /** Detail */
            detail: string;
            totals?: components["schemas"]["QuoteRead"][];
        };
        /** OrderEvent */
        OrderEvent: {
            /**
             * At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            at: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "created" | "paid" | "cancelled" | "expired" | "refunded" | "shipped" | "delivered" | "lost" | "shipment_cancelled" | "partly_refunded" | "refund_failed" | "disputed" | "note";
            /**
             * Subject
             * @description The id of the fulfilment or the refund; null: the order itself
             */
            subject: string | null;
            /**
             * Amount
             * @description Of money, in minor units
             */
            amount: number | null;
            /**
             * Text
             * @description A note, or a reason
             */
            text: string | null;
            /**
             * Actor Kind
             * @description Who did it, as in the audit log; null for shoppers, and if it was not the staff
             * @example staff
             */
            actor_kind: string | null;
            /**
             * Actor
             * @description The id of the key or the member
             */
            actor: string | null;
        };
        /** FulfillmentItem */
        FulfillmentItem: {
            /**
             * Line
             * @description Of the order's details
             * @example 0
             */
            line: number;
            /**
             * Quantity
             * Format: int64
             * @example 1
             */
            quantity: number;
        };
        /** FulfillmentCreate */
        FulfillmentCreate: {
            /**
             * Items
             * @description What is sent; left out: all that is still to be sent
             */
            items?: components["schemas"]["FulfillmentItem"][] | null;
            /**
             * Carrier
             * @description A code or a name (`dhl`, `Royal Mail`); of one that Till knows it makes the link
             * @example DHL
             */
            carrier?: string | null;
            /**
             * Tracking Number
             * @example 00340434161094042557
             */
            tracking_number?: string | null;
            /**
             * Tracking Url
             * @description http or https; wins over the carrier's own
             */
            tracking_url?: string | null;
            /**
             * Notify
             * @description Whether to mail the shopper, if the order has an address of mail; left out: as the setting `mails` has it
             */
            notify?: boolean;
        };
        /** FulfillmentRead */
        FulfillmentRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0f1-1d2e-7b3c-8a4d-5e6f7a8b9c0d
             */
            id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "shipped" | "delivered" | "lost" | "cancelled";
            /** Items */
            items: components["schemas"]["FulfillmentItem"][];
            /**
             * Carrier
             * @example DHL
             */
            carrier: string | null;
            /**
             * Tracking Number
             * @example 00340434161094042557
             */
            tracking_number: string | null;
            /**
             * Tracking Url
             * @description The link that was given, or that of a carrier that Till knows
             */
            tracking_url: string | null;
            /**
             * Shipped At
             * Format: date-time
             */
            shipped_at: string;
            /** Delivered At */
            delivered_at: string | null;
        };
        /**
         * FulfillmentUpdate
         * @description What is left out stays as it is
         */
        FulfillmentUpdate: {
            /**
             * Status
             * @description cancelled: its units are to be sent again
             * @enum {string}
             */
            status?: "shipped" | "delivered" | "lost" | "cancelled";
            /**
             * Carrier
             * @description A code or a name (`dhl`, `Royal Mail`); of one that Till knows it makes the link
             * @example DHL
             */
            carrier?: string | null;
            /**
             * Tracking Number
             * @example 00340434161094042557
             */
            tracking_number?: string | null;
            /**
             * Tracking Url
             * @description http or https; wins over the carrier's own
             */
            tracking_url?: string | null;
            /**
             * Notify
             * @description Whether to mail the shopper that the parcel has arrived; left out: as the setting `mails` has it
             */
            notify?: boolean;
        };
        /** RefundItemCreate */
        RefundItemCreate: {
            /**
             * Line
             * @description Of the order's details
             * @example 0
             */
            line: number;
            /**
             * Quantity
             * Format: int64
             * @example 1
             */
            quantity: number;
            /**
             * Restock
             * @description Whether they can be bought again; left out: those that were not sent
             * @example true
             */
            restock?: boolean;
        };
        /** RefundCreate */
        RefundCreate: {
            /**
             * Amount
             * Format: int64
             * @description In minor units; left out: what the items cost, and `shipping`
             * @example 2999
             */
            amount?: number;
            /**
             * Shipping
             * Format: int64
             * @description Of what shipping cost, with its tax
             * @example 0
             */
            shipping?: number;
            /**
             * Items
             * @description Units that are taken back. Those that were not sent come first, and are not sent any more
             */
            items?: components["schemas"]["RefundItemCreate"][] | null;
            /**
             * Reason
             * @description For the staff alone
             * @example Arrived broken
             */
            reason?: string | null;
            /**
             * Notify
             * @description Whether to mail the shopper, if the order has an address of mail; left out: as the setting `mails` has it
             */
            notify?: boolean;
        };
        /** RefundItem */
        RefundItem: {
            /**
             * Line
             * Format: int64
             * @description Of the order's details
             * @example 0
             */
            line: number;
            /**
             * Quantity
             * Format: int64
             * @example 1
             */
            quantity: number;
            /**
             * Unsent
             * Format: int64
             * @description Of these: those that were still to be sent, and are not any more
             * @example 1
             */
            unsent: number;
            /**
             * Restock
             * Format: int64
             * @description Of these: those that can be bought again
             * @example 1
             */
            restock: number;
        };
        /** RefundRead */
        RefundRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0f4-3a1b-7c2d-9e8f-0a1b2c3d4e5f
             */
            id: string;
            /**
             * Amount
             * Format: int64
             * @description In minor units
             * @example 2999
             */
            amount: number;
            /**
             * Shipping
             * Format: int64
             * @description The part of it that is for shipping
             * @example 0
             */
            shipping: number;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Status
             * @description pending: the provider has not answered, and is asked again. One that succeeded may still fail, if the bank sends it back
             * @enum {string}
             */
            status: "pending" | "succeeded" | "failed";
            /**
             * Origin
             * @description provider: somebody made it there, and not by this API; shop: the order had no use for the money
             * @enum {string}
             */
            origin: "staff" | "provider" | "shop";
            /** Items */
            items: components["schemas"]["RefundItem"][];
            /**
             * Reason
             * @example Arrived broken
             */
            reason: string | null;
            /**
             * Failure Message
             * @description Why it failed
             */
            failure_message: string | null;
            /**
             * Provider Refund Id
             * @description Its id at the provider
             * @example re_3P8xYz2eZvKYlo2C1a2b3c4d
             */
            provider_refund_id: string | null;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-24T09:12:00.123456Z
             */
            created_at: string;
            /**
             * Succeeded At
             * @description When it first succeeded
             */
            succeeded_at: string | null;
        };
        /**
         * QuoteAddress
         * @description The country alone is enough
         */
        QuoteAddress: {
            /** Name */
            name?: string | null;
            /** Company */
            company?: string | null;
            /** Line1 */
            line1?: string | null;
            /** Line2 */
            line2?: string | null;
            /** City */
            city?: string | null;
            /** Region */
            region?: string | null;
            /** Postal Code */
            postal_code?: string | null;
            /**
             * Country
             * @description ISO 3166-1 alpha-2, in capitals
             * @example GB
             */
            country: string;
            /** Phone */
            phone?: string | null;
        };
        /** QuoteCreate */
        QuoteCreate: {
            /**
             * Cart Item Ids
             * @description Lines of the cart; one that is named twice counts once
             * @example [
             *       "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a"
             *     ]
             */
            cart_item_ids: string[];
            /** Email */
            email?: string | null;
            /** Shipping Address */
            shipping_address?: components["schemas"]["QuoteAddress"] | null;
            /**
             * Billing Address
             * @description Where it is another one
             */
            billing_address?: components["schemas"]["QuoteAddress"] | null;
            /**
             * Shipping Method Id
             * @description One of the quote's `shipping_options`
             */
            shipping_method_id?: string | null;
            /**
             * Note
             * @description For the shop
             */
            note?: string | null;
            /**
             * Expected Total
             * @description The total that the shopper has seen: 409 if it would be more now
             */
            expected_total?: number | null;
        };
        /** OrderLineDetails */
        OrderLineDetails: {
            /**
             * Line
             * Format: int64
             * @example 0
             */
            line: number;
            /**
             * Product Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            product_id: string;
            /**
             * Name
             * @description As it was called then
             * @example Desk lamp
             */
            name: string;
            /** Image Url */
            image_url: string;
            /**
             * Quantity
             * Format: int64
             * @example 2
             */
            quantity: number;
            /**
             * Price At Purchase
             * Format: int64
             * @example 2999
             */
            price_at_purchase: number;
            /**
             * Discount
             * Format: int64
             * @example 0
             */
            discount: number;
            /**
             * Tax
             * Format: int64
             * @example 1000
             */
            tax: number;
            /**
             * Tax Rate E5
             * Format: int64
             * @example 20000
             */
            tax_rate_e5: number;
            /**
             * Tax Name
             * @example VAT 20%
             */
            tax_name: string | null;
            /**
             * Shipped Quantity
             * Format: int64
             * @example 0
             */
            shipped_quantity: number;
            /**
             * Refunded Quantity
             * Format: int64
             * @description Taken back, sent or not
             * @example 0
             */
            refunded_quantity: number;
        };
        /** OrderAddress */
        OrderAddress: {
            /** Name */
            name: string | null;
            /** Company */
            company: string | null;
            /** Line1 */
            line1: string | null;
            /** Line2 */
            line2: string | null;
            /** City */
            city: string | null;
            /** Region */
            region: string | null;
            /** Postal Code */
            postal_code: string | null;
            /** Country */
            country: string;
            /** Phone */
            phone: string | null;
        };
        /** OrderDetails */
        OrderDetails: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            id: string;
            /**
             * Number
             * @description For people, on the phone and on paper
             * @example K7QF9-29XM4
             */
            number: string;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded";
            /**
             * Payment Status
             * @enum {string}
             */
            payment_status: "unpaid" | "paid" | "partly_refunded" | "refunded";
            /**
             * Fulfillment Status
             * @enum {string}
             */
            fulfillment_status: "none" | "partial" | "shipped" | "delivered";
            /** Items */
            items: components["schemas"]["OrderLineDetails"][];
            /**
             * Items Total
             * Format: int64
             * @description In minor units, as all of them
             * @example 5998
             */
            items_total: number;
            /**
             * Discount Total
             * Format: int64
             * @example 0
             */
            discount_total: number;
            /**
             * Shipping Total
             * Format: int64
             * @example 490
             */
            shipping_total: number;
            /**
             * Tax Total
             * Format: int64
             * @description In the total already if `tax_included`
             * @example 1081
             */
            tax_total: number;
            /**
             * Tax Included
             * @example true
             */
            tax_included: boolean;
            /**
             * Total Amount
             * Format: int64
             * @description What is to be paid
             * @example 6488
             */
            total_amount: number;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Refunded Amount
             * Format: int64
             * @example 0
             */
            refunded_amount: number;
            /** Email */
            email: string | null;
            /** Shipping Address */
            shipping_address: components["schemas"]["OrderAddress"] | null;
            /** Billing Address */
            billing_address: components["schemas"]["OrderAddress"] | null;
            /**
             * Shipping Method
             * @description Its name then
             */
            shipping_method: string | null;
            /** Note */
            note: string | null;
            /** Fulfillments */
            fulfillments: components["schemas"]["FulfillmentRead"][];
            /**
             * Timeline
             * @description What happened to it, oldest first
             */
            timeline: components["schemas"]["OrderEvent"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Can Cancel
             * @description By the session that placed it
             */
            can_cancel: boolean;
        };
        /** OrderRow */
        OrderRow: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            id: string;
            /**
             * Number
             * @description For people, on the phone and on paper
             * @example K7QF9-29XM4
             */
            number: string;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded";
            /**
             * Total Amount
             * Format: int64
             * @description In minor units
             * @example 5998
             */
            total_amount: number;
            /**
             * Refunded Amount
             * Format: int64
             * @description What of it went back, in minor units
             * @example 0
             */
            refunded_amount: number;
            /**
             * Is Partly Shipped
             * @description Paid, some of it is sent, and some is to be sent
             * @example false
             */
            is_partly_shipped: boolean;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Item Count
             * Format: int64
             * @description Units of all lines
             * @example 2
             */
            item_count: number;
            /**
             * Name
             * @description On its address
             * @example Ann Smith
             */
            name: string | null;
            /**
             * Email
             * @description For those with customers:read
             * @example ann@example.com
             */
            email: string | null;
            /**
             * Country
             * @example GB
             */
            country: string | null;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
        };
        /** OrderPayment */
        OrderPayment: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Provider
             * @example stripe
             */
            provider: string;
            /**
             * Provider Payment Id
             * @description Its id at the provider
             * @example pi_3P8xYz2eZvKYlo2C1a2b3c4d
             */
            provider_payment_id: string | null;
            /**
             * Amount
             * Format: int64
             * @description In minor units
             * @example 5998
             */
            amount: number;
            /**
             * Refunded Amount
             * Format: int64
             * @description What of it went back
             * @example 0
             */
            refunded_amount: number;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "succeeded" | "failed";
            /**
             * Is Over
             * @description The order had no use for the money: it goes back
             * @example false
             */
            is_over: boolean | null;
            /** Failure Message */
            failure_message: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** ManualPayment */
        ManualPayment: {
            /**
             * Amount
             * Format: int64
             * @description In minor units
             * @example 5998
             */
            amount: number;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Note
             * @example Cash
             */
            note: string | null;
            /**
             * Actor Kind
             * @description Who marked it as paid
             * @example staff
             */
            actor_kind: string;
            /**
             * Actor
             * @description Their id
             */
            actor: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** DeskOrder */
        DeskOrder: {
            /** Order */
            order: components["schemas"]["OrderDetails"];
            /**
             * Payments
             * @description Oldest first, also those that failed
             */
            payments: components["schemas"]["OrderPayment"][];
            /**
             * Taken By Staff
             * @description By phone or over the counter: no session has it
             * @example false
             */
            taken_by_staff: boolean;
            /**
             * Held Until
             * @description Of a pending order: when it expires
             */
            held_until: string | null;
            /**
             * Paid By Hand
             * @description In cash or by a bank transfer: no provider has this money
             */
            paid_by_hand: components["schemas"]["ManualPayment"] | null;
        };
        /** NoteCreate */
        NoteCreate: {
            /**
             * Text
             * @example Called: deliver after 5 pm
             */
            text: string;
        };
        /** PhoneOrderItem */
        PhoneOrderItem: {
            /**
             * Product Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            product_id: string;
            /**
             * Quantity
             * @example 2
             */
            quantity: number;
        };
        /** PhoneOrderCreate */
        PhoneOrderCreate: {
            /**
             * Items
             * @description A product that is named twice is one line of both quantities
             * @example [
             *       {
             *         "product_id": "5d9dc9f8-1818-4811-892f-902bd23f0824",
             *         "quantity": 2
             *       }
             *     ]
             */
            items: components["schemas"]["PhoneOrderItem"][];
            /** Email */
            email?: string | null;
            /** Shipping Address */
            shipping_address?: components["schemas"]["AddressCreate"] | null;
            /**
             * Billing Address
             * @description Where it is another one
             */
            billing_address?: components["schemas"]["AddressCreate"] | null;
            /**
             * Shipping Method Id
             * @description One of the quote's `shipping_options`
             */
            shipping_method_id?: string | null;
            /**
             * Note
             * @description For the shop
             */
            note?: string | null;
            /**
             * Expected Total
             * @description The total that the shopper has seen: 409 if it would be more now
             */
            expected_total?: number | null;
            /**
             * Mark Paid
             * @description Whether it is paid already, in cash or by a bank transfer; left out: no
             * @example true
             */
            mark_paid?: boolean;
            /**
             * Payment Note
             * @description How it was paid. Without names: it is kept with the order
             * @example Bank transfer
             */
            payment_note?: string | null;
            /**
             * Hold Days
             * @description How long it keeps its stock if it is not paid
             * @default 14
             */
            hold_days?: number;
        };
        /** PaidMark */
        PaidMark: {
            /**
             * Payment Note
             * @description How it was paid. Without names: it is kept with the order
             * @example Bank transfer
             */
            payment_note?: string | null;
        };
        /** ProductStock */
        ProductStock: {
            /**
             * Product Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            product_id: string;
            /**
             * Stock Quantity
             * Format: int64
             * @description What can be bought
             * @example 12
             */
            stock_quantity: number;
            /**
             * Held Unpaid
             * @description Units of orders that are not paid
             * @example 2
             */
            held_unpaid: number | null;
            /**
             * Held Unsent
             * @description Units that are paid, and not in a parcel yet
             * @example 3
             */
            held_unsent: number | null;
            /**
             * On Shelf
             * @description All three: what somebody who counts should find
             * @example 17
             */
            on_shelf: number | null;
        };
        /** CountryRead */
        CountryRead: {
            /**
             * Code
             * @description ISO 3166-1 alpha-2
             * @example GB
             */
            code: string;
            /**
             * Postal Code
             * @description `none`: there are no postal codes
             * @example required
             * @enum {string}
             */
            postal_code: "none" | "optional" | "required";
            /**
             * Region
             * @description A state or province; `none`: addresses there have no such line
             * @example none
             * @enum {string}
             */
            region: "none" | "optional" | "required";
        };
        /** CheckoutRead */
        CheckoutRead: {
            /**
             * Requires
             * @description What an order must have beside its lines
             * @example []
             */
            requires: ("email" | "address" | "shipping")[];
            /**
             * Prices Include Tax
             * @description Whether tax is in the prices, or added to them
             * @example true
             */
            prices_include_tax: boolean;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Countries
             * @description To which the shop ships, by their codes, and what an address needs there
             */
            countries: components["schemas"]["CountryRead"][];
        };
        /** PaymentIntentCreate */
        PaymentIntentCreate: {
            /**
             * Order Id
             * Format: uuid
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            order_id: string;
        };
        /** PaymentRead */
        PaymentRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-b5e1-7d20-a1c3-9d4e5f6a7b8c
             */
            id: string;
            /**
             * Order Id
             * Format: uuid
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            order_id: string;
            /**
             * Provider
             * @example stripe
             */
            provider: string;
            /**
             * Provider Payment Id
             * @description The provider's PaymentIntent; none where there is nothing to pay
             * @example pi_3PqR8s2eZvKYlo2C1gFJ9wXy
             */
            provider_payment_id: string | null;
            /**
             * Amount
             * Format: int64
             * @description In minor units
             * @example 5998
             */
            amount: number;
            /**
             * Currency
             * @example usd
             */
            currency: string;
            /**
             * Status
             * @description A failed one leaves the order pending, and another may be created
             * @enum {string}
             */
            status: "pending" | "succeeded" | "failed";
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:31.123456Z
             */
            created_at: string;
            /**
             * Client Secret
             * @description For the page's own talk with the provider; told by create-intent alone
             */
            client_secret: string | null;
            /**
             * Failure Message
             * @description Why it failed, or what the shopper has to do, in words for the shopper
             */
            failure_message: string | null;
        };
        /** PaymentConfirm */
        PaymentConfirm: {
            /**
             * Payment Id
             * Format: uuid
             * @example 0198c0de-b5e1-7d20-a1c3-9d4e5f6a7b8c
             */
            payment_id: string;
            /**
             * Payment Method
             * @description The provider's id of a payment method; left out where the page has confirmed already
             * @example pm_card_visa
             */
            payment_method?: string;
        };
        /** WebhookRead */
        WebhookRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0e2-51aa-7c3e-9d41-2f6a7b8c9d0e
             */
            id: string;
            /**
             * Url
             * @example https://example.com/till
             */
            url: string;
            /**
             * Types
             * @description `*` is all of them, and those of later versions
             * @example [
             *       "order.paid"
             *     ]
             */
            types: ("order.created" | "order.paid" | "order.cancelled" | "order.expired" | "order.refunded" | "product.created" | "product.updated" | "product.deleted" | "order.shipped" | "order.delivered" | "product.low_stock" | "product.back_in_stock" | "refund.succeeded" | "*")[];
            /**
             * Is Active
             * @description Whether events are sent to it
             */
            is_active: boolean;
            /**
             * Disabled Reason
             * @description Why the shop itself has switched it off
             */
            disabled_reason: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** WebhookCreate */
        WebhookCreate: {
            /**
             * Url
             * @description https alone; what its name leads to must be a public address
             * @example https://example.com/till
             */
            url: string;
            /**
             * Types
             * @description `*` is all of them, and those of later versions
             * @example [
             *       "order.paid"
             *     ]
             */
            types: ("order.created" | "order.paid" | "order.cancelled" | "order.expired" | "order.refunded" | "product.created" | "product.updated" | "product.deleted" | "order.shipped" | "order.delivered" | "product.low_stock" | "product.back_in_stock" | "refund.succeeded" | "*")[];
        };
        /** WebhookCreated */
        WebhookCreated: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0e2-51aa-7c3e-9d41-2f6a7b8c9d0e
             */
            id: string;
            /**
             * Url
             * @example https://example.com/till
             */
            url: string;
            /**
             * Types
             * @description `*` is all of them, and those of later versions
             * @example [
             *       "order.paid"
             *     ]
             */
            types: ("order.created" | "order.paid" | "order.cancelled" | "order.expired" | "order.refunded" | "product.created" | "product.updated" | "product.deleted" | "order.shipped" | "order.delivered" | "product.low_stock" | "product.back_in_stock" | "refund.succeeded" | "*")[];
            /**
             * Is Active
             * @description Whether events are sent to it
             */
            is_active: boolean;
            /**
             * Disabled Reason
             * @description Why the shop itself has switched it off
             */
            disabled_reason: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Secret
             * @description For the receiver, to check signatures with. It is shown this once
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0Yb1sT3m0oE=
             */
            secret: string;
        };
        /**
         * WebhookUpdate
         * @description What is left out stays as it is
         */
        WebhookUpdate: {
            /**
             * Url
             * @description https alone; what its name leads to must be a public address
             * @example https://example.com/till
             */
            url?: string;
            /**
             * Types
             * @description `*` is all of them, and those of later versions
             * @example [
             *       "order.paid"
             *     ]
             */
            types?: ("order.created" | "order.paid" | "order.cancelled" | "order.expired" | "order.refunded" | "product.created" | "product.updated" | "product.deleted" | "order.shipped" | "order.delivered" | "product.low_stock" | "product.back_in_stock" | "refund.succeeded" | "*")[];
            /**
             * Is Active
             * @description false drops what waits for it; true switches it on again
             */
            is_active?: boolean;
        };
        /** WebhookSecret */
        WebhookSecret: {
            /**
             * Secret
             * @description For the receiver, to check signatures with. It is shown this once
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0Yb1sT3m0oE=
             */
            secret: string;
        };
        /** DeliveryRead */
        DeliveryRead: {
            /**
             * Event Id
             * Format: uuid
             * @description `webhook-id` of every try
             */
            event_id: string;
            /**
             * Sequence
             * Format: int64
             * @description Grows from event to event
             * @example 17
             */
            sequence: number;
            /**
             * Type
             * @example order.paid
             */
            type: string;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "sent" | "failed" | "dropped";
            /**
             * Attempts
             * Format: int64
             * @example 1
             */
            attempts: number;
            /**
             * Due At
             * @description Of the next try
             */
            due_at: string | null;
            /**
             * Last Status
             * @example 200
             */
            last_status: number | null;
            /**
             * Last Error
             * @description Why there was no answer
             */
            last_error: string | null;
            /**
             * Answer
             * @description The first KiB of the latest answer
             */
            answer: string | null;
            /** Done At */
            done_at: string | null;
            /**
             * Created At
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
        };
        /** WebhookReplay */
        WebhookReplay: {
            /**
             * From Sequence
             * Format: int64
             * @description The first event to send again; events are kept for 30 days
             * @default 0
             * @example 17
             */
            from_sequence?: number;
        };
        /** WebhookReplayed */
        WebhookReplayed: {
            /**
             * Queued
             * Format: int64
             * @description How many events are on their way
             * @example 3
             */
            queued: number;
        };
        /** ShopEventData */
        ShopEventData: {
            /**
             * Id
             * Format: uuid
             * @description Of the order or the product
             */
            id: string;
            /**
             * Number
             * @description Of an order whose shopper left an email address
             * @example TX4K-9QRM
             */
            number: string | null;
            /**
             * Status
             * @description The order's, when this happened
             * @example paid
             */
            status: string | null;
            /**
             * Total Amount
             * @description Of the order, in minor units
             * @example 2999
             */
            total_amount: number | null;
            /**
             * Currency
             * @example usd
             */
            currency: string | null;
        };
        /** ShopEvent */
        ShopEvent: {
            /**
             * Type
             * @description As of webhooks, and the name of the event
             * @example order.paid
             */
            type: string;
            /**
             * Timestamp
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            timestamp: string;
            /**
             * Sequence
             * Format: int64
             * @example 1841
             */
            sequence: number;
            /**
             * Data
             * @description Null in an event of a product: all but its id
             */
            data: components["schemas"]["ShopEventData"];
        };
        /** MailRead */
        MailRead: {
            /**
             * Id
             * Format: uuid
             * @description In its `Message-ID` too
             * @example 0198c0e4-6d1b-7f20-8a3c-5e7f9a1b2c3d
             */
            id: string;
            /**
             * To
             * @example ann@example.com
             */
            to: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "order_confirmed" | "order_shipped" | "order_delivered" | "order_cancelled" | "order_refunded" | "new_order" | "low_stock" | "order_link" | "staff_invite" | "webhook_failing" | "mail_test";
            /**
             * Subject
             * @example Your shop can send mail
             */
            subject: string;
            /**
             * State
             * @description held: the shop has no --mail
             * @enum {string}
             */
            state: "held" | "queued" | "sent" | "failed";
            /**
             * Attempts
             * Format: int64
             * @example 1
             */
            attempts: number;
            /**
             * Due At
             * @description Of the next try
             */
            due_at: string | null;
            /**
             * Last Error
             * @description Why the relay did not take it
             */
            last_error: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Done At
             * @description When it was sent, or given up
             */
            done_at: string | null;
        };
        /** MailTest */
        MailTest: {
            /**
             * To
             * Format: email
             * @example ann@example.com
             */
            to: string;
        };
        /** MailDetails */
        MailDetails: {
            /**
             * Id
             * Format: uuid
             * @description In its `Message-ID` too
             * @example 0198c0e4-6d1b-7f20-8a3c-5e7f9a1b2c3d
             */
            id: string;
            /**
             * To
             * @example ann@example.com
             */
            to: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "order_confirmed" | "order_shipped" | "order_delivered" | "order_cancelled" | "order_refunded" | "new_order" | "low_stock" | "order_link" | "staff_invite" | "webhook_failing" | "mail_test";
            /**
             * Subject
             * @example Your shop can send mail
             */
            subject: string;
            /**
             * State
             * @description held: the shop has no --mail
             * @enum {string}
             */
            state: "held" | "queued" | "sent" | "failed";
            /**
             * Attempts
             * Format: int64
             * @example 1
             */
            attempts: number;
            /**
             * Due At
             * @description Of the next try
             */
            due_at: string | null;
            /**
             * Last Error
             * @description Why the relay did not take it
             */
            last_error: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Done At
             * @description When it was sent, or given up
             */
            done_at: string | null;
            /**
             * Text
             * @description Kept for 30 days. That of an invitation takes staff:write: its link signs in. Links to orders take orders:read and customers:read, and are shown until the mail is sent
             */
            text: string | null;
            /** Html */
            html: string | null;
        };
        /** Media */
        Media: {
            /**
             * Hash
             * @description SHA-256 of what was kept, by which it is known
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            hash: string;
            /**
             * Type
             * @example image/webp
             */
            type: string;
            /**
             * Width
             * @description Pixels
             * @example 1600
             */
            width: number;
            /**
             * Height
             * @description Pixels
             * @example 1200
             */
            height: number;
            /**
             * Size Bytes
             * @description Of the file that was kept
             * @example 301234
             */
            size_bytes: number;
            /**
             * Url
             * @description Its address in this server
             */
            url: string;
            /**
             * Sizes
             * @description Its narrower copies, narrowest first
             */
            sizes: components["schemas"]["ImageSize"][];
        };
        /** ProductImageChoice */
        ProductImageChoice: {
            /**
             * Media
             * @description Its hash, from `POST /admin/media`
             */
            media: string;
            /**
             * Alt
             * @description What it shows, for those who do not see it
             * @example A desk lamp of brass, from the side
             */
            alt?: string;
        };
        /** ProductImages */
        ProductImages: {
            /**
             * Images
             * @description In the order in which shoppers see them
             */
            images: components["schemas"]["ProductImageChoice"][];
        };
        /** ImportOptions */
        ImportOptions: {
            /**
             * Format
             * @example csv
             */
            format: string | null;
            /**
             * From
             * @example shopify
             */
            from: string | null;
            /**
             * Prices
             * @example minor
             */
            prices: string | null;
            /**
             * Stock
             * @example keep
             */
            stock: string | null;
            /**
             * Key
             * @example sku
             */
            key: string | null;
            /**
             * Untracked Stock
             * @example 1000
             */
            untracked_stock: number | null;
            /**
             * Update
             * @example true
             */
            update: boolean | null;
            /**
             * From Spreadsheet
             * @example false
             */
            from_spreadsheet: boolean | null;
        };
        /** ImportBadRow */
        ImportBadRow: {
            /**
             * Line
             * @description In the file; null: the whole file
             * @example 17
             */
            line: number | null;
            /**
             * Error
             * @example price: Input should be greater than or equal to 0
             */
            error: string;
        };
        /** ImportCount */
        ImportCount: {
            /**
             * Kind
             * @example further images
             */
            kind: string;
            /**
             * Count
             * Format: int64
             * @description How often
             * @example 12
             */
            count: number;
        };
        /** ImportReport */
        ImportReport: {
            /**
             * Error
             * @description Why it failed; null if it did not, or for its rows alone
             */
            error: string | null;
            /**
             * Source
             * @description The system whose product file it is
             * @example Shopify
             */
            source: string | null;
            /**
             * Rows
             * Format: int64
             * @description Products in the file, as far as it was read
             * @example 120
             */
            rows: number;
            /**
             * Added
             * Format: int64
             * @description New products; of a check: that would be added
             * @example 100
             */
            added: number;
            /**
             * Changed
             * Format: int64
             * @description Of an update: products that differ
             * @example 15
             */
            changed: number;
            /**
             * Unchanged
             * Format: int64
             * @example 5
             */
            unchanged: number;
            /**
             * Removed
             * Format: int64
             * @description That were removed in the shop, and stay so
             * @example 0
             */
            removed: number;
            /**
             * Other Stock
             * Format: int64
             * @description That have another stock in the shop, which stays unless `stock` is `set`
             * @example 3
             */
            other_stock: number;
            /**
             * Bad Count
             * Format: int64
             * @description Bad rows that were found, at most 20
             * @example 0
             */
            bad_count: number;
            /** Bad Rows */
            bad_rows: components["schemas"]["ImportBadRow"][];
            /**
             * Unknown Columns
             * @description Columns that are none of a product's, and are left out
             * @example [
             *       "Colour"
             *     ]
             */
            unknown_columns: string[];
            /**
             * Left Out
             * @description What another system's file has beside products, by its kind
             */
            left_out: components["schemas"]["ImportCount"][];
            /**
             * Converted
             * @description What was brought over in another form, by its kind
             */
            converted: components["schemas"]["ImportCount"][];
        };
        /** ImportRead */
        ImportRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a
             */
            id: string;
            /**
             * Name
             * @example products.csv
             */
            name: string;
            /**
             * Status
             * @description `open`: parts come in. `checking`, `checked`: a dry run. `started`: nothing of it can be seen yet. `changing`: the new products are in the shop, and the others are being changed. `done`. `failed`: nothing was imported, and it can be started again
             * @example open
             * @enum {string}
             */
            status: "open" | "checking" | "checked" | "started" | "changing" | "done" | "failed" | "deleted";
            /**
             * Parts
             * Format: int64
             * @example 3
             */
            parts: number;
            /**
             * Parts Received
             * Format: int64
             * @example 1
             */
            parts_received: number;
            /**
             * Next Part
             * @description The first part that is missing; null: none, or in a list
             * @example 2
             */
            next_part: number | null;
            /**
             * Size Bytes
             * Format: int64
             * @description Of the parts that are there
             * @example 1048576
             */
            size_bytes: number;
            /**
             * Rows
             * Format: int64
             * @description Products that a check or an import has got through
             * @example 0
             */
            rows: number;
            /**
             * Percent
             * @description How far it is
             * @example 0
             */
            percent: number;
            /** Options */
            options: components["schemas"]["ImportOptions"];
            /**
             * Report
             * @description Of the latest check or import, once that has ended
             */
            report: components["schemas"]["ImportReport"] | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Changed At
             * Format: date-time
             * @description A day after that the parts of an import are removed that is not done
             */
            changed_at: string;
        };
        /** ImportCreate */
        ImportCreate: {
            /**
             * Name
             * @description Of the file, for people
             * @example products.csv
             */
            name: string;
            /**
             * Parts
             * @description In how many parts the file comes, each of at most 1 MiB
             * @example 3
             */
            parts: number;
            /**
             * Format
             * @description Else the file's start decides
             * @enum {string}
             */
            format?: "csv" | "jsonl" | "json";
            /**
             * From
             * @description The system whose product file it is; else its head decides
             * @enum {string}
             */
            from?: "shopify" | "woocommerce" | "google" | "medusa";
            /**
             * Prices
             * @description How they are written: `minor` 1999, `decimal` 19.99
             * @default minor
             * @enum {string}
             */
            prices?: "minor" | "decimal";
            /**
             * Stock
             * @description With `update`: keep the stock of products that are there, or set it to the file's
             * @default keep
             * @enum {string}
             */
            stock?: "keep" | "set";
            /**
             * Key
             * @description The column with a key of your own for each product; else `key`
             * @example sku
             */
            key?: string | null;
            /**
             * Untracked Stock
             * Format: int64
             * @description How many can be sold of a product whose stock the other system does not count
             * @default 1000
             */
            untracked_stock?: number;
            /**
             * Update
             * @description Change products that are there, found by their id or key, and add the others
             * @example true
             */
            update?: boolean | null;
            /**
             * From Spreadsheet
             * @description CSV of an export for spreadsheets that lost the mark of UTF-8 at its start
             * @example false
             */
            from_spreadsheet?: boolean | null;
        };
        /** KeyRead */
        KeyRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a
             */
            id: string;
            /**
             * Name
             * @example Warehouse
             */
            name: string;
            /**
             * Prefix
             * @description What the key starts with, behind till_sk_
             * @example 4fJx0_Qa
             */
            prefix: string;
            /**
             * Role
             * @description custom: none of the roles
             * @example fulfilment
             * @enum {string}
             */
            role: "custom" | "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Scopes
             * @description What it may do
             * @example [
             *       "orders:read",
             *       "orders:fulfil"
             *     ]
             */
            scopes: ("products:read" | "products:write" | "orders:read" | "orders:write" | "orders:fulfil" | "orders:refund" | "customers:read" | "customers:write" | "reviews:moderate" | "discounts:write" | "settings:write" | "webhooks:write" | "staff:write" | "accounts:sign_in" | "audit:read")[];
            /**
             * Created By
             * @description The id of the key that made it; null: the admin's token did
             */
            created_by: string | null;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /**
             * Last Used At
             * @description To the hour
             */
            last_used_at: string | null;
            /** Revoked At */
            revoked_at: string | null;
        };
        /** KeyCreate */
        KeyCreate: {
            /**
             * Name
             * @description What it is for
             * @example Warehouse
             */
            name: string;
            /**
             * Role
             * @description custom: the scopes alone
             * @default custom
             * @example fulfilment
             * @enum {string}
             */
            role?: "custom" | "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Scopes
             * @description Beside those of the role
             * @example [
             *       "products:read"
             *     ]
             */
            scopes?: ("products:read" | "products:write" | "orders:read" | "orders:write" | "orders:fulfil" | "orders:refund" | "customers:read" | "customers:write" | "reviews:moderate" | "discounts:write" | "settings:write" | "webhooks:write" | "staff:write" | "accounts:sign_in" | "audit:read")[];
            /**
             * Expires In Days
             * @description Left out: it lasts until it is revoked
             * @example 90
             */
            expires_in_days?: number;
        };
        /** KeyCreated */
        KeyCreated: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a
             */
            id: string;
            /**
             * Name
             * @example Warehouse
             */
            name: string;
            /**
             * Prefix
             * @description What the key starts with, behind till_sk_
             * @example 4fJx0_Qa
             */
            prefix: string;
            /**
             * Role
             * @description custom: none of the roles
             * @example fulfilment
             * @enum {string}
             */
            role: "custom" | "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Scopes
             * @description What it may do
             * @example [
             *       "orders:read",
             *       "orders:fulfil"
             *     ]
             */
            scopes: ("products:read" | "products:write" | "orders:read" | "orders:write" | "orders:fulfil" | "orders:refund" | "customers:read" | "customers:write" | "reviews:moderate" | "discounts:write" | "settings:write" | "webhooks:write" | "staff:write" | "accounts:sign_in" | "audit:read")[];
            /**
             * Created By
             * @description The id of the key that made it; null: the admin's token did
             */
            created_by: string | null;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /**
             * Last Used At
             * @description To the hour
             */
            last_used_at: string | null;
            /** Revoked At */
            revoked_at: string | null;
            /**
             * Key
             * @description The key, which is shown this once and not stored
             * @example till_sk_4fJx0_Qa7YkGvXw2Zp0aH8tRc5mLq1dEo9sUbJf3nKi6yT4
             */
            key: string;
        };
        /** AuditChange */
        AuditChange: {
            /**
             * Field
             * @example price
             */
            field: string;
            /**
             * Before
             * @description Absent if there was none
             * @example 2999
             */
            before: string | null;
            /**
             * After
             * @description Absent if there is none
             * @example 2799
             */
            after: string | null;
        };
        /** AuditRead */
        AuditRead: {
            /**
             * Id
             * Format: int64
             * @example 4711
             */
            id: number;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
            /**
             * Actor Kind
             * @description token: the admin's; system: a command such as till import, or the server that refused a sign-in
             * @enum {string}
             */
            actor_kind: "token" | "key" | "system" | "staff";
            /**
             * Actor
             * @description The id of the key
             */
            actor: string | null;
            /**
             * Action
             * @example PATCH /products/{product_id}
             */
            action: string;
            /**
             * Target
             * @description The id of what was changed
             */
            target: string | null;
            /** Changes */
            changes: components["schemas"]["AuditChange"][];
            /**
             * Ip Prefix
             * @description The network of the client, see --trusted-proxy
             * @example 203.0.113.0/24
             */
            ip_prefix: string;
            /**
             * Request Id
             * @description X-Request-Id, which is in the log too
             */
            request_id: string;
        };
        /** StaffRead */
        StaffRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-91b2-7d44-8a1f-6c0e5b7d2f90
             */
            id: string;
            /**
             * Email
             * @example bob@shop.example
             */
            email: string;
            /**
             * Name
             * @example Bob
             */
            name: string;
            /**
             * Role
             * @example fulfilment
             * @enum {string}
             */
            role: "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Status
             * @description invited: has not chosen a password yet
             * @example active
             * @enum {string}
             */
            status: "invited" | "active" | "disabled";
            /**
             * Has Second Factor
             * @description Whether signing in takes a code of an app
             */
            has_second_factor: boolean;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
        };
        /** StaffCreate */
        StaffCreate: {
            /**
             * Email
             * Format: email
             * @example bob@shop.example
             */
            email: string;
            /**
             * Name
             * @example Bob
             */
            name: string;
            /**
             * Role
             * @example fulfilment
             * @enum {string}
             */
            role: "owner" | "manager" | "catalogue" | "fulfilment" | "support";
        };
        /** StaffInvited */
        StaffInvited: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-91b2-7d44-8a1f-6c0e5b7d2f90
             */
            id: string;
            /**
             * Email
             * @example bob@shop.example
             */
            email: string;
            /**
             * Name
             * @example Bob
             */
            name: string;
            /**
             * Role
             * @example fulfilment
             * @enum {string}
             */
            role: "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Status
             * @description invited: has not chosen a password yet
             * @example active
             * @enum {string}
             */
            status: "invited" | "active" | "disabled";
            /**
             * Has Second Factor
             * @description Whether signing in takes a code of an app
             */
            has_second_factor: boolean;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            created_at: string;
            /**
             * Invite Url
             * @description Where the person chooses a password: shown this once. POST /staff/accept takes what is behind its last `=`. Without --desk-url it is a path on this server
             * @example https://shop.example/admin#accept=Qa7YkGvXw2Zp0aH8tRc5mLq1dEo9sUbJf3nKi6yT4Wk
             */
            invite_url: string;
            /**
             * Invite Expires At
             * Format: date-time
             * @example 2026-11-30T02:03:29.123456Z
             */
            invite_expires_at: string;
        };
        /**
         * StaffUpdate
         * @description What is left out stays as it is
         */
        StaffUpdate: {
            /**
             * Name
             * @example Robert
             */
            name?: string;
            /**
             * Role
             * @example fulfilment
             * @enum {string}
             */
            role?: "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Status
             * @description disabled ends all sessions, and the keys that the member made
             * @example disabled
             * @enum {string}
             */
            status?: "active" | "disabled";
        };
        /** StaffLogin */
        StaffLogin: {
            /**
             * Email
             * Format: email
             * @example ann@shop.example
             */
            email: string;
            /**
             * Password
             * Format: password
             * @example correct horse battery
             */
            password: string;
            /**
             * Code
             * @description Of the authenticator app, or a recovery code, if the account has them
             * @example 123456
             */
            code?: string | null;
        };
        /** StaffMe */
        StaffMe: {
            /**
             * Kind
             * @description staff: a person; key: a program; token: the owner, by the admin's token
             * @example staff
             * @enum {string}
             */
            kind: "token" | "key" | "system" | "staff";
            /**
             * Id
             * @description Of the person or the key
             * @example 0198c0de-5a11-7c0f-9b1e-3f2a6d5c4b3a
             */
            id: string | null;
            /**
             * Name
             * @example Ann
             */
            name: string | null;
            /**
             * Email
             * @example ann@shop.example
             */
            email: string | null;
            /**
             * Role
             * @example manager
             * @enum {string}
             */
            role: "custom" | "owner" | "manager" | "catalogue" | "fulfilment" | "support";
            /**
             * Scopes
             * @description What you may do
             * @example [
             *       "products:read",
             *       "products:write"
             *     ]
             */
            scopes: ("products:read" | "products:write" | "orders:read" | "orders:write" | "orders:fulfil" | "orders:refund" | "customers:read" | "customers:write" | "reviews:moderate" | "discounts:write" | "settings:write" | "webhooks:write" | "staff:write" | "accounts:sign_in" | "audit:read")[];
            /**
             * Proved At
             * @description Of a session: when you gave your password last
             */
            proved_at: string | null;
            /**
             * Expires At
             * @description Of a session: when it ends at the latest
             */
            expires_at: string | null;
        };
        /** StaffTokenLogin */
        StaffTokenLogin: {
            /**
             * Token
             * Format: password
             * @description The admin's token
             * @example fSkq3…
             */
            token: string;
        };
        /** SecondFactorBegun */
        SecondFactorBegun: {
            /**
             * Secret
             * @description To type into the app: base 32
             * @example GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
             */
            secret: string;
            /**
             * Uri
             * @description To show as a QR code
             * @example otpauth://totp/Till:ann%40shop.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Till
             */
            uri: string;
        };
        /** SecondFactorCode */
        SecondFactorCode: {
            /**
             * Code
             * Format: password
             * @example 123456
             */
            code: string;
        };
        /** RecoveryCodes */
        RecoveryCodes: {
            /**
             * Recovery Codes
             * @description Each stands in for one code of the app. They are shown this once
             * @example [
             *       "7KQ2-M0XD-9V3T-HB6A"
             *     ]
             */
            recovery_codes: string[];
        };
        /** StaffAccept */
        StaffAccept: {
            /**
             * Token
             * Format: password
             * @description What is behind the last `=` of the invitation's link
             * @example Qa7YkGvXw2Zp0aH8tRc5mLq1dEo9sUbJf3nKi6yT4Wk
             */
            token: string;
            /**
             * Name
             * @description Left out: as in the invitation
             * @example Bob
             */
            name?: string;
            /**
             * Password
             * Format: password
             * @description Any signs; not one that is guessed first, such as your address
             * @example correct horse battery
             */
            password: string;
        };
        /** StaffPassword */
        StaffPassword: {
            /**
             * Current Password
             * Format: password
             * @example the one before it
             */
            current_password: string;
            /**
             * New Password
             * Format: password
             * @description Any signs; not one that is guessed first, such as your address
             * @example correct horse battery
             */
            new_password: string;
        };
        /** StaffSession */
        StaffSession: {
            /**
             * Id
             * Format: uuid
             * @example 6f1c1c62-2d0e-9b3a-7c55-0a4d8e1f2b3c
             */
            id: string;
            /**
             * Created At
             * Format: date-time
             * @description When you signed in
             */
            created_at: string;
            /**
             * Used At
             * Format: date-time
             * @description To ten minutes
             */
            used_at: string;
            /**
             * Expires At
             * Format: date-time
             * @description When it ends at the latest
             */
            expires_at: string;
            /**
             * User Agent
             * @description What the browser calls itself
             */
            user_agent: string;
            /**
             * Network
             * @example 203.0.113.0/24
             */
            network: string;
            /**
             * Is Current
             * @description The one that asks
             */
            is_current: boolean;
        };
        /** SettingsRead */
        SettingsRead: {
            /**
             * Shop Name
             * @description Shown to shoppers
             * @example Ann's lamps
             */
            shop_name: string;
            /**
             * Shop Address
             * @description Lines with a newline between them
             * @example 1 High Street
             *     London
             */
            shop_address: string;
            /**
             * Shop Email
             * @description Where shoppers write to
             * @example shop@example.com
             */
            shop_email: string;
            /**
             * Checkout Requires
             * @description What an order must have beside its lines; nothing of it unless you say so
             * @example []
             */
            checkout_requires: ("email" | "address" | "shipping")[];
            /**
             * Prices Include Tax
             * @description Whether tax is in the prices, or added to them
             * @example true
             */
            prices_include_tax: boolean;
            /**
             * Ship To
             * @description Countries (ISO 3166-1 alpha-2, in capitals); none: all countries
             * @example [
             *       "AT",
             *       "DE"
             *     ]
             */
            ship_to: string[];
            /**
             * Payments Receipts
             * @description Whether Stripe mails a receipt for an order with an `email`, from the next on
             * @example true
             */
            payments_receipts: boolean | null;
            /**
             * Low Stock At
             * @description When so few of a product are left, webhooks get product.low_stock; 0: never
             * @example 5
             */
            low_stock_at: number | null;
            /**
             * Mails
             * @description The mails that go out by themselves: to shoppers about their orders, and to the staff (`new_order`, and `low_stock` once a day)
             * @example [
             *       "order_confirmed",
             *       "order_shipped"
             *     ]
             */
            mails: ("order_confirmed" | "order_shipped" | "order_delivered" | "order_cancelled" | "order_refunded" | "new_order" | "low_stock")[];
            /**
             * Currency
             * @description The shop's one, which `till serve --currency` names
             * @example usd
             */
            currency: string;
            /**
             * Low Stock Below
             * Format: int64
             * @description What the desk counts as low stock: fewer units than this. One more than `low_stock_at`, or 5 if that is 0
             * @example 6
             */
            low_stock_below: number;
            /**
             * Sends Mail
             * @description Whether the server was started with `--mail`; if not, mails are held
             * @example true
             */
            sends_mail: boolean;
            /**
             * Uses Stripe
             * @description Whether payments are with Stripe; if not, they are the mock's, and no money moves
             * @example true
             */
            uses_stripe: boolean;
        };
        /**
         * SettingsUpdate
         * @description What is left out stays as it is
         */
        SettingsUpdate: {
            /**
             * Shop Name
             * @description Shown to shoppers
             * @example Ann's lamps
             */
            shop_name?: string;
            /**
             * Shop Address
             * @description Lines with a newline between them
             * @example 1 High Street
             *     London
             */
            shop_address?: string;
            /**
             * Shop Email
             * @description Where shoppers write to
             * @example shop@example.com
             */
            shop_email?: string;
            /**
             * Checkout Requires
             * @description What an order must have beside its lines; nothing of it unless you say so
             * @example []
             */
            checkout_requires?: ("email" | "address" | "shipping")[];
            /**
             * Prices Include Tax
             * @description Whether tax is in the prices, or added to them
             * @example true
             */
            prices_include_tax?: boolean;
            /**
             * Ship To
             * @description Countries (ISO 3166-1 alpha-2, in capitals); none: all countries
             * @example [
             *       "AT",
             *       "DE"
             *     ]
             */
            ship_to?: string[];
            /**
             * Payments Receipts
             * @description Whether Stripe mails a receipt for an order with an `email`, from the next on
             * @example true
             */
            payments_receipts?: boolean;
            /**
             * Low Stock At
             * @description When so few of a product are left, webhooks get product.low_stock; 0: never
             * @example 5
             */
            low_stock_at?: number;
            /**
             * Mails
             * @description The mails that go out by themselves: to shoppers about their orders, and to the staff (`new_order`, and `low_stock` once a day)
             * @example [
             *       "order_confirmed",
             *       "order_shipped"
             *     ]
             */
            mails?: ("order_confirmed" | "order_shipped" | "order_delivered" | "order_cancelled" | "order_refunded" | "new_order" | "low_stock")[];
        };
        /** ShippingTier */
        ShippingTier: {
            /**
             * From
             * Format: int64
             * @description Grams, or a subtotal in minor units: from there on this price counts
             * @example 0
             */
            from: number;
            /**
             * Price
             * Format: int64
             * @description In minor units
             * @example 490
             */
            price: number;
        };
        /** ShippingMethodRead */
        ShippingMethodRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-b7c4-7d1e-9a55-2f6f1c3a9e21
             */
            id: string;
            /**
             * Name
             * @description Shown to shoppers and on receipts
             * @example Standard
             */
            name: string;
            /**
             * Description
             * @example With a tracking number
             */
            description: string;
            /**
             * Basis
             * @description What the price goes by
             * @example flat
             * @enum {string}
             */
            basis: "flat" | "weight" | "subtotal";
            /**
             * Tiers
             * @description In ascending order: the last one counts whose `from` is reached; none: not offered. A `flat` price is one tier from 0
             * @example [
             *       {
             *         "from": 0,
             *         "price": 490
             *       }
             *     ]
             */
            tiers: components["schemas"]["ShippingTier"][];
            /**
             * Free From
             * @description The subtotal from which on it costs nothing
             * @example 5000
             */
            free_from: number | null;
            /**
             * Min Days
             * @example 2
             */
            min_days: number | null;
            /**
             * Max Days
             * @example 4
             */
            max_days: number | null;
        };
        /** ShippingMethodAdmin */
        ShippingMethodAdmin: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-b7c4-7d1e-9a55-2f6f1c3a9e21
             */
            id: string;
            /**
             * Name
             * @description Shown to shoppers and on receipts
             * @example Standard
             */
            name: string;
            /**
             * Description
             * @example With a tracking number
             */
            description: string;
            /**
             * Basis
             * @description What the price goes by
             * @example flat
             * @enum {string}
             */
            basis: "flat" | "weight" | "subtotal";
            /**
             * Tiers
             * @description In ascending order: the last one counts whose `from` is reached; none: not offered. A `flat` price is one tier from 0
             * @example [
             *       {
             *         "from": 0,
             *         "price": 490
             *       }
             *     ]
             */
            tiers: components["schemas"]["ShippingTier"][];
            /**
             * Free From
             * @description The subtotal from which on it costs nothing
             * @example 5000
             */
            free_from: number | null;
            /**
             * Min Days
             * @example 2
             */
            min_days: number | null;
            /**
             * Max Days
             * @example 4
             */
            max_days: number | null;
            /**
             * Position
             * Format: int64
             * @description In the list that shoppers see, ascending
             * @example 1
             */
            position: number;
            /**
             * Countries
             * @description Where to (ISO 3166-1 alpha-2, in capitals); none: to all that the shop ships to
             * @example [
             *       "GB"
             *     ]
             */
            countries: string[];
            /**
             * Is Active
             * @description Whether shoppers can choose it; true unless you say so
             * @example true
             */
            is_active: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** ShippingMethodCreate */
        ShippingMethodCreate: {
            /**
             * Name
             * @description Shown to shoppers and on receipts
             * @example Standard
             */
            name: string;
            /**
             * Description
             * @example With a tracking number
             */
            description?: string;
            /**
             * Basis
             * @description What the price goes by
             * @default flat
             * @example flat
             * @enum {string}
             */
            basis?: "flat" | "weight" | "subtotal";
            /**
             * Tiers
             * @description In ascending order: the last one counts whose `from` is reached; none: not offered. A `flat` price is one tier from 0
             * @example [
             *       {
             *         "from": 0,
             *         "price": 490
             *       }
             *     ]
             */
            tiers: components["schemas"]["ShippingTier"][];
            /**
             * Free From
             * @description The subtotal from which on it costs nothing
             * @example 5000
             */
            free_from?: number | null;
            /**
             * Min Days
             * @example 2
             */
            min_days?: number | null;
            /**
             * Max Days
             * @example 4
             */
            max_days?: number | null;
            /**
             * Position
             * Format: int64
             * @description In the list that shoppers see, ascending
             * @default 0
             * @example 1
             */
            position?: number;
            /**
             * Countries
             * @description Where to (ISO 3166-1 alpha-2, in capitals); none: to all that the shop ships to
             * @example [
             *       "GB"
             *     ]
             */
            countries?: string[];
            /**
             * Is Active
             * @description Whether shoppers can choose it; true unless you say so
             * @example true
             */
            is_active?: boolean;
        };
        /** TaxRateRead */
        TaxRateRead: {
            /**
             * Id
             * Format: uuid
             * @example 0198c0de-c2e9-7b70-8d13-90e4a7b5c6d2
             */
            id: string;
            /**
             * Country
             * @description ISO 3166-1 alpha-2, in capitals
             * @example GB
             */
            country: string;
            /**
             * Region
             * @description As shoppers write it (`CA`); empty: all regions without a rate of their own
             * @example
             */
            region: string;
            /**
             * Class
             * @description A product's `tax_class`; `shipping` for what shipping costs; `standard` unless you say so
             * @example standard
             */
            class: string;
            /**
             * Name
             * @description On receipts
             * @example VAT 20%
             */
            name: string;
            /**
             * Rate E5
             * @description In thousandths of a per cent: 20 % is 20000, 9.375 % is 9375
             * @example 20000
             */
            rate_e5: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /** TaxRateCreate */
        TaxRateCreate: {
            /**
             * Country
             * @description ISO 3166-1 alpha-2, in capitals
             * @example GB
             */
            country: string;
            /**
             * Region
             * @description As shoppers write it (`CA`); empty: all regions without a rate of their own
             * @example
             */
            region?: string;
            /**
             * Class
             * @description A product's `tax_class`; `shipping` for what shipping costs; `standard` unless you say so
             * @example standard
             */
            class?: string;
            /**
             * Name
             * @description On receipts
             * @example VAT 20%
             */
            name: string;
            /**
             * Rate E5
             * @description In thousandths of a per cent: 20 % is 20000, 9.375 % is 9375
             * @example 20000
             */
            rate_e5: number;
        };
        /** DeskProduct */
        DeskProduct: {
            /**
             * Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            id: string;
            /**
             * Name
             * @description Shown to shoppers
             * @example Desk lamp
             */
            name: string;
            /**
             * Description
             * @description Plain text
             * @example Warm light, and a switch that is found in the dark.
             */
            description: string;
            /**
             * Price
             * Format: int64
             * @description In minor units (cents)
             * @example 2999
             */
            price: number;
            /**
             * Stock Quantity
             * Format: int64
             * @description What can still be bought
             * @example 12
             */
            stock_quantity: number;
            /**
             * Category
             * @description What the shop's menu lists it under
             * @example lighting
             */
            category: string;
            /**
             * Image Url
             * @description An absolute URL, or a path of this server
             * @example /media/desk-lamp.svg
             */
            image_url: string;
            /**
             * Is Active
             * @description Whether shoppers see it
             * @example true
             */
            is_active: boolean;
            /**
             * Weight Grams
             * @description With its package; null: not known
             * @example 850
             */
            weight_grams: number | null;
            /**
             * Ships
             * @description false: nothing is sent, as of a download or a voucher
             * @example true
             */
            ships: boolean;
            /**
             * Tax Class
             * @description Which tax rates count (/admin/tax-rates); `standard` unless you say so
             * @example standard
             */
            tax_class: string;
            /**
             * Key
             * @description What it is called in the file that it was imported from
             * @example desk-lamp
             */
            key: string | null;
            /**
             * Created At
             * Format: date-time
             * @description When it came into the shop
             */
            created_at: string;
        };
        /**
         * BulkChange
         * @description What is left out stays as it is
         */
        BulkChange: {
            /** Category */
            category?: string;
            /**
             * Price
             * Format: int64
             * @description In minor units: the same for all
             * @example 2499
             */
            price?: number;
            /**
             * Price E4
             * @description Added to each price, in ten-thousandths of it: 750 raises it by 7.5 %, -2000 lowers it by 20 %. Rounded to the nearest minor unit. Not together with `price`
             * @example -2000
             */
            price_e4?: number;
            /**
             * Is Active
             * @description false takes them out of the shop, true brings them back
             */
            is_active?: boolean;
            /**
             * Stock Delta
             * Format: int64
             * @description Added to the stock of each; negative to take away
             * @example 5
             */
            stock_delta?: number;
            /**
             * Reason
             * @description Kept beside the change of the stock
             * @example Delivery 4711
             */
            reason?: string;
        };
        /** BulkProducts */
        BulkProducts: {
            /**
             * Ids
             * @description Of products, active or not
             * @example [
             *       "5d9dc9f8-1818-4811-892f-902bd23f0824"
             *     ]
             */
            ids: string[];
            /**
             * Change
             * @example {
             *       "price_e4": -2000
             *     }
             */
            change: components["schemas"]["BulkChange"];
        };
        /** ProductChanged */
        ProductChanged: {
            /**
             * Id
             * Format: uuid
             * @example 5d9dc9f8-1818-4811-892f-902bd23f0824
             */
            id: string;
            /**
             * Price
             * Format: int64
             * @description In minor units
             * @example 2399
             */
            price: number;
            /**
             * Stock Quantity
             * Format: int64
             * @example 17
             */
            stock_quantity: number;
            /**
             * Category
             * @example lighting
             */
            category: string;
            /**
             * Is Active
             * @example true
             */
            is_active: boolean;
        };
        /** Taken */
        Taken: {
            /**
             * Orders
             * Format: int64
             * @description That were paid
             * @example 42
             */
            orders: number;
            /**
             * Revenue
             * Format: int64
             * @description Totals of these orders, in minor units
             * @example 125958
             */
            revenue: number;
            /**
             * Refunded
             * Format: int64
             * @description What was given back, of whichever order
             * @example 2999
             */
            refunded: number;
            /**
             * Average
             * @description Revenue of an order; null without orders
             * @example 2999
             */
            average: number | null;
        };
        /** SummaryDay */
        SummaryDay: {
            /**
             * Day
             * @description In UTC
             * @example 2026-11-23
             */
            day: string;
            /**
             * Orders
             * Format: int64
             * @description That were paid
             * @example 42
             */
            orders: number;
            /**
             * Revenue
             * Format: int64
             * @description Totals of these orders, in minor units
             * @example 125958
             */
            revenue: number;
            /**
             * Refunded
             * Format: int64
             * @description What was given back, of whichever order
             * @example 2999
             */
            refunded: number;
        };
        /** Summary */
        Summary: {
            /**
             * Days
             * Format: int64
             * @example 30
             */
            days: number;
            /**
             * Currency
             * @description Orders in another currency are left out
             * @example usd
             */
            currency: string;
            /**
             * Taken
             * @description In these days
             */
            taken: components["schemas"]["Taken"];
            /**
             * Before
             * @description In as many days before them
             */
            before: components["schemas"]["Taken"];
            /**
             * Series
             * @description Day by day, oldest first; the last one is today
             */
            series: components["schemas"]["SummaryDay"][];
            /**
             * To Ship
             * Format: int64
             * @description Orders that are paid and not all sent; 100,000: or more
             * @example 3
             */
            to_ship: number;
            /**
             * Failed Payments
             * Format: int64
             * @description Orders with a payment that failed in these days, as `GET /admin/orders?by=payment_failed` lists them
             * @example 1
             */
            failed_payments: number;
            /**
             * Low Stock
             * @description Products that shoppers see with fewer units than `low_stock_below`, as `GET /admin/products?active=true&stock_below=` lists them; null: too many to count
             * @example 4
             */
            low_stock: number | null;
            /**
             * Low Stock Below
             * Format: int64
             * @description One more than the setting `low_stock_at`, or 5 if that is 0
             * @example 5
             */
            low_stock_below: number;
            /**
             * Sold Out
             * Format: int64
             * @description Products that shoppers see without any stock; of 20,000 at most
             * @example 2
             */
            sold_out: number;
            /**
             * Days Missing
             * Format: int64
             * @description Days that are not added up yet, after an upgrade: they show as 0 for a moment
             * @example 0
             */
            days_missing: number;
            /**
             * Created At
             * Format: date-time
             * @description Up to 30 seconds ago
             */
            created_at: string;
        };
        /** CustomerRow */
        CustomerRow: {
            /**
             * Email
             * @description As in the latest order
             * @example ann@example.com
             */
            email: string;
            /**
             * Name
             * @description On the address of the latest order
             * @example Ann Smith
             */
            name: string | null;
            /**
             * Country
             * @example GB
             */
            country: string | null;
            /**
             * Orders
             * Format: int64
             * @description That were placed, also those not paid; 1,000: or more
             * @example 4
             */
            orders: number;
            /**
             * Paid Orders
             * Format: int64
             * @description Paid, and not given back in full
             * @example 3
             */
            paid_orders: number;
            /**
             * Spent
             * Format: int64
             * @description Totals of the paid ones in the shop's currency, in minor units; of the latest 1,000 orders
             * @example 8997
             */
            spent: number;
            /**
             * Last Order Id
             * Format: uuid
             * @example 0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e
             */
            last_order_id: string;
            /**
             * Last Order At
             * Format: date-time
             * @example 2026-11-23T02:03:29.123456Z
             */
            last_order_at: string;
        };
        /** Health */
        Health: {
            /**
             * Status
             * @example ok
             */
            status: string;
            /**
             * Version
             * @example 0.2.0-dev
             */
            version: string;
        };
        /** Error */
        Error: {
            /** Detail */
            detail: string;
        };
        /** HTTPValidationError */
        HTTPValidationError: {
            /** Detail */
            detail?: components["schemas"]["ValidationError"][];
        };
        /** ValidationError */
        ValidationError: {
            /** Location */
            loc: (string | number)[];
            /** Message */
            msg: string;
            /** Error Type */
            type: string;
            /** Input */
            input?: unknown;
            /** Context */
            ctx?: Record<string, never>;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    search_products_products_search_get: {
        parameters: {
            query?: {
                /** @description Words of the name, category or description: whole, stemmed, or their beginning; spelling is forgiven */
                q?: string;
                /** @description Exactly this category; several: any of them */
                category?: string | string[];
                /** @description In minor units, inclusive */
                min_price?: number;
                /** @description In minor units, inclusive */
                max_price?: number;
                /** @description true: what can be bought; false: what is sold out */
                in_stock?: boolean;
                /** @description Without words, relevance is newest first */
                sort?: "relevance" | "price_asc" | "price_desc" | "name_asc" | "name_desc" | "newest";
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
                /** @description What products are to have beside their other fields; several with commas */
                include?: ("created_at" | "shipping" | "images")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    /** @description What was searched instead, if words were corrected; percent-encoded */
                    "X-Search-Correction"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductRead"][];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    suggest_searches_products_suggest_get: {
        parameters: {
            query?: {
                /** @description What has been typed so far */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuggestionRead"][];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    count_products_by_facet_products_facets_get: {
        parameters: {
            query?: {
                /** @description Words of the name, category or description: whole, stemmed, or their beginning; spelling is forgiven */
                q?: string;
                /** @description Exactly this category; several: any of them */
                category?: string | string[];
                /** @description In minor units, inclusive */
                min_price?: number;
                /** @description In minor units, inclusive */
                max_price?: number;
                /** @description true: what can be bought; false: what is sold out */
                in_stock?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FacetsRead"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    get_synonyms_admin_synonyms_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Synonyms"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replace_synonyms_admin_synonyms_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Synonyms"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Synonyms"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_products_products_get: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
                /** @description X-Next-Cursor of the page before: goes as deep as the list, at the cost of the first page */
                cursor?: number;
                /** @description What products are to have beside their other fields; several with commas */
                include?: ("created_at" | "shipping" | "images")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductRead"][];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    create_product_products_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_product_products__product_id__get: {
        parameters: {
            query?: {
                /** @description What products are to have beside their other fields; several with commas */
                include?: ("created_at" | "shipping" | "images")[];
            };
            header?: never;
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductRead"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    delete_product_products__product_id__delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have read, or a list of them: 412 if the resource has another one now */
                "If-Match"?: string;
            };
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The product has changed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    update_product_products__product_id__patch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you have read, or a list of them: 412 if the resource has another one now */
                "If-Match"?: string;
            };
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The product's stock has changed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductReadError"];
                };
            };
            /** @description The product has changed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    count_what_is_on_the_shelf_products__product_id__stock_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductStock"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    adjust_stock_products__product_id__stock_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StockChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The product's stock would be less than 0 or more than can be counted */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductReadError"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_categories_categories_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CategoryRead"][];
                };
            };
            /** @description Refused by HTTP itself: malformed or too large */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_cart_cart_get: {
        parameters: {
            query?: {
                /** @description What products are to have beside their other fields; several with commas */
                include?: ("created_at" | "shipping" | "images")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartItemRead"][];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    add_to_cart_cart_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartItemCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description The session that was made, if the request had none; also a cookie */
                    "X-Session-Id"?: string;
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartItemRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Insufficient stock; The cart has 100 lines already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
        };
    };
    change_cart_item_cart__item_id__put: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartItemUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartItemRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cart item not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Insufficient stock */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
        };
    };
    remove_cart_item_cart__item_id__delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Cart item not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
        };
    };
    open_the_link_to_an_order_orders_access_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderAccess"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description The session that was made, if the request had none; also a cookie */
                    "X-Session-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAccessRead"];
                };
            };
            /** @description There was an error parsing the body; The link is no longer valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    track_an_order_by_its_number_and_email_address_orders_lookup_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderLookup"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrackingRead"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderLinkSent"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_orders_orders_get: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRead"][];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    create_order_orders_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cart item not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Insufficient stock; An order may not have so many of one product; Your unpaid orders hold too many of this product: pay or cancel one first; The order's total is too large; The order's total is too small to be paid; This cannot be shipped to that address; The total has changed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShortageError"] | components["schemas"]["QuoteReadError"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
        };
    };
    get_order_orders__order_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRead"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    cancel_order_orders__order_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRead"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not pending */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_an_order_s_events_orders__order_id__events_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderEvent"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ship_an_order_orders__order_id__fulfillments_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FulfillmentCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FulfillmentRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not paid; There is not that much left to ship */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    change_a_fulfillment_orders__order_id__fulfillments__fulfillment_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
                fulfillment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FulfillmentUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FulfillmentRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Fulfillment not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The fulfillment is delivered or cancelled */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    refund_order_orders__order_id__refund_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRead"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not paid; The payment has too many refunds; The payment provider refused the payment */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The payment provider cannot be reached right now, try again shortly */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_an_order_s_refunds_orders__order_id__refunds_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    refund_a_part_of_an_order_orders__order_id__refunds_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not paid; There is not that much left to refund; The payment has too many refunds; The payment provider refused the payment; A request with this Idempotency-Key is still running */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    quote_an_order_checkout_quote_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuoteCreate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuoteRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cart item not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The order's total is too large */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    get_order_in_full_orders__order_id__details_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDetails"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_orders_of_all_shoppers_admin_orders_get: {
        parameters: {
            query?: {
                status?: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded";
                /** @description unshipped: paid, and not all of it is sent */
                fulfillment?: "unshipped";
                /** @description An order's number in any way of writing, its id, or how the name on its address or its email address begins. Email addresses are found for those with customers:read */
                q?: string;
                /** @description Which time `from` and `to` are. paid: only orders that were paid, the last one first. payment_failed: only those with a payment that has failed. Neither together with `q` */
                by?: "placed" | "paid" | "payment_failed";
                /** @description From this time on */
                from?: string;
                /** @description Before this time */
                to?: string;
                /** @description How many at most */
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRow"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    take_an_order_admin_orders_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PhoneOrderCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskOrder"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Insufficient stock; The order's total is too large; This cannot be shipped to that address; The total has changed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShortageError"] | components["schemas"]["QuoteReadError"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    export_orders_as_csv_admin_orders_csv_get: {
        parameters: {
            query?: {
                status?: "pending" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded";
                /** @description Placed from this time on */
                from?: string;
                /** @description Placed before this time */
                to?: string;
                /** @description How many orders at most */
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_any_order_admin_orders__order_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskOrder"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    add_a_note_to_an_order_admin_orders__order_id__notes_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoteCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderEvent"][];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    mark_an_order_as_paid_admin_orders__order_id__mark_paid_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaidMark"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskOrder"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Only an order that the staff took can be marked as paid; Order is not pending; Insufficient stock */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancel_any_order_that_is_not_paid_admin_orders__order_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskOrder"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not pending */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_what_a_checkout_asks_for_checkout_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutRead"];
                };
            };
            /** @description Refused by HTTP itself: malformed or too large */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_payment_payments_create_intent_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentIntentCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not pending; The payment provider refused the payment; A request with this Idempotency-Key is still running */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description The payment provider cannot be reached right now, try again shortly */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    confirm_payment_payments_confirm_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PaymentConfirm"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Payment not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not pending; The payment provider refused the payment; A request with this Idempotency-Key is still running */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description The payment provider cannot be reached right now, try again shortly */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    take_a_provider_s_event_payments_webhook_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The webhook's signature does not match; The webhook's body is no event */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_payment_payments__payment_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentRead"];
                };
            };
            /** @description Payment not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_webhooks_admin_webhooks_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_webhook_admin_webhooks_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookCreated"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The shop has 50 webhooks already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_webhook_admin_webhooks__webhook_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Webhook not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    update_webhook_admin_webhooks__webhook_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Webhook not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    change_a_webhook_s_secret_admin_webhooks__webhook_id__rotate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Webhook not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_deliveries_admin_webhooks__webhook_id__deliveries_get: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
            };
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Webhook not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    send_events_again_admin_webhooks__webhook_id__replay_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookReplay"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReplayed"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Webhook not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The webhook is switched off */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    send_a_test_event_admin_webhooks__webhook_id__test_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReplayed"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Webhook not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The webhook is switched off */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    follow_what_happens_in_the_shop_admin_events_get: {
        parameters: {
            query?: {
                /** @description In place of the header Last-Event-ID, which a page can send only by coming back */
                last_event_id?: string;
            };
            header?: {
                /** @description The id of the last event that you have seen: `EventSource` sends it by itself */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many live streams, try again shortly */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_mails_admin_mails_get: {
        parameters: {
            query?: {
                state?: "held" | "queued" | "sent" | "failed" | "all";
                /** @description A part of the address or of the subject, such as an order's number. The newest 10,000 mails are looked through */
                q?: string;
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    send_a_test_mail_admin_mails_test_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailTest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailDetails"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_mail_admin_mails__mail_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mail_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailDetails"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Mail not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    send_a_mail_again_admin_mails__mail_id__retry_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mail_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailDetails"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Mail not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The mail is sent, on its way, or its text is no longer kept; This shop sends no mail, see --mail */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    upload_a_picture_admin_media_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Media"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    upload_a_narrower_copy_of_a_picture_admin_media__hash__sizes__width__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                hash: string;
                width: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Media"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Picture not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A size of a picture must be narrower than the picture; The picture has a size of this width already, with other bytes; The picture has 10 sizes already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_a_product_s_pictures_products__product_id__images_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductImage"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    set_a_product_s_pictures_products__product_id__images_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductImages"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductImage"][];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found; Picture not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_imports_admin_imports_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_an_import_admin_imports_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There are 10 imports already that have not ended: give one up first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_an_import_admin_imports__import_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRead"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Import not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    give_up_an_import_admin_imports__import_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Import not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The new products are in the shop: the import cannot be given up any more */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    send_a_part_of_a_file_admin_imports__import_id__parts__n__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
                n: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRead"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Import not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The import has begun already; This part was sent before with other bytes; The import has fewer parts */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    check_an_import_admin_imports__import_id__check_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRead"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Import not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The import has begun already; Parts of the file are missing; A shop that is kept in memory takes no imports: give --db a file */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    start_an_import_admin_imports__import_id__start_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportRead"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Import not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The import has begun already; Parts of the file are missing; A shop that is kept in memory takes no imports: give --db a file */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    export_products_as_csv_admin_export_csv_get: {
        parameters: {
            query?: {
                /** @description How many products at most */
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: number;
                /** @description true: so that Excel opens it as UTF-8 and runs no text as a formula */
                for_spreadsheet?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description The `cursor` of the next page */
                    "X-Next-Cursor"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_keys_admin_keys_get: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_key_admin_keys_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyCreated"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revoke_key_admin_keys__key_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Key not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_audit_log_admin_audit_get: {
        parameters: {
            query?: {
                /** @description The id of a key, or `token` */
                actor?: string;
                /** @description `POST /products` */
                action?: string;
                /** @description The id of what was changed */
                target?: string;
                /** @description From this time on */
                from?: string;
                /** @description Before this time */
                to?: string;
                /** @description How many at most */
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_staff_admin_staff_get: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description How many there are in all */
                    "X-Total-Count": number;
                    /** @description rel="next": the next page */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    invite_staff_admin_staff_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffInvited"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A member of the staff has this address already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    change_staff_admin_staff__staff_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                staff_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Staff member not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The invitation was not accepted yet; The shop needs an active owner */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    sign_in_staff_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffLogin"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffMe"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Incorrect email or password; A code is required */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    sign_in_with_the_admin_token_staff_token_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffTokenLogin"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffMe"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    sign_out_staff_session_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    who_am_i_staff_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffMe"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    begin_a_second_factor_staff_totp_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactorBegun"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A second factor is set already; A key or the admin token has no account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    end_your_second_factor_staff_totp_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorCode"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Incorrect password or code; No second factor is set; A key or the admin token has no account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    put_the_second_factor_in_force_staff_totp_confirm_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorCode"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Incorrect password or code; No second factor is set; A second factor is set already; A key or the admin token has no account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    accept_an_invitation_staff_accept_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffAccept"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffMe"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    change_your_password_staff_password_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffPassword"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Incorrect password or code; A key or the admin token has no account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_your_sessions_staff_sessions_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StaffSession"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A key or the admin token has no account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    end_a_session_of_yours_staff_sessions__session_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Session not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description A key or the admin token has no account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_admin_settings_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsRead"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    update_settings_admin_settings_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsUpdate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_shipping_methods_shipping_methods_get: {
        parameters: {
            query?: {
                /** @description Only those that ship there (ISO 3166-1 alpha-2, in capitals) */
                country?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShippingMethodRead"][];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_all_shipping_methods_admin_shipping_methods_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShippingMethodAdmin"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_shipping_method_admin_shipping_methods_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShippingMethodCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShippingMethodAdmin"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The shop has 50 shipping methods already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replace_shipping_method_admin_shipping_methods__shipping_method_id__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shipping_method_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShippingMethodCreate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShippingMethodAdmin"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Shipping method not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_shipping_method_admin_shipping_methods__shipping_method_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shipping_method_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Shipping method not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_tax_rates_admin_tax_rates_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaxRateRead"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    create_tax_rate_admin_tax_rates_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaxRateCreate"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaxRateRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The country, region and class have a tax rate already; The shop has 1000 tax rates already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replace_tax_rate_admin_tax_rates__tax_rate_id__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tax_rate_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaxRateCreate"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaxRateRead"];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Tax rate not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The country, region and class have a tax rate already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_tax_rate_admin_tax_rates__tax_rate_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tax_rate_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Tax rate not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_products_for_the_staff_admin_products_get: {
        parameters: {
            query?: {
                /** @description Words, as the shop's search has them, or a product's id, or its key in an import */
                q?: string;
                /** @description true: what shoppers see; false: what was taken out of the shop */
                active?: boolean;
                /** @description Fewer units than this in stock */
                stock_below?: number;
                /** @description Exactly this category */
                category?: string;
                /** @description Without words, relevance is newest first */
                sort?: "relevance" | "price_asc" | "price_desc" | "name_asc" | "name_desc" | "newest";
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
                /** @description X-Next-Cursor of the page before, in place of `offset` */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Products of all pages; left out where it would cost too much to count */
                    "X-Total-Count"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskProduct"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    change_many_products_admin_products_bulk_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your own without blanks; the same key again within 24 hours gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkProducts"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description true: the answer to an earlier request with this key */
                    "Idempotent-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductChanged"][];
                };
            };
            /** @description There was an error parsing the body */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions; Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Product not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The product's stock would be less than 0 or more than can be counted; The product's price would be more than can be counted */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductReadError"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"] | components["schemas"]["Error"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    sum_up_how_the_shop_is_doing_admin_summary_get: {
        parameters: {
            query?: {
                /** @description How many days, today among them */
                days?: "7" | "30" | "365";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Summary"];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    list_customers_admin_customers_get: {
        parameters: {
            query?: {
                /** @description How an email address or the name on an order's address begins. If more than 2,000 orders have such a name, the first by name are looked at */
                q?: string;
                /** @description How many at most */
                limit?: number;
                /** @description X-Next-Cursor of the page before */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerRow"][];
                };
            };
            /** @description Not authenticated; Invalid admin token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not enough permissions */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too many attempts, try again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    health_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Refused by HTTP itself: malformed or too large */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ready_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The database cannot be written right now, try again shortly; The server is stopping */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Refused by HTTP itself: malformed or too large */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused by HTTP itself: malformed or too large */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
