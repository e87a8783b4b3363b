"""How the shop is doing: daily totals of days that are over, and what is to be done (EXTENSIONS 4.3)."""
import datetime
import re

import pytest

import postgres
from server import TILL, till, wait_until
from shopping import add, admin, audit, confirmed, create, execute, intended, placed, query, shopper, visitor
from paying import DECLINED
from test_phone_orders import taken as phoned
from test_refunds import refund
from test_staff import bearer, make

MONEY_MAX = 2**53 - 1

DAY = datetime.timedelta(days=1)
NOTHING = {"orders": 0, "revenue": 0, "refunded": 0}
KEPT = {"seconds": 31}  # how long an answer stays


@pytest.fixture
def noon(clock):
    """A clock that stands still at noon, in UTC."""
    clock.hold()
    into = (clock.held + clock.ahead) % DAY
    clock.forward(seconds=(DAY + DAY / 2 - into).total_seconds())
    return clock


@pytest.fixture
def server(noon, timed):
    return timed()


def summary(server, **params) -> dict:
    answer = admin(server).get("/admin/summary", params=params)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["series"]) == answer.json()["days"]
    return answer.json()


def today(clock) -> str:
    return (datetime.datetime(1970, 1, 1) + clock.held + clock.ahead).date().isoformat()


def paid(client, product, quantity=1) -> dict:
    order = placed(client, add(client, product, quantity))
    confirmed(client, intended(client, order))
    return order


def totals(server) -> list[tuple]:
    return query(server, "SELECT day, currency, orders, revenue, refunded FROM daily_totals ORDER BY day, currency")


def wait_for_days(server, count: int) -> None:
    wait_until(lambda: len(totals(server)) == count, f"{count} days are added up")


def refunded(client, order, **wish) -> None:
    answer = refund(client, order, **wish)
    assert answer.status_code == 201 and answer.json()["status"] == "succeeded", answer.text


def taken(orders: int, revenue: int, given_back: int = 0) -> dict:
    return {"orders": orders, "revenue": revenue, "refunded": given_back, "average": (revenue + orders // 2) // orders if orders else None}


def test_a_shop_without_orders(server, noon):
    said = summary(server)
    days = [(datetime.date.fromisoformat(today(noon)) - DAY * i).isoformat() for i in range(30)][::-1]
    assert said == {"days": 30, "currency": "usd", "taken": taken(0, 0), "before": taken(0, 0), "series": [{"day": day} | NOTHING for day in days], "to_ship": 0, "failed_payments": 0,
                    "low_stock": 0, "low_stock_below": 5, "sold_out": 0, "days_missing": 0, "created_at": said["created_at"]}
    assert [len(summary(server, days=days)["series"]) for days in (7, 30, 365)] == [7, 30, 365]


def test_today_is_as_it_is_now(server, noon):
    lamp = create(server, price=1000, stock_quantity=100)
    with shopper(server) as ann:
        pending = placed(ann, add(ann, lamp))
        whole, part = paid(ann, lamp, 3), paid(ann, lamp, 2)
        refunded(admin(server), part, amount=500)
        declined = intended(ann, placed(ann, add(ann, lamp)))
        assert confirmed(ann, declined, DECLINED)["status"] == "failed"
        sent = paid(ann, lamp)
        assert admin(server).post(f"/orders/{sent['id']}/fulfillments", json={}).status_code == 201
    said = summary(server, days=7)
    assert said["taken"] == taken(3, 6000, 500) and said["taken"]["average"] == 2000
    assert said["series"][-1] == {"day": today(noon), "orders": 3, "revenue": 6000, "refunded": 500}
    assert (said["to_ship"], said["failed_payments"]) == (2, 1) and pending and whole


def test_an_answer_stays_for_half_a_minute(server, noon):
    lamp, before = create(server, price=1000), summary(server)
    with shopper(server) as ann:
        paid(ann, lamp)
    noon.forward(seconds=29)
    assert summary(server) == before
    assert summary(server, days=7)["taken"] == taken(1, 1000)  # is another answer
    noon.forward(seconds=2)
    assert summary(server)["taken"] == taken(1, 1000)


def test_days_that_are_over_are_added_up_once(server, noon):
    lamp = create(server, price=1000, stock_quantity=1000)
    expected = []
    with shopper(server) as ann:
        for orders in (2, 0, 3, 1):
            made = [paid(ann, lamp) for _ in range(orders)]
            expected.append({"day": today(noon), "orders": orders, "revenue": 1000 * orders, "refunded": 0})
            if orders == 3:
                refunded(admin(server), made[0], amount=1000)
                expected[-1]["refunded"] = 1000
            noon.forward(days=1)
        wait_for_days(server, 4)
        late = paid(ann, lamp)
    expected.append({"day": today(noon), "orders": 1, "revenue": 1000, "refunded": 0})
    said = summary(server, days=7)
    assert said["series"][-5:] == expected and said["taken"] == taken(7, 7000, 1000) and said["days_missing"] == 0
    assert [row[1] for row in totals(server)] == ["usd", "", "usd", "usd"]
    refunded(admin(server), late, amount=1)
    noon.forward(days=6)
    wait_for_days(server, 10)
    said = summary(server, days=7)
    assert said["taken"] == taken(1, 1000, 1) and said["before"] == taken(6, 6000, 1000)
    audit(server)


def test_a_day_is_over_an_hour_after_midnight_and_read_live_until_then(server, noon):
    lamp = create(server, price=1000)
    with shopper(server) as ann:
        paid(ann, lamp)
        noon.forward(hours=12, minutes=30)
        paid(ann, lamp)
    said = summary(server)
    assert [day["orders"] for day in said["series"][-2:]] == [1, 1] and totals(server) == []
    noon.forward(minutes=31)
    wait_for_days(server, 1)
    assert [day["orders"] for day in summary(server)["series"][-2:]] == [1, 1]


def move_back(server, order: dict, days: int) -> None:
    """Makes an order one that was paid so many days ago."""
    by = f"interval '{days} days'" if postgres.WANTED else str(days * 86_400_000_000)
    execute(server, f"UPDATE orders SET created_at = created_at - {by}, closed_at = closed_at - {by}, expires_at = expires_at - {by} WHERE id = '{order['id']}'" if postgres.WANTED
            else f"UPDATE orders SET created_at = created_at - {by}, closed_at = closed_at - {by}, expires_at = expires_at - {by} WHERE id = x'{order['id'].replace('-', '')}'")


def test_days_from_before_the_upgrade(server, noon, timed):
    lamp = create(server, price=700, stock_quantity=1000)
    with shopper(server) as ann:
        for days in (1, 2, 3, 50, 400):
            move_back(server, paid(ann, lamp), days)
    server.stop()
    execute(server, "DELETE FROM daily_totals")  # as an upgrade leaves it
    again = timed()
    wait_for_days(again, 400)
    noon.forward(**KEPT)
    said = summary(again, days=365)
    assert said["taken"] == taken(4, 2800) and said["before"] == taken(1, 700) and said["days_missing"] == 0
    assert [i for i, day in enumerate(said["series"][::-1]) if day["orders"]] == [1, 2, 3, 50]
    audit(again)


REFUSED = ["CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'", "CREATE TRIGGER refuse BEFORE INSERT ON daily_totals FOR EACH ROW EXECUTE FUNCTION refuse()"]
REFUSED = REFUSED if postgres.WANTED else ["CREATE TRIGGER refuse BEFORE INSERT ON daily_totals BEGIN SELECT raise(ABORT, 'full'); END"]


def test_what_is_missing_is_said(server):
    execute(server, *REFUSED)  # so that the chores cannot write
    lamp = create(server, price=700, stock_quantity=1000)
    with shopper(server) as ann:
        for days in (0, 1, 2, 3, 4, 5):
            order = paid(ann, lamp)
            move_back(server, order, days)
    said = summary(server)
    assert said["days_missing"] == 2 and [day["orders"] for day in said["series"][-6:]] == [0, 0, 1, 1, 1, 1]
    assert totals(server) == []


def test_low_stock_is_as_the_list_has_it(server, noon):
    for stock in (0, 0, 4, 5, 49, 50, 200):
        create(server, stock_quantity=stock)
    admin(server).delete(f"/products/{create(server, stock_quantity=0)['id']}")
    client = admin(server)
    for low_at, below, low in ((0, 5, 3), (5, 6, 4), (49, 50, 5), (50, 51, None)):
        assert client.patch("/admin/settings", json={"low_stock_at": low_at}).json()["low_stock_below"] == below
        noon.forward(**KEPT)
        said = summary(server)
        assert (said["low_stock_below"], said["low_stock"], said["sold_out"]) == (below, low, 2)
        if low is not None:
            assert len(client.get("/admin/products", params={"active": True, "stock_below": below}).json()) == low


def test_what_was_paid_by_hand_counts_and_other_currencies_do_not(server, noon):
    lamp = create(server, price=1000)
    phoned(admin(server), lamp, quantity=1, mark_paid=True)
    with shopper(server) as ann:
        other = paid(ann, lamp)
    key = f"'{other['id']}'" if postgres.WANTED else f"x'{other['id'].replace('-', '')}'"
    execute(server, f"UPDATE orders SET currency = 'eur' WHERE id = {key}")
    assert summary(server)["taken"] == taken(1, 1000)
    noon.forward(days=1)
    wait_for_days(server, 2)
    assert [row[1:4] for row in totals(server)] == [("eur", 1, 1000), ("usd", 1, 1000)]
    assert summary(server)["taken"] == taken(1, 1000)


def test_only_who_may_read_orders(server):
    reader, other = (make(admin(server), scopes=[scope])["key"] for scope in ("orders:read", "products:read"))
    client = visitor(server)
    for headers, status in ((bearer(reader), 200), (bearer(other), 403), (bearer("wrong"), 401), ({}, 401)):
        assert client.get("/admin/summary", headers=headers).status_code == status
    assert client.get("/admin/summary?days=8", headers=bearer(reader)).status_code == 422


@pytest.mark.parametrize("change", ["UPDATE daily_totals SET orders = orders + 1", "UPDATE daily_totals SET revenue = revenue - 1 WHERE orders > 0", "UPDATE daily_totals SET refunded = 7", "DELETE FROM daily_totals WHERE currency = 'usd'; INSERT INTO daily_totals VALUES ({day}, '', 0, 0, 0)"])
def test_the_audit_compares_all_days(server, noon, change):
    lamp = create(server, price=1000)
    with shopper(server) as ann:
        paid(ann, lamp)
    noon.forward(days=1)
    wait_for_days(server, 1)
    day = totals(server)[0][0]
    server.stop()
    audit(server.db)
    execute(server, *change.format(day=day).split("; "))
    done = till("audit", "--db", server.db)
    assert done.returncode == 1 and "its daily totals in" in done.stdout and "are not what its orders say" in done.stdout, done.stdout


def test_a_day_that_took_more_than_a_number_can_hold(server, noon):
    """The row and the audit stop at the same sum."""
    for product, quantity in ((create(server, price=MONEY_MAX), 1), (create(server, price=1999), 1)):
        phoned(admin(server), product, quantity=quantity, mark_paid=True)
    noon.forward(days=1)
    wait_for_days(server, 1)
    assert totals(server)[0][2:] == (2, MONEY_MAX, 0)
    server.stop()
    audit(server.db)
    execute(server, "UPDATE daily_totals SET revenue = revenue - 1")
    assert till("audit", "--db", server.db).returncode == 1


@postgres.FILE_ONLY
def test_indexes_of_times_lead_to_what_is_added_up(server):
    """SQLite plans without statistics: left alone it reads all orders that were paid, and all payments, however few are of these days."""
    found = re.findall(rb"SELECT (?:currency, CAST\(sum\(n\)|count\(\*\) FROM \(SELECT DISTINCT order_seq)[^\0]*", TILL.read_bytes())
    texts = [text.decode() for text in found if b"least(" not in text]
    assert len(texts) == 2
    for text in texts:
        plan = [row[3] for row in query(server, "EXPLAIN QUERY PLAN " + re.sub(r"\$(\d+)", r"?\1", text), 1, 2)]
        led = re.findall(r"^SEARCH \w+ USING INDEX (\w+)", "\n".join(plan), re.M)  # SCAN … USING INDEX reads all of it
        assert led in (["orders_closed", "refunds_succeeded"], ["payments_failed"]), plan
