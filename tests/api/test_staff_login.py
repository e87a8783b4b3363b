"""People of the staff sign in: passwords, sessions, cookies, and how often one may guess."""
from __future__ import annotations

import re
import threading

import httpx
import pytest

import postgres
from server import PATIENCE_S, TOKEN, product, till, wait_until
from shopping import bought, everything_stored, execute, query, shopper
from staffing import HASH, OLDER_HASH, PASSWORD, browser, hire, login, minted, refusals, signed_in

WRONG = (401, {"detail": "Incorrect email or password"})
TOO_MANY = (429, {"detail": "Too many attempts, try again later"})
NOT_SIGNED_IN = (401, {"detail": "Not authenticated"})


def outcome(answer: httpx.Response):
    return answer.status_code, answer.json()


def forwarded(n: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"198.18.{n // 250}.{n % 250 + 1}"}


def test_somebody_signs_in_and_out(serve):
    server = serve()
    ann = hire(server, "Ann@Shop.example", "catalogue")
    with browser(server) as client:
        answer = login(client, "ANN@shop.example")
        me = answer.json()
        assert answer.status_code == 200
        assert (me["kind"], me["id"], me["role"], me["email"]) == ("staff", ann, "catalogue", "Ann@Shop.example")
        assert me["scopes"] == ["products:read", "products:write"]
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("till_staff="))
        assert re.fullmatch(r"till_staff=[\w-]{43}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict", cookie)
        assert client.get("/staff/me").json() == me
        made = client.post("/products", json=product())
        assert made.status_code == 201
        assert client.get("/admin/keys").status_code == 403
        (entry,) = server.client().get("/admin/audit", params={"target": made.json()["id"]}).json()
        assert (entry["actor_kind"], entry["actor"]) == ("staff", ann)
        kept = dict(client.cookies)
        answer = client.delete("/staff/session")
        assert answer.status_code == 204 and "till_staff=; " in answer.headers["set-cookie"]
        assert answer.headers["clear-site-data"] == '"cache"'
        client.cookies.update(kept)
        assert outcome(client.get("/staff/me")) == NOT_SIGNED_IN
        noted = [(entry["action"], entry["changes"]) for entry in server.client().get("/admin/audit", params={"target": ann}).json()]
        assert noted == [
            ("DELETE /staff/session", [{"field": "session", "before": "open", "after": None}]),
            ("POST /staff/login", [{"field": "session", "before": None, "after": "password"}]),
        ]


def test_the_owner_signs_in_with_the_token(serve):
    server = serve()
    with browser(server) as client:
        assert outcome(client.post("/staff/token-login", json={"token": TOKEN[:-1] + "~"})) == (401, {"detail": "Invalid admin token"})
        me = client.post("/staff/token-login", json={"token": TOKEN}).json()
        assert (me["kind"], me["role"], me["id"]) == ("token", "owner", None)
        assert client.get("/admin/keys").status_code == 200


def test_guessers_do_not_lock_the_token_out(serve):
    server = serve()
    with browser(server) as client:
        wrong = [client.post("/staff/token-login", json={"token": "x" * 43}).status_code for _ in range(31)]
        assert wrong == [401] * 30 + [429]
        assert client.post("/staff/token-login", json={"token": TOKEN}).status_code == 200


def test_guessers_do_not_lock_a_stored_token_out(serve):
    server = minted(serve)
    token = server.token
    with server.client() as owner, browser(server) as client:
        assert owner.get("/staff/me").json()["kind"] == "token"
        wrong = [client.post("/staff/token-login", json={"token": f"{n:043}"}).status_code for n in range(1001)]
        assert wrong == [401] * 1000 + [429]
        assert client.get("/staff/me", headers={"Authorization": "Bearer " + "x" * 43}).status_code == 429
        assert owner.get("/staff/me").status_code == 200
        assert client.post("/staff/token-login", json={"token": token}).status_code == 200


def test_a_shopper_may_send_what_looks_like_a_token(serve):
    server = minted(serve)
    with shopper(server) as ann, server.client() as owner:
        path = f"/orders/{bought(ann, owner.post('/products', json=product()).json())['id']}/details"
        seen = ann.get(path).json()
        for token in ("x" * 43, "x" * 42):
            assert ann.get(path, headers={"Authorization": f"Bearer {token}"}).json() == seen
        assert owner.get(path).json()["id"] == seen["id"]


def test_a_new_token_ends_the_sessions_of_the_old_one(serve):
    server = minted(serve)
    old = server.token
    with browser(server) as client:
        assert client.post("/staff/token-login", json={"token": old}).status_code == 200
        cookie = dict(client.cookies)
    ann = dict(signed_in(server, "ann@shop.example").cookies)
    server.stop()
    assert till("token", "--db", server.db).returncode == 0
    again = serve(server.folder, admin_token=None)
    for cookies, status in ((cookie, 401), (ann, 200)):
        with browser(again) as client:
            client.cookies.update(cookies)
            assert client.get("/staff/me").status_code == status


def test_over_tls_the_cookie_is_the_hosts_own(serve):
    server = serve()
    hire(server, "ann@shop.example")
    tls = {"X-Forwarded-Proto": "https"}
    with browser(server) as client:
        answer = client.post("/staff/login", json={"email": "ann@shop.example", "password": PASSWORD}, headers=tls)
        cookie = next(c for c in answer.headers.get_list("set-cookie") if "till_staff" in c)
        assert re.fullmatch(r"__Host-till_staff=[\w-]{43}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure", cookie)
        pair = cookie.split(";")[0]
        client.cookies.clear()
        assert client.get("/staff/me", headers=tls | {"Cookie": pair}).status_code == 200
        assert client.get("/staff/me", headers=tls | {"Cookie": pair.removeprefix("__Host-")}).status_code == 401


@pytest.mark.parametrize(
    "headers, refused",
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Origin": "<own>"}, False),
        ({"Origin": "https://desk.example"}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "<own>.evil.example"}, True),
    ],
)
def test_another_sites_page_changes_nothing(desk, headers, refused):
    server, client = desk
    own = {name: value.replace("<own>", server.address) for name, value in headers.items()}
    answer = client.post("/products", json=product(), headers=own)
    assert answer.status_code == (403 if refused else 201), answer.text
    if refused:
        assert answer.json() == {"detail": "Cross-site request refused"}
    assert client.get("/staff/me", headers=own).status_code == 200


@pytest.fixture(scope="module")
def desk(serve_module):
    server = serve_module(cors_origin="https://desk.example")
    return server, signed_in(server, "ann@shop.example")


def test_a_key_needs_no_origin(desk):
    server, _ = desk
    with server.client(Origin="https://evil.example") as client:
        assert client.post("/products", json=product()).status_code == 201


def test_a_session_ends_when_it_is_idle_or_old(timed, clock):
    server = timed()
    client = signed_in(server, "ann@shop.example")
    for _ in range(14):
        clock.forward(hours=11, minutes=59)
        assert client.get("/staff/me").status_code == 200  # which is its use
    clock.forward(hours=1)
    assert client.get("/staff/me").status_code == 401  # 7 days after it began
    assert login(client, "ann@shop.example").status_code == 200
    clock.forward(hours=12, seconds=1)
    assert client.get("/staff/me").status_code == 401


def test_one_who_is_disabled_is_refused_by_every_server_in_the_next_request(serve):
    first = serve()
    second = serve(first.folder, mock_ledger=first.folder / "second-books") if postgres.WANTED else first  # a file has one server
    client = signed_in(first, "ann@shop.example")
    with httpx.Client(base_url=second.address, cookies=dict(client.cookies), timeout=PATIENCE_S) as there:
        assert there.post("/products", json=product()).status_code == 201
        execute(first, "UPDATE staff SET status = 'disabled'")
        assert outcome(there.post("/products", json=product())) == NOT_SIGNED_IN
        execute(first, "UPDATE staff SET status = 'active', role = 'support'")
        assert there.post("/products", json=product()).status_code == 403


def test_who_cannot_sign_in_is_not_told_apart(timed, clock):
    clock.hold()
    server = timed()
    hire(server, "known@shop.example")
    hire(server, "gone@shop.example", status="disabled")
    hire(server, "new@shop.example", status="invited", password=None)
    tries = [("known@shop.example", "wrong"), ("gone@shop.example", PASSWORD), ("new@shop.example", PASSWORD), ("none@shop.example", PASSWORD)]
    answers = []
    with browser(server) as client:
        for email, password in tries:
            for n in range(6):
                answers.append((n, login(client, email, password)))
        for n, answer in answers:
            assert outcome(answer) == (WRONG if n < 5 else TOO_MANY)
            assert answer.headers.keys() == next(a for m, a in answers if m == n).headers.keys()
            assert not answer.headers.get_list("set-cookie")


def test_the_fifth_wrong_password_makes_the_next_wait(timed, clock):
    server = timed()
    hire(server, "ann@shop.example")
    clock.hold()
    with browser(server) as client:
        for _ in range(5):
            assert outcome(login(client, "ann@shop.example", "wrong")) == WRONG
        for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
            answer = login(client, "ann@shop.example")  # the right one does not help
            assert outcome(answer) == TOO_MANY
            assert int(answer.headers["retry-after"]) == seconds
            clock.forward(seconds=seconds)
            assert outcome(login(client, "ann@shop.example", "wrong")) == WRONG
        clock.forward(seconds=900)
        assert login(client, "ann@shop.example").status_code == 200
        assert outcome(login(client, "ann@shop.example", "wrong")) == WRONG  # it is forgotten
        assert login(client, "ann@shop.example").status_code == 200


def test_a_refused_sign_in_is_in_the_audit_log(timed, clock):
    clock.hold()
    server = timed()
    ann, gone = hire(server, "ann@shop.example"), hire(server, "gone@shop.example", status="disabled")
    with browser(server) as client:
        assert outcome(login(client, "Ann@shop.example", "hunter2 hunter2")) == WRONG
        assert outcome(login(client, "gone@shop.example")) == WRONG
        assert outcome(login(client, "nobody@shop.example")) == WRONG
        entries = server.client().get("/admin/audit").json()
        assert [(entry["target"], entry["ip_prefix"]) for entry in entries] == [(gone, "127.0.0.0/24"), (ann, "127.0.0.0/24")]
        assert entries[1]["request_id"]
        for _ in range(4):
            assert outcome(login(client, "ann@shop.example", "wrong")) == WRONG
        for _ in range(3):
            assert outcome(login(client, "ann@shop.example")) == TOO_MANY
    assert refusals(server, ann) == ["password"] * 5 + ["too_many"] * 3
    assert refusals(server, gone) == ["password"]


def test_many_networks_do_not_fill_the_audit_log(serve, clock):
    """Beside the first five for each reason, it takes one after a second, after two more, after four more … and then each quarter of an hour."""
    clock.hold()
    server = serve(clock.path.parent, test_clock=clock.path, trusted_proxy="127.0.0.1")
    ann, bob = hire(server, "ann@shop.example"), hire(server, "bob@shop.example")
    body = {"email": "ann@shop.example", "password": "wrong"}

    def guess(network: int) -> int:
        with httpx.Client(base_url=server.address, timeout=PATIENCE_S) as client:
            return client.post("/staff/login", json=body, headers={"X-Forwarded-For": f"198.18.{network}.1"}).status_code

    assert [guess(network) for network in range(12)] == [401] * 12
    assert refusals(server, ann) == ["password"] * 5
    for seconds in (1, 2, 4):
        clock.forward(seconds=seconds)
        assert [guess(20 + seconds), guess(30 + seconds)] == [401, 401]
    assert refusals(server, ann) == ["password"] * 8
    with browser(server) as client:
        assert outcome(login(client, "bob@shop.example", "wrong")) == WRONG  # another account has its own
    assert refusals(server, bob) == ["password"]


def test_spoofed_addresses_are_one_network(serve):
    server = serve()
    hire(server, "ann@shop.example")
    counts = {401: 0, 429: 0}
    with browser(server) as client:
        for n in range(1000):
            answer = client.post("/staff/login", json={"email": f"a{n}@shop.example", "password": "wrong"}, headers=forwarded(n))
            counts[answer.status_code] += 1
    assert counts == {401: 30, 429: 970}


def test_networks_are_told_apart_behind_a_trusted_proxy(serve):
    server = serve(trusted_proxy="127.0.0.1")
    hire(server, "ann@shop.example")
    with browser(server) as client:
        for n in range(40):
            answer = client.post("/staff/login", json={"email": f"a{n}@shop.example", "password": "wrong"}, headers=forwarded(n % 9))
            assert answer.status_code == (401 if n < 30 else 429)
        body = {"email": "ann@shop.example", "password": PASSWORD}
        spoofed = {"X-Forwarded-For": "198.51.100.1, 198.18.0.7"}  # what is left of the proxy's own entry is not believed
        assert client.post("/staff/login", json=body, headers=spoofed).status_code == 429
        assert client.post("/staff/login", json=body, headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 200


def test_a_known_browser_signs_in_while_others_guess(timed, clock):
    clock.hold()
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    with browser(server) as client:
        while login(client, "ann@shop.example", "wrong").status_code == 401:
            pass
        for n in range(40):
            login(client, f"a{n}@shop.example", "wrong")
        assert outcome(login(client, "ann@shop.example")) == TOO_MANY
    assert login(ann, "ann@shop.example").status_code == 200
    forged = {"Cookie": "till_device=" + ann.cookies["till_device"][:-1] + ("0" if ann.cookies["till_device"][-1] != "0" else "1")}
    with browser(server) as client:
        body = {"email": "ann@shop.example", "password": PASSWORD}
        assert client.post("/staff/login", json=body, headers=forged).status_code == 429


def test_many_tries_at_once_count_as_many(serve, clock):
    clock.hold()
    server = serve(clock.path.parent, test_clock=clock.path, trusted_proxy="127.0.0.1")
    hire(server, "ann@shop.example")
    statuses, start = [], threading.Barrier(24)  # all of them fit in the line of those who are hashed

    def guess():
        with httpx.Client(base_url=server.address, timeout=PATIENCE_S, headers=forwarded(1)) as client:
            start.wait()
            statuses.append(client.post("/staff/login", json={"email": "ann@shop.example", "password": "wrong"}).status_code)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) == 5


def test_a_flood_of_keys_does_not_reach_the_database(serve):
    server = serve()
    ann = signed_in(server, "ann@shop.example")
    made = server.client().post("/admin/keys", json={"name": "Right", "role": "owner"}).json()["key"]
    right = server.client(Authorization=f"Bearer {made}")
    assert ann.get("/staff/me").status_code == right.get("/staff/me").status_code == 200
    key = "till_sk_" + "x" * 51
    statuses = []
    with httpx.Client(base_url=server.address, timeout=PATIENCE_S, headers={"Authorization": f"Bearer {key}"}) as client:
        for _ in range(1100):
            statuses.append(client.get("/admin/keys").status_code)
    assert statuses == [401] * 1000 + [429] * 100
    assert server.client().get("/admin/keys").status_code == 200  # the admin's token needs no database
    assert ann.get("/staff/me").status_code == right.get("/staff/me").status_code == 200  # who was let in before still is
    assert ann.delete("/staff/session").status_code == 204
    late = server.client().post("/admin/keys", json={"name": "Late", "role": "owner"}).json()["key"]
    assert server.client(Authorization=f"Bearer {late}").get("/staff/me").status_code == 429


def test_a_hash_of_older_parameters_is_made_anew(serve):
    server = serve()
    hire(server, "ann@shop.example", password=OLDER_HASH)
    with browser(server) as client:
        assert login(client, "ann@shop.example").status_code == 200
        ((stored,),) = query(server, "SELECT password FROM staff")
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and stored != HASH
        assert login(client, "ann@shop.example").status_code == 200
        assert query(server, "SELECT password FROM staff") == [(stored,)]


def test_the_same_signs_are_the_same_password(serve):
    server = serve()
    hire(server, "ann@shop.example")
    with browser(server) as client:
        assert login(client, "ann@shop.example", "correct\u00a0horse\u3000battery").status_code == 200


def test_signing_in_again_ends_the_session_before(serve):
    server = serve()
    client = signed_in(server, "ann@shop.example")
    before = client.cookies["till_staff"]
    assert login(client, "ann@shop.example").status_code == 200
    with httpx.Client(base_url=server.address, cookies={"till_staff": before}) as old:
        assert old.get("/staff/me").status_code == 401
    assert client.get("/staff/me").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ann@shop.example", "password": ["hunter2 hunter2"]},
        {"password": "hunter2 hunter2"},
        {"email": "hunter2 hunter2", "password": "hunter2 hunter2"},
        {"email": "ann@shop.example", "password": "hunter2 hunter2" + "x" * 256},
        {"email": "ann@shop.example", "password": "wrong", "code": "hunter2" * 20},
        ["hunter2"],
        "hunter2",
    ],
)
def test_a_422_does_not_echo_a_password(desk, body):
    answer = browser(desk[0]).post("/staff/login", json=body)
    assert answer.status_code == 422
    assert "hunter2" not in "".join(str(error["input"]) for error in answer.json()["detail"])
    if "email" in body:
        assert "hunter2 hunter2x" not in answer.text


def test_no_secret_is_in_the_log_or_the_database(serve):
    server = serve()
    client = signed_in(server, "ann@shop.example")
    session, device = client.cookies["till_staff"], client.cookies["till_device"]
    assert login(client, "ann@shop.example", "hunter2 hunter2").status_code == 401
    assert client.post("/staff/login", json={"password": "hunter2 hunter2"}).status_code == 422
    assert client.post("/staff/token-login", json={"token": "hunter2 hunter2"}).status_code == 401
    assert client.post("/products", json=product()).status_code == 201
    server.stop()
    stored = everything_stored(server)
    for secret in (PASSWORD, session, device, "hunter2"):
        assert secret not in server.errors and secret.encode() not in stored, secret


def test_the_staff_signs_in_at_its_own_door(serve):
    server = serve(admin_listen="127.0.0.1:0")
    door = re.search(r"Staff        (\S+)", server.output)[1]
    hire(server, "ann@shop.example")
    body = {"email": "ann@shop.example", "password": PASSWORD}
    with httpx.Client(base_url=server.address, timeout=PATIENCE_S) as client:
        assert outcome(client.post("/staff/login", json=body)) == (404, {"detail": "Not Found"})
        assert "/staff/" not in client.get("/openapi.json").text
    with httpx.Client(base_url=door, timeout=PATIENCE_S) as client:
        assert client.post("/staff/login", json=body).status_code == 200
        assert client.get("/staff/me").status_code == 200


def test_what_is_over_is_swept(timed, clock):
    server = timed()
    client = signed_in(server, "ann@shop.example")
    login(client, "bob@shop.example", "wrong")
    clock.forward(days=8)
    wait_until(lambda: query(server, "SELECT count(*) FROM staff_sessions") == [(0,)] and query(server, "SELECT count(*) FROM throttles") == [(0,)])
