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
         * @description Every word must match, in any order; the best match comes first. `X-Total-Count-Relation: at-least` says that there are more than `X-Total-Count`.
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
        /** Create product */
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
        /** Get product */
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
         * @description Changes what is named and leaves the rest. Works on a deleted product too: `is_active` brings it back.
         */
        patch: operations["update_product_products__product_id__patch"];
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
         * @description The same product again adds to its line. Without a session one is made: its token comes back as a cookie and as X-Session-Id.
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
        /** Change cart item */
        put: operations["change_cart_item_cart__item_id__put"];
        post?: never;
        /** Remove cart item */
        delete: operations["remove_cart_item_cart__item_id__delete"];
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
         * @description Fixes prices, takes the stock and empties those lines of the cart, in one transaction or not at all. Where stock is short, the error names each product under `short`, with what was requested and what is available. Send an Idempotency-Key, and a retry gets the same order.
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
        /** Get order */
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
        /** Get payment */
        get: operations["get_payment_payments__payment_id__get"];
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
         * @description For Prometheus, in its text format.
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
             * @description In minor units (cents)
             * @example 2999
             */
            price: number;
            /**
             * Stock Quantity
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
             * @description Products that can be seen
             * @example 7
             */
            product_count: number;
        };
        /** PriceBandRead */
        PriceBandRead: {
            /**
             * Min Price
             * @description Inclusive, as the filter is
             * @example 1000
             */
            min_price: number;
            /**
             * Max Price
             * @description Inclusive, as the filter is
             * @example 2499
             */
            max_price: number;
            /**
             * Product Count
             * @example 12
             */
            product_count: number;
        };
        /** FacetsRead */
        FacetsRead: {
            /**
             * Total
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
             * @description In minor units (cents)
             * @example 2999
             */
            price: number;
            /**
             * Stock Quantity
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
             * @example 2499
             */
            price?: number;
            /** Stock Quantity */
            stock_quantity?: number;
            /** Category */
            category?: string;
            /** Image Url */
            image_url?: string;
            /**
             * Is Active
             * @description false takes it out of the shop, true brings it back
             */
            is_active?: boolean;
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
             * @example 2
             */
            quantity: number;
            /**
             * Price At Purchase
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
             * @description In minor units
             * @example 5998
             */
            total_amount: number;
            /**
             * Status
             * @description What is paid can be refunded; nothing else but a pending order changes
             * @enum {string}
             */
            status: "pending" | "paid" | "cancelled" | "expired" | "refunded";
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
            /** Requested */
            requested: number;
            /** Available */
            available: number;
        };
        /** ShortageError */
        ShortageError: {
            /** Detail */
            detail: string;
            short?: components["schemas"]["Shortage"][];
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
        /** Health */
        Health: {
            /**
             * Status
             * @example ok
             */
            status: string;
            /**
             * Version
             * @example 0.1.0
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
                /** @description Exactly this category */
                category?: string;
                /** @description In minor units, inclusive */
                min_price?: number;
                /** @description In minor units, inclusive */
                max_price?: number;
                /** @description Without words, relevance is newest first */
                sort?: "relevance" | "price_asc" | "price_desc" | "name_asc" | "name_desc" | "newest";
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
                    "X-Total-Count"?: number;
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
                /** @description Exactly this category */
                category?: string;
                /** @description In minor units, inclusive */
                min_price?: number;
                /** @description In minor units, inclusive */
                max_price?: number;
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
    list_products_products_get: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description How many to skip */
                offset?: number;
                /** @description X-Next-Cursor of the page before: goes as deep as the list, at the cost of the first page */
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
                    /** @description How many there are in all */
                    "X-Total-Count"?: number;
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
        };
    };
    get_product_products__product_id__get: {
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
            header?: never;
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
    update_product_products__product_id__patch: {
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
            /** @description Not authenticated; Invalid admin token */
            401: {
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
        };
    };
    get_cart_cart_get: {
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
                    "application/json": components["schemas"]["CartItemRead"][];
                };
            };
        };
    };
    add_to_cart_cart_post: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartItemRead"];
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
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    change_cart_item_cart__item_id__put: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartItemRead"];
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
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    remove_cart_item_cart__item_id__delete: {
        parameters: {
            query?: never;
            header?: never;
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
                    "application/json": components["schemas"]["HTTPValidationError"];
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
                    "X-Total-Count"?: number;
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
                /** @description Any text of your own; the same key again within 24 hours gets the same answer */
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRead"];
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
            /** @description Insufficient stock; The order's total is too large */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShortageError"];
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
            /** @description Order not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Order is not paid; The payment provider refused the payment */
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
    create_payment_payments_create_intent_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own; the same key again within 24 hours gets the same answer */
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentRead"];
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
                /** @description Any text of your own; the same key again within 24 hours gets the same answer */
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
        };
    };
}
