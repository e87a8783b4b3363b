"""Guests find their order by its number and email address (EXTENSIONS 3.4)."""
import pytest

from shopping import ANN, add, confirmed, create, details, intended, shopper, visitor

WRONG = {"detail": "Order not found"}


@pytest.fixture
def server(serve):
    return serve()


@pytest.fixture
def guest(server):
    with visitor(server) as client:
        yield client


def ordered(server, name: str = "ann", **more) -> tuple[dict, dict]:
    with shopper(server, name) as client:
        lamp = create(server, name="Lamp", price=777)
        body = {"cart_item_ids": [add(client, lamp, 2)["id"]], "email": "Ann@Example.com", "shipping_address": ANN, "note": "Ring twice"}
        order = client.post("/orders", json=body | more).json()
        confirmed(client, intended(client, order))
        return order, details(client, order)


def lookup(client, number: str, email: str):
    return client.post("/orders/lookup", json={"number": number, "email": email})


def test_a_guest_sees_how_far_an_order_is(server, guest):
    order, whole = ordered(server)
    for number in (whole["number"], whole["number"].lower().replace("-", " ")):
        answer = lookup(guest, number, "ann@EXAMPLE.com")
        assert answer.status_code == 200
        seen = answer.json()
        assert seen == {"number": whole["number"], "status": "paid", "created_at": order["created_at"], "items": [{"name": "Lamp", "quantity": 2}], "fulfillments": [],
                        "timeline": [{"at": e["at"], "kind": e["kind"]} for e in whole["timeline"]]}
        assert [e["kind"] for e in seen["timeline"]] == ["created", "paid"]
        for secret in ("Ann", "High Street", "Ring twice", order["id"], "set-cookie"):
            assert secret not in answer.text + str(answer.headers)


def test_what_is_wrong_is_not_said(server, guest):
    _, mine = ordered(server)
    _, other = ordered(server, "bob", email="bob@example.com")
    answers = [lookup(guest, *pair) for pair in ((mine["number"], "bob@example.com"), (other["number"], "ann@example.com"), ("00000-00000", "ann@example.com"),
                                                 ("no number", "ann@example.com"), (mine["number"], "nobody@example.com"))]
    assert [(a.status_code, a.json()) for a in answers] == [(404, WRONG)] * 5
    assert len({tuple(a.headers) for a in answers}) == 1


def test_an_order_without_a_mail_address_is_its_sessions_alone(server, guest):
    _, whole = ordered(server, email=None)
    assert lookup(guest, whole["number"], "ann@example.com").status_code == 404


def test_guesses_for_an_address_must_wait(timed, clock):
    server = timed()
    _, whole = ordered(server)
    clock.hold()
    with visitor(server) as guest:
        assert [lookup(guest, f"00000-0000{i}", "ann@example.com").status_code for i in range(6)] == [404] * 5 + [429]
        answer = lookup(guest, whole["number"], "ann@example.com")
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
        clock.forward(seconds=5)
        assert lookup(guest, whole["number"], "ann@example.com").status_code == 200
        assert [lookup(guest, f"00000-0000{i}", "ann@example.com").status_code for i in range(5)] == [404] * 5


def test_the_21st_guess_from_a_network_must_wait(timed, clock):
    server = timed()
    _, whole = ordered(server)
    with visitor(server) as guest:
        assert [lookup(guest, "00000-00000", f"a{i}@example.com").status_code for i in range(21)] == [404] * 20 + [429]
        assert lookup(guest, whole["number"], "ann@example.com").status_code == 429
        clock.forward(minutes=11)
        assert lookup(guest, whole["number"], "ann@example.com").status_code == 200


@pytest.mark.parametrize("body", [{}, {"number": "", "email": "ann@example.com"}, {"number": "K7QF9-29XM4", "email": "ann"}, {"number": "x" * 41, "email": "ann@example.com"}])
def test_what_is_no_lookup_is_422(guest, body):
    assert guest.post("/orders/lookup", json=body).status_code == 422
