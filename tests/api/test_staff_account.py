"""What people of the staff do with their own accounts: accept an invitation, a second factor, passwords, sessions."""
from __future__ import annotations

import contextlib
import re
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg2
import pytest

import postgres
from server import ADMIN, till, wait_until
from shopping import everything_stored, query
from staffing import PASSWORD, accept, app_code, browser, hire, invite, login, refusals, signed_in, with_app

BETTER = "a lamp on every desk"
WRONG_LOGIN = (401, {"detail": "Incorrect email or password"})
CODE_NEEDED = (401, {"detail": "A code is required"})
WRONG_PROOF = (409, {"detail": "Incorrect password or code"})
NOT_SIGNED_IN = (401, {"detail": "Not authenticated"})
LINK_OVER = (400, {"detail": "The link is no longer valid"})


def outcome(answer: httpx.Response):
    return answer.status_code, answer.json() if answer.content else None


def end_factor(client, code: str) -> httpx.Response:
    return client.request("DELETE", "/staff/totp", json={"code": code})


class App:
    """An authenticator app. Each code is of a later step than the one before."""

    def __init__(self, secret: str, clock):
        self.secret, self.clock = secret, clock

    def code(self) -> str:
        self.clock.forward(seconds=31)
        return app_code(self.secret, self.clock.ahead.total_seconds())


def other(code: str) -> str:
    """A code of six digits that is wrong."""
    return f"{(int(code) + 1) % 10**6:06}"


def set_up(client, clock) -> tuple[App, list[str]]:
    secret, codes = with_app(client, clock.ahead.total_seconds())
    return App(secret, clock), codes


# ---- invitations


def test_an_invitation_is_accepted_once_and_signs_in(serve):
    server = serve()
    token = invite(server)
    with browser(server) as bob, browser(server) as thief:
        answer = accept(bob, token, name="Robert")
        me = answer.json()
        assert (answer.status_code, me["kind"], me["name"], me["role"]) == (200, "staff", "Robert", "support")
        assert bob.get("/staff/me").json()["email"] == "bob@shop.example"
        assert bob.get("/orders").status_code == 200 and bob.get("/admin/keys").status_code == 403
        assert outcome(accept(thief, token, BETTER)) == LINK_OVER
        assert outcome(thief.get("/staff/me")) == NOT_SIGNED_IN
        assert login(thief, "bob@shop.example").status_code == 200
        (member,) = server.client().get("/admin/staff").json()
        assert (member["status"], member["name"]) == ("active", "Robert")


def test_links_that_are_none_are_all_the_same(timed, clock):
    server = timed()
    with browser(server) as client, server.client() as admin:
        first = invite(server)
        second = invite(server)
        ended = invite(server, "carol@shop.example")
        carol = next(m for m in admin.get("/admin/staff").json() if m["name"] == "Bob" and m["email"].startswith("carol"))
        assert admin.patch(f"/admin/staff/{carol['id']}", json={"status": "disabled"}).status_code == 200
        for token in (first, ended, "x", "x" * 43, second[:-1]):
            assert outcome(accept(client, token)) == LINK_OVER, token
        clock.forward(days=7)
        assert outcome(accept(client, second)) == LINK_OVER


@pytest.mark.parametrize(
    "password",
    ["bob@shop.example", "bob@shop.example1", "aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "1234567890123456", "x" * 14, "x y " * 65],
)
def test_a_password_that_is_guessed_first_is_refused_and_not_echoed(shop, password):
    token = invite(shop)
    with browser(shop) as client:
        answer = accept(client, token, password)
        assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["body", "password"]
        assert password not in answer.text and token not in answer.text


def test_a_refused_password_does_not_use_the_link(shop):
    token = invite(shop, "dora@shop.example")
    with browser(shop) as client:
        assert accept(client, token, "dora@shop.example").status_code == 422
        assert accept(client, token).status_code == 200


def test_a_disabled_members_sessions_end_in_the_next_request(serve):
    server = serve()
    second = serve(server.folder, mock_ledger=server.folder / "second-books") if postgres.WANTED else server
    member = hire(server, "ann@shop.example", "owner")
    with browser(server) as ann, httpx.Client(base_url=second.address, headers=ADMIN) as admin:
        assert login(ann, "ann@shop.example").status_code == 200
        assert ann.post("/admin/keys", json={"name": "Hers", "role": "owner"}).status_code == 201
        key = ann.post("/admin/keys", json={"name": "Hers too", "role": "catalogue"}).json()
        assert key["created_by"] == member
        assert admin.patch(f"/admin/staff/{member}", json={"status": "disabled"}).status_code == 200
        assert outcome(ann.get("/staff/me")) == NOT_SIGNED_IN
        assert outcome(login(ann, "ann@shop.example")) == WRONG_LOGIN
        assert all(k["revoked_at"] for k in admin.get("/admin/keys").json())
        assert admin.get("/staff/me", headers={"Authorization": f"Bearer {key['key']}"}).status_code == 401


def test_a_new_role_counts_from_the_next_request_on(serve):
    server = serve()
    ann = signed_in(server, "ann@shop.example", "catalogue")
    member = ann.get("/staff/me").json()["id"]
    assert ann.get("/admin/keys").status_code == 403
    with server.client() as admin:
        assert admin.patch(f"/admin/staff/{member}", json={"role": "owner"}).status_code == 200
        assert ann.get("/admin/keys").status_code == 200
        last = ann.patch(f"/admin/staff/{member}", json={"role": "support"})
        assert outcome(last) == (409, {"detail": "The shop needs an active owner"})
        assert admin.patch(f"/admin/staff/{member}", json={"role": "support"}).status_code == 200
    assert ann.get("/admin/keys").status_code == 403


def test_a_lower_role_loses_the_keys_that_may_do_more(serve):
    server = serve()
    ann = signed_in(server, "ann@shop.example", "owner")
    keys = {role: ann.post("/admin/keys", json={"name": role, "role": role}).json()["key"] for role in ("manager", "catalogue", "support")}
    with server.client() as admin:
        member = admin.get("/admin/staff").json()[0]["id"]
        assert admin.patch(f"/admin/staff/{member}", json={"role": "support"}).status_code == 200
        states = {role: admin.get("/staff/me", headers={"Authorization": f"Bearer {key}"}).status_code for role, key in keys.items()}
    assert states == {"manager": 401, "catalogue": 401, "support": 200}


@pytest.mark.skipif(not postgres.WANTED, reason="a file has one writer")
@pytest.mark.parametrize("change", ["status = 'disabled'", "role = 'support'"])
@pytest.mark.parametrize("made", ["key", "invitation"])
def test_who_is_shut_out_meanwhile_makes_nothing(serve, change, made):
    """Their request was let in before: what it makes would be missed by who shuts them out."""
    server = serve()
    ann = signed_in(server, "ann@shop.example", "owner")
    path, body = {
        "key": ("/admin/keys", {"name": "Late", "role": "owner"}),
        "invitation": ("/admin/staff", {"email": "eve@shop.example", "name": "Eve", "role": "owner"}),
    }[made]
    waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with contextlib.closing(psycopg2.connect(server.db)) as other, ThreadPoolExecutor(1) as pool:
        other.cursor().execute(f"UPDATE staff SET {change}")
        late = pool.submit(ann.post, path, json=body)
        wait_until(lambda: late.done() or query(server, waits))
        other.commit()
        assert outcome(late.result()) == (401, {"detail": "Not authenticated"})
    assert query(server, "SELECT (SELECT count(*) FROM api_keys) + (SELECT count(*) FROM staff)") == [(1,)]


# ---- the second factor


def test_signing_in_takes_a_code_once_it_is_confirmed(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    begun = ann.post("/staff/totp").json()
    uri = urllib.parse.urlsplit(begun["uri"])
    assert (uri.scheme, uri.netloc, urllib.parse.unquote(uri.path)) == ("otpauth", "totp", "/Till:ann@shop.example")
    assert urllib.parse.parse_qs(uri.query) == {"secret": [begun["secret"]], "issuer": ["Till"]}
    with browser(server) as again:
        assert login(again, "ann@shop.example").status_code == 200  # it is not in force yet
    app = App(begun["secret"], clock)
    code = app.code()
    assert outcome(ann.post("/staff/totp/confirm", json={"code": other(code)})) == WRONG_PROOF
    assert refusals(server, ann.get("/staff/me").json()["id"], "POST /staff/totp/confirm") == ["proof"]
    codes = ann.post("/staff/totp/confirm", json={"code": code}).json()["recovery_codes"]
    assert len(set(codes)) == 10 and all(re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", c) for c in codes)
    with browser(server) as again:
        assert outcome(login(again, "ann@shop.example")) == CODE_NEEDED
        assert outcome(login(again, "ann@shop.example", "a wrong password of hers")) == WRONG_LOGIN
        assert outcome(login(again, "nobody@shop.example")) == WRONG_LOGIN
        assert outcome(login(again, "ann@shop.example", code=code)) == WRONG_LOGIN  # it was used
        fresh = app.code()
        assert login(again, "ann@shop.example", code=f"{fresh[:3]} {fresh[3:]}").status_code == 200
    with browser(server) as again:
        assert outcome(login(again, "ann@shop.example", code=fresh)) == WRONG_LOGIN


def test_a_recovery_code_stands_in_once(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    _, codes = set_up(ann, clock)
    with browser(server) as client:
        assert login(client, "ann@shop.example", code=codes[0].lower().replace("-", " ")).status_code == 200
        assert outcome(login(client, "ann@shop.example", code=codes[0])) == WRONG_LOGIN
        assert login(client, "ann@shop.example", code=codes[1]).status_code == 200
    assert query(server, "SELECT count(*) FROM staff_recovery_codes") == [(8,)]


def test_a_second_factor_ends_with_a_code(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    assert outcome(end_factor(ann, "123456")) == (409, {"detail": "No second factor is set"})
    assert outcome(ann.post("/staff/totp/confirm", json={"code": "123456"})) == (409, {"detail": "No second factor is set"})
    app, _ = set_up(ann, clock)
    assert outcome(ann.post("/staff/totp")) == (409, {"detail": "A second factor is set already"})
    code = app.code()
    assert outcome(end_factor(ann, other(code))) == WRONG_PROOF
    assert end_factor(ann, code).status_code == 204
    assert query(server, "SELECT count(*) FROM staff_recovery_codes") == [(0,)]
    with browser(server) as client:
        assert login(client, "ann@shop.example").status_code == 200


def test_only_who_signed_in_lately_begins_one(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    clock.forward(minutes=16)
    assert outcome(ann.post("/staff/totp")) == (403, {"detail": "Sign in again to do this"})
    assert login(ann, "ann@shop.example").status_code == 200
    assert ann.post("/staff/totp").status_code == 201


def test_guessing_codes_is_slowed_down(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    app, _ = set_up(ann, clock)
    wrong = other(app.code())
    clock.hold()
    assert [end_factor(ann, wrong).status_code for _ in range(7)] == [409] * 5 + [429] * 2
    answer = end_factor(ann, wrong)
    assert int(answer.headers["retry-after"]) >= 1
    assert refusals(server, ann.get("/staff/me").json()["id"], "DELETE /staff/totp") == ["proof"] * 5
    clock.forward(minutes=16)
    assert login(ann, "ann@shop.example", code=app.code()).status_code == 200
    assert end_factor(ann, app.code()).status_code == 204


def test_a_code_of_one_step_counts_once_also_for_many_at_once(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    app, _ = set_up(ann, clock)
    code, cookies = app.code(), dict(ann.cookies)

    def end(_):
        with browser(server) as client:
            client.cookies.update(cookies)
            return end_factor(client, code).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(end, range(4))) == [204, 409, 409, 409]


def test_owners_and_managers_need_one_where_others_can_reach_the_shop(serve, clock):
    """A Unix socket is not loopback: a proxy leads to it."""
    folder = clock.path.parent
    server = serve(folder, listen=str(folder / "till.sock"), test_clock=clock.path)
    needed = (403, {"detail": "Set up a second factor first"})
    for role, bound in (("owner", True), ("manager", True), ("catalogue", False)):
        client = signed_in(server, f"{role}@shop.example", role)
        assert client.get("/staff/me").status_code == 200
        assert (outcome(client.get("/admin/synonyms")) == needed) == bound
        if bound:
            assert outcome(client.patch("/products/x", json={})) == needed
            app, codes = set_up(client, clock)
            assert client.get("/admin/synonyms").status_code == 200
            assert end_factor(client, codes[0]).status_code == 204
            assert outcome(client.get("/admin/synonyms")) == needed
    with server.client() as admin:
        assert admin.get("/admin/synonyms").status_code == 200
        key = admin.post("/admin/keys", json={"name": "Program", "role": "owner"}).json()["key"]
        assert admin.get("/admin/synonyms", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_everybody_needs_one_if_the_shop_asks_for_it(serve, clock):
    server = serve(clock.path.parent, second_factor_for_all=True, test_clock=clock.path)
    ann = signed_in(server, "ann@shop.example", "support")
    assert ann.get("/staff/me").status_code == 200
    assert outcome(ann.get("/admin/orders")) == (403, {"detail": "Set up a second factor first"})
    set_up(ann, clock)
    assert ann.get("/admin/orders").status_code == 200
    assert server.client().get("/admin/orders").status_code == 200


def test_a_proxy_on_this_machine_makes_it_needed_too(serve):
    server = serve()
    ann = signed_in(server, "ann@shop.example")
    assert ann.get("/admin/synonyms").status_code == 200
    for header in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded"):
        answer = ann.get("/admin/synonyms", headers={header: "for=203.0.113.7"})
        assert outcome(answer) == (403, {"detail": "Set up a second factor first"}), header


def test_codes_are_guessed_no_faster_from_many_networks(serve, clock):
    """Who guesses them has the password, and may have as many networks as there are."""
    server = serve(clock.path.parent, test_clock=clock.path, trusted_proxy="127.0.0.1")
    ann = signed_in(server, "ann@shop.example")
    app, _ = set_up(ann, clock)
    wrong, statuses = other(app.code()), []
    clock.hold()
    for n in range(9):
        with browser(server) as client:
            client.headers["X-Forwarded-For"] = f"198.51.{n}.1"
            statuses.append(login(client, "ann@shop.example", code=wrong).status_code)
    assert statuses == [401] * 5 + [429] * 4
    assert refusals(server, ann.get("/staff/me").json()["id"]) == ["code"] * 5 + ["too_many"] * 4
    assert login(ann, "ann@shop.example", code=app.code()).status_code == 200  # her browser is counted apart
    clock.forward(minutes=1)
    with browser(server) as client:
        assert login(client, "ann@shop.example", code=app.code()).status_code == 200


def test_a_second_factor_ends_the_sessions_of_the_password_alone(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    with browser(server) as thief:
        assert login(thief, "ann@shop.example").status_code == 200
        set_up(ann, clock)
        assert thief.get("/staff/me").status_code == 401
    assert ann.get("/staff/me").status_code == 200


# ---- passwords and sessions


def test_a_new_password_ends_the_other_sessions(serve):
    server = serve()
    ann = signed_in(server, "ann@shop.example")
    with browser(server) as elsewhere, browser(server) as new:
        assert login(elsewhere, "ann@shop.example").status_code == 200
        wrong = ann.post("/staff/password", json={"current_password": "not this password", "new_password": BETTER})
        assert outcome(wrong) == WRONG_PROOF
        assert refusals(server, ann.get("/staff/me").json()["id"], "POST /staff/password") == ["proof"]
        assert elsewhere.get("/staff/me").status_code == 200
        weak = ann.post("/staff/password", json={"current_password": PASSWORD, "new_password": "ann@shop.example"})
        assert weak.status_code == 422 and weak.json()["detail"][0]["loc"] == ["body", "new_password"]
        assert PASSWORD not in weak.text
        assert ann.post("/staff/password", json={"current_password": PASSWORD, "new_password": BETTER}).status_code == 204
        assert ann.get("/staff/me").status_code == 200
        assert outcome(elsewhere.get("/staff/me")) == NOT_SIGNED_IN
        assert outcome(login(new, "ann@shop.example")) == WRONG_LOGIN
        assert login(new, "ann@shop.example", BETTER).status_code == 200


def test_sessions_are_listed_and_ended_one_by_one(serve):
    server = serve()
    ann, carol = signed_in(server, "ann@shop.example"), signed_in(server, "carol@shop.example")
    with browser(server) as phone:
        phone.headers["User-Agent"] = "Phone of Ann"
        assert login(phone, "ann@shop.example").status_code == 200
        sessions = ann.get("/staff/sessions").json()
        assert sorted(s["is_current"] for s in sessions) == [False, True]
        (there,) = [s for s in sessions if not s["is_current"]]
        assert (there["user_agent"], there["network"]) == ("Phone of Ann", "127.0.0.0/24")
        path = f"/staff/sessions/{there['id']}"
        assert outcome(carol.delete(path)) == (404, {"detail": "Session not found"})
        assert phone.get("/staff/me").status_code == 200
        assert ann.delete(path).status_code == 204
        assert outcome(phone.get("/staff/me")) == NOT_SIGNED_IN
        assert len(ann.get("/staff/sessions").json()) == 1
        assert outcome(ann.delete(path)) == (404, {"detail": "Session not found"})


def test_keys_and_the_admins_token_have_no_account(shop, admin):
    none = (409, {"detail": "A key or the admin token has no account"})
    assert outcome(admin.get("/staff/sessions")) == none
    assert outcome(admin.post("/staff/totp")) == none
    assert outcome(admin.post("/staff/password", json={"current_password": PASSWORD, "new_password": BETTER})) == none


def test_no_secret_is_stored_or_logged(timed, clock):
    server = timed()
    token = invite(server)
    with browser(server) as bob:
        assert accept(bob, token, BETTER).status_code == 200
        app, codes = set_up(bob, clock)
        assert bob.post("/staff/password", json={"current_password": BETTER, "new_password": PASSWORD}).status_code == 204
        assert bob.post("/staff/password", json={"current_password": BETTER, "new_password": "x"}).status_code == 422
        assert login(bob, "bob@shop.example", code=codes[3]).status_code == 200
        cookie = bob.cookies["till_staff"]
        log = server.client().get("/admin/audit").text
    server.stop()
    stored = everything_stored(server)
    for secret in (token, BETTER, PASSWORD, codes[3], codes[4].replace("-", ""), cookie):
        assert secret.encode() not in stored and secret not in server.errors and secret not in log
    assert app.secret not in server.errors + log


def test_each_change_of_an_account_is_in_the_audit_log_once(timed, clock):
    server = timed()
    ann = signed_in(server, "ann@shop.example")
    member = ann.get("/staff/me").json()["id"]
    _, codes = set_up(ann, clock)
    assert end_factor(ann, codes[0]).status_code == 204
    assert outcome(end_factor(ann, codes[1]))[0] == 409
    assert ann.post("/staff/password", json={"current_password": PASSWORD, "new_password": BETTER}).status_code == 204
    with browser(server) as elsewhere:
        assert login(elsewhere, "ann@shop.example", BETTER).status_code == 200
    (there,) = [s["id"] for s in ann.get("/staff/sessions").json() if not s["is_current"]]
    assert ann.delete(f"/staff/sessions/{there}").status_code == 204
    with server.client() as admin:
        entries = admin.get("/admin/audit", params={"target": member}).json()
    assert [entry["action"] for entry in reversed(entries)] == [
        "POST /staff/login",
        "POST /staff/totp",
        "POST /staff/totp/confirm",
        "DELETE /staff/totp",
        "POST /staff/password",
        "POST /staff/login",
        "DELETE /staff/sessions/{session_id}",
    ]
    assert {(entry["actor_kind"], entry["actor"]) for entry in entries} == {("staff", member)}


def test_a_pepper_goes_into_each_hash_and_is_needed_from_then_on(serve):
    server = serve()
    hire(server, "ann@shop.example")
    server.stop()
    pepper = server.folder / "pepper"
    pepper.write_text("0123456789abcdef0123456789abcdef\n")
    server = serve(server.folder, pepper_file=pepper)
    with browser(server) as ann:
        assert login(ann, "ann@shop.example").status_code == 200  # which hashes the password anew
        ((stored,),) = query(server, "SELECT password FROM staff")
        assert re.match(r"[0-9a-f]{8}\$argon2id\$", stored)
        assert login(ann, "ann@shop.example").status_code == 200
        assert outcome(login(ann, "ann@shop.example", "wrong")) == WRONG_LOGIN
    server.stop()
    other = server.folder / "other"
    other.write_text("0123456789abcdef0123456789abcdeF")
    for flags in ([], ["--pepper-file", other]):
        refused = till("serve", "--db", server.db, "--listen", "127.0.0.1:0", *flags)
        assert refused.returncode == 2 and "passwords of 1 of the staff were made with another --pepper-file" in refused.stderr
    assert till("staff", "reset", "ann@shop.example", "--db", server.db).returncode == 0
    serve(server.folder)  # no password needs the pepper any more


def test_a_pepper_is_long(serve):
    folder = serve.folder()
    (folder / "pepper").write_text("short\n")
    for file, words in (("pepper", "at least 32 characters"), ("missing", "No such file")):
        refused = till("serve", "--db", folder / "x.db", "--pepper-file", folder / file)
        assert refused.returncode == 2 and words in refused.stderr
