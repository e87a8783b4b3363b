"""The round trips to PostgreSQL that each endpoint may cost: how often it sends something after it has received something.
The provider's books are a file, so its calls cost none.

A row is the bound, and a function that prepares a request and returns it, ready to be sent. tests/api/test_round_trips.py
holds the bounds; `make bench ARGS=trips` shows what they mean if the database is some milliseconds away.
"""
from __future__ import annotations

import functools
import time

import httpx

import postgres
from pictures import png
from proxy import Proxy, through
from server import CATALOGUE, Server, till
from shopping import add, admin, confirmed, create, intended, placed, shopper
from staffing import PASSWORD, accept, app_code, browser, hire, invite, login, signed_in, with_app
from test_payments_webhook import SECRET, event, signature

NO_DATABASE = {"/health", "/metrics", "/openapi.json", "/docs", "/redoc", "/media/{name}"}
ORDERS = 10


class Trips:
    """A server behind a relay that counts, and a shopper with a cart, orders of so many lines, and a payment."""

    def __init__(self, folder, lines: int = 8, **flags):
        url = postgres.url_for(folder / "till.db")
        assert till("import", CATALOGUE, "--db", url).returncode == 0
        self.relay = Proxy(postgres.cluster().port)
        (secret := folder / "secret").write_text(SECRET + "\n")
        flags = {"db": through(self.relay, url), "cache_mib": 0, "db_connections": 3, "log": "none", "webhook_secret_file": secret} | flags
        self.server = Server(folder, **flags)
        self.admin, self.ann = admin(self.server), shopper(self.server)
        self.products = [create(self.server, name=f"Counted {i}", stock_quantity=10_000) for i in range(lines)]
        self.orders = [self.order() for _ in range(ORDERS)]
        self.payment = intended(self.ann, self.orders[0])
        self.cart = self.fill()

    def fill(self) -> list[dict]:
        """Puts a line of each product into the cart."""
        return [add(self.ann, product) for product in self.products]

    def order(self) -> dict:
        return placed(self.ann, *self.fill())

    def paid(self) -> dict:
        order = self.order()
        confirmed(self.ann, intended(self.ann, order))
        return order

    def settle(self) -> None:
        """Waits until the relay has forwarded what there is."""
        before = -1
        while before != self.relay.trips:
            before = self.relay.trips
            time.sleep(0.02 + 4 * self.relay.delay_s)

    def measure(self, prepare, delay_s: float = 0.0) -> tuple[int, float]:
        """The round trips of a request, and its seconds if the database is so far away in each direction."""
        request = prepare(self)
        self.settle()
        self.relay.delay_s, before, begin = delay_s, self.relay.trips, time.perf_counter()
        answer: httpx.Response = request()
        seconds = time.perf_counter() - begin
        self.settle()
        self.relay.delay_s = 0.0
        assert answer.is_success or answer.status_code == 409, (answer.request.url, answer.status_code, answer.text)
        return self.relay.trips - before, seconds

    def stop(self) -> None:
        self.server.hang_up()
        self.server.stop()
        self.relay.stop()


def get(path: str):
    """A read of a path, in which `{0}` is a product, `{1}` an order and `{2}` a payment."""

    def prepare(t: Trips):
        ids = (t.products[0]["id"], t.orders[0]["id"], t.payment["id"])
        return functools.partial(t.ann.get, path.format(*ids))

    return prepare


def send(method: str, path, body=None, who: str = "ann", key: bool = False):
    """A write. `path` and `body` are functions of the shop, which may prepare it."""

    def prepare(t: Trips):
        headers = {"Idempotency-Key": f"trip-{time.monotonic_ns()}"} if key else {}
        where, content = path(t) if callable(path) else path, body(t) if body else None
        return functools.partial(getattr(t, who).request, method, where, json=content, headers=headers)

    return prepare


def webhook(t: Trips):
    body = event(intended(t.ann, t.order()))
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body)}
    return functools.partial(t.ann.post, "/payments/webhook", content=body, headers=headers)


def last_line(t: Trips) -> str:
    return f"/cart/{add(t.ann, t.products[-1])['id']}"


def all_lines(t: Trips) -> dict:
    return {"cart_item_ids": [line["id"] for line in t.fill()]}


def new_product(t: Trips) -> dict:
    return {"name": "Trip lamp", "price": 100, "stock_quantity": 1, "category": "lighting", "description": "", "image_url": ""}


def lines_that_are_sold(t: Trips) -> dict:
    bob, t.late = shopper(t.server, "bob"), shopper(t.server, f"late-{time.monotonic_ns()}")
    products = [create(t.server, name="Trip rug", stock_quantity=1) for _ in range(20)]
    lines = [add(t.late, product) for product in products]
    placed(bob, *[add(bob, product) for product in products])
    return {"cart_item_ids": [line["id"] for line in lines]}


def words() -> str:
    """A description of 1000 words that are new to the index."""
    return " ".join(f"{time.monotonic_ns() % 10**8:x}{i}" for i in range(1000))[:10_000]


def phone_order(t: Trips) -> dict:
    return {"items": [{"product_id": product["id"], "quantity": 1} for product in t.products]}


def phoned(t: Trips) -> str:
    return t.admin.post("/admin/orders", json=phone_order(t)).json()["order"]["id"]


def to_be_paid(t: Trips) -> dict:
    return {"order_id": t.order()["id"]}


def to_be_paid_and_sent(t: Trips) -> dict:
    return {"order_id": t.ann.post("/orders", json=all_lines(t) | shipped(t)).json()["id"]}


def to_be_confirmed(t: Trips) -> dict:
    return {"payment_id": intended(t.ann, t.order())["id"], "payment_method": "pm_card_visa"}


def tied_names(t: Trips):
    """Searches for names that begin with the same 15 bytes, by which the index orders."""
    for i in range(3):
        create(t.server, name=f"Tied by its beginning {i}")
    return functools.partial(t.ann.get, "/products/search?q=tied&limit=2&sort=name_desc")


def new_product_path(t: Trips) -> str:
    return f"/products/{create(t.server, name='Trip desk')['id']}"


def new_key_path(t: Trips) -> str:
    made = t.admin.post("/admin/keys", json={"name": "Trip", "role": "catalogue"})
    return f"/admin/keys/{made.json()['id']}"


def by_key(t: Trips):
    made = t.admin.post("/admin/keys", json={"name": "Trip", "role": "catalogue"}).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    path = new_product_path(t)
    return lambda: t.admin.patch(path, json={"name": "Trip stool"}, headers=headers)


def new_member_path(t: Trips) -> str:
    made = t.admin.post("/admin/staff", json={"email": f"trip{time.monotonic_ns()}@shop.example", "name": "Trip", "role": "support"})
    return f"/admin/staff/{made.json()['id']}"


def staff_login(t: Trips):
    hire(t.server, email := f"trip-{time.monotonic_ns()}@shop.example")
    return functools.partial(login, browser(t.server), email)


def token_login(t: Trips):
    return functools.partial(browser(t.server).post, "/staff/token-login", json={"token": t.server.token})


def by_session(method: str, path: str, prepare=lambda client: None):
    """A call of a new member, whose body `prepare` makes."""

    def made(t: Trips):
        client = signed_in(t.server, f"trip-{time.monotonic_ns()}@shop.example")
        return functools.partial(client.request, method, path, json=prepare(client))

    return made


def begun(client) -> dict:
    return {"code": app_code(client.post("/staff/totp").json()["secret"])}


def staff_accept(t: Trips):
    return functools.partial(accept, browser(t.server), invite(t.server, f"trip-{time.monotonic_ns()}@shop.example"))


def other_session(t: Trips):
    client = signed_in(t.server, email := f"trip-{time.monotonic_ns()}@shop.example")
    login(browser(t.server), email)
    (there,) = [s["id"] for s in client.get("/staff/sessions").json() if not s["is_current"]]
    return functools.partial(client.delete, f"/staff/sessions/{there}")


def new_webhook_path(t: Trips) -> str:
    answer = t.admin.post("/admin/webhooks", json={"url": "https://example.com/", "types": ["order.refunded"]})
    return f"/admin/webhooks/{answer.json()['id']}"


METHOD = {"name": "Standard", "countries": ["FR"], "tiers": [{"price": 490}]}


def rate() -> dict:
    return {"country": "FR", "class": f"trip{time.monotonic_ns()}", "name": "TVA", "rate_e5": 20_000}


def shipped(t: Trips) -> dict:
    method = t.admin.post("/admin/shipping-methods", json=METHOD).json()
    t.admin.post("/admin/tax-rates", json={"country": "FR", "name": "TVA", "rate_e5": 20_000})
    address = {"name": "Ann", "line1": "1 Rue", "city": "Paris", "postal_code": "75001", "country": "FR"}
    return {"email": "ann@example.com", "shipping_address": address, "shipping_method_id": method["id"]}


def tracked(t: Trips):
    order = t.ann.post("/orders", json=all_lines(t) | {"email": "ann@example.com"}).json()
    number = t.ann.get(f"/orders/{order['id']}/details").json()["number"]
    return functools.partial(t.ann.post, "/orders/lookup", json={"number": number, "email": "ann@example.com"})


def asked_for(t: Trips):
    return functools.partial(t.ann.post, "/orders/lookup", json=tracked(t).keywords["json"] | {"send_link": True})


def opened(t: Trips):
    """Opens the link of a mail, which the shop holds."""
    asked_for(t)().raise_for_status()
    mail = t.admin.get("/admin/mails").json()[0]["id"]
    token = t.admin.get(f"/admin/mails/{mail}").json()["text"].split("/orders/open#")[1].split()[0]
    return functools.partial(t.ann.post, "/orders/access", json={"token": token})


def new_path(path: str, body):
    return lambda t: f"{path}/{t.admin.post(path, json=body()).json()['id']}"


def new_parcel_path(t: Trips) -> str:
    path = f"/orders/{t.paid()['id']}/fulfillments"
    return f"{path}/{t.admin.post(path, json={}).json()['id']}"


def new_mail_path(t: Trips) -> str:
    return f"/admin/mails/{t.admin.post('/admin/mails/test', json={'to': 'ann@example.com'}).json()['id']}"


def picture(t: Trips, width: int = 40) -> dict:
    """A new one."""
    return t.admin.post("/admin/media", content=png(width, seed=time.monotonic_ns())).json()


def pictured(t: Trips) -> dict:
    """A choice of the pictures that a product may have."""
    return {"images": [{"media": picture(t)["hash"]} for _ in range(20)]}


def new_import(t: Trips) -> str:
    """The path of an import whose file is there."""
    path = f"/admin/imports/{t.admin.post('/admin/imports', json={'name': 'x', 'parts': 1}).json()['id']}"
    t.admin.put(path + "/parts/1", content=b"name,description,price,stock_quantity,category,image_url\n")
    return path


def given_up(prepare):
    """A call below an import; the one before is given up, because ten may be open."""

    def made(t: Trips):
        for job in t.admin.get("/admin/imports").json():
            t.admin.delete(f"/admin/imports/{job['id']}")
        return prepare(t)

    return made


# "METHOD /path", with a word behind it if the path has several rows: (bound, prepare)
ROUND_TRIPS = {
    "GET /ready": (2, get("/ready")),
    "GET /products": (2, get("/products?limit=20")),
    "GET /products all": (2, get("/products?limit=500")),
    "GET /products/{product_id}": (2, get("/products/{0}")),
    "GET /products with pictures": (3, get("/products?limit=500&include=images")),
    "GET /products/{product_id} with pictures": (3, get("/products/{0}?include=images")),
    # The search waits for the terms, the postings with the doc values, and the rows; the last trip ends the transaction.
    "GET /products/search": (4, get("/products/search?q=counted&limit=20")),
    "GET /products/search by price": (4, get("/products/search?q=counted&limit=500&sort=price_asc")),
    "GET /products/search by name": (4, get("/products/search?q=counted&limit=500&sort=name_desc")),
    "GET /products/search by name, with ties": (4, tied_names),
    "GET /products/search all by name": (3, get("/products/search?limit=500&sort=name_asc&min_price=1")),
    "GET /products/search a category": (3, get("/products/search?category=lighting&sort=price_asc&limit=500")),
    "GET /products/search some of the words": (5, get("/products/search?q=counted+1+2+3+4&limit=20&in_stock=true")),
    "GET /products/search misspelt": (5, get("/products/search?q=cuonted&limit=20")),
    "GET /products/search two misspelt": (5, get("/products/search?q=cuonted+cuonted1+coumted&limit=20")),
    "GET /products/search misspelt first letters": (5, get("/products/search?q=xyunted&limit=20")),
    "GET /products/search apart": (5, get("/products/search?q=coun+ted&limit=20")),
    "GET /products/search together": (5, get("/products/search?q=countedcounted&limit=20")),
    "GET /products/search rare": (5, get("/products/search?q=lamp&limit=20")),
    "GET /products/suggest": (4, get("/products/suggest?q=co")),
    "GET /products/suggest two words": (4, get("/products/suggest?q=counted+c")),
    "GET /products/facets": (3, get("/products/facets?q=counted&in_stock=true")),
    "GET /categories": (2, get("/categories")),
    "GET /admin/synonyms": (2, send("GET", "/admin/synonyms", who="admin")),
    # Signing in has two transactions, with the hashing between them.
    "POST /staff/login": (7, staff_login),
    "POST /staff/token-login": (2, token_login),
    "DELETE /staff/session": (2, by_session("DELETE", "/staff/session")),
    "GET /staff/me": (3, by_session("GET", "/staff/me")),
    "POST /staff/accept": (9, staff_accept),
    "POST /staff/password": (8, by_session("POST", "/staff/password", lambda c: {"current_password": PASSWORD, "new_password": "a lamp on every desk"})),
    "GET /staff/sessions": (4, by_session("GET", "/staff/sessions")),
    "DELETE /staff/sessions/{session_id}": (5, other_session),
    "POST /staff/totp": (5, by_session("POST", "/staff/totp")),
    "POST /staff/totp/confirm": (7, by_session("POST", "/staff/totp/confirm", begun)),
    "DELETE /staff/totp": (7, by_session("DELETE", "/staff/totp", lambda c: {"code": with_app(c)[1][0]})),
    "GET /admin/settings": (2, send("GET", "/admin/settings", who="admin")),
    "PATCH /admin/settings": (4, send("PATCH", "/admin/settings", lambda t: {"shop_name": f"Trip {time.monotonic_ns()}"}, who="admin")),
    "GET /checkout": (2, get("/checkout")),
    "GET /shipping-methods": (2, get("/shipping-methods?country=GB")),
    "GET /admin/shipping-methods": (2, send("GET", "/admin/shipping-methods", who="admin")),
    "POST /admin/shipping-methods": (2, send("POST", "/admin/shipping-methods", lambda t: METHOD, who="admin")),
    "PUT /admin/shipping-methods/{shipping_method_id}": (3, send("PUT", new_path("/admin/shipping-methods", lambda: METHOD), lambda t: METHOD | {"position": 2}, who="admin")),
    "DELETE /admin/shipping-methods/{shipping_method_id}": (3, send("DELETE", new_path("/admin/shipping-methods", lambda: METHOD), who="admin")),
    "GET /admin/tax-rates": (2, send("GET", "/admin/tax-rates", who="admin")),
    "POST /admin/tax-rates": (3, send("POST", "/admin/tax-rates", lambda t: rate(), who="admin")),
    "PUT /admin/tax-rates/{tax_rate_id}": (4, send("PUT", new_path("/admin/tax-rates", lambda: rate()), lambda t: rate(), who="admin")),
    "DELETE /admin/tax-rates/{tax_rate_id}": (3, send("DELETE", new_path("/admin/tax-rates", lambda: rate()), who="admin")),
    "GET /cart": (2, get("/cart")),
    "GET /cart with pictures": (3, get("/cart?include=images")),
    # A picture has two transactions too, and is read in between.
    "POST /admin/media": (6, lambda t: functools.partial(t.admin.post, "/admin/media", content=png(40, seed=time.monotonic_ns()))),
    "PUT /admin/media/{hash}/sizes/{width}": (9, lambda t: functools.partial(t.admin.put, f"/admin/media/{picture(t)['hash']}/sizes/20", content=png(20))),
    "GET /admin/export.csv": (3, send("GET", "/admin/export.csv?limit=500", who="admin")),
    "GET /admin/imports": (2, send("GET", "/admin/imports", who="admin")),
    "POST /admin/imports": (5, given_up(send("POST", "/admin/imports", lambda t: {"name": "x", "parts": 2}, who="admin"))),
    "GET /admin/imports/{import_id}": (3, given_up(send("GET", new_import, who="admin"))),
    "DELETE /admin/imports/{import_id}": (3, given_up(send("DELETE", new_import, who="admin"))),
    "PUT /admin/imports/{import_id}/parts/{n}": (7, given_up(lambda t: functools.partial(t.admin.put, new_path("/admin/imports", lambda: {"name": "x", "parts": 2})(t) + "/parts/2", content=b"x"))),
    "POST /admin/imports/{import_id}/check": (4, given_up(send("POST", lambda t: new_import(t) + "/check", who="admin"))),
    "POST /admin/imports/{import_id}/start": (4, given_up(send("POST", lambda t: new_import(t) + "/start", who="admin"))),
    "GET /products/{product_id}/images": (3, send("GET", lambda t: f"/products/{t.products[0]['id']}/images", who="admin")),
    "PUT /products/{product_id}/images": (9, send("PUT", lambda t: f"/products/{t.products[0]['id']}/images", pictured, who="admin")),
    "GET /orders": (2, get("/orders?limit=500")),
    "GET /orders/{order_id}": (3, get("/orders/{1}")),
    "GET /payments/{payment_id}": (2, get("/payments/{2}")),
    "POST /cart": (3, send("POST", "/cart", lambda t: {"product_id": t.products[0]["id"], "quantity": 1})),
    "POST /cart with a key": (4, send("POST", "/cart", lambda t: {"product_id": t.products[0]["id"], "quantity": 1}, key=True)),
    "PUT /cart/{item_id}": (3, send("PUT", last_line, lambda t: {"quantity": 2})),
    "DELETE /cart/{item_id}": (2, send("DELETE", last_line)),
    "POST /orders": (4, send("POST", "/orders", all_lines)),
    "POST /orders with a key": (5, send("POST", "/orders", all_lines, key=True)),
    "POST /orders of what is sold": (4, send("POST", "/orders", lines_that_are_sold, who="late")),
    "POST /orders with an address": (7, send("POST", "/orders", lambda t: all_lines(t) | shipped(t))),
    "POST /checkout/quote": (6, send("POST", "/checkout/quote", lambda t: all_lines(t) | shipped(t))),
    "GET /orders/{order_id}/details": (3, get("/orders/{1}/details")),
    "GET /orders/{order_id}/events": (3, get("/orders/{1}/events")),
    "POST /orders/{order_id}/fulfillments": (4, send("POST", lambda t: f"/orders/{t.paid()['id']}/fulfillments", lambda t: {"carrier": "dhl"}, who="admin")),
    "PATCH /orders/{order_id}/fulfillments/{fulfillment_id}": (4, send("PATCH", new_parcel_path, lambda t: {"status": "delivered"}, who="admin")),
    "GET /admin/summary": (11, send("GET", "/admin/summary?days=365", who="admin")),
    "POST /admin/products/bulk": (9, send("POST", "/admin/products/bulk", lambda t: {"ids": [p["id"] for p in t.products], "change": {"price": time.monotonic_ns() % 10**6}}, who="admin")),
    "POST /admin/products/bulk stock": (6, send("POST", "/admin/products/bulk", lambda t: {"ids": [p["id"] for p in t.products], "change": {"stock_delta": 1}}, who="admin")),
    "GET /admin/products": (3, send("GET", "/admin/products?limit=500&category=lighting", who="admin")),
    "GET /admin/products by name": (3, send("GET", "/admin/products?sort=name_asc", who="admin")),
    "GET /admin/products of low stock": (5, send("GET", "/admin/products?stock_below=5", who="admin")),
    "GET /admin/products of low stock by price": (5, send("GET", "/admin/products?stock_below=5&sort=price_asc", who="admin")),
    "GET /admin/products by words": (9, send("GET", "/admin/products?q=counted", who="admin")),
    "GET /admin/orders": (2, send("GET", "/admin/orders?limit=500", who="admin")),
    "GET /admin/orders by status": (2, send("GET", "/admin/orders?status=pending&from=2020-01-01", who="admin")),
    "GET /admin/orders by payment": (2, send("GET", "/admin/orders?by=paid&from=2020-01-01", who="admin")),
    "GET /admin/orders by failure": (3, send("GET", "/admin/orders?by=payment_failed&from=2020-01-01", who="admin")),
    "GET /admin/customers": (2, send("GET", "/admin/customers?q=ann", who="admin")),
    "GET /admin/orders by name": (3, send("GET", "/admin/orders?q=ann&status=pending", who="admin")),
    "POST /orders/lookup": (6, tracked),
    "POST /orders/lookup with a link": (9, asked_for),
    "POST /orders/access": (4, opened),
    "GET /admin/orders.csv": (4, send("GET", "/admin/orders.csv", who="admin")),
    "GET /admin/orders/{order_id}": (3, send("GET", lambda t: f"/admin/orders/{t.paid()['id']}", who="admin")),
    "POST /admin/orders/{order_id}/notes": (7, send("POST", lambda t: f"/admin/orders/{t.orders[0]['id']}/notes", lambda t: {"text": "Called"}, who="admin", key=True)),
    "POST /admin/orders": (8, send("POST", "/admin/orders", phone_order, who="admin", key=True)),
    "POST /admin/orders paid": (8, send("POST", "/admin/orders", lambda t: phone_order(t) | {"mark_paid": True}, who="admin")),
    "POST /admin/orders/{order_id}/mark-paid": (6, send("POST", lambda t: f"/admin/orders/{phoned(t)}/mark-paid", lambda t: {}, who="admin")),
    "POST /admin/orders/{order_id}/cancel": (7, send("POST", lambda t: f"/admin/orders/{phoned(t)}/cancel", who="admin")),
    "GET /products/{product_id}/stock": (5, send("GET", lambda t: f"/products/{t.products[0]['id']}/stock", who="admin")),
    "POST /orders/{order_id}/cancel": (4, send("POST", lambda t: f"/orders/{t.order()['id']}/cancel")),
    "POST /orders/{order_id}/refunds": (9, send("POST", lambda t: f"/orders/{t.paid()['id']}/refunds", lambda t: {"amount": 1, "items": [{"line": 0, "quantity": 1}]}, who="admin", key=True)),
    "GET /orders/{order_id}/refunds": (3, send("GET", lambda t: f"/orders/{t.paid()['id']}/refunds", who="admin")),
    "POST /orders/{order_id}/refund": (8, send("POST", lambda t: f"/orders/{t.paid()['id']}/refund", who="admin")),
    "POST /payments/create-intent": (5, send("POST", "/payments/create-intent", to_be_paid)),
    "POST /payments/create-intent with a key": (6, send("POST", "/payments/create-intent", to_be_paid, key=True)),
    "POST /payments/create-intent with a contact and a key": (6, send("POST", "/payments/create-intent", to_be_paid_and_sent, key=True)),
    "POST /payments/confirm": (5, send("POST", "/payments/confirm", to_be_confirmed)),
    "POST /payments/confirm with a key": (6, send("POST", "/payments/confirm", to_be_confirmed, key=True)),
    "POST /payments/webhook": (4, webhook),
    "POST /products": (5, send("POST", "/products", new_product, who="admin")),
    "POST /products of 1000 words": (20, send("POST", "/products", lambda t: new_product(t) | {"description": words()}, who="admin")),
    "PATCH /products/{product_id}": (5, send("PATCH", new_product_path, lambda t: {"name": "Trip chair"}, who="admin")),
    "POST /products/{product_id}/stock": (3, send("POST", lambda t: new_product_path(t) + "/stock", lambda t: {"delta": 1}, who="admin")),
    "GET /admin/keys": (3, lambda t: lambda: t.admin.get("/admin/keys")),
    "GET /admin/audit": (4, lambda t: lambda: t.admin.get("/admin/audit")),
    "POST /admin/keys": (2, send("POST", "/admin/keys", lambda t: {"name": "Trip", "role": "owner"}, who="admin")),
    "DELETE /admin/keys/{key_id}": (3, send("DELETE", new_key_path, who="admin")),
    "GET /admin/staff": (3, lambda t: lambda: t.admin.get("/admin/staff")),
    "POST /admin/staff": (4, send("POST", "/admin/staff", lambda t: {"email": f"trip{time.monotonic_ns()}@shop.example", "name": "Trip", "role": "owner"}, who="admin")),
    "PATCH /admin/staff/{staff_id}": (4, send("PATCH", new_member_path, lambda t: {"role": "owner", "status": "disabled"}, who="admin")),
    "PATCH /products/{product_id} with a staff key": (6, by_key),
    "GET /admin/webhooks": (2, lambda t: functools.partial(t.admin.get, "/admin/webhooks")),
    "POST /admin/webhooks": (3, send("POST", "/admin/webhooks", lambda t: {"url": "https://example.com/", "types": ["order.paid"]}, who="admin")),
    "PATCH /admin/webhooks/{webhook_id}": (3, send("PATCH", new_webhook_path, lambda t: {"types": ["order.refunded"]}, who="admin")),
    "DELETE /admin/webhooks/{webhook_id}": (2, send("DELETE", new_webhook_path, who="admin")),
    "POST /admin/webhooks/{webhook_id}/rotate": (2, send("POST", lambda t: new_webhook_path(t) + "/rotate", who="admin")),
    "GET /admin/webhooks/{webhook_id}/deliveries": (4, lambda t: functools.partial(t.admin.get, new_webhook_path(t) + "/deliveries")),
    "POST /admin/webhooks/{webhook_id}/replay": (4, send("POST", lambda t: new_webhook_path(t) + "/replay", lambda t: {}, who="admin")),
    "POST /admin/webhooks/{webhook_id}/test": (3, send("POST", lambda t: new_webhook_path(t) + "/test", who="admin")),
    "GET /admin/mails": (3, lambda t: functools.partial(t.admin.get, "/admin/mails")),
    "POST /admin/mails/test": (4, send("POST", "/admin/mails/test", lambda t: {"to": "ann@example.com"}, who="admin")),
    "GET /admin/mails/{mail_id}": (2, lambda t: functools.partial(t.admin.get, new_mail_path(t))),
    "POST /admin/mails/{mail_id}/retry": (2, send("POST", lambda t: new_mail_path(t) + "/retry", who="admin")),
    "DELETE /products/{product_id}": (5, send("DELETE", new_product_path, who="admin")),
    # Last, because every search looks for synonyms from then on: one trip, and one more for the terms of what is found.
    "PUT /admin/synonyms": (4, send("PUT", "/admin/synonyms", lambda t: {"text": "trip synonym => counted\ntrip => counted"}, who="admin")),
    "GET /products/search a synonym": (6, get("/products/search?q=trip+synonym&limit=20")),
    "GET /products/search without a synonym": (5, get("/products/search?q=counted&limit=20")),
    # From then on what happens is written down. A HEAD, because the answer to a GET does not end.
    "GET /admin/events": (3, send("HEAD", "/admin/events", who="admin")),
}
