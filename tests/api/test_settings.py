"""The shop's settings: `till settings` and /admin/settings."""
import httpx
import pytest

import postgres
from server import ADMIN, till, wait_until
from shopping import audit

DEFAULTS = {"shop_name": "", "shop_address": "", "shop_email": "", "checkout_requires": [], "prices_include_tax": True, "ship_to": [], "payments_receipts": True, "low_stock_at": 0,
            "mails": ["order_confirmed", "order_shipped", "order_cancelled", "order_refunded", "low_stock"],
            "currency": "usd", "low_stock_below": 5, "sends_mail": False, "uses_stripe": False}  # fmt: skip


def command(server, *operands: str):
    return till("settings", *operands, "--db", server.db)


@pytest.fixture
def server(serve):
    return serve(currency="eur")


@pytest.fixture
def admin(server):
    with server.client() as client:
        yield client


def test_nothing_is_set_at_first(server, admin):
    assert admin.get("/admin/settings").json() == DEFAULTS | {"currency": "eur"}


def test_a_change_leaves_the_rest(server, admin):
    wish = {"shop_name": "Ann's lämps", "shop_address": "1 High Street\nLondon", "checkout_requires": ["shipping", "email", "email"]}
    changed = admin.patch("/admin/settings", json=wish | {"currency": "gbp"})
    assert changed.json() == DEFAULTS | wish | {"currency": "eur", "checkout_requires": ["email", "shipping"]}
    changed = admin.patch("/admin/settings", json={"prices_include_tax": False, "ship_to": ["DE", "AT"], "shop_email": "ann@example.com"})
    assert changed.json()["ship_to"] == ["DE", "AT"] and changed.json()["shop_name"] == "Ann's lämps"
    assert admin.get("/admin/settings").json() == changed.json()
    assert admin.patch("/admin/settings", json={"ship_to": [], "shop_email": "", "checkout_requires": []}).json()["ship_to"] == []
    later, second, first = admin.get("/admin/audit").json()
    assert first["action"] == "PATCH /admin/settings" and first["target"] is None
    assert [c["field"] for c in first["changes"]] == ["shop.name", "shop.address", "checkout.requires"]
    assert {"field": "prices.include_tax", "before": "true", "after": "false"} in second["changes"]
    assert {"field": "ship_to", "before": "DE,AT", "after": "*"} in later["changes"]
    assert admin.patch("/admin/settings", json={"ship_to": []}).status_code == 200
    assert len(admin.get("/admin/audit").json()) == 3
    audit(server)


@pytest.mark.parametrize("wish, loc", [
    ({"shop_email": "nobody"}, ["body", "shop_email"]),
    ({"ship_to": ["DE", "XX"]}, ["body", "ship_to", 1]),
    ({"ship_to": ["de"]}, ["body", "ship_to", 0]),
    ({"ship_to": "DE"}, ["body", "ship_to"]),
    ({"checkout_requires": ["phone"]}, ["body", "checkout_requires", 0]),
    ({"mails": ["order_confirmed", "mail_test"]}, ["body", "mails", 1]),
    ({"shop_name": "x" * 101}, ["body", "shop_name"]),
    ({"prices_include_tax": "perhaps"}, ["body", "prices_include_tax"]),
])
def test_what_does_not_fit_changes_nothing(admin, wish, loc):
    answer = admin.patch("/admin/settings", json={"shop_name": "Bob's"} | wish)
    assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == loc
    assert admin.get("/admin/settings").json()["shop_name"] == ""


def test_the_command_shows_and_changes(server, admin):
    assert command(server, "shop.name=Ann's = lamps").returncode == 0
    assert command(server, "shop.address=1 High Street\\nLondon").returncode == 0
    assert command(server, "checkout.requires=email, address").returncode == 0
    assert command(server, "ship_to").stdout == "ship_to=*\n"
    assert command(server).stdout.splitlines() == [
        "shop.name=Ann's = lamps", "shop.address=1 High Street\\nLondon", "shop.email=", "checkout.requires=email, address",
        "prices.include_tax=true", "ship_to=*", "payments.receipts=true", "stock.low_at=0", "mails=order_confirmed,order_shipped,order_cancelled,order_refunded,low_stock"]
    shown = admin.get("/admin/settings").json()
    assert (shown["shop_name"], shown["shop_address"]) == ("Ann's = lamps", "1 High Street\nLondon")
    assert shown["checkout_requires"] == ["email", "address"]


@pytest.mark.parametrize("operand", ["shop", "shop.name.", "checkout.requires=x", "ship_to=", "ship_to=XX", "prices.include_tax=", "payments.receipts=yes", "shop.email=ann", "stock.low_at=", "stock.low_at=-1", "stock.low_at=1000001", "mails=order_lost", "admin_token_sha256=x"])
def test_the_command_refuses(server, operand):
    before = command(server).stdout
    assert command(server, operand).returncode == 2
    assert command(server).stdout == before
